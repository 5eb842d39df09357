"""Lets one contender at the story, for so long and no longer, and reads what it told."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from benchmarks.peers.adapters.task import Task
from benchmarks.peers.proxy import Proxy

ROOT = Path(__file__).parents[2]
GRACE_S = 15.0  # for an adapter to say what was found so far
# Only this package is taken from here: a contender may bring a "benchmarks" of its own, and one does.
_START = """
import runpy, sys
sys.path.insert(0, sys.argv[1])
import benchmarks.peers.adapters.task
sys.path.pop(0)
runpy.run_module(sys.argv[2], run_name="__main__")
"""
_KEPT = ("PATH", "LANG", "LC_ALL", "SSL_CERT_FILE", "HTTP_PROXY", "HTTPS_PROXY", "HF_HOME")


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ToldSide(_Told):
    """One side of a flag, as ``adapters.task.Side`` tells it."""

    article: str
    text: str
    passage: str | None = None


class ToldFlag(_Told):
    """Two passages that a contender says contradict each other."""

    sides: tuple[ToldSide, ToldSide]
    why: str = ""


class ToldFinding(_Told):
    """A fault in one article, without a second passage."""

    side: ToldSide
    code: str


class _Line(_Told):
    flag: ToldFlag | None = None
    finding: ToldFinding | None = None
    note: str | None = None


@dataclass(frozen=True)
class Told:
    """All that a contender told, in its order."""

    flags: tuple[ToldFlag, ...]
    findings: tuple[ToldFinding, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Attempt:
    """How a contender fared: ``failure`` is its last line of output where it failed."""

    told: Told
    ended: Literal["finished", "stopped by the limit", "failed"]
    wall_s: float
    failure: str | None = None


def attempt(command: list[str], task: Task, proxy: Proxy, limit_s: float) -> Attempt:
    """Run ``command``, the task's file its last argument, and stop it with all it started at ``limit_s``.

    It sees the proxy as its endpoint, and of this process's environment hardly more than the path. What it
    prints goes to ``log.txt`` in its folder.
    """
    task.folder.mkdir(parents=True, exist_ok=True)
    file = task.folder / "task.json"
    file.write_text(json.dumps(asdict(task)), encoding="utf-8")
    log = task.folder / "log.txt"
    begun = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, str(file)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=task.folder,
            env=_environment(os.environ, proxy, task.folder),
            start_new_session=True,
        )
        try:
            code = process.wait(limit_s)
            wall_s = time.monotonic() - begun
        except subprocess.TimeoutExpired:
            code, wall_s = None, limit_s
        finally:
            _end(process)
    told = _read(task.told)
    if code is None:
        return Attempt(told, "stopped by the limit", wall_s)
    if code:
        return Attempt(told, "failed", wall_s, f"exit code {code}: {_last_line(log)}")
    return Attempt(told, "finished", wall_s)


def adapter_command(python: Path, adapter: str) -> list[str]:
    """Return the command that runs ``adapter`` under ``python``."""
    return [str(python), "-I", "-c", _START, str(ROOT), f"benchmarks.peers.adapters.{adapter}"]


def _environment(given: Mapping[str, str], proxy: Proxy, home: Path) -> dict[str, str]:
    kept = {name: value for name, value in given.items() if name.upper() in _KEPT}
    return {
        **kept,
        "HOME": str(home),
        "NO_PROXY": "127.0.0.1,localhost",
        "OPENAI_BASE_URL": proxy.base_url,
        "OPENAI_API_KEY": proxy.api_key,
    }


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop the process and all that it started: by asking, then by force."""
    for sign, patience_s in ((signal.SIGTERM, GRACE_S), (signal.SIGKILL, None)):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience_s)


def _read(told: Path) -> Told:
    """Read what was told; a last line that was cut off is left out."""
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    read: list[_Line] = []
    for line in lines:
        try:
            read.append(_Line.model_validate_json(line))
        except ValidationError as error:
            print(f"{told}: a line that says nothing: {error}", file=sys.stderr)
    return Told(
        flags=tuple(line.flag for line in read if line.flag),
        findings=tuple(line.finding for line in read if line.finding),
        notes=tuple(line.note for line in read if line.note),
    )


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1].strip()[:300] if lines else "it said nothing"
