"""A judge's answers are measured: by set, with what was not judged left out and said so."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import EndpointDown, InputError
from pipeline.evaluation import evaluate
from pipeline.evaluation.score import Answer
from schemas.evaluation import (
    DecisionWeights,
    Estimate,
    Evaluation,
    GoldLabel,
    LabelledRow,
    NotJudged,
    Plan,
    Scores,
    SetResult,
    Usage,
)

QUICK = Plan(resamples=200, seed=3)
SURE = {
    "supported": Scores(supported=0.8, contradicted=0.1, unsupported=0.1),
    "contradicted": Scores(supported=0.1, contradicted=0.8, unsupported=0.1),
    "unsupported": Scores(supported=0.1, contradicted=0.1, unsupported=0.8),
    "not_supported": Scores(supported=0.2, contradicted=0.4, unsupported=0.4),
    "not_contradicted": Scores(supported=0.4, contradicted=0.2, unsupported=0.4),
}


def rows_of(*labels: str, claims: int = 10_000) -> list[LabelledRow]:
    return [
        LabelledRow(id=f"r{n}", claim=f"claim {n % claims}", evidence=f"evidence {n}", label=GoldLabel(label))
        for n, label in enumerate(labels)
    ]


async def oracle(rows: Sequence[LabelledRow]) -> list[Answer]:
    """Know every label."""
    return [SURE[row.label.value] for row in rows]


async def guesser(rows: Sequence[LabelledRow]) -> list[Answer]:
    """Guess from the text of a row alone, right more often than not."""
    answers: list[Answer] = []
    for row in rows:
        luck = random.Random(row.claim + row.evidence)
        answers.append(SURE[row.label.value if luck.random() < 0.6 else luck.choice(sorted(SURE))])
    return answers


async def measured(rows: Sequence[LabelledRow], judge: object = guesser, plan: Plan = QUICK) -> SetResult:
    found: Evaluation = await evaluate({"set": rows}, judge, plan)  # type: ignore[arg-type]
    return found.sets[0]


@pytest.mark.parametrize(
    "labels",
    [
        "supported contradicted unsupported",
        "supported contradicted",
        "supported unsupported",
        "contradicted not_contradicted",
        "supported not_supported",
    ],
)
async def test_a_judge_that_knows_all_is_perfect_in_every_set(labels: str) -> None:
    result = await measured(rows_of(*labels.split() * 8), oracle)
    for estimate in (result.balanced_accuracy, result.accuracy, result.macro_f1, result.macro_auc):
        assert estimate == Estimate(value=1.0, low=1.0, high=1.0)
    assert [label.support for label in result.labels] == [8] * len(result.labels)
    assert result.judged == result.rows == result.drawn


async def test_a_judge_that_says_one_thing_is_at_chance() -> None:
    async def constant(rows: Sequence[LabelledRow]) -> list[Answer]:
        return [SURE["unsupported"]] * len(rows)

    result = await measured(
        rows_of(*["supported"] * 30, *["contradicted"] * 5, *["unsupported"] * 9), constant
    )
    assert result.balanced_accuracy.value == pytest.approx(1 / 3, abs=1e-6)
    assert result.macro_auc.value == 0.5
    assert result.labels[1].precision == Estimate(value=None)
    assert result.labels[1].f1.value == 0.0
    assert result.confusion == ((0, 0, 30), (0, 0, 5), (0, 0, 9))
    assert len(result.bins) == 1
    assert result.calibration_error.value == pytest.approx(0.8 - 9 / 44, abs=1e-6)


async def test_rows_that_were_not_judged_are_counted_and_left_out() -> None:
    rows = rows_of(*["supported", "contradicted"] * 20)

    async def halting(asked: Sequence[LabelledRow]) -> list[Answer]:
        answers = await oracle(asked)
        answers[:5] = [None, NotJudged(reason="too long"), NotJudged(reason="too long"), None, None]
        return answers

    result = await measured(rows, halting)
    assert result.not_judged == {"no answer": 3, "too long": 2}
    assert (result.drawn, result.judged) == (40, 35)
    assert result.accuracy.value == 1.0
    assert sum(map(sum, result.confusion)) == 35


async def test_a_set_of_which_nothing_was_judged_has_no_measures() -> None:
    async def mute(rows: Sequence[LabelledRow]) -> list[Answer]:
        return [None] * len(rows)

    result = await measured(rows_of("supported", "contradicted"), mute)
    assert result.judged == 0
    assert result.balanced_accuracy == result.labels[0].auc == result.brier == Estimate(value=None)
    assert result.bins == ()


async def test_a_judge_that_loses_rows_is_a_mistake() -> None:
    async def loser(rows: Sequence[LabelledRow]) -> list[Answer]:
        return (await oracle(rows))[1:]

    with pytest.raises(ValueError, match="shorter"):
        await measured(rows_of("supported", "contradicted"), loser)


async def test_an_endpoint_that_is_gone_ends_it() -> None:
    async def gone(_rows: Sequence[LabelledRow]) -> list[Answer]:
        raise EndpointDown("nobody there")

    with pytest.raises(EndpointDown):
        await measured(rows_of("supported"), gone)


@settings(deadline=None, max_examples=20)
@given(st.randoms(use_true_random=False), st.sampled_from([None, 25]))
async def test_the_order_of_the_file_changes_nothing(mixer: random.Random, limit: int | None) -> None:
    rows = rows_of(*["supported", "contradicted", "unsupported", "unsupported"] * 15, claims=20)
    mixed = rows.copy()
    mixer.shuffle(mixed)
    plan = Plan(resamples=50, limit=limit)
    one, two = await measured(rows, plan=plan), await measured(mixed, plan=plan)
    timeless = {"time_s": 0.0}
    assert one.model_copy(update=timeless) == two.model_copy(update=timeless)


async def test_rows_of_one_claim_do_not_narrow_the_interval() -> None:
    rows = rows_of(*["supported", "contradicted"] * 30)
    copies = [row.model_copy(update={"id": f"{row.id}-{n}"}) for row in rows for n in range(5)]
    one, five = await measured(rows), await measured(copies)
    assert five.clusters == one.clusters == 60
    assert five.balanced_accuracy == one.balanced_accuracy
    assert one.balanced_accuracy.low is not None
    assert one.balanced_accuracy.high is not None
    assert one.balanced_accuracy.high - one.balanced_accuracy.low > 0.1


async def test_one_claim_alone_has_no_interval() -> None:
    result = await measured(rows_of(*["supported", "contradicted"] * 10, claims=1))
    assert result.clusters == 1
    assert result.accuracy.value is not None
    assert result.accuracy.low is result.accuracy.high is None


async def test_a_limit_draws_rows_and_leaves_the_labels_as_they_are() -> None:
    rows = rows_of(*["supported"] * 50, *["contradicted"] * 30, *["unsupported"] * 2)
    result = await measured(rows, oracle, Plan(resamples=10, limit=2))
    assert (result.rows, result.drawn) == (82, 2)
    assert [label.label.name for label in result.labels] == ["supported", "contradicted", "unsupported"]


async def test_labels_and_weights_can_be_given() -> None:
    rows = rows_of("supported", "contradicted", "unsupported")
    plan = QUICK.model_copy(update={"labels": {"set": "supported/not_supported"}})
    result = await measured(rows, oracle, plan)
    assert [(label.label.name, label.support) for label in result.labels] == [
        ("supported", 1),
        ("not_supported", 2),
    ]
    weights = DecisionWeights(contradicted=9.0)
    tipped = await measured(rows, oracle, QUICK.model_copy(update={"weights": weights}))
    assert [label.decided for label in tipped.labels] == [0, 3, 0]


@pytest.mark.parametrize(
    ("labels", "given_labels", "told"),
    [
        ("supported contradicted", {"set": "supported/unsupported"}, "set: 1 rows are labelled contradicted"),
        ("supported", {"other": "supported/unsupported"}, "other"),
        ("not_supported not_contradicted", {}, "set: "),
    ],
)
async def test_labels_that_do_not_fit_are_told_before_anything_is_judged(
    labels: str, given_labels: dict[str, str], told: str
) -> None:
    async def never(_rows: Sequence[LabelledRow]) -> list[Answer]:
        pytest.fail("the judge was asked")

    with pytest.raises(InputError, match=told):
        await measured(rows_of(*labels.split()), never, Plan(labels=given_labels))


async def test_each_set_has_what_was_spent_on_it() -> None:
    spent = Usage(calls=7, tokens_in=100)

    async def spending(rows: Sequence[LabelledRow]) -> list[Answer]:
        nonlocal spent
        spent = Usage(
            calls=spent.calls + len(rows),
            cached_calls=spent.cached_calls + 1,
            tokens_in=spent.tokens_in + 10 * len(rows),
            tokens_out=spent.tokens_out + 2,
        )
        return await oracle(rows)

    sets = {"a": rows_of("supported", "contradicted"), "b": rows_of("supported")}
    found = await evaluate(sets, spending, QUICK, lambda: spent)
    assert [result.usage for result in found.sets] == [
        Usage(calls=2, cached_calls=1, tokens_in=20, tokens_out=2),
        Usage(calls=1, cached_calls=1, tokens_in=10, tokens_out=2),
    ]
    assert found.plan == QUICK
    assert Evaluation.model_validate_json(found.model_dump_json()) == found


async def test_the_seed_moves_the_intervals_and_not_the_measures() -> None:
    rows = rows_of(*["supported", "contradicted"] * 30)
    one, same, other = [await measured(rows, plan=Plan(resamples=50, seed=s)) for s in (1, 1, 2)]
    assert one.accuracy == same.accuracy
    assert one.accuracy.value == other.accuracy.value
    assert one.accuracy != other.accuracy
