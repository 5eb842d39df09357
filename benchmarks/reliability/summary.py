"""The first table of the page: a line for each part, with what was tried and what came of it."""

from collections.abc import Iterator, Sequence
from typing import Final

from benchmarks.quality.figure import Written, table
from benchmarks.reliability.endpoint import LEFT_OUT, counts
from benchmarks.reliability.results import FaultsResult, Results

NOT_RUN: Final = "not run yet"
PARTS: Final = {
    "an endpoint that misbehaves": ("test_faults",),
    "odd files and folders": ("test_hostile_files",),
    "interrupted, killed, twice at once, out of room": ("test_death",),
    "fetching the embedded model": ("test_fetch", "test_download"),
}
Line = tuple[str, str, str]


def summary(results: Results) -> str:
    """Return the table."""
    return table(("", "tried", "came of it"), [*_cases(results.faults), *_runs(results)], texts=3)


def _cases(result: FaultsResult | None) -> Iterator[Line]:
    for part, modules in PARTS.items():
        ran = result.tests if result else ()
        tests = [test for test in ran if test.module in modules and test.test not in LEFT_OUT]
        cases = sum(len(test.held) + len(test.failed) for test in tests)
        yield (part, f"{cases} cases", counts(tests)) if tests else (part, NOT_RUN, "")


def _runs(results: Results) -> Iterator[Line]:
    kills = "killed at random moments"
    if found := results.kills:
        yield kills, f"{found.kills} kills", _lost(found.lost)
    else:
        yield kills, NOT_RUN, ""
    batch = "a batch under faults, then without"
    if chaos := results.chaos:
        stories = chaos.runs.with_faults.stories
        yield batch, f"{stories:,} stories, {100 * chaos.share:.0f} % of requests", _lost(chaos.lost)
    else:
        yield batch, NOT_RUN, ""
    fuzzing = "fuzzed"
    if fuzz := results.fuzz:
        inputs = sum(target.executions for target in fuzz.targets)
        minutes = sum(target.minutes for target in fuzz.targets)
        findings = sum(len(target.findings) for target in fuzz.targets)
        yield fuzzing, f"{inputs:,} inputs in {minutes:.0f} minutes", f"{findings} findings"
    else:
        yield fuzzing, NOT_RUN, ""
    mutation = "mutants of what judges and what keeps"
    if found_mutants := results.mutation:
        share = f"{100 * found_mutants.killed_of_different:.1f} % of those that differ are killed"
        yield mutation, f"{found_mutants.all.mutants:,} mutants", share
    else:
        yield mutation, NOT_RUN, ""


def _lost(lines: Sequence[str]) -> str:
    return Written("**not as it should be: see there**") if lines else "nothing lost"
