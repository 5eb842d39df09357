"""index.html over a batch: the worst of all stories, a line for each, and links that stay where they are."""

import re
from datetime import UTC, date, datetime

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.report import IndexEntry, index_entry, render_html, render_index, render_markdown
from pipeline.report.index import unreported
from pipeline.report.passage import Part
from pipeline.report.worst import LONGEST, WORST, shortened, worst
from schemas.article import Skipped
from schemas.contradiction import ConflictKind, Severity
from schemas.decision import DecidedSide, Decision, Ruling
from schemas.report import Report
from tests import sample_report as sample
from tests.hostile_report import TakenApart, anything, with_text

FINDING = re.compile(r"<li data-finding.*?</li>\n(?=<li data-finding|</ol>)", re.DOTALL)


def decided(report: Report, **rulings: Ruling | None) -> tuple[Decision, ...]:
    """Return a decision on each finding that is named by its id."""
    return tuple(
        Decision(
            finding_id=finding.id,
            ruling=rulings[finding.id],
            note="Look again." if rulings[finding.id] is None else "",
            decided_at=datetime(2031, 3, 8, tzinfo=UTC),
            kind=finding.kind,
            relation=finding.relation,
            sides=(
                DecidedSide(article=finding.sides[0].article_id, quote=finding.sides[0].quote),
                DecidedSide(article=finding.sides[1].article_id, quote=finding.sides[1].quote),
            ),
        )
        for finding in report.contradictions
        if finding.id in rulings
    )


def with_findings(story: str, *confidences: float, kind: ConflictKind = ConflictKind.quantity) -> Report:
    """Return a story with a contradiction of each confidence, ``f0`` the first."""
    full = sample.sample_report(story=story)
    found = tuple(
        full.contradictions[0].model_copy(update={"id": f"f{i}", "confidence": confidence, "kind": kind})
        for i, confidence in enumerate(confidences)
    )
    return full.model_copy(update={"contradictions": found})


def links(html: str) -> list[str]:
    """Return where the findings that are shown at first lead to, in order."""
    shown = [item for item in FINDING.findall(html) if " hidden>" not in item.split("\n", 1)[0]]
    return [re.findall(r'<h3><a href="([^"]*)"', item)[0] for item in shown]


def row(html: str, name: str) -> str:
    """Return the text of a story's line."""
    [found] = [part for part in re.findall(r"<tr role.*?</tr>", html, re.DOTALL) if f">{name}<" in part]
    return " ".join(TakenApart(found).text.split())


def test_the_index_puts_the_gravest_first_and_links_safely() -> None:
    troubled = sample.troubled_report(story="Calm")
    html = render_index(
        [
            index_entry(troubled, "calm/report.html"),
            index_entry(sample.sample_report(), "javascript:alert(1)/100% #?/report.html"),
            IndexEntry(name="empty <b>folder</b>", problem="No articles were found in it."),
        ]
    )
    page = TakenApart(html)
    table = html[html.index("<tbody") :]
    assert re.findall(r'href="([^"]*)"', table) == [
        "./javascript%3Aalert%281%29/100%25%20%23%3F/report.html",
        "./calm/report.html",
    ]
    stories = page.text[page.text.index("All stories") :]
    places = [stories.rindex(name) for name in ("empty <b>folder</b>", "The Veldrik crane", "Calm")]
    assert places == sorted(places)
    assert "No report. No articles were found in it." in page.text
    assert "2 stories are incomplete, 1 of them without a report" in page.text


def test_an_index_entry_counts_what_its_report_holds() -> None:
    entry = index_entry(sample.sample_report(), "x/report.html")
    assert entry.severities == {Severity.high: 1, Severity.medium: 1, Severity.low: 0}
    assert (entry.contradicted, entry.unsupported, entry.errors, entry.is_complete) == (2, 7, 0, True)
    assert (entry.updates, entry.speakers_differ, entry.findings, entry.decided) == (1, 1, 4, 0)
    assert entry.latest == date(2031, 3, 6)
    assert index_entry(sample.troubled_report(), "x").errors == 5
    assert not index_entry(sample.troubled_report(), "x").is_complete
    assert index_entry(sample.sample_report(articles=()), "x").latest is None


def test_index_page_and_text_count_the_same_errors() -> None:
    report = sample.troubled_report(story="Torn")
    page = TakenApart(render_html(report))
    assert "Errors 5" in " ".join(page.text.split())
    assert "Errors5" in "".join(page.by_id["run"].split())
    assert "errors: 5" in render_markdown(report)
    html = render_index([index_entry(report, "torn/report.html")])
    assert ("errors", "5") in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html)
    assert re.findall(r'data-name="Errors">(.*?)<', html) == ["5"]


def test_a_story_of_a_batch_leads_back_to_the_index() -> None:
    back = '<a href="../index.html">All stories</a>'
    assert back in render_html(sample.sample_report(), index_href="../index.html")
    assert "All stories" not in TakenApart(render_html(sample.sample_report())).text


def test_an_index_of_nothing_is_a_page() -> None:
    assert "0 stories" in TakenApart(render_index([])).text


def test_the_totals_are_those_of_all_stories() -> None:
    html = render_index(
        [index_entry(sample.sample_report(story=name), f"{name}/report.html") for name in ("a", "b", "c")]
    )
    text = " ".join(TakenApart(html).text.split())
    assert "6 contradictions, in 3 stories: 3 high, 3 medium in severity." in text
    assert re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html) == [
        ("articles", "12"),
        ("claims", "42"),
        ("contradictions", "6"),
        ("updates", "3"),
        ("points on which speakers differ", "3"),
        ("unsupported claims", "21"),
        ("errors", "0"),
    ]
    assert "incomplete" not in text


def test_a_story_that_was_not_checked_completely_says_what_is_missing() -> None:
    report = sample.troubled_report(
        story="Torn", skipped=(Skipped(path="a/b.txt", reason="no text", is_lost=True),)
    )
    told = row(render_index([index_entry(report, "torn/report.html")]), "Torn")
    assert "Not checked completely." in told
    assert "3 sentences of 21 could not be read for claims." in told
    assert "1 input could not be read." in told
    assert "what follows" not in told


def test_a_batch_in_which_nothing_was_checked_is_not_said_to_be_free_of_contradictions() -> None:
    nothing = render_index([IndexEntry(name="a", problem="The endpoint gave out.")])
    assert "so nothing can be said" in TakenApart(nothing).text
    troubled = render_index([index_entry(sample.troubled_report(), "a/report.html")])
    assert "No contradictions in what was checked, but not everything was." in TakenApart(troubled).text


def test_the_worst_findings_of_all_stories_come_strongest_first() -> None:
    html = render_index(
        [
            index_entry(with_findings("one", 0.4, 0.9), "one/report.html"),
            index_entry(with_findings("two", 0.95, 0.5), "two/report.html"),
        ]
    )
    assert links(html) == [
        "./two/report.html#finding-f0",
        "./one/report.html#finding-f1",
        "./two/report.html#finding-f1",
        "./one/report.html#finding-f0",
    ]
    first = " ".join(TakenApart(FINDING.findall(html)[0]).text.split())
    assert "Numbers differ in two: Veldrik Courier and The Harbour Ledger" in first
    assert "High severity".casefold() in first.casefold()
    assert "confidence very likely, 95 %" in first
    assert "killing two dockers." in first
    assert "<mark>Three dockers</mark>" in FINDING.findall(html)[0]


def test_updates_are_not_among_the_worst() -> None:
    html = render_index([index_entry(sample.sample_report(), "a/report.html")])
    assert links(html) == ["./a/report.html#finding-c1", "./a/report.html#finding-c2"]


def test_what_was_dismissed_does_not_come_back_and_what_was_accepted_comes_last() -> None:
    report = with_findings("one", 0.9, 0.8, 0.7, 0.6)
    known = decided(report, f0=Ruling.accepted, f1=Ruling.dismissed, f2=None)
    entry = index_entry(report, "one/report.html", known)
    html = render_index([entry, index_entry(with_findings("two", 0.5), "two/report.html")])
    assert [link.rpartition("-")[2] for link in links(html)] == ["f2", "f3", "f0", "f0"]
    assert links(html)[2:] == ["./two/report.html#finding-f0", "./one/report.html#finding-f0"]
    assert "accepted" in FINDING.findall(html)[-1]
    assert "2 of 4" in row(html, "one")
    assert "1 dismissed" in row(html, "one")
    assert "0 of 1" in row(html, "two")
    text = " ".join(TakenApart(html).text.split())
    assert "2 of 5 findings are decided; 1 contradiction was dismissed and is left out here." in text


def test_a_story_whose_findings_are_all_decided_comes_after_one_with_an_open_one() -> None:
    done, still = with_findings("done", 0.9, 0.9), with_findings("still", 0.3)
    entries = [
        index_entry(done, "done/report.html", decided(done, f0=Ruling.accepted, f1=Ruling.dismissed)),
        index_entry(still, "still/report.html"),
    ]
    table = render_index(entries).split("<tbody", 1)[1]
    assert table.index(">still<") < table.index(">done<")


def test_a_decision_on_what_is_no_longer_there_counts_for_nothing() -> None:
    before = with_findings("one", 0.9, 0.8)
    known = decided(before, f0=Ruling.dismissed, f1=Ruling.dismissed)
    entry = index_entry(with_findings("one", 0.9), "one/report.html", known)
    assert (entry.decided, entry.findings, entry.dismissed) == (1, 1, 1)


def test_the_list_is_short_and_holds_the_strongest_of_each_kind_for_a_filter() -> None:
    many = with_findings("many", *(0.9 - i / 1000 for i in range(2 * WORST)))
    places = with_findings("places", *(0.1 for _ in range(3)), kind=ConflictKind.place)
    html = render_index([index_entry(many, "m/report.html"), index_entry(places, "p/report.html")])
    assert links(html) == [f"./m/report.html#finding-f{i}" for i in range(WORST)]
    assert len(FINDING.findall(html)) == WORST + 3
    assert f"The strongest {WORST} of {2 * WORST + 3} contradictions" in TakenApart(html).text


@given(st.lists(st.sampled_from(ConflictKind), max_size=200))
def test_the_first_are_the_strongest_and_no_kind_is_missing(kinds: list[ConflictKind]) -> None:
    ranked = list(enumerate(kinds))
    shown, first = worst(ranked, lambda one: one[1])
    assert shown[:first] == ranked[:WORST]
    assert shown == sorted(shown)
    for kind in set(kinds):
        of_kind = [one for one in ranked if one[1] is kind]
        assert [one for one in shown if one[1] is kind][:WORST] == of_kind[:WORST]


@given(st.lists(st.builds(Part, st.text(min_size=1, max_size=400), st.booleans()), max_size=12))
def test_a_long_quote_is_cut_and_keeps_what_differs_marked(quote: list[Part]) -> None:
    short = shortened(quote)
    if sum(len(part.text) for part in quote) <= LONGEST:
        assert short == tuple(quote)
    else:
        assert sum(len(part.text) for part in short) <= LONGEST + 1
    assert [part.differs for part in short] == [part.differs for part in quote[: len(short)]]
    for part, whole in zip(short, quote, strict=False):
        for piece in part.text.split("…"):
            assert piece.strip() in whole.text


def test_what_differs_is_seen_wherever_it_stands_in_a_long_quote() -> None:
    quote = [
        Part("word " * 100, differs=False),
        Part("eleven", differs=True),
        Part(" word" * 100, differs=False),
    ]
    short = shortened(quote)
    assert Part("eleven", differs=True) in short
    assert short[0].text.startswith("…")
    assert short[-1].text.endswith("…")


def test_a_story_is_found_by_its_outlets_and_by_every_word_of_its_quotes() -> None:
    words = index_entry(sample.sample_report(), "x").words.split()
    assert {"Northsea", "Wednesday", "inspected", "Monday."} <= set(words)
    assert len(words) == len(set(words))


@given(anything)
@example("\udd00")
@settings(deadline=None, max_examples=50)
def test_foreign_text_is_no_markup(hostile: str) -> None:
    report = with_text(hostile)
    calm = with_text("calm")
    entries = [index_entry(report, f"{hostile}/report.html"), IndexEntry(name=hostile, problem=hostile)]
    html = render_index(entries)
    like = render_index([index_entry(calm, "calm/report.html"), IndexEntry(name="calm", problem="calm")])
    assert TakenApart(html).tags == TakenApart(like).tags
    assert [(entry.name, entry.problem) for entry in unreported(html)] == [(hostile, hostile)]


def test_an_index_that_says_nothing_of_unreported_stories_gives_none() -> None:
    assert unreported("") == ()
    assert unreported("<p>mine</p>") == ()
    for damaged in ("[", "5", '["ab", "c"]', "null"):
        assert unreported(f'<script type="application/json" id="unreported">{damaged}</script>') == ()
