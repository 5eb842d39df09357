"""How well a judge does on labelled rows: reading them, measuring its answers, and showing what came out.

It knows no model: the judge is given.
"""

from pipeline.evaluation.evaluate import Judge, Meter, evaluate
from pipeline.evaluation.publish import write
from pipeline.evaluation.rows import read_rows, read_sets
from pipeline.evaluation.tables import Table, by_label, notes, overview, render_markdown

__all__ = [
    "Judge",
    "Meter",
    "Table",
    "by_label",
    "evaluate",
    "notes",
    "overview",
    "read_rows",
    "read_sets",
    "render_markdown",
    "write",
]
