"""What a run needs: Python, libraries, the machine, an endpoint or the embedded model."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from pipeline import __version__
from pipeline.config import DEFAULT_MODEL, Environment, Settings
from pipeline.doctor.finding import Check, State, free_space, nearest
from pipeline.embedded.fetch import sha256_of
from pipeline.embedded.models import CATALOGUE, EmbeddedModel
from pipeline.embedded.server import available_cores
from pipeline.errors import InputError, StorycheckError
from pipeline.prices import read_prices
from pipeline.session import open_endpoint
from pipeline.wire import without_version

OLDEST_PYTHON: Final = (3, 11)
BESIDE_MODEL: Final = 1.5 * 10**9  # bytes of memory that a run takes beside the model's file
LOADING_S: Final = 60.0
LIBRARIES: Final = ("openai", "instructor", "pydantic", "typer", "xllamacpp", "onnxruntime")
LOADED: Final = (
    ("engine", "xllamacpp"),
    ("embedder's engine", "onnxruntime"),
    ("web pages", "trafilatura"),
    ("PDF", "pypdf"),
    ("Word", "docx"),
)


def check_setup(environment: Environment) -> Iterator[Check]:
    """Look at the machine and what is installed. The key of an endpoint is in no line."""
    yield _python()
    yield _versions()
    yield from _libraries()
    yield _embedder()
    yield from _machine(environment)
    is_hosted = bool(environment.api_key or environment.base_url)
    yield _models_folder(environment.models_dir, is_needed=not is_hosted)
    yield _endpoint(environment, is_hosted=is_hosted)
    yield _model(CATALOGUE[DEFAULT_MODEL], environment.models_dir, is_needed=not is_hosted)
    if environment.prices is not None and environment.prices.exists():
        yield _prices(environment.prices)


def _python() -> Check:
    found = f"storycheck {__version__}, Python {platform.python_version()}, {platform.platform(terse=True)}"
    if sys.version_info < OLDEST_PYTHON:
        return Check(State.broken, "python", f"{found}: storycheck needs Python 3.11 or newer")
    return Check(State.ok, "python", found)


def _versions() -> Check:
    try:
        found = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    except PackageNotFoundError as error:
        return Check(State.broken, "libraries", f"{error.name} is not there: install storycheck again")
    return Check(State.ok, "libraries", found)


def _libraries() -> Iterator[Check]:
    """Load what may fail to, in processes of their own: one whose processor is not fit for it dies of it."""
    for name, module in LOADED:
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter, and a name from above
                [sys.executable, "-c", f"import {module}"],
                capture_output=True,
                text=True,
                timeout=LOADING_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            yield Check(State.broken, name, f"{module} does not load within {LOADING_S:.0f} s")
            continue
        if done.returncode == 0:
            yield Check(State.ok, name, f"{module} loads")
            continue
        why = done.stderr.strip().splitlines()[-1:] or [f"it ended with {done.returncode}"]
        yield Check(State.broken, name, f"{module} does not load ({why[0][:200]}): install storycheck again")


def _embedder() -> Check:
    try:
        from pipeline.verifier.embedder import WIDTH, shipped  # noqa: PLC0415 - loads the engine just tried

        size = shipped().vectors(["The ferry ran aground."]).shape[1]
    except Exception as error:  # whatever a damaged file makes of it
        why = " ".join(str(error).split())[:200]
        return Check(State.broken, "embedder", f"it does not load ({why}): install storycheck again")
    if size != WIDTH:
        return Check(State.broken, "embedder", "it is not the one of this version: install storycheck again")
    return Check(State.ok, "embedder", "it answers")


def _machine(environment: Environment) -> Iterator[Check]:
    cores = available_cores()
    yield Check(State.ok, "cores", f"{cores} to be used; the embedded model is slow with few")
    needed = CATALOGUE[DEFAULT_MODEL].size_bytes + BESIDE_MODEL
    memory = _memory_bytes()
    if memory is None:
        yield Check(State.ok, "memory", "this system does not tell")
    elif memory < needed and not (environment.api_key or environment.base_url):
        told = f"{memory / 1e9:.1f} GB, and the embedded model wants {needed / 1e9:.1f}: use an endpoint, or "
        yield Check(State.warning, "memory", f"{told}--model qwen2.5-coder-0.5b")
    else:
        yield Check(State.ok, "memory", f"{memory / 1e9:.1f} GB")
    yield free_space("disk of models", environment.models_dir)


def _models_folder(folder: Path, *, is_needed: bool) -> Check:
    """Look whether the folder of models can be written, or made; without making it."""
    there = nearest(folder)
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return Check(State.ok, "folder of models", f"{folder} can be written")
    told = f"{folder} cannot be written: make it writable, or name another in STORYCHECK_MODELS"
    return Check(State.broken if is_needed else State.warning, "folder of models", told)


def _memory_bytes() -> int | None:
    """Return the machine's memory, or None where the system does not tell."""
    if sys.platform == "win32":
        return None
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return None


def _endpoint(environment: Environment, *, is_hosted: bool) -> Check:
    if not is_hosted:
        told = "OPENAI_API_KEY and OPENAI_BASE_URL are not set: the embedded model is used"
        return Check(State.ok, "endpoint", told)
    key = "set" if environment.api_key else "not set"
    try:
        with open_endpoint(Settings(model="any"), environment, lambda _done, _all: None) as endpoint:
            told = f"{endpoint.name}, OPENAI_API_KEY is {key}; --online asks whether it answers"
    except InputError as error:
        return Check(State.broken, "endpoint", str(error))
    if hint := without_version(environment.base_url):
        return Check(State.warning, "endpoint", f"{told}; mind OPENAI_BASE_URL{hint}")
    return Check(State.ok, "endpoint", told)


def _model(model: EmbeddedModel, folder: Path, *, is_needed: bool) -> Check:
    """Look at the embedded model's file; reads all of it."""
    path, name = folder / model.file, "embedded model"
    size_gb = f"{model.size_bytes / 1e9:.2f} GB"
    if not path.exists():
        part = path.with_name(f"{path.name}.part")
        some = f", {part.stat().st_size / 1e9:.2f} GB of it are there" if part.exists() else ""
        told = f"{model.name} is not fetched{some}: the first check without an endpoint fetches {size_gb}"
        if is_needed and folder.exists() and shutil.disk_usage(folder).free < model.size_bytes:
            return Check(State.broken, name, f"{told}, and there is no room for it in {folder}")
        return Check(State.warning if is_needed else State.ok, name, told)
    try:
        is_sound = path.stat().st_size == model.size_bytes and sha256_of(path) == model.sha256
    except OSError as error:
        return Check(State.broken, name, f"{path} cannot be read ({error.strerror}): make it readable")
    if not is_sound:
        told = f"{path} is damaged: delete it and {path.name}.ok, and the next check fetches it again"
        return Check(State.broken if is_needed else State.warning, name, told)
    return Check(State.ok, name, f"{model.name}, {size_gb}, its SHA-256 is right")


def _prices(path: Path) -> Check:
    try:
        return Check(State.ok, "prices", f"{path}: {len(read_prices(path))} models")
    except StorycheckError as error:
        return Check(State.broken, "prices", str(error))
