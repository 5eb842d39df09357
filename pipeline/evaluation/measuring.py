"""Measures labelled rows as a run measures its pairs, and turns that into scores by a fitted map."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.errors import AnswerError
from pipeline.llm import Llm
from pipeline.progress import Progress
from pipeline.prompts import Prompt
from pipeline.verifier.excerpt import excerpt
from pipeline.verifier.fit import Array
from pipeline.verifier.judge import Pair, measure
from pipeline.verifier.stance import StanceMap, as_scores
from schemas.evaluation import LabelledRow, NotJudged, Scores

STAGE: Final = "eval"


@dataclass(frozen=True)
class Asked:
    """The language model to be asked about every row, with the prompt that asks it."""

    llm: Llm
    prompt: Prompt


async def measure_rows(
    rows: Sequence[LabelledRow], asked: Asked, progress: Progress
) -> list[Array | NotJudged]:
    """Return what was measured on each row: one value for each of ``stance.FEATURES``.

    Long evidence is cut to the sentences that the claim is about. An EndpointError is raised.
    """
    progress.start(STAGE, len(rows))
    found = await asyncio.gather(*(_measured(row, asked, progress) for row in rows))
    progress.finish(STAGE)
    return found


async def _measured(row: LabelledRow, asked: Asked, progress: Progress) -> Array | NotJudged:
    pair = Pair(excerpt(row.evidence, row.claim), row.claim)
    try:
        return await measure(pair, asked.llm, asked.prompt, stage=STAGE)
    except AnswerError as error:
        return NotJudged(reason=str(error))
    finally:
        progress.step(STAGE)


class MapJudge:
    """Judges rows by the map fitted for the language model that is asked."""

    def __init__(self, fitted: StanceMap, asked: Asked, progress: Progress) -> None:
        self._fitted = fitted
        self._asked = asked
        self._progress = progress

    async def __call__(self, rows: Sequence[LabelledRow], /) -> list[Scores | NotJudged]:
        """Return the scores of each row, in order, or why there are none."""
        measured = await measure_rows(rows, self._asked, self._progress)
        return [
            m if isinstance(m, NotJudged) else as_scores(self._fitted.apply(m[None, :])[0]) for m in measured
        ]
