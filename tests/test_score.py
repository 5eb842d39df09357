"""A run is scored by the gold of its story: on an invented report whose numbers can be counted by hand."""

import json
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.gold import (
    Gold,
    GoldAgreement,
    GoldAlone,
    GoldConflict,
    GoldSide,
    HardKind,
    HardNegative,
)
from benchmarks.score import main, score
from benchmarks.scoring.judge import is_same, judge
from benchmarks.scoring.outcome import (
    ConflictOutcome,
    FlaggedSide,
    FlagOutcome,
    Score,
    Share,
    StoryOutcome,
)
from benchmarks.scoring.show import figures, findings
from benchmarks.scoring.summarise import summarise
from pipeline.store import write_report
from schemas.contradiction import ConflictKind, Contradiction, Relation, Severity
from schemas.record import Span
from schemas.report import Report
from schemas.verdict import Stance
from tests import sample_report as sample

TEXTS = {
    "courier.txt": sample.COURIER,
    "ledger.txt": sample.LEDGER,
    "wire.txt": sample.WIRE,
    "morning.txt": sample.MORNING,
}


def at(article: str, number: int) -> GoldSide:
    """Return the sentence of that number, from 1, as a side of the gold."""
    return GoldSide(article=f"{article}.txt", quote=TEXTS[f"{article}.txt"][number - 1])


def conflict(name: str, *sides: GoldSide, kind: ConflictKind = ConflictKind.quantity) -> GoldConflict:
    return GoldConflict(id=name, kind=kind, difficulty="plain", what="Invented.", why="Made up.", sides=sides)


def lookalike(name: str, kind: HardKind, *sides: GoldSide) -> HardNegative:
    return HardNegative(id=name, type=kind, what="Invented.", why="Made up.", sides=sides)


def gold(
    conflicts: Sequence[GoldConflict] = (),
    hard_negatives: Sequence[HardNegative] = (),
    agreements: Sequence[tuple[GoldSide, ...]] = (),
    alone: Sequence[GoldSide] = (),
    story: str = "crane",
) -> Gold:
    return Gold(
        story=story,
        conflicts=tuple(conflicts),
        hard_negatives=tuple(hard_negatives),
        agreements=tuple(GoldAgreement(what="Invented.", sides=sides) for sides in agreements),
        single_outlet=tuple(GoldAlone(what="Made up.", article=s.article, quote=s.quote) for s in alone),
    )


DEATHS = conflict("how-many-died", at("courier", 3), at("ledger", 2))
DAY = conflict("which-day-it-fell", at("courier", 3), at("wire", 2), kind=ConflictKind.date)
QUAY = (at("courier", 6), at("wire", 4))  # the report calls it an update
INSPECTION = (at("wire", 3), at("ledger", 4))  # the report calls it speakers who differ
INJURED = (at("courier", 4), at("ledger", 3))


def flagged(
    first: tuple[str, int],
    second: tuple[str, int],
    relation: Relation = Relation.contradiction,
    confidence: float = 0.5,
) -> Contradiction:
    articles = {article.id: article for article in sample.sample_articles()}
    return Contradiction(
        id=f"{first}{second}",
        kind=ConflictKind.event,
        relation=relation,
        severity=Severity.low,
        confidence=confidence,
        reason="For a test.",
        sides=(sample.side(articles[first[0]], first[1]), sample.side(articles[second[0]], second[1])),
    )


def report_of(*found: Contradiction) -> Report:
    return sample.sample_report(contradictions=found)


def outcomes(report: Report, by: Gold) -> list[tuple[str, tuple[str, ...]]]:
    return [(flag.outcome, flag.entries) for flag in judge(report, by).flags]


def test_flags_on_two_sides_of_a_conflict_are_right_and_find_it() -> None:
    found = judge(sample.sample_report(), gold([DEATHS, DAY]))
    assert [(flag.outcome, flag.entries) for flag in found.flags] == [
        ("right", ("how-many-died",)),
        ("right", ("which-day-it-fell",)),
    ]
    assert [entry.is_found for entry in found.conflicts] == [True, True]


@pytest.mark.parametrize("order", list(permutations(range(3), 2)))
def test_any_two_sides_in_any_order_find_a_conflict_of_three(order: tuple[int, int]) -> None:
    places = (("courier", 3), ("ledger", 2), ("wire", 2))
    three = conflict("three-ways", *(at(*place) for place in places))
    assert outcomes(report_of(flagged(places[order[0]], places[order[1]])), gold([three])) == [
        ("right", ("three-ways",))
    ]


def test_a_flag_with_one_side_right_is_neither() -> None:
    report = report_of(flagged(("courier", 3), ("ledger", 4)), flagged(("courier", 3), ("courier", 3)))
    found = judge(report, gold([DEATHS], [lookalike("other", "scope", *INSPECTION)]))
    assert [flag.outcome for flag in found.flags] == ["other", "other"]
    assert not found.conflicts[0].is_found


def test_the_sentence_of_another_article_is_another_sentence() -> None:
    elsewhere = GoldSide(article="morning.txt", quote=sample.COURIER[2])
    assert outcomes(
        report_of(flagged(("courier", 3), ("ledger", 2))), gold([conflict("c", elsewhere, at("ledger", 2))])
    ) == [("other", ())]


def test_a_flag_on_a_hard_negative_is_wrong_unless_a_conflict_has_it_too() -> None:
    bound = lookalike("at-least", "bound", *INJURED)
    report = report_of(flagged(("courier", 4), ("ledger", 3)))
    assert outcomes(report, gold([DEATHS], [bound])) == [("wrong", ("at-least",))]
    assert outcomes(report, gold([conflict("c", *INJURED)], [bound])) == [("right", ("c",))]


def test_updates_and_speakers_who_differ_are_no_flags_but_are_recognised() -> None:
    negatives = [
        lookalike("quay", "update", *QUAY),
        lookalike("inspected", "speakers_differ", *INSPECTION),
        lookalike("injured", "update", *INJURED),
    ]
    found = summarise([judge(sample.sample_report(), gold([DEATHS], negatives))])
    assert found.recognised == {"update": shared(1, 2), "speakers_differ": shared(1, 1)}
    assert found.hard_negatives.part == 0
    assert (found.flags.whole, found.other) == (2, 1)
    swapped = [lookalike("quay", "speakers_differ", *QUAY), lookalike("i", "update", *INSPECTION)]
    assert not any(
        entry.is_recognised for entry in judge(sample.sample_report(), gold([DEATHS], swapped)).hard_negatives
    )


def test_a_conflict_called_an_update_is_missed_and_said_to_be_so() -> None:
    found = judge(sample.sample_report(), gold([conflict("quay", *QUAY), DEATHS]))
    assert [(entry.is_found, entry.told_as) for entry in found.conflicts] == [
        (False, Relation.update),
        (True, None),
    ]
    assert summarise([found]).told_otherwise == 1


def shared(part: int, whole: int) -> Share:
    return Share(part=part, whole=whole, value=part / whole)


def test_figures_by_kind_difficulty_and_type() -> None:
    hidden = conflict("hidden", *INJURED).model_copy(update={"difficulty": "hidden"})
    negatives = [
        lookalike("a", "scope", *INSPECTION),
        lookalike("b", "scope", at("courier", 7), at("wire", 5)),
    ]
    report = report_of(flagged(("courier", 3), ("ledger", 2)), flagged(("wire", 5), ("courier", 7)))
    found = summarise([judge(report, gold([DEATHS, DAY, hidden], negatives))])
    assert found.conflicts_by_kind == {ConflictKind.quantity: shared(1, 2), ConflictKind.date: shared(0, 1)}
    assert found.conflicts_by_difficulty == {"plain": shared(1, 2), "hidden": shared(0, 1)}
    assert found.hard_negatives_by_type == {"scope": shared(1, 2)}
    assert (found.flags.part, found.flags.whole, found.wrong, found.other) == (1, 2, 1, 0)


def test_what_agrees_is_supported_by_a_claim_of_either_sentence() -> None:
    agreed = (at("courier", 5), at("wire", 3), at("morning", 3))
    found = judge(sample.sample_report(), gold([DEATHS], agreements=[agreed, INJURED, QUAY])).agreements
    assert [(entry.pairs, entry.supported, entry.evidenced) for entry in found] == [
        (3, 3, 3),
        (1, 1, 1),
        (1, 0, 0),
    ]


def test_support_from_elsewhere_is_no_evidence_for_the_pair() -> None:
    odd = (at("courier", 5), at("ledger", 6))  # the claim of the first rests on two other articles
    (entry,) = judge(sample.sample_report(), gold([DEATHS], agreements=[odd])).agreements
    assert (entry.supported, entry.evidenced) == (1, 0)


def test_a_neutral_sentence_is_no_evidence_for_the_pair() -> None:
    full = sample.sample_report()
    neutral = sample.evidence(full.articles[1], 6, Stance.neutral)
    one = sample.claim(full.articles[0], 7, "It was built in 1987.", sample.supported(neutral))
    found = judge(
        full.model_copy(update={"claims": (one,)}),
        gold([DEATHS], agreements=[(at("courier", 7), at("ledger", 6))]),
    )
    assert (found.agreements[0].supported, found.agreements[0].evidenced) == (1, 0)


def test_two_sentences_of_one_article_are_no_pair() -> None:
    agreed = (at("courier", 5), at("courier", 7), at("wire", 3))
    (entry,) = judge(sample.sample_report(), gold([DEATHS], agreements=[agreed])).agreements
    assert entry.pairs == 2


def test_a_repeat_of_a_claim_counts_for_its_sentence() -> None:
    full = sample.sample_report()
    courier = full.articles[0]
    first = courier.sentences[6].span
    claims = tuple(
        claim.model_copy(update={"repeats": (first,)}) if claim.quote == sample.COURIER[3] else claim
        for claim in full.claims
        if claim.quote != sample.COURIER[6]
    )
    pair = (at("courier", 7), at("wire", 4))
    (entry,) = judge(full.model_copy(update={"claims": claims}), gold([DEATHS], agreements=[pair])).agreements
    assert entry.supported == 1


def test_sentences_that_stand_alone_are_counted_where_they_have_a_claim() -> None:
    alone = [at("courier", 7), at("courier", 3), at("courier", 4), at("wire", 4)]
    found = judge(sample.sample_report(), gold([DEATHS], alone=alone))
    assert [(entry.claims, entry.is_unsupported) for entry in found.single_outlet] == [
        (1, True),  # unsupported
        (1, False),  # contradicted
        (1, False),  # supported
        (0, False),  # without a claim
    ]
    figure = summarise([found])
    assert figure.single_outlet == shared(1, 3)
    assert figure.single_outlet_sentences == 4


def test_one_supported_claim_of_a_sentence_is_enough_not_to_stand_alone() -> None:
    full = sample.sample_report()
    second = sample.claim(full.articles[0], 7, "The yard is in Hallstad.", sample.supported())
    found = judge(
        full.model_copy(update={"claims": (*full.claims, second)}), gold([DEATHS], alone=[at("courier", 7)])
    )
    assert found.single_outlet[0].claims == 2
    assert not found.single_outlet[0].is_unsupported


def side(quote: str, article: str = "a.txt") -> FlaggedSide:
    return FlaggedSide(article=article, quote=quote)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("The crane fell on the quay.", "The  crane fell\non the quay. ", True),
        ("VELDRIK — The crane fell on the quay.", "The crane fell on the quay.", True),
        ("The crane fell.", "The crane fell. It was built by the Hallstad yard in 1987.", False),
        ("The crane fell on the quay.", "The crane fell on the pier.", False),
        ("abcdef", "abcdefghij", True),  # 60 % of the longer
        ("abcde", "abcdefghi", False),
        ("", "", False),
    ],
)
def test_a_sentence_may_be_cut_a_little_longer(one: str, other: str, same: bool) -> None:
    assert is_same(side(one), side(other)) is same
    assert is_same(side(other), side(one)) is same
    assert not is_same(side(one), side(other, "b.txt"))


@settings(deadline=None)
@given(st.text(min_size=1).filter(str.strip), st.sampled_from([" ", "\n", "\u00a0 ", "\t"]))
def test_white_space_is_of_no_account(quote: str, space: str) -> None:
    assert is_same(side(quote), side(space + space.join(quote.split())))


def test_a_report_of_another_story_is_refused() -> None:
    far = GoldSide(article="far.txt", quote="Away.")
    with pytest.raises(ValueError, match="none of the articles of crane"):
        judge(sample.sample_report(), gold([conflict("c", far, GoldSide(article="b.txt", quote="Off."))]))


def story_of(hits: Sequence[bool], flags: Sequence[FlagOutcome] = (), story: str = "crane") -> StoryOutcome:
    return StoryOutcome(
        story=story,
        model="m",
        tool_version="1",
        is_complete=True,
        conflicts=tuple(
            ConflictOutcome(id=f"c{i}", kind=ConflictKind.event, difficulty="plain", is_found=hit)
            for i, hit in enumerate(hits)
        ),
        hard_negatives=(),
        flags=tuple(flags),
        agreements=(),
        single_outlet=(),
    )


def flag(confidence: float, entry: str | None = None) -> FlagOutcome:
    return FlagOutcome(
        outcome="right" if entry else "other",
        entries=(entry,) if entry else (),
        kind=ConflictKind.event,
        confidence=confidence,
        reason="For a test.",
        sides=(side("One."), side("Two.", "b.txt")),
    )


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=40), st.integers(0, 99))
def test_an_interval_holds_its_figure_and_comes_out_the_same_again(hits: list[bool], seed: int) -> None:
    found = summarise([story_of(hits)], resamples=50, seed=seed).conflicts
    assert found.value == sum(hits) / len(hits)
    assert found == summarise([story_of(hits)], resamples=50, seed=seed).conflicts
    if len(set(hits)) == 1:
        assert (found.low, found.high) == (None, None)  # no spread is no certainty
    else:
        assert found.low is not None
        assert found.high is not None
        assert 0 <= found.low <= found.high <= 1
        assert found.low < 1
        assert found.high > 0


def test_an_interval_is_that_of_a_share() -> None:
    found = summarise([story_of([True, False] * 50)]).conflicts
    # The normal approximation of a share of one half of 100: 0.5 plus and minus 1.96 * 0.05.
    assert found.low == pytest.approx(0.402, abs=0.02)
    assert found.high == pytest.approx(0.598, abs=0.02)


def test_flags_on_one_entry_are_drawn_together() -> None:
    many = [flag(0.5, f"c{i}") for i in range(20)] + [flag(0.5) for _ in range(20)]
    few = [flag(0.5, "c0") for _ in range(20)] + [flag(0.5) for _ in range(20)]
    wide, narrow = (summarise([story_of([True], flags)]).flags for flags in (few, many))
    assert wide.value == narrow.value == 0.5
    assert wide.low is not None
    assert narrow.low is not None
    assert wide.low < narrow.low


def test_entries_of_two_stories_are_two_entries() -> None:
    stories = [story_of([True], [flag(0.5, "c0"), flag(0.5)], f"story {i}") for i in range(20)]
    found = summarise(stories)
    assert (found.runs, found.flags.part, found.flags.whole, found.other) == (20, 20, 40, 20)
    assert found.conflicts == Share(part=20, whole=20, value=1.0)
    # 40 independent flags: 0.5 plus and minus 1.96 * 0.08; as one entry the 20 right ones would spread wider.
    assert found.flags.low == pytest.approx(0.345, abs=0.03)


def test_calibration_is_that_of_flags_being_right() -> None:
    flags = [flag(0.9, "c0"), flag(0.9), flag(0.1, "c0"), flag(0.1, "c0")]
    found = summarise([story_of([True], flags)]).calibration
    assert found is not None
    assert found.brier == pytest.approx((0.01 + 0.81 + 0.81 + 0.81) / 4)
    # Too sure of some and not sure enough of others: the one does not make up for the other.
    assert found.calibration_error == pytest.approx((abs(0.5 - 0.9) + abs(1.0 - 0.1)) / 2)


def test_a_run_without_flags_has_no_share_of_right_ones() -> None:
    found = summarise([judge(report_of(), gold([DEATHS]))])
    assert found.flags == Share(part=0, whole=0, value=None)
    assert found.calibration is None
    assert "flags right: 0 of 0" in list(figures(found))


def test_findings_tell_what_was_missed_and_what_is_to_be_read() -> None:
    report = report_of(flagged(("courier", 4), ("ledger", 3)), flagged(("courier", 7), ("ledger", 5)))
    told = "\n".join(
        findings(summarise([judge(report, gold([DEATHS], [lookalike("hurt", "bound", *INJURED)]))]))
    )
    assert "missed: how-many-died (quantity, plain)" in told
    assert "wrong: hurt (event, 0.50: For a test.)" in told
    assert f"courier.txt: {sample.COURIER[6]}" in told
    assert sample.COURIER[3] not in told


def write_story(folder: Path, by: Gold) -> Path:
    folder.mkdir(parents=True)
    for name, sentences in TEXTS.items():
        (folder / name).write_text("\n\n".join(sentences), encoding="utf-8")
    (folder / "gold.json").write_text(by.model_dump_json(), encoding="utf-8")
    return folder


def write_run(out: Path, report: Report) -> Path:
    out.mkdir()
    write_report(out, report)
    return out


FULL = gold(
    [DEATHS, conflict("quay", *QUAY)], [lookalike("hurt", "bound", *INJURED)], [INJURED], [at("wire", 5)]
)
REPORT = report_of(
    flagged(("courier", 3), ("ledger", 2)),
    flagged(("courier", 4), ("ledger", 3)),
    flagged(("courier", 7), ("ledger", 5)),
)
WORDS = (
    *("crane", "how-many-died", "quay", "hurt", "For a test", "Hallstad", "Invented", "Made up"),
    *(side.quote for entry in (DEATHS, conflict("quay", *QUAY)) for side in entry.sides),
)


def test_the_command_scores_many_runs_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = write_run(tmp_path / "out", REPORT)
    one = write_story(tmp_path / "crane", FULL)
    two = write_story(tmp_path / "again", FULL.model_copy(update={"story": "again"}))
    record = tmp_path / "score.json"
    assert main([*map(str, (out, one, out, two)), "--json", str(record)]) == 0
    told = capsys.readouterr().out
    assert "conflicts found: 2 of 4, 50.0%" in told
    assert "flags right: 2 of 6, 33.3%" in told
    assert "again, missed: quay" in told
    found = Score.model_validate_json(record.read_text(encoding="utf-8"))
    assert [story.story for story in found.stories] == ["crane", "again"]
    assert found == score([(out, one), (out, two)])


def test_quiet_prints_figures_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, story = write_run(tmp_path / "out", REPORT), write_story(tmp_path / "crane", FULL)
    assert main([str(out), str(story), "--quiet"]) == 0
    told = capsys.readouterr().out
    assert "conflicts found: 1 of 2" in told
    assert [word for word in WORDS if word in told] == []


@pytest.mark.parametrize(("folder", "options"), [("crane", ["--blind"]), ("unseen/crane", [])])
def test_a_blind_score_tells_and_writes_no_word_of_the_story(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], folder: str, options: list[str]
) -> None:
    out, story = write_run(tmp_path / "out", REPORT), write_story(tmp_path / folder, FULL)
    record = tmp_path / "score.json"
    assert main([str(out), str(story), "--json", str(record), *options]) == 0
    told, written = capsys.readouterr().out, record.read_text(encoding="utf-8")
    assert "conflicts found: 1 of 2" in told
    assert json.loads(written)["conflicts"]["part"] == 1
    assert [word for word in WORDS if word in told or word in written] == []


@pytest.mark.parametrize(("folder", "is_told"), [("crane", True), ("unseen/crane", False)])
def test_gold_that_does_not_hold_is_named_unless_blind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], folder: str, is_told: bool
) -> None:
    out, story = write_run(tmp_path / "out", REPORT), write_story(tmp_path / folder, FULL)
    (story / "courier.txt").write_text("Nothing of the kind.", encoding="utf-8")
    assert main([str(out), str(story)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert (sample.COURIER[2] in captured.err) is is_told


def test_a_story_counts_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, story = write_run(tmp_path / "out", REPORT), write_story(tmp_path / "crane", FULL)
    assert main([*map(str, (out, story, out, story))]) == 2
    assert "given twice" in capsys.readouterr().err


def test_a_folder_without_a_run_or_without_its_story_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story = write_story(tmp_path / "crane", FULL)
    assert main([str(tmp_path), str(story)]) == 2
    assert "There is no run in" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main([str(story)])
    assert "in turns" in capsys.readouterr().err


def test_an_incomplete_run_is_said_to_be_one() -> None:
    report = sample.sample_report(run=sample.run_info(complete=False))
    told = list(figures(summarise([judge(report, gold([DEATHS]))])))
    assert any("1 of them incomplete" in line for line in told)
    assert not any("incomplete" in line for line in figures(summarise([judge(REPORT, gold([DEATHS]))])))


def test_a_splitter_that_cuts_otherwise_is_forgiven() -> None:
    full = report_of(flagged(("courier", 3), ("ledger", 2)))
    found = full.contradictions[0]
    first = found.sides[0]
    cut = first.model_copy(
        update={
            "quote": first.quote.removesuffix(", killing two dockers."),
            "span": Span(start=first.span.start, end=first.span.end - len(", killing two dockers.")),
        }
    )
    changed = found.model_copy(update={"sides": (cut, found.sides[1])})
    assert outcomes(full.model_copy(update={"contradictions": (changed,)}), gold([DEATHS])) == [
        ("right", ("how-many-died",))
    ]
