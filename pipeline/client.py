"""Opens the client of an endpoint: its proxy, its timeouts, and how much it may send back."""

from collections.abc import AsyncIterator
from typing import Final

import httpx2
import openai

from pipeline import errors
from pipeline.config import shown_address
from pipeline.wire import is_loopback

LONGEST_ANSWER: Final = 16 * 1024 * 1024  # bytes; a chat completion has some thousands
CONNECT_S: Final = 10.0


def open_client(
    base_url: str | None, api_key: str, timeout_s: float, longest_file: int = LONGEST_ANSWER
) -> openai.AsyncOpenAI:
    """Return a client of ``base_url`` that reads ``LONGEST_ANSWER`` at most, and of a file ``longest_file``.

    Raises InputError where ``base_url`` cannot be an address.
    """

    async def limit(response: httpx2.Response) -> None:
        # Memory is not the endpoint's to fill; the content of a file is read line by line.
        most = longest_file if response.request.url.path.endswith("/content") else LONGEST_ANSWER
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _Limited(response.stream, most)

    http = openai.DefaultAsyncHttpxClient(
        # A company's proxy does not know this machine's own ports, and must not see what goes to them.
        trust_env=not is_loopback(base_url),
        # What the articles say goes to the address that was given, and to no other.
        follow_redirects=False,
        event_hooks={"response": [limit]},
    )
    try:
        return openai.AsyncOpenAI(
            base_url=base_url,
            api_key=api_key,
            max_retries=0,  # tenacity's alone: nested retries multiply
            timeout=httpx2.Timeout(timeout_s, connect=CONNECT_S),
            http_client=http,
        )
    except httpx2.InvalidURL:
        shown = shown_address(base_url or "")
        raise errors.InputError(
            f"OPENAI_BASE_URL is {shown!r}: give an address that begins with http:// or https://."
        ) from None


class _Limited(httpx2.AsyncByteStream):
    """A body that ends with an error once it is longer than any answer."""

    def __init__(self, body: httpx2.AsyncByteStream, longest: int) -> None:
        self._body = body
        self._longest = longest

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._body:
            size += len(chunk)
            if size > self._longest:
                raise httpx2.RemoteProtocolError(f"it sent more than {self._longest // 2**20} MiB")
            yield chunk

    async def aclose(self) -> None:
        """Close the body."""
        await self._body.aclose()
