"""docs/reliability.md is what the stored results make, and says what failed, and what was not run."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.chaos_memory import SAMPLES, Memory
from benchmarks.fuzz import Fuzzed, FuzzResult
from benchmarks.fuzz_log import FuzzLog
from benchmarks.reliability import endpoint
from benchmarks.reliability.__main__ import PAGE, main
from benchmarks.reliability.page import render
from benchmarks.reliability.results import CONTRACTS, FOLDER, FaultsResult, Results, Tried, read_results
from benchmarks.reliability.tried import try_all
from tests import test_death, test_download, test_faults, test_fetch, test_hostile_files
from tests.faulty_endpoint import FAULTS

MODULES = {
    module.__name__.rpartition(".")[2]: module
    for module in (test_faults, test_hostile_files, test_death, test_fetch, test_download)
}
KILLS: dict[str, Any] = {
    "tool_version": "0.1.0",
    "seed": 1,
    "concurrency": 4,
    "undisturbed_s": 0.9,
    "kills": 20,
    "runs_brought_to_an_end": 3,
    "requests": 80,
    "asked_again": 17,
    "most_asked_again_after_a_kill": 4,
    "answers_stored": 63,
    "files_looked_at": 70,
    "leftovers": 18,
    "killed": {"before the first file": 20},
    "lost": [],
}


def faults(*tests: Tried) -> FaultsResult:
    return FaultsResult(tool_version="0.1.0", python="3.11.7", platform="Linux", seconds=1.0, tests=tests)


def rows(page: str) -> dict[str, list[str]]:
    """Return the cells of each line of a table by its first one."""
    lines = [line.strip("|").split(" | ") for line in page.splitlines() if line.startswith("| ")]
    return {first.strip(): [cell.strip() for cell in rest] for first, *rest in lines}


def test_the_page_is_what_the_stored_results_make() -> None:
    stored = PAGE.read_text(encoding="utf-8")
    assert stored == render(read_results(FOLDER)), "stale: python -m benchmarks.reliability"


def test_what_was_not_run_is_said_so() -> None:
    page = render(Results())
    assert page.count("not run yet") == 8
    assert page.count("\nNot run yet.\n") == len(CONTRACTS) + 2  # the tests fill three places
    assert "$" not in page


def test_what_the_tables_are_made_of_are_tests_that_exist() -> None:
    for name in (*endpoint.ENDINGS,):
        assert hasattr(test_faults, name)
    for name in (*endpoint.FILES, *endpoint.LEFT_OUT):
        assert hasattr(test_faults, name) or hasattr(test_hostile_files, name)
    assert endpoint.HEADINGS.keys() == MODULES.keys()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_in_the_id_of_its_case(fault: str) -> None:
    assert [endpoint.fault_of(case) for case in (fault, f"at_first-{fault}", f"extract-{fault}")] == [
        fault
    ] * 3


def test_how_each_fault_ends_stands_in_its_line() -> None:
    passes, always, lacks, fatal, final = (
        next(name for name in endpoint.ENDINGS if word in name)
        for word in ("leaves_no_trace", "never_passes", "lacks", "pointless", "final")
    )
    page = render(
        Results(
            faults=faults(
                Tried(module="test_faults", test=passes, held=("429", "500")),
                Tried(module="test_faults", test=always, held=("429",), failed=("500",)),
                Tried(module="test_faults", test=lacks, skipped=("no usage",)),
                Tried(module="test_faults", test=fatal, held=("at_first-401", "<lambda>-401")),
                Tried(module="test_faults", test=final, held=("ask-refusal",), failed=("extract-refusal",)),
            )
        )
    )
    found = rows(page)
    assert found["429"] == ["judged", "ends, with the reason", "–"]
    assert found["500"] == ["judged", "**not held**", "–"]
    assert found["no usage"] == ["–", "not run here", "–"]
    assert found["401"] == ["one line, at once", "one line, at once", "–"]
    assert found["refusal"] == ["–", "–", "**not held**"]
    assert found["an endpoint that misbehaves"] == ["8 cases", "6 of 8 held, 1 not run here"]


def test_other_tests_are_sentences_with_their_cases() -> None:
    lock = Tried(module="test_death", test="test_a_lock_hinders_nobody", held=("",))
    disk = Tried(module="test_death", test="test_a_full_disk_is_told", held=("a",), failed=("b",))
    odd = Tried(module="test_hostile_files", test=endpoint.HOSTILE, held=("bom", "bell"))
    page = render(Results(faults=faults(lock, disk, odd)))
    assert "- a lock hinders nobody\n" in page
    assert "- a full disk is told: 1 of 2 held" in page
    assert "The inputs of the first line: bom, bell." in page


def test_what_was_lost_is_not_hidden(tmp_path: Path) -> None:
    lost = CONTRACTS["kills"].model_validate(KILLS | {"lost": ["report.json was half written"]})
    (tmp_path / "kills.json").write_text(lost.model_dump_json())
    page = render(read_results(tmp_path))
    assert "**What should not have happened:**\n\n- report.json was half written" in page
    assert rows(page)["killed at random moments"] == ["20 kills", "**not as it should be: see there**"]
    (tmp_path / "kills.json").write_text(CONTRACTS["kills"].model_validate(KILLS).model_dump_json())
    assert "Lost: nothing." in render(read_results(tmp_path))


def test_findings_of_the_fuzzer_are_named() -> None:
    one = Fuzzed(
        target="files",
        minutes=10.0,
        executions=1200,
        places_of_seeds=5000,
        places=5100,
        inputs_kept=90,
        findings=("files-ab12",),
    )
    page = render(
        Results(
            fuzz=FuzzResult(tool_version="0.1.0", python="3.11.7", fuzzer="atheris 3.0.0", targets=(one,))
        )
    )
    assert rows(page)["files"] == ["10.0", "1,200", "5000", "5100", "files-ab12"]
    assert rows(page)["fuzzed"] == ["1,200 inputs in 10 minutes", "1 findings"]


# -- the command --


def test_a_case_that_did_not_hold_fails_the_command(tmp_path: Path) -> None:
    page = tmp_path / "reliability.md"
    bad = Tried(module="test_death", test="test_a_full_disk_is_told", failed=("",))
    for tests, code in (((), 0), ((bad,), 1)):
        (tmp_path / "faults.json").write_text(faults(*tests).model_dump_json())
        assert main([], tmp_path, page) == code
    assert "- a full disk is told: 0 of 1 held" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [("other.json", "{}", "other.json is no part"), ("kills.json", '{"kills": 3}', "kills.json is not as")],
)
def test_faulty_results_change_nothing(
    name: str, text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "reliability.md"
    (tmp_path / name).write_text(text)
    assert main([], tmp_path, page) == 2
    assert capsys.readouterr().err.startswith(f"reliability: {said}")
    assert not page.exists()


CASES = """
import pytest

@pytest.fixture
def broken():
    yield
    raise ValueError

def test_holds(): pass

@pytest.mark.parametrize("case", ["one", "two, with [brackets]"])
def test_some(case): assert case == "one"

def test_ends_badly(broken): pass

def test_is_left_out(): pytest.skip("no such system")
"""


def test_each_case_is_noted_as_it_ended(tmp_path: Path) -> None:
    (tmp_path / "test_small.py").write_text(CASES)
    result = try_all(("test_small",), tmp_path)
    noted = {test.test: (test.held, test.failed, test.skipped) for test in result.tests}
    assert noted == {
        "test_holds": (("",), (), ()),
        "test_some": (("one",), ("two, with [brackets]",), ()),
        "test_ends_badly": ((), ("",), ()),
        "test_is_left_out": ((), (), ("",)),
    }
    assert {test.module for test in result.tests} == {"test_small"}


def test_tests_that_cannot_be_run_are_told_of(tmp_path: Path) -> None:
    (tmp_path / "test_small.py").write_text("import nothing_of_this_name\n")
    with pytest.raises(ValueError, match="could not run"):
        try_all(("test_small",), tmp_path)


# -- what is measured --

PRINTED = """INFO: Instrumenting pipeline.values
#2	INITED cov: 883 ft: 1001 corp: 3/99b exec/s: 0 rss: 150Mb
#2048	pulse  cov: 892 ft: 1122 corp: 22/5399b lim: 591 exec/s: 157 rss: 157Mb
#2171	REDUCE cov: 892 ft: 1122 corp: 22/5326b lim: 591 exec/s: 167 rss: 157Mb L: 11/591 MS: 1 EraseBytes-
"""


def test_what_the_fuzzer_prints_is_added_up_over_its_processes() -> None:
    log = FuzzLog()
    log.hear(PRINTED.splitlines(keepends=True))  # a process that was ended
    log.hear((PRINTED.replace("892", "899") + "stat::number_of_executed_units: 2437\n").splitlines())
    assert (log.executions, log.places_of_seeds, log.places) == (2171 + 2437, 883, 899)


@settings(deadline=None)
@given(
    start=st.floats(50, 500),
    growth_kib=st.floats(0, 200),
    stories=st.integers(1, 50).map(lambda n: n * SAMPLES),
    warm=st.floats(0, 90),
)
def test_growth_is_told_apart_from_warming_up(
    start: float, growth_kib: float, stories: int, warm: float
) -> None:
    memory = Memory(stories)
    for done in range(stories + 1):
        warming = warm if done * 4 >= stories else 0.0  # all of it within the first quarter
        memory.note(done, start + warming + done * growth_kib / 1024, "now")
    assert memory.growth_kib() == pytest.approx(growth_kib, abs=0.1)
    at = [sample["stories"] for sample in memory.told()["samples"]]
    assert at == [*range(0, stories + 1, stories // SAMPLES)]


def test_too_few_samples_tell_no_growth() -> None:
    memory = Memory(1000)
    memory.note(0, 100.0, "now")
    memory.note(500, 200.0, "now")
    assert memory.told() == {
        "samples": [{"stories": 0, "mib": 100.0}, {"stories": 500, "mib": 200.0}],
        "growth_kib_a_story": None,
    }


def test_the_page_names_commands_that_are_there() -> None:
    names = set(re.findall(r"python -m (benchmarks\.\w+)", PAGE.read_text(encoding="utf-8")))
    assert names == {f"benchmarks.{name}" for name in ("chaos", "fuzz", "mutation", "reliability")}
