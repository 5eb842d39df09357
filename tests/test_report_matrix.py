"""The matrix of a report: its points by its outlets, who conflicts, who agrees, who is silent."""

import re
from datetime import date
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from pipeline.report import render_html
from pipeline.report.matrix import ALL_COLUMNS, ROWS, Matrix, Row, State, matrix
from schemas.cluster import Cluster
from schemas.contradiction import ConflictKind, Contradiction, Relation, Severity, Side
from schemas.report import Report, ReportArticle, ReportClaim
from tests import sample_report as sample

WORDS = ("two", "three", "four")


def finding(
    name: str,
    one: Side,
    other: Side,
    kind: ConflictKind = ConflictKind.quantity,
    relation: Relation = Relation.contradiction,
) -> Contradiction:
    return Contradiction(
        id=name,
        kind=kind,
        relation=relation,
        severity=Severity.high,
        confidence=0.9,
        reason="They differ.",
        sides=(one, other),
    )


def outlets(*sentences: str) -> tuple[ReportArticle, ...]:
    """Build an article of one sentence for each of ``sentences``, published in that order."""
    return tuple(
        sample.article(f"a{day}", f"Outlet {day}", date(2031, 3, day), ("Crane", text))
        for day, text in enumerate(sentences, start=1)
    )


def report_of(
    articles: tuple[ReportArticle, ...],
    *findings: Contradiction,
    claims: tuple[ReportClaim, ...] = (),
    clusters: tuple[Cluster, ...] = (),
) -> Report:
    made = sample.sample_report(articles=articles, claims=claims, contradictions=findings)
    return made.model_copy(update={"clusters": clusters})


def agreeing(name: str, *claims: ReportClaim, origins: int = 1) -> Cluster:
    return Cluster(
        id=name,
        claim_ids=tuple(claim.id for claim in claims),
        article_ids=tuple(claim.article_id for claim in claims),
        origins=origins,
        text=claims[0].text,
    )


def seen(row: Row, found: Matrix) -> dict[str, tuple[State, str]]:
    """Return what a row says of each outlet that is not silent."""
    return {
        ", ".join(found.all_columns[number].names): (cell.state, "".join(cell.letters))
        for number, cell in row.cells.items()
    }


def test_the_sample_story_at_a_glance() -> None:
    found = matrix(sample.sample_report())
    assert [column.names for column in found.columns] == [
        ("Veldrik Courier",),
        ("Northsea Wire", "morning"),  # near-copies share a column
        ("The Harbour Ledger",),
    ]
    assert found.columns[1].published == date(2031, 3, 5)  # the other has no date
    dead, day, closure, inspected, *agreed = found.rows
    assert seen(dead, found) == {
        "Veldrik Courier": (State.conflicts, "A"),
        "The Harbour Ledger": (State.conflicts, "B"),
    }
    assert [(position.letter, position.words) for position in dead.positions] == [
        ("A", "two dockers"),
        ("B", "Three dockers"),
    ]
    assert seen(day, found)["Northsea Wire, morning"] == (State.conflicts, "B")
    assert {cell.state for cell in closure.cells.values()} == {State.update}
    assert {cell.state for cell in inspected.cells.values()} == {State.speakers_differ}
    assert [row.origins for row in agreed] == [2, 1]
    assert agreed[1].speaker == "harbour master Jonna Teek"
    assert not found.rest
    assert not found.silent


def test_a_row_tells_a_sentence_and_names_the_words_of_the_model_as_such() -> None:
    one, two = articles = outlets("It wants to buy shells.", "Shells are what it wants.")
    said = [sample.claim(article, 2, "It sells shells.", sample.supported()) for article in articles]
    clusters = (agreeing("k1", *said),)
    report = report_of(articles, claims=tuple(said), clusters=clusters)
    (row,) = matrix(report).rows
    assert (row.text, row.worded) == ("It wants to buy shells.", "It sells shells.")
    section = render_html(report).partition('id="matrix"')[2].partition("</section>")[0]
    told = [section.index(text) for text in ("“It wants to buy", "worded by the model:", "It sells")]
    assert told == sorted(told)
    own = tuple(claim.model_copy(update={"is_verbatim": True}) for claim in said)
    section = render_html(report_of(articles, claims=own, clusters=clusters))
    assert "worded by the model" not in section
    sides = sample.side(one, 2, "buy", claim_id=said[0].id), sample.side(two, 2, "wants")
    (row,) = matrix(report_of(articles, finding("f1", *sides), claims=tuple(said))).rows
    assert (row.text, row.worded) == ("It wants to buy shells.", "It sells shells.")


def test_the_letter_of_a_quotation_is_its_speaker() -> None:
    one, two = articles = outlets("It would break the law, Kirby said.", "It would break the law, she said.")
    said = sample.claim(one, 2, "It would break the law.", sample.supported(), speaker="Kirby")
    sides = sample.side(one, 2, claim_id=said.id), sample.side(two, 2, "she")
    (row,) = matrix(report_of(articles, finding("f1", *sides, ConflictKind.attribution), claims=(said,))).rows
    assert [position.words for position in row.positions] == ["Kirby", "she"]
    (row,) = matrix(report_of(articles, finding("f1", *sides), claims=(said,))).rows
    assert row.positions[0].words == "It would break the law, Kirby said."


def test_who_stands_with_whom_is_told_by_letters() -> None:
    one, two, three = articles = outlets("Now two are dead.", "Still two are dead.", "Now three are dead.")
    found = matrix(
        report_of(
            articles,
            finding("f1", sample.side(one, 2, "two"), sample.side(three, 2, "three")),
            finding("f2", sample.side(two, 2, "two"), sample.side(three, 2, "three")),
        )
    )
    (row,) = found.rows
    assert seen(row, found) == {
        "Outlet 1": (State.conflicts, "A"),
        "Outlet 2": (State.conflicts, "A"),
        "Outlet 3": (State.conflicts, "B"),
    }


def test_an_outlet_takes_a_side_only_if_it_has_the_words_that_differ() -> None:
    one, *_, four = articles = outlets(
        "Now two are dead.", "It says two are dead.", "Several are dead.", "Now nine are dead."
    )
    said = [sample.claim(article, 2, f"Dead, says {article.id}.", sample.supported()) for article in articles]
    found = matrix(
        report_of(
            articles,
            finding("f1", sample.side(one, 2, "two", claim_id=said[0].id), sample.side(four, 2, "nine")),
            claims=tuple(said),
            clusters=(agreeing("k1", *said[:3]),),
        )
    )
    (row,) = found.rows
    assert seen(row, found) == {
        "Outlet 1": (State.conflicts, "A"),
        "Outlet 2": (State.asserts, "A"),
        "Outlet 3": (State.asserts, ""),
        "Outlet 4": (State.conflicts, "B"),
    }


def test_two_things_in_one_sentence_are_two_points() -> None:
    one, two, three = articles = outlets(
        "On Monday two died and nine were hurt.", "On Sunday three died.", "Eight were hurt."
    )
    found = matrix(
        report_of(
            articles,
            finding("f1", sample.side(one, 2, "two"), sample.side(two, 2, "three")),
            finding("f2", sample.side(one, 2, "nine"), sample.side(three, 2, "Eight")),
            finding("f3", sample.side(one, 2, "Monday"), sample.side(two, 2, "Sunday"), ConflictKind.date),
        )
    )
    assert [row.finding.id for row in found.rows if row.finding] == ["f1", "f2", "f3"]
    assert all(len(row.cells) == 2 for row in found.rows)


def test_contradictions_come_first_then_the_rest_then_agreements_by_origins() -> None:
    one, two, three = articles = outlets("Now two are dead.", "Now three are dead.", "All is calm.")
    said = [sample.claim(article, 2, f"Calm, says {article.id}.", sample.supported()) for article in articles]
    weak = finding("f1", sample.side(one, 1), sample.side(three, 1), relation=Relation.speakers_differ)
    strong = finding("f2", sample.side(one, 2, "two"), sample.side(two, 2, "three"))
    found = matrix(
        report_of(
            articles,
            weak,
            strong,
            claims=tuple(said),
            clusters=(agreeing("k1", *said[:2]), agreeing("k2", *said[1:], origins=2)),
        )
    )
    assert [row.finding.id if row.finding else row.origins for row in found.rows] == ["f2", "f1", 2, 1]


def test_near_copies_alone_are_no_agreement_but_their_conflict_is_shown() -> None:
    one, two = (
        article.model_copy(update={"origin": "wire"}) for article in outlets("Two died.", "Three died.")
    )
    said = [
        sample.claim(article, 2, f"Dead, says {article.id}.", sample.supported()) for article in (one, two)
    ]
    cluster = agreeing("k1", *said)
    assert matrix(report_of((one, two), claims=tuple(said), clusters=(cluster,))).rows == ()
    found = matrix(
        report_of((one, two), finding("f1", sample.side(one, 2, "Two"), sample.side(two, 2, "Three")))
    )
    assert seen(found.rows[0], found) == {"Outlet 1, Outlet 2": (State.conflicts, "AB")}


def test_a_large_story_keeps_its_table_small_and_loses_nothing() -> None:
    articles = tuple(
        sample.article(f"a{i}", f"Outlet {i}", None, ("Crane", f"Now {i} are dead.")) for i in range(70)
    )
    findings = [
        finding(f"f{i}", sample.side(articles[i], 2, str(i)), sample.side(articles[i + 1], 2, str(i + 1)))
        for i in range(0, 66, 2)
    ]
    found = matrix(report_of(articles, *findings))
    assert len(found.rows) <= ROWS
    assert found.rest
    assert len(found.columns) > ALL_COLUMNS
    assert [row.finding.id for row in (*found.rows, *found.rest) if row.finding] == [f.id for f in findings]
    assert set(found.columns) | set(found.silent) == set(found.all_columns)
    assert {number for row in found.rows for number in row.cells} == {c.number for c in found.columns}
    text = render_html(report_of(articles, *findings))
    assert f"{len(found.rest)} more points, as a list" in text
    assert "Outlet 69" in text[text.index('id="matrix"') :]


@st.composite
def stories(draw: st.DrawFn) -> Report:
    """Draw a story of up to five outlets with any findings and clusters between them."""
    articles = tuple(
        sample.article(
            f"a{i}",
            f"Outlet {i}",
            draw(st.sampled_from((None, date(2031, 3, 1), date(2031, 3, 2)))),
            ("Crane", f"Here {draw(st.sampled_from(WORDS))} died.", "There two were hurt."),
            origin=f"o{draw(st.integers(0, 3))}",
        )
        for i in range(draw(st.integers(2, 5)))
    )
    claims = tuple(
        sample.claim(article, number, f"Claim {number} of {article.id}.", sample.supported())
        for article in articles
        for number in (2, 3)
    )
    pairs = st.permutations(range(len(articles)))

    def side(article: ReportArticle) -> Side:
        number = draw(st.sampled_from((2, 3)))
        words = article.text.split("\n\n")[number - 1].split()[1]
        own = [claim.id for claim in claims if (claim.article_id, claim.sentence) == (article.id, number)]
        return (
            sample.side(
                article,
                number,
                *draw(st.sampled_from(((), (words,)))),
                claim_id=draw(st.sampled_from((None, own[0]))),
            )
            if article.text.count(words) == 1
            else sample.side(article, number)
        )

    findings = []
    for i in range(draw(st.integers(0, 6))):
        one, other = draw(pairs)[:2]
        findings.append(
            finding(
                f"f{i}",
                side(articles[one]),
                side(articles[other]),
                draw(st.sampled_from((ConflictKind.quantity, ConflictKind.attribution))),
                draw(st.sampled_from(Relation)),
            )
        )
    left = list(draw(st.permutations(claims)))
    clusters = []
    for i in range(draw(st.integers(0, 3))):
        size = draw(st.integers(2, 4))
        same, left = left[:size], left[size:]
        if len({claim.article_id for claim in same}) > 1:
            clusters.append(agreeing(f"k{i}", *same))
    return report_of(articles, *findings, claims=claims, clusters=tuple(clusters))


@given(stories())
def test_no_outlet_of_a_point_is_dropped_and_no_conflict_is_made_up(report: Report) -> None:
    found = matrix(report)
    rows = (*found.rows, *found.rest)
    number = {article.id: column.number for column in found.all_columns for article in column.articles}
    findings = {one.id: one for one in report.contradictions}
    for one in findings.values():
        columns = {number[side.article_id] for side in one.sides}
        assert any(row.finding and columns <= row.cells.keys() for row in rows)
    for row in rows:
        for column, cell in row.cells.items():
            assert set(cell.letters) <= {position.letter for position in row.positions}
            if cell.finding_id is None:
                assert cell.state is State.asserts
                continue
            source = findings[cell.finding_id]
            assert column in {number[side.article_id] for side in source.sides}
            assert cell.state.name == source.relation.value.replace("contradiction", "conflicts")
    for cluster in report.clusters:
        spoken = {number[name] for name in cluster.article_ids}
        assert len(spoken) == 1 or any(spoken <= row.cells.keys() for row in rows)


@given(stories())
def test_two_sides_of_a_finding_never_share_a_letter(report: Report) -> None:
    found = matrix(report)
    number = {article.id: column.number for column in found.all_columns for article in column.articles}
    for row in (*found.rows, *found.rest):
        if row.finding:
            one, other = (row.cells[number[side.article_id]] for side in row.finding.sides)
            if one is other:
                assert len(one.letters) > 1
            else:
                assert one.letters
                assert other.letters
                assert len({*one.letters, *other.letters}) > 1


class Table(HTMLParser):
    """Collects the cells of the matrix by row, with their links, and the ids of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.scopes: list[str | None] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.is_inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids.add(found.get("id") or "")
        self.is_inside = self.is_inside or (tag == "section" and found.get("id") == "matrix")
        if self.is_inside and tag == "th":
            self.scopes.append(found.get("scope"))
        if self.is_inside and tag == "a":
            self.links.append(found.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        self.is_inside = self.is_inside and tag != "section"


def test_the_table_can_be_read_aloud_and_leads_to_findings_and_sentences() -> None:
    page = render_html(sample.sample_report())
    table = Table(page)
    assert table.scopes == ["col"] * 4 + ["row"] * 6
    assert "#finding-c1" in table.links
    assert "#s-courier-4" in table.links
    assert {link.removeprefix("#") for link in table.links} <= table.ids
    body = page.partition('id="matrix"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    cells = [
        " ".join(re.sub(r"<[^>]*>", "", cell).split()) for cell in re.findall(r"<td.*?</td>", body, re.S)
    ]
    assert cells[:3] == ["≠ A conflicts", "·silent", "≠ B conflicts"]


def test_a_name_without_end_does_not_fill_the_table() -> None:
    one, two = outlets("Now two are dead.", "Now three are dead.")
    endless = one.model_copy(update={"outlet": "x" * 5000})
    page = render_html(
        report_of((endless, two), finding("f1", sample.side(one, 2, "two"), sample.side(two, 2, "three")))
    )
    head = page.partition('id="matrix"')[2].partition("<thead>")[2].partition("</thead>")[0]
    assert "x" * 40 in head
    assert "x" * 50 not in head


def test_a_story_without_shared_points_has_no_matrix() -> None:
    page = render_html(report_of(outlets("Now two are dead.")))
    assert 'id="matrix"' not in page
