"""Writes the files of one evaluation."""

from collections.abc import Mapping
from pathlib import Path

from pipeline.evaluation.reliability import file_name, render_reliability
from pipeline.evaluation.tables import render_markdown
from pipeline.store import make_folder, write_text
from schemas.evaluation import Evaluation


def write(evaluation: Evaluation, folder: Path) -> Mapping[str, str]:
    """Write evaluation.json, evaluation.md and a reliability diagram a set; return their paths by name.

    Each file is there whole or not at all. Raises InputError when one cannot be written.
    """
    texts = {file_name(result.name): render_reliability(result) for result in evaluation.sets}
    texts["evaluation.md"] = render_markdown(evaluation)
    texts["evaluation.json"] = evaluation.model_dump_json(indent=2) + "\n"
    make_folder(folder)
    for name, text in texts.items():
        write_text(folder / name, text)
    return {name: str(folder / name) for name in texts}
