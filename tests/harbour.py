"""A story of two articles that differ in one day and one number: what most tests of a command check."""

from collections.abc import Mapping
from pathlib import Path

HARBOUR: Mapping[str, str] = {
    "gull": "Ships were kept out of Tarnholm harbour on Monday. Eleven boats waited at the mole.",
    "crier": "Ships were kept out of Tarnholm harbour on Tuesday. Nine boats waited at the mole.",
}


def write_story(folder: Path, articles: Mapping[str, str] = HARBOUR) -> Path:
    """Write each article, by its outlet, into a file of ``folder``, which is made; return the folder."""
    folder.mkdir(parents=True)
    for outlet, text in articles.items():
        (folder / f"{outlet}.txt").write_text(text, encoding="utf-8")
    return folder
