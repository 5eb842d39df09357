"""Puts a score into words: first the figures, then what a person should read."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from benchmarks.scoring.outcome import FlagOutcome, Score, Share, StoryOutcome

Key = TypeVar("Key", bound=str)


def figures(score: Score) -> Iterator[str]:
    """Yield the figures of ``score`` line by line: numbers and names of kinds, no word of a story."""
    yield f"{score.runs} run(s) by {', '.join(score.models)}; storycheck {', '.join(score.tool_versions)}"
    if score.incomplete_runs:
        yield f"{score.incomplete_runs} of them incomplete: what they left out counts as missed"
    yield f"conflicts found: {_told(score.conflicts)}"
    yield f"  by kind: {_list(score.conflicts_by_kind)}"
    yield f"  by difficulty: {_list(score.conflicts_by_difficulty)}"
    yield f"  told as an update or as speakers who differ: {score.told_otherwise}"
    yield f"flags right: {_told(score.flags)}"
    yield f"  wrong, on a hard negative: {score.wrong}; other, on neither, counted as wrong: {score.other}"
    if score.calibration is not None:
        measures = score.calibration
        yield f"  their confidence: Brier {measures.brier:.3f}, ECE {measures.calibration_error:.3f}"
    yield f"hard negatives flagged: {_told(score.hard_negatives)}"
    yield f"  by type: {_list(score.hard_negatives_by_type)}"
    yield f"  recognised as what they are: {_list(score.recognised)}"
    yield f"agreements, pairs with a supported claim: {_told(score.agreements)}"
    yield f"  with one that rests on the other sentence: {_told(score.agreements_evidenced)}"
    yield f"single outlet, sentences with unsupported claims alone: {_told(score.single_outlet)}"
    yield f"  sentences in the gold, with a claim or without: {score.single_outlet_sentences}"


def findings(score: Score) -> Iterator[str]:
    """Yield what was missed and what was flagged for nothing, story by story; nothing in a blind score."""
    for story in score.stories:
        yield from _of(story)


def _of(story: StoryOutcome) -> Iterator[str]:
    for entry in story.conflicts:
        if not entry.is_found:
            told = f", told as {entry.told_as.value}" if entry.told_as else ""
            yield f"{story.story}, missed: {entry.id} ({entry.kind.value}, {entry.difficulty}{told})"
    for flag in story.flags:
        if flag.outcome == "wrong":
            yield f"{story.story}, wrong: {', '.join(flag.entries)} ({_why(flag)})"
    for flag in story.flags:
        if flag.outcome == "other":
            yield f"{story.story}, to be read: {_why(flag)}"
            yield from (f"    {side.article}: {side.quote}" for side in flag.sides)


def _why(flag: FlagOutcome) -> str:
    return f"{flag.kind.value}, {flag.confidence:.2f}: {flag.reason}"


def _told(share: Share) -> str:
    told = f"{share.part} of {share.whole}"
    if share.value is None:
        return told
    ends = "" if share.low is None or share.high is None else f" ({share.low:.1%} to {share.high:.1%})"
    return f"{told}, {share.value:.1%}{ends}"


def _list(shares: Mapping[Key, Share]) -> str:
    return ", ".join(f"{name} {share.part} of {share.whole}" for name, share in shares.items()) or "none"
