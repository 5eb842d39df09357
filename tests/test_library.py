"""docs/library.md and docs/notebook.ipynb do what they show, over what the embedded model said once."""

from pathlib import Path
from typing import Any, Final

import nbformat
import pytest
from markdown_it import MarkdownIt

from pipeline.store import read_report
from tests.notebook import NOTEBOOK, executed
from tests.recorded_command import recorded_endpoint

DOCS: Final = Path(__file__).parents[1] / "docs"


def examples(document: str) -> list[str]:
    """Return the blocks of a document that are one program together, in their order."""
    found = MarkdownIt("commonmark").parse((DOCS / document).read_text(encoding="utf-8"))
    return [token.content for token in found if token.type == "fence" and token.info == "py"]


def test_the_examples_run_one_after_the_other(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "ellen-marrick").symlink_to(example, target_is_directory=True)
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts" / "ferry.md").write_text("There were 44 vehicles on the ferry’s car deck.\n")
    names: dict[str, Any] = {}
    blocks = examples("library.md")
    assert len(blocks) == 7
    with recorded_endpoint() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        for block in blocks:
            exec(compile(block, "library.md", "exec"), names)  # noqa: S102 - our own words
    printed = capsys.readouterr().out
    assert "There were 41 vehicles on the ferry’s car deck. | There were 14 vehicles" in printed
    assert "ellen-marrick: 12 contradictions and 1 update; 158 claims" in printed
    assert read_report(tmp_path / "out" / "copy") == read_report(tmp_path / "out" / "ellen")
    assert len(names["rows"]) == 158
    assert names["is_fit_to_print"] is False
    assert "12 contradictions and 1 update by rules alone" in str(names["quick"])
    assert names["run"].report.draft.name == "draft"
    assert names["run"].report.articles[1].label == "Ulverhaven Courier"


def test_the_notebook_shows_what_it_shows() -> None:
    stored, now = nbformat.read(NOTEBOOK, as_version=4), executed()
    nbformat.validate(stored)
    assert [cell.get("outputs") for cell in stored.cells] == [cell.get("outputs") for cell in now.cells]
    shown = next(
        o.data for cell in now.cells for o in cell.get("outputs", ()) if "text/html" in o.get("data", {})
    )
    assert "12 contradictions and 1 update" in shown["text/plain"]
    assert shown["text/html"].count("<mark>") >= 24
    assert "<svg" in shown["text/html"]
