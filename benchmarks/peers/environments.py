"""The virtual environment of each contender: made once, made anew when what it should hold changes."""

import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

from benchmarks.peers.contenders import Contender

STAMP = "installed.json"


class CannotInstall(Exception):
    """A contender's environment cannot be made; says why in one line."""


def prepare(contender: Contender, environments: Path) -> Path:
    """Return the Python that runs ``contender``, its packages installed; raises CannotInstall.

    pip sees the whole environment of this process, so its settings hold; nothing of this environment's
    packages is visible in the new one.
    """
    if not contender.installs:
        return Path(sys.executable)
    folder = environments.resolve() / contender.environment
    python = folder / "bin" / "python"
    stamp = folder / STAMP
    wanted = json.dumps([sys.version_info[:2], contender.installs])
    if python.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    _call([sys.executable, "-m", "venv", "--clear", str(folder)], contender)
    for arguments in contender.installs:
        _call(
            [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *arguments], contender
        )
    stamp.write_text(wanted, encoding="utf-8")
    return python


def installed(python: Path, contender: Contender) -> dict[str, str]:
    """Return the version of every distribution that ``python`` sees; of this Python the contender's."""
    if python == Path(sys.executable):
        return {contender.distribution: importlib.metadata.version(contender.distribution)}
    script = (
        "import json, importlib.metadata as m; "
        "print(json.dumps({d.name: d.version for d in m.distributions() if d.name}))"
    )
    done = subprocess.run([str(python), "-I", "-c", script], check=True, capture_output=True, text=True)
    versions: dict[str, str] = json.loads(done.stdout)
    return dict(sorted(versions.items()))


def _call(command: list[str], contender: Contender) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise CannotInstall(
            f"{contender.name} cannot be installed: {said[-1] if said else 'no reason given'}"
        )
