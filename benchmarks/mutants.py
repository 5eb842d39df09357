"""What mutmut says of its mutants, beside what a reader made of those that lived."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from pydantic import TypeAdapter

from schemas.record import Record

LIVED: Final = ("survived", "no tests")
_LINE: Final = re.compile(r"^\s*(?P<name>\S+__mutmut_\d+): (?P<status>.+)$")


class Mutant(Record):
    """A mutant by mutmut's name, and how its tests ended: killed, timeout, survived, no tests and so on."""

    name: str
    status: str

    @property
    def module(self) -> str:
        """The dotted name of its module."""
        return self.name.rpartition(".")[0]

    @property
    def where(self) -> str:
        """Its function with module and class, which hold while lines move."""
        function = self.name.rpartition(".")[2].partition("__mutmut_")[0]
        return f"{self.module}.{function.removeprefix('x_').removeprefix('xǁ').replace('ǁ', '.')}"


class Place(Record):
    """One mutant as a reader names it: the function, and the lines taken away and added."""

    where: str
    change: str


class Verdict(Record):
    """What a reader made of mutants that lived.

    ``equivalent``: nothing that anybody could see tells them from the original. ``untested``: something
    would, and ``why`` says why no test asks for it.
    """

    verdict: Literal["equivalent", "untested"]
    why: str
    mutants: tuple[Place, ...]


class Survivor(Record):
    """A mutant that lived, with its reader's verdict; ``unread`` where there is none."""

    where: str
    change: str
    status: str
    verdict: Literal["equivalent", "untested", "unread"] = "unread"
    why: str = ""


class Counted(Record):
    """How many mutants of one module, or of all, ended how."""

    module: str
    mutants: int
    killed: int
    timed_out: int
    survived: int
    no_tests: int


class Findings(Record):
    """One measurement.

    ``killed_share`` counts as killed what ran out of time, too; ``killed_of_different`` leaves out of the
    whole what a reader found equivalent. ``stale`` are verdicts on mutants that no longer live.
    """

    tool: str
    python: str
    tests: tuple[str, ...]
    modules: tuple[Counted, ...]
    all: Counted
    equivalent: int
    untested: int
    unread: int
    killed_share: float
    killed_of_different: float
    survivors: tuple[Survivor, ...]
    stale: tuple[Place, ...]


def read_results(text: str) -> list[Mutant]:
    """Return the mutants that ``mutmut results --all true`` lists."""
    found = (_LINE.match(line) for line in text.splitlines())
    return [Mutant(name=one["name"], status=one["status"]) for one in found if one]


def change_of(diff: str) -> str:
    """Return the lines that a unified diff takes away and adds, without their place and indentation."""
    lines = [line for line in diff.splitlines() if line[:1] in ("-", "+")]
    return "\n".join(f"{line[0]} {line[1:].strip()}" for line in lines if line[:3] not in ("---", "+++"))


def read_verdicts(path: Path) -> list[Verdict]:
    """Return the verdicts in the TOML file at ``path``."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    return TypeAdapter(list[Verdict]).validate_python(found.get("verdict", []))


def judged(mutant: Mutant, change: str, verdicts: Sequence[Verdict]) -> Survivor:
    """Return a mutant that lived with the first verdict that names it."""
    survivor = Survivor(where=mutant.where, change=change, status=mutant.status)
    for one in verdicts:
        if any((place.where, place.change.strip()) == (mutant.where, change) for place in one.mutants):
            return survivor.model_copy(update={"verdict": one.verdict, "why": one.why})
    return survivor


def counted(module: str, mutants: Sequence[Mutant]) -> Counted:
    """Return how ``mutants`` ended; what mutmut calls suspicious or a crash did not pass, and is killed."""
    ended = [mutant.status for mutant in mutants]
    timed_out, survived, no_tests = (ended.count(status) for status in ("timeout", *LIVED))
    return Counted(
        module=module,
        mutants=len(ended),
        killed=len(ended) - timed_out - survived - no_tests,
        timed_out=timed_out,
        survived=survived,
        no_tests=no_tests,
    )


def findings(
    mutants: Sequence[Mutant],
    diff: Callable[[Mutant], str],
    verdicts: Sequence[Verdict],
    made_with: Mapping[str, object],
) -> Findings:
    """Return what was measured; ``diff`` gives that of a mutant, ``made_with`` the first fields."""
    modules = sorted({mutant.module for mutant in mutants})
    survivors = [judged(m, change_of(diff(m)), verdicts) for m in mutants if m.status in LIVED]
    living = {(one.where, one.change) for one in survivors}
    whole = counted("all", mutants)
    kinds = [one.verdict for one in survivors]
    killed, different = whole.mutants - len(survivors), whole.mutants - kinds.count("equivalent")
    return Findings.model_validate(
        {
            **made_with,
            "modules": tuple(counted(name, [m for m in mutants if m.module == name]) for name in modules),
            "all": whole,
            **{kind: kinds.count(kind) for kind in ("equivalent", "untested", "unread")},
            "killed_share": round(killed / whole.mutants, 4),
            "killed_of_different": round(killed / different, 4),
            "survivors": tuple(sorted(survivors, key=lambda one: (one.verdict, one.where, one.change))),
            "stale": tuple(
                place
                for one in verdicts
                for place in one.mutants
                if (place.where, place.change.strip()) not in living
            ),
        }
    )
