"""The timeline of a report: who published what first, as far as the dates tell it, and what was updated."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from pipeline.report import render_html
from pipeline.report.timeline import DAYS, timeline
from schemas.cluster import Cluster
from schemas.contradiction import Relation
from schemas.report import Report, ReportArticle
from tests import sample_report as sample

FIRST, SECOND, THIRD = (date(2031, 3, day) for day in (1, 2, 3))


def story(*published: date | None) -> Report:
    """Build a story in which all outlets say one and the same, published on these days."""
    articles = tuple(
        sample.article(f"a{i}", f"Outlet {i}", day, ("Crane", f"Now {i} are dead."))
        for i, day in enumerate(published)
    )
    claims = tuple(sample.claim(article, 2, "Some are dead.", sample.supported()) for article in articles)
    cluster = Cluster(
        id="k1",
        claim_ids=tuple(claim.id for claim in claims),
        article_ids=tuple(article.id for article in articles),
        text="Some are dead.",
    )
    made = sample.sample_report(articles=articles, claims=claims, contradictions=())
    return made.model_copy(update={"clusters": (cluster,)})


def updated(*published: date | None) -> Report:
    """Build a story of two articles, the first of which is the first side of an update."""
    made = story(*published)
    finding = sample.sample_report().contradictions[2]
    sides = tuple(sample.side(article, 2, str(i)) for i, article in enumerate(made.articles))
    return made.model_copy(update={"contradictions": (finding.model_copy(update={"sides": sides}),)})


def names(articles: tuple[ReportArticle, ...]) -> list[str]:
    return [article.id for article in articles]


def test_a_statement_stands_on_its_first_day_with_who_followed() -> None:
    found = timeline(story(SECOND, FIRST, THIRD, SECOND))
    assert [(day.day, names(day.articles)) for day in found.days] == [
        (FIRST, ["a1"]),
        (SECOND, ["a0", "a3"]),
        (THIRD, ["a2"]),
    ]
    (first,) = found.days[0].shown
    assert names(first.articles) == ["a1"]
    assert [(later.day, names(later.articles)) for later in first.later] == [
        (SECOND, ["a0", "a3"]),
        (THIRD, ["a2"]),
    ]
    assert not any(day.shown or day.folded for day in found.days[1:])


def test_who_was_first_on_a_shared_day_is_not_told() -> None:
    found = timeline(story(FIRST, FIRST, SECOND))
    assert names(found.days[0].shown[0].articles) == ["a0", "a1"]
    assert "all on this day: which was first is not known" in render_html(story(FIRST, FIRST, SECOND))


def test_an_article_without_a_date_could_have_been_first() -> None:
    report = story(FIRST, None, SECOND)
    found = timeline(report)
    assert names(found.undated) == ["a1"]
    assert found.untold == 1
    assert not any(day.shown or day.folded for day in found.days)
    assert "1 shared statement cannot be placed" in render_html(report)


def test_an_update_goes_from_old_to_new_whatever_its_sides() -> None:
    (update,) = timeline(updated(SECOND, FIRST)).updates
    assert (update.older.words, update.newer.words, update.is_ordered) == ("1", "0", True)
    (update,) = timeline(updated(FIRST, SECOND)).updates
    assert (update.older.words, update.newer.words, update.is_ordered) == ("0", "1", True)


def test_an_update_between_days_that_are_equal_or_unknown_has_no_direction() -> None:
    for published in ((FIRST, FIRST), (None, FIRST), (FIRST, None)):
        report = updated(*published)
        assert [update.is_ordered for update in timeline(report).updates] == [False]
        section = render_html(report).partition('id="timeline"')[2].partition("</section>")[0]
        assert "→" not in section
        assert "the dates do not tell which is newer" in section


def test_only_updates_are_updates() -> None:
    full = sample.sample_report()
    found = timeline(full)
    assert [update.finding.relation for update in found.updates] == [Relation.update]
    assert found.folded_updates == ()


def test_articles_without_a_date_come_with_what_to_do() -> None:
    for undated in (story(None, None), story(FIRST, None)):
        section = render_html(undated).partition('id="timeline"')[2].partition("</section>")[0]
        assert "story.toml" in section
        assert ("Day by day" in section) is any(article.published for article in undated.articles)
    assert "story.toml" not in render_html(story(FIRST, SECOND))


def test_a_statement_is_told_in_the_words_of_an_article_and_then_in_those_of_the_model() -> None:
    report = story(FIRST, SECOND)
    (first,) = timeline(report).days[0].shown
    assert (first.text, first.worded) == ("Now 0 are dead.", "Some are dead.")
    section = render_html(report).partition('id="timeline"')[2].partition("</section>")[0]
    assert section.index("“Now 0 are dead.”") < section.index("worded by the model:")
    assert section.index("worded by the model:") < section.index("Some are dead.")


def test_a_long_story_is_folded_and_loses_no_day() -> None:
    days = [date(2031, 3, 1 + i) for i in range(20)]
    report = story(*days)
    found = timeline(report)
    assert [day.day for day in (*found.days, *found.folded_days)] == days
    assert len(found.days) == DAYS
    assert "8 later days" in render_html(report)


@given(st.lists(st.sampled_from((None, FIRST, SECOND, THIRD)), min_size=2, max_size=6))
def test_every_article_is_on_its_day_and_nobody_is_before_the_first(published: list[date | None]) -> None:
    report = story(*published)
    found = timeline(report)
    told = [*found.undated, *(article for day in found.days for article in day.articles)]
    assert sorted(names(tuple(told))) == sorted(article.id for article in report.articles)
    statements = [(day.day, first) for day in found.days for first in (*day.shown, *day.folded)]
    assert len(statements) + found.untold == 1
    for day, first in statements:
        assert all(article.published == day for article in first.articles)
        assert [later.day for later in first.later] == sorted({d for d in published if d and d > day})
