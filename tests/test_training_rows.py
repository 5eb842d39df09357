"""The rows a verifier is trained on: read, mixed, and made by rules whose labels are true by construction."""

import gzip
import json
import re
from collections import Counter
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import training
from pipeline.values.comparison import Comparison
from pipeline.values.quantities import compare_quantities, find_quantities
from training.planted import SOURCE, plant_rows
from training.rows import ALLOWED, STANCES, Row, batches, capped, read_rows, tidy
from training.stages import STAGES, Stage, mixture

EVIDENCE = (
    "Ada Lind opened the stone bridge at Kelmar on 4 May 2021, and 312 people walked across it at noon. "
    "The bridge is not the first one there, for an older one fell into the river in 1987. "
    "Otto Brandt built it for 40 million crowns with a crew of 85 workers."
)
CLAIMS = (
    ("Ada Lind opened the bridge at Kelmar on 4 May 2021.", "supported"),
    ("The stone bridge at Kelmar was opened by Ada Lind with 312 people.", "supported"),
    ("Otto Brandt opened the bridge.", "contradicted"),
    ("The bridge has lamps.", "unsupported"),
)
ROWS = [Row(EVIDENCE, text, label, "mnli") for text, label in CLAIMS]


def planted(count: int = 250, seed: int = 1) -> list[Row]:
    return plant_rows(ROWS, count, Random(seed))


# -- reading and mixing --


def test_rows_are_read_tidied_and_empty_ones_left_out(tmp_path: Path) -> None:
    pairs = [
        ("The bell -LRB- of 1820 -RRB- rang .", "It did n't ."),
        ("  ", "A bell rang."),
        ("A bell rang.", "\n"),
    ]
    records = [{"source": "mnli", "evidence": e, "claim": c, "label": "supported"} for e, c in pairs]
    with gzip.open(tmp_path / "rows.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)
    assert read_rows(tmp_path / "rows.jsonl.gz") == [
        Row("The bell (of 1820) rang.", "It didn't.", "supported", "mnli")
    ]


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("`` Yes , '' she said .", '" Yes, " she said.'),
        ("Kelmar 's  pier", "Kelmar's pier"),
        ("one -- two", "one – two"),
        ("12.5 and 3,000 stay", "12.5 and 3,000 stay"),
    ],
)
def test_treebank_spacing_is_undone(written: str, plain: str) -> None:
    assert tidy(written) == plain
    assert tidy(plain) == plain


SOURCES = st.lists(st.sampled_from(["mnli", "snli", "conjnli"]), max_size=40)


@given(SOURCES, st.integers(0, 10), st.integers(0, 99))
def test_no_more_of_a_source_than_asked_are_kept_and_all_of_the_others(
    sources: list[str], most: int, seed: int
) -> None:
    rows = [Row(f"e{n}", f"c{n}", "supported", source) for n, source in enumerate(sources)]
    kept = capped(rows, {"mnli": most}, Random(seed))
    counts, there = Counter(sources), Counter(row.source for row in kept)
    assert there["mnli"] == min(most, counts["mnli"])
    assert (there["snli"], there["conjnli"]) == (counts["snli"], counts["conjnli"])
    assert len(set(kept)) == len(kept)
    assert set(kept) <= set(rows)
    assert kept == capped(rows, {"mnli": most}, Random(seed))


@given(st.lists(st.integers(1, 192), max_size=80), st.integers(1, 9), st.integers(0, 99))
def test_every_row_is_in_one_batch_and_batches_are_of_about_one_length(
    lengths: list[int], size: int, seed: int
) -> None:
    made = list(batches(lengths, size, Random(seed)))
    assert sorted(i for batch in made for i in batch) == list(range(len(lengths)))
    assert all(0 < len(batch) <= size for batch in made)
    assert sum(len(batch) < size for batch in made) <= 1
    ends = [(min(lengths[i] for i in batch), max(lengths[i] for i in batch)) for batch in made]
    for (shortest, longest), (other_shortest, other_longest) in combinations(ends, 2):
        assert min(longest - other_shortest, other_longest - shortest) <= 6  # one comes after the other


def test_a_stage_mixes_public_rows_with_made_ones_by_its_seed() -> None:
    stage = Stage("any", 1e-4, 8, {"mnli": 2}, planted=5)
    mixed = mixture(ROWS, stage, Random(3))
    assert Counter(row.source for row in mixed) == {"mnli": 2, SOURCE: 5}
    assert mixed == mixture(ROWS, stage, Random(3))
    assert mixed != mixture(ROWS, stage, Random(4))


def test_the_stages_name_sources_once_and_only_the_last_makes_rows() -> None:
    assert len({stage.name for stage in STAGES}) == len(STAGES)
    assert [stage.planted > 0 for stage in STAGES] == [False, True]


# -- rows made by rules --


def test_as_many_rows_as_asked_are_made_the_same_for_one_seed() -> None:
    made = planted()
    assert len(made) == 250
    assert made == planted()
    assert made != planted(seed=2)
    assert {row.source for row in made} == {SOURCE}
    assert {row.label for row in made} == set(STANCES)
    assert all(row.evidence.strip() and row.claim.strip() for row in made)
    assert all(row.label in ALLOWED for row in made)


@pytest.mark.parametrize(
    ("frame", "label"),
    [
        ("denied that|not true that|dismissed reports that", "contradicted"),
        ("not clear whether|looking into reports that|will decide on Friday whether", "unsupported"),
        ("said that|According to|confirmed on Tuesday that", "supported"),
    ],
)
def test_a_sentence_reported_doubted_or_denied_has_the_label_of_its_frame(frame: str, label: str) -> None:
    made = [
        row
        for row in planted(400)
        if re.search(frame, row.evidence) and row.claim[1:] in row.evidence and row.claim[1:] in EVIDENCE
    ]
    assert {row.label for row in made} == {label}


def test_a_bound_is_true_of_its_number_just_where_the_row_says_so() -> None:
    passage = "The crew of {:,} workers built the stone bridge in a year."
    counts = (12, 85, 99, 312, 45_000)
    rows = [Row(passage.format(n), "A crew built it.", "supported", "mnli") for n in counts]
    exact = {row.evidence: find_quantities(row.evidence)[0] for row in rows}
    made = [
        (find_quantities(row.claim)[0], exact[row.evidence], row)
        for row in plant_rows(rows, 800, Random(5))
        if row.evidence in exact and re.search(r"more than|at least|fewer than|up to", row.claim)
    ]
    assert {row.label for _, _, row in made} == {"supported", "contradicted"}
    for bound, number, row in made:
        expected = Comparison.same if row.label == "supported" else Comparison.differ
        assert compare_quantities(bound, number) is expected, row


def test_a_number_in_two_words_gets_no_bound_before_half_of_it() -> None:
    rows = [Row("A crew of 3 thousand workers built the stone bridge.", "It was built.", "supported", "mnli")]
    made = plant_rows(rows, 150, Random(5))
    assert not [row for row in made if re.search(r"(?:more|fewer) than|at least|up to", row.claim)]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [Row("Too short.", "It is.", "supported", "mnli")],
        [Row(EVIDENCE, "It is.", "contradicted", "mnli")],
        [Row(EVIDENCE, "It is.", "supported", "snli")],
        [Row("word " * 80, "It is.", "supported", "mnli")],
    ],
)
def test_rows_that_nothing_can_be_made_of_are_refused_and_not_tried_for_ever(rows: list[Row]) -> None:
    with pytest.raises(ValueError, match="of 3"):
        plant_rows(rows, 3, Random(1))
    assert plant_rows(rows, 0, Random(1)) == []


MODULES = sorted(Path(training.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_training_module_compiles(path: Path) -> None:
    compile(path.read_text(encoding="utf-8"), str(path), "exec")
