"""One folder that holds several events is told so, and one event never is."""

import random
from itertools import groupby
from pathlib import Path

import pytest

from benchmarks.grouping.events import Hardness, Told, stream
from pipeline.grouping.events import events_apart
from pipeline.ingest import ingest
from pipeline.reading.sentences import split_sentences
from schemas.article import Article
from tests.commands import Serve, run_command
from tests.fake_endpoint import check_answer
from tests.test_group import BRIDGE, FERRY, FIRE

ROOT = Path(__file__).parents[1]
OURS = [ROOT / "examples" / "ellen-marrick", *sorted((ROOT / "benchmarks/stories/open").glob("*/"))]
HINT = "seem to tell of 2 events"


def read(told: Told, number: int) -> Article:
    return Article(
        id=f"a{number}",
        path=f"{number}.txt",
        name=str(number),
        title=told.title,
        outlet=told.outlet,
        published=told.published,
        text=told.text,
        sentences=split_sentences(told.text),
        language="en",
    )


@pytest.fixture(scope="module")
def events() -> list[list[Article]]:
    """Invented events, each told by 4 to 12 articles."""
    told = stream("measure", 30, Hardness(days=30, towns=40, most_told=12), 1)
    articles = [(one.event, read(one, number)) for number, one in enumerate(told)]
    found = [[article for _, article in of] for _, of in groupby(articles, key=lambda one: one[0])]
    return [event for event in found if len(event) > 3]


def test_one_event_is_never_taken_for_several(events: list[list[Article]]) -> None:
    assert len(events) > 20
    assert [events_apart(event) for event in events] == [()] * len(events)


def test_two_events_in_one_folder_are_told_apart(events: list[list[Article]]) -> None:
    draw = random.Random(7)
    pairs = [draw.sample(events, 2) for _ in range(20)]
    found = [told for one, other in pairs if (told := events_apart([*one[:5], *other[:3]]))]
    assert len(found) > 15  # some articles hardly say what they are about
    assert {len(told) for told in found} == {2}


@pytest.mark.parametrize("folder", OURS, ids=[folder.name for folder in OURS])
def test_a_story_of_several_days_is_one_event(folder: Path) -> None:
    [story] = ingest([folder])
    assert events_apart(story.articles) == ()


def write(folder: Path, *articles: tuple[str, str, str]) -> Path:
    folder.mkdir()
    for number, (outlet, title, text) in enumerate(articles):
        head = f"---\noutlet: {outlet}\ndate: 2031-05-06\n---\n# {title}"
        (folder / f"{number}.txt").write_text(f"{head}\n\n{text}\n", encoding="utf-8")
    return folder


def test_articles_in_two_languages_are_no_two_events(tmp_path: Path) -> None:
    [story] = ingest([write(tmp_path / "bridge", *BRIDGE)])
    assert len({article.language for article in story.articles}) == 2
    assert events_apart(story.articles) == ()


def test_check_says_so_before_it_begins(tmp_path: Path, serve: Serve) -> None:
    serve(check_answer)
    both, fire = write(tmp_path / "both", *FIRE, *FERRY), write(tmp_path / "fire", *FIRE)
    asked = ("--model", "m", "-o", tmp_path / "out")
    told = run_command("check", both, *asked)
    assert told.code == 0
    assert told.err.startswith(f"these 5 articles {HINT} (3 and 2 of them); 'storycheck group' makes a story")
    assert HINT in run_command("check", both, *asked, "--dry-run").err
    for given in ((both, "-q"), (both, fire), (both / "0.txt", "--against", both)):
        assert HINT not in run_command("check", *given, "--model", "m", "-o", tmp_path / "other").err
