"""Prompts are files: loaded by version, filled with material, hashed with their answers' schema."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from pipeline import prompts
from pipeline.config import DEFAULT_PROMPTS
from pipeline.errors import InputError
from pipeline.prompts import Prompt, load_prompt

SHORT = Prompt("any", "v1", (("system", "Rules."), ("user", "Report: $evidence")))


class Answer(BaseModel):
    """An answer."""

    letter: str


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(prompts, "FOLDER", tmp_path)
    (tmp_path / "screen").mkdir()
    return tmp_path / "screen"


STAGES = sorted(path.name for path in prompts.FOLDER.iterdir() if any(path.glob("v*.md")))


def test_every_stage_with_a_default_has_prompts() -> None:
    assert set(DEFAULT_PROMPTS) <= set(STAGES)
    for stage, version in DEFAULT_PROMPTS.items():
        assert load_prompt(stage, version).stage == stage


@pytest.mark.parametrize("stage", STAGES)
def test_every_version_that_ships_loads_and_ends_with_the_question(stage: str) -> None:
    versions = sorted(path.stem for path in (prompts.FOLDER / stage).glob("v*.md"))
    assert versions
    for version in versions:
        loaded = load_prompt(stage, version)
        assert loaded.turns[0][0] == "system"
        assert loaded.turns[-1][0] == "user"
        assert "$" in loaded.turns[-1][1]
        assert "$" not in "".join(text for _, text in loaded.turns[:-1])


def test_turns_are_parted_at_their_lines(folder: Path) -> None:
    (folder / "v3.md").write_text(
        "Rules.\n--- user ---\nA?\n--- assistant ---\nB.\n--- user ---\n$claim\n", encoding="utf-8"
    )
    assert load_prompt("screen", "v3").fill({"claim": "C"}) == [
        {"role": "system", "content": "Rules."},
        {"role": "user", "content": "A?"},
        {"role": "assistant", "content": "B."},
        {"role": "user", "content": "C"},
    ]


@pytest.mark.parametrize("version", ["v9", "", "../screen/v1", "v1.md"])
def test_a_version_that_is_not_there_is_said_with_those_that_are(folder: Path, version: str) -> None:
    (folder / "v1.md").write_text("Rules.\n--- user ---\n$claim", encoding="utf-8")
    with pytest.raises(InputError, match=r"choose from v1\."):
        load_prompt("screen", version)


def test_a_file_without_a_question_is_refused(folder: Path) -> None:
    (folder / "v1.md").write_text("Rules.\n--- user ---\nA?\n--- assistant ---\nB.", encoding="utf-8")
    with pytest.raises(InputError, match="user's turn"):
        load_prompt("screen", "v1")


@given(st.text())
def test_what_is_filled_in_is_never_expanded(text: str) -> None:
    for hostile in (text, f"$evidence {text} ${{claim}} $$", f"{text}\n--- user ---\n"):
        messages = SHORT.fill({"evidence": hostile})
        assert messages[-1]["content"] == f"Report: {hostile}"
        assert len(messages) == 2


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        SHORT.fill({})


def test_the_hash_changes_with_anything_that_reaches_the_model() -> None:
    others = [
        Prompt("any", "v1", (("system", "Rules!"), ("user", "Report: $evidence"))),
        Prompt("any", "v1", (("user", "Rules."), ("user", "Report: $evidence"))),
    ]
    hashes = {prompt.used().sha256 for prompt in (SHORT, *others)} | {SHORT.used(Answer).sha256}
    assert len(hashes) == 4
    assert SHORT.used(Answer) == SHORT.used(Answer)
    assert SHORT.used().version == "v1"
