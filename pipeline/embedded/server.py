"""Serve a model file on loopback, inside this process, behind a key that nobody else knows."""

import os
import secrets
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from pipeline.embedded.models import check_gguf
from pipeline.errors import ModelFileError

if TYPE_CHECKING:
    from xllamacpp import CommonParams, Server

HOST: Final = "127.0.0.1"
SILENT: Final = 0  # llama.cpp's verbosity: from 1 on it writes to the terminal
CACHE_MIB: Final = 512

_LEFT: Final[list["Server"]] = []  # those that are not stopped


@dataclass(frozen=True)
class Endpoint:
    """Where the served model answers, OpenAI-compatible, and the key it asks for."""

    base_url: str
    api_key: str = field(repr=False)


@contextmanager
def serve(
    path: Path, *, threads: int | None = None, slots: int = 1, context: int = 4096, is_last: bool = False
) -> Iterator[Endpoint]:
    """Serve the GGUF file at ``path`` while the block runs, and free its memory at the end.

    ``slots`` requests are answered at a time, each with ``context`` tokens for prompt and answer; ``threads``
    is by default the number of cores there are. Requests still running at the end of the block are cut off.
    ``is_last``: the process is about to end, and the server with it: see ``is_left``. Raises
    ``ModelFileError`` for a file that cannot be loaded.
    """
    check_gguf(path)
    from xllamacpp import Server  # noqa: PLC0415 - loads 100 MB of native code, which most commands never need

    key = secrets.token_urlsafe(32)
    try:
        server = Server(_params(path, threads or available_cores(), slots, context, key))
    except RuntimeError as error:
        raise ModelFileError(
            f"The model file {path} cannot be loaded: it is damaged or of an unknown kind, or memory is "
            f"short ({slots} x {context} tokens were asked for): fetch it, or give another with --model."
        ) from error
    # The queue of the server answers this one: stopping a server whose queue has not begun would hang.
    server.handle_metrics()
    try:
        yield Endpoint(f"{server.listening_address}/v1", key)
    finally:
        # The server stops when its last request is done, and holds the interpreter's lock while it waits:
        # a client of this process could then never let go. So the connections are ended first. It still works
        # off the tokens it is at, which on a busy machine are a minute's work: no signal is heard meanwhile.
        _hang_up(urlsplit(server.listening_address).port or 0)
        if is_last:
            _LEFT.append(server)
        del server


def is_left() -> bool:
    """Tell whether a server is to end with the process: by ``os._exit``, which does not wait for it."""
    return bool(_LEFT)


def _params(path: Path, threads: int, slots: int, context: int, key: str) -> "CommonParams":
    from xllamacpp import CommonParams  # noqa: PLC0415 - as above

    params = CommonParams()
    params.model.path = str(path)
    params.model_alias = {path.name}  # else every answer names the whole path
    params.verbosity = SILENT
    params.hostnames = [HOST]
    params.port = 0
    params.api_keys = [key]
    params.ui = False
    params.endpoint_slots = False
    params.endpoint_metrics = True
    params.n_parallel = slots
    params.n_ctx = slots * context
    params.n_threads_http = slots + 8  # one is held for as long as its request takes
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.cache_prompt = True
    params.cache_ram_mib = CACHE_MIB  # prompts put aside; 8 GB unless said
    params.fit_params = False  # sizes are as asked for, or loading fails
    params.warmup = False  # the first request does it
    return params


def available_cores() -> int:
    """Return how many physical cores this process may use, container limits included; at least 1."""
    if sys.platform != "linux":  # others do not tell which are allowed
        return max((os.cpu_count() or 2) // 2, 1)
    siblings = {_siblings(cpu) for cpu in os.sched_getaffinity(0)}
    return max(min(len(siblings), _quota()), 1)


def _siblings(cpu: int) -> str:
    """Name the core that the logical processor is a part of: the list of all its threads."""
    with suppress(OSError):
        return Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list").read_text("ascii")
    return str(cpu)


def _quota() -> int:
    """Return the processors that the container's limit grants, rounded up."""
    with suppress(OSError, ValueError):
        granted, period = Path("/sys/fs/cgroup/cpu.max").read_text("ascii").split()
        return -(-int(granted) // int(period))
    return os.cpu_count() or 1


def _hang_up(port: int) -> None:
    """End every connection that the server on ``port`` has accepted in this process."""
    for name in os.listdir("/dev/fd") if Path("/dev/fd").is_dir() else ():  # noqa: PTH208 - numbers, not paths
        with suppress(OSError):  # closed meanwhile, no socket, or the one that listens: it has no peer
            if not stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                continue
            with socket.socket(fileno=os.dup(int(name))) as accepted:
                if accepted.getsockname() == (HOST, port) and accepted.getpeername():
                    accepted.shutdown(socket.SHUT_RDWR)
