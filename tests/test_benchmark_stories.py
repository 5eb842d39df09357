"""What is written about the benchmark stories is true of them, and is written where people look for it."""

import json
import re
import shlex
from collections import Counter
from itertools import combinations
from math import comb
from pathlib import Path
from typing import Final, get_args

import pytest
from jsonschema import Draft202012Validator

from benchmarks import gold as gold_module
from benchmarks.census import STORIES, census, halves, rows, table
from benchmarks.gold import Difficulty, Gold, HardKind, gold_schema, read_gold
from pipeline.cli import app
from schemas.contradiction import ConflictKind

ROOT: Final = STORIES.parents[1]
SCHEMA: Final = json.loads((STORIES / "gold.schema.json").read_text(encoding="utf-8"))
OPEN: Final = sorted(path.parent for path in (STORIES / "open").glob("*/gold.json"))
DOCUMENTS: Final = {
    name: (STORIES / name).read_text(encoding="utf-8") for name in ("README.md", "GUIDE.md", "DATASHEET.md")
}


def block(language: str) -> str:
    """Return the first block of ``language`` in the README."""
    found = re.search(rf"^```{language}\n(.*?)^```$", DOCUMENTS["README.md"], re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def write_story(folder: Path, quote: str = "The bell rang at two.") -> Path:
    """Write the story of the README's example, with ``quote`` as what the Post says of the bell."""
    gold = Gold.model_validate_json(block("json"))
    sides = [side for entry in gold.conflicts for side in entry.sides]
    sides += [side for entry in gold.hard_negatives for side in entry.sides]
    sides += [side for entry in gold.agreements for side in entry.sides]
    said = [(side.article, side.quote) for side in sides]
    said += [(entry.article, entry.quote) for entry in gold.single_outlet]
    said += [(entry.article, entry.quote) for entry in gold.speakers]
    folder.mkdir()
    for name in sorted({article for article, _ in said}):
        quotes = [text for article, text in dict.fromkeys(said) if article == name]
        text = " ".join(quotes).replace("The bell rang at two.", quote)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "gold.json").write_text(block("json"), encoding="utf-8")
    return folder


def test_the_schema_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert gold_module.main(["--schema"]) == 0
    printed = capsys.readouterr().out
    stored = (STORIES / "gold.schema.json").read_text(encoding="utf-8")
    assert printed == stored, "python -m benchmarks.gold --schema > benchmarks/stories/gold.schema.json"
    assert gold_schema() == SCHEMA
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("story", OPEN, ids=lambda path: path.name)
def test_the_schema_describes_the_open_stories(story: Path) -> None:
    gold = json.loads((story / "gold.json").read_text(encoding="utf-8"))
    validator = Draft202012Validator(SCHEMA)
    assert list(validator.iter_errors(gold)) == []
    assert not validator.is_valid(gold | {"lookalikes": []})
    assert not validator.is_valid({key: value for key, value in gold.items() if key != "conflicts"})


@pytest.mark.parametrize("story", OPEN, ids=lambda path: path.name)
def test_an_open_story_is_what_the_guide_says(story: Path) -> None:
    gold = read_gold(story)
    assert gold.story == story.name
    lengths = {path.name: len(path.read_text(encoding="utf-8").split()) for path in story.glob("*.txt")}
    assert len(lengths) == 5
    assert all(300 <= length <= 450 for length in lengths.values()), lengths
    assert (story / "story.toml").is_file()
    assert {entry.kind for entry in gold.conflicts} == set(ConflictKind)
    assert {entry.type for entry in gold.hard_negatives} == set(get_args(HardKind))
    conflicts, negatives = (
        {frozenset((side.article, side.quote) for side in pair) for pair in pairs}
        for pairs in (
            [pair for entry in gold.conflicts for pair in combinations(entry.sides, 2)],
            [pair for entry in gold.hard_negatives for pair in combinations(entry.sides, 2)],
        )
    )
    assert conflicts.isdisjoint(negatives)


def test_the_datasheet_has_the_counts_of_both_halves() -> None:
    found = re.search(r"<!-- counts: .*? -->\n(.*?)\n<!-- end", DOCUMENTS["DATASHEET.md"], re.DOTALL)
    assert found is not None
    assert found[1].splitlines() == table(halves()).splitlines(), "python -m benchmarks.census"


def test_a_census_counts_what_a_story_holds(tmp_path: Path) -> None:
    counts = census(write_story(tmp_path / "bell-tower"))
    assert counts["articles"] == 2
    assert counts["sentences"] == 8
    assert counts["words"] == 5 + 4 + 5 + 7 + 5 + 5 + 7 + 7
    assert counts["sentences that are a side of a conflict"] == 2
    assert counts["sentences that are either"] == 4
    assert (counts["conflicts"], counts["conflicts: date"], counts["conflicts: plain"]) == (1, 1, 1)
    assert (counts["hard negatives: rounding"], counts["agreements"]) == (1, 1)
    assert (counts["facts of one outlet alone"], counts["sentences with their speaker"]) == (1, 2)
    assert set(counts) <= set(rows()), "nothing is counted and not shown"
    lines = table([("here", counts), ("there", counts)]).splitlines()
    assert "| articles | 2 | 2 | 4 |" in lines
    assert "| sentences that are either | 4 (50%) | 4 (50%) | 8 (50%) |" in lines
    assert "| stories | 0 | 0 |" in table([("none", Counter())])


def test_a_census_tells_nothing_of_a_faulty_story(tmp_path: Path) -> None:
    story = write_story(tmp_path / "bell-tower", quote="The bell rang thrice.")
    with pytest.raises(ValueError, match="bell rang at two"):
        read_gold(story)
    with pytest.raises(ValueError, match=r"1 fault\(s\)") as caught:
        census(story)
    assert "rang" not in str(caught.value)


def test_the_checker_wants_to_know_what_to_check(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="2"):
        gold_module.main([])
    assert gold_module.main([str(write_story(tmp_path / "fine"))]) == 0
    assert gold_module.main([str(write_story(tmp_path / "faulty", quote="It rang."))]) == 1
    assert "not in it exactly once" in capsys.readouterr().out


@pytest.mark.parametrize("word", [*ConflictKind, *get_args(Difficulty), *get_args(HardKind)])
def test_the_guide_has_a_row_for_each_label(word: str) -> None:
    assert re.search(rf"^\| `{word}` \| \w", DOCUMENTS["GUIDE.md"].replace('| "', "| "), re.MULTILINE)


@pytest.mark.parametrize(
    "key", sorted({key for part in SCHEMA["$defs"].values() for key in part.get("properties", {})})
)
def test_the_guide_and_the_example_have_each_key(key: str) -> None:
    assert f'"{key}"' in block("json")
    assert f"`{key}`" in DOCUMENTS["GUIDE.md"] or key in {"kind", "difficulty", "type", "sides"}


def test_the_example_is_a_story_of_its_own(tmp_path: Path) -> None:
    assert read_gold(write_story(tmp_path / "bell-tower")).story == "bell-tower"
    assert Draft202012Validator(SCHEMA).is_valid(json.loads(block("json")))


def test_the_code_of_the_readme_finds_the_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, list[tuple[str, str, bool]]] = {}
    exec(block("python"), names)  # noqa: S102 - what a reader would run
    golds = [read_gold(story) for story in OPEN]
    conflicts = sum(comb(len(entry.sides), 2) for gold in golds for entry in gold.conflicts)
    negatives = sum(comb(len(entry.sides), 2) for gold in golds for entry in gold.hard_negatives)
    assert Counter(is_conflict for *_, is_conflict in names["pairs"]) == {True: conflicts, False: negatives}


def test_the_commands_of_the_documents_exist() -> None:
    lines = [
        shlex.split(line, comments=True)
        for text in DOCUMENTS.values()
        for shown in re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        for line in shown.splitlines()
    ]
    commands = {getattr(command.callback, "__name__", "") for command in app.registered_commands}
    assert len(lines) >= 6
    for words in lines:
        if words[0] == "storycheck":
            assert words[1] in commands
            assert (ROOT / words[2]).is_dir()
        else:
            assert words[:2] == ["python", "-m"]
            assert (ROOT / Path(*words[2].split("."))).with_suffix(".py").is_file(), words


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", DOCUMENTS[name])
    assert links
    for link in links:
        assert link.startswith("https://") or (STORIES / link).exists(), link


def test_the_licence_is_the_one_that_is_named() -> None:
    licence = (STORIES / "LICENSE").read_text(encoding="utf-8")
    assert "https://creativecommons.org/licenses/by/4.0/" in licence
    assert "SPDX-License-Identifier: CC-BY-4.0" in licence
    for name in ("README.md", "DATASHEET.md"):
        assert "CC BY 4.0" in DOCUMENTS[name]
