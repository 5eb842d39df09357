"""What one outlet says alone: what is worth checking most comes first, and nothing is lost."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.report import render_html, render_markdown
from pipeline.report.single import FIRST, MANY, single
from schemas.report import Report, ReportClaim
from schemas.verdict import Label, UnsupportedReason
from tests import sample_report as sample
from tests.hostile_report import TakenApart


def alone(*worths: float) -> Report:
    """Build a report of claims that stand alone, by turns in two articles, each with a worth."""
    articles = sample.sample_articles()[:2]
    claims = tuple(
        sample.claim(
            articles[i % 2],
            3 + i % 3,
            f"Claim {i} of many.",
            sample.unsupported(),
            id=f"c{i}",
            worth=worth,
            worth_reasons=("a figure", "an accusation", "a past event", "a cause") if worth else (),
        )
        for i, worth in enumerate(worths)
    )
    return sample.sample_report(articles=articles, claims=claims, contradictions=())


def order(report: Report) -> list[ReportClaim]:
    found = single(report)
    return [*found.first, *(claim for outlet in found.outlets for claim in outlet.claims)]


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), max_size=2 * MANY))
def test_every_claim_is_told_once_and_the_worthiest_first(worths: list[float]) -> None:
    report = alone(*worths)
    found = single(report)
    assert sorted(claim.id for claim in order(report)) == sorted(claim.id for claim in report.claims)
    assert len(found.first) == (FIRST if len(worths) >= MANY and any(worths) else 0)
    rest = [[claim.worth for claim in outlet.claims] for outlet in found.outlets]
    for told in [[claim.worth for claim in found.first], *rest]:
        assert told == sorted(told, reverse=True)
    if found.first:
        assert found.first[-1].worth >= max((worth for told in rest for worth in told), default=0.0)
    assert sum(outlet.total for outlet in found.outlets) == len(worths)


@settings(deadline=None)
@given(st.permutations(range(MANY + 3)))
def test_the_order_does_not_hang_on_that_of_the_claims(places: list[int]) -> None:
    report = alone(*(i % 4 / 4 for i in range(MANY + 3)))
    mixed = report.model_copy(update={"claims": tuple(report.claims[i] for i in places)})
    assert order(mixed) == order(report)


def test_an_older_report_keeps_what_was_found_nowhere_first() -> None:
    report = alone(*[0.0] * (MANY + 1))
    odd = {claim.id for claim in report.claims[:4]}
    unsure = sample.unsupported(UnsupportedReason.inconclusive)
    claims = tuple(
        claim.model_copy(update={"verdict": unsure}) if claim.id in odd else claim for claim in report.claims
    )
    for outlet in single(report.model_copy(update={"claims": claims})).outlets:
        assert [claim.id in odd for claim in outlet.claims] == sorted(c.id in odd for c in outlet.claims)
        starts = [claim.span.start for claim in outlet.claims if claim.id not in odd]
        assert starts == sorted(starts)


def test_a_sentence_that_confirms_another_outlet_is_not_told_as_if_alone() -> None:
    one, other = articles = sample.sample_articles()[:2]
    lone = [
        sample.claim(one, 3, f"Claim {i}.", sample.unsupported(), id=f"c{i}", worth=0.9) for i in range(MANY)
    ]
    near = sample.claim(one, 4, "The near claim.", sample.unsupported(), id="near", worth=1.0)
    held = sample.claim(other, 2, "The held claim.", sample.supported(sample.evidence(one, 4)), id="held")
    report = sample.sample_report(articles=articles, claims=(*lone, near, held), contradictions=())
    found = single(report)
    assert found.confirms == {"near": (other.label,)}
    assert near not in found.first
    assert near in found.outlets[0].claims
    assert found.outlets[0].total == MANY + 1
    page, text = TakenApart(render_html(report)), render_markdown(report)
    assert f"the sentence also confirms what {other.label} says" in " ".join(page.by_id["claim-near"].split())
    assert text.count(f"the sentence also confirms what {other.label} says") == 1
    assert "1 of them stands in a sentence that also confirms" in page.by_id["single"]
    against = held.model_copy(update={"verdict": sample.contradicted(sample.evidence(one, 4))})
    claims = (*lone, near, against)
    assert single(report.model_copy(update={"claims": claims})).confirms == {}


def test_the_pages_tell_what_makes_a_claim_worth_checking() -> None:
    page = TakenApart(render_html(sample.sample_report()))
    text = render_markdown(sample.sample_report())
    for shown in (" ".join(page.by_id["single"].split()), text):
        assert "worth checking: an accusation, a past event, a cause" in shown
        assert "a comparison" not in shown  # three are enough
        assert "Most worth checking" not in shown  # seven claims need no list of their own
        assert shown.index("not been inspected since 2029") < shown.index("about 40,000 containers a year")
    assert "*(inconclusive; worth checking: an accusation, a past event, a cause)*" in text


@settings(deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.2, 0.9]), min_size=MANY, max_size=MANY + 5))
def test_many_claims_have_a_list_of_those_most_worth_checking(worths: list[float]) -> None:
    report = alone(0.5, *worths)
    page, text = TakenApart(render_html(report)), render_markdown(report)
    assert len(page.ids) == len(set(page.ids))
    assert f"{FIRST} of {len(worths) + 1}" in page.by_id["worth"]
    assert text.index("### Most worth checking") < text.index("### Veldrik Courier")
    for claim in report.claims:
        assert claim.verdict.label is Label.unsupported
        assert claim.text in page.by_id[f"claim-{claim.id}"]
        assert text.count(claim.text) == 1
        is_first = claim in single(report).first
        assert (claim.text in page.by_id["worth"]) is is_first
        outlet = next(a.label for a in report.articles if a.id == claim.article_id)
        assert (outlet in page.by_id[f"claim-{claim.id}"]) is is_first  # elsewhere the heading says it
