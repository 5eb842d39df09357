"""One rule decides every set: the highest score of its labels, after merging."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.evaluation.labels import class_chances, decide, gold_classes, read_space, space_of
from schemas.evaluation import DecisionWeights, GoldLabel, LabelledRow, Scores

EVEN = DecisionWeights()


def names(*labels: str) -> list[str]:
    return [label.name for label in space_of(GoldLabel(label) for label in labels)]


def scores(supported: float, contradicted: float, unsupported: float) -> Scores:
    return Scores(supported=supported, contradicted=contradicted, unsupported=unsupported)


def decided(space: str, found: Scores, weights: DecisionWeights = EVEN) -> str:
    classes = read_space(space)
    return classes[int(decide([found], classes, weights)[0])].name


@st.composite
def any_scores(draw: st.DrawFn) -> Scores:
    parts = draw(st.tuples(*[st.integers(0, 100)] * 3).filter(any))
    return scores(*(part / sum(parts) for part in parts))


@pytest.mark.parametrize(
    ("labels", "space"),
    [
        ("supported contradicted unsupported", "supported/contradicted/unsupported"),
        ("supported contradicted", "supported/contradicted"),
        ("supported unsupported", "supported/not_supported"),
        ("contradicted unsupported", "contradicted/not_contradicted"),
        ("contradicted not_contradicted", "contradicted/not_contradicted"),
        ("contradicted not_contradicted supported", "contradicted/not_contradicted"),
        ("supported not_supported", "supported/not_supported"),
        ("supported not_supported contradicted", "supported/not_supported"),
        ("not_supported", "supported/not_supported"),
        ("contradicted", "supported/contradicted/unsupported"),
    ],
)
def test_the_labels_of_a_set_say_what_it_is_decided_between(labels: str, space: str) -> None:
    assert names(*labels.split()) == space.split("/")
    assert [label.name for label in read_space(space)] == space.split("/")


def test_labels_that_cannot_go_together_are_refused() -> None:
    with pytest.raises(InputError, match="say which"):
        names("not_supported", "not_contradicted")
    for words in ("supported", "supported/", "supported/refuted", "supported/not_contradicted", ""):
        with pytest.raises(InputError):
            read_space(words)


@pytest.mark.parametrize(
    ("space", "found", "name"),
    [
        ("supported/contradicted", scores(0.2, 0.1, 0.7), "supported"),
        ("supported/contradicted/unsupported", scores(0.2, 0.1, 0.7), "unsupported"),
        ("supported/not_supported", scores(0.4, 0.3, 0.3), "not_supported"),
        ("contradicted/not_contradicted", scores(0.3, 0.4, 0.3), "not_contradicted"),
        ("supported/unsupported", scores(0.3, 0.6, 0.1), "supported"),
        ("supported/contradicted/unsupported", scores(1 / 3, 1 / 3, 1 / 3), "unsupported"),
        ("contradicted/supported", scores(0.5, 0.5, 0), "supported"),
        ("contradicted/supported", scores(0, 0, 1), "supported"),
    ],
)
def test_the_highest_score_decides_and_a_tie_goes_to_the_less_bold(
    space: str, found: Scores, name: str
) -> None:
    assert decided(space, found) == name


def test_weights_tip_the_decision_and_leave_the_chances() -> None:
    found, space = scores(0.1, 0.4, 0.5), read_space("supported/contradicted/unsupported")
    weights = DecisionWeights(contradicted=1.5)
    assert decided("supported/contradicted/unsupported", found, weights) == "contradicted"
    assert class_chances([found], space).tolist() == [[0.1, 0.4, 0.5]]


@given(
    any_scores(), st.sampled_from(["supported/contradicted", "supported/not_supported"]), st.floats(0.01, 9)
)
def test_equal_weights_decide_as_none(found: Scores, space: str, weight: float) -> None:
    weights = DecisionWeights(supported=weight, contradicted=weight, unsupported=weight)
    assert decided(space, found, weights) == decided(space, found)


@given(
    st.lists(any_scores(), min_size=1), st.sampled_from(["contradicted/supported", "supported/not_supported"])
)
def test_chances_sum_to_one_and_the_likeliest_is_decided_on(found: list[Scores], words: str) -> None:
    space = read_space(words)
    chances = class_chances(found, space)
    assert chances.sum(axis=1) == pytest.approx(1)
    taken = chances[range(len(found)), decide(found, space, EVEN)]
    assert taken == pytest.approx(chances.max(axis=1))


def test_a_row_belongs_to_the_label_that_holds_its_own() -> None:
    rows = [LabelledRow(id=label, claim="c", evidence="e", label=label) for label in GoldLabel]
    space = read_space("supported/not_supported")
    fitting = [row for row in rows if row.label is not GoldLabel.not_contradicted]
    assert [space[i].name for i in gold_classes(fitting, space)] == [
        "supported",
        "not_supported",
        "not_supported",
        "not_supported",
    ]
    with pytest.raises(InputError, match="1 rows are labelled not_contradicted"):
        gold_classes(rows, space)


@pytest.mark.parametrize(
    "wrong", [(0.5, 0.5, 0.5), (0.2, 0.2, 0.2), (1.5, -0.5, 0), (float("nan"), 0.5, 0.5)]
)
def test_scores_that_are_no_chances_are_refused(wrong: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="Scores"):
        scores(*wrong)
