"""What is measured: each part by a function that takes one case of it and returns its figures.

Time is in seconds. Every figure that is compared with another is measured beside it, in the same round.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import prod
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.speed.bare import CLIENTS, calls_a_second
from benchmarks.speed.command import calls, check, loaded, reports, whole
from benchmarks.speed.mock import Manner, mock
from benchmarks.speed.pairwise import pairwise
from benchmarks.speed.stories import write_stories, write_story
from pipeline.store import write_report

LATENCY_S: Final = 0.2
IN_FLIGHT: Final = 32
TRIED: Final = (8, 32)  # requests in flight, of which each client's best counts
SEED: Final = 1
CLAIMS_A_FINDING: Final = 10

Figures = dict[str, float]


@dataclass(frozen=True)
class Sizes:
    """How much is measured: articles and stories of each part, and claims of a report."""

    one: int = 80
    batch: tuple[int, int] = (200, 5)  # stories, and articles of each
    throughput: tuple[int, int] = (24, 5)
    growth: tuple[int, ...] = (5, 20, 80, 320)
    warm: tuple[int, ...] = (5, 320)
    report_claims: int = 5000


TINY: Final = Sizes(one=3, batch=(2, 2), throughput=(2, 2), growth=(2, 3), warm=(2,), report_claims=40)


class Case(NamedTuple):
    """One case of a part, of so many articles in all; ``measure`` works in an empty folder."""

    part: str
    name: str
    articles: int
    measure: Callable[[Path], Figures]


def cases(sizes: Sizes) -> list[Case]:
    """Return all that is measured, the quickest first."""
    batch, many = sizes.batch, sizes.throughput
    report, one = _named(sizes.report_claims, "claim"), f"one story of {_named(sizes.one, 'article')}"
    return [
        Case("start", "storycheck --help", 0, _help),
        Case("start", f"storycheck report, {report}", 0, partial(_rendered, sizes.report_claims)),
        *(Case("warm", _named(n, "article"), n, partial(_warm, n)) for n in sizes.warm),
        Case("throughput", _batch(*many), prod(many), partial(_throughput, *many)),
        Case("ideal", one, sizes.one, partial(_ideal, 1, sizes.one)),
        *(Case("growth", _named(n, "article"), n, partial(_growth, n)) for n in sizes.growth),
        Case("ideal", _batch(*batch), prod(batch), partial(_ideal, *batch)),
    ]


def least_s(asked: Mapping[str, int], latency_s: float, in_flight: int) -> float:
    """Return the seconds below which no run with these calls of each stage can be.

    No stage waits for another here but where a single claim has to: its longest chain of calls has one of
    each stage, and never are more than ``in_flight`` under way.
    """
    waves = -(-sum(asked.values()) // in_flight)
    return latency_s * max(waves, len(asked))


def _named(number: int, noun: str) -> str:
    return f"{number:,} {noun}s"


def _batch(stories: int, articles: int) -> str:
    return f"{stories:,} stories of {_named(articles, 'article')}"


def _help(_: Path) -> Figures:
    return {"seconds": whole(["--help"]).wall_s}


def _rendered(claims: int, folder: Path) -> Figures:
    from tests.large_report import large_report  # noqa: PLC0415 - not in the installed package

    write_report(folder, large_report(claims, claims // CLAIMS_A_FINDING))
    return {"seconds": whole(["report", folder]).wall_s}


def _ideal(stories: int, articles: int, folder: Path) -> Figures:
    write_stories(folder / "in", stories, articles, SEED)
    out = folder / "out"
    with mock(Manner(latency_s=LATENCY_S)) as endpoint:
        took = loaded(check(folder / "in", out, "--concurrency", IN_FLIGHT), endpoint.base_url)
    found = reports(out)
    asked = calls(found)
    least = least_s(asked, LATENCY_S, IN_FLIGHT)
    claims = sum(len(report.claims) for report in found)
    return {
        "seconds": took.wall_s,
        "least_seconds": least,
        "over_ideal": took.wall_s / least,
        "processor_seconds": took.cpu_s,
        "calls": sum(asked.values()),
        "claims": claims,
        "calls_per_claim": sum(asked.values()) / claims,
    }


def _throughput(stories: int, articles: int, folder: Path) -> Figures:
    write_stories(folder / "in", stories, articles, SEED)
    figures: Figures = {}
    for in_flight in TRIED:
        with mock(Manner()) as endpoint:
            options = ("--concurrency", in_flight)
            took = loaded(check(folder / "in", folder / f"out-{in_flight}", *options), endpoint.base_url)
            bodies = endpoint.asked()
        figures[f"pipeline, {in_flight} in flight"] = len(bodies) / took.wall_s
    with mock(Manner()) as endpoint:
        for client in CLIENTS:
            for in_flight in TRIED:
                rate = calls_a_second(bodies, endpoint.base_url, client, in_flight)
                figures[f"{client}, {in_flight} in flight"] = rate
    ours = max(rate for name, rate in figures.items() if name.startswith("pipeline"))
    return {**figures, "over_bare": ours / max(figures.values()), "calls": len(bodies)}


def _growth(articles: int, folder: Path) -> Figures:
    write_story(folder / "in", articles, SEED)
    with mock(Manner()) as endpoint:
        arguments = check(folder / "in", folder / "out", "--concurrency", IN_FLIGHT)
        took = loaded(arguments, endpoint.base_url)
        seen = endpoint.seen()
    [report] = found = reports(folder / "out")
    by_pairs = pairwise(report)
    return {
        "articles": articles,
        "claims": len(report.claims),
        "calls": seen.answered,
        **{f"{stage}_calls": number for stage, number in calls(found).items()},
        "tokens": seen.tokens_in + seen.tokens_out,
        "pairwise_calls": by_pairs.calls,
        "pairwise_tokens": by_pairs.tokens,
        "seconds": took.wall_s,
        "processor_seconds": took.cpu_s,
        "memory_mib": took.memory_mib,
    }


def _warm(articles: int, folder: Path) -> Figures:
    """Check a story, check it again, and check it once more with an article added."""
    story, out = folder / "in", folder / "out"
    write_story(story, articles, SEED)
    with mock(Manner()) as endpoint:
        cold = whole(check(story, out), endpoint.base_url)
        before = endpoint.seen().requests
        again = whole(check(story, out), endpoint.base_url)
        asked = endpoint.seen().requests - before
        write_story(story, articles + 1, SEED)
        added = whole(check(story, out), endpoint.base_url)
        by_stage = calls(reports(out))
    return {
        "cold_seconds": cold.wall_s,
        "cold_calls": before,
        "seconds": again.wall_s,
        "calls": asked,
        "added_seconds": added.wall_s,
        "added_calls": sum(by_stage.values()),
        **{f"added_{stage}_calls": number for stage, number in by_stage.items()},
    }
