"""What a day of a million articles takes, on paper: multiplied out of what was measured of single stories."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final

from benchmarks.scale.results import ScaleResult
from benchmarks.scale.sizes import ARTICLES
from benchmarks.speed.embedded import WHOLE
from benchmarks.speed.results import SpeedResult
from benchmarks.stored import Timing
from pipeline.prices import BATCH_SHARE, Price

ARTICLES_A_DAY: Final = 1_000_000
DAY_S: Final = 86_400
LATENCIES_S: Final = (0.5, 1.0, 2.0, 5.0)  # of hosted models, assumed


@dataclass(frozen=True)
class Kind:
    """Stories of one kind: ``articles`` are those of a story, ``claims`` those of an article.

    All else is for each claim: calls, tokens, and milliseconds of the processor.
    """

    name: str
    articles: float
    claims: float
    calls: float
    tokens_in: float
    tokens_out: float
    processor_ms: float


@dataclass(frozen=True)
class Day:
    """What a day of stories of one kind takes."""

    kind: Kind

    @property
    def stories(self) -> float:
        """Stories: all articles belong to one, none stands alone."""
        return ARTICLES_A_DAY / self.kind.articles

    @property
    def claims(self) -> float:
        """Claims."""
        return ARTICLES_A_DAY * self.kind.claims

    @property
    def calls(self) -> float:
        """Requests to the model."""
        return self.claims * self.kind.calls

    @property
    def calls_per_s(self) -> float:
        """Requests a second, spread evenly over the day."""
        return self.calls / DAY_S

    @property
    def tokens_in(self) -> float:
        """Tokens read."""
        return self.claims * self.kind.tokens_in

    @property
    def tokens_out(self) -> float:
        """Tokens written."""
        return self.claims * self.kind.tokens_out

    @property
    def cores(self) -> float:
        """Cores that are busy all day with what is not the model."""
        return self.claims * self.kind.processor_ms / 1000 / DAY_S

    def in_flight(self, latency_s: float) -> float:
        """Return the requests that are under way at any time where each takes so long (Little's law)."""
        return self.calls_per_s * latency_s

    def cost_usd(self, price: Price, cached_share: float = 0.0, *, by_batch: bool = False) -> float:
        """Return what the tokens cost; ``cached_share`` of those read are billed as cached."""
        asked = price.times(BATCH_SHARE) if by_batch else price
        cached = round(self.tokens_in * cached_share)
        return asked.cost_usd(round(self.tokens_in), round(self.tokens_out), cached)


def days(timing: Timing, speed: SpeedResult, scale: ScaleResult) -> list[Day]:
    """Return a day of stories like the timed one, and of invented stories of each size that was measured.

    Those have as many claims an article as the timed one, and of a claim what it took in one of their size.
    The timed one's work of the processor is that of an invented story of as many articles, or of the next
    larger, since the model it ran beside took both cores. Sizes that were not measured are left out.
    """
    grown = {n: _growth(speed, n) for n in ARTICLES}
    claims = timing.claims / timing.articles
    found = []
    near = next((grown[n] for n in ARTICLES if n >= timing.articles and grown[n]), None)
    if near is not None:
        per = timing.claims
        real = Kind(
            "as a real story",
            timing.articles,
            claims,
            timing.calls / per,
            timing.tokens_in / per,
            timing.tokens_out / per,
            near["processor_ms"],
        )
        found.append(Day(real))
    weights = scale.part("sizes")
    for n, each in grown.items():
        weight = weights.get(f"{n} articles")
        if each is None or weight is None:
            continue
        written = weight["tokens_out"] / (weight["tokens_in"] + weight["tokens_out"])
        tokens = each["tokens"]
        name = f"as invented stories of {n}"
        shares = (tokens * (1 - written), tokens * written)
        found.append(Day(Kind(name, n, claims, each["calls"], *shares, each["processor_ms"])))
    return found


def read_before(embedded: SpeedResult) -> float | None:
    """Return the share of the tokens it read that the embedded model had read before, 0 to 1."""
    for sample in embedded.samples:
        if sample.case == WHOLE:
            return sample.figures["cached_percent"] / 100
    return None


def machines(timing: Timing) -> float:
    """Return how many machines like the timed run's would run its model all day."""
    return ARTICLES_A_DAY / timing.articles * timing.seconds / DAY_S


def _growth(speed: SpeedResult, articles: int) -> Mapping[str, float] | None:
    """Return calls, tokens and milliseconds of the processor of a claim, in a story of so many articles."""
    rounds = list(speed.rounds("growth", f"{articles} articles"))
    if not rounds:
        return None
    return {
        "calls": rounds[0]["calls"] / rounds[0]["claims"],
        "tokens": rounds[0]["tokens"] / rounds[0]["claims"],
        "processor_ms": median(1000 * one["processor_seconds"] / one["claims"] for one in rounds),
    }
