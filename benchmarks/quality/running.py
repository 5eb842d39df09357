"""The tables on runs: what their claims are like, what changes from one to the next, how long they take."""

from collections.abc import Callable

from benchmarks.claims.measure import Share as Count
from benchmarks.claims.result import ClaimRun
from benchmarks.quality.aims import NOT_MEASURED, entailed_by
from benchmarks.quality.figure import NO_VALUE, of_count, table, total
from benchmarks.quality.results import Results
from pipeline.report.text import escape

Counted = Callable[[ClaimRun], Count | None]


def claims(results: Results) -> str:
    """Return what the claims of each run are like, and of all together."""
    if (found := results.claims) is None:
        return f"{NOT_MEASURED.capitalize()}."
    rows: list[tuple[str, Counted]] = [
        ("sentences with a claim", lambda run: run.quality.readable),
        ("the same of prose alone", lambda run: run.quality.prose),
        ("with a claim that is not the sentence word for word", lambda run: run.worded),
        ("claims that are their sentence word for word", lambda run: run.verbatim),
        ("claims that can be read alone", lambda run: run.quality.standalone),
        ("claims that repeat an earlier one", lambda run: run.quality.repeated),
        ("entailed by their own sentence", lambda run: entailed_by(run, is_with_context=False)),
        ("entailed, with the two sentences before", lambda run: entailed_by(run, is_with_context=True)),
        ("the same of worded claims alone", _worded),
        (
            "right speaker, somebody's words",
            lambda run: run.quality.speakers.named if run.quality.speakers else None,
        ),
        (
            "right speaker, the outlet's words",
            lambda run: run.quality.speakers.outlet if run.quality.speakers else None,
        ),
    ]
    lines = []
    for name, counted in rows:
        counts = [counted(run) for run in found.runs]
        known = [count for count in counts if count is not None]
        shown = [f"{c.part} of {c.whole}" if c is not None else NO_VALUE for c in counts]
        lines.append((name, *shown, of_count(total(known)) if known else NO_VALUE))
    header = ("", *(run.story for run in found.runs), "all")
    judge = f"Entailment is judged by {found.judge}. " if found.judge else "Entailment is not judged yet. "
    models = ", ".join(dict.fromkeys(run.model for run in found.runs))
    versions = ", ".join(dict.fromkeys(run.tool_version for run in found.runs))
    return f"{table(header, lines)}\n\n{escape(f'{judge}Claims by {models}; storycheck {versions}.')}"


def _worded(run: ClaimRun) -> Count | None:
    counts = [found.worded.supported for found in run.entailed if found.before]
    return total(counts) if counts else None


def flips(results: Results) -> str:
    """Return how much of a run comes out otherwise when it is made again."""
    if (found := results.flips) is None:
        return f"{NOT_MEASURED.capitalize()}."
    lines = [
        (
            rerun.name,
            of_count(rerun.flipped),
            of_count(rerun.unmatched),
            rerun.errors,
            rerun.kept_flags,
            rerun.gone_flags,
            rerun.new_flags,
        )
        for rerun in found.reruns
    ]
    header = (
        "rerun",
        "verdicts that change",
        "claims in one run alone",
        "not judged in one run",
        "flags in both",
        "flags gone",
        "new flags",
    )
    changes = [
        f"- {escape(rerun.name)}: {escape(change)}, {count}"
        for rerun in found.reruns
        for change, count in rerun.changes.items()
    ]
    told = f"Story {found.story}, {found.claims} claims in the first run; by {found.model}."
    unfinished = [run.name for run in found.reruns if not run.is_complete]
    if unfinished or not found.is_complete:
        told += f" Incomplete: {', '.join([*([] if found.is_complete else ['first']), *unfinished])}."
    return "\n\n".join(part for part in (table(header, lines), "\n".join(changes), escape(told)) if part)


def timing(results: Results) -> str:
    """Return how long a cold run took, stage by stage."""
    if (found := results.timing) is None:
        return f"{NOT_MEASURED.capitalize()}."
    lines = [
        (stage.stage, f"{stage.seconds:.1f}", stage.calls, stage.tokens_in, stage.tokens_out)
        for stage in found.stages
    ]
    lines.append(("all", f"{found.seconds:.1f}", found.calls, found.tokens_in, found.tokens_out))
    told = (
        f"Story {found.story}: {found.articles} articles, {found.sentences} sentences, "
        f"{found.claims} claims. Model {found.model} ({found.endpoint}), {found.cores} cores, "
        f"storycheck {found.tool_version}."
    )
    if not found.is_complete:
        told += " The run is incomplete."
    return f"{table(('stage', 'seconds', 'calls', 'tokens in', 'tokens out'), lines)}\n\n{escape(told)}"
