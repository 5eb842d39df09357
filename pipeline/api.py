"""storycheck as a library: ``check`` does what the command does, and returns what it found.

    from pipeline.api import Config, check

    run = check("story/", Config(model="qwen2.5-coder-1.5b"))
    for found in run.contradictions:
        print(found.kind, [side.quote for side in found.sides])

Nothing is printed, no signal is handled and nothing exits. What is wrong is raised, as ``pipeline.errors``.
"""

import asyncio
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from pipeline.config import Environment, Settings, read_environment
from pipeline.drafts import read_stories
from pipeline.fetching.given import files_of, read_given
from pipeline.found import Run
from pipeline.interruption import Interruption
from pipeline.launch import Watch, launch
from pipeline.progress import Silent
from pipeline.reading.sources import Files

__all__ = ["Config", "Paths", "Run", "acheck", "check"]

Paths = str | Path | Sequence[str | Path]
# The vectors of a process are kept where its run keeps them: one check at a time.
_TURN: Final = threading.Lock()


class Config(Settings):
    """What a check does: the settings of the command, by name, and what it takes from its arguments.

    ``against`` are the sources of drafts: files, folders, URLs of pages. ``out`` is the folder of the reports
    and of the answers that were paid for; without one nothing is left on disk, and another check asks
    everything anew, unless ``cache`` names a store of answers. ``api_key`` and ``base_url`` go before the
    environment.
    """

    against: tuple[str | Path, ...] = ()
    out: Path | None = None
    api_key: SecretStr | None = None

    def settings(self) -> Settings:
        """Return what the command would be told, without the key."""
        return Settings(**{name: getattr(self, name) for name in Settings.model_fields})

    def environment(self) -> Environment:
        """Return the environment of this process, but for the key and the address that are given here."""
        environment = read_environment(self.base_url)
        if self.api_key is None:
            return environment
        return environment.model_copy(update={"api_key": self.api_key.get_secret_value()})


def check(paths: Paths, config: Config | None = None) -> Run:
    """Check the articles, folders, drafts or URLs of pages at ``paths`` and return what was found.

    It works beside a running event loop, too. A KeyboardInterrupt ends it in order: what is under way has
    some seconds to finish and is kept, then it is raised. Checks of one process wait for each other.

    Raises InputError, ModelFileError, and an EndpointError where nothing at all was answered.
    """
    interruption = Interruption()
    with ThreadPoolExecutor(1, "storycheck") as thread:
        try:
            return thread.submit(_check, paths, config or Config(), interruption).result()
        except KeyboardInterrupt:
            interruption.ask()
            raise


async def acheck(paths: Paths, config: Config | None = None) -> Run:
    """Check as ``check`` does, while the event loop goes on; a check that is cancelled ends in order, too."""
    interruption = Interruption()
    with ThreadPoolExecutor(1, "storycheck") as thread:
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(thread, _check, paths, config or Config(), interruption)
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            interruption.ask()
            await asyncio.wait([work])
            raise


def _check(paths: Paths, config: Config, interruption: Interruption) -> Run:
    """Check in this thread, which runs no event loop."""
    given = [paths] if isinstance(paths, str | Path) else paths
    with _TURN, _place(config.out) as out:
        if interruption.is_asked:  # while it waited for its turn
            raise CancelledError
        settings, environment = config.settings(), config.environment()
        against = _files(config.against, out, settings) if config.against else None
        stories = read_stories(_files(given, out, settings), against, settings.fields)
        watch = Watch(interruption=interruption)
        outcome = asyncio.run(launch(stories, str(out), settings, environment, watch))
        return Run(
            reports=tuple(done.report for done in outcome.checked),
            folder=config.out,
            is_complete=outcome.is_complete,
            lacks=" ".join(line for line in (outcome.lacks, outcome.capped) if line) or None,
        )


def _files(paths: Sequence[str | Path], out: Path, settings: Settings) -> Files:
    """Return the files at ``paths``; pages, by their URLs, are fetched into ``out`` first."""
    given = read_given([str(path) for path in paths])
    return files_of(given, out, settings, lambda: nullcontext(Silent()))


@contextmanager
def _place(out: Path | None) -> Iterator[Path]:
    """Give the folder of the run, one that is gone afterwards where none is wanted."""
    if out is not None:
        yield out
        return
    with tempfile.TemporaryDirectory(prefix="storycheck-") as folder:
        yield Path(folder)
