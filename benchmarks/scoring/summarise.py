"""Adds up how the entries of one or many stories fared, with intervals for the figures at the head."""

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

import numpy as np

from benchmarks.gold import HardKind
from benchmarks.scoring.outcome import Calibration, FlagOutcome, Score, Share, StoryOutcome
from pipeline.evaluation.bootstrap import interval, resample
from pipeline.evaluation.measures import Judged, bin_sums, calibration_error

RESAMPLES: Final = 2000
SEED: Final = 20261122
BINS: Final = 5  # flags are few: with more bins chance alone would make the calibration error large
RELATIONS: Final[tuple[HardKind, ...]] = ("update", "speakers_differ")

Key = TypeVar("Key", bound=str)


def summarise(stories: Sequence[StoryOutcome], resamples: int = RESAMPLES, seed: int = SEED) -> Score:
    """Return the figures over all ``stories``; with intervals for conflicts, flags and hard negatives.

    The intervals are percentile bootstrap intervals over entries of the gold, drawn with replacement. Flags
    that lie on one entry are drawn together; one that lies on none is drawn alone. The intervals say how far
    other entries of these stories could have moved a figure, not other stories. Where all entries fared alike
    there is none: drawing them again shows no spread, and a width of 0 would be a false certainty.
    """
    conflicts = [entry for story in stories for entry in story.conflicts]
    negatives = [entry for story in stories for entry in story.hard_negatives]
    flags = [flag for story in stories for flag in story.flags]
    agreements = [entry for story in stories for entry in story.agreements]
    alone = [entry for story in stories for entry in story.single_outlet if entry.claims]
    pairs = sum(entry.pairs for entry in agreements)
    draw = (resamples, seed)
    return Score(
        runs=len(stories),
        incomplete_runs=sum(not story.is_complete for story in stories),
        models=tuple(dict.fromkeys(story.model for story in stories)),
        tool_versions=tuple(dict.fromkeys(story.tool_version for story in stories)),
        conflicts=_estimate([c.is_found for c in conflicts], range(len(conflicts)), *draw),
        conflicts_by_kind=_by((c.kind, c.is_found) for c in conflicts),
        conflicts_by_difficulty=_by((c.difficulty, c.is_found) for c in conflicts),
        told_otherwise=sum(entry.told_as is not None for entry in conflicts),
        flags=_estimate([flag.outcome == "right" for flag in flags], _groups(stories), *draw),
        wrong=sum(flag.outcome == "wrong" for flag in flags),
        other=sum(flag.outcome == "other" for flag in flags),
        hard_negatives=_estimate([n.is_flagged for n in negatives], range(len(negatives)), *draw),
        hard_negatives_by_type=_by((n.type, n.is_flagged) for n in negatives),
        recognised=_by((n.type, n.is_recognised) for n in negatives if n.type in RELATIONS),
        agreements=share(sum(entry.supported for entry in agreements), pairs),
        agreements_evidenced=share(sum(entry.evidenced for entry in agreements), pairs),
        single_outlet=share(sum(entry.is_unsupported for entry in alone), len(alone)),
        single_outlet_sentences=sum(len(story.single_outlet) for story in stories),
        calibration=_calibration(flags),
        resamples=resamples,
        seed=seed,
        stories=tuple(stories),
    )


def share(part: int, whole: int) -> Share:
    """Return ``part`` of ``whole`` without an interval; the ratio is null where there is no whole."""
    return Share(part=part, whole=whole, value=part / whole if whole else None)


def _by(hits: Iterable[tuple[Key, bool]]) -> dict[Key, Share]:
    rows = sorted(hits)
    return {
        key: share(sum(hit for name, hit in rows if name == key), sum(name == key for name, _ in rows))
        for key in dict.fromkeys(name for name, _ in rows)
    }


def _groups(stories: Sequence[StoryOutcome]) -> list[int]:
    """Return the number of each flag's group: one for the flags on one entry of one story, from 0."""
    names = [
        (number, flag.entries[0] if flag.entries else place)
        for number, story in enumerate(stories)
        for place, flag in enumerate(story.flags)
    ]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return [numbers[name] for name in names]


def _estimate(hits: Sequence[bool], groups: Sequence[int], resamples: int, seed: int) -> Share:
    plain = share(sum(hits), len(hits))
    if len(set(hits)) < 2:
        return plain
    hit = np.array(hits, dtype=np.float64)
    weights = resample(np.array(groups, dtype=np.intp), resamples, seed)
    ends = interval(np.concatenate([part @ hit / part.sum(axis=1) for part in weights]))
    return plain.model_copy(update=dict(zip(("low", "high"), ends, strict=True)) if ends else {})


def _calibration(flags: Sequence[FlagOutcome]) -> Calibration | None:
    """Measure the flags' confidence as the chance of being right: Brier 1950, and ECE in equal bins."""
    if not flags:
        return None
    is_right = np.array([flag.outcome == "right" for flag in flags], dtype=np.intp)
    confidence = np.array([flag.confidence for flag in flags])
    decided = np.ones(len(flags), dtype=np.intp)  # a flag is a decision for "right"
    judged = Judged(is_right, decided, np.column_stack([1 - confidence, confidence]))
    error = calibration_error(bin_sums(judged, np.ones((1, len(flags))), BINS))
    return Calibration(
        brier=float(np.mean((confidence - is_right) ** 2)), calibration_error=float(error.item())
    )
