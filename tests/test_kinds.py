"""The kind of a claim follows from its words."""

import pytest

from pipeline.kinds import claim_kind
from schemas.claim import ClaimKind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Ada Lind said the pier was safe.", ClaimKind.statement),
        ("The union noted that the crew was tired.", ClaimKind.statement),
        ("The council denied the permit.", ClaimKind.statement),
        ("The council will close the pier.", ClaimKind.plan),
        ("The port is planning to close the pier.", ClaimKind.plan),
        ("The port is hoping to open the pier.", ClaimKind.plan),
        ("The dam burst in the night.", ClaimKind.event),
        ("The pier is in need of paint.", ClaimKind.status),
        ("The pier belongs to the town.", ClaimKind.status),
        ("The pier was closed by police.", ClaimKind.event),
        ("Will Sorn opened the pier.", ClaimKind.event),
    ],
)
def test_without_values_the_verbs_decide(text: str, kind: ClaimKind) -> None:
    assert claim_kind(text, has_quantity=False, has_date=False) is kind


@pytest.mark.parametrize("text", ["The dam burst on May 3.", "In May 2019 the dam burst."])
def test_the_month_of_may_is_no_plan(text: str) -> None:
    assert claim_kind(text, has_quantity=False, has_date=True) is ClaimKind.date


@pytest.mark.parametrize("text", ["The fire claimed 12 lives.", "The fire claimed the lives of 12 people."])
def test_a_fire_that_claims_lives_says_nothing(text: str) -> None:
    assert claim_kind(text, has_quantity=True, has_date=False) is ClaimKind.quantity


def test_the_more_telling_kind_comes_first() -> None:
    assert claim_kind("12 boats sank on May 3.", has_quantity=True, has_date=True) is ClaimKind.quantity
    assert claim_kind("12 boats may sink.", has_quantity=True, has_date=True) is ClaimKind.plan
    assert claim_kind("Lind said 12 boats may sink.", has_quantity=True, has_date=True) is ClaimKind.statement
