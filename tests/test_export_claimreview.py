"""The ClaimReview export: valid against schema.org's vocabulary, and only of what was accepted."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings

from pipeline.errors import InputError
from pipeline.export import FORMATS, Asked, Reviewer, Stored, make_reviewer
from schemas.claim import ClaimKind
from schemas.decision import Decision, Ruling
from schemas.report import Report
from tests.commands import Ended, run_command
from tests.hostile_report import anything, with_text
from tests.sample_report import sample_report
from tests.stored_runs import decision_on, write_run

Node = dict[str, Any]

# The part of schema.org's vocabulary that is used, from its term pages (https://schema.org/ClaimReview and
# those it leads to); Claim and appearance are "pending" there (issue 1828).
PARENT: Final = {
    "ClaimReview": "Review",
    "Review": "CreativeWork",
    "Claim": "CreativeWork",
    "NewsArticle": "Article",
    "Article": "CreativeWork",
    "CreativeWork": "Thing",
    "Rating": "Intangible",
    "Intangible": "Thing",
    "NewsMediaOrganization": "Organization",
    "Organization": "Thing",
    "Person": "Thing",
}
# Of each property the types that have it, and those that its value may have.
PROPERTIES: Final = {
    "claimReviewed": (("ClaimReview",), ("Text",)),
    "reviewBody": (("Review",), ("Text",)),
    "reviewRating": (("Review",), ("Rating",)),
    "itemReviewed": (("AggregateRating", "Review"), ("Thing",)),
    "appearance": (("Claim",), ("CreativeWork",)),
    "author": (("CreativeWork", "Rating"), ("Organization", "Person")),
    "publisher": (("CreativeWork",), ("Organization", "Person")),
    "datePublished": (("CreativeWork",), ("Date", "DateTime")),
    "headline": (("CreativeWork",), ("Text",)),
    "text": (("CreativeWork",), ("Text",)),
    "name": (("Thing",), ("Text",)),
    "alternateName": (("Thing",), ("Text",)),
    "url": (("Thing",), ("URL",)),
    "ratingValue": (("Rating",), ("Number", "Text")),
    "worstRating": (("Rating",), ("Number", "Text")),
    "bestRating": (("Rating",), ("Number", "Text")),
}
# What Google Search asks for ("Fact check (ClaimReview) structured data").
REQUIRED: Final = {"ClaimReview": ("claimReviewed", "reviewRating", "url"), "Rating": ("alternateName",)}

REVIEWER = Reviewer(
    name="The Desk",
    url="https://desk.example",
    rating="Disputed",
    scale=(2, 1, 5),
    url_template="https://desk.example/{story}/{id}#{side}",
)
OPTIONS = ("--author", "The Desk", "--author-url", "https://desk.example", "--rating", "Disputed")
REPORT = sample_report()


def kinds(name: str) -> set[str]:
    """Return a type and all that it is a kind of."""
    return {name} | (kinds(PARENT[name]) if name in PARENT else set())


def check(node: Node) -> None:
    """Fail where ``node`` has a type, a property or a value that the vocabulary does not know there."""
    assert node["@type"] in PARENT
    assert set(REQUIRED.get(node["@type"], ())) <= node.keys()
    for name, value in node.items():
        if name != "@type":
            domains, ranges = PROPERTIES[name]
            assert kinds(node["@type"]) & set(domains), f"{node['@type']} has no {name}"
            check_value(value, ranges)


def check_value(value: object, ranges: tuple[str, ...]) -> None:
    if isinstance(value, dict):
        assert kinds(value["@type"]) & set(ranges)
        check(value)
    elif "URL" in ranges:
        assert isinstance(value, str)
        assert urlsplit(value).scheme == "https"
    elif "Date" in ranges:
        date.fromisoformat(str(value))
    elif "Number" in ranges:
        assert isinstance(value, int | float)
    else:
        assert isinstance(value, str)
        assert value.strip()


def graph(report: Report, *decisions: Decision, reviewer: Reviewer = REVIEWER) -> list[Node]:
    text = FORMATS["claimreview"]([Stored(report, decisions)], Asked(reviewer=reviewer))
    document = json.loads(text)
    assert document.keys() == {"@context", "@graph"}
    assert document["@context"] == "https://schema.org"
    return list(document["@graph"])


# -- what is reviewed --


def test_each_side_of_an_accepted_contradiction_is_reviewed() -> None:
    one, other = graph(REPORT, decision_on(REPORT, "c1", note="Off the record."))
    for review in (one, other):
        check(review)
        assert review["datePublished"] == "2031-03-08"
        assert review["author"] == {
            "@type": "Organization",
            "name": "The Desk",
            "url": "https://desk.example",
        }
        assert review["reviewRating"] == {
            "@type": "Rating",
            "alternateName": "Disputed",
            "ratingValue": 2,
            "worstRating": 1,
            "bestRating": 5,
        }
        assert "Off the record" not in json.dumps(review)
    assert one["claimReviewed"] == "The crane killed two dockers."
    assert one["itemReviewed"]["author"]["name"] == "Veldrik Courier"
    assert one["itemReviewed"]["appearance"]["headline"].startswith("Crane topples")
    assert one["itemReviewed"]["datePublished"] == "2031-03-05"
    assert "Three dockers died" in one["reviewBody"]
    assert "The Harbour Ledger (2031-03-06)" in one["reviewBody"]
    assert "killing two dockers" in other["reviewBody"]
    assert [one["url"], other["url"]] == [
        f"https://desk.example/The%20Veldrik%20crane/c1#{side}" for side in (1, 2)
    ]


def test_nothing_else_is_reviewed() -> None:
    decisions = (
        decision_on(REPORT, "c2", Ruling.dismissed),
        decision_on(REPORT, "c1", None, note="Perhaps."),
        decision_on(REPORT, "c3"),  # an update: both were true at their time
        decision_on(REPORT, "c4"),  # speakers differ: both outlets quote faithfully
        decision_on(REPORT, "c1").model_copy(update={"finding_id": "gone"}),
    )
    assert graph(REPORT, *decisions) == []


@pytest.mark.parametrize(
    ("speaker", "kind"),
    [
        ("Jonna Teek", "Person"),
        ("the port authority", "Organization"),
        ("a spokeswoman for the port authority", "Person"),
    ],
)
def test_a_claim_is_its_speakers(speaker: str, kind: str) -> None:
    said = REPORT.claims[0].model_copy(update={"speaker": speaker, "kind": ClaimKind.statement})
    report = REPORT.model_copy(update={"claims": (said, *REPORT.claims[1:])})
    one, _ = graph(report, decision_on(report, "c1"))
    assert one["itemReviewed"]["author"] == {"@type": kind, "name": speaker}
    assert one["itemReviewed"]["appearance"]["publisher"]["name"] == "Veldrik Courier"


def test_an_article_of_no_known_outlet_or_day_names_none() -> None:
    bare = [article.model_copy(update={"outlet": None, "published": None}) for article in REPORT.articles]
    report = REPORT.model_copy(update={"articles": tuple(bare)})
    for review in graph(report, decision_on(report, "c2")):
        check(review)
        assert not {"author", "datePublished"} & review["itemReviewed"].keys()
        assert not {"publisher", "datePublished"} & review["itemReviewed"]["appearance"].keys()


@settings(deadline=None)
@given(anything)
def test_no_text_breaks_the_review_or_the_page_it_is_put_on(hostile: str) -> None:
    report = with_text(hostile)
    text = FORMATS["claimreview"]([Stored(report, (decision_on(report, "x"),))], Asked(reviewer=REVIEWER))
    assert not set("<>&") & set(text)
    assert text.replace("\n", "").isprintable()
    for review in json.loads(text)["@graph"]:
        check(review)


# -- who reviews, and how --


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"author": "A", "rating": " "}, "--author-url, --rating"),
        ({"author": "A", "author-url": "desk.example", "rating": "R"}, "--author-url desk.example"),
        ({"author": "A", "author-url": "javascript:alert(1)", "rating": "R"}, "--author-url"),
        ({"author": "A", "author-url": "https://a.example", "rating": "R", "best": 5.0}, "all three"),
        (
            {
                "author": "A",
                "author-url": "https://a.example",
                "rating": "R",
                "rating-value": float("nan"),
                "worst": 1.0,
                "best": 5.0,
            },
            "between",
        ),
    ],
)
def test_a_reviewer_that_cannot_be_is_told(options: dict[str, str | float], told: str) -> None:
    with pytest.raises(InputError, match=re.escape(told)) as caught:
        make_reviewer(options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "template", ["https://a.example/", "/{id}", "https://a.example/{id}/{x}", "https://a example/{id}"]
)
def test_a_template_that_gives_no_address_is_told(template: str) -> None:
    options = {"author": "A", "author-url": "https://a.example", "rating": "R", "url-template": template}
    with pytest.raises(InputError, match="--url-template"):
        make_reviewer(options)


# -- the command --


def review(run: Path, *more: str) -> Ended:
    return run_command("export", run, "--format", "claimreview", *OPTIONS, *more)


def test_the_command_says_what_became_no_review(tmp_path: Path) -> None:
    run = write_run(tmp_path, REPORT, *(decision_on(REPORT, name) for name in ("c1", "c3", "c4")))
    done = review(run, "--author-is", "person")
    assert done.code == 0
    reviews = json.loads(done.out)["@graph"]
    assert [item["author"]["@type"] for item in reviews] == ["Person", "Person"]
    assert "url" not in reviews[0]
    left_out, no_address = done.err.splitlines()
    assert "2 accepted findings" in left_out
    assert "--url-template" in no_address


def test_with_nothing_accepted_the_graph_is_empty_and_it_is_said(tmp_path: Path) -> None:
    done = review(write_run(tmp_path, REPORT, decision_on(REPORT, "c1", Ruling.dismissed)))
    assert (done.code, json.loads(done.out)["@graph"]) == (0, [])
    assert "accepted" in done.told


def test_a_review_without_author_and_rating_is_refused(tmp_path: Path) -> None:
    done = run_command("export", write_run(tmp_path, REPORT), "--format", "claimreview")
    assert (done.code, done.out) == (2, "")
    assert all(name in done.told for name in ("--author,", "--author-url", "--rating"))
