"""Invented piles of news: events of a few kinds, each told by several outlets in other words, with its key.

Every pile is a function of its seed. Events of one topic differ in names, places, numbers and days; regions,
ministers and often towns are shared, so that no name alone gives an event away.
"""

import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final, NamedTuple

TOPICS: Final = Path(__file__).with_name("topics.toml")
FIRST_DAY: Final = date(2026, 1, 5)
_ONSETS: Final = "b br c cr d dr f g gr h k l m n p r s st t th v w".split()
_VOWELS: Final = "a e i o u ai ea ou".split()
_CODAS: Final = "l n r s th ck m nd rn sk lt".split()
_TOWN_ENDS: Final = "ham ford wick ton mouth stead by holm".split()
_FIRST: Final = "Ana Piet Isolde Ruben Nadia Jory Edith Milo Tessa Oskar Lena Hugo Vera Ivo Mara Emil".split()
WEEKDAYS: Final = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


class Told(NamedTuple):
    """One article of a pile; ``event`` is its key: what tells the same has the same."""

    event: str
    title: str
    outlet: str | None
    published: date | None
    text: str


class Hardness(NamedTuple):
    """What makes a pile hard: over how many days events fall, and how often what is shared is shared."""

    days: int
    towns: int  # from which all events of the pile take theirs
    most_told: int  # articles of an event
    copies: float = 0.1  # the share of articles that are another's copy with a word changed
    undated: float = 0.1
    follow_ups: float = 0.2  # the share of events with another, of the same names, some weeks later
    again: float = 0.3  # the share of events about whom another kind of event was about before


Topic = Mapping[str, Sequence[str]]


def topics(part: str) -> Mapping[str, Topic]:
    """Return the topics of ``part`` ("fit", "develop" or "measure"), by name."""
    found: Mapping[str, Mapping[str, Topic]] = tomllib.loads(TOPICS.read_text(encoding="utf-8"))
    return found[part]


def pile(part: str, events: int, hardness: Hardness, seed: int) -> list[Told]:
    """Return the articles of ``events`` events of ``part``, shuffled."""
    articles = list(stream(part, events, hardness, seed))
    random.Random(f"{seed}-order").shuffle(articles)
    return articles


def stream(part: str, events: int, hardness: Hardness, seed: int) -> Iterator[Told]:
    """Yield the articles of ``events`` events, one event after the other."""
    kinds = list(topics(part).values())
    draw = random.Random(f"{part}-{seed}")
    towns = [_town(draw) for _ in range(hardness.towns)]
    shared = {
        "region": [invented_word(draw) for _ in range(6)],
        "minister": [_person(draw) for _ in range(6)],
    }
    before: list[tuple[Topic, Mapping[str, str]]] = []
    for number in range(events):
        facts = _facts(draw, towns, shared)
        topic = draw.choice(kinds)
        if before and draw.random() < hardness.again:
            other, known = draw.choice(before)
            kept = draw.sample(("town", "thing", "who", "place", "region", "minister"), draw.randint(2, 6))
            facts |= {name: known[name] for name in kept} if other is not topic else {}
        before.append((topic, facts))
        day = FIRST_DAY + timedelta(days=draw.randrange(hardness.days))
        yield from _event(draw, topic, facts, day, hardness, f"{seed}-{number}")
        if draw.random() < hardness.follow_ups:
            later = {**facts, **_numbers(draw), "chief": _person(draw)}
            weeks = timedelta(days=draw.randrange(15, 29))
            yield from _event(draw, topic, later, day + weeks, hardness, f"{seed}-{number}-later")


def invented_word(draw: random.Random) -> str:
    """Return a name of one or two syllables."""
    parts = [draw.choice(_ONSETS) + draw.choice(_VOWELS) for _ in range(draw.choice((1, 2)))]
    return ("".join(parts) + draw.choice(_CODAS)).capitalize()


def _event(
    draw: random.Random, topic: Topic, facts: Mapping[str, str], day: date, hardness: Hardness, key: str
) -> Iterator[Told]:
    facts = {**facts, "day": WEEKDAYS[day.weekday()]}
    before: list[Told] = []
    for _ in range(draw.randint(1, hardness.most_told)):
        published = day + timedelta(days=draw.choice((0, 1, 1, 2, 3)))
        outlet = f"{facts['town']} {draw.choice(('Post', 'Echo', 'Herald'))}" if draw.random() < 0.3 else None
        outlet = outlet or f"The {invented_word(draw)} {draw.choice(('Times', 'Courier', 'Ledger', 'Mail'))}"
        if before and draw.random() < hardness.copies:
            text = before[0].text.replace(" said", " told reporters", 1)
            article = before[0]._replace(outlet=outlet, published=published, text=text)
        else:
            article = _told(draw, topic, facts)._replace(event=key, outlet=outlet, published=published)
        if draw.random() < hardness.undated:
            article = article._replace(published=None)
        before.append(article)
        yield article


def _told(draw: random.Random, topic: Topic, facts: Mapping[str, str]) -> Told:
    """Return one telling of an event; later ones know other numbers, and some leave the news to others."""
    facts = {**facts, **(_numbers(draw) if draw.random() < 0.3 else {})}
    lines = draw.sample(list(topic["details"]), draw.choice((1, 2, 3, 4, 5, 6)))
    lead = draw.choice(list(topic["leads"]))
    title = draw.choice(list(topic["titles"])).format_map(facts)
    if draw.random() < 0.125:
        lead = lead.replace(" on {day}", "")
    if draw.random() < 0.2:  # a piece from the scene, which does not begin with the news
        title, lines = "", [lines[0], *([lead] if draw.random() < 0.5 else []), *lines[1:]]
    else:
        lines.insert(0, lead)
    return Told("", title, None, None, "\n\n".join(line.format_map(facts) for line in lines))


def _facts(draw: random.Random, towns: Sequence[str], shared: Mapping[str, Sequence[str]]) -> dict[str, str]:
    town, other = draw.sample(list(towns), 2)
    return {
        **_numbers(draw),
        **{name: draw.choice(list(pool)) for name, pool in shared.items()},
        "town": town,
        "other": other,
        "place": f"{invented_word(draw)} {draw.choice(('Lane', 'Square', 'Bridge', 'Hill', 'Gate'))}",
        "thing": f"{invented_word(draw)} {invented_word(draw)}",
        "who": _person(draw),
        "chief": _person(draw),
    }


def _numbers(draw: random.Random) -> Mapping[str, str]:
    return {"n": f"{draw.randint(40, 9000):,}", "m": str(draw.randint(3, 40)), "k": str(draw.randint(5, 900))}


def _town(draw: random.Random) -> str:
    return (draw.choice(_ONSETS) + draw.choice(_VOWELS) + draw.choice(_CODAS)).capitalize() + draw.choice(
        _TOWN_ENDS
    )


def _person(draw: random.Random) -> str:
    return f"{draw.choice(_FIRST)} {invented_word(draw)}"
