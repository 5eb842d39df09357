"""What a run writes: its files, and in run.json their hashes as they are before anybody decides anything."""

from hashlib import sha256
from pathlib import Path

from pipeline.publish import hashes, write_files
from pipeline.store import read_run, record_decision
from schemas.run import MadeBy, RunRecord
from tests.sample_report import sample_report
from tests.stored_runs import decision_on

REPORT = sample_report()
RECORD = RunRecord(
    story=REPORT.story,
    run=REPORT.run,
    made_by=MadeBy(storycheck="1", code_sha256="c" * 64, python="3", platform="any"),
    articles=(),
    answers={},
)


def test_the_record_has_the_hash_of_every_file(tmp_path: Path) -> None:
    paths = write_files(tmp_path, REPORT, RECORD)
    written = {name: sha256(Path(path).read_bytes()).hexdigest() for name, path in paths.items()}
    assert list(written) == ["report.json", "report.md", "report.html"]
    assert read_run(tmp_path).files == written == hashes(REPORT)


def test_a_decision_is_on_the_page_and_in_no_hash(tmp_path: Path) -> None:
    record_decision(tmp_path, decision_on(REPORT, REPORT.contradictions[0].id, note="seen at the quay"))
    page = Path(write_files(tmp_path, REPORT, RECORD)["report.html"]).read_text(encoding="utf-8")
    assert "seen at the quay" in page
    assert read_run(tmp_path).files == hashes(REPORT)
