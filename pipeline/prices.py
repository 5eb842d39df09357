"""What a model's tokens cost: a table that the user keeps, and no guesses.

A table is a TOML file of ``[[price]]`` entries, one a model; ``prices.toml`` beside this file explains it.
The user's own tables win over it. What is in none of them has no known price.
"""

import tomllib
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from pydantic import ConfigDict, Field, ValidationError

from pipeline.completion import Spent
from pipeline.errors import InputError
from schemas.record import Record

SHIPPED: Final = Path(__file__).parent / "prices.toml"
BATCH_SHARE: Final = 0.5  # of the price, for what is asked by a Batch API
PER: Final = 1_000_000  # tokens that a price is for


class Price(Record):
    """What a model's tokens cost in USD a million; ``as_of`` is the day the price was looked up."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    model: str
    tokens_in: float = Field(alias="in", ge=0, allow_inf_nan=False)
    tokens_out: float = Field(alias="out", ge=0, allow_inf_nan=False)
    cached_in: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    as_of: date = Field(alias="date")
    endpoint: str | None = None  # the host it is asked for; any, if none is named
    source: str | None = None  # where it was looked up

    def cost_usd(self, tokens_in: int, tokens_out: int, cached_in: int = 0) -> float:
        """Return what the tokens cost in USD; ``cached_in`` of those in came from the endpoint's cache."""
        cached = min(cached_in, tokens_in)
        cached_price = self.tokens_in if self.cached_in is None else self.cached_in
        read = (tokens_in - cached) * self.tokens_in + cached * cached_price
        return (read + tokens_out * self.tokens_out) / PER

    def times(self, share: float) -> "Price":
        """Return ``share`` of this price."""
        cached = None if self.cached_in is None else self.cached_in * share
        prices = {"tokens_in": self.tokens_in * share, "tokens_out": self.tokens_out * share}
        return self.model_copy(update={**prices, "cached_in": cached})

    def most_usd(self, tokens_in: int, tokens_out: int) -> float:
        """Return the most that the tokens can cost in USD, whatever is read from a cache."""
        return max(self.cost_usd(tokens_in, tokens_out, cached) for cached in (0, tokens_in))


def cost_usd(price: Price | None, spent: Spent) -> float:
    """Return what a request cost in USD that took ``spent``; 0 where the price is not known."""
    return 0.0 if price is None else price.cost_usd(spent.tokens_in, spent.tokens_out, spent.cached_in)


# What the embedded model asks for its tokens.
FREE: Final = Price(model="", tokens_in=0.0, tokens_out=0.0, as_of=date(2026, 1, 1))


def find_price(model: str, endpoint: str, own: Path | None, kept: Path | None) -> Price | None:
    """Return the price of ``model`` at ``endpoint``, or None where no table knows it.

    ``own`` is the table that the user named, ``kept`` the one in the folder of settings, which need not be
    there. Raises InputError for a table that cannot be read.
    """
    tables = [read_prices(own)] if own is not None else []
    if kept is not None and kept.is_file():
        tables.append(read_prices(kept))
    return next(
        (p for table in (*tables, read_prices(SHIPPED)) for p in _fitting(table, model, endpoint)), None
    )


def _fitting(table: Iterable[Price], model: str, endpoint: str) -> Sequence[Price]:
    """Return the prices of ``model`` at ``endpoint``, one for that very endpoint first."""
    fitting = [p for p in table if p.model == model and p.endpoint in (None, endpoint)]
    return sorted(fitting, key=lambda price: price.endpoint is None)


def read_prices(path: Path) -> tuple[Price, ...]:
    """Read a table of prices. Raises InputError where it is none."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(
            f"Cannot read the prices in {path} ({error.strerror}): give another table with --prices."
        ) from error
    except ValueError as error:  # no TOML, or no UTF-8
        raise InputError(
            f"{path} is no table of prices: {error}. Mend that, or give another with --prices."
        ) from error
    entries = table.pop("price", [])
    if table or not isinstance(entries, list):
        raise InputError(f"{path} is no table of prices: it holds [[price]] entries and nothing else.")
    return tuple(_price(path, number, entry) for number, entry in enumerate(entries, 1))


def _price(path: Path, number: int, entry: object) -> Price:
    try:
        return Price.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the entry"
        raise InputError(f"{path}, [[price]] number {number}: {where}: {first['msg']}.") from None
