"""The flat rows that JSON, JSON Lines and CSV share."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from pipeline.decided import successor
from pipeline.export.asked import What
from pipeline.export.stored import Stored
from pipeline.report.html import articles_by_id
from pipeline.report.passage import parts
from pipeline.report.words import quantity_words
from schemas.contradiction import Contradiction, Side
from schemas.decision import Decision
from schemas.exported import ClaimRow, FindingRow
from schemas.report import Report, ReportArticle, ReportClaim
from schemas.verdict import Stance


def rows(stories: Sequence[Stored], what: What) -> Iterator[FindingRow] | Iterator[ClaimRow]:
    """Return the rows of all stories, in the order of their reports."""
    return all_finding_rows(stories) if what is What.findings else all_claim_rows(stories)


def all_finding_rows(stories: Sequence[Stored]) -> Iterator[FindingRow]:
    """Return the findings of all stories."""
    return chain.from_iterable(finding_rows(stored) for stored in stories)


def all_claim_rows(stories: Sequence[Stored]) -> Iterator[ClaimRow]:
    """Return the claims of all stories."""
    return chain.from_iterable(claim_rows(stored.report) for stored in stories)


def finding_rows(stored: Stored) -> Iterator[FindingRow]:
    """Yield one row a finding, strongest first, with what was decided about it."""
    report, decisions = stored.report, live(stored.decisions)
    decided = {decision.finding_id: decision for decision in decisions}
    earlier = _earlier(decisions, report)
    claims = {claim.id: claim for claim in report.claims}
    article = articles_by_id(report)
    for finding in report.contradictions:
        one, other = finding.sides
        decision = decided.get(finding.id)
        before = earlier.get(finding.id) if decision is None else None
        yield FindingRow.model_validate(
            {
                "story": report.story,
                "id": finding.id,
                "kind": finding.kind,
                "relation": finding.relation,
                "severity": finding.severity,
                "confidence": finding.confidence,
                "reason": finding.reason,
                **_side(one, article(one.article_id), claims.get(one.claim_id or ""), 1),
                **_side(other, article(other.article_id), claims.get(other.claim_id or ""), 2),
                "ruling": decision and decision.ruling,
                "dismissal_reason": decision and decision.reason,
                "note": decision.note if decision else "",
                "decided_at": decision and decision.decided_at,
                "earlier_ruling": before and before.ruling,
                "story_title": report.title,
            }
        )


def claim_rows(report: Report) -> Iterator[ClaimRow]:
    """Yield one row a claim, in the order of the report."""
    findings = _findings_of(report.contradictions)
    article = articles_by_id(report)
    for claim in report.claims:
        source, verdict, when = article(claim.article_id), claim.verdict, claim.when
        yield ClaimRow(
            story=report.story,
            id=claim.id,
            label=verdict.label,
            confidence=verdict.confidence,
            text=claim.text,
            speaker=claim.speaker,
            outlet=source.outlet,
            published=source.published,
            kind=claim.kind,
            quote=claim.quote,
            reason=verdict.reason,
            error=verdict.error,
            origins=verdict.origins,
            supported_by=_with_stance(claim, Stance.supports, article),
            contradicted_by=_with_stance(claim, Stance.contradicts, article),
            findings=tuple(findings[claim.id]),
            when=when.text if when else None,
            when_start=when.start if when else None,
            when_end=when.end if when else None,
            quantities=tuple(quantity_words(quantity) for quantity in claim.quantities),
            worth=claim.worth,
            worth_reasons=claim.worth_reasons,
            article=source.name,
            start=claim.span.start,
            end=claim.span.end,
            given_id=source.given_id,
            story_title=report.title,
        )


def live(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Return the decisions that were not withdrawn: those with a ruling or a note."""
    return tuple(decision for decision in decisions if not decision.is_withdrawn)


def _side(side: Side, source: ReportArticle, claim: ReportClaim | None, number: int) -> dict[str, object]:
    """Return the fields of one side, as they are named in a row."""
    differs = (part.text for part in parts(side.quote, side.span.start, side.differs) if part.differs)
    fields: dict[str, object] = {
        "outlet": source.outlet,
        "published": source.published,
        "quote": side.quote,
        "article": source.name,
        "start": side.span.start,
        "end": side.span.end,
        "differs": tuple(differs),
        "claim": claim and claim.text,
        "speaker": claim and claim.speaker,
        "given_id": source.given_id,
    }
    return {f"{name}_{number}": value for name, value in fields.items()}


def _earlier(decisions: Sequence[Decision], report: Report) -> dict[str, Decision]:
    """Return what was decided about findings before they were reworded, by what they are now."""
    taken = {decision.finding_id for decision in decisions}
    found: dict[str, Decision] = {}
    for decision in decisions:
        finding = successor(decision, report, taken)
        if finding is not None:
            found[finding.id] = decision
            taken.add(finding.id)
    return found


def _findings_of(findings: Iterable[Contradiction]) -> Mapping[str | None, Sequence[str]]:
    found: dict[str | None, list[str]] = defaultdict(list)
    for finding in findings:
        for side in finding.sides:
            found[side.claim_id].append(finding.id)
    return found


def _with_stance(
    claim: ReportClaim, stance: Stance, article: Callable[[str], ReportArticle]
) -> tuple[str, ...]:
    """Return the names of the articles whose sentences take ``stance`` towards ``claim``, each once."""
    held = (evidence for evidence in claim.verdict.evidence if evidence.stance is stance)
    return tuple(dict.fromkeys(article(evidence.article_id).name for evidence in held))
