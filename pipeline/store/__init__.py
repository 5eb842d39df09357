"""What the run directory looks like: the answers that were paid for, and the files a run writes.

``OUT/answers.sqlite``  every answer, stored before it is used, under a key of all that made it
``OUT/report.json``     the contract; report.html and report.md are made from it
"""

from pipeline.store.answers import ANSWERS, Answers, answers_path, open_answers
from pipeline.store.folder import make_folder, prepare_run_directory, write_text
from pipeline.store.reports import read_report, write_report

__all__ = [
    "ANSWERS",
    "Answers",
    "answers_path",
    "make_folder",
    "open_answers",
    "prepare_run_directory",
    "read_report",
    "write_report",
    "write_text",
]
