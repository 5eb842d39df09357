"""Invented stories of any size: outlets that repeat some facts of an event, each in its own words.

Half of an article's sentences are of a core of facts that every outlet draws from, half are its own. One in
``ONE_IN`` of the core's mentions has another number than the others, which is a conflict with each of them.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

CORE: Final = 24  # facts that all articles of a story draw from
SHARED: Final = 6  # sentences of an article that are of the core
OWN: Final = 6  # and those that no other article has
ONE_IN: Final = 12
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_STARTS: Final = "Tarn Wex Corr Stan Esk Bran Ulver Hall Mar Pell Quar Sund Ost Vel Nor Aln".split()
_ENDS: Final = "holm ley mouth wick ford haven by stead combe garth more dale".split()
_TAGS: Final = (
    "",
    " Bay",
    " Cross",
    " Hill",
    " Green",
    " Moor",
    " Head",
    " Wells",
    " Park",
    " Point",
    " Ferry",
)
_PLACES: Final = ["".join(parts) for parts in product(_STARTS, _ENDS, _TAGS)]
_WHO: Final = (
    "the harbour master,a retired surveyor,the school board,two climbers,a choir,the fire brigade"
    ",an archivist,the bakers' guild,a film crew,the night watch,volunteers,a botanist,the tram drivers"
    ",three sisters,a locksmith,the bishop's office,divers,a travelling circus,the rowing club,students"
    ",the tax office,beekeepers,a museum,the miners' union,a pilot,the water company,gardeners"
    ",an auctioneer,joiners,nuns"
).split(",")
_DID: Final = (
    "counted repaired removed inspected collected delivered ordered returned replaced rescued painted"
    " measured auctioned catalogued polished donated registered photographed buried discovered weighed"
    " numbered unloaded sketched demanded borrowed welded stitched harvested recorded"
).split()
_WHAT: Final = (
    "lanterns barrels crates windows boats pumps ladders blankets tents ropes sheep horses doors tiles"
    " benches statues letters petitions bicycles clocks anchors candles saddles violins kettles maps"
    " coins umbrellas saplings nets chimneys carts drums mirrors bells looms helmets sleds books jars"
    " organs kites masts keys"
).split()
_WHEN: Final = (
    "regatta flood election storm eclipse fair drought landslide wedding strike jubilee blackout census"
    " thaw funeral marathon harvest quake blizzard concert"
).split()
_TOLD: Final = (
    "On {day}, {who} {did} {n} {what} at {place} after the {when}.",
    "After the {when}, {n} {what} were {did} by {who} at {place} on {day}.",
    "{who} {did} {n} {what} at {place} on {day}, when the {when} was over, officials said.",
)


class Mix(NamedTuple):
    """The sentences of a story: facts of its core, and how many of an article are of the core or its own."""

    core: int = CORE
    shared: int = SHARED
    own: int = OWN


USUAL: Final = Mix()


class Fact(NamedTuple):
    """What can be told of the event: the words and the number that go in."""

    who: str
    did: str
    what: str
    when: str
    place: str
    day: str
    number: int

    def told(self, way: int, number: int) -> str:
        """Return the fact as a sentence, with ``number`` in place of its own."""
        text = _TOLD[way].format(**self._asdict(), n=number)
        return text[0].upper() + text[1:]


def write_story(folder: Path, articles: int, seed: int, mix: Mix = USUAL) -> None:
    """Write a story of so many articles into ``folder``; one of more articles begins with the same ones."""
    draw = random.Random(seed)
    facts = _facts(draw)
    core = [next(facts) for _ in range(mix.core)]
    folder.mkdir(parents=True, exist_ok=True)
    for place in range(articles):
        day = date(2031, 3, 10) + timedelta(days=place % 5)
        text = "\n\n".join(_sentences(random.Random(f"{seed} {place}"), core, facts, mix))
        head = f"---\ntitle: The flood, part {place + 1}\noutlet: {_outlet(place)}\ndate: {day}\n---\n\n"
        (folder / f"outlet-{place:04}.md").write_text(f"{head}{text}\n", encoding="utf-8")


def write_stories(folder: Path, stories: int, articles: int, seed: int, mix: Mix = USUAL) -> None:
    """Write a batch: a sub-folder a story."""
    for n in range(stories):
        write_story(folder / f"story-{n:04}", articles, seed * 100_000 + n, mix)


def _outlet(place: int) -> str:
    number, word = divmod(place, len(_STARTS))
    return f"{_STARTS[word]}{_ENDS[number % len(_ENDS)]} {('Courier', 'Ledger', 'Post')[place % 3]}"


def _facts(draw: random.Random) -> Iterator[Fact]:
    """Yield facts that have few words in common, as those of real news; no two are at one place."""
    for place in draw.sample(_PLACES, len(_PLACES)):
        who, did, what, when = (draw.choice(words) for words in (_WHO, _DID, _WHAT, _WHEN))
        yield Fact(who, did, what, when, place, draw.choice(_DAYS), draw.randrange(12, 900))


def _sentences(draw: random.Random, core: list[Fact], facts: Iterator[Fact], mix: Mix) -> list[str]:
    found = []
    for fact in draw.sample(core, mix.shared):
        number = fact.number + 7 if draw.randrange(ONE_IN) == 0 else fact.number
        found.append(fact.told(draw.randrange(3), number))
    for _ in range(mix.own):
        fact = next(facts)
        found.append(fact.told(draw.randrange(3), fact.number))
    draw.shuffle(found)
    return found
