"""Our own open stories, and the same events as they never happened: other names, numbers and weekdays.

A transposed story keeps nearly every common word of its model, so that only what tells events apart tells it
from that. All articles of one take the same names.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from benchmarks.grouping.events import WEEKDAYS, Told, invented_word
from pipeline.ingest import ingest
from pipeline.values.countries import COUNTRIES
from pipeline.values.names import find_names

ROOT: Final = Path(__file__).parents[2]
_NUMBER: Final = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?!\d)|(?<![\d.,:])\d{2,6}(?![\d:,.]?\d)")
_MONTH_NEAR: Final = re.compile(
    r"(?:\d{1,2}(?:st|nd|rd|th)? )?(?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December)(?: \d{1,2})?(?:,? \d{4})?|\b(?:19|20)\d\d\b"
)


def own_stories() -> Mapping[str, list[Told]]:
    """Return the articles of the open stories and of the example, by story."""
    folders = [*sorted((ROOT / "benchmarks/stories/open").iterdir()), ROOT / "examples/ellen-marrick"]
    stories = ingest([folder for folder in folders if folder.is_dir()])
    return {
        story.name: [Told(story.name, a.title or "", a.outlet, a.published, a.text) for a in story.articles]
        for story in stories
    }


def transposed(story: Iterable[Told], number: int, days: int) -> Iterator[Told]:
    """Yield ``story`` as another event, the ``number``-th of its model, moved by ``days``."""
    articles = list(story)
    draw = random.Random(f"{articles[0].event}-{number}")
    names = _names(articles)
    others = {name: invented_word(draw) for name in sorted(names)}
    others |= {name.upper(): other.upper() for name, other in others.items()}
    pattern = re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, others), key=len, reverse=True)) + r")\b")
    counts: dict[str, str] = {}

    def changed(text: str) -> str:
        text = pattern.sub(lambda match: others[match[0]], text)
        text = _outside(
            _MONTH_NEAR, text, lambda part: _NUMBER.sub(lambda m: _other(m[0], counts, draw), part)
        )
        return re.sub("|".join(WEEKDAYS), lambda m: WEEKDAYS[(WEEKDAYS.index(m[0]) + days) % 7], text)

    for article in articles:
        yield article._replace(
            event=f"{article.event}-{number}",
            title=changed(article.title),
            published=article.published + timedelta(days=days) if article.published else None,
            text=changed(article.text),
        )


def _names(articles: Iterable[Told]) -> set[str]:
    """Return the words of all names, but for countries and words that are also written small."""
    articles = list(articles)
    small = {word for one in articles for word in re.findall(r"\b[a-z]{2,}\b", one.text)}
    words = {
        word
        for one in articles
        for name in find_names(one.text)
        for word in re.findall(r"[^\W\d_]{2,}", name.text)
    }
    return {
        w for w in words if w[0].isupper() and w.lower() not in small and w.lower() not in COUNTRIES
    } - set(WEEKDAYS)


def _other(number: str, counts: dict[str, str], draw: random.Random) -> str:
    value = int(number.replace(",", ""))
    if number not in counts:
        other = max(1, round(value * draw.uniform(0.5, 1.9)))
        counts[number] = f"{other:,}" if "," in number else str(other)
    return counts[number]


def _outside(pattern: re.Pattern[str], text: str, change: Callable[[str], str]) -> str:
    """Return ``text`` with ``change`` made to what ``pattern`` does not match."""
    pieces, reached = [], 0
    for match in pattern.finditer(text):
        pieces += [change(text[reached : match.start()]), match[0]]
        reached = match.end()
    return "".join([*pieces, change(text[reached:])])
