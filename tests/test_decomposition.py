"""Our claims beside those of people: passages put together, coverage counted, and the command."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks import decomposition as command
from benchmarks.decomposition import compare
from benchmarks.passages import Passage, draw_passages, read_passages
from benchmarks.stored import DecompositionResult
from pipeline.errors import InputError
from pipeline.evaluation.score import Answer
from pipeline.extract import Extraction
from pipeline.words import containment
from schemas.evaluation import LabelledRow, NotJudged, Scores
from schemas.report import Failure
from tests.fake_endpoint import Reply, check_answer, fake_endpoint, refused
from tests.stories import claim

TEXT = "The Harwick ferry sank on Tuesday. Four sailors drowned."


class WordJudge:
    """Holds a claim supported when the evidence has all its words."""

    def __init__(self, *_: object) -> None:
        self.rows: list[LabelledRow] = []

    async def __call__(self, rows: Sequence[LabelledRow]) -> list[Answer]:
        self.rows += rows
        return [_scores(containment(row.claim, row.evidence) == 1.0) for row in rows]


def _scores(yes: bool) -> Scores:
    return Scores(supported=0.5 if yes else 0.49, contradicted=0.0, unsupported=0.5 if yes else 0.51)


def worded(passage: Passage, *texts: str, failures: Sequence[Failure] = ()) -> Extraction:
    article = passage.article()
    claims = tuple(claim(article, "", text) for text in texts)
    return Extraction(claims, (), tuple(failures), frozenset())


async def test_claims_are_counted_on_both_sides() -> None:
    one = Passage("one", TEXT, ("The ferry sank Tuesday.", "Four sailors drowned.", "The mate swam ashore."))
    two = Passage("two", "It rained.", ("It rained.",))
    failure = Failure(stage="extract", where="two", reason="no answer")
    judge = WordJudge()
    found = await compare(
        "news",
        7,
        {
            one: worded(one, "The Harwick ferry sank on Tuesday", "Four drowned", "Sailors wept"),
            two: worded(two, failures=[failure]),
        },
        judge,
    )
    assert (found.name, found.passages, found.drawn, found.failed) == ("news", 7, 2, 1)
    # All our claims together hold "four sailors drowned", but no single one of them does.
    assert (found.covered.part, found.covered.whole) == (2, 4)
    assert (found.covered_by_words.part, found.covered_by_words.whole) == (1, 4)
    assert (found.supported.part, found.supported.whole) == (2, 3)
    evidence = "The Harwick ferry sank on Tuesday. Four drowned. Sailors wept."
    assert {row.evidence for row in judge.rows} == {evidence, TEXT}


async def test_what_was_not_judged_is_not_covered() -> None:
    async def mute(rows: Sequence[LabelledRow]) -> list[Answer]:
        return [NotJudged(reason="no answer")] * len(rows)

    one = Passage("one", TEXT, ("Four sailors drowned.",))
    found = await compare("x", 1, {one: worded(one, "Four sailors drowned.")}, mute)
    assert (found.covered.part, found.supported.part, found.covered_by_words.part) == (0, 0, 1)


async def test_shares_that_vary_have_an_interval_over_passages() -> None:
    passages = [Passage(str(n), TEXT, ("Four sailors drowned.", "Nobody drowned.")) for n in range(10)]
    found = await compare("x", 10, {p: worded(p, TEXT) for p in passages}, WordJudge())
    assert found.covered.value == 0.5
    assert (found.covered.low, found.covered.high) == (0.5, 0.5)
    assert found.supported.low is None


def write(folder: Path, name: str, rows: Sequence[dict[str, object]]) -> Path:
    path = folder / name / "dev.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_sentences_of_one_answer_are_one_passage(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {
            "id": "a-1-sentence1",
            "text": "He sank.",
            "claims": ["Bo sank."],
            "meta": {"response": "Bo! He sank. So."},
        },
        {"id": "a-1-sentence2", "text": "So.", "claims": [], "meta": {"response": None}},
        {"id": "a-10-sentence1", "text": "One.", "claims": ["One."], "meta": {}},
        {"id": "a-10-sentence2", "text": "Two.", "claims": ["Two."], "meta": {}},
        {"id": "scu-3", "text": "Nothing.", "claims": [], "meta": {}},
    ]
    found = read_passages(write(tmp_path, "x", rows))
    assert found == (
        Passage("a-1", "Bo! He sank. So.", ("Bo sank.",)),
        Passage("a-10", "One.\nTwo.", ("One.", "Two.")),
    )


@pytest.mark.parametrize("line", ["[]", "{}", "no", '{"id": 1, "text": "x", "claims": null}'])
def test_a_file_of_something_else_is_told(tmp_path: Path, line: str) -> None:
    path = tmp_path / "dev.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(InputError, match="no text with its claims"):
        read_passages(path)


def test_a_draw_is_the_same_for_one_seed_and_in_order() -> None:
    passages = [Passage(str(n), "x", ("x",)) for n in range(30)]
    drawn = draw_passages(passages, 7, 5)
    assert drawn == draw_passages(passages, 7, 5) != draw_passages(passages, 7, 6)
    assert [int(p.id) for p in drawn] == sorted({int(p.id) for p in drawn})
    assert len(drawn) == 7
    assert draw_passages(passages, None, 5) == draw_passages(passages, 99, 5) == tuple(passages)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two sets of one passage, judged by words."""
    monkeypatch.setattr(command, "MapJudge", WordJudge)
    monkeypatch.setattr(command, "chosen_map", lambda *_: "a map")
    row: dict[str, object] = {"id": "p", "text": TEXT, "claims": ["Four sailors drowned.", "A dog drowned."]}
    for name in command.SETS:
        write(tmp_path / "data", name, [row])
    return tmp_path / "data"


def run(data: Path, answer: object, monkeypatch: pytest.MonkeyPatch) -> tuple[int, Path]:
    out = data.parent / "results" / "decomposition.json"
    with fake_endpoint(answer) as endpoint:  # type: ignore[arg-type]
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
        cache = str(data.parent / "answers.sqlite")
        code = command.main([str(data), "--model", "m", "--cache", cache, "--json", str(out)])
    return code, out


def test_the_command_extracts_from_each_text_and_writes_figures_alone(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = run(data, check_answer, monkeypatch)
    assert code == 0
    text = out.read_text(encoding="utf-8")
    result = DecompositionResult.model_validate_json(text)
    assert [part.name for part in result.sets] == list(command.SETS)
    assert {(p.covered.part, p.covered.whole, p.supported.part, p.failed) for p in result.sets} == {
        (1, 2, 2, 0)
    }
    assert "sailors" not in text
    assert "claims of people covered: 1 of 2" in capsys.readouterr().out


def test_a_passage_that_could_not_be_read_is_counted(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def senseless(body: dict[str, object]) -> Reply:
        return check_answer({**body, "messages": [{"role": "user", "content": "Statement: "}]})

    code, out = run(data, senseless, monkeypatch)
    assert code == 0
    result = DecompositionResult.model_validate_json(out.read_bytes())
    assert {(p.failed, p.covered.part, p.supported.whole) for p in result.sets} == {(1, 0, 0)}


def test_a_model_that_is_not_calibrated_is_asked_nothing(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "chosen_map", lambda *_: None)
    code, out = run(data, check_answer, monkeypatch)
    assert code == 2
    assert "not calibrated" in capsys.readouterr().err
    assert not out.exists()


def test_an_endpoint_that_refuses_ends_it(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = run(data, lambda _body: refused(401, "wrong key"), monkeypatch)
    assert code != 0
    assert not out.exists()
    assert capsys.readouterr().err.startswith("decomposition: ")
