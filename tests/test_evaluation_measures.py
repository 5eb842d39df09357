"""Every measure is what its definition says, on rows that count any number of times."""

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluation import measures
from pipeline.evaluation.bootstrap import group_of, interval, resample
from pipeline.evaluation.measures import Floats, Judged
from schemas.evaluation import GoldLabel, LabelledRow

LABELS = 3
Case = tuple[Judged, Floats]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw up to 12 judged rows with coarse chances, so that there are ties, and how often each counts."""
    label = st.integers(0, LABELS - 1)
    row = st.tuples(label, label, st.tuples(*[st.integers(0, 4)] * LABELS).filter(any), st.integers(0, 3))
    rows = draw(st.lists(row, min_size=1, max_size=12).filter(lambda found: any(r[3] for r in found)))
    gold, decided, parts, weights = zip(*rows, strict=True)
    chances = np.array([[part / sum(three) for part in three] for three in parts]).round(12)
    judged = Judged(np.array(gold, dtype=np.intp), np.array(decided, dtype=np.intp), chances)
    return judged, np.array([weights, np.ones(len(rows))], dtype=np.float64)


def repeated(judged: Judged, weights: Floats) -> list[tuple[int, int, list[float], float]]:
    """Return gold, decided, chances and confidence of every row, as often as it counts."""
    return [
        (int(g), int(d), list(map(float, c)), float(c[d]))
        for g, d, c, weight in zip(judged.gold, judged.decided, judged.chances, weights, strict=True)
        for _ in range(int(weight))
    ]


def share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def same(found: Sequence[float] | Floats, wanted: Sequence[float]) -> None:
    assert np.asarray(found) == pytest.approx(np.asarray(wanted), nan_ok=True)


@settings(deadline=None)
@given(cases())
def test_rates_by_label_are_as_defined(case: Case) -> None:
    judged, weights = case
    cells = measures.confusion(judged, weights)
    for sample, counts in enumerate(weights):
        rows = repeated(judged, counts)
        for label in range(LABELS):
            right = sum(g == d == label for g, d, *_ in rows)
            decided, there = sum(d == label for _, d, *_ in rows), sum(g == label for g, *_ in rows)
            precision, recall = share(right, decided), share(right, there)
            same([measures.precision(cells)[sample, label]], [precision])
            same([measures.recall(cells)[sample, label]], [recall])
            if decided and there:
                both = precision + recall
                wanted = 2 * precision * recall / both if both else 0.0
                same([measures.f1(cells)[sample, label]], [wanted])
        same([measures.accuracy(cells)[sample]], [share(sum(g == d for g, d, *_ in rows), len(rows))])


@settings(deadline=None)
@given(cases())
def test_balanced_accuracy_is_the_mean_recall_of_the_labels_there(case: Case) -> None:
    judged, weights = case
    present = np.unique(judged.gold)
    found = measures.balanced_accuracy(measures.confusion(judged, weights), present)
    for sample, counts in enumerate(weights):
        rows = repeated(judged, counts)
        recalls = [
            share(sum(g == d == label for g, d, *_ in rows), sum(g == label for g, *_ in rows))
            for label in present
        ]
        same([found[sample]], [sum(recalls) / len(recalls)])


@settings(deadline=None)
@given(cases())
def test_auc_is_the_share_of_pairs_in_order(case: Case) -> None:
    judged, weights = case
    for label in range(LABELS):
        found = measures.auc(judged.chances[:, label], judged.gold == label, weights)
        for sample, counts in enumerate(weights):
            rows = repeated(judged, counts)
            inside = [c[label] for g, _, c, _ in rows if g == label]
            outside = [c[label] for g, _, c, _ in rows if g != label]
            won = sum((a > b) + (a == b) / 2 for a, b in product(inside, outside))
            same([found[sample]], [share(won, len(inside) * len(outside))])


@settings(deadline=None)
@given(cases())
def test_brier_is_the_mean_squared_error(case: Case) -> None:
    judged, weights = case
    found = measures.brier(judged, weights)
    for sample, counts in enumerate(weights):
        rows = repeated(judged, counts)
        errors = [sum((chance - (i == g)) ** 2 for i, chance in enumerate(c)) for g, _, c, _ in rows]
        same([found[sample]], [sum(errors) / len(errors)])


@settings(deadline=None)
@given(cases(), st.integers(1, 5))
def test_calibration_error_is_the_gap_in_bins_of_equal_mass(case: Case, bins: int) -> None:
    judged, weights = case
    found = measures.calibration_error(measures.bin_sums(judged, weights, bins))
    for sample, counts in enumerate(weights):
        rows = repeated(judged, counts)
        in_bin: dict[int, list[tuple[bool, float]]] = {}
        for g, d, _, sure in rows:
            below = sum(other < sure for *_, other in rows)
            in_bin.setdefault(below * bins // len(rows), []).append((g == d, sure))
        gaps = [
            len(b) * abs(sum(right for right, _ in b) / len(b) - sum(sure for _, sure in b) / len(b))
            for b in in_bin.values()
        ]
        same([found[sample]], [sum(gaps) / len(rows)])


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=60, unique=True), st.integers(1, 12))
def test_bins_are_of_equal_mass_where_no_two_rows_tie(numbers: list[int], bins: int) -> None:
    sure = np.array(numbers) / 10_000
    judged = Judged(
        np.zeros(len(sure), dtype=np.intp), np.zeros(len(sure), dtype=np.intp), np.stack([sure, 1 - sure], 1)
    )
    mass = measures.bin_sums(judged, np.ones((1, len(sure))), bins).mass[0]
    assert mass.sum() == len(sure)
    if len(sure) >= bins:
        assert mass.max() - mass.min() <= 1


def test_a_sure_judge_who_is_right_has_no_calibration_error_and_one_who_is_wrong_has_all() -> None:
    sure = np.array([[1.0, 0.0], [0.0, 1.0]])
    right = Judged(np.array([0, 1]), np.array([0, 1]), sure)
    wrong = Judged(np.array([1, 0]), np.array([0, 1]), sure)
    ones = np.ones((1, 2))
    for judged, error in ((right, 0.0), (wrong, 1.0)):
        assert measures.calibration_error(measures.bin_sums(judged, ones, 10))[0] == error
        assert measures.brier(judged, ones)[0] == 2 * error


@settings(deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_rows_is_of_no_account(case: Case, mixer: Callable[..., object]) -> None:
    judged, weights = case
    order = np.argsort([mixer.random() for _ in judged.gold])  # type: ignore[attr-defined]
    mixed = Judged(judged.gold[order], judged.decided[order], judged.chances[order])
    one = measures.bin_sums(judged, weights, 4)
    two = measures.bin_sums(mixed, weights[:, order], 4)
    assert one.mass.tolist() == two.mass.tolist()
    assert one.confidence == pytest.approx(two.confidence)


# -- intervals --


def rows_of(*claims: str, evidence: str | None = None, group: str | None = None) -> list[LabelledRow]:
    return [
        LabelledRow(id=str(n), claim=c, evidence=evidence or f"e{n}", label=GoldLabel.supported, group=group)
        for n, c in enumerate(claims)
    ]


def test_rows_of_one_claim_or_of_one_text_go_together() -> None:
    assert group_of(rows_of("b", "a", "b")).tolist() == [1, 0, 1]
    assert group_of(rows_of("a", "b", "c", evidence="one article")).tolist() == [0, 0, 0]
    assert group_of(rows_of("a", "b", group="own")).tolist() == [0, 0]
    assert len(set(group_of([*rows_of("a", group="own"), *rows_of("a", "a")]).tolist())) == 2


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.integers(0, 50), st.integers(0, 3))
def test_groups_are_drawn_whole_and_as_many_as_there_are(numbers: list[int], samples: int, seed: int) -> None:
    groups = np.unique(numbers, return_inverse=True)[1].astype(np.intp)
    drawn = list(resample(groups, samples, seed))
    assert sum(len(part) for part in drawn) == samples
    for part in drawn:
        for weights in part:
            times = {int(g): {float(w) for w in weights[groups == g]} for g in set(groups.tolist())}
            assert all(len(found) == 1 for found in times.values())
            assert sum(found.pop() for found in times.values()) == len(times)
    again = list(resample(groups, samples, seed))
    assert all((a == b).all() for a, b in zip(drawn, again, strict=True))


def test_samples_are_the_same_however_many_are_held_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = np.arange(7, dtype=np.intp)
    whole = np.concatenate(list(resample(groups, 50, 3)))
    monkeypatch.setattr("pipeline.evaluation.bootstrap._CHUNK", 20)
    parts = list(resample(groups, 50, 3))
    assert len(parts) > 1
    assert (np.concatenate(parts) == whole).all()


def test_an_interval_has_nineteen_in_twenty_of_the_values() -> None:
    values = np.arange(1001, dtype=np.float64)
    assert interval(values) == (25.0, 975.0)
    assert interval(np.r_[values, np.nan]) == (25.0, 975.0)
    assert interval(np.full(3, np.nan)) is None
    assert interval(np.array([1.0, np.nan, np.nan])) is None
    assert interval(np.array([])) is None


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    random, held = np.random.default_rng(5), 0
    for trial in range(200):
        is_right = random.random(100) < 0.7
        shares = np.concatenate(
            [part @ is_right / 100 for part in resample(np.arange(100, dtype=np.intp), 300, trial)]
        )
        found = interval(shares)
        assert found is not None
        held += found[0] <= 0.7 <= found[1]
    assert 180 <= held <= 199
