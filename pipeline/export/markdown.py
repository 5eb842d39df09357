"""The report as Markdown, with what was decided at its end."""

from collections.abc import Iterator, Sequence

from pipeline.export.asked import Asked
from pipeline.export.rows import live
from pipeline.export.stored import Stored
from pipeline.report import render_markdown, words
from pipeline.report.html import articles_by_id
from pipeline.report.text import escape


def export_markdown(stories: Sequence[Stored], _asked: Asked) -> str:
    """Return report.md of every story, one after the other, each with its decisions."""
    return "\n---\n\n".join(_story(stored) for stored in stories)


def _story(stored: Stored) -> str:
    told = list(_decisions(stored))
    section = ["", "## Decisions", "", *told, ""] if told else []
    return render_markdown(stored.report) + "\n".join(section)


def _decisions(stored: Stored) -> Iterator[str]:
    """Yield a line for each finding that was decided, in the order of the report."""
    decided = {decision.finding_id: decision for decision in live(stored.decisions)}
    article = articles_by_id(stored.report)
    for finding in stored.report.contradictions:
        decision = decided.get(finding.id)
        if decision is None:
            continue
        ruling = decision.ruling.value if decision.ruling else "noted"
        why = f" ({decision.reason.value.replace('_', ' ')})" if decision.reason else ""
        outlets = words.listed([escape(article(side.article_id).label) for side in finding.sides])
        note = f" Note: {escape(decision.note)}" if decision.note else ""
        quotes = " / ".join(f"“{escape(side.quote)}”" for side in finding.sides)
        when = words.day(decision.decided_at.date())
        yield f"- **{ruling}**{why}, {when}: {words.CONFLICT[finding.kind]}, {outlets}: {quotes}.{note}"
