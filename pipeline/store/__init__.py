"""What the run directory looks like: the answers that were paid for, and the files a run writes.

``OUT/answers.sqlite``    every answer, stored before it is used, under a key of all that made it
``OUT/vectors.sqlite``    vectors of the texts, so that another run need not compute them; may be deleted
``OUT/decisions.sqlite``  what reviewers decided, apart from what a machine can say again
``OUT/report.json``       the contract; report.html and report.md are made from it
``OUT/run.json``          all that made the report, so that it can be made again
"""

from pipeline.store.answers import ANSWERS, Answers, answers_path, open_answers
from pipeline.store.decisionfile import DECISIONS, why_read_only
from pipeline.store.decisions import (
    Imported,
    Undone,
    import_decisions,
    read_decisions,
    record_decision,
    undo_change,
)
from pipeline.store.folder import (
    REPORT,
    make_folder,
    prepare_run_directory,
    refuse_way_out,
    story_folders,
    write_text,
)
from pipeline.store.layout import Layout, is_url
from pipeline.store.reports import (
    RUN,
    newer_version,
    read_report,
    read_run,
    report_text,
    what_is_wrong,
    write_report,
    write_run,
)

__all__ = [
    "ANSWERS",
    "DECISIONS",
    "REPORT",
    "RUN",
    "Answers",
    "Imported",
    "Layout",
    "Undone",
    "answers_path",
    "import_decisions",
    "is_url",
    "make_folder",
    "newer_version",
    "open_answers",
    "prepare_run_directory",
    "read_decisions",
    "read_report",
    "read_run",
    "record_decision",
    "refuse_way_out",
    "report_text",
    "story_folders",
    "undo_change",
    "what_is_wrong",
    "why_read_only",
    "write_report",
    "write_run",
    "write_text",
]
