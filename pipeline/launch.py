"""Carries a check out, from stories to their reports: what the command and the library have in common."""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.batch import Outcome, Stories, check_stories
from pipeline.config import Environment, Settings
from pipeline.interruption import Interruption
from pipeline.logs import LoggedProgress
from pipeline.progress import Progress, Silent
from pipeline.session import FetchProgress, open_endpoint
from pipeline.store import is_url, prepare_run_directory
from pipeline.store.lock import alone

Checker = Callable[..., Coroutine[None, None, Outcome]]


@dataclass(frozen=True)
class Watch:
    """Who follows a check: hears how far it is and how a model is fetched, and may ask for an early end.

    ``is_last``: the process ends after the check, and the embedded model with it.
    """

    progress: Progress = field(default_factory=Silent)
    on_fetch: FetchProgress = lambda _done, _total: None
    interruption: Interruption = field(default_factory=Interruption)
    is_last: bool = False


async def launch(
    stories: Stories,
    out: str,
    settings: Settings,
    environment: Environment,
    watch: Watch,
    *,
    is_dask: bool = False,
) -> Outcome:
    """Check ``stories``, here or on a Dask cluster, and write their reports into ``out``, a folder or a URL.

    A folder is kept to this process meanwhile. Raises InputError, ModelFileError, and an EndpointError where
    nothing at all was answered.
    """
    check = _checker(settings, is_dask=is_dask)
    on_fetch = watch.interruption.ending(watch.on_fetch)
    with (
        _alone(out),
        open_endpoint(settings, environment, on_fetch, is_last=watch.is_last) as endpoint,
    ):
        where = out if is_url(out) else Path(out)
        progress = LoggedProgress(watch.progress)
        return await check(stories, where, settings, endpoint, progress, watch.interruption)


@contextmanager
def _alone(out: str) -> Iterator[None]:
    """Prepare the place of the run, and keep it to this process where it is a folder."""
    if is_url(out):
        from pipeline.store.objects import prepare_place  # noqa: PLC0415 - object stores are an extra

        prepare_place(out)
        yield
        return
    prepare_run_directory(Path(out))
    with alone(Path(out)):
        yield


def _checker(settings: Settings, *, is_dask: bool) -> Checker:
    if is_dask:
        from pipeline.engines.driver import check_on_cluster  # noqa: PLC0415 - so is Dask

        return check_on_cluster
    if settings.batch:
        from pipeline.passes import check_by_batches  # noqa: PLC0415 - it loads openai

        return check_by_batches
    return check_stories
