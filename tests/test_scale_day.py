"""The paper part of docs/scale.md: a day is multiplied out rightly, and what breaks first stands first."""

import os
import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.scale.day import Day, Kind, days, machines, read_before
from benchmarks.scale.limits import growth_mib, limits
from benchmarks.scale.results import MOST_LOOKS, USUAL, Figures, Look, Row, ScaleResult, thinned
from benchmarks.scale.watching import vitals
from benchmarks.speed.plot import Line, drawn, plain
from benchmarks.speed.results import Sample, SpeedResult
from benchmarks.stored import Timing
from pipeline.prices import Price

KIND = Kind("tried", articles=5, claims=20, calls=2, tokens_in=800, tokens_out=30, processor_ms=8.64)
PRICE = Price.model_validate({"model": "m", "in": 0.5, "out": 2, "cached_in": 0.1, "date": "2031-01-01"})
TIMING = Timing(
    story="s",
    model="m",
    endpoint="e",
    tool_version="1",
    is_complete=True,
    articles=4,
    sentences=50,
    claims=40,
    cores=2,
    seconds=100,
    calls=60,
    tokens_in=24_000,
    tokens_out=2_000,
    stages=(),
)


def test_a_day_is_multiplied_out() -> None:
    day = Day(KIND)
    assert day.stories == 200_000
    assert day.claims == 20_000_000
    assert day.calls == 40_000_000
    assert day.calls_per_s == pytest.approx(462.963, rel=1e-5)
    assert day.in_flight(2) == pytest.approx(925.926, rel=1e-5)
    assert day.cores == pytest.approx(2)
    # 16,000 million tokens in and 600 million out
    assert day.cost_usd(PRICE) == pytest.approx(8_000 + 1_200)
    assert day.cost_usd(PRICE, by_batch=True) == pytest.approx(4_600)
    assert day.cost_usd(PRICE, 0.5) == pytest.approx(4_000 + 800 + 1_200)


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_more_is_cached_the_less_it_costs(one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert Day(KIND).cost_usd(PRICE, more) <= Day(KIND).cost_usd(PRICE, less) + 1e-6


def test_machines_are_as_many_as_work_all_day() -> None:
    assert machines(TIMING) == pytest.approx(250_000 * 100 / 86_400)


def _grown(articles: int, claims: float, processor_s: float) -> Sample:
    figures = {
        "claims": claims,
        "calls": 2 * claims,
        "tokens": 500 * claims,
        "processor_seconds": processor_s,
    }
    return Sample(part="growth", case=f"{articles} articles", round=1, figures=figures)


def _scale(*parts: Figures, rows: tuple[Row, ...] = ()) -> ScaleResult:
    return ScaleResult(tool_version="1", cores=2, batch=USUAL, rows=rows, parts=parts)


def test_kinds_of_stories_are_those_that_were_measured() -> None:
    speed = SpeedResult(tool_version="1", cores=2, samples=(_grown(5, 60, 0.6), _grown(20, 240, 1.2)))
    weight = Figures(part="sizes", case="20 articles", figures={"tokens_in": 900, "tokens_out": 100})
    real, invented = (day.kind for day in days(TIMING, speed, _scale(weight)))
    assert (real.articles, real.claims, real.calls, real.tokens_in, real.tokens_out) == (4, 10, 1.5, 600, 50)
    assert real.processor_ms == pytest.approx(10)  # of five articles, the next larger story
    assert (invented.articles, invented.claims, invented.calls) == (20, 10, 2)
    assert (invented.tokens_in, invented.tokens_out) == pytest.approx((450, 50))
    assert invented.processor_ms == pytest.approx(5)


def test_what_was_read_before_is_that_of_the_whole_run() -> None:
    sample = Sample(part="as installed", case="the whole", round=1, figures={"cached_percent": 80.0})
    assert read_before(SpeedResult(tool_version="1", cores=2, samples=(sample,))) == 0.8
    assert read_before(SpeedResult(tool_version="1", cores=2)) is None


def _row(name: str, grows_mib: float) -> Row:
    looks = tuple(
        Look(at_s=n, stories=n, requests=n, memory_mib={"driver": 150 + grows_mib * n}) for n in range(101)
    )
    figures = {"claims": 400.0, "seconds": 4.0, "calls": 800.0, "index_opened_s": 0.5}
    peak, processor = {"driver": 150 + 100 * grows_mib}, {"driver": 0.5, "scheduler": 2.0}
    return Row(name=name, figures=figures, peak_mib=peak, processor_s=processor, looks=looks)


@pytest.mark.parametrize("grows_mib", [0.0, 0.25, -0.5])
def test_growth_is_the_slope_of_memory_over_stories(grows_mib: float) -> None:
    assert growth_mib(_row("inline", grows_mib), "driver") == pytest.approx(grows_mib)
    assert growth_mib(_row("inline", grows_mib), "worker 1") is None


def test_what_is_needed_most_over_what_there_is_stands_first() -> None:
    storing = Figures(part="storing", case="1", figures={"answers_per_s": 1000.0})
    found = limits(Day(KIND), _scale(storing, rows=(_row("inline", 1.0), _row("dask", -1.0))))
    times = [limit.times for limit in found]
    assert times == sorted(times, reverse=True)
    by = {limit.what: limit for limit in found}
    assert by["the cores of this machine"].times == pytest.approx(1)
    assert by["one process, inline"].gives == 100
    assert by["opening one index.html"].need == 1000  # seconds, for 200,000 stories
    assert by["the memory of one inline process"].need == pytest.approx(200_150)
    assert by["the memory of one driver on Dask"].need == 50
    assert by["one Dask scheduler"].gives == 400
    assert by["one driver on Dask"].gives == 200
    assert by["one answers.sqlite"].times == pytest.approx(0.462963, rel=1e-5)
    assert by["an account of 10,000 requests a minute"].times == pytest.approx(2.77778, rel=1e-5)


@given(st.integers(1, 5 * MOST_LOOKS))
def test_thinned_looks_are_some_of_them_in_order_with_the_last(number: int) -> None:
    looks = [Look(at_s=n, stories=n, requests=n, memory_mib={}) for n in range(number)]
    kept = thinned(looks)
    assert len(kept) <= MOST_LOOKS
    assert kept[-1] == looks[-1]
    places = [int(look.at_s) for look in kept]
    assert places == sorted(set(places))
    assert len({b - a for a, b in pairwise(places)}) <= 1


def test_a_process_has_vitals_until_it_ends() -> None:
    own = vitals(os.getpid())
    assert own is not None
    assert own.peak_mib >= own.memory_mib > 1
    assert own.processor_s > 0
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert vitals(process.pid) is not None
        process.communicate(b"\n")
    assert vitals(process.pid) is None


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), min_size=2, max_size=40))
def test_a_plain_diagram_has_all_points_within_its_axes(points: list[tuple[float, float]]) -> None:
    axes = plain([Line("one", points)])
    for x, y in points:
        assert 0 <= axes.across.share(x) <= 1
        assert 0 <= axes.up.share(y) <= 1
    assert drawn("Title", "across", [Line("one", points)], plain).count("<polyline") == 1
