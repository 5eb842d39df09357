"""Lets requests through to addresses that were looked at, and to no others.

A name is resolved here, every address it has is looked at, and the connection is made to one of these very
addresses, under the name that was asked for: nothing resolves it a second time, when it could lead elsewhere
(DNS rebinding). Each request goes through here, so each redirect does, too.

What is public is what the IANA registries of special-purpose addresses (RFC 6890) do not set apart.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import httpx2

from pipeline.fetching.reasons import NotFetched

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_MOST_TRIED: Final = 4  # addresses of one name


def _networks(*networks: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(network) for network in networks)


# The user's own: this machine, and networks that are not the internet.
_PRIVATE: Final = _networks(
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "::1/128", "fc00::/7"
)
# Where clouds answer a machine's questions about itself, credentials included, beside link-local ones.
_METADATA: Final = _networks(
    "100.100.100.200/32", "168.63.129.16/32", "fd00:ec2::254/128", "fd20:ce::254/128"
)
# Set apart in public ranges: by registries younger than some Pythons, or as they lead to another address.
_NO_PAGES: Final = _networks(
    "192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"
)
_GLOBAL_UNICAST: Final = ipaddress.ip_network("2000::/3")  # of IPv6
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


async def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of ``host``, best first. Raises NotFetched where it has none."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFetched(f"there is no host {host}, or this machine is offline") from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Gate(httpx2.AsyncBaseTransport):
    """The way out. Hosts in ``private_hosts`` may have private addresses, all others have to be public."""

    def __init__(self, private_hosts: frozenset[str] = frozenset(), resolve: Resolve = resolve) -> None:
        self._private_hosts = private_hosts
        self._resolve = resolve
        # A certificate is held against one name: what asks for another at the same address connects anew.
        self._wire = httpx2.AsyncHTTPTransport(limits=httpx2.Limits(max_keepalive_connections=0))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send ``request``. Raises NotFetched where its host may not be asked, else as httpx2 does."""
        host = request.url.raw_host.decode("ascii")
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        addresses = [self._looked_at(host, found) for found in await self._resolve(host, port)]
        for left, address in enumerate(addresses[:_MOST_TRIED], start=1 - len(addresses[:_MOST_TRIED])):
            try:
                return await self._wire.handle_async_request(_to(address, request, host))
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                if left == 0:
                    raise
            except UnicodeError as error:  # a host that TLS knows no name of
                raise NotFetched(f"{host} is no host's name") from error
        raise NotFetched(f"there is no host {host}, or this machine is offline")

    async def aclose(self) -> None:
        """Close what is open."""
        await self._wire.aclose()

    def _looked_at(self, host: str, found: str) -> Address:
        address = ipaddress.ip_address(found)
        if is_public(address) or (host in self._private_hosts and is_private(address)):
            return address
        hint = " (--allow-private allows it for a URL that you give)" if is_private(address) else ""
        raise NotFetched(f"{host} leads to {address}, which is no public address{hint}")


def is_public(address: Address) -> bool:
    """Tell whether ``address`` is one of the public internet, where anybody's page may lie."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
        if address not in _GLOBAL_UNICAST:
            return False
    is_set_apart = any(address in network for network in (*_NO_PAGES, *_METADATA))
    return address.is_global and not address.is_multicast and not address.is_reserved and not is_set_apart


def is_private(address: Address) -> bool:
    """Tell whether ``address`` can be one of the user's own network, or this machine."""
    is_own = any(address in network for network in _PRIVATE)
    return is_own and not any(address in network for network in _METADATA)


def _to(address: Address, request: httpx2.Request, host: str) -> httpx2.Request:
    """Return ``request`` as it goes to ``address``: in its head and for the certificate it is ``host``."""
    return httpx2.Request(
        request.method,
        request.url.copy_with(host=str(address)),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )
