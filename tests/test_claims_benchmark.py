"""The measures of a run's claims, on an invented report whose numbers can be counted by hand."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.claims import (
    Share,
    SpeakerScore,
    claims_of,
    is_standalone,
    main,
    measure_claims,
    near_equal,
    own_support,
    score_speakers,
)
from benchmarks.gold import Gold, GoldSpeaker
from pipeline.store import write_report
from schemas.evaluation import LabelledRow, Scores
from schemas.report import Report, ReportClaim
from tests import sample_report as sample

GOLD = (
    GoldSpeaker(article="courier.txt", quote=sample.COURIER[3], speaker="port authority"),
    GoldSpeaker(article="courier.txt", quote=sample.COURIER[4], speaker="Alba Restrup"),
    GoldSpeaker(article="courier.txt", quote=sample.COURIER[6], speaker=None),
    GoldSpeaker(article="ledger.txt", quote=sample.LEDGER[3], speaker=None),
    GoldSpeaker(article="wire.txt", quote=sample.WIRE[1], speaker=None),
    GoldSpeaker(article="elsewhere.txt", quote=sample.WIRE[2], speaker="Jonna Teek"),
)


def with_claims(*claims: ReportClaim) -> Report:
    return sample.sample_report(claims=claims, contradictions=())


def drawn(number: int, text: str, **more: object) -> ReportClaim:
    """Draw a claim from that sentence of the Courier."""
    return sample.claim(sample.sample_articles()[0], number, text, sample.unsupported(), **more)


def test_coverage_counts_sentences_with_a_claim_once() -> None:
    found = measure_claims(sample.sample_report())
    # One of the 22 sentences is a byline, 4 are headlines; each claim is drawn from another sentence.
    assert found.readable == Share(part=14, whole=21)
    assert found.prose == Share(part=14, whole=17)
    assert found.claims == 14
    assert found.claims_per_sentence == pytest.approx(14 / 21)


def test_two_claims_of_a_sentence_cover_it_once_and_a_repeat_covers_another() -> None:
    article = sample.sample_articles()[0]
    headline = article.sentences[0].span
    found = measure_claims(
        with_claims(drawn(3, "The crane fell."), drawn(3, "Two dockers died.", repeats=(headline,)))
    )
    assert found.readable.part == 2
    assert found.prose.part == 1
    assert found.claims == 2


def test_a_run_without_claims_has_no_rates() -> None:
    found = measure_claims(with_claims())
    assert (found.readable.part, found.claims, found.claims_per_sentence) == (0, 0, 0)
    assert str(found.standalone) == "0 of 0"
    empty = measure_claims(sample.sample_report(articles=(), claims=(), contradictions=()))
    assert empty.claims_per_sentence == 0


def test_a_repeated_claim_is_counted_within_its_article() -> None:
    wire = sample.sample_articles()[2]
    again = sample.claim(wire, 2, "The crane killed two dockers.", sample.unsupported())
    found = measure_claims(
        with_claims(
            drawn(3, "The crane killed two dockers."),
            drawn(1, "A crane killed two dockers."),
            drawn(4, "The crane killed three dockers."),
            again,
        )
    )
    assert found.repeated == Share(part=1, whole=4)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("The crane killed two dockers.", "The crane killed two dockers", True),
        ("The crane killed two dockers.", "The crane killed three dockers.", False),
        ("The crane was inspected in 2029.", "The crane was inspected in 2028.", False),
        ("The crane of the port was inspected.", "The crane of the port was not inspected.", False),
        ("The crane killed two dockers.", "Union members will march on Saturday.", False),
    ],
)
def test_near_equal_claims_differ_in_no_value(one: str, other: str, is_same: bool) -> None:
    assert near_equal(one, other) is is_same
    assert near_equal(other, one) is is_same


@given(st.text(max_size=60))
def test_a_claim_equals_itself(text: str) -> None:
    assert near_equal(text, text)


@pytest.mark.parametrize(
    "text",
    [
        "He wants an inquiry.",
        "“It’s over.”",
        "Their union will march.",
        "That crane was built in 1987.",
        "The company was fined in 2023.",
        "The company’s boss left by a side door.",
        "The shipping company was fined.",
        "The officials had no comment.",
        "They’ve asked for seats.",
    ],
)
def test_a_claim_about_who_knows_whom_cannot_be_read_alone(text: str) -> None:
    assert not is_standalone(text)


@pytest.mark.parametrize(
    "text",
    [
        "Jonna Teek wants an inquiry.",
        "The Oskell company was fined.",
        "The company that owns the crane was fined.",
        "The captain of the Astrid left her.",
        "The ferry Astrid struck a reef.",
        "There were 214 people aboard.",
        "Italy and Hesse differ.",
        "Theirry Vale left.",
        "Thirteen people were treated.",
        "",
    ],
)
def test_a_claim_with_a_name_can_be_read_alone(text: str) -> None:
    assert is_standalone(text)


def test_speakers_are_compared_with_the_gold() -> None:
    found = score_speakers(sample.sample_report(), GOLD)
    # The port authority is right and Jonna Teek is not Alba Restrup; the Hallstad yard's claim is the
    # outlet's own, Bram Oduya's is not; two sentences have no claim, one of them in a file not in the run.
    assert found == SpeakerScore(named=Share(part=1, whole=2), outlet=Share(part=1, whole=2), without_claim=2)


def test_a_claim_that_it_was_said_may_be_the_outlets_own() -> None:
    gold = GoldSpeaker(article="courier.txt", quote=sample.COURIER[4], speaker="harbour master Jonna Teek")
    said = with_claims(
        drawn(5, "Jonna Teek said the crane had passed."),
        drawn(5, "Alba Restrup said the crane had passed."),
        drawn(5, "The crane had passed its inspection."),
    )
    assert score_speakers(said, (gold,)).named == Share(part=1, whole=3)


def test_claims_are_found_by_the_place_of_their_quote() -> None:
    report = sample.sample_report()
    assert [c.sentence for c in claims_of(report, "courier.txt", "died of it")] == []
    part = sample.COURIER[3][5:20]
    assert [c.sentence for c in claims_of(report, "courier.txt", part)] == [4]
    assert claims_of(report, "morning.txt", sample.COURIER[3]) == []


async def test_each_claim_is_judged_by_its_own_sentence() -> None:
    asked: list[LabelledRow] = []

    async def judge(rows: Sequence[LabelledRow]) -> list[Scores | None]:
        asked.extend(rows)
        yes = Scores(supported=0.8, contradicted=0.1, unsupported=0.1)
        no = Scores(supported=0.4, contradicted=0.1, unsupported=0.5)
        return [yes, no, None, *[yes] * (len(rows) - 3)]

    report = sample.sample_report()
    found = await own_support(report, judge)
    assert [(row.claim, row.evidence) for row in asked] == [(c.text, c.quote) for c in report.claims]
    assert found.supported == Share(part=12, whole=13)
    assert found.not_judged == 1
    assert found.mean_score == pytest.approx((12 * 0.8 + 0.4) / 13)


@pytest.mark.parametrize(("context", "first"), [(0, 3), (1, 2), (2, 1), (9, 0)])
async def test_sentences_before_a_claims_own_can_be_added(context: int, first: int) -> None:
    asked: list[LabelledRow] = []

    async def mute(rows: Sequence[LabelledRow]) -> list[None]:
        asked.extend(rows)
        return [None] * len(rows)

    found = await own_support(with_claims(drawn(4, "Twelve were hurt.")), mute, context)
    assert asked[0].evidence == "\n\n".join(sample.COURIER[first:4])
    assert found.mean_score is None


def test_the_command_prints_every_measure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_report(tmp_path, sample.sample_report())
    story = tmp_path / "story"
    story.mkdir()
    for name, texts in (("courier", sample.COURIER), ("ledger", sample.LEDGER), ("wire", sample.WIRE)):
        (story / f"{name}.txt").write_text("\n\n".join(texts), encoding="utf-8")
    gold = Gold(
        story="x", conflicts=(), hard_negatives=(), agreements=(), single_outlet=(), speakers=GOLD[:5]
    )
    (story / "gold.json").write_text(gold.model_dump_json(), encoding="utf-8")
    assert main(tmp_path, story) == 0
    told = capsys.readouterr().out
    assert "sentences with a claim: 14 of 21 (67 %); of prose alone: 14 of 17 (82 %)" in told
    assert "right speaker, where somebody says it: 1 of 2 (50 %)" in told
    assert "without a claim: 1" in told
    assert main(tmp_path, None) == 0
    assert "speaker" not in capsys.readouterr().out
