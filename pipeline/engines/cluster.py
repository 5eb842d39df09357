"""The one door to Dask: a cluster started here or elsewhere, its workers, and what its scheduler keeps.

Whoever reaches a scheduler can run any code on its workers, so a cluster belongs into a network that is
trusted, or behind tls:// addresses with certificates. One that is started here listens on loopback alone.
"""

import logging
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, TypeVar, TypeVarTuple

from distributed import Client, LocalCluster, Worker, get_worker, rpc
from distributed.client import ClosedClientError, FutureCancelledError
from distributed.diagnostics.plugin import SchedulerPlugin, WorkerPlugin
from distributed.scheduler import KilledWorker, Scheduler

from pipeline import __version__
from pipeline.budget import Caps
from pipeline.embedded.server import available_cores
from pipeline.engines import Unreported
from pipeline.engines.share import Reply, Share
from pipeline.errors import EndpointError, InputError
from pipeline.interruption import SIGNALS

NAME: Final = "storycheck"  # of what the scheduler keeps for us, and of the call that reaches it
CONNECT_S: Final = 10.0
_LOGGERS: Final = ("distributed", "distributed.client", "distributed.worker")

Given = TypeVarTuple("Given")
Result = TypeVar("Result")


class Shares(SchedulerPlugin):
    """What the scheduler keeps: what each run shares, for as long as its driver is there."""

    name = NAME
    idempotent = True  # several runs may be on one cluster

    def __init__(self) -> None:
        self._runs: dict[str, tuple[str, Share]] = {}  # the client of the driver with each
        self._scheduler: Scheduler | None = None

    async def start(self, scheduler: Scheduler) -> None:
        """Begin to hear calls."""
        self._scheduler = scheduler
        scheduler.handlers[NAME] = self.hear

    async def hear(self, run: str, what: str, who: str, given: dict[str, Any]) -> Reply | None:
        """Do ``what`` the driver or a worker asks of what ``run`` shares; None where that is over."""
        if what == "begin":
            caps = Caps(**given.pop("caps"))
            self._runs[run] = (who, Share(caps, **given))
        if run not in self._runs:
            return None
        driver, share = self._runs[run]
        # What a worker said before it died is heard after it was removed: nobody would give it back.
        if who != driver and self._scheduler is not None and who not in self._scheduler.workers:
            return None
        if what == "begin":
            return {"version": __version__, **await share.hear("look", who, {})}
        return await share.hear(what, who, given)

    async def remove_worker(self, scheduler: Scheduler, worker: str, **_more: object) -> None:
        """Free what a worker held that is gone."""
        for _, share in list(self._runs.values()):
            await share.lose(worker)

    def remove_client(self, scheduler: Scheduler, client: str) -> None:
        """Forget the runs of a driver that is gone: what still works for them is told so."""
        for run in [run for run, (owner, _) in self._runs.items() if owner == client]:
            self._runs.pop(run)[1].end()


class Deaf(WorkerPlugin):
    """Has workers that we started not hear what all of a group are sent, as Ctrl-C: the driver ends them."""

    name = f"{NAME}-deaf"

    def setup(self, worker: Worker) -> None:
        """Ignore it."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)


class Unprofiled(WorkerPlugin):
    """Stops the profiler of workers, which lists all threads a hundred times a second.

    Up to Python 3.11.8 a process stands still for ever when the garbage collector runs while they are listed
    (github.com/python/cpython/issues/106883): in a batch of thousands of stories, a worker did.
    """

    name = f"{NAME}-unprofiled"

    def setup(self, worker: Worker) -> None:
        """Stop it, on the worker's own event loop."""
        for name in ("profile", "profile-cycle"):
            callback = worker.periodic_callbacks.pop(name, None)
            if callback is not None:
                callback.stop()


class Cluster:
    """An open cluster, and what the run ``name`` does on it."""

    def __init__(self, client: Client, name: str) -> None:
        self.name = name
        self._client = client
        self._address = client.scheduler_info()["address"]

    async def begin(self, caps: Caps, requests_per_minute: float | None, concurrency: int) -> None:
        """Have the scheduler keep what the run shares. Raises InputError where another version is there."""
        reply = await self.share(
            "begin", caps=vars(caps), requests_per_minute=requests_per_minute, concurrency=concurrency
        )
        if reply["version"] != __version__:
            raise InputError(
                f"The Dask scheduler at {self._address} has storycheck {reply['version']}, the command has "
                f"{__version__}: install the same there, and start it again."
            )

    async def share(self, what: str, **given: object) -> Reply:
        """Ask what the run shares, in the scheduler. Raises EndpointError where that is gone."""
        self._refuse_closed()
        try:
            reply = await getattr(self._client.scheduler, NAME)(
                run=self.name, what=what, who=self._client.id, given=given
            )
        except OSError as error:
            raise self._gone() from error
        if reply is None:
            raise self._gone()
        found: Reply = reply
        return found

    async def threads(self) -> Mapping[str, int]:
        """Return how many tasks each worker takes, by its address; of a scheduler that is gone, none."""
        try:
            self._refuse_closed()
            return dict(await self._client.nthreads())
        except (OSError, EndpointError):
            return {}

    async def everywhere(
        self, function: Callable[[*Given], Result], *given: *Given
    ) -> Mapping[str, Result | Exception]:
        """Run ``function`` on each worker; return what came of it, or what was raised, by the address."""
        self._refuse_closed()
        try:
            return dict(await self._client.run(function, *given, on_error="return"))
        except OSError as error:
            raise self._gone() from error

    async def run(self, key: str, function: Callable[[*Given], Result], *given: *Given) -> Result:
        """Run ``function`` on one worker, and on another where that dies.

        Raises what the function raises, Unreported where one worker after the other died of it, and
        EndpointError where the cluster is gone.
        """
        try:
            future = self._client.submit(function, *given, key=f"{NAME}-{self.name}-{key}", pure=False)
            result: Result = await future
            return result
        except KilledWorker as error:
            died = error.allowed_failures + 1
            raise Unreported(f"{died} workers died over it, maybe for want of memory") from None
        except (ClosedClientError, FutureCancelledError, OSError) as error:
            raise self._gone() from error

    def _refuse_closed(self) -> None:
        """Raise EndpointError once the client has given up on its scheduler: it knows none from then on."""
        if self._client.status in ("closing", "closed"):
            raise self._gone()

    def _gone(self) -> EndpointError:
        return EndpointError(
            f"The Dask scheduler at {self._address} is gone: start it and its workers, then run the same "
            "command again; what was answered is kept."
        )


@asynccontextmanager
async def open_cluster(
    scheduler: str | None, workers: int | None, lanes: int, name: str
) -> AsyncIterator[Cluster]:
    """Give the cluster at the address ``scheduler``, else one of ``workers`` processes on this machine.

    Its processes are as many as there are cores, where none is said, and check ``lanes`` stories in all. The
    run on it has the ``name``. Raises InputError where there is none that can be used.
    """
    with _quiet():
        if scheduler is None:
            async with (
                _started(workers or available_cores(), lanes) as ours,
                _connected(ours, name) as cluster,
            ):
                yield cluster
        else:
            async with _connected(scheduler, name) as cluster:
                yield cluster


def _started(processes: int, lanes: int) -> LocalCluster:
    """Return a cluster that starts on this machine, out of reach of others, when it is entered."""
    return LocalCluster(
        n_workers=processes,
        threads_per_worker=-(-lanes // processes),
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},  # of what answers when there is no dashboard
        memory_limit=0,  # reports are small, and a worker that is killed has requests under way
        silence_logs=logging.CRITICAL,
        asynchronous=True,
    )


@asynccontextmanager
async def _connected(where: LocalCluster | str, name: str) -> AsyncIterator[Cluster]:
    try:
        client = await Client(where, asynchronous=True, timeout=CONNECT_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise InputError(
            f"No Dask scheduler answers at {where}: give the address that it printed, such as "
            "tcp://HOST:8786, with --scheduler."
        ) from error
    try:
        try:
            await client.register_plugin(Shares())
            await client.register_plugin(Unprofiled())
            if isinstance(where, LocalCluster):
                await client.register_plugin(Deaf())
        except (ImportError, AttributeError) as error:
            raise InputError(
                f"The Dask scheduler at {where} has no storycheck, or another version: install this one "
                "there."
            ) from error
        yield Cluster(client, name)
    finally:
        await client.close()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's own lines off the terminal while the block runs: what they tell, we say in one line."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


class Home:
    """The worker that this process is: where it is reached, and how it asks the scheduler."""

    def __init__(self) -> None:
        worker = get_worker()
        self.address = str(worker.address)
        self._scheduler = worker.scheduler.address
        self._arguments = worker.security.get_connection_args("worker")

    @asynccontextmanager
    async def calling(self, run: str) -> AsyncIterator[Callable[[str, dict[str, Any]], Any]]:
        """Give what asks what ``run`` shares, from the event loop of the block; None once that is over."""
        async with rpc(self._scheduler, connection_args=self._arguments) as scheduler:

            async def send(what: str, given: dict[str, Any]) -> Reply | None:
                try:
                    call = getattr(scheduler, NAME)
                    reply: Reply | None = await call(run=run, what=what, who=self.address, given=given)
                except OSError:  # the scheduler is gone, and the run with it
                    return None
                return reply

            yield send
