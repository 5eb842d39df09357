"""Judges on public sets: the same rows for all, no row scored by a map that saw its claim, maps that load."""

import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks import sets as command
from benchmarks.judges import (
    ALL,
    CODE_ALONE,
    FITTED,
    MODEL_ALONE,
    WITH_ODDS,
    WITHOUT_ODDS,
    MeasuredSet,
    final_map,
    judged,
)
from benchmarks.stored import JudgeResult, SetsResult
from pipeline.evaluation.measuring import Asked
from pipeline.evaluation.sample import draw
from pipeline.progress import Progress
from pipeline.verifier import features as code
from pipeline.verifier.fit import Array
from pipeline.verifier.stance import FEATURES, ODDS, STANCES, read_map
from schemas.evaluation import GoldLabel, LabelledRow, NotJudged, Plan, SetResult
from tests.fake_endpoint import fake_endpoint, refused

QUICK = Plan(resamples=20, seed=1)
ONE = {ALL: FEATURES}
TWO_WAY = ("fever_symmetric", "fool_me_twice")


def rows_of(name: str, count: int = 90) -> list[LabelledRow]:
    """Return rows of all three labels, or of two for a set that has no more; two rows a claim."""
    labels = STANCES[:2] if name in TWO_WAY else STANCES
    return [
        LabelledRow(
            id=f"{name}-{n}",
            claim=f"{name}, claim {n // 2}",
            evidence=f"evidence {n}",
            label=GoldLabel(labels[n % len(labels)]),
        )
        for n in range(count)
    ]


def seen(row: LabelledRow) -> Array:
    """Return what could have been measured on a row: the model's odds alone tell the label."""
    luck = random.Random(row.id)
    values = [luck.gauss(0, 1) for _ in FEATURES]
    if row.label.value in STANCES:
        values[FEATURES.index(ODDS[STANCES.index(row.label.value)])] += 3.0
    return np.array(values)


def measured(rows: Sequence[LabelledRow], limit: int | None = None) -> MeasuredSet:
    drawn = draw(rows, limit, QUICK.seed)
    return MeasuredSet(rows, drawn, [seen(row) for row in drawn])


def fitted_sets() -> dict[str, MeasuredSet]:
    return {name: measured(rows_of(name)) for name in FITTED}


def of(results: Sequence[JudgeResult], judge: str, name: str) -> SetResult:
    (found,) = (r for r in results if r.judge == judge)
    return next(s for s in found.evaluation.sets if s.name == name)


async def test_all_judges_have_the_same_rows_and_only_their_own_columns() -> None:
    results = await judged(fitted_sets(), WITH_ODDS, QUICK)
    assert [r.judge for r in results] == [CODE_ALONE, MODEL_ALONE, ALL]
    assert {tuple(s.judged for s in r.evaluation.sets) for r in results} == {(90, 90, 90, 90)}
    for name in FITTED:
        right = of(results, ALL, name).balanced_accuracy.value
        blind = of(results, CODE_ALONE, name).balanced_accuracy.value
        assert right is not None
        assert blind is not None
        assert right > 0.85
        assert blind < 0.7


async def test_sets_are_decided_between_the_labels_they_have() -> None:
    results = await judged(fitted_sets(), ONE, QUICK)
    labels = {name: [label.label.name for label in of(results, ALL, name).labels] for name in FITTED}
    assert labels["fever_symmetric"] == ["supported", "contradicted"]
    assert labels["summedits_news"] == ["supported", "not_supported"]
    assert labels["climate_fever"] == list(STANCES)


async def test_rows_are_not_scored_by_a_map_that_saw_them() -> None:
    """Of noise a map learns the rows that it is fitted on, and nothing about others."""
    luck = random.Random(5)
    rows = rows_of("climate_fever", 84)
    noise = [np.array([luck.gauss(0, 1) for _ in FEATURES]) for _ in rows]
    sets = {"climate_fever": MeasuredSet(rows, rows, noise)}
    by_heart = final_map(sets, FEATURES, "m").apply(np.array(noise)).argmax(axis=1)
    known = np.mean([STANCES[k] == row.label.value for k, row in zip(by_heart, rows, strict=True)])
    found = of(await judged(sets, ONE, QUICK), ALL, "climate_fever").accuracy.value
    assert found is not None
    assert found < known - 0.1


async def test_other_sets_are_scored_and_never_fitted() -> None:
    others = measured(
        [
            row.model_copy(update={"label": GoldLabel.not_contradicted})
            if row.label is GoldLabel.unsupported
            else row
            for row in rows_of("targeted_pairs")
            if row.label is not GoldLabel.supported
        ]
    )
    # The labels of this set are the other way round: a map fitted on it would show.
    wrong = [-np.asarray(value) for value in others.values]
    spoilt = MeasuredSet(others.rows, others.drawn, wrong)
    alone = await judged(fitted_sets(), {ALL: FEATURES}, QUICK)
    both = await judged({**fitted_sets(), "targeted_pairs": spoilt}, {ALL: FEATURES}, QUICK)
    found = of(both, ALL, "targeted_pairs")
    assert found.judged == len(others.rows)
    assert [label.label.name for label in found.labels] == ["contradicted", "not_contradicted"]
    assert found.balanced_accuracy.value is not None
    assert found.balanced_accuracy.value < 0.5
    for name in FITTED:
        scored = of(both, ALL, name).balanced_accuracy
        assert scored == of(alone, ALL, name).balanced_accuracy


async def test_a_row_that_was_not_measured_is_missing_for_every_judge() -> None:
    sets = fitted_sets()
    first = sets["climate_fever"]
    lost = [NotJudged(reason="no answer in time"), *first.values[1:]]
    sets["climate_fever"] = MeasuredSet(first.rows, first.drawn, lost)
    for result in await judged(sets, WITH_ODDS, QUICK):
        found = result.evaluation.sets[-1]
        assert (found.judged, found.not_judged) == (89, {"no answer in time": 1})


async def test_a_draw_is_told_and_scored_alone() -> None:
    sets = {name: measured(rows_of(name), limit=40) for name in FITTED}
    plan = QUICK.model_copy(update={"limit": 40})
    (result,) = await judged(sets, {ALL: FEATURES}, plan)
    assert {(s.rows, s.drawn, s.judged) for s in result.evaluation.sets} == {(90, 40, 40)}


async def test_too_few_rows_are_refused() -> None:
    few = {name: measured(rows_of(name), limit=5) for name in FITTED}
    with pytest.raises(ValueError, match="usable rows"):
        await judged(few, ONE, QUICK)
    with pytest.raises(ValueError, match="usable rows"):
        final_map(few, FEATURES, "m")


async def test_columns_that_were_not_measured_are_refused() -> None:
    bare = {
        name: MeasuredSet(m.rows, m.drawn, [np.zeros(len(code.NAMES)) for _ in m.drawn])
        for name, m in fitted_sets().items()
    }
    with pytest.raises(ValueError, match="do not hold"):
        await judged(bare, WITH_ODDS, QUICK)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of the four sets, and one more."""
    for name in (*FITTED, *command.OTHERS):
        (tmp_path / "data" / name).mkdir(parents=True)
        lines = [
            json.dumps(row.model_dump(mode="json", include={"id", "claim", "evidence", "label"}))
            for row in rows_of(name)
        ]
        (tmp_path / "data" / name / "dev.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path / "data"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Measure without a model; return how many rows each call was given."""
    monkeypatch.setattr(command, "RESAMPLES", 5)
    counts: list[int] = []

    async def measure(
        rows: Sequence[LabelledRow], _model: Asked, _progress: Progress
    ) -> list[Array | NotJudged]:
        counts.append(len(rows))
        return [seen(row) for row in rows]

    monkeypatch.setattr(command, "measure_rows", measure)
    return counts


def arguments(data: Path, *more: str) -> list[str]:
    folder = data.parent
    return [
        str(data), "--limit", "60", "--json", str(folder / "results" / "sets.json"),
        "--maps", str(folder), "--cache", str(folder / "answers.sqlite"), *more,
    ]  # fmt: skip


def test_the_command_writes_what_the_page_reads(
    data: Path, calls: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(arguments(data)) == 0
    assert calls == []  # code alone needs no model
    text = (data.parent / "results" / "sets.json").read_text(encoding="utf-8")
    result = SetsResult.model_validate_json(text)
    assert (result.model, result.limit, result.fitted_on) == ("", 60, FITTED)
    assert [j.judge for j in result.judges] == list(WITHOUT_ODDS)
    assert "fever_symmetric" in capsys.readouterr().out
    assert not list(data.parent.glob("odds-*.json"))


def test_with_a_model_its_odds_are_judged_too_and_the_maps_can_be_loaded(
    data: Path, calls: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_endpoint(lambda _body: refused(500, "nobody asks")) as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
        assert (
            command.main(arguments(data, "--ask", "--model", "Org/Some Model", "--all", "--write-maps")) == 0
        )
    assert calls == [60 * (len(FITTED) + len(command.OTHERS))]
    result = SetsResult.model_validate_json((data.parent / "results" / "sets.json").read_bytes())
    assert result.model == "Org/Some Model"
    assert [j.judge for j in result.judges] == list(WITH_ODDS)
    assert {s.name for s in result.judges[-1].evaluation.sets} == {*FITTED, *command.OTHERS}
    odds = read_map(data.parent / "odds-org-some-model.json", FEATURES)
    assert odds.model == "Org/Some Model"
    assert set(odds.fitted_on) == set(FITTED)
    assert sum(odds.fitted_on.values()) == 240


def test_a_folder_without_the_sets_is_told(
    tmp_path: Path, calls: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(arguments(tmp_path / "nowhere")) == 2
    assert "climate_fever" in capsys.readouterr().err
    assert calls == []


def test_too_few_rows_end_the_command_with_one_line(
    data: Path, calls: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([*arguments(data), "--limit", "3"]) == 2
    assert "usable rows" in capsys.readouterr().err
    assert calls == []
