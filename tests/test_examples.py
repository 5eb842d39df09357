"""The example story is what its README and its gold.json say it is."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path
from typing import Final, get_args

import pytest

from benchmarks.gold import (
    Difficulty,
    Gold,
    GoldAgreement,
    GoldConflict,
    GoldSide,
    HardKind,
    HardNegative,
    read_gold,
)
from schemas.contradiction import ConflictKind
from schemas.record import Record

EXAMPLES: Final = Path(__file__).parents[1] / "examples"
STORY: Final = EXAMPLES / "ellen-marrick"
TEXTS: Final = {path.name: path.read_text(encoding="utf-8") for path in sorted(STORY.glob("*.txt"))}


class Listed(Record):
    outlet: str
    published: date | None = None


class StoryFile(Record):
    articles: dict[str, Listed]


GOLD: Final = read_gold(STORY)
LISTED: Final = StoryFile.model_validate(
    tomllib.loads((STORY / "story.toml").read_text(encoding="utf-8"))
).articles


Sided = GoldAgreement | GoldConflict | HardNegative

SIDED: Final[tuple[Sided, ...]] = (*GOLD.agreements, *GOLD.conflicts, *GOLD.hard_negatives)
PLANTED: Final[dict[str, GoldConflict | HardNegative]] = {
    **{found.id: found for found in GOLD.conflicts},
    **{found.id: found for found in GOLD.hard_negatives},
}
TYPES: Final = set(get_args(HardKind)) - {"injection", "other"}  # of which this story has none


def evidence() -> Iterator[GoldSide]:
    """Yield every quotation that gold.json makes."""
    for entry in SIDED:
        yield from entry.sides
    for alone in GOLD.single_outlet:
        yield GoldSide(article=alone.article, quote=alone.quote)


def quotes(identity: str) -> list[str]:
    """Return the quotations of one conflict or hard negative."""
    return [side.quote for side in PLANTED[identity].sides]


def numbers(text: str) -> list[float]:
    """Return the figures in ``text``, with "60,000" as one."""
    return [float(found.replace(",", "")) for found in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text)]


def quoted(text: str) -> str:
    """Return the words between the first pair of quotation marks."""
    return text[text.index("“") + 1 : text.index("”")]


def dates_printed(text: str) -> list[date]:
    return [date.fromisoformat(found) for found in re.findall(r"^Posted on : (\S+)", text, re.MULTILINE)]


def is_furniture(text: str, position: int) -> bool:
    """Tell whether ``position`` is in the head lines, a byline, a date line, a credit or the foot."""
    start = text.rfind("\n", 0, position) + 1
    line = text[start:].split("\n", 1)[0]
    foot = re.search(r"^(?:Most read|Comments are closed|.* is printed in )", text, re.MULTILINE)
    return (
        position < text.index("\n\n")
        or (foot is not None and position >= foot.start())
        or line.startswith(("By ", "Posted on"))
        or "(Photo" in line
    )


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_article_is_as_long_as_a_news_story_and_set_like_one(name: str) -> None:
    text = TEXTS[name]
    assert 300 <= len(text.split()) <= 600
    assert not set("\"'\ufeff\r\t") & set(text)
    assert text.count("“") == text.count("”") > 0
    assert text.endswith("\n")
    assert re.search(r"\b(ignore|instructions?|prompt|assistant|you are an?|the model)\b", text, re.I) is None


def test_five_outlets_on_three_days_and_one_article_without_a_date() -> None:
    assert len(TEXTS) >= 5
    assert set(LISTED) == set(TEXTS)
    assert len({listed.outlet for listed in LISTED.values()}) == len(TEXTS)
    dates: dict[str, date] = {}
    for name, text in TEXTS.items():
        stated = [*dates_printed(text), *filter(None, [LISTED[name].published])]
        assert len(stated) <= 1, "a date is given in one place"
        if stated:
            dates[name] = stated[0]
    assert len(set(dates.values())) == 3
    assert set(TEXTS) - set(dates) == {"stennay-islander.txt"}
    assert sum(bool(dates_printed(text)) for text in TEXTS.values()) == 1


def test_weekdays_fit_the_calendar() -> None:
    assert date(2026, 3, 10).strftime("%A") == "Tuesday"
    assert dates_printed(TEXTS["radio-velmark.txt"]) == [date(2026, 3, 10) + timedelta(days=1)]
    friday = LISTED["ulverhaven-courier.txt"].published
    assert friday is not None
    assert friday.strftime("%A") == "Friday"
    monday = friday + timedelta(days=(0 - friday.weekday()) % 7)
    until_monday, until_date = quotes("sailings")
    assert "until Monday" in until_monday
    assert f"until {monday.day} March" in until_date


@pytest.mark.parametrize("side", sorted(set(evidence()), key=str), ids=lambda side: side.quote[:40])
def test_quote_is_one_whole_sentence_that_stands_once_and_is_no_furniture(side: GoldSide) -> None:
    text = TEXTS[side.article]
    assert text.count(side.quote) == 1
    start = text.index(side.quote)
    before, after = text[:start], text[start + len(side.quote) :]
    assert re.search(r"(?:^|\n|[.?!]”? )$", before), "starts a sentence"
    assert re.match(r"[ \n]", after), "ends where a sentence ends"
    assert re.search(r"[.?!]”?$|”\.$", side.quote), "ends as a sentence does"
    assert not re.search(r"[.?!] [A-Z“]|\n", side.quote), "is one sentence"
    assert not is_furniture(text, start)


def test_conflicts_are_between_two_articles_and_cover_every_kind() -> None:
    assert len(GOLD.conflicts) >= 8
    assert {found.kind for found in GOLD.conflicts} == set(ConflictKind)
    assert {found.difficulty for found in GOLD.conflicts} == {"plain", "worded"}
    for found in GOLD.conflicts:
        assert len({side.article for side in found.sides}) == len(found.sides) == 2, found.id
    assert {side.article for found in GOLD.conflicts for side in found.sides} == set(TEXTS)


def test_each_conflict_has_sentences_of_its_own() -> None:
    uses = Counter(side for found in GOLD.conflicts for side in found.sides)
    assert set(uses.values()) == {1}


def test_agreements_and_hard_negatives_are_between_articles_and_cover_every_type() -> None:
    assert len(GOLD.hard_negatives) >= 8
    assert {found.type for found in GOLD.hard_negatives} == TYPES
    entries: tuple[Sided, ...] = (*GOLD.agreements, *GOLD.hard_negatives)
    for entry in entries:
        articles = [side.article for side in entry.sides]
        assert len(set(articles)) == len(articles) >= 2, entry.what
    assert max(len(agreed.sides) for agreed in GOLD.agreements) >= 4


def test_no_pair_is_both_a_conflict_and_none() -> None:
    conflicts = {frozenset(found.sides) for found in GOLD.conflicts}
    for entry in SIDED:
        if not isinstance(entry, GoldConflict):
            assert conflicts.isdisjoint(map(frozenset, combinations(entry.sides, 2))), entry.what


def test_what_one_outlet_states_is_evidence_of_nothing_else() -> None:
    stated: tuple[Sided, ...] = (*GOLD.agreements, *GOLD.conflicts)
    shared = {side for found in stated for side in found.sides}
    assert len(GOLD.single_outlet) >= 5
    for alone in GOLD.single_outlet:
        assert GoldSide(article=alone.article, quote=alone.quote) not in shared, alone.what
    assert {alone.article for alone in GOLD.single_outlet} == set(TEXTS)


def test_ids_are_unique_and_the_story_is_its_folder() -> None:
    assert len(PLANTED) == len(GOLD.conflicts) + len(GOLD.hard_negatives)
    assert STORY.name == GOLD.story


# What each side of a conflict says that nobody else does, pinned here as well as in gold.json.
DIFFERS: Final = {
    "time-of-grounding": ("7.40pm on Tuesday", "9.10pm on Tuesday"),
    "last-inspection": ("on 14 January", "in November"),
    "lifeboats": ("Three lifeboats", "Five lifeboats"),
    "vehicles": ("41 vehicles", "14 vehicles"),
    "captain-name": ("Captain Joren Pell", "Captain Tomas Hale"),
    "inquiry-head": ("Elsbeth Quarne", "Per Lodrick"),
    "landing-place": ("ashore at Port Lannoe", "ashore at Skarn Head"),
    "alarm": ("The general alarm was sounded", "No alarm was sounded"),
    "fined-before": ("never been fined", "was fined 60,000 crowns in 2023"),
    "captain-leaves": ("first rescue boat", "last person to leave"),
    "chart-quote": ("said Bram Collis", "said Agnes Thorne, the harbour master."),
    "misquote-steering": ("no warning", "one warning"),
}


def test_planted_conflicts_stand_in_the_text_and_no_third_article_takes_a_side() -> None:
    assert {found.id for found in GOLD.conflicts} == set(DIFFERS)
    for found in GOLD.conflicts:
        for value, side in zip(DIFFERS[found.id], found.sides, strict=True):
            assert value in side.quote
            assert [name for name, text in TEXTS.items() if value in text] == [side.article], value


def test_quotation_conflicts_are_the_same_words_or_nearly() -> None:
    union, harbour = (quoted(quote) for quote in quotes("chart-quote"))
    assert union == harbour
    tribune, islander = (quoted(quote) for quote in quotes("misquote-steering"))
    changed = [pair for pair in zip(tribune.split(), islander.split(), strict=True) if pair[0] != pair[1]]
    assert changed == [("no", "one")]
    assert all("Dreyce" in quote for quote in quotes("misquote-steering"))


def test_figures_that_only_look_different_agree() -> None:
    metres = 3 * 1000
    assert "three kilometres" in quotes("reef-distance")[0]
    assert "nearly two miles" in quotes("reef-distance")[-1]
    assert 0.9 * 2 * 1609.344 <= metres < 2 * 1609.344
    kilometres, knots = (numbers(quote)[0] for quote in quotes("wind"))
    assert knots * 1.852 == pytest.approx(kilometres, abs=0.5)
    exact = numbers(quotes("refit-cost")[0])[-1]
    assert round(exact) == numbers(quotes("refit-cost")[1])[-1]
    about, *counts = (numbers(quote)[-1] for quote in quotes("people-aboard"))
    assert set(counts) == {214}
    assert round(214, -1) == about
    passengers, crew = numbers(quotes("passengers-and-people")[0])[-2:]
    assert passengers + crew == 214
    entered, age = (numbers(quote)[0] for quote in quotes("age"))
    assert entered + age == 2026


def test_agency_copy_is_shared_by_two_outlets_alone() -> None:
    paragraphs = {
        name: [part for part in text.split("\n\n") if len(part) > 75] for name, text in TEXTS.items()
    }
    shared: Counter[frozenset[str]] = Counter()
    for one, other in combinations(sorted(TEXTS), 2):
        for here in paragraphs[one]:
            ratios = [
                SequenceMatcher(None, here, there, autojunk=False).ratio() for there in paragraphs[other]
            ]
            shared[frozenset((one, other))] += max(ratios) > 0.85
    pair = frozenset(("radio-velmark.txt", "velmark-tribune.txt"))
    assert shared[pair] >= 4
    assert shared.total() == shared[pair]


def test_pages_bring_furniture_along() -> None:
    everything = "\n".join(TEXTS.values())
    for mark in (r"^By \w", r"^Posted on : 2026-", r"^Most read$", r"\(Photo: ", r"^[A-Z ]+ — "):
        assert re.search(mark, everything, re.MULTILINE), mark


def test_readme_explains_every_key_kind_type_and_file() -> None:
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    models = (Gold, GoldConflict, HardNegative, GoldSide, Listed)
    keys = {key for model in models for key in model.model_fields} - {"speakers"}
    for word in [*keys, *ConflictKind, *TYPES, *get_args(Difficulty), *TEXTS]:
        assert f"`{word}`" in readme, word
    for listed in LISTED.values():
        assert listed.outlet in readme
