"""Holds our claims of a text against those of people: ``python -m benchmarks.decomposition [DATA]``.

DATA holds a folder a set with its rows in ``dev.jsonl``, each a text with the claims that people took from
it. Rows that are sentences of one answer are put together again, so that a sentence is read where it stood.
Each text is given to ``pipeline.extract`` as a story of one article.

A claim of people's is covered when the model finds it supported by all our claims together, and covered by
words when a single claim of ours has most of its words. Whether the text supports a claim of ours is asked of
the model, too. What a run would drop later is counted here.
"""

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console

from benchmarks.passages import Passage, draw_passages, read_passages
from benchmarks.shares import clustered
from benchmarks.stored import DecompositionResult, DecompositionSet
from pipeline import __version__
from pipeline.config import Settings, read_environment
from pipeline.errors import InputError, StorycheckError
from pipeline.evaluation import Judge
from pipeline.evaluation.measuring import MapJudge
from pipeline.evaluation.run import asked
from pipeline.extract import Extraction, extract
from pipeline.llm import Endpoint, Llm
from pipeline.progress import Progress
from pipeline.prompts import load_prompt
from pipeline.session import open_endpoint
from pipeline.store import make_folder, write_text
from pipeline.terminal import show_progress
from pipeline.verifier.judge import chosen_map
from pipeline.words import containment
from schemas.evaluation import GoldLabel, LabelledRow, Scores

ROOT: Final = Path(__file__).parents[1]
DATA: Final = ROOT.parent / "shared" / "eval"
RESULT: Final = ROOT / "benchmarks" / "results" / "decomposition.json"
SETS: Final = ("decomp_scu_news", "decomp_factcheck_bench")
LEAST_LIKELY: Final = 0.5  # the probability of support that counts as yes
LEAST_WORDS: Final = 0.8  # the share of a claim's content words that one claim must have to cover it


async def compare(
    name: str, passages: int, found: Mapping[Passage, Extraction], judge: Judge
) -> DecompositionSet:
    """Return how what was extracted from the drawn passages of a set fares beside the claims of people."""
    covered, by_words, supported = list[bool](), list[bool](), list[bool]()
    theirs, ours = list[int](), list[int]()  # the number of each claim's passage
    for number, (passage, extraction) in enumerate(found.items()):
        texts = [claim.text for claim in extraction.claims]
        all_texts = " ".join(text if text.endswith((".", "!", "?")) else f"{text}." for text in texts)
        covered += await _are_supported(judge, [(all_texts, gold) for gold in passage.claims])
        by_words += [any(containment(gold, text) >= LEAST_WORDS for text in texts) for gold in passage.claims]
        supported += await _are_supported(judge, [(passage.text, text) for text in texts])
        theirs += [number] * len(passage.claims)
        ours += [number] * len(texts)
    return DecompositionSet(
        name=name,
        passages=passages,
        drawn=len(found),
        failed=sum(bool(extraction.failures) for extraction in found.values()),
        covered=clustered(covered, theirs),
        covered_by_words=clustered(by_words, theirs),
        supported=clustered(supported, ours),
    )


async def _are_supported(judge: Judge, pairs: Sequence[tuple[str, str]]) -> list[bool]:
    """Tell for each pair of evidence and claim whether it is supported; by no words nothing is.

    What could not be judged counts as not supported.
    """
    rows = [
        LabelledRow(id=str(n), claim=claim, evidence=text, label=GoldLabel.supported)
        for n, (text, claim) in enumerate(pairs)
        if text
    ]
    answers = dict(zip((row.id for row in rows), await judge(rows), strict=True))
    found = [answers.get(str(n)) for n in range(len(pairs))]
    return [isinstance(answer, Scores) and answer.supported >= LEAST_LIKELY for answer in found]


def main(arguments: Sequence[str] | None = None) -> int:
    """Extract, compare, print and write decomposition.json; return 2 where there is nothing to measure."""
    given = _parser().parse_args(arguments)
    settings = Settings(model=given.model, cache=given.cache, calibration=given.calibration)
    try:
        passages = {name: read_passages(given.data / name / "dev.jsonl") for name in SETS}
        drawn = {name: draw_passages(found, given.limit, given.seed) for name, found in passages.items()}
        opened = open_endpoint(settings, read_environment(), lambda _done, _all: None)
        with opened as endpoint, show_progress(Console(stderr=True)) as progress:
            sets = asyncio.run(_measured(drawn, passages, settings, endpoint, progress))
        result = DecompositionResult(
            tool_version=__version__,
            model=endpoint.model,
            limit=given.limit,
            seed=given.seed,
            sets=sets,
        )
        make_folder(given.json.parent)
        write_text(given.json, result.model_dump_json(indent=1) + "\n")
    except StorycheckError as error:
        print(f"decomposition: {error}", file=sys.stderr)
        return error.exit_code
    for done in result.sets:
        print(f"{done.name}: {done.drawn} of {done.passages} texts, {done.failed} of them not fully read")
        print(f"  claims of people covered: {done.covered.part} of {done.covered.whole}")
        print(f"    by the words of one of ours: {done.covered_by_words.part}")
        print(f"  claims of ours that the text supports: {done.supported.part} of {done.supported.whole}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decomposition", description=__doc__)
    parser.add_argument("data", nargs="?", type=Path, default=DATA, help="folder of the sets")
    parser.add_argument("--limit", type=int, metavar="N", help="texts drawn from each set (default: all)")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    parser.add_argument("--model", help="which model words and judges, as in storycheck check")
    parser.add_argument("--calibration", type=Path, metavar="FILE", help="how far its odds are trusted")
    parser.add_argument("--cache", type=Path, metavar="FILE", help="where its answers are kept")
    parser.add_argument("--json", type=Path, metavar="FILE", default=RESULT, help="where the figures go")
    return parser


async def _measured(
    drawn: Mapping[str, Sequence[Passage]],
    passages: Mapping[str, Sequence[Passage]],
    settings: Settings,
    endpoint: Endpoint,
    progress: Progress,
) -> tuple[DecompositionSet, ...]:
    """Return the figures of every set; raises the EndpointError that ended it.

    Raises InputError, before anything is asked, where the model's odds are not calibrated.
    """
    fitted = chosen_map(settings.calibration, endpoint.model)
    if fitted is None:
        raise InputError(f"the odds of {endpoint.model} are not calibrated: give --calibration.")
    async with asked(settings, endpoint, ROOT / "out" / "bench") as (model, _):
        judge = MapJudge(fitted, model, progress)
        found = {name: await _of_set(some, settings, model.llm, progress) for name, some in drawn.items()}
        sets = [await compare(name, len(passages[name]), some, judge) for name, some in found.items()]
    return tuple(sets)


async def _of_set(
    passages: Sequence[Passage], settings: Settings, llm: Llm, progress: Progress
) -> dict[Passage, Extraction]:
    prompt = load_prompt("extract", settings.prompts["extract"])
    articles = [passage.article() for passage in passages]
    progress.start("extract", sum(s.is_readable for article in articles for s in article.sentences))
    found = await asyncio.gather(*(extract(article, llm, prompt, progress) for article in articles))
    progress.finish("extract")
    return dict(zip(passages, found, strict=True))


if __name__ == "__main__":
    sys.exit(main())
