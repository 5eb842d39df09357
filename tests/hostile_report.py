"""A report with one text wherever a text can be, and a page taken apart to see what became of it."""

from datetime import date
from html.parser import HTMLParser

from hypothesis import strategies as st

from schemas.article import Skipped
from schemas.claim import Dropped, Quantity, When
from schemas.cluster import Cluster
from schemas.contradiction import ConflictKind, Contradiction, Relation, Severity
from schemas.record import Span
from schemas.report import Report
from schemas.verdict import Label, Verdict
from tests import sample_report as sample

anything = st.text(st.characters(exclude_categories=()), min_size=1)


class TakenApart(HTMLParser):
    """A page taken apart: its tags with attributes, its text, and the text inside each element with an id."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.attributes: list[tuple[str, str]] = []
        self.headings: list[str] = []
        self.by_id: dict[str, str] = {}
        self.ids: list[str] = []
        self._open: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.attributes += [(name, value or "") for name, value in attrs]
        found = dict(attrs).get("id")
        if found is not None:
            self.ids.append(found)
            self.by_id[found] = ""
        if tag not in ("meta", "link", "br", "input"):
            self._open.append((tag, found))
        if tag == "h2":
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if any(tag in ("style", "script") for tag, _ in self._open):
            return
        self.text += data
        if any(tag == "h2" for tag, _ in self._open):
            self.headings[-1] += data
        for _, found in self._open:
            if found is not None:
                self.by_id[found] += data


def with_text(hostile: str) -> Report:
    """Put one text everywhere that articles and models can put one."""
    articles = (
        sample.article(
            "a",
            f"{hostile}O",
            date(2031, 3, 5),
            [hostile, f"{hostile}.", "After."],
            title=hostile,
            given_id=f"{hostile}I",
        ),
        sample.article("b", "Other", None, ["Head", "Before.", "The other side.", f"{hostile}!"]),
    )
    more: dict[str, object] = {"speaker": hostile, "when": When(text=hostile)}
    quantity = Quantity(text=hostile, span=Span(start=0, end=1), value=1, unit=hostile)
    claims = (
        sample.claim(
            articles[0], 2, f"{hostile}?", sample.contradicted(sample.evidence(articles[1], 4)), **more
        ),
        sample.claim(
            articles[0],
            3,
            f"{hostile}; alone",
            sample.unsupported(),
            quantities=(quantity,),
            speaker=hostile,
            worth=0.5,
            worth_reasons=(hostile, f"{hostile}2"),
        ),
        sample.claim(articles[1], 4, f"{hostile}; too", sample.supported(sample.evidence(articles[0], 2))),
        sample.claim(
            articles[1],
            3,
            f"{hostile}; failed",
            Verdict(label=Label.error, confidence=0, error=f"{hostile}: error"),
        ),
    )
    finding = Contradiction(
        id="x",
        kind=ConflictKind.event,
        relation=Relation.contradiction,
        severity=Severity.low,
        confidence=0.5,
        reason=f"{hostile} because",
        sides=(sample.side(articles[0], 2, claim_id=claims[0].id), sample.side(articles[1], 3, "other")),
    )
    cluster = Cluster(
        id=hostile,
        claim_ids=(claims[2].id,),
        article_ids=("a", "b"),
        first_article_id="a",
        speaker=f"{hostile}K",
        text=hostile,
    )
    return Report(
        story=f"{hostile}S",
        title=f"{hostile}T",
        run=sample.run_info(claims, model=f"{hostile}M", notes=(f"{hostile}N",), settings={"key": hostile}),
        articles=articles,
        claims=claims,
        contradictions=(finding,),
        clusters=(cluster,),
        dropped=(Dropped(article_id=f"{hostile}A", text=f"{hostile}D", reason=f"{hostile}E"),),
        skipped=(Skipped(path=f"{hostile}P", reason=f"{hostile}R"),),
        left_out=(Skipped(path=f"{hostile}L", reason=f"{hostile}R"),),
    )
