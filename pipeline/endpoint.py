"""Where questions go, where answers are kept, and what was spent on them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from pipeline.completion import Spent
from pipeline.deferred import Deferred
from pipeline.prices import Price


class AnswerStore(Protocol):
    """Where answers are kept; see ``store.Answers``."""

    def get(self, key: str) -> str | None:
        """Return the stored response body, or None."""

    async def put(self, key: str, stage: str, response: str) -> None:
        """Store a response body, and return once it is safe: only then it is used."""


@dataclass(frozen=True)
class Endpoint:
    """Where requests go; ``name`` is what a report may show of it.

    ``start``, where there is one, brings the endpoint up when the first question has to be sent, and returns
    its ``base_url`` and ``api_key``: a run that finds all its answers stored needs no model at all.
    """

    base_url: str | None = field(repr=False)  # it may hold a password
    api_key: str = field(repr=False)
    model: str
    name: str
    start: Callable[[], tuple[str, str]] | None = None
    model_sha256: str | None = None  # of a model file: two files of one name are two models
    engine: str | None = None  # a build of our own, whose answers can differ
    concurrency: int = 8  # at most
    odds_concurrency: int | None = None  # one-token questions in flight, where fewer than that are faster
    requests_per_minute: float | None = None
    timeout_s: float = 120.0
    price: Price | None = None  # None where it is not known
    deferred: Deferred | None = field(default=None, repr=False)  # where questions are noted instead of sent
    by_rules: bool = False  # in place of a model: nothing is asked

    def at_share(self, share: float) -> "Endpoint":
        """Return the endpoint at ``share`` of its price."""
        return replace(self, price=None if self.price is None else self.price.times(share))


@dataclass
class Usage:
    """What was spent: requests sent, answers taken from the store, tokens of the requests sent, their cost.

    ``cached_tokens_in`` are those of ``tokens_in`` that the endpoint had in its own cache. The cost is in
    USD, and 0 where the price is not known.
    """

    calls: int = 0
    cached_calls: int = 0
    tokens_in: int = 0
    cached_tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float = 0.0

    def add(self, spent: Spent) -> None:
        """Add the tokens that a request took."""
        self.tokens_in += spent.tokens_in
        self.cached_tokens_in += spent.cached_in
        self.tokens_out += spent.tokens_out
