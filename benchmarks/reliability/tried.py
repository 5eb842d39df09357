"""Runs the tests of what goes wrong around the tool, and notes how each case of each of them ended."""

import platform
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.reliability.results import FaultsResult, Tried
from pipeline import __version__

ROOT: Final = Path(__file__).parents[2]
MODULES: Final = ("test_faults", "test_hostile_files", "test_death", "test_fetch", "test_download")
RAN: Final = (0, 1)  # pytest's exit codes: all passed, some failed
OUTCOMES: Final = {"error": "failed", "failure": "failed", "skipped": "skipped"}  # by element of JUnit's XML


def try_all(modules: tuple[str, ...] = MODULES, folder: Path = ROOT / "tests") -> FaultsResult:
    """Run the tests of ``modules``. Raises ValueError where pytest could not run them."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        noted = Path(name) / "noted.xml"
        files = [str(folder / f"{module}.py") for module in modules]
        options = ["-q", "-p", "no:cacheprovider", f"--junit-xml={noted}"]
        ended = subprocess.run([sys.executable, "-m", "pytest", *options, *files], cwd=ROOT, check=False)
        if ended.returncode not in RAN:
            raise ValueError(f"pytest could not run the tests ({ended.returncode}): see above")
        tests = tuple(_tests(noted))
    return FaultsResult(
        tool_version=__version__,
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        seconds=round(time.monotonic() - begun, 1),
        tests=tests,
    )


def _tests(noted: Path) -> Iterator[Tried]:
    """Yield the tests in the order in which they ran; what fails in any of its phases has failed."""
    ended: dict[tuple[str, str], dict[str, str]] = {}
    for case in ET.parse(noted).iter("testcase"):  # noqa: S314 - pytest has just written it
        module = case.get("classname", "").rpartition(".")[2]
        test, _, name = case.get("name", "").partition("[")
        outcomes = [OUTCOMES[part.tag] for part in case if part.tag in OUTCOMES]
        cases = ended.setdefault((module, test), {})
        if outcomes or name.removesuffix("]") not in cases:
            cases[name.removesuffix("]")] = outcomes[-1] if outcomes else "held"
    for (module, test), cases in ended.items():
        by_outcome = {
            outcome: tuple(name for name, how in cases.items() if how == outcome)
            for outcome in ("held", "failed", "skipped")
        }
        yield Tried(module=module, test=test, **by_outcome)
