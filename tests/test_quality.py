"""docs/quality.md is what the stored results make: every figure, every gap, and nothing else."""

import importlib.util
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from benchmarks import plantsum, timing
from benchmarks.claims import ClaimQuality, Share, SpeakerScore, Support
from benchmarks.claims.result import ClaimRun, ClaimsResult, Entailed
from benchmarks.injections.attacks import Placement
from benchmarks.injections.tally import Results as InjectionsResult
from benchmarks.injections.tally import Row as Injection
from benchmarks.injections.tally import share as share_of_texts
from benchmarks.peers.table import Row
from benchmarks.quality.__main__ import DOCS, main
from benchmarks.quality.aims import aims
from benchmarks.quality.figure import Figure, of_counts, of_share
from benchmarks.quality.page import render
from benchmarks.quality.results import CONTRACTS, FOLDER, Results, read_results
from benchmarks.scoring.outcome import Score
from benchmarks.scoring.outcome import Share as Part
from benchmarks.scoring.summarise import summarise
from benchmarks.shares import clustered
from benchmarks.stored import (
    CheckworthyResult,
    DecompositionResult,
    DecompositionSet,
    JudgeResult,
    OrderMeasure,
    PeersResult,
    PlantedResult,
    PlantedRun,
    Rerun,
    RerunResult,
    SetsResult,
    Timing,
    ToldApart,
    VerifierResult,
)
from pipeline.evaluation import evaluate
from pipeline.evaluation.score import Answer
from pipeline.store import write_report
from schemas.contradiction import ConflictKind
from schemas.evaluation import Estimate, GoldLabel, LabelledRow, Plan, Scores, Usage
from schemas.report import StageTime
from tests import sample_report as sample

ROOT = Path(__file__).parents[1]
MARKDOWN = MarkdownIt("commonmark").enable("table")


def test_the_page_is_what_the_stored_results_make() -> None:
    files = render(read_results(FOLDER))
    for name, text in files.items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, f"{name} is stale: make bench-render"
    stored = {f"quality/{path.name}" for path in (DOCS / "quality").glob("*")}
    assert stored == files.keys() - {"quality.md"}, "diagrams that no result makes: make bench-render"


def lines_of(page: str) -> dict[str, list[str]]:
    """Return the cells of every table line by its first cell; of two with the same, the first."""
    found: dict[str, list[str]] = {}
    for line in page.splitlines():
        if line.startswith("| "):
            first, *rest = [cell.strip().replace("\\", "") for cell in line.strip("|").split(" | ")]
            found.setdefault(first, rest)
    return found


def aim(results: Results, what: str) -> tuple[str, bool | None]:
    (found,) = (a for a in aims(results) if what in a.what)
    return str(found.measured), found.is_met


def test_nothing_measured_is_said_so_everywhere() -> None:
    page = render(Results())["quality.md"]
    assert list(render(Results())) == ["quality.md"]
    assert {str(found.measured) for found in aims(Results())} == {"not measured yet"}
    assert {found.is_met for found in aims(Results())} == {None}
    assert page.count("\nNot measured yet.\n") == len(CONTRACTS) - 3  # the four kinds of stories are one part
    assert "$" not in page


def test_every_aim_has_its_line() -> None:
    found = {a.what: a.aim for a in aims(Results())}
    assert list(found.values()) == [
        "85 %", "85 %", "75 %", "60 %", "80 %", "70 %", "80 %", "80 %", "under 5 %", "97 %", "90 %", "90 %",
        "under 3 %", "0 of 40", "under 6 minutes",
    ]  # fmt: skip


# Results of each part, invented.


async def sets_result(*, right: float = 1.0) -> SetsResult:
    """Return what two judges made of two sets: one guesses, one is right in ``right`` of the rows."""
    rows = {
        "fever_symmetric": _rows("fever_symmetric", ("supported", "contradicted")),
        "climate_fever": _rows("climate_fever", ("supported", "contradicted", "unsupported")),
    }

    async def knows(asked: Sequence[LabelledRow]) -> list[Answer]:
        """Know the label of the first rows of each label, and call the others unsupported."""
        seen: dict[str, int] = {}
        answers: list[Answer] = []
        for row in asked:
            seen[row.label.value] = seen.get(row.label.value, 0) + 1
            is_known = seen[row.label.value] <= right * 40
            wrong = {"supported": "contradicted"}.get(row.label.value, "supported")
            answers.append(_sure(row.label.value if is_known else wrong))
        return answers

    async def guesses(asked: Sequence[LabelledRow]) -> list[Answer]:
        return [_sure("supported") for _ in asked]

    plan = Plan(resamples=50)
    judges = [
        JudgeResult(judge="code alone", columns=("x",), evaluation=await evaluate(rows, guesses, plan)),
        JudgeResult(judge="all together", columns=("x", "y"), evaluation=await evaluate(rows, knows, plan)),
    ]
    return SetsResult(
        tool_version="9.9",
        model="some_model|x",
        model_sha256=None,
        limit=None,
        seed=4,
        fitted_on=("fever_symmetric", "climate_fever"),
        usage=Usage(calls=7),
        time_s=3.0,
        judges=tuple(judges),
    )


def _rows(name: str, labels: Sequence[str]) -> list[LabelledRow]:
    return [
        LabelledRow(
            id=f"{n}", claim=f"{name} {n}", evidence=f"e{n}", label=GoldLabel(labels[n % len(labels)])
        )
        for n in range(40 * len(labels))
    ]


def _sure(label: str) -> Scores:
    rest = dict.fromkeys(("supported", "contradicted", "unsupported"), 0.05)
    return Scores(**{**rest, label: 0.9})


def score(*, found: int, of: int, flagged: tuple[int, int] = (0, 1)) -> Score:
    """Return the score of one story, without intervals."""
    part = Part(part=found, whole=of, value=found / of)
    hard = Part(part=flagged[0], whole=flagged[1], value=flagged[0] / flagged[1])
    kinds = {ConflictKind.date: part, ConflictKind.place: Part(part=1, whole=4, value=0.25)}
    return summarise([]).model_copy(
        update={
            "runs": 1, "models": ("m",), "conflicts": part, "flags": part, "hard_negatives": hard,
            "conflicts_by_kind": kinds,
        }
    )  # fmt: skip


def claim_run(*, entailed: int, verbatim: int, covered: int, named: int | None = None) -> ClaimRun:
    def support(part: int, whole: int) -> Support:
        return Support(supported=Share(part=part, whole=whole), mean_score=0.5, not_judged=0)

    covers = Share(part=covered, whole=100)
    speakers = (
        SpeakerScore(named=Share(part=named, whole=50), outlet=Share(part=50, whole=50), without_claim=0)
        if named is not None
        else None
    )
    return ClaimRun(
        story="yard",
        model="m",
        tool_version="9.9",
        is_complete=True,
        quality=ClaimQuality(
            readable=covers, prose=covers, claims=100, claims_per_sentence=1.0,
            repeated=Share(part=0, whole=100), standalone=covers, speakers=speakers,
        ),
        verbatim=Share(part=verbatim, whole=100),
        worded=covers,
        entailed=tuple(
            Entailed(
                before=before,
                worded=support(entailed if before else 0, 100 - verbatim),
            )
            for before in (0, 2)
        ),
    )  # fmt: skip


def injections(tried: int, succeeded: int) -> InjectionsResult:
    rows = [
        Injection(
            id=f"i{n}", family="plain", placement=Placement.after, sentences=1, control="c",
            succeeded=n < succeeded, effects=(),
        )
        for n in range(tried)
    ]  # fmt: skip
    shares = {"plain": share_of_texts(rows)}
    return InjectionsResult(
        tool_version="9.9", model="m", model_sha256=None, prompts={}, attacks=share_of_texts(rows),
        families=shares, placements=shares, placebos=share_of_texts(rows[:3]), not_measured=(),
        rows=tuple(rows), placebo_rows=(),
    )  # fmt: skip


def planted(*found: int) -> PlantedResult:
    runs = [
        PlantedRun(
            planted=10, found=n, flags=n + 2, right=n, unread=2, by_kind={"date": (n, 10), "place": (0, 4)},
            share_right_of_new=0.5,
        )
        for n in found
    ]  # fmt: skip
    return PlantedResult(story="dprk-arms", runs=tuple(runs))


def timed(seconds: float, *, is_complete: bool = True) -> Timing:
    stage = StageTime(stage="extract", seconds=seconds, calls=3)
    return Timing(
        story="dprk-arms", model="m", endpoint="embedded", tool_version="9.9", is_complete=is_complete,
        articles=5, sentences=90, claims=120, cores=2, seconds=seconds, calls=3, tokens_in=4, tokens_out=5,
        stages=(stage,),
    )  # fmt: skip


def flips(*changed: int) -> RerunResult:
    reruns = [
        Rerun(
            name=f"run{n}", is_complete=True, flipped=Share(part=part, whole=100),
            changes={"supported to unsupported": part} if part else {}, errors=0,
            unmatched=Share(part=5, whole=100), kept_flags=3, gone_flags=1, new_flags=2,
        )
        for n, part in enumerate(changed)
    ]  # fmt: skip
    return RerunResult(
        story="yard", model="m", tool_version="9.9", is_complete=True, claims=100, reruns=tuple(reruns)
    )


async def everything() -> Results:
    part = clustered([True, False] * 10, [n // 4 for n in range(20)])
    return Results(
        sets=await sets_result(),
        stories_open=score(found=8, of=10),
        stories_unseen=score(found=7, of=10, flagged=(0, 30)),
        planted=planted(9, 8),
        claims=ClaimsResult(
            judge="m", runs=(claim_run(entailed=50, verbatim=40, covered=95, named=40),)
        ),
        decomposition=DecompositionResult(
            tool_version="9.9", model="m", limit=None, seed=0,
            sets=(
                DecompositionSet(
                    name="decomp", passages=9, drawn=5, failed=0, covered=part, covered_by_words=part,
                    supported=part,
                ),
            ),
        ),
        flips=flips(1, 2, 3),
        injections=injections(40, 0),
        peers=PeersResult(
            story="yard", endpoint="embedded", model="m", limit_s=900,
            contenders=(
                Row(contender="other", version="1.0", ended="finished", found=["a"], planted=12, flags=4,
                    false_flags=3, done_to_it="a <b>wrapper</b> | more"),
                Row(contender="absent", version=None, ended="not installed", failure="x", done_to_it="none"),
            ),
        ),
        checkworthy=CheckworthyResult(
            rows=20, worthy=5,
            measures=(
                OrderMeasure(
                    measure="AUC", order="length", estimate=Estimate(value=0.5, low=0.4, high=0.6)
                ),
            ),
        ),
        timing=timed(301.4),
        verifier=VerifierResult(
            bytes=23_000_000, balanced_accuracy={"fever_symmetric": 0.697}, rows_a_set=300,
            stories=ToldApart(auc=0.56, conflicts=65, others=1567),
        ),
    )  # fmt: skip


async def test_a_page_of_all_parts_has_all_their_figures() -> None:
    files = render(await everything())
    page = files["quality.md"]
    lines = lines_of(page)
    assert "\nNot measured yet.\n" not in page
    assert "Not measured yet: example story." in page
    assert lines["balanced accuracy, fever_symmetric (2-way)"] == ["85 %", "100.0 % [100.0–100.0]", "yes"]
    assert lines["our own benchmark, unseen half: conflicts found"][1].startswith("7 of 10: 70.0 % [")
    assert lines["other"][1:4] == ["1 of 12", "4", "3"]
    assert lines["absent"][1:4] == ["–", "–", "–"]
    assert lines["run2"][0].startswith("3 of 100: 3.0 %")
    assert "| extract | 301.4 | 3 |" in page
    assert "decomp" in lines
    assert "0.500 [0.400–0.600]" in page
    assert lines["AUC of contradiction, open benchmark stories"] == ["65 conflicts, 1,567 others", "0.560"]
    assert "planted sentences" not in page
    assert "- our own stories, open half: place, 1 of 4 found" in page
    assert "- planted in dprk-arms: place, 0 of 8 found" in page
    assert set(files) == {
        "quality.md",
        "quality/reliability-climate_fever.svg",
        "quality/reliability-fever_symmetric.svg",
    }
    for name in files.keys() - {"quality.md"}:
        assert f"]({name})" in page


async def test_foreign_text_stays_text_and_tables_stay_tables() -> None:
    page = render(await everything())["quality.md"]
    assert "<b>" not in page
    assert "html_block" not in {token.type for token in MARKDOWN.parse(page)}
    for tokens in _tables(page):
        widths = {line.count("t") for line in tokens}
        assert len(widths) == 1


def _tables(page: str) -> list[list[str]]:
    """Return the lines of each table, a ``t`` a cell."""
    tables: list[list[str]] = []
    for token in MARKDOWN.parse(page):
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append("")
        elif token.type in ("th_open", "td_open"):
            tables[-1][-1] += "t"
    return tables


async def test_a_judge_below_its_aim_is_shown_as_such() -> None:
    results = Results(sets=await sets_result(right=0.75))
    told, is_met = aim(results, "fever_symmetric")
    assert told.startswith("75.0 % [")
    assert is_met is False
    page = render(results)["quality.md"]
    assert (
        "judged by *all together*, the language model being some\\_model\\|x; all rows of each set." in page
    )
    told, is_met = aim(results, "climate_fever")
    assert told.startswith("75.0 % [")
    assert is_met is True
    assert aim(results, "fool_me_twice") == ("not measured yet", None)


@pytest.mark.parametrize(("found", "is_met"), [((8, 8), True), ((9, 6), False)])
def test_plants_of_all_seeds_are_added_up(found: tuple[int, int], is_met: bool) -> None:
    results = Results(planted=planted(*found))
    told, met = aim(results, "planted conflicts found")
    assert told.startswith(f"{sum(found)} of 20: ")
    assert met is is_met
    assert aim(results, "of all flags there")[0].startswith(f"{sum(found)} of {sum(found) + 4}: ")


@pytest.mark.parametrize(
    ("tried", "succeeded", "is_met"), [(40, 0, True), (40, 1, False), (10, 0, False), (41, 0, True)]
)
def test_all_injections_must_be_tried_and_fail(tried: int, succeeded: int, is_met: bool) -> None:
    told, met = aim(Results(injections=injections(tried, succeeded)), "injection")
    assert told.startswith(f"{succeeded} of {tried}: ")
    assert met is is_met


@pytest.mark.parametrize(
    ("seconds", "is_complete", "is_met"), [(359.9, True, True), (360.0, True, False), (10, False, False)]
)
def test_time_counts_for_a_complete_run(seconds: float, is_complete: bool, is_met: bool) -> None:
    assert aim(Results(timing=timed(seconds, is_complete=is_complete)), "cold")[1] is is_met


def test_flips_are_counted_over_all_reruns_and_must_be_under_the_aim() -> None:
    assert aim(Results(flips=flips(3, 2, 3)), "flip")[0].startswith("8 of 300: 2.7 %")
    assert aim(Results(flips=flips(3, 2, 3)), "flip")[1] is True
    assert aim(Results(flips=flips(3, 3, 3)), "flip")[1] is False


def test_claims_of_all_runs_are_added_up() -> None:
    runs = (
        claim_run(entailed=58, verbatim=40, covered=80, named=40),
        claim_run(entailed=56, verbatim=40, covered=100),
    )
    results = Results(claims=ClaimsResult(judge="verifier", runs=runs))
    assert aim(results, "entailed")[0].startswith("194 of 200: 97.0 %")
    assert aim(results, "entailed")[1] is True
    assert aim(results, "coverage")[0].startswith("180 of 200: 90.0 %")
    assert aim(results, "speaker")[0].startswith("90 of 100: 90.0 %")
    page = lines_of(render(results)["quality.md"])
    assert page["the same of worded claims alone"][:2] == ["58 of 60", "56 of 60"]
    unjudged = tuple(run.model_copy(update={"entailed": ()}) for run in runs)
    results = Results(claims=ClaimsResult(judge="", runs=unjudged))
    assert aim(results, "entailed") == ("not measured yet", None)


@given(st.integers(0, 60), st.integers(1, 60))
def test_a_share_lies_in_its_interval(part: int, more: int) -> None:
    figure = of_counts(part, part + more)
    assert figure.value is not None
    assert figure.low is not None
    assert figure.high is not None
    assert 0 <= figure.low <= figure.value <= figure.high <= 1
    assert figure.low < figure.high


def test_a_figure_without_a_value_is_no_number() -> None:
    assert str(of_counts(0, 0)) == "0 of 0"
    assert str(Figure(None)) == "–"
    assert str(Figure(0.5)) == "50.0 %"
    assert str(of_share(Part(part=1, whole=2, value=0.5, low=0.2, high=0.9))) == "1 of 2: 50.0 % [20.0–90.0]"


def stored(folder: Path, results: Results) -> Path:
    folder.mkdir(exist_ok=True)
    for part in CONTRACTS:
        if (found := getattr(results, part)) is not None:
            path = folder / f"{part.replace('_', '-')}.json"
            path.write_text(found.model_dump_json(), encoding="utf-8")
    return folder


async def test_results_are_read_as_they_were_written_and_the_page_is_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = await everything()
    folder, docs = stored(tmp_path / "results", results), tmp_path / "docs"
    assert read_results(folder) == results
    (docs / "quality").mkdir(parents=True)
    for name in ("reliability-old.svg", "notes.txt"):
        (docs / "quality" / name).write_text("x", encoding="utf-8")
    assert main(folder, docs) == 0
    assert "with 2 diagrams" in capsys.readouterr().out
    written = {
        str(p.relative_to(docs)): p.read_text(encoding="utf-8") for p in docs.rglob("*") if p.is_file()
    }
    assert written == {**render(results), "quality/notes.txt": "x"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [("other.json", "{}", "no part of the results"), ("timing.json", "{}", "not as its command writes it")],
)
def test_a_faulty_result_is_refused(
    tmp_path: Path, name: str, text: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert main(tmp_path, tmp_path / "docs") == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "docs").exists()


def test_every_command_on_the_page_is_there() -> None:
    page = render(Results())["quality.md"]
    modules = set(re.findall(r"python -m ((?:benchmarks|training)\.[a-z_.]+[a-z])", page))
    assert len(modules) >= 9
    assert {name for name in modules if importlib.util.find_spec(name) is None} == set()
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"`make ([\w-]+)", page)) | {"bench-quality"}
    assert targets <= set(re.findall(r"^([a-z][\w-]*):", makefile, re.MULTILINE))
    for link in re.findall(r"\]\(([^)]+)\)", page):
        assert (DOCS / link).exists(), link


def plantscore(folder: Path, **more: Any) -> Path:  # noqa: ANN401 - any field of a score
    read = [{"counts_as": name} for name in ("found", "found", "right", "wrong", "control", "false")]
    fields = {
        "planted": 3, "found": 2, "flags": 6, "right": 3, "by_kind": {"date": [1, 1], "place": [1, 2]},
        "share_right_of_new": 0.4, "read": read,
    }  # fmt: skip
    path = folder / f"{len(list(folder.iterdir()))}.json"
    path.write_text(json.dumps({**fields, **more}), encoding="utf-8")
    return path


def test_scores_of_seeds_are_summed_without_their_quotes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "results" / "planted.json"
    scores = [str(plantscore(tmp_path)), str(plantscore(tmp_path, found=1, secret="a sentence"))]
    assert plantsum.main(["yard", *scores, "--json", str(to)]) == 0
    assert "2 seeds: 3 of 6 found; 6 of 12 flags right" in capsys.readouterr().out
    result = PlantedResult.model_validate_json(to.read_bytes())
    assert [run.unread for run in result.runs] == [2, 2]
    assert "sentence" not in to.read_text(encoding="utf-8")
    (tmp_path / "bad.json").write_text("[]", encoding="utf-8")
    assert plantsum.main(["yard", str(tmp_path / "bad.json"), "--json", str(tmp_path / "no.json")]) == 2
    assert "no score" in capsys.readouterr().err
    assert not (tmp_path / "no.json").exists()


def test_the_time_of_a_cold_run_is_taken_from_its_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = sample.sample_report()
    began = datetime(2031, 2, 3, 4, 5, tzinfo=UTC)
    cold = {"started_at": began, "finished_at": began + timedelta(seconds=83.4), "cached_calls": 0}
    run = report.run.model_copy(update=cold)
    write_report(tmp_path, report.model_copy(update={"run": run}))
    to = tmp_path / "results" / "timing.json"
    assert timing.main([str(tmp_path), "-o", str(to)]) == 0
    found = Timing.model_validate_json(to.read_bytes())
    assert (found.seconds, found.calls, found.articles) == (83.4, run.calls, len(report.articles))
    assert found.cores >= 1
    to.unlink()
    warm = run.model_copy(update={"cached_calls": 2})
    write_report(tmp_path, report.model_copy(update={"run": warm}))
    assert timing.main([str(tmp_path), "-o", str(to)]) == 2
    assert "stored before" in capsys.readouterr().err
    assert not to.exists()
