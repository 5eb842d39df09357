"""What the page knows of decisions: those made before, and what a new one has to say of its finding."""

import json
from collections.abc import Callable, Sequence

from markupsafe import Markup

from schemas.contradiction import Contradiction
from schemas.decision import Decision
from schemas.report import Report, ReportArticle


def desk_data(
    report: Report, article: Callable[[str], ReportArticle], decisions: Sequence[Decision] = ()
) -> Markup:
    """Return the story's name, its findings as decisions name them, and ``decisions``: JSON for a script.

    Every quotation is as it stands in the article, to the letter: that is how a finding is recognised again.
    The text can neither end the element that holds it nor open another.
    """
    data = {
        "story": report.story,
        "findings": [_finding(finding, article) for finding in report.contradictions],
        "decisions": [decision.model_dump(mode="json") for decision in decisions],
    }
    text = json.dumps(data, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 ASCII without a sign that means anything in HTML


def newest(finding: Contradiction, article: Callable[[str], ReportArticle]) -> str:
    """Return the later of the two days of publication, in ISO 8601; "" where neither is known."""
    days = [article(side.article_id).published for side in finding.sides]
    return max((day.isoformat() for day in days if day), default="")


def _finding(finding: Contradiction, article: Callable[[str], ReportArticle]) -> dict[str, object]:
    return {
        "id": finding.id,
        "kind": finding.kind.value,
        "relation": finding.relation.value,
        "sides": [{"article": article(side.article_id).name, "quote": side.quote} for side in finding.sides],
    }
