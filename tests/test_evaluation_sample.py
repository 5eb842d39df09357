"""Which rows are drawn depends on their content and the seed alone."""

import random
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluation.sample import draw
from schemas.evaluation import GoldLabel, LabelledRow

LABELS = (GoldLabel.supported, GoldLabel.contradicted, GoldLabel.unsupported)


def made(counts: tuple[int, ...]) -> list[LabelledRow]:
    return [
        LabelledRow(id=f"{label}{n}", claim=f"{label} {n}", evidence="e", label=label)
        for label, count in zip(LABELS, counts, strict=True)
        for n in range(count)
    ]


sets = st.tuples(*[st.integers(0, 40)] * 3).map(made).filter(bool)
seeds = st.integers(-5, 5)


@settings(deadline=None)
@given(sets, st.integers(1, 130), seeds, st.randoms(use_true_random=False))
def test_file_order_is_of_no_account(
    rows: list[LabelledRow], limit: int, seed: int, mixer: random.Random
) -> None:
    mixed = rows.copy()
    mixer.shuffle(mixed)
    drawn, other = draw(rows, limit, seed), draw(mixed, limit, seed)
    assert {row.id for row in drawn} == {row.id for row in other}
    assert [row.id for row in other] == [row.id for row in mixed if row in other]


@settings(deadline=None)
@given(sets, st.integers(1, 130), seeds)
def test_labels_keep_their_shares(rows: list[LabelledRow], limit: int, seed: int) -> None:
    drawn = draw(rows, limit, seed)
    assert len(drawn) == min(limit, len(rows))
    there, found = Counter(row.label for row in rows), Counter(row.label for row in drawn)
    for label, count in there.items():
        assert abs(found[label] - len(drawn) * count / len(rows)) <= len(there) - 1
    if limit >= len(there):
        assert found.keys() == there.keys()


@settings(deadline=None)
@given(sets, st.integers(1, 100), st.integers(1, 30), seeds)
def test_a_smaller_draw_is_part_of_a_larger(
    rows: list[LabelledRow], limit: int, more: int, seed: int
) -> None:
    assert {row.id for row in draw(rows, limit, seed)} <= {row.id for row in draw(rows, limit + more, seed)}


def test_another_seed_draws_other_rows() -> None:
    rows = made((200, 0, 0))
    assert draw(rows, 20, 1) != draw(rows, 20, 2)
    assert draw(rows, None, 1) == tuple(rows)
