"""The reliability diagram: how often decisions were right, against how sure the judge was of them.

One SVG file that loads nothing, with colours for light and for dark; the reader that knows no media queries
shows the light ones, on their own ground.
"""

import hashlib
import html
import math
import re
from collections.abc import Iterator
from typing import Final

from pipeline.evaluation.shown import percent
from pipeline.report import words
from pipeline.report.text import clip, one_line
from schemas.evaluation import Bin, SetResult

_WIDTH, _HEIGHT = 380, 410
_LEFT, _TOP, _SIZE = 60, 56, 290  # the square of the diagram, in user units
_TICKS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
_LONGEST_TITLE: Final = 22
_LONGEST_NAME: Final = 60
_Z: Final = 1.959964  # the normal quantile of a 95 % interval

_STYLE: Final = """
svg { color-scheme: light dark; font: 12px system-ui, "Segoe UI", Roboto, Arial, sans-serif; }
.ground { fill: #ffffff; } .ink { fill: #211f1b; } .soft { fill: #645f56; }
.title { font-size: 15px; font-weight: 600; }
.grid { stroke: #e2dcd0; } .frame { stroke: #645f56; fill: none; }
.even { stroke: #645f56; stroke-dasharray: 5 4; }
.line { stroke: #2b5a86; stroke-width: 2; fill: none; } .range { stroke: #2b5a86; } .dot { fill: #2b5a86; }
@media (prefers-color-scheme: dark) {
  .ground { fill: #1e1e23; } .ink { fill: #ebe7de; } .soft { fill: #a8a295; }
  .grid { stroke: #35343b; } .frame, .even { stroke: #a8a295; }
  .line, .range { stroke: #8fbde8; } .dot { fill: #8fbde8; }
}
"""


def file_name(set_name: str) -> str:
    """Return the name of a set's diagram: safe on any file system, and different for every set.

    >>> file_name("wice")
    'reliability-wice.svg'
    """
    plain = re.sub(r"[^a-z0-9_-]+", "-", set_name.lower())[:_LONGEST_NAME].strip("-")
    if plain != set_name:
        digest = hashlib.sha256(set_name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        plain = f"{plain}-{digest}".strip("-")
    return f"reliability-{plain}.svg"


def render_reliability(result: SetResult) -> str:
    """Return the diagram of a set as SVG: a dot a bin, with the 95 % interval of its share of right ones."""
    return "\n".join(_lines(result)) + "\n"


def _lines(result: SetResult) -> Iterator[str]:
    name, told = one_line(result.name), _told(result)
    title = f"Reliability: {clip(name, _LONGEST_TITLE)}"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" role="img" aria-labelledby="title about">'
    )
    yield f'<title id="title">{html.escape(f"Reliability: {name}")}</title>'
    yield f'<desc id="about">{html.escape(told)}</desc>'
    yield f"<style>{_STYLE}</style>"
    yield f'<rect class="ground" width="{_WIDTH}" height="{_HEIGHT}"/>'
    yield f'<text class="ink title" x="{_LEFT}" y="24">{html.escape(title)}</text>'
    yield f'<text class="soft" x="{_LEFT}" y="42">{html.escape(told)}</text>'
    yield from _axes()
    points = [(_x(found.confidence), _y(found.right)) for found in result.bins]
    for found in result.bins:
        low, high = _wilson(found)
        x = _x(found.confidence)
        yield f'<line class="range" x1="{x}" y1="{_y(low)}" x2="{x}" y2="{_y(high)}"/>'
    if points:
        yield f'<polyline class="line" points="{" ".join(f"{x},{y}" for x, y in points)}"/>'
    for (x, y), found in zip(points, result.bins, strict=True):
        about = f"{found.rows:,} rows, confidence {found.confidence:.0%}, right {found.right:.0%}"
        yield f'<circle class="dot" cx="{x}" cy="{y}" r="4"><title>{html.escape(about)}</title></circle>'
    yield "</svg>"


def _told(result: SetResult) -> str:
    if not result.bins or result.calibration_error.value is None:
        return "No row was judged."
    bins = words.counted(len(result.bins), "bin")
    return f"ECE {percent(result.calibration_error)} %; {words.counted(result.judged, 'row')} in {bins}"


def _axes() -> Iterator[str]:
    right, bottom = _LEFT + _SIZE, _TOP + _SIZE
    for tick in _TICKS:
        x, y, text = _x(tick), _y(tick), f"{tick:.0%}"
        yield f'<line class="grid" x1="{x}" y1="{_TOP}" x2="{x}" y2="{bottom}"/>'
        yield f'<line class="grid" x1="{_LEFT}" y1="{y}" x2="{right}" y2="{y}"/>'
        yield f'<text class="soft" x="{x}" y="{bottom + 18}" text-anchor="middle">{text}</text>'
        yield f'<text class="soft" x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{text}</text>'
    yield f'<rect class="frame" x="{_LEFT}" y="{_TOP}" width="{_SIZE}" height="{_SIZE}"/>'
    yield f'<line class="even" x1="{_LEFT}" y1="{bottom}" x2="{right}" y2="{_TOP}"/>'
    middle = _TOP + _SIZE // 2
    yield (
        f'<text class="ink" x="{_LEFT + _SIZE // 2}" y="{bottom + 40}" text-anchor="middle">confidence</text>'
    )
    yield (
        f'<text class="ink" transform="translate(16 {middle}) rotate(-90)" text-anchor="middle">'
        "share of right decisions</text>"
    )


def _x(share: float) -> float:
    return round(_LEFT + _SIZE * share, 1)


def _y(share: float) -> float:
    return round(_TOP + _SIZE * (1 - share), 1)


def _wilson(found: Bin) -> tuple[float, float]:
    """Return the 95 % interval of a bin's share of right decisions (Wilson 1927)."""
    z2 = _Z**2 / found.rows
    middle = (found.right + z2 / 2) / (1 + z2)
    spread = _Z * math.sqrt((found.right * (1 - found.right) + z2 / 4) / found.rows) / (1 + z2)
    return max(0.0, middle - spread), min(1.0, middle + spread)
