"""Exports of a stored run, for other programs and for people without this one; no model is ever asked.

Each format is one function from the stored stories to text, and reads nothing else.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from pipeline.export.asked import Asked, Reviewer, What, make_reviewer
from pipeline.export.claimreview import accepted, export_claimreview
from pipeline.export.jsonlines import export_json, export_json_lines
from pipeline.export.markdown import export_markdown
from pipeline.export.stored import Stored, Unread, read_stories
from pipeline.export.table import export_csv

Export = Callable[[Sequence[Stored], Asked], str]

FORMATS: Mapping[str, Export] = MappingProxyType(
    {
        "json": export_json,
        "jsonl": export_json_lines,
        "csv": export_csv,
        "md": export_markdown,
        "claimreview": export_claimreview,
    }
)

__all__ = [
    "FORMATS",
    "Asked",
    "Export",
    "Reviewer",
    "Stored",
    "Unread",
    "What",
    "accepted",
    "make_reviewer",
    "read_stories",
]
