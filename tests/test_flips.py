"""Two runs over one story: which verdicts change, which claims and flags come and go."""

from pathlib import Path

import pytest

from benchmarks.claims import Share
from benchmarks.flips import compare_runs, main
from pipeline.store import write_report
from schemas.contradiction import Relation
from schemas.report import Report, ReportClaim
from schemas.verdict import Label, Verdict
from tests import sample_report as sample

RUN = sample.sample_report()


def with_claims(*claims: ReportClaim) -> Report:
    return RUN.model_copy(update={"claims": claims})


def judged(claim: ReportClaim, label: Label) -> ReportClaim:
    error = "no answer" if label is Label.error else None
    return claim.model_copy(update={"verdict": Verdict(label=label, confidence=0.5, error=error)})


def worded(claim: ReportClaim, text: str) -> ReportClaim:
    return claim.model_copy(update={"id": f"other-{claim.id}", "text": text})


def moved(run: Report, folder: str) -> Report:
    """Give every article another path, as a run from another folder does."""
    articles = tuple(a.model_copy(update={"path": f"{folder}/{a.name}.txt"}) for a in run.articles)
    return run.model_copy(update={"articles": articles})


@pytest.mark.parametrize("run", [RUN, sample.troubled_report(), with_claims()])
def test_a_run_does_not_differ_from_itself(run: Report) -> None:
    found = compare_runs(run, run)
    assert found.flipped.part == found.unmatched.part == 0
    assert found.changes == {}
    assert (found.gone_flags, found.new_flags, found.left_out) == ((), (), ())
    assert found.flipped.whole + found.errors == len(run.claims)


def test_a_changed_verdict_is_a_flip() -> None:
    first, *rest = RUN.claims
    found = compare_runs(RUN, with_claims(judged(first, Label.supported), *rest))
    assert found.flipped == Share(part=1, whole=14)
    assert found.changes == {"contradicted to supported": 1}
    back = compare_runs(with_claims(judged(first, Label.supported), *rest), RUN)
    assert back.changes == {"supported to contradicted": 1}


def test_a_claim_that_was_not_judged_is_no_flip() -> None:
    first, *rest = RUN.claims
    found = compare_runs(with_claims(judged(first, Label.error), *rest), RUN)
    assert found.flipped == Share(part=0, whole=13)
    assert found.errors == 1


def test_nearly_the_same_words_are_the_same_claim() -> None:
    first, *rest = RUN.claims
    same = compare_runs(RUN, with_claims(worded(first, "The crane killed two dockers"), *reversed(rest)))
    assert same.unmatched == Share(part=0, whole=28)
    other = compare_runs(RUN, with_claims(worded(first, "The crane killed six dockers."), *rest))
    assert other.unmatched == Share(part=2, whole=28)
    assert other.flipped.whole == 13


def test_the_same_words_in_another_sentence_are_another_claim() -> None:
    courier = RUN.articles[0]
    here = sample.claim(courier, 3, "A crane fell.", sample.unsupported())
    there = sample.claim(courier, 4, "A crane fell.", sample.unsupported())
    assert compare_runs(with_claims(here), with_claims(there)).unmatched == Share(part=2, whole=2)


def test_each_claim_is_matched_once_and_with_the_nearest() -> None:
    courier = RUN.articles[0]
    texts = ("The crane killed two dockers on the quay.", "The crane killed two dockers on a quay.")
    one, other = (sample.claim(courier, 3, text, sample.unsupported()) for text in texts)
    flipped = judged(other, Label.supported)
    found = compare_runs(with_claims(one, other), with_claims(flipped, one))
    assert found.changes == {"unsupported to supported": 1}
    assert found.unmatched.part == 0
    assert compare_runs(with_claims(one, other), with_claims(one)).unmatched == Share(part=1, whole=3)


def test_flags_are_known_by_their_quotes() -> None:
    first, second, *rest = RUN.contradictions
    turned = first.model_copy(update={"id": "new", "sides": first.sides[::-1], "confidence": 0.1})
    found = compare_runs(RUN, RUN.model_copy(update={"contradictions": (turned, *rest)}))
    assert found.kept_flags == 1
    assert [flag.quotes for flag in found.gone_flags] == [tuple(side.quote for side in second.sides)]
    assert found.new_flags == ()


def test_what_is_no_contradiction_any_more_is_gone() -> None:
    first, *rest = RUN.contradictions
    update = first.model_copy(update={"relation": Relation.update})
    found = compare_runs(RUN, RUN.model_copy(update={"contradictions": (update, *rest)}))
    assert [flag.kind for flag in found.gone_flags] == ["quantity"]
    back = compare_runs(RUN.model_copy(update={"contradictions": (update, *rest)}), RUN)
    assert [flag.kind for flag in back.new_flags] == ["quantity"]


def test_runs_from_two_folders_are_compared_by_the_articles_ids() -> None:
    found = compare_runs(RUN, moved(RUN, "elsewhere"))
    assert found.unmatched.part == 0
    assert found.kept_flags == 2


def test_an_article_that_changed_is_left_out_and_said_so() -> None:
    courier, *others = RUN.articles
    changed = courier.model_copy(update={"text": f"{courier.text} More."})
    found = compare_runs(RUN, RUN.model_copy(update={"articles": (changed, *others)}))
    assert found.left_out == (courier.path,)
    of_courier = sum(claim.article_id == courier.id for claim in RUN.claims)
    assert found.flipped.whole == len(RUN.claims) - of_courier
    assert (found.kept_flags, found.gone_flags, found.new_flags) == (0, (), ())


def test_the_command_prints_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, *rest = RUN.claims
    other = with_claims(judged(first, Label.supported), *rest[1:])
    for name, run in (("one", RUN), ("two", other.model_copy(update={"contradictions": ()}))):
        (tmp_path / name).mkdir()
        write_report(tmp_path / name, run)
    assert main(tmp_path / "one", tmp_path / "two") == 0
    told = capsys.readouterr().out
    assert "verdicts that change: 1 of 13 (8 %)" in told
    assert "contradicted to supported: 1" in told
    assert "claims in one run alone: 1 of 27 (4 %)" in told
    assert "flags in both: 0; gone: 2; new: 0" in told
    assert sample.COURIER[2][:60] in told
