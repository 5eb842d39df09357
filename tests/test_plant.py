"""Conflicts planted in a story: true ones, listed with all that they conflict with, and scored."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from benchmarks.plant import main, plant
from benchmarks.planting.candidates import Candidate, candidates
from benchmarks.planting.planted import Counterpart, Plant, Rewritten, read_planted
from benchmarks.plantscore import Score, read_judged, score
from pipeline.errors import InputError
from pipeline.ingest import ingest
from pipeline.store import write_report
from schemas.article import Article
from schemas.contradiction import ConflictKind, Contradiction, Relation, Severity, Side
from schemas.record import Span
from schemas.report import Coverage, Report, ReportArticle, RunInfo
from tests.stories import article

EXAMPLE = Path(__file__).parents[1] / "examples" / "ellen-marrick"
COURIER = """Mill burns at Harborough

The county sent 46 firefighters to the burning cotton mill at Harborough.

The mill was opened in 1884 by the weaver Ines Corvane and her sister.

“We heard the roof come down and saw the sparks fly over the river,” said Lena Frost.

The owner had insured the mill against fire with the Borough Company.
"""
HERALD = """A night of fire

As many as the county has, 46 firefighters from the county were sent to the burning cotton mill.

The weaver Ines Corvane opened the mill in 1884, before the railway came.

“We heard the roof come down and saw the sparks fly over the river,” said Lena Frost by the bridge.

Paul Tarn, the mayor, said that the owner had insured the mill against fire.

“Nobody here slept that night, and nobody wanted to,” said Oda Brill.
"""


@pytest.fixture
def story(tmp_path: Path) -> Path:
    folder = tmp_path / "mill"
    folder.mkdir()
    (folder / "courier.txt").write_text(COURIER, encoding="utf-8", newline="\r\n")
    (folder / "herald.md").write_text(f"---\noutlet: The Herald\n---\n{HERALD}", encoding="utf-8")
    (folder / "story.toml").write_text(
        '[articles."courier.txt"]\noutlet = "The Courier"\npublished = 2031-05-05\n', encoding="utf-8"
    )
    (folder / "gold.json").write_text("{}", encoding="utf-8")
    return folder


def found(first: str, second: str, kind: str = "", seed: int = 0) -> list[Candidate]:
    """Return the plants that two articles allow, those of one kind where it is given."""
    return of(kind, (article(first, "first"), article(second, "second")), seed)


def of(kind: str, articles: Sequence[Article], seed: int = 0) -> list[Candidate]:
    return [c for c in candidates(articles, Random(seed)) if not kind or c.kind.value == kind]


def test_a_story_is_written_with_its_edits_and_nothing_else_changed(story: Path, tmp_path: Path) -> None:
    plants = plant(story, tmp_path / "out", seed=1)
    assert {p.kind.value for p in plants} >= {"quantity", "date", "attribution"}
    assert read_planted(tmp_path / "out") == plants
    for name in ("courier.txt", "herald.md"):
        text = (story / name).read_bytes().decode()
        for p in plants:
            if p.article == name:
                assert text.count(p.original) == 1
                text = text.replace(p.original, p.edited)
                for also in p.also:
                    text = text.replace(also.original, also.edited)
        assert (tmp_path / "out" / name).read_bytes().decode() == text
    assert (tmp_path / "out" / "story.toml").read_bytes() == (story / "story.toml").read_bytes()
    assert not (tmp_path / "out" / "gold.json").exists()


def test_the_edited_story_reads_as_the_unedited_one(story: Path, tmp_path: Path) -> None:
    plants = plant(story, tmp_path / "out", seed=3)
    before, after = ingest([story])[0].articles, ingest([tmp_path / "out"])[0].articles
    for one, other in zip(before, after, strict=True):
        assert (one.outlet, one.published) == (other.outlet, other.published)
        assert len(one.sentences) == len(other.sentences)
    quotes = {(Path(a.path).name, a.quote(s.span)) for a in after for s in a.sentences}
    for p in plants:
        assert (p.article, p.edited) in quotes
        assert {(c.article, c.quote) for c in p.counterparts} <= quotes
        assert all(c.article != p.article for c in p.counterparts)


def test_a_seed_makes_the_same_story_and_another_another(story: Path, tmp_path: Path) -> None:
    one = plant(story, tmp_path / "one", seed=1)
    assert one == plant(story, tmp_path / "again", seed=1)
    others = [plant(story, tmp_path / str(seed), seed=seed) for seed in range(2, 6)]
    texts = {tuple(p.edited for p in plants) for plants in (one, *others)}
    assert len(texts) > 1


def test_no_more_than_asked_for_and_apart_from_each_other(story: Path, tmp_path: Path) -> None:
    assert len(plant(story, tmp_path / "two", seed=1, most=2)) == 2
    for seed in range(3):
        plants = plant(EXAMPLE, tmp_path / str(seed), seed=seed)
        edited = [(p.article, text) for p in plants for text in (p.original, *(a.original for a in p.also))]
        assert len(plants) >= 6
        assert len(edited) == len(set(edited))
        facing = {(c.article, c.quote) for p in plants for c in p.counterparts}
        assert facing.isdisjoint(edited)


def test_the_counterparts_are_all_that_state_the_fact() -> None:
    first = "The county sent 46 firefighters to the burning mill."
    others = [
        article("By midnight 46 firefighters were at the burning mill.\n", "second"),
        article("The county had 46 firefighters at the burning mill.\n", "third"),
        article("The county has 46 schools.\n", "fourth"),
    ]
    quantity = of("quantity", [article(first, "first"), *others])[0]
    named = {line.article.name for line in (*quantity.counterparts, *quantity.unsure)}
    assert quantity.rewrites[0].line.article.name == "first"
    assert named == {"second", "third"}


def test_a_rounded_number_conflicts_too() -> None:
    first = article("The ferry had 214 people aboard when she struck the reef.", "first")
    second = article("There were 214 people aboard the ferry.", "second")
    third = article("Some 210 people were aboard the ferry.", "third")
    plants = [c for c in of("quantity", [first, second, third]) if c.rewrites[0].line.article.name == "first"]
    assert [line.article.name for line in plants[0].counterparts] == ["second"]
    assert [line.article.name for line in plants[0].unsure] == ["third"]


def test_a_fact_told_twice_is_changed_twice() -> None:
    first = (
        "The county sent 46 firefighters to the burning mill.\n\n"
        "When the roof fell, all 46 firefighters at the mill were in the yard.\n\n"
        "Later 46 firefighters slept in the burning mill’s office."
    )
    plants = found(first, "The county sent 46 firefighters to the burning mill on Monday.", "quantity")
    mine = [c for c in plants if c.rewrites[0].line.article.name == "first"]
    for candidate in mine:
        assert len(candidate.rewrites) >= 2
        assert len({rewrite.edit.after for rewrite in candidate.rewrites}) == 1


def test_a_number_whose_parts_are_told_too_is_left() -> None:
    second = "The ferry had 214 people aboard when she struck the reef."
    plain = "The ferry had 214 people aboard when she struck the reef that night."
    parts = f"{plain}\n\nShe carried 187 passengers and 27 sailors."
    mine = [c.rewrites[0].line.article.name for c in found(plain, second, "quantity")]
    assert "first" in mine
    mine = [c.rewrites[0].line.article.name for c in found(parts, second, "quantity")]
    assert "first" not in mine


def test_a_person_is_renamed_throughout_an_article() -> None:
    first = (
        "Captain Ines Corvane was in command of the ferry that night.\n\n"
        "“She kept calm,” said a passenger of Corvane.\n\nThe ferry sank."
    )
    plants = found(first, "In command of the ferry that night was Captain Ines Corvane.", "entity")
    mine = next(c for c in plants if c.rewrites[0].line.article.name == "first")
    assert len(mine.rewrites) == 2
    assert all("Corvane" not in rewrite.edited for rewrite in mine.rewrites)


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        # The same number of other things, and the same day of other events.
        (
            "The county sent 46 firefighters to the mill.",
            "The county has 46 firefighters on leave.",
            "quantity",
        ),
        ("The mill burned down on Tuesday night.", "The town council sits on Tuesday night.", "date"),
        # Two briefings may be on two days.
        (
            "The mill was lost, the county said on Tuesday.",
            "The mill was lost, the county said on Tuesday.",
            "date",
        ),
        # A denial of what another only thinks possible is no conflict.
        (
            "The ministry’s inspectors had seen the cracked boiler plate.",
            "The ministry’s inspectors may have seen the cracked boiler plate.",
            "polarity",
        ),
        # Two people may say two things.
        (
            "Ines Corvane said that the inspectors had seen the cracked boiler plate.",
            "Paul Tarn said that the inspectors had seen the cracked boiler plate.",
            "polarity",
        ),
    ],
)
def test_what_is_not_surely_one_fact_is_left(first: str, second: str, kind: str) -> None:
    assert found(first, second, kind) == []


def test_a_toll_of_another_day_is_left() -> None:
    text = "The fire at the mill killed 12 people."
    day = article(text, "second").published
    assert day is not None
    same = of("quantity", [article(text, "first"), article(f"{text} ", "second")])
    later = article(f"{text} ", "second", published=day.replace(day=day.day + 1))
    assert same
    assert of("quantity", [article(text, "first"), later]) == []


QUOTE = "“We heard the roof come down and saw the sparks fly over the river,”"


def test_a_quotation_is_given_to_another_speaker_of_the_story() -> None:
    first = f"{QUOTE} said Lena Frost.\n\nThe roof is gone."
    second = f"{QUOTE} said Lena Frost.\n\n“Nobody slept here, and nobody wanted to,” said Oda Brill."
    edits = {rewrite.edited for c in found(first, second, "attribution") for rewrite in c.rewrites}
    assert edits == {f"{QUOTE} said Oda Brill."}


def test_a_quotation_is_given_to_nobody_who_says_much_the_same() -> None:
    first = f"{QUOTE} said Lena Frost.\n\nThe roof is gone."
    second = f"{QUOTE} said Lena Frost.\n\n“I heard the roof come down, and I saw sparks,” said Oda Brill."
    assert found(first, second, "attribution") == []


@pytest.mark.parametrize(
    "first",
    [
        f"{QUOTE} said Lena Frost. “It was dreadful to see it all,” she added.",
        f"{QUOTE} said Lena Frost, a neighbour.",
        f"{QUOTE} said Lena Frost, who lost her home.",
        f"{QUOTE} she said.",
    ],
)
def test_a_speaker_that_more_hangs_on_is_left(first: str) -> None:
    second = f"{QUOTE} said Lena Frost by the bridge.\n\n“Nobody slept, and nobody tried to,” said Oda Brill."
    mine = [c for c in found(first, second, "attribution") if c.rewrites[0].line.article.name == "first"]
    assert mine == []


def test_what_cannot_be_planted_in_says_why(story: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    with pytest.raises(InputError, match="not empty"):
        plant(story, tmp_path / "full", seed=1)
    with pytest.raises(InputError):
        plant(tmp_path / "nowhere", tmp_path / "out", seed=1)
    assert main([str(tmp_path / "nowhere"), str(tmp_path / "out")]) == 2


EDITED = "The county sent 19 firefighters to the mill."
PLANTS = (
    Plant(
        id="1-1",
        kind=ConflictKind.quantity,
        article="courier.txt",
        before="46",
        after="19",
        original="The county sent 46 firefighters to the mill.",
        edited=EDITED,
        also=(Rewritten(original="All 46 came back.", edited="All 19 firefighters came back."),),
        counterparts=(Counterpart(article="herald.txt", quote="There were 46 firefighters."),),
    ),
    Plant(
        id="1-2",
        kind=ConflictKind.date,
        article="herald.txt",
        before="1884",
        after="1879",
        original="The mill opened in 1884.",
        edited="The mill opened in 1879.",
        counterparts=(Counterpart(article="courier.txt", quote="It was opened in 1884 by a weaver."),),
    ),
)


def report(*pairs: tuple[str, str, str, str], relation: Relation = Relation.contradiction) -> Report:
    """Return a report with a flag for each (article, quote, article, quote)."""
    now = datetime(2031, 5, 5, tzinfo=UTC)
    articles = [
        ReportArticle(id=name, path=f"out/{name}.txt", title=None, outlet=None, published=None, origin=name)
        for name in ("courier", "herald")
    ]
    flags = [
        Contradiction(
            id=str(i),
            kind=ConflictKind.quantity,
            relation=relation,
            severity=Severity.high,
            confidence=0.5,
            reason="19 against 46",
            sides=(
                Side(article_id=a, span=Span(start=0, end=len(quote)), quote=quote),
                Side(article_id=b, span=Span(start=0, end=len(other)), quote=other),
            ),
        )
        for i, (a, quote, b, other) in enumerate(pairs)
    ]
    run = RunInfo(
        id="run",
        tool_version="0",
        model="none",
        prompts={},
        started_at=now,
        finished_at=now,
        calls=0,
        cached_calls=0,
        tokens_in=0,
        tokens_out=0,
        complete=True,
        coverage=Coverage(sentences=0, sentences_read=0, claims=0, claims_judged=0, errors=0),
    )
    return Report(run=run, articles=tuple(articles), claims=(), contradictions=tuple(flags))


HIT = ("herald", "There were 46 firefighters.", "courier", EDITED)
NEAR = ("courier", EDITED, "herald", "The weather was fine that day.")
OLD = ("courier", "The roof fell at nine o’clock.", "herald", "The roof fell at ten o’clock.")


def counts(given: Score) -> list[str]:
    return [flag.counts_as for flag in given.read]


def test_a_flag_on_both_sides_of_a_plant_finds_it_whichever_comes_first() -> None:
    result = score(PLANTS, report(HIT, NEAR), None, {})
    assert (result.found, result.planted, result.missed) == (1, 2, ("1-2",))
    assert result.by_kind == {"date": (0, 1), "quantity": (1, 1)}
    assert counts(result) == ["found", "false"]
    assert [flag.is_near for flag in result.read] == [False, True]
    assert (result.right, result.share_right) == (1, 0.5)
    also = ("courier", "All 19 firefighters came back.", *HIT[:2])
    assert score(PLANTS, report(also), None, {}).found == 1


def test_only_contradictions_are_flags_and_articles_must_be_the_right_ones() -> None:
    assert score(PLANTS, report(HIT, relation=Relation.update), None, {}).flags == 0
    turned = ("courier", HIT[1], "herald", EDITED)
    assert score(PLANTS, report(turned), None, {}).found == 0


def test_a_flag_of_the_control_is_right_once_it_was_judged_right(tmp_path: Path) -> None:
    control = report(OLD)
    unread = score(PLANTS, report(HIT, OLD), control, {})
    assert counts(unread) == ["found", "control"]
    assert (unread.right, unread.share_right, unread.share_right_of_new) == (1, 0.5, 1.0)
    for name, text in (
        ("judged.json", json.dumps([{"quotes": [OLD[3], OLD[1]], "right": True}])),
        ("judged.toml", f'[[flags]]\nquotes = ["{OLD[1]}", "{OLD[3]}"]\nright = true\n'),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        read = score(PLANTS, report(HIT, OLD), control, read_judged(tmp_path / name))
        assert counts(read) == ["found", "right"]
        assert read.share_right == 1.0
    wrong = score(PLANTS, report(HIT, OLD), control, {frozenset((OLD[1], OLD[3])): False})
    assert counts(wrong) == ["found", "wrong"]


def test_no_plants_and_no_flags_have_no_shares() -> None:
    result = score((), report(), None, {})
    assert (result.recall, result.share_right, result.share_right_of_new) == (None, None, None)


def test_a_judgement_of_another_form_is_refused(tmp_path: Path) -> None:
    (tmp_path / "judged.json").write_text('[{"right": true}]', encoding="utf-8")
    with pytest.raises(ValueError, match="quotes"):
        read_judged(tmp_path / "judged.json")


def test_the_command_plants_and_scores(
    story: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(story), str(tmp_path / "out"), "--seed", "1"]) == 0
    assert "planted" in capsys.readouterr().out
    first = read_planted(tmp_path / "out")[0]
    sides = (first.article, first.edited, first.counterparts[0].article, first.counterparts[0].quote)
    run = tmp_path / "run"
    run.mkdir()
    paths = report((Path(sides[0]).stem, sides[1], Path(sides[2]).stem, sides[3]))
    articles = [
        a.model_copy(update={"path": p})
        for a, p in zip(paths.articles, ("x/courier.txt", "x/herald.md"), strict=True)
    ]
    write_report(run, paths.model_copy(update={"articles": tuple(articles)}))
    assert main(["--score", str(tmp_path / "out"), str(run)]) == 0
    out = capsys.readouterr().out
    assert "plants found: 1 of" in out
    written = json.loads((run / "plantscore.json").read_text(encoding="utf-8"))
    assert written["found"] == written["right"] == 1
    assert main(["--score", str(tmp_path / "out"), str(tmp_path / "nowhere")]) == 2
