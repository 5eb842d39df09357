"""Where the review is served, and which names a browser may call it by."""

import errno
import ipaddress
import os
import socket
from dataclasses import dataclass
from typing import Final

from pipeline.errors import InputError

_BACKLOG: Final = 64  # connections waiting to be accepted
_LOOPBACK_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")
_HTTP_PORT: Final = 80  # which browsers leave out of a name


@dataclass(frozen=True)
class Address:
    """An address that is listened on: ``host`` as the user gave it, ``ip`` and ``port`` as it came to be."""

    host: str
    ip: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Tell whether this machine alone can reach it."""
        return ipaddress.ip_address(self.ip).is_loopback

    @property
    def origin(self) -> str:
        """The address as this machine's own browser opens it."""
        own = "127.0.0.1" if self._is_any else self.host
        return f"http://{f'[{own}]' if ':' in own else own}:{self.port}"

    def serves(self, host: str) -> bool:
        """Tell whether ``host``, a request's Host header, names this server.

        A name that an attacker's own name server can answer for is no name of ours, whatever it leads to. An
        address written in figures cannot be one: where every address is listened on, each is taken.
        """
        name, port = _split(host.lower())
        if port != str(self.port):
            return False
        if name in _LOOPBACK_NAMES or name.strip("[]") == self.host.lower():
            return True
        return self._is_any and (name == socket.gethostname().lower() or _is_figures(name))

    @property
    def _is_any(self) -> bool:
        return ipaddress.ip_address(self.ip).is_unspecified


def listen(host: str, port: int) -> tuple[socket.socket, Address]:
    """Listen on ``host`` and return the socket, which the caller closes; port 0 takes one that is free.

    Raises InputError when the port is taken or the host is none of this machine's.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise InputError(
            f"--host {host!r} is no address of this machine: leave --host out, or give one."
        ) from error
    family, kind, protocol, _, address = found[0]
    opened = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # elsewhere it would let another program take the port over
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(_BACKLOG)
    except OSError as error:
        opened.close()
        raise InputError(_told(error, host, port)) from error
    ip, taken = opened.getsockname()[:2]
    return opened, Address(host, ip.partition("%")[0], taken)


def _told(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use: give another with --port, or leave it out to take one that is free."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"--host {host!r} is no address of this machine: leave --host out, or give one."
    return f"Cannot listen on port {port} of {host!r} ({error.strerror}): give another --port or --host."


def _split(host: str) -> tuple[str, str]:
    """Return name and port of a Host header; a name in brackets has colons of its own."""
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        return host, str(_HTTP_PORT)
    return name, port


def _is_figures(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
