"""The tables on whole stories: what is found, what is flagged for nothing, what other tools make of them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmarks.quality.aims import NOT_MEASURED
from benchmarks.quality.figure import NO_VALUE, Figure, of_counts, of_share, table
from benchmarks.quality.results import Results
from benchmarks.scoring.outcome import Score, Share
from benchmarks.stored import PlantedResult
from pipeline.report.text import escape

WEAK = 0.5  # of a kind of conflict; what is found less often than that is named among the limits


def stories(results: Results) -> str:
    """Return the scores of our own stories, side by side."""
    scores = results.scores()
    if not scores:
        return f"{NOT_MEASURED.capitalize()}."
    rows: list[tuple[str, Callable[[Score], object]]] = [
        ("stories", lambda s: s.runs),
        ("runs that are incomplete", lambda s: s.incomplete_runs),
        ("conflicts found", lambda s: of_share(s.conflicts)),
        ("conflicts told as an update, or as speakers who differ", lambda s: s.told_otherwise),
        ("flags right", lambda s: of_share(s.flags)),
        ("wrong flags, on a hard negative", lambda s: s.wrong),
        ("wrong flags, on nothing labelled", lambda s: s.other),
        ("hard negatives flagged", lambda s: of_share(s.hard_negatives)),
        ("agreements found", lambda s: of_share(s.agreements)),
        ("agreements found by the very sentence", lambda s: of_share(s.agreements_evidenced)),
        ("facts of one outlet left alone", lambda s: of_share(s.single_outlet)),
        ("Brier score of the flags' confidence", lambda s: _calibrated(s, "brier")),
        ("ECE of the flags' confidence", lambda s: _calibrated(s, "calibration_error")),
    ]
    parts = [
        table(("", *scores), [(name, *(told(score) for score in scores.values())) for name, told in rows]),
        _by(scores, "conflicts found, by kind", lambda s: s.conflicts_by_kind),
        _by(scores, "conflicts found, by difficulty", lambda s: s.conflicts_by_difficulty),
        _by(scores, "hard negatives flagged, by type", lambda s: s.hard_negatives_by_type),
        "\n".join(f"- {name}: {escape(_made(score))}" for name, score in scores.items()),
    ]
    missing = [name for name in ("open half", "unseen half", "example story") if name not in scores]
    if missing:
        parts.append(f"Not measured yet: {', '.join(missing)}.")
    return "\n\n".join(part for part in parts if part)


def _made(score: Score) -> str:
    return f"by {', '.join(score.models)}; storycheck {', '.join(score.tool_versions)}"


def _calibrated(score: Score, measure: str) -> str:
    return f"{getattr(score.calibration, measure):.3f}" if score.calibration else NO_VALUE


def _by(scores: Mapping[str, Score], title: str, shares: Callable[[Score], Mapping[Any, Share]]) -> str:
    names = dict.fromkeys(str(name) for score in scores.values() for name in shares(score))
    found = [{str(name): share for name, share in shares(score).items()} for score in scores.values()]
    lines: list[tuple[str, ...]] = [
        (name, *(f"{one[name].part} of {one[name].whole}" if name in one else NO_VALUE for one in found))
        for name in names
    ]
    return table((title, *scores), lines) if lines else ""


def planted(results: Results) -> str:
    """Return what was found of the conflicts planted in real prose, seed by seed."""
    if (found := results.planted) is None:
        return f"{NOT_MEASURED.capitalize()}."
    lines: list[Sequence[object]] = [
        (
            number,
            of_counts(run.found, run.planted),
            of_counts(run.right, run.flags),
            run.unread,
            Figure(run.share_right_of_new),
        )
        for number, run in enumerate(found.runs, 1)
    ]
    sums = Counter[str]()
    for run in found.runs:
        sums.update(run.model_dump(include={"found", "planted", "right", "flags", "unread"}))
    all_found, all_right = of_counts(sums["found"], sums["planted"]), of_counts(sums["right"], sums["flags"])
    lines.append(("all", all_found, all_right, sums["unread"], NO_VALUE))
    header = (
        "planted story",
        "planted and found",
        "flags right",
        "flags nobody has read",
        "right of the new flags",
    )
    kinds = [(kind, f"{hit} of {of}") for kind, (hit, of) in kinds_planted(found).items()]
    told = f"Story: {escape(found.story)}."
    return "\n\n".join([table(header, lines), table(("planted, by kind", "found"), kinds), told])


def kinds_planted(found: PlantedResult) -> dict[str, tuple[int, int]]:
    """Return how many plants of each kind were found, and of how many, over all seeds."""
    hits, planted_ones = Counter[str](), Counter[str]()
    for run in found.runs:
        for kind, (hit, of) in run.by_kind.items():
            hits[kind] += hit
            planted_ones[kind] += of
    return {kind: (hits[kind], planted_ones[kind]) for kind in sorted(planted_ones)}


def injections(results: Results) -> str:
    """Return how many texts in an article changed what the report says of the others."""
    if (found := results.injections) is None:
        return f"{NOT_MEASURED.capitalize()}."
    groups = (
        ("all attacks", found.attacks),
        ("texts without orders", found.placebos),
        *((f"family: {name}", tried) for name, tried in found.families.items()),
        *((f"placement: {name}", tried) for name, tried in found.placements.items()),
    )
    lines = [(name, tried.tried, tried.succeeded) for name, tried in groups]
    told = f"By {found.model}; storycheck {found.tool_version}."
    if found.not_measured:
        told += f" Not measured, for an incomplete control: {len(found.not_measured)}."
    return f"{table(('', 'tried', 'changed something'), lines)}\n\n{escape(told)}"


def peers(results: Results) -> str:
    """Return what other tools find in the same story, with the same model."""
    if (found := results.peers) is None:
        return f"{NOT_MEASURED.capitalize()}."
    lines = [
        (
            row.contender,
            row.version or NO_VALUE,
            NO_VALUE if row.found is None else f"{len(row.found)} of {row.planted}",
            _shown(row.flags),
            _shown(row.false_flags),
            row.calls,
            row.tokens_in + row.tokens_out,
            f"{row.wall_s:.0f}",
            row.ended,
            row.done_to_it,
        )
        for row in found.contenders
    ]
    header = (
        "tool",
        "version",
        "conflicts found",
        "flags",
        "false flags",
        "calls",
        "tokens",
        "seconds",
        "ended",
        "what was done to it",
    )
    told = escape(f"Story {found.story}, model {found.model}, {found.limit_s:.0f} seconds each at most.")
    return f"{table(header, lines, texts=2)}\n\n{told}"


def _shown(number: int | None) -> str:
    return NO_VALUE if number is None else str(number)


def weak_kinds(results: Results) -> str:
    """Return the kinds of conflict of which less than half was found, as a list of Markdown."""
    counts = dict[str, dict[str, tuple[int, int]]]()
    for name, score in results.scores().items():
        counts[f"our own stories, {name}"] = {
            str(kind): (share.part, share.whole) for kind, share in score.conflicts_by_kind.items()
        }
    if results.planted is not None:
        counts[f"planted in {escape(results.planted.story)}"] = kinds_planted(results.planted)
    if not counts:
        return "Which kinds of conflict it misses most is not measured yet."
    weak = [
        f"- {where}: {kind}, {hit} of {of} found"
        for where, kinds in counts.items()
        for kind, (hit, of) in kinds.items()
        if of and hit / of < WEAK
    ]
    if not weak:
        return "Of every kind of conflict at least half was found."
    return "Of these kinds it found less than half:\n\n" + "\n".join(weak)
