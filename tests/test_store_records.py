"""report.json and run.json: read as they were written, and told apart from what is damaged or newer."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.store import read_report, read_run, report_text, write_report, write_run
from schemas.run import ArticleRead, MadeBy, RunRecord
from tests.sample_report import sample_report

AGAIN = "run storycheck check again, which asks nothing that was answered."
MEND = f"put a copy of it back, or {AGAIN}"


def record() -> RunRecord:
    report = sample_report()
    return RunRecord(
        story=report.story,
        run=report.run,
        made_by=MadeBy(storycheck="1", code_sha256="c" * 64, python="3", platform="any"),
        articles=(ArticleRead(id="a1", path="“gull”.txt", sha256="a" * 64),),
        answers={"1" * 16: "2" * 16},
    )


def told(read: Callable[[Path], object], folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        read(folder)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_record_of_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = write_run(tmp_path, record())
    assert path == tmp_path / "run.json"
    assert read_run(tmp_path) == record()
    assert path.read_text(encoding="utf-8").startswith('{\n  "schema_version": 1,\n  "story": ')
    assert path.read_bytes().endswith(b"\n}\n")


def test_what_a_report_would_be_is_what_is_written(tmp_path: Path) -> None:
    text = write_report(tmp_path, sample_report()).read_text(encoding="utf-8")
    assert text == report_text(sample_report())
    assert text.startswith('{\n  "schema_version": 1,\n  "story":')
    assert text.endswith("\n}\n")


IN_ANOTHER_LOCALE = """
import sys
from pathlib import Path
from pipeline.store import read_report, read_run, write_report, write_run
folder = Path(sys.argv[1])
write_report(folder, read_report(folder))
write_run(folder, read_run(folder))
"""


def test_files_are_in_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    paths = write_report(tmp_path, sample_report()), write_run(tmp_path, record())
    before = [path.read_bytes() for path in paths]
    assert all("“".encode() in data for data in before)
    locale = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    script = [sys.executable, "-c", IN_ANOTHER_LOCALE, str(tmp_path)]
    subprocess.run(script, env={**os.environ, **locale}, check=True)
    assert [path.read_bytes() for path in paths] == before
    assert (read_report(tmp_path), read_run(tmp_path)) == (sample_report(), record())


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert told(read_run, tmp_path) == (
        f"{tmp_path} has no record of its run (No such file or directory for run.json): {AGAIN}"
    )
    assert told(read_report, tmp_path) == (
        f"There is no run in {tmp_path} (No such file or directory for report.json): give the folder of one."
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "cut off"),
        (b'{"schema_version": 1', "cut off"),
        (b"no JSON", "no JSON"),
        (b"[]", "no record"),
        (b'{"schema_version": 0}', "at schema_version"),
        (b'{"schema_version": 1, "story": "x", "run": {"id": 4}}', "at run.id"),
        (b"\xff\xfe{}", "no UTF-8"),
    ],
)
def test_a_damaged_file_is_told_with_where_and_what_to_do(tmp_path: Path, text: bytes, why: str) -> None:
    for name, read, mend in (("run.json", read_run, AGAIN), ("report.json", read_report, MEND)):
        (tmp_path / name).write_bytes(text)
        assert told(read, tmp_path) == f"{tmp_path / name} is damaged ({why}): {mend}"


def test_what_is_wrong_within_a_list_is_told_by_its_number(tmp_path: Path) -> None:
    path = write_run(tmp_path, record())
    path.write_text(path.read_text(encoding="utf-8").replace('"a1"', "4"), encoding="utf-8")
    assert told(read_run, tmp_path) == f"{path} is damaged (at articles.0.id): {AGAIN}"


def test_where_a_file_is_damaged_is_told_in_few_words_and_none_of_its_own(tmp_path: Path) -> None:
    text = write_report(tmp_path, sample_report()).read_text(encoding="utf-8")
    words = "said the harbour master"
    for key in (words, "x" * 500):
        broken = text.replace('"prompts": {', f'"prompts": {{"{key}": 4,', 1)
        (tmp_path / "report.json").write_text(broken, encoding="utf-8")
        message = told(read_report, tmp_path)
        assert "is damaged (at run.prompts" in message
        assert words not in message
        assert len(message) < len(f"{tmp_path}{MEND}") + 150


def test_a_file_of_a_newer_storycheck_is_told(tmp_path: Path) -> None:
    newer = '{"schema_version": 2, "anything": 1}'
    (tmp_path / "run.json").write_text(newer)
    (tmp_path / "report.json").write_text(newer)
    assert told(read_run, tmp_path) == (
        f"{tmp_path / 'run.json'} was written by a newer storycheck: update storycheck."
    )
    assert told(read_report, tmp_path) == (
        f"{tmp_path / 'report.json'} was written by a newer storycheck (version 2, this one reads 1): "
        "update storycheck."
    )


def test_a_report_with_a_field_of_a_later_day_says_so(tmp_path: Path) -> None:
    path = write_report(tmp_path, sample_report())
    path.write_text(path.read_text(encoding="utf-8").replace('"story":', '"mood": "calm",\n  "story":', 1))
    assert told(read_report, tmp_path) == (
        f"{path} has fields that this storycheck does not know: update storycheck."
    )
