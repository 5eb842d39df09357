"""What the tool is meant to reach, and what it reaches: the table at the head of docs/quality.md."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from benchmarks.claims.measure import Share as Count
from benchmarks.claims.result import ClaimRun
from benchmarks.judges import FITTED
from benchmarks.quality.figure import (
    NO_VALUE,
    Figure,
    Written,
    of_count,
    of_counts,
    of_estimate,
    of_share,
    of_tried,
    table,
    total,
)
from benchmarks.quality.results import Results
from benchmarks.stored import JudgeResult, SetsResult
from pipeline.report.text import escape

NOT_MEASURED: Final = "not measured yet"
BALANCED: Final = {
    "fever_symmetric": (0.85, "2-way"),
    "fool_me_twice": (0.85, "2-way"),
    "summedits_news": (0.75, "2-way"),
    "climate_fever": (0.60, "3-way"),
}
INJECTIONS: Final = 40
LONGEST_S: Final = 360
STORY: Final = "dprk-arms"  # real prose, by five outlets


class Aim(NamedTuple):
    """One line of the table; ``is_met`` is None where nothing was measured."""

    what: str
    aim: str
    measured: Figure | str
    is_met: bool | None


def aims(results: Results) -> tuple[Aim, ...]:
    """Return every aim with what was measured."""
    return (
        *_sets(results),
        *_planted(results),
        *_unseen(results),
        *_claims(results),
        *_runs(results),
    )


def aims_table(results: Results) -> str:
    """Return the table, each aim with its measure, and whether it is met."""
    met = {True: "yes", False: "no", None: NO_VALUE}
    return table(
        ("what", "aim", Written("measured [95 % CI]"), "met"),
        [(aim.what, aim.aim, aim.measured, met[aim.is_met]) for aim in aims(results)],
        texts=4,
    )


def about_sets(results: Results) -> str:
    """Return by whom the public sets of the table were judged, and on how many rows."""
    if (sets := results.sets) is None:
        return ""
    drawn = f"{sets.limit:,} rows drawn from each set at most" if sets.limit else "all rows of each set"
    asked = f", the language model being {escape(sets.model)}" if sets.model else ", no language model asked"
    return f"The public sets are judged by *{escape(head(sets).judge)}*{asked}; {drawn}."


def head(sets: SetsResult) -> JudgeResult:
    """Return the judge whose figures count: the one that rests on everything that was measured."""
    return max(sets.judges, key=lambda judge: len(judge.columns))


def _sets(results: Results) -> Iterator[Aim]:
    found = {r.name: r for r in head(results.sets).evaluation.sets} if results.sets else {}
    for name in FITTED:
        least, way = BALANCED[name]
        figure = of_estimate(found[name].balanced_accuracy) if name in found else None
        yield _at_least(f"balanced accuracy, {name} ({way})", least, figure)


def _planted(results: Results) -> Iterator[Aim]:
    found, right = None, None
    seeds = f"{STORY}, 5 seeds"
    if (planted := results.planted) is not None:
        found = of_counts(sum(run.found for run in planted.runs), sum(run.planted for run in planted.runs))
        right = of_counts(sum(run.right for run in planted.runs), sum(run.flags for run in planted.runs))
        seeds = f"{planted.story}, {len(planted.runs)} seeds"
    yield _at_least(f"planted conflicts found on real prose ({seeds})", 0.80, found)
    yield _at_least("of all flags there, right", 0.70, right)


def _unseen(results: Results) -> Iterator[Aim]:
    score = results.stories_unseen
    where = "our own benchmark, unseen half"
    yield _at_least(f"{where}: conflicts found", 0.80, of_share(score.conflicts) if score else None)
    yield _at_least(f"{where}: flags right", 0.80, of_share(score.flags) if score else None)
    flagged = of_share(score.hard_negatives) if score else None
    yield _under(f"{where}: hard negatives flagged", 0.05, flagged)


def _claims(results: Results) -> Iterator[Aim]:
    entailed = coverage = speaker = None
    if results.claims is not None:
        runs = results.claims.runs
        judged = [share for run in runs if (share := entailed_by(run, is_with_context=True))]
        entailed = of_count(total(judged)) if judged else None
        coverage = of_count(total(run.quality.readable for run in runs))
        known = [run.quality.speakers for run in runs if run.quality.speakers]
        speaker = of_count(total(c for s in known for c in (s.named, s.outlet))) if known else None
    yield _at_least("claims entailed by their sentence, read with the two before it", 0.97, entailed)
    yield _at_least("sentence coverage", 0.90, coverage)
    yield _at_least("speaker right", 0.90, speaker)


def entailed_by(run: ClaimRun, *, is_with_context: bool) -> Count | None:
    """Return how many claims of a run their sentence bears out, alone or with those before it.

    Claims that are their sentence word for word are among them.
    """
    for found in run.entailed:
        if bool(found.before) is is_with_context:
            judged, own = found.worded.supported, run.verbatim.part
            return Count(part=judged.part + own, whole=judged.whole + own)
    return None


def _runs(results: Results) -> Iterator[Aim]:
    flips = results.flips
    flipped = of_count(total(rerun.flipped for rerun in flips.reruns)) if flips else None
    yield _under("flip rate, over all reruns", 0.03, flipped)
    if (injected := results.injections) is None:
        yield Aim("injection success", f"0 of {INJECTIONS}", NOT_MEASURED, None)
    else:
        is_whole = injected.attacks.tried >= INJECTIONS and not injected.not_measured
        is_met = is_whole and injected.attacks.succeeded == 0
        figure = of_tried(injected.attacks)
        yield Aim("injection success", f"0 of {INJECTIONS}", figure, is_met)
    yield _time(results)


def _time(results: Results) -> Aim:
    aim = f"under {LONGEST_S // 60} minutes"
    if (timing := results.timing) is None:
        return Aim(f"{STORY}, cold with the model fetched", aim, NOT_MEASURED, None)
    minutes, seconds = divmod(round(timing.seconds), 60)
    told = f"{minutes} min {seconds:02} s on {timing.cores} cores"
    is_met = timing.is_complete and timing.seconds < LONGEST_S
    return Aim(f"{timing.story}, cold with the model fetched", aim, told, is_met)


def _at_least(what: str, least: float, figure: Figure | None) -> Aim:
    is_met = None if figure is None or figure.value is None else figure.value >= least
    return Aim(what, f"{least:.0%}".replace("%", " %"), figure or NOT_MEASURED, is_met)


def _under(what: str, most: float, figure: Figure | None) -> Aim:
    is_met = None if figure is None or figure.value is None else figure.value < most
    return Aim(what, f"under {most:.0%}".replace("%", " %"), figure or NOT_MEASURED, is_met)
