"""Draws lines as an SVG: growth over sizes of stories, on logarithmic axes, or anything on plain ones."""

import html
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

WIDTH: Final = 560
HEIGHT: Final = 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 400, 40, 290
_STYLE: Final = (
    "svg{color-scheme:light dark;font:12px system-ui,'Segoe UI',Roboto,Arial,sans-serif}"
    ".ground{fill:light-dark(#fff,#16181c)}.ink{fill:light-dark(#1c1d20,#e8e9ec)}"
    ".soft{fill:light-dark(#5c5f66,#a4a8b0)}.grid{stroke:light-dark(#e3e4e8,#2c2f36)}"
    ".line{fill:none;stroke-width:2}"
)
_COLOURS: Final = (
    "#1f5fbf,#7fb0ff",
    "#b3541e,#f0a070",
    "#2e7d4f,#7fd0a0",
    "#7a3fa0,#c79bea",
    "#8a6d00,#dcc25a",
)
# Lines differ in more than colour.
_DASHES: Final = ("none", "7 4", "2 4", "10 3 2 3", "1 2")
_TICKS: Final = 5  # of a plain axis, about
_MARK: Final = 4  # the radius of a mark
_TOLD: Final = 10  # points of a line that the text alternative tells, about

Point = tuple[float, float]


class Line(NamedTuple):
    """What is drawn: points across and up, and those of them that are marked."""

    name: str
    points: Sequence[Point]
    marks: Sequence[Point] = ()


class Axis(NamedTuple):
    """An axis from ``least`` to ``most``; the ticks have their labels."""

    least: float
    most: float
    ticks: Sequence[tuple[float, str]]
    is_logarithmic: bool = False

    def share(self, value: float) -> float:
        """Return how far along the axis ``value`` is, 0 to 1."""
        if self.is_logarithmic:
            return math.log(value / self.least) / math.log(self.most / self.least)
        return (value - self.least) / (self.most - self.least)


class Axes(NamedTuple):
    """The axis across and the one up, and how the text alternative tells a point's height."""

    across: Axis
    up: Axis
    told: Callable[[float], str]


def growth(lines: Sequence[Line]) -> Axes:
    """Return logarithmic axes: a story's size, and how many times as much as in the smallest; all above 0."""
    xs = sorted({x for line in lines for x, _ in line.points})
    values = [y for line in lines for _, y in line.points]
    least, most = min(*values, 1.0), max(*values, 10.0)
    powers = range(math.ceil(math.log10(least)), math.floor(math.log10(most)) + 1)
    return Axes(
        Axis(xs[0], xs[-1], [(x, f"{x:,.0f}") for x in xs], is_logarithmic=True),
        Axis(least, most, [(10.0**p, f"× {10.0**p:g}") for p in powers], is_logarithmic=True),
        lambda y: f"× {y:.3g}",
    )


def plain(lines: Sequence[Line]) -> Axes:
    """Return axes that begin at 0, with round numbers at their ticks."""
    points = [point for line in lines for point in line.points]
    return Axes(_from_zero(max(x for x, _ in points)), _from_zero(max(y for _, y in points)), rounded)


def drawn(
    title: str, across: str, lines: Sequence[Line], axes: Callable[[Sequence[Line]], Axes] = growth
) -> str:
    """Return the SVG of ``lines``, each of two points or more."""
    return "\n".join(_parts(title, across, lines, axes(lines))) + "\n"


def rounded(value: float) -> str:
    """Return a figure with three digits, or whole."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def _parts(title: str, across: str, lines: Sequence[Line], axes: Axes) -> Iterator[str]:
    def at(x: float, y: float) -> Point:
        right, up = axes.across.share(x), axes.up.share(y)
        return round(_LEFT + (_RIGHT - _LEFT) * right, 1), round(_BOTTOM - (_BOTTOM - _TOP) * up, 1)

    told = "; ".join(f"{line.name}: {_points(line, axes)}" for line in lines)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" aria-labelledby="title about">'
    )
    yield f'<title id="title">{html.escape(title)}</title>'
    yield f'<desc id="about">{html.escape(told)}</desc>'
    yield f"<style>{_style(len(lines))}</style>"
    yield f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>'
    yield f'<text class="ink" x="{_LEFT}" y="24" font-weight="600">{html.escape(title)}</text>'
    for value, label in axes.up.ticks:
        _, y = at(axes.across.least, value)
        yield f'<line class="grid" x1="{_LEFT}" y1="{y}" x2="{_RIGHT}" y2="{y}"/>'
        yield f'<text class="soft" x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{label}</text>'
    for value, label in axes.across.ticks:
        x, _ = at(value, axes.up.least)
        yield f'<text class="soft" x="{x}" y="{_BOTTOM + 18}" text-anchor="middle">{label}</text>'
    middle = (_LEFT + _RIGHT) // 2
    name = html.escape(across)
    yield f'<text class="ink" x="{middle}" y="{_BOTTOM + 38}" text-anchor="middle">{name}</text>'
    for number, line in enumerate(lines):
        points = " ".join(f"{x},{y}" for x, y in (at(*point) for point in line.points))
        look = f'class="line l{number}" stroke-dasharray="{_DASHES[number]}"'
        yield f'<polyline {look} points="{points}"/>'
        for x, y in (at(*point) for point in line.marks):
            yield f'<circle class="line l{number}" cx="{x}" cy="{y}" r="{_MARK}"/>'
        y = _TOP + 10 + 22 * number
        yield f'<line {look} x1="{_RIGHT + 12}" y1="{y - 4}" x2="{_RIGHT + 40}" y2="{y - 4}"/>'
        yield f'<text class="ink" x="{_RIGHT + 46}" y="{y}">{html.escape(line.name)}</text>'
    yield "</svg>"


def _style(lines: int) -> str:
    # Those of four lines are there in any case.
    colours = enumerate(_COLOURS[: max(4, lines)])
    return _STYLE + "".join(f".l{number}{{stroke:light-dark({colour})}}" for number, colour in colours)


def _points(line: Line, axes: Axes) -> str:
    told = [*line.points[:-1][:: 1 + len(line.points) // _TOLD], line.points[-1]]
    return ", ".join(f"{x:,.0f}: {axes.told(y)}" for x, y in told)


def _from_zero(most: float) -> Axis:
    rough = max(most, 1e-9) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    last = math.ceil(most / step) or 1
    return Axis(0.0, last * step, [(n * step, rounded(n * step)) for n in range(last + 1)])
