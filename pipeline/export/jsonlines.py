"""Exports as JSON: one document, or one row a line."""

import json
import re
from collections.abc import Sequence

from pipeline.export.asked import Asked, What
from pipeline.export.rows import all_claim_rows, all_finding_rows, rows
from pipeline.export.stored import Stored
from schemas.exported import Exported

_NOT_PLAIN = re.compile(r"[^\n -~]")


def export_json(stories: Sequence[Stored], asked: Asked) -> str:
    """Return one JSON document with the rows of all stories; see ``schemas.exported.Exported``."""
    reports = [stored.report for stored in stories]
    exported = Exported(
        stories=tuple(report.story for report in reports),
        findings=tuple(all_finding_rows(stories)) if asked.what is What.findings else None,
        claims=tuple(all_claim_rows(stories)) if asked.what is What.claims else None,
        skipped=tuple(skipped for report in reports for skipped in (*report.skipped, *report.left_out)),
    )
    return json_text(exported.model_dump(mode="json"), indent=2) + "\n"


def export_json_lines(stories: Sequence[Stored], asked: Asked) -> str:
    """Return one JSON object a line, each the row of a finding or of a claim."""
    return "".join(f"{json_text(row.model_dump(mode='json'))}\n" for row in rows(stories, asked.what))


def json_text(value: object, *, indent: int | None = None) -> str:
    r"""Return ``value`` as JSON with every character that cannot be seen written as ``\uXXXX``.

    The text is exactly the same when it is read again, and can do nothing to a terminal that shows it.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _NOT_PLAIN.sub(lambda found: found[0] if found[0].isprintable() else _escaped(found[0]), text)


def _escaped(char: str) -> str:
    return json.dumps(char)[1:-1]
