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
    measure_claims,
    near_equal,
    own_support,
    score_speakers,
)
from benchmarks.claims import __main__ as command
from benchmarks.claims.result import ClaimsResult
from benchmarks.gold import Gold, GoldSpeaker
from pipeline.store import write_report
from schemas.evaluation import LabelledRow, Scores
from schemas.report import Report, ReportClaim
from tests import sample_report as sample
from tests.fake_endpoint import fake_endpoint, refused

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


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The folder of the sample run."""
    (tmp_path / "run").mkdir()
    write_report(tmp_path / "run", sample.sample_report())
    return tmp_path / "run"


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """The folder of its story, with who says what in it."""
    folder = tmp_path / "story"
    folder.mkdir()
    for name, texts in (("courier", sample.COURIER), ("ledger", sample.LEDGER), ("wire", sample.WIRE)):
        (folder / f"{name}.txt").write_text("\n\n".join(texts), encoding="utf-8")
    gold = Gold(
        story="x", conflicts=(), hard_negatives=(), agreements=(), single_outlet=(), speakers=GOLD[:5]
    )
    (folder / "gold.json").write_text(gold.model_dump_json(), encoding="utf-8")
    return folder


def test_the_command_prints_every_measure(run: Path, story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([str(run), str(story)]) == 0
    told = capsys.readouterr().out
    assert "sentences with a claim: 14 of 21 (67 %); of prose alone: 14 of 17 (82 %)" in told
    assert "right speaker, where somebody says it: 1 of 2 (50 %)" in told
    assert "without a claim: 1" in told
    assert command.main([str(run)]) == 0
    assert "speaker" not in capsys.readouterr().out


def test_several_runs_are_written_with_what_the_judge_said_of_worded_claims(
    run: Path, story: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    judged: list[tuple[str, str]] = []

    class Doubter:
        """Supports what is its evidence word for word, and nothing else."""

        def __init__(self, *_: object) -> None:
            """Need nothing."""

        async def __call__(self, rows: Sequence[LabelledRow]) -> list[Scores]:
            judged.extend((row.claim, row.evidence) for row in rows)
            yes = [row.evidence.endswith(row.claim) for row in rows]
            return [Scores(supported=float(y), contradicted=0.0, unsupported=float(not y)) for y in yes]

    monkeypatch.setattr(command, "MapJudge", Doubter)
    monkeypatch.setattr(command, "chosen_map", lambda *_: "a map")
    own = sample.COURIER[3]
    other = tmp_path / "other"
    other.mkdir()
    claims = (drawn(3, "It fell."), drawn(4, own), drawn(7, "As it stands.", is_verbatim=True))
    write_report(other, with_claims(*claims))
    to = tmp_path / "results" / "claims.json"
    paths = [str(run), str(story), str(other), "--cache", str(tmp_path / "a.sqlite")]
    with fake_endpoint(lambda _body: refused(500, "nobody asks")) as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
        assert command.main([*paths, "--entailment", "--model", "some", "--json", str(to)]) == 0
    result = ClaimsResult.model_validate_json(to.read_bytes())
    assert result.judge == "some"
    first, second = result.runs
    assert first.quality.speakers is not None
    assert second.quality.speakers is None
    assert (second.verbatim, second.worded.part) == (Share(part=1, whole=3), 2)
    assert [e.before for e in second.entailed] == [0, 2]
    assert {e.worded.supported for e in second.entailed} == {Share(part=1, whole=2)}
    assert (own, own) in judged
    assert (own, "\n\n".join(sample.COURIER[1:4])) in judged
    assert "As it stands." not in {claim for claim, _ in judged}
    assert own not in to.read_text(encoding="utf-8")


def test_a_model_that_is_not_calibrated_judges_nothing(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with fake_endpoint(lambda _body: refused(500, "nobody asks")) as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
        assert command.main([str(run), "--entailment", "--model", "unheard-of"]) == 2
    assert "not calibrated" in capsys.readouterr().err


def test_without_a_judge_entailment_is_left_open(run: Path, tmp_path: Path) -> None:
    assert command.main([str(run), "--json", str(tmp_path / "claims.json")]) == 0
    result = ClaimsResult.model_validate_json((tmp_path / "claims.json").read_bytes())
    assert (result.judge, result.runs[0].entailed) == ("", ())


def test_a_story_belongs_to_the_run_before_it(
    run: Path, story: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.paired([run, run, story]) == [(run, None), (run, story)]
    for paths in ([story, run], [run, story, story], [run, run / "none"]):
        assert command.main(list(map(str, paths))) == 2
        assert "is no run" in capsys.readouterr().err
