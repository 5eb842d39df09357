"""What all tasks of a run on a cluster have in common, and whether a process can work on them."""

import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from pipeline.budget import Caps
from pipeline.config import Settings, read_environment
from pipeline.endpoint import Endpoint
from pipeline.errors import EndpointError
from pipeline.prices import Price
from pipeline.provenance import made_by
from pipeline.session import open_endpoint
from pipeline.store import Layout, is_url
from pipeline.store.lock import LOCK


@dataclass(frozen=True)
class Job:
    """What all stories of a run have in common; ``endpoint`` is its name, and no key is in it.

    ``code`` is the version of this package that the driver has, ``host`` its machine, ``lock`` what it wrote
    into the lock of ``layout``, a place that a worker has to reach. ``lost`` is the error by which another
    worker lost the endpoint: what is not stored is not asked any more.
    """

    run: str
    layout: Layout
    settings: Settings
    caps: Caps
    endpoint: str
    has_key: bool
    price: Price | None
    code: str
    host: str
    lock: str | None
    lost: EndpointError | None = None


def code() -> str:
    """Return what has to be the same on all machines: the version of this package, its code, and Python."""
    ours = made_by(None)
    return f"{ours.storycheck} {ours.code_sha256[:12]} on Python {ours.python}"


def host() -> str:
    """Return a name of this machine."""
    return platform.node()


def unfit_for(job: Job) -> str | None:
    """Return why this process cannot work on ``job``, or None where it can."""
    if code() != job.code:
        return f"has storycheck {code()}, the command has {job.code}: install the same on all machines"
    environment = read_environment(job.settings.base_url)
    if job.has_key and environment.api_key is None:
        return "has no OPENAI_API_KEY: start it with the key in its environment"
    if not job.has_key and environment.base_url is None and environment.api_key is None:
        return "has no OPENAI_BASE_URL: start it with the address in its environment"
    with endpoint_of(job) as endpoint:
        if endpoint.name != job.endpoint:
            return (
                f"asks {endpoint.name}, the command asks {job.endpoint}: give both the same OPENAI_BASE_URL"
            )
    if not is_url(job.layout.out):
        if host() != job.host:
            return f"is on {host()}, not on {job.host}: give a URL with -o that all machines reach"
        try:
            is_there = (Path(job.layout.out) / LOCK).read_text(encoding="ascii") == job.lock
        except (OSError, ValueError):
            is_there = False
        if not is_there:
            return f"cannot see {job.layout.out}: give a URL with -o that all workers reach"
    return None


@contextmanager
def endpoint_of(job: Job) -> Iterator[Endpoint]:
    """Give the endpoint by this process's environment, at the price that the driver knows."""

    def refuse() -> NoReturn:
        raise job.lost or AssertionError("the endpoint is there")

    settings = job.settings.model_copy(update={"max_cost_usd": None, "prices": None})
    with open_endpoint(settings, read_environment(settings.base_url), lambda _done, _all: None) as endpoint:
        yield replace(endpoint, price=job.price, start=endpoint.start if job.lost is None else refuse)
