"""What is worth checking comes first, for reasons that can be told; and the measure of that order."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import checkworthy as benchmark
from pipeline.checkworthy import checkworthiness
from schemas.claim import ClaimKind


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The yard lost 14 cranes.", "a figure"),
        ("The pier cost 3 million crowns.", "a large figure or a share"),
        ("Rents rose by 4 percent.", "a large figure or a share"),
        ("One in five of the boats leaks.", "a large figure or a share"),
        ("The port was fined for a breach of the rules.", "an accusation"),
        ("A docker was killed on the quay.", "harm done"),
        ("It is the worst flood in Kelmar.", "a first or a record"),
        ("She is the first woman to lead the yard.", "a first or a record"),
        ("The budget of the harbour was cut.", "a change or a cost"),
        ("The new pier is longer than the old one.", "a comparison"),
        ("The crane fell because of rust.", "a cause"),
        ("The mayor promised an inquiry.", "what somebody said or stands for"),
        ("The alarm never rang.", "a claim without exception"),
        ("The ferry left the port at noon.", "a past event"),
    ],
)
def test_a_sign_is_told_as_a_reason(text: str, reason: str) -> None:
    assert reason in checkworthiness(text).reasons


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The two mayors met.", "a figure"),
        ("Piet Orr, 61, is a teacher in Kelmar.", "a figure"),
        ("The library opened on 4 March 2031.", "a figure"),
        ("The First Minister spoke.", "a first or a record"),
        ("The first lady spoke.", "a first or a record"),
        ("It has been open for the last two weeks.", "a first or a record"),
        ("Divers rested in the forest to the west.", "a first or a record"),
        ("All sailings are cancelled.", "a past event"),
        ("A hundred boats need speed.", "a past event"),
        ("The other boat is rather than that one.", "a comparison"),
    ],
)
def test_what_only_looks_like_a_sign_is_none(text: str, reason: str) -> None:
    assert reason not in checkworthiness(text).reasons


@pytest.mark.parametrize(
    ("worth_more", "worth_less"),
    [
        ("Oskell Line was fined 60,000 crowns in 2023.", "The baker lit his ovens at midnight."),
        ("No alarm was sounded on the ferry.", "The doors will stay open."),
        ("The yard dismissed 40 welders.", "The yard dismissed some welders."),
        ("The bridge closed in March.", "The bridge will close in March."),
        ("The bridge closed in March.", "The bridge should close in March."),
        ("The pier burned down.", "Has the pier burned down?"),
        ("The tower is the tallest of the coast and cost 9 million.", "It is a beautiful tower."),
        ("The crew lost their boats in the storm.", "I lost my boats in the storm."),
        ("The minister visited Kelmar on Monday.", "Thank you for the visit to Kelmar."),
    ],
)
def test_facts_with_a_stake_come_before_the_rest(worth_more: str, worth_less: str) -> None:
    assert checkworthiness(worth_more).score > checkworthiness(worth_less).score


def test_that_somebody_said_it_is_set_aside() -> None:
    plain = checkworthiness("The pumps are old and full of salt.")
    for framed in (
        "Ada Lind said that the pumps are old and full of salt.",
        "Ada Lind told reporters the pumps are old and full of salt.",
        "The pumps are old and full of salt, Ada Lind said.",
        "The pumps are old and full of salt, said Ada Lind.",
    ):
        assert checkworthiness(framed, speaker="Ada Lind") == plain
        assert checkworthiness(framed) != plain
    assert checkworthiness("Lind (", speaker="Lind (").score > 0  # no pattern


def test_a_statement_is_one_whatever_its_words() -> None:
    text = "The union stands by the captain."
    assert "what somebody said or stands for" not in checkworthiness(text).reasons
    assert checkworthiness(text, ClaimKind.statement).score > checkworthiness(text, ClaimKind.event).score


@settings(deadline=None)
@given(st.text(), st.sampled_from([None, *ClaimKind]), st.none() | st.text())
def test_any_text_has_a_worth(text: str, kind: ClaimKind | None, speaker: str | None) -> None:
    worth = checkworthiness(text, kind, speaker)
    assert 0 < worth.score < 1
    assert len(worth.reasons) == len(set(worth.reasons))
    assert worth == checkworthiness(text, kind, speaker)


@settings(deadline=None)
@given(st.sampled_from(["The yard closed", "It is quiet", "Boats lie in the bay"]))
def test_a_figure_adds_worth_and_a_sum_adds_more(start: str) -> None:
    scores = [checkworthiness(start + end).score for end in (".", " with 12 welders.", " with $12 million.")]
    assert scores == sorted(set(scores))


@pytest.mark.parametrize("part", ["a", "more ", "every one ", "said that ", "first ", "12 boats ", "’", "un"])
def test_a_long_text_takes_little_time(part: str) -> None:
    began = time.process_time()
    checkworthiness(part * 20_000, speaker="Ada Lind")
    assert time.process_time() - began < 5


def test_the_measures_are_those_of_the_textbook() -> None:
    worthy = [True, False, True, False]
    assert benchmark.auc([4, 3, 2, 1], worthy) == 0.75
    assert benchmark.auc([1, 1, 1, 1], worthy) == 0.5
    assert benchmark.auc([1, 3, 2, 4], worthy) == 0.0  # both worthy rows stand below both others
    assert benchmark.average_precision([4, 3, 2, 1], worthy) == pytest.approx((1 + 2 / 3) / 2)
    assert benchmark.precision_at_top([4, 3, 2, 1], worthy) == 0.5


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30))
def test_auc_counts_the_pairs_in_order(rows: list[tuple[int, bool]]) -> None:
    scores, worthy = [float(score) for score, _ in rows], [is_worthy for _, is_worthy in rows]
    pairs = [(a, b) for a, x in rows for b, y in rows if x and not y]
    if pairs:
        expected = sum((a > b) + 0.5 * (a == b) for a, b in pairs) / len(pairs)
        assert benchmark.auc(scores, worthy) == pytest.approx(expected)


def test_the_benchmark_prints_each_measure_with_its_interval(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmark, "RESAMPLES", 40)
    texts = [("The yard was fined 40,000 crowns.", "check_worthy"), ("I think so.", "not_check_worthy")]
    rows = tmp_path / "rows.jsonl"
    rows.write_text(
        "\n".join(json.dumps({"claim": t, "label": label}) for t, label in texts * 20), encoding="utf-8"
    )
    assert benchmark.main(rows) == 0
    printed = capsys.readouterr().out
    assert "40 rows, 50.0% of them check-worthy" in printed
    assert "checkworthiness  1.000 (1.000 to 1.000)" in printed
    assert "chance" in printed
    assert "gain on length" in printed


def test_rows_that_are_not_there_are_said_not_to_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert benchmark.main(tmp_path / "none.jsonl") == 2
    assert "nothing was measured" in capsys.readouterr().out
    (tmp_path / "one.jsonl").write_text('{"claim": "Yes.", "label": "check_worthy"}\n', encoding="utf-8")
    assert benchmark.main(tmp_path / "one.jsonl") == 2
    assert "no order to measure" in capsys.readouterr().out
