"""report.json and run.json, written and read."""

from pathlib import Path
from typing import Final

from pydantic import BaseModel, ValidationError

from pipeline.errors import InputError
from pipeline.store.folder import write_text
from schemas.report import SCHEMA_VERSION, Report
from schemas.run import RUN_VERSION, RunRecord

RUN: Final = "run.json"


class _Versioned(BaseModel):
    schema_version: int


def write_report(out: Path, report: Report) -> Path:
    """Write report.json into ``out`` and return its path."""
    path = out / "report.json"
    write_text(path, report_text(report))
    return path


def report_text(report: Report) -> str:
    """Return what report.json holds."""
    return report.model_dump_json(indent=2) + "\n"


def write_run(out: Path, record: RunRecord) -> Path:
    """Write run.json into ``out`` and return its path."""
    path = out / RUN
    write_text(path, record.model_dump_json(indent=2) + "\n")
    return path


def read_run(out: Path) -> RunRecord:
    """Read the run.json of a run directory.

    Raises InputError when there is none, or it is damaged, cut off, or of a newer version.
    """
    path = out / RUN
    again = "run storycheck check again, which asks nothing that was answered."
    try:
        text = path.read_text(encoding="utf-8")
        return RunRecord.model_validate_json(text)
    except OSError as error:
        raise InputError(f"{out} has no record of its run ({error.strerror} for {RUN}): {again}") from error
    except ValidationError as error:
        if newer_version(text, RUN_VERSION) is not None:
            raise InputError(f"{path} was written by a newer storycheck: update storycheck.") from error
        raise InputError(f"{path} is damaged ({what_is_wrong(error)}): {again}") from error
    except ValueError as error:
        raise InputError(f"{path} is damaged (no UTF-8): {again}") from error


def read_report(out: Path) -> Report:
    """Read the report.json of a run directory.

    Raises InputError when there is none, or it is damaged, cut off, or of a newer version.
    """
    path = out / "report.json"
    try:
        text = path.read_text(encoding="utf-8")
        return Report.model_validate_json(text)
    except OSError as error:
        raise InputError(
            f"There is no run in {out} ({error.strerror} for report.json): give the folder of one."
        ) from error
    except ValidationError as error:
        raise _told(error, text, path) from error
    except ValueError as error:
        raise InputError(f"{path} is damaged (no UTF-8): {_MEND}") from error


_MEND = "put a copy of it back, or run storycheck check again, which asks nothing that was answered."


def _told(error: ValidationError, text: str, path: Path) -> InputError:
    version = newer_version(text, SCHEMA_VERSION)
    if version is not None:
        return InputError(
            f"{path} was written by a newer storycheck (version {version}, this one reads {SCHEMA_VERSION}): "
            "update storycheck."
        )
    if any(wrong["type"] == "extra_forbidden" for wrong in error.errors()):
        return InputError(f"{path} has fields that this storycheck does not know: update storycheck.")
    return InputError(f"{path} is damaged ({what_is_wrong(error)}): {_MEND}")


def newer_version(text: str | bytes, known: int) -> int | None:
    """Return the ``schema_version`` that the JSON ``text`` names, if it is newer than ``known``."""
    try:
        version = _Versioned.model_validate_json(text).schema_version
    except ValueError:
        return None
    return version if version > known else None


def what_is_wrong(error: ValidationError) -> str:
    """Return in some words why JSON was refused, without a word of what it holds."""
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return "cut off" if "EOF" in first["msg"] else "no JSON"
    place = ".".join(str(part) for part in first["loc"] if isinstance(part, int) or part.isidentifier())
    return f"at {place[:80]}" if place else "no record"
