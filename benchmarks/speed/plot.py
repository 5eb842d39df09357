"""Draws growth as an SVG: a line for each thing that grows, over sizes of stories, on logarithmic axes."""

import html
import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

WIDTH: Final = 560
HEIGHT: Final = 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 400, 40, 290
_STYLE: Final = (
    "svg{color-scheme:light dark;font:12px system-ui,'Segoe UI',Roboto,Arial,sans-serif}"
    ".ground{fill:light-dark(#fff,#16181c)}.ink{fill:light-dark(#1c1d20,#e8e9ec)}"
    ".soft{fill:light-dark(#5c5f66,#a4a8b0)}.grid{stroke:light-dark(#e3e4e8,#2c2f36)}"
    ".line{fill:none;stroke-width:2}"
    ".l0{stroke:light-dark(#1f5fbf,#7fb0ff)}.l1{stroke:light-dark(#b3541e,#f0a070)}"
    ".l2{stroke:light-dark(#2e7d4f,#7fd0a0)}.l3{stroke:light-dark(#7a3fa0,#c79bea)}"
)
# Lines differ in more than colour.
_DASHES: Final = ("none", "7 4", "2 4", "10 3 2 3")


class Line(NamedTuple):
    """What is drawn: points of a story's size, and how many times as much as in the smallest story."""

    name: str
    points: Sequence[tuple[float, float]]


def drawn(title: str, across: str, lines: Sequence[Line]) -> str:
    """Return the SVG of ``lines``, each of two points or more; values are above 0."""
    return "\n".join(_parts(title, across, lines)) + "\n"


def _parts(title: str, across: str, lines: Sequence[Line]) -> Iterator[str]:
    xs = sorted({x for line in lines for x, _ in line.points})
    values = [y for line in lines for _, y in line.points]
    least, most = min(*values, 1.0), max(*values, 10.0)

    def at(x: float, y: float) -> tuple[float, float]:
        right = math.log(x / xs[0]) / math.log(xs[-1] / xs[0])
        up = math.log(y / least) / math.log(most / least)
        return round(_LEFT + (_RIGHT - _LEFT) * right, 1), round(_BOTTOM - (_BOTTOM - _TOP) * up, 1)

    told = "; ".join(f"{line.name}: {_points(line)}" for line in lines)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" aria-labelledby="title about">'
    )
    yield f'<title id="title">{html.escape(title)}</title>'
    yield f'<desc id="about">{html.escape(told)}</desc>'
    yield f"<style>{_STYLE}</style>"
    yield f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>'
    yield f'<text class="ink" x="{_LEFT}" y="24" font-weight="600">{html.escape(title)}</text>'
    for power in range(math.ceil(math.log10(least)), math.floor(math.log10(most)) + 1):
        _, y = at(xs[0], 10.0**power)
        yield f'<line class="grid" x1="{_LEFT}" y1="{y}" x2="{_RIGHT}" y2="{y}"/>'
        yield f'<text class="soft" x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">× {10.0**power:g}</text>'
    for size in xs:
        x, _ = at(size, least)
        yield f'<text class="soft" x="{x}" y="{_BOTTOM + 18}" text-anchor="middle">{size:,.0f}</text>'
    middle = (_LEFT + _RIGHT) // 2
    name = html.escape(across)
    yield f'<text class="ink" x="{middle}" y="{_BOTTOM + 38}" text-anchor="middle">{name}</text>'
    for number, line in enumerate(lines):
        points = " ".join(f"{x},{y}" for x, y in (at(*point) for point in line.points))
        look = f'class="line l{number}" stroke-dasharray="{_DASHES[number]}"'
        yield f'<polyline {look} points="{points}"/>'
        y = _TOP + 10 + 22 * number
        yield f'<line {look} x1="{_RIGHT + 12}" y1="{y - 4}" x2="{_RIGHT + 40}" y2="{y - 4}"/>'
        yield f'<text class="ink" x="{_RIGHT + 46}" y="{y}">{html.escape(line.name)}</text>'
    yield "</svg>"


def _points(line: Line) -> str:
    return ", ".join(f"{x:,.0f}: × {y:.3g}" for x, y in line.points)
