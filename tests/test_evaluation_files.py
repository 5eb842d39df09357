"""evaluation.json, evaluation.md and the diagrams: readable, and no foreign text in them acts."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.errors import InputError
from pipeline.evaluation import by_label, evaluate, notes, overview, render_markdown, write
from pipeline.evaluation.reliability import file_name, render_reliability
from pipeline.evaluation.score import Answer
from pipeline.report.text import one_line
from schemas.evaluation import Evaluation, GoldLabel, LabelledRow, NotJudged, Plan, Scores, SetResult, Usage
from tests.hostile_report import anything

MARKDOWN = MarkdownIt("commonmark").enable("table")
SVG = "{http://www.w3.org/2000/svg}"


async def judge(rows: Sequence[LabelledRow]) -> list[Answer]:
    """Lean to supported, more or less, and leave the first row out."""
    answers: list[Answer] = [NotJudged(reason="cut off | at ```the``` limit")]
    for n in range(1, len(rows)):
        rest = (n % 7) / 20
        answers.append(Scores(supported=1 - 2 * rest, contradicted=rest, unsupported=rest))
    return answers


async def made(*names: str, limit: int | None = None) -> Evaluation:
    labels = [GoldLabel.supported, GoldLabel.contradicted, GoldLabel.supported] * 20
    rows = [
        LabelledRow(id=str(n), claim=f"c{n // 2}", evidence=f"e{n}", label=label)
        for n, label in enumerate(labels)
    ]
    plan = Plan(judge="toy", resamples=20, limit=limit)
    return await evaluate(dict.fromkeys(names, rows), judge, plan, lambda: Usage(calls=3))


def drawing_of(result: SetResult) -> ET.Element:
    return ET.fromstring(render_reliability(result))  # noqa: S314 - our own, which a test may trust


def read(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


def shape(text: str) -> list[str]:
    return [token.type for token in MARKDOWN.parse(text)]


async def test_the_tables_show_every_set_and_label() -> None:
    found = await made("first", "second", limit=40)
    table = overview(found)
    assert [line[0] for line in table.lines] == ["first", "second"]
    assert {len(line) for line in table.lines} == {len(table.header)}
    accuracy = found.sets[0].balanced_accuracy
    assert accuracy.value is not None
    assert accuracy.low is not None
    assert table.lines[0][3].startswith(f"{100 * accuracy.value:.1f} ({100 * accuracy.low:.1f}–")
    labels = by_label(found)
    assert [line[:2] for line in labels.lines] == [
        (name, label) for name in ("first", "second") for label in ("supported", "contradicted")
    ]
    told = "\n".join(notes(found))
    assert "40 of 60 rows were drawn" in told
    assert "Set first: 1 row not judged, and in no measure: cut off" in told
    assert "groups that are resampled whole" in told


async def test_markdown_holds_the_tables_and_the_diagrams() -> None:
    found = await made("first", "second")
    text = render_markdown(found)
    assert shape(text).count("table_open") == 4
    for line in (*overview(found).lines, *by_label(found).lines):
        assert all(cell.replace("_", "\\_") in text for cell in line)
    assert "![Reliability diagram of first](reliability-first.svg)" in text
    assert "cut off \\| at" in text


@settings(deadline=None, max_examples=30)
@given(anything.map(lambda text: f"{text}x"))
async def test_no_set_name_is_markup(hostile: str) -> None:
    found = await made("x")
    (result,) = found.sets
    renamed = found.model_copy(update={"sets": (result.model_copy(update={"name": hostile}),)})
    text = render_markdown(renamed)
    assert shape(text) == shape(render_markdown(found))
    drawing = drawing_of(renamed.sets[0])
    assert {element.tag for element in drawing.iter()} == {
        element.tag for element in drawing_of(result).iter()
    }
    assert drawing.findtext(f"{SVG}title") == one_line(f"Reliability: {hostile}")


@pytest.mark.parametrize(
    "hostile", ["- x", "1. x", "# x", "x\n\n<script>", "]]>", "--></svg>", "&amp;", "\0"]
)
async def test_a_set_name_that_tries_is_shown_as_it_is(hostile: str) -> None:
    found = await made(hostile)
    assert shape(render_markdown(found)) == shape(render_markdown(await made("x")))
    drawing = drawing_of(found.sets[0])
    assert drawing.findtext(f"{SVG}title") == one_line(f"Reliability: {hostile}")


@given(st.sets(anything, min_size=2, max_size=6))
def test_every_set_has_a_safe_file_of_its_own(names: set[str]) -> None:
    files = {file_name(name) for name in names}
    assert len(files) == len(names)
    assert all(re.fullmatch(r"reliability-[a-z0-9_-]{1,80}\.svg", name) for name in files)


@pytest.mark.parametrize("pair", [("Wice", "wice"), ("a/b", "a-b"), ("../x", "x"), ("é", "e"), ("", "-")])
def test_names_that_look_alike_to_a_file_system_differ(pair: tuple[str, str]) -> None:
    one, other = map(file_name, pair)
    assert one.lower() != other.lower()
    assert "/" not in one + other


async def test_the_diagram_loads_nothing_and_has_a_dot_a_bin() -> None:
    (result,) = (await made("first")).sets
    text = render_reliability(result)
    assert len(result.bins) > 1
    drawing = drawing_of(result)
    dots = drawing.findall(f"{SVG}circle")
    assert len(dots) == len(result.bins)
    places = [(float(dot.get("cx", "")), float(dot.get("cy", ""))) for dot in dots]
    assert places == sorted(places, key=lambda place: place[0])
    for x, y in places:
        assert 60 <= x <= 350
        assert 56 <= y <= 346
    assert "prefers-color-scheme: dark" in text
    assert not re.search(r"href|url\(|@import|<script|<image|https?://(?!www\.w3\.org/2000/svg)", text)


async def test_a_set_without_answers_has_an_empty_diagram() -> None:
    (result,) = (await made("first")).sets
    empty = result.model_copy(update={"bins": (), "judged": 0})
    assert "No row was judged." in render_reliability(empty)


async def test_files_are_written_whole_and_read_again(tmp_path: Path) -> None:
    found = await made("first", "../second")
    paths = write(found, tmp_path / "new")
    assert sorted(paths) == sorted(path.name for path in (tmp_path / "new").iterdir())
    assert {"evaluation.json", "evaluation.md", "reliability-first.svg"} <= paths.keys()
    text = read(paths["evaluation.json"])
    assert Evaluation.model_validate_json(text) == found
    assert found.finished_at >= found.started_at > datetime(2020, 1, 1, tzinfo=UTC)
    links = re.findall(r"\]\(([^)]+)\)", read(paths["evaluation.md"]))
    assert set(links) == {name for name in paths if name.endswith(".svg")}


async def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here", encoding="utf-8")
    with pytest.raises(InputError, match="Cannot make"):
        write(await made("first"), tmp_path / "file")
