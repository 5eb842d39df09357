"""report.json, written and read."""

from pathlib import Path

from pipeline.errors import InputError
from pipeline.store.folder import write_text
from schemas.report import Report


def write_report(out: Path, report: Report) -> Path:
    """Write report.json into ``out`` and return its path."""
    path = out / "report.json"
    write_text(path, report.model_dump_json(indent=2) + "\n")
    return path


def read_report(out: Path) -> Report:
    """Read the report.json of a run directory. Raises InputError when there is none, or it is damaged."""
    path = out / "report.json"
    try:
        return Report.model_validate_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"There is no run in {out} ({error.strerror} for report.json).") from error
    except ValueError as error:
        raise InputError(f"{path} is damaged, or of another version: run storycheck check again.") from error
