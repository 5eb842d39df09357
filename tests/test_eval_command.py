"""Measuring and calibrating a model on labelled rows, and checking with its map, through the command."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.verifier.calibrate import LEAST_ROWS
from pipeline.verifier.stance import FEATURES, STANCES, StanceMap, read_map
from schemas.evaluation import Evaluation
from schemas.report import Report
from schemas.verdict import Label
from tests.commands import Ended, Serve, run_command
from tests.fake_endpoint import (
    Body,
    Reply,
    check_answer,
    refused,
    scored,
)
from tests.harbour import write_story
from tests.judging import odds_map

pytestmark = pytest.mark.usefixtures("no_wait")

SAYS = {"supported": "burns bright", "contradicted": "went out", "unsupported": "was painted green"}
LETTERS = {"supported": "S", "contradicted": "C", "unsupported": "N"}
Row = dict[str, str]


def rows(count: int) -> list[Row]:
    """Return labelled rows, each label as often as the others."""
    labels = [STANCES[n % len(STANCES)] for n in range(count)]
    return [
        {
            "claim": f"The lamp of pier {n} is lit.",
            "evidence": f"The lamp there {SAYS[label]}, {n}.",
            "label": label,
        }
        for n, label in enumerate(labels)
    ]


def write_rows(path: Path, made: Sequence[Row]) -> Path:
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, ["claim", "evidence", "label"])
            table.writeheader()
            table.writerows(made)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in made), encoding="utf-8")
    return path


def knows(body: Body) -> Reply:
    """Answer as a model that reads the evidence right, but is never very sure."""
    asked = body["messages"][-1]["content"]
    label = next(label for label, words in SAYS.items() if words in asked)
    return scored({LETTERS[each]: -0.7 if each == label else -1.4 for each in STANCES})


@pytest.fixture
def fitted(tmp_path: Path) -> Path:
    """A map for the model m that goes by its letters."""
    path = tmp_path / "fitted.json"
    path.write_text(odds_map("m").model_dump_json())
    return path


def evaluation(folder: Path) -> Evaluation:
    return Evaluation.model_validate_json((folder / "evaluation.json").read_text(encoding="utf-8"))


def evaluate(fitted: Path, out: Path, *arguments: str | Path) -> Ended:
    return run_command("eval", *arguments, "-o", out, "--model", "m", "--calibration", fitted)


# -- eval --


def test_an_evaluation_is_written_and_printed(serve: Serve, fitted: Path, tmp_path: Path) -> None:
    server = serve(knows)
    files = (write_rows(tmp_path / "lamps.jsonl", rows(12)), write_rows(tmp_path / "more.csv", rows(6)))
    done = evaluate(fitted, tmp_path / "out", *files)
    assert (done.code, done.err) == (0, "")
    assert (tmp_path / "out" / "evaluation.md").read_text(encoding="utf-8") in done.out
    found = evaluation(tmp_path / "out")
    assert [(s.name, s.judged) for s in found.sets] == [("lamps", 12), ("more", 6)]
    assert all(s.balanced_accuracy.value == 1.0 for s in found.sets)
    assert found.plan.judge == "m"
    # A question that both files hold is asked once.
    assert sum(s.usage.calls for s in found.sets) == len(server.requests) == 12
    for name in ("lamps", "more"):
        assert name in done.out
        assert list((tmp_path / "out").glob(f"*{name}*.svg"))


def test_a_second_evaluation_asks_nothing_and_finds_the_same(
    serve: Serve, fitted: Path, tmp_path: Path
) -> None:
    server = serve(knows)
    file = write_rows(tmp_path / "lamps.jsonl", rows(9))
    evaluate(fitted, tmp_path / "out", file)
    first = evaluation(tmp_path / "out").sets[0]
    assert evaluate(fitted, tmp_path / "out", file).code == 0
    again = evaluation(tmp_path / "out").sets[0]
    assert len(server.requests) == 9
    assert (again.usage.calls, again.usage.cached_calls) == (0, 9)
    assert (again.confusion, again.brier) == (first.confusion, first.brier)


def test_a_limit_and_a_seed_say_which_rows_are_asked(serve: Serve, fitted: Path, tmp_path: Path) -> None:
    server = serve(knows)
    file = write_rows(tmp_path / "lamps.jsonl", rows(30))
    cached = ("--cache", tmp_path / "cache", "--limit", "6")
    assert evaluate(fitted, tmp_path / "one", file, *cached).code == 0
    assert evaluate(fitted, tmp_path / "two", file, *cached).code == 0
    assert len(server.requests) == 6
    assert evaluation(tmp_path / "one").sets[0].drawn == 6
    evaluate(fitted, tmp_path / "three", file, *cached, "--seed", "5")
    assert len(server.requests) > 6


def test_rows_that_get_no_answer_are_counted_with_the_reason(
    serve: Serve, fitted: Path, tmp_path: Path
) -> None:
    def answer(body: Body) -> Reply:
        is_barred = "pier 4 is lit" in body["messages"][-1]["content"]
        return refused(400, "barred by the content filter") if is_barred else knows(body)

    serve(answer)
    done = evaluate(fitted, tmp_path / "out", write_rows(tmp_path / "lamps.jsonl", rows(12)))
    [found] = evaluation(tmp_path / "out").sets
    assert done.code == 0
    assert (found.drawn, found.judged) == (12, 11)
    [(reason, count)] = found.not_judged.items()
    assert count == 1
    assert "content filter" in reason


def test_long_evidence_is_cut_before_it_is_asked_about(serve: Serve, fitted: Path, tmp_path: Path) -> None:
    server = serve(knows)
    [row] = rows(1)
    filler = " ".join(f"Street number {n} was swept by the town on that day." for n in range(100))
    long = {**row, "evidence": f"{filler} {row['evidence']} {filler}"}
    assert (
        evaluate(fitted, tmp_path / "out", write_rows(tmp_path / "long.jsonl", [long, *rows(3)[1:]])).code
        == 0
    )
    [asked] = [
        b["messages"][-1]["content"] for b in server.requests if "pier 0 is" in b["messages"][-1]["content"]
    ]
    assert row["evidence"] in asked
    assert len(asked) < len(filler) / 2


# -- calibrate --


def calibrate(out: Path, *files: Path) -> Ended:
    return run_command("calibrate", *files, "-o", out, "--model", "m")


def test_a_calibration_makes_an_unsure_model_sure_of_what_it_gets_right(
    serve: Serve, fitted: Path, tmp_path: Path
) -> None:
    server = serve(knows)
    files = [write_rows(tmp_path / f"{name}.jsonl", rows(LEAST_ROWS + n)) for name, n in (("a", 0), ("b", 9))]
    out = tmp_path / "maps" / "mine.json"
    done = calibrate(out, *files)
    assert (done.code, done.err) == (0, "")
    total = 2 * LEAST_ROWS + 9
    assert done.out.splitlines() == [f"{out}: fitted for m on {total} rows"]
    made = read_map(out, FEATURES)
    assert (made.model, made.fitted_on) == ("m", {"a": LEAST_ROWS, "b": LEAST_ROWS + 9})
    assert len(server.requests) == LEAST_ROWS + 9
    brier = {}
    for name, path in (("mine", out), ("plain", fitted)):
        evaluate(path, tmp_path / name, files[0], "--cache", tmp_path / "maps")
        [found] = evaluation(tmp_path / name).sets
        assert found.balanced_accuracy.value == 1.0
        brier[name] = found.brier.value or 0.0
    assert brier["mine"] < brier["plain"]
    assert len(server.requests) == LEAST_ROWS + 9  # all answers were stored beside the map


@pytest.mark.parametrize(
    "made", [rows(LEAST_ROWS - 3), [r for r in rows(3 * LEAST_ROWS) if r["label"] != "unsupported"]]
)
def test_too_little_to_calibrate_on_is_2_before_anything_is_asked(
    serve: Serve, tmp_path: Path, made: list[Row]
) -> None:
    server = serve(knows)
    done = calibrate(tmp_path / "mine.json", write_rows(tmp_path / "few.jsonl", made))
    assert done.code == 2
    assert str(LEAST_ROWS) in done.told
    assert not server.requests
    assert not (tmp_path / "mine.json").exists()


def test_too_many_unanswered_rows_are_2_and_no_map(serve: Serve, tmp_path: Path) -> None:
    serve(lambda body: refused(400, "barred") if "burns" in str(body) else knows(body))
    done = calibrate(tmp_path / "mine.json", write_rows(tmp_path / "lamps.jsonl", rows(LEAST_ROWS)))
    assert done.code == 2
    assert "too little" in done.told
    assert not (tmp_path / "mine.json").exists()


@pytest.mark.parametrize("name", ["eval", "calibrate"])
def test_an_endpoint_that_refuses_the_key_is_3(serve: Serve, fitted: Path, tmp_path: Path, name: str) -> None:
    serve(lambda _body: refused(401, "no such key"))
    file = write_rows(tmp_path / "lamps.jsonl", rows(LEAST_ROWS))
    done = (
        evaluate(fitted, tmp_path / "out", file)
        if name == "eval"
        else calibrate(tmp_path / "mine.json", file)
    )
    assert done.code == 3
    assert "OPENAI_API_KEY" in done.told


# -- bad input --


@pytest.mark.parametrize("name", ["eval", "calibrate"])
@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("lamps.jsonl", None, "cannot be read"),
        ("lamps.txt", "A lamp.", "no file of labelled rows"),
        ("lamps.jsonl", "", "no rows"),
        ("lamps.csv", "claim,label\nA,supported\n", "evidence"),
    ],
)
def test_a_file_that_cannot_be_used_is_2_with_one_line(
    serve: Serve, fitted: Path, tmp_path: Path, name: str, file: str, text: str | None, words: str
) -> None:
    server = serve(knows)
    path = tmp_path / file
    if text is not None:
        path.write_text(text)
    done = (
        evaluate(fitted, tmp_path / "out", path) if name == "eval" else calibrate(tmp_path / "m.json", path)
    )
    assert done.code == 2
    assert words in done.told
    assert file in done.told
    assert not server.requests


def test_a_bad_row_is_told_with_its_line(serve: Serve, fitted: Path, tmp_path: Path) -> None:
    serve(knows)
    path = write_rows(tmp_path / "lamps.jsonl", [*rows(2), {**rows(1)[0], "label": "true"}])
    done = evaluate(fitted, tmp_path / "out", path)
    assert done.code == 2
    assert "line 3: its label is 'true'" in done.err
    assert "Traceback" not in done.err


def test_a_model_without_a_map_is_told_to_calibrate(serve: Serve, tmp_path: Path) -> None:
    server = serve(knows)
    file = write_rows(tmp_path / "lamps.jsonl", rows(3))
    done = run_command("eval", file, "-o", tmp_path / "out", "--model", "m")
    assert done.code == 2
    assert "storycheck calibrate" in done.told
    assert not server.requests


@pytest.mark.parametrize("arguments", [["eval"], ["calibrate"], ["eval", "x.jsonl", "--limit", "0"]])
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    done = run_command(*arguments)
    assert done.code == 2
    assert "Traceback" not in done.err


# -- check --calibration --

PIER = {
    "gull": "The old stone pier of Kelmar is open to visitors again.",
    "crier": "The stone pier of Kelmar has been given back to its visitors.",
}


@pytest.fixture
def story(tmp_path: Path) -> Path:
    return write_story(tmp_path / "pier", PIER)


def labels(out: Path) -> set[Label]:
    report = Report.model_validate_json((out / "report.json").read_text(encoding="utf-8"))
    assert report.run.complete
    assert report.claims
    return {claim.verdict.label for claim in report.claims}


def test_a_check_weighs_the_models_odds_by_the_map_it_is_given(
    serve: Serve, story: Path, tmp_path: Path
) -> None:
    serve(check_answer)  # which calls everything a contradiction
    turned = StanceMap(
        model="m",
        features=FEATURES,
        weights=((0.0,) * len(FEATURES),) * len(STANCES),
        bias=(4.0, 0.0, 0.0),
    )
    (tmp_path / "turned.json").write_text(turned.model_dump_json())
    plain = run_command("check", story, "-o", tmp_path / "one", "--model", "m", "-q")
    mapped = run_command(
        "check",
        story,
        "-o",
        tmp_path / "two",
        "--model",
        "m",
        "-q",
        "--calibration",
        tmp_path / "turned.json",
    )
    assert (plain.code, mapped.code) == (0, 0)
    assert labels(tmp_path / "one") == {Label.contradicted}
    assert labels(tmp_path / "two") == {Label.supported}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "cannot be read"),
        ("{}", "no calibration"),
        (odds_map("another").model_dump_json(), "another"),
    ],
)
def test_a_calibration_that_cannot_be_used_is_2(
    serve: Serve, story: Path, tmp_path: Path, text: str | None, words: str
) -> None:
    server = serve(check_answer)
    if text is not None:
        (tmp_path / "map.json").write_text(text)
    done = run_command(
        "check", story, "-o", tmp_path / "out", "--model", "m", "--calibration", tmp_path / "map.json"
    )
    assert done.code == 2
    assert words in done.told
    assert "map.json" in done.told
    assert not server.requests
