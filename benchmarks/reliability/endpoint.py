"""The tables on what goes wrong around the tool: endpoints that misbehave, odd files, and the rest."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from benchmarks.quality.figure import NO_VALUE, Written, table
from benchmarks.reliability.results import FaultsResult, Tried
from tests.faulty_endpoint import FAULTS

WIDTH: Final = 112  # of a line of text
ENDPOINT: Final = "test_faults"
COLUMNS: Final = ("on the first try", "on every try", "on some questions")
# By test of ENDPOINT: the column it fills, and how the command ends where the test holds.
ENDINGS: Final = {
    "test_a_fault_that_passes_leaves_no_trace": (0, "judged"),
    "test_a_fault_that_never_passes_ends_the_command_with_its_reason": (1, "ends, with the reason"),
    "test_a_fault_that_comes_midway_leaves_what_was_found": (2, "rest kept, with the reason"),
    "test_what_an_endpoint_lacks_is_worked_around": (1, "judged"),
    "test_what_makes_going_on_pointless_is_told_at_once": (1, "one line, at once"),
    "test_what_is_final_for_a_question_is_its_error": (2, "rest kept, with the reason"),
}
HOSTILE: Final = "test_each_is_read_or_named_with_its_reason"
FILES: Final = (
    HOSTILE,
    "test_a_bad_sidecar_is_one_line_that_names_it",
    "test_what_may_not_be_read_is_skipped",
)
# These look at the tests themselves.
LEFT_OUT: Final = (
    "test_every_fault_has_its_place_here",
    "test_the_same_seed_strikes_the_same_requests",
    "test_there_are_enough_of_them_and_no_name_twice",
)
HEADINGS: Final = {
    ENDPOINT: "More of the endpoint and the way to it",
    "test_hostile_files": "More of files",
    "test_death": "Interrupted, killed, twice at once, out of room",
    "test_fetch": "Fetching the embedded model",
    "test_download": "The page that it is fetched from",
}


def counts(tests: Sequence[Tried]) -> str:
    """Return how many cases held, and how many did not or were not run, if any."""
    held, failed, skipped = (
        sum(len(getattr(test, name)) for test in tests) for name in ("held", "failed", "skipped")
    )
    told = [f"{held} of {held + failed} held"] if held + failed else []
    return ", ".join(told + ([f"{skipped} not run here"] if skipped else [])) or "not run"


def fault_of(case: str) -> str | None:
    """Return the fault that a case is about: its id may name a stage, too."""
    return max((name for name in FAULTS if name in case), key=len, default=None)


def faults(result: FaultsResult) -> str:
    """Return a line for each fault of the endpoint: how the command ends where it strikes."""
    cells: dict[str, list[str]] = {name: [NO_VALUE] * len(COLUMNS) for name in FAULTS}
    for test in result.tests:
        if test.module == ENDPOINT and test.test in ENDINGS:
            _fill(cells, test)
    return table(("the endpoint sends", *COLUMNS), ((name, *row) for name, row in cells.items()), texts=4)


def _fill(cells: dict[str, list[str]], test: Tried) -> None:
    """Put the cases of a test into their cells; one that did not hold hides those that did."""
    column, ending = ENDINGS[test.test]
    ended = (("not run here", test.skipped), (ending, test.held), (Written("**not held**"), test.failed))
    for shown, cases in ended:
        for case in cases:
            fault = fault_of(case)
            if fault is not None:
                cells[fault][0 if "at_first" in case else column] = shown


def files(result: FaultsResult) -> str:
    """Return how many odd files and folders were put among articles, and which."""
    tests = {test.test: test for test in result.tests if test.test in FILES}
    if HOSTILE not in tests:
        return "Not run yet."
    lines = [(test.says, counts([test])) for test in tests.values()]
    names = ", ".join((*tests[HOSTILE].held, *tests[HOSTILE].failed))
    told = textwrap.fill(f"The inputs of the first line: {names}.", WIDTH, break_on_hyphens=False)
    return f"{table(('', 'inputs'), lines)}\n\n{told}"


def others(result: FaultsResult) -> str:
    """Return what else must hold, a sentence each, under headings."""
    return "\n\n".join(_sections(result.tests))


def _sections(tests: Sequence[Tried]) -> Iterator[str]:
    in_tables = {*ENDINGS, *FILES, *LEFT_OUT}
    for module, heading in HEADINGS.items():
        of_module = [test for test in tests if test.module == module and test.test not in in_tables]
        if of_module:
            lines = [f"- {test.says}{_unless_plain(test)}" for test in of_module]
            yield "\n".join((f"**{heading}**", "", *lines))


def _unless_plain(test: Tried) -> str:
    """Return the counts of a test; nothing for one that held in its only case."""
    is_plain = len(test.held) == 1 and not (test.failed or test.skipped)
    return "" if is_plain else f": {counts([test])}"
