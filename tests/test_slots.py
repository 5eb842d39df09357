"""Names in one slot: a flag where only one of two names can be right, and silence everywhere else."""

import pytest

from pipeline.values.differences import Difference, Passage, differences
from schemas.contradiction import ConflictKind


def found(a: str, b: str) -> tuple[Difference, ...]:
    return differences(Passage(text=a), Passage(text=b))


@pytest.mark.parametrize(
    ("a", "b", "kind", "part_a", "part_b"),
    [
        (
            "Captain Ivo Marr, who joined the line in 2004, was in charge of the tanker.",
            "Captain Lena Orth was in charge of the tanker.",
            ConflictKind.entity,
            "Ivo Marr",
            "Lena Orth",
        ),
        (
            "The crew were all taken ashore at Port Halden.",
            "All the crew were taken ashore at Gull Point.",
            ConflictKind.place,
            "Port Halden",
            "Gull Point",
        ),
    ],
)
def test_two_names_in_one_slot_differ(a: str, b: str, kind: ConflictKind, part_a: str, part_b: str) -> None:
    for one, other, first, second in ((a, b, part_a, part_b), (b, a, part_b, part_a)):
        (difference,) = found(one, other)
        assert difference.kind is kind
        assert (difference.a_span.cut(one), difference.b_span.cut(other)) == (first, second)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        # one person, named in two ways
        ("Captain Ivo Marr was in charge of the tanker.", "Captain Marr was in charge of the tanker."),
        # a town may lie on an island: "to" and "in" tell no single place
        ("The tanker ran aground on its way to Halden.", "The tanker ran aground on its way to Gull Island."),
        # two days are two occasions
        (
            "The crew were taken ashore at Port Halden on 3 May 2024.",
            "The crew were taken ashore at Gull Point on 9 May 2024.",
        ),
        # too little in common to be one event
        ("Captain Ivo Marr thanked the harbour pilots.", "Captain Lena Orth was in charge of the tanker."),
    ],
)
def test_names_that_can_both_be_right_do_not(a: str, b: str) -> None:
    for one, other in ((a, b), (b, a)):
        kinds = {difference.kind for difference in found(one, other)}
        assert not kinds & {ConflictKind.entity, ConflictKind.place}
