"""contrachecker, by its library: every paragraph is a chunk, as from a retriever.

Its extractor turns each chunk into triples of subject, relation and object; code then looks for triples that
exclude each other. A claim knows its chunk and not its sentence, so chunks are as short as the text allows.
"""

# The package is installed in an environment of its own alone, so nothing here knows its types.
# ruff: noqa: ANN401, PLC0415
# mypy: disable-error-code="import-not-found"

import os
import re
from typing import Any

from benchmarks.peers.adapters.task import Side, Stopped, Task, run


def main(task: Task) -> None:
    """Extract from chunk after chunk; past the time limit, detect among what was extracted so far."""
    from contrachecker import ContradictionDetector, PatternExtractor
    from contrachecker.models import Chunk

    if task.options["extractor"] == "patterns":
        extractor = PatternExtractor()
    else:
        from contrachecker.extractors import LLMExtractor

        extractor = LLMExtractor(api_key=os.environ["OPENAI_API_KEY"], model=task.model)
    passages = paragraphs(task)
    claims: list[Any] = []
    stopped: Stopped | None = None
    done = 0
    try:
        for name, text in passages.items():
            try:
                claims += extractor.extract(Chunk(id=name, text=text))
            except (AttributeError, TypeError, ValueError) as error:  # an answer of another shape
                task.note(f"{name}: its extractor failed on the answer ({type(error).__name__})")
            done += 1
    except Stopped as told:
        task.note(f"{done} of {len(passages)} paragraphs were read before the time limit")
        stopped = told
    for found in ContradictionDetector().detect(claims):
        a, b = (_side(claim, passages) for claim in (found.claim_a, found.claim_b))
        task.flag(a, b, f"{found.type}: {found.explanation}")
    if stopped is not None:
        raise stopped


def paragraphs(task: Task) -> dict[str, str]:
    """Return every paragraph under its name, ``article.txt#3``."""
    named: dict[str, str] = {}
    for article in task.articles:
        parts = re.split(r"\n\s*\n", article.read_text(encoding="utf-8").strip())
        named |= {f"{article.name}#{number}": part for number, part in enumerate(parts, 1)}
    return named


def _side(claim: Any, passages: dict[str, str]) -> Side:
    words = f"{claim.subject} {claim.relation} {claim.object}".replace("_", " ")
    return Side(claim.source_chunk_id.split("#")[0], words, passages[claim.source_chunk_id])


if __name__ == "__main__":
    run(main)
