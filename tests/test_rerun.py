"""The same story again: no run sees another's answers, and what differs is kept in figures alone."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import rerun
from benchmarks.rerun import FIRST, VARIANTS, compared, resplit, sentences_a_question, turned
from benchmarks.stored import RerunResult
from pipeline import chunks
from schemas.article import Story
from schemas.verdict import Label, Verdict
from tests import sample_report as sample
from tests.fake_endpoint import check_answer, fake_endpoint, refused
from tests.stories import article

POST = "The Harwick ferry sank on Tuesday; four sailors drowned; a dog swam. Nobody was charged."
ECHO = "The Harwick ferry sank on Tuesday and five sailors drowned.\n\nThe port of Harwick was closed."


def story(*texts: str) -> Story:
    return Story(name="x", articles=tuple(article(text, f"outlet-{n}") for n, text in enumerate(texts)))


def quotes(of: Story) -> list[list[str]]:
    return [[a.quote(s.span) for s in a.sentences] for a in of.articles]


def test_turned_is_the_same_articles_from_the_end() -> None:
    one = story(POST, ECHO)
    assert turned(one).articles == (one.articles[1], one.articles[0])


def test_sentences_are_cut_at_semicolons_and_numbered_anew() -> None:
    cut = resplit(story(POST, ECHO))
    assert quotes(cut)[0] == [
        "The Harwick ferry sank on Tuesday;",
        "four sailors drowned;",
        "a dog swam.",
        "Nobody was charged.",
    ]
    assert [s.number for s in cut.articles[0].sentences] == [1, 2, 3, 4]
    assert quotes(cut)[1] == quotes(story(ECHO))[0]


@given(st.lists(st.sampled_from(["The ferry sank", ";", "; ", " ", "a;b", ";;", ". ", "\n\n"]), max_size=12))
def test_a_cut_loses_no_word(parts: Sequence[str]) -> None:
    one = story("".join(parts) + " Four drowned.")
    cut = resplit(one)
    (before,), (after,) = quotes(one), quotes(cut)
    assert [word for q in after for word in q.replace(";", " ").split()] == [
        word for q in before for word in q.replace(";", " ").split()
    ]
    spans = [s.span for s in cut.articles[0].sentences]
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(quote.strip() for quote in after)


def test_fewer_sentences_a_question_for_a_while_only() -> None:
    before = chunks.CHUNK_SENTENCES

    def fails() -> None:
        with sentences_a_question(1):
            assert chunks.CHUNK_SENTENCES == 1
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert chunks.CHUNK_SENTENCES == before != rerun.FEWER_SENTENCES


def test_runs_are_compared_with_the_first_in_figures_alone() -> None:
    run = sample.sample_report()
    claim, *rest = run.claims
    flipped = claim.model_copy(update={"verdict": Verdict(label=Label.supported, confidence=0.5)})
    other = run.model_copy(update={"claims": (flipped, *rest), "contradictions": run.contradictions[:1]})
    found = compared({FIRST: run, "again": run, "order": other})
    assert (found.claims, found.is_complete) == (14, run.run.complete)
    again, order = found.reruns
    assert (again.name, again.flipped.part, again.gone_flags) == ("again", 0, 0)
    assert (order.name, order.flipped.part, order.flipped.whole) == ("order", 1, 14)
    assert order.changes == {"contradicted to supported": 1}
    assert (order.kept_flags, order.gone_flags, order.new_flags) == (1, 1, 0)
    assert claim.quote not in found.model_dump_json()


def test_the_command_runs_four_times_and_shares_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "story"
    folder.mkdir()
    for name, text in (("post", POST), ("echo", ECHO)):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    with fake_endpoint(check_answer) as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
        to = tmp_path / "results" / "flips.json"
        assert rerun.main([str(folder), str(tmp_path / "out"), "--model", "m", "--json", str(to)]) == 0
        asked = [body["messages"][-1]["content"] for body in endpoint.requests]
    whole = "1: The Harwick ferry sank on Tuesday; four sailors drowned; a dog swam."
    assert sum(whole in question for question in asked) == 3
    assert sum("\n2: four sailors drowned;" in question for question in asked) == 1
    result = RerunResult.model_validate_json(to.read_bytes())
    assert [r.name for r in result.reruns] == [name for name in VARIANTS if name != FIRST]
    again, order, split = result.reruns
    assert again.flipped.whole == result.claims > 0
    assert (again.flipped.part, again.unmatched.part, order.unmatched.part) == (0, 0, 0)
    assert split.unmatched.part > 0
    assert "again: verdicts that change: 0 of" in capsys.readouterr().out


def test_an_endpoint_that_refuses_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "post.txt").write_text(POST, encoding="utf-8")
    to = tmp_path / "flips.json"
    with fake_endpoint(lambda _body: refused(401, "wrong key")) as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
        assert rerun.main([str(tmp_path), str(tmp_path / "out"), "--model", "m", "--json", str(to)]) != 0
    assert not to.exists()
    assert capsys.readouterr().err.startswith("rerun: ")
