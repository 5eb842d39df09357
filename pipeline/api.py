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
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

from pydantic import ModelWrapValidatorHandler, SecretStr, ValidationError, model_validator

from pipeline.config import Environment, Settings, bounds_of, read_environment
from pipeline.drafts import read_stories, set_against
from pipeline.errors import InputError
from pipeline.fetching.given import files_of, read_given
from pipeline.found import Run
from pipeline.interruption import Interruption
from pipeline.launch import Watch, launch
from pipeline.progress import Silent
from pipeline.reading.forms.fields import read_fields
from pipeline.setting import Takes, kind_of
from pipeline.texts import Text, read_texts
from schemas.article import Story

__all__ = ["Config", "Given", "Run", "Text", "acheck", "check"]

Given = str | Path | Text | Sequence[str | Path | Text]
# What fields take that no option of the command has, or has otherwise.
_TAKE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "against": "a list of paths, URLs and texts",
        "fields": "a mapping of names, such as {'outlet': 'source'}",
        "prompts": "a mapping of stages to versions",
    }
)
# The vectors of a process are kept where its run keeps them: one check at a time.
_TURN: Final = threading.Lock()


class Config(Settings):
    """What a check does: the settings of the command, by name, and what it takes from its arguments.

    ``against`` are the sources of drafts: files, folders, URLs of pages, texts. ``out`` is the folder of the
    reports and of the answers that were paid for; without one nothing is left on disk, and another check asks
    everything anew, unless ``cache`` names a store of answers. ``api_key`` and ``base_url`` go before the
    environment. Raises InputError, with a line for each that is wrong.
    """

    against: tuple[str | Path | Text, ...] = ()
    out: Path | None = None
    api_key: SecretStr | None = None

    @model_validator(mode="wrap")
    @classmethod
    def _tell(cls, given: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Say what is wrong in our words, and not in those of what found it."""
        try:
            config = handler(given)
        except ValidationError as error:
            wrong = dict.fromkeys(str(one["loc"][0]) for one in error.errors(include_url=False))
            raise InputError("\n".join(_wanted(name) for name in wrong)) from None
        read_fields(f"{ours}={theirs}" for ours, theirs in config.fields.items())
        return config

    def settings(self) -> Settings:
        """Return what the command would be told, without the key."""
        return Settings(**{name: getattr(self, name) for name in Settings.model_fields})

    def environment(self) -> Environment:
        """Return the environment of this process, but for the key and the address that are given here."""
        environment = read_environment(self.base_url)
        if self.api_key is None:
            return environment
        return environment.model_copy(update={"api_key": self.api_key.get_secret_value()})


def check(given: Given, config: Config | None = None) -> Run:
    """Check what is ``given``, articles, folders, drafts, URLs of pages or texts, and return what was found.

    The texts of one call are one story, or drafts where ``config`` has sources.

    It works beside a running event loop, too. A KeyboardInterrupt ends it in order: what is under way has
    some seconds to finish and is kept, then it is raised. Checks of one process wait for each other.

    Raises InputError, ModelFileError, and an EndpointError where nothing at all was answered.
    """
    interruption = Interruption()
    with ThreadPoolExecutor(1, "storycheck") as thread:
        try:
            return thread.submit(_check, given, config or Config(), interruption).result()
        except KeyboardInterrupt:
            interruption.ask()
            raise


async def acheck(given: Given, config: Config | None = None) -> Run:
    """Check as ``check`` does, while the event loop goes on; a check that is cancelled ends in order, too."""
    interruption = Interruption()
    with ThreadPoolExecutor(1, "storycheck") as thread:
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(thread, _check, given, config or Config(), interruption)
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            interruption.ask()
            await asyncio.wait([work])
            raise


def _check(given: Given, config: Config, interruption: Interruption) -> Run:
    """Check in this thread, which runs no event loop."""
    with _TURN, _place(config.out) as out:
        if interruption.is_asked:  # while it waited for its turn
            raise CancelledError
        settings, environment = config.settings(), config.environment()
        stories = _stories(given, out, settings)
        if config.against:
            stories = set_against(stories, _stories(config.against, out, settings))
        watch = Watch(interruption=interruption)
        outcome = asyncio.run(launch(stories, str(out), settings, environment, watch))
        return Run(
            reports=tuple(done.report for done in outcome.checked),
            folder=config.out,
            is_complete=outcome.is_complete,
            lacks=" ".join(line for line in (outcome.lacks, outcome.capped) if line) or None,
        )


def _stories(given: Given, out: Path, settings: Settings) -> list[Story]:
    """Return the stories that ``given`` holds, its texts as one; pages are fetched into ``out`` first."""
    several = [given] if isinstance(given, str | Path | Text) else given
    texts = [one for one in several if isinstance(one, Text)]
    paths = [str(one) for one in several if not isinstance(one, Text)]
    found: list[Story] = []
    if paths or not texts:
        files = files_of(read_given(paths), out, settings, lambda: nullcontext(Silent()))
        found += read_stories(files, fields=settings.fields)
    if texts:
        found.append(read_texts(texts))
    return found


def _wanted(name: str) -> str:
    """Return what the field ``name`` takes, as the command says it of its option."""
    held = Config.model_fields.get(name)
    if held is None:
        near = get_close_matches(name, Config.model_fields, n=1, cutoff=0.5)
        return (
            f"there is no setting {name!r}: {f'did you mean {near[0]}?' if near else 'see docs/library.md.'}"
        )
    if name in _TAKE:
        return f"{name} takes {_TAKE[name]}."
    kind, is_many = kind_of(held.annotation)
    least, most = bounds_of(name) if name in Settings.model_fields else (None, None)
    takes = Takes(kind=kind, is_many=is_many, least=least, most=most)
    return f"{name} takes {takes.allowed(is_file=False)}."


@contextmanager
def _place(out: Path | None) -> Iterator[Path]:
    """Give the folder of the run, one that is gone afterwards where none is wanted."""
    if out is not None:
        yield out
        return
    with tempfile.TemporaryDirectory(prefix="storycheck-") as folder:
        yield Path(folder)
