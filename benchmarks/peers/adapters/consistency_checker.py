"""consistency-checker, by its library: its ingest and its pairwise check, as ``check --pairwise`` runs them.

Its command cannot be pointed at an endpoint: it goes to Anthropic, OpenAI or Moonshot, and with OpenAI as the
judge it still extracts with Anthropic. Its classes do take a client, so they get one for our endpoint: the
extractor written for Moonshot, which speaks chat completions, and the judges written for OpenAI.

Between the two stand an embedding gate and an NLI gate, whose weights come from a model hub. With the option
``gate`` set to ``shipped`` they are loaded. With ``words`` vectors of words take the place of the
embeddings: each assertion is paired with its 20 nearest neighbours, as shipped, the pairs are judged closest
first, and the NLI gate lets all of them pass.
"""

# The package is installed in an environment of its own alone, so nothing here knows its types.
# ruff: noqa: ANN401, PLC0415
# mypy: disable-error-code="import-not-found"

import re
import zlib
from pathlib import Path
from typing import Any

from benchmarks.peers.adapters.task import Side, Stopped, Task, run

DIMENSIONS = 4096
CORPUS_PROVIDER = "moonshot"  # its database takes no other but "anthropic"; nothing reads it here
MIN_SHARED = 1e-6  # cosine; below it two assertions have no word in common
_WORD = re.compile(r"[^\W\d_]{4,}|\d+")  # shorter words say little, numbers much


def main(task: Task) -> None:
    """Ingest the story, check it, and tell each finding as its judge gives it."""
    import openai
    from consistency_checker import pipeline
    from consistency_checker.config import Config

    config = Config(
        corpus_dir=Path(task.story),
        data_dir=task.folder / "store",
        log_dir=task.folder / "logs",
        judge_provider="openai",
        judge_model=task.model,
        pairwise_enabled=True,
    )
    embedder, nli = _gates(task, config)
    kept = _stores(config, embedder.dim)
    corpus = kept["store"].get_or_create_corpus("story", task.story, CORPUS_PROVIDER)
    client = openai.OpenAI()
    try:
        read = pipeline.ingest(
            config, **kept, extractor=_extractor(config, client), embedder=embedder, corpus_id=corpus
        )
    except Stopped:
        task.note("the time limit came before all assertions were extracted")
        raise
    task.note(f"{read.n_assertions} assertions from {read.n_chunks} chunks")
    audit = _telling_audit(task, kept["store"])
    gate = _ClosestFirst(config, kept["faiss_store"]) if task.options["gate"] == "words" else None
    kept |= {"gate": gate, "nli_checker": nli, "audit_logger": audit, **_judges(config, client)}
    try:
        pipeline.check(config, **kept, run_id=audit.begin_run(corpus_id=corpus), corpus_id=corpus)
    finally:
        of = f" of {gate.pairs}" if gate else ""
        task.note(f"{audit.judged}{of} candidate pairs were judged")


def _stores(config: Any, dimensions: int) -> dict[str, Any]:
    """Return its store of assertions and its index of their vectors, empty."""
    from consistency_checker.index import assertion_store, faiss_store

    store = assertion_store.AssertionStore(config.db_path)
    store.migrate()
    index = config.faiss_path
    vectors = faiss_store.FaissStore.open_or_create(
        index_path=index, id_map_path=index.with_suffix(".idmap.json"), dim=dimensions
    )
    return {"store": store, "faiss_store": vectors}


def _gates(task: Task, config: Any) -> tuple[Any, Any]:
    """Return what embeds an assertion and what scores a pair before the judge sees it."""
    from consistency_checker.check import nli_checker
    from consistency_checker.index import embedder

    if task.options["gate"] == "words":
        return _WordVectors(), _OpenGate(nli_checker.NliResult)
    nli = nli_checker.TransformerNliChecker(config.nli_model)
    return embedder.SentenceTransformerEmbedder(config.embedder_model), nli


def _extractor(config: Any, client: Any) -> Any:
    """Return the extractor of its own that speaks chat completions, behind its junk filter, as by default."""
    from consistency_checker.corpus.junk_filter import JunkAudit
    from consistency_checker.extract import atomic_facts

    inner = atomic_facts.MoonshotExtractor(client=client, model=config.judge_model)
    return atomic_facts.JunkFilteringExtractor(inner, audit=JunkAudit(config.data_dir / "junk_drops.jsonl"))


def _judges(config: Any, client: Any) -> dict[str, Any]:
    """Return its judge of pairs, and the check of definitions that every run of it includes."""
    from consistency_checker.check import definition_checker, definition_judge, llm_judge
    from consistency_checker.check.providers import openai as wire

    model = config.judge_model
    defined = definition_judge.LLMDefinitionJudge(wire.OpenAIDefinitionProvider(client=client, model=model))
    return {
        "judge": llm_judge.LLMJudge(wire.OpenAIProvider(client=client, model=model)),
        "definition_checker": definition_checker.DefinitionChecker(judge=defined),
    }


def _telling_audit(task: Task, store: Any) -> Any:
    """Return its log of findings, which here also tells each of them at once."""
    from consistency_checker.audit.logger import AuditLogger
    from consistency_checker.check.providers.base import (
        CONTRADICTION_VERDICTS,
    )

    texts = {path.name: path.read_text(encoding="utf-8") for path in task.articles}

    def side(assertion: Any) -> Side:
        name = Path(store.get_document(assertion.doc_id).source_path).name
        passage = texts[name][assertion.char_start : assertion.char_end]
        return Side(name, assertion.assertion_text, passage)

    class TellingAudit(AuditLogger):  # type: ignore[misc]
        judged = 0

        def record_finding(self, run_id: str, *, candidate: Any, nli: Any, verdict: Any) -> Any:
            self.judged += 1
            if verdict.verdict in CONTRADICTION_VERDICTS:
                task.flag(side(candidate.a), side(candidate.b), verdict.rationale)
            return super().record_finding(run_id, candidate=candidate, nli=nli, verdict=verdict)

        def record_definition_finding(self, run_id: str, *, finding: Any) -> Any:
            if finding.verdict.verdict == "definition_divergent":
                task.flag(side(finding.pair.a), side(finding.pair.b), finding.verdict.rationale)
            return super().record_definition_finding(run_id, finding=finding)

    return TellingAudit(store)


class _WordVectors:
    """Stands in for the embedding model: a text is the set of its longer words and numbers."""

    dim = DIMENSIONS

    def embed_texts(self, texts: list[str]) -> Any:
        """Return one row per text; rows are brought to length 1 by the index."""
        import numpy as np

        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in _WORD.findall(text.casefold()):
                row[zlib.crc32(word.encode()) % self.dim] = 1.0
        return rows


class _OpenGate:
    """Stands in for the NLI model: every pair may contradict."""

    def __init__(self, result: Any) -> None:
        self._result = result

    def score(self, _premise: str, _hypothesis: str) -> Any:
        """Return a certain contradiction, so that the judge is asked."""
        return self._result.from_scores(p_contradiction=1.0, p_entailment=0.0, p_neutral=0.0)

    def release(self) -> None:
        """Hold nothing that could be released."""


class _ClosestFirst:
    """Its own gate over the stand-in vectors, without its threshold, which is made for the real embeddings.

    The pairs closest in words come first, so that a time limit cuts off the least likely ones.
    """

    def __init__(self, config: Any, vectors: Any) -> None:
        self._top_k = config.gate_top_k
        self._vectors = vectors
        self.pairs = 0

    def candidates(self, store: Any) -> Any:
        """Yield the pairs, closest first."""
        from consistency_checker.check.gate import AnnGate

        gate = AnnGate(self._vectors, top_k=self._top_k, similarity_threshold=MIN_SHARED)
        found = sorted(gate.candidates(store), key=lambda pair: -pair.score)
        self.pairs = len(found)
        yield from found


if __name__ == "__main__":
    run(main)
