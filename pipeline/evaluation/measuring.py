"""Measures labelled rows as a run measures its pairs, and turns that into scores by a fitted map."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.errors import AnswerError
from pipeline.llm import Llm
from pipeline.progress import Progress
from pipeline.prompts import Prompt
from pipeline.verifier.encoder import shipped
from pipeline.verifier.excerpt import excerpt
from pipeline.verifier.judge import Pair, ask_odds, measure
from pipeline.verifier.stance import Array, StanceMap, as_scores
from schemas.evaluation import LabelledRow, NotJudged, Scores

STAGE: Final = "eval"


@dataclass(frozen=True)
class Asked:
    """The language model to be asked about every row too, with the prompt that asks it."""

    llm: Llm
    prompt: Prompt


async def measure_rows(
    rows: Sequence[LabelledRow], asked: Asked | None, progress: Progress
) -> list[Array | NotJudged]:
    """Return what was measured on each row: ``stance.OF_PAIR``, then ``ODDS`` where a model is asked.

    Long evidence is cut to the sentences that the claim is about. An EndpointError is raised.
    """
    progress.start(STAGE, len(rows))
    pairs = [Pair(excerpt(row.evidence, row.claim), row.claim) for row in rows]
    found = await asyncio.gather(*(_measured(pair, asked, progress) for pair in pairs))
    progress.finish(STAGE)
    return found


async def _measured(pair: Pair, asked: Asked | None, progress: Progress) -> Array | NotJudged:
    try:
        row: Array = measure([pair], shipped())[0]
        if asked is not None:
            row = np.append(row, await ask_odds(pair, asked.llm, asked.prompt, stage=STAGE))
    except AnswerError as error:
        return NotJudged(reason=str(error))
    finally:
        progress.step(STAGE)
    return row


class MapJudge:
    """Judges rows by a fitted map: the one that screens every run, or one that reads a model's odds too."""

    def __init__(self, fitted: StanceMap, asked: Asked | None, progress: Progress) -> None:
        self._fitted = fitted
        self._asked = asked
        self._progress = progress

    async def __call__(self, rows: Sequence[LabelledRow], /) -> list[Scores | NotJudged]:
        """Return the scores of each row, in order, or why there are none."""
        measured = await measure_rows(rows, self._asked, self._progress)
        return [m if isinstance(m, NotJudged) else self._scores(m) for m in measured]

    def _scores(self, measured: Array) -> Scores:
        return as_scores(self._fitted.apply(measured[None, :])[0])
