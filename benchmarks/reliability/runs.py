"""The tables on the long runs: kills, a large batch under faults, fuzzing and mutation."""

from collections.abc import Sequence

from benchmarks.fuzz import FuzzResult
from benchmarks.mutants import Findings
from benchmarks.quality.figure import NO_VALUE, table
from benchmarks.reliability.results import ChaosResult, ChaosRun, KillsResult
from pipeline.report.text import escape


def lost(lines: Sequence[str]) -> str:
    """Return in a paragraph what should not have happened; that nothing was lost, where nothing was."""
    if not lines:
        return "Lost: nothing."
    return "\n".join(("**What should not have happened:**", "", *(f"- {escape(line)}" for line in lines), ""))


def kills(result: KillsResult) -> str:
    """Return where runs were killed, and what that cost."""
    lines: list[tuple[str, object]] = [(f"killed {moment}", n) for moment, n in result.killed.items()]
    lines += [
        ("runs brought to their end after kills", result.runs_brought_to_an_end),
        ("reports and indexes looked at after a kill", result.files_looked_at),
        ("temporary files left, which nobody reads and the next run removes", result.leftovers),
        ("answers stored", result.answers_stored),
        ("questions asked again, as they were under way", result.asked_again),
        (
            f"the most of them after one kill ({result.concurrency} in flight)",
            result.most_asked_again_after_a_kill,
        ),
    ]
    told = f"Seed {result.seed}, storycheck {result.tool_version}."
    return f"{table((f'{result.kills} kills', ''), lines)}\n\n{lost(result.lost)}\n{told}"


def chaos(result: ChaosResult) -> str:
    """Return what became of a batch under faults, and of the same batch once more without."""
    both = (result.runs.with_faults, result.runs.without)
    rows: list[tuple[str, list[object]]] = [
        ("requests", [run.requests for run in both]),
        ("questions they were about", [run.questions for run in both]),
        ("of them answered well before", [run.answered_well_before for run in both]),
        ("answers stored", [run.answers_stored for run in both]),
        ("stories with a report", [run.stories for run in both]),
        ("stories without", [run.stories_without_a_report for run in both]),
        ("stories without any failure", [run.complete for run in both]),
        ("sentences to read", [run.sentences for run in both]),
        ("read", [run.sentences_read for run in both]),
        ("unread, with the reason", [run.sentences_with_an_error for run in both]),
        ("claims", [run.claims for run in both]),
        ("judged", [run.claims_judged for run in both]),
        ("errors, with the reason", [run.claims_with_an_error for run in both]),
        ("failures told of", [run.failures for run in both]),
        ("memory after a quarter of the stories, MiB", [_memory(run, 0.25) for run in both]),
        ("after half", [_memory(run, 0.5) for run in both]),
        ("at the last story", [_memory(run, 1.0) for run in both]),
        ("growth a story after the first quarter, KiB", [_growth(run) for run in both]),
        ("minutes", [f"{run.seconds / 60:.1f}" for run in both]),
    ]
    header = ("", f"{100 * result.share:.0f} % of requests fail", "then none")
    told = f"Seed {result.seed}, {result.concurrency} in flight, storycheck {result.tool_version}."
    return f"{table(header, [(name, *cells) for name, cells in rows])}\n\n{lost(result.lost)}\n{told}"


def _memory(run: ChaosRun, share: float) -> str:
    """Return the last sample before ``share`` of the stories were done; those at the end are of the index."""
    most = max((sample.stories for sample in run.memory.samples), default=0)
    before = [s.mib for s in run.memory.samples if s.stories < most and s.stories <= share * most]
    return f"{before[-1]:.0f}" if before else NO_VALUE


def _growth(run: ChaosRun) -> str:
    return NO_VALUE if run.memory.growth_kib_a_story is None else str(run.memory.growth_kib_a_story)


def fuzz(result: FuzzResult) -> str:
    """Return how long what was fuzzed, how far it got, and what it found."""
    lines = [
        (
            target.target,
            target.minutes,
            f"{target.executions:,}",
            target.places_of_seeds,
            target.places,
            ", ".join(target.findings) or "none",
        )
        for target in result.targets
    ]
    header = ("target", "minutes", "inputs", "branches from seeds", "branches in the end", "findings")
    told = f"{result.fuzzer}, Python {result.python}, storycheck {result.tool_version}."
    return f"{table(header, lines)}\n\n{escape(told)}"


def mutation(result: Findings) -> str:
    """Return how many mutants of which module the tests tell from the code."""
    lines = [
        (one.module, one.mutants, one.killed, one.timed_out, one.survived, one.no_tests)
        for one in (*result.modules, result.all)
    ]
    told = (
        f"Killed: {100 * result.killed_share:.1f} % of all, {100 * result.killed_of_different:.1f} % of "
        f"those that are not equivalent. Of those that lived, {result.equivalent} were found equivalent, "
        f"{result.untested} could be noticed and no test asks, {result.unread} were not read. "
        f"{result.tool}, Python {result.python}."
    )
    header = ("module", "mutants", "killed", "out of time", "lived", "no test")
    return f"{table(header, lines)}\n\n{escape(told)}"
