"""Compares two runs over one story: which findings, claims and articles are new, gone or changed."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from rapidfuzz import fuzz

from pipeline.decided import Wording, is_successor
from pipeline.errors import InputError
from pipeline.report.html import articles_by_id
from schemas.contradiction import Contradiction
from schemas.difference import (
    ArticleChange,
    ChangedFinding,
    ComparedClaim,
    ComparedFinding,
    ComparedRun,
    ComparedSide,
    Difference,
    EditedArticle,
    FindingChange,
    RelabelledClaim,
)
from schemas.report import Report, ReportArticle, ReportClaim

MOVED: Final = 0.1  # a confidence that moves by less is no change worth a line


def diff(before: Report, after: Report) -> Difference:
    """Return what is different in ``after``.

    A finding is the same when its id is, or when one side of it was reworded (``pipeline.decided``); a claim
    when its id is; an article when its name is. Raises InputError when the two share no article's name.
    """
    if not share_article(before, after):
        raise InputError("The two runs share no article: give two runs over one story.")
    olds, news = _by_name(before), _by_name(after)
    kept, reworded = _kept(before, after), _reworded(before, after)
    known = {finding.id for pair in kept + reworded for finding in pair}
    gone = (old for old in before.contradictions if old.id not in known)
    new = (found for found in after.contradictions if found.id not in known)
    old_article, new_article = articles_by_id(before), articles_by_id(after)
    return Difference(
        before=_run(before),
        after=_run(after),
        articles_added=tuple(sorted(news.keys() - olds.keys())),
        articles_removed=tuple(sorted(olds.keys() - news.keys())),
        articles_edited=_edited(olds, news),
        findings_new=tuple(_finding(finding, new_article) for finding in new),
        findings_gone=tuple(_finding(finding, old_article) for finding in gone),
        findings_changed=_changed(before, after, kept + reworded),
        claims_new=_claims_beyond(after, before),
        claims_gone=_claims_beyond(before, after),
        claims_relabelled=_relabelled(before, after),
    )


def share_article(before: Report, after: Report) -> bool:
    """Tell whether an article of one name is in both reports, so that they may be of one story."""
    return not _by_name(before).keys().isdisjoint(_by_name(after))


def compared(report: Report) -> tuple[ComparedFinding, ...]:
    """Return the findings of ``report`` in the form in which differences tell them."""
    article = articles_by_id(report)
    return tuple(_finding(finding, article) for finding in report.contradictions)


def _by_name(report: Report) -> dict[str, ReportArticle]:
    return {article.name or article.id: article for article in report.articles}


def _edited(
    olds: Mapping[str, ReportArticle], news: Mapping[str, ReportArticle]
) -> tuple[EditedArticle, ...]:
    found = []
    for name in sorted(olds.keys() & news.keys()):
        old, new = olds[name], news[name]
        what = [field for field in ArticleChange if getattr(old, field.value) != getattr(new, field.value)]
        if what:
            found.append(EditedArticle(name=name, what=tuple(what)))
    return tuple(found)


def _kept(before: Report, after: Report) -> list[tuple[Contradiction, Contradiction]]:
    """Return the findings that both runs have, worded the same."""
    olds = {finding.id: finding for finding in before.contradictions}
    return [(olds[new.id], new) for new in after.contradictions if new.id in olds]


def _reworded(before: Report, after: Report) -> list[tuple[Contradiction, Contradiction]]:
    """Return the findings of which one side was reworded, each in one pair, the likest wordings together.

    The pairs are the same, turned round, when the runs are.
    """
    kept = {new.id for _, new in _kept(before, after)}
    olds = [(old, Wording.of(old, before)) for old in before.contradictions if old.id not in kept]
    news = [(new, Wording.of(new, after)) for new in after.contradictions if new.id not in kept]
    pairs = [(old, new) for old, was in olds for new, now in news if is_successor(was, now)]
    found, taken = [], set[str]()
    for old, new in sorted(pairs, key=_unlikeness):
        if old.id not in taken and new.id not in taken:
            taken |= {old.id, new.id}
            found.append((old, new))
    return found


def _unlikeness(pair: tuple[Contradiction, Contradiction]) -> tuple[float, list[str]]:
    one, other = (" ".join(sorted(side.quote for side in finding.sides)) for finding in pair)
    return -fuzz.ratio(one, other), sorted(finding.id for finding in pair)


def _changed(
    before: Report, after: Report, pairs: list[tuple[Contradiction, Contradiction]]
) -> tuple[ChangedFinding, ...]:
    old_article, new_article = articles_by_id(before), articles_by_id(after)
    place = {finding.id: i for i, finding in enumerate(after.contradictions)}
    return tuple(
        ChangedFinding(what=what, before=_finding(old, old_article), after=_finding(new, new_article))
        for old, new in sorted(pairs, key=lambda pair: place[pair[1].id])
        if (what := _what_changed(old, new))
    )


def _what_changed(old: Contradiction, new: Contradiction) -> tuple[FindingChange, ...]:
    is_so = {
        FindingChange.wording: old.id != new.id,
        FindingChange.relation: old.relation is not new.relation,
        FindingChange.severity: old.severity is not new.severity,
        FindingChange.confidence: abs(old.confidence - new.confidence) >= MOVED,
    }
    return tuple(change for change, it_is in is_so.items() if it_is)


def _finding(finding: Contradiction, article: Callable[[str], ReportArticle]) -> ComparedFinding:
    one, other = (
        ComparedSide(
            article=article(side.article_id).name,
            outlet=article(side.article_id).outlet,
            published=article(side.article_id).published,
            quote=side.quote,
        )
        for side in finding.sides
    )
    return ComparedFinding(
        id=finding.id,
        kind=finding.kind,
        relation=finding.relation,
        severity=finding.severity,
        confidence=finding.confidence,
        reason=finding.reason,
        sides=(one, other),
    )


def _claims_beyond(report: Report, other: Report) -> tuple[ComparedClaim, ...]:
    """Return the claims of ``report`` that ``other`` does not have."""
    known = {claim.id for claim in other.claims}
    article = articles_by_id(report)
    claims = (claim for claim in report.claims if claim.id not in known)
    return _in_order(_claim(claim, article(claim.article_id)) for claim in claims)


def _relabelled(before: Report, after: Report) -> tuple[RelabelledClaim, ...]:
    labels = {claim.id: claim.verdict.label for claim in before.claims}
    article = articles_by_id(after)
    claims = _in_order(
        _claim(claim, article(claim.article_id))
        for claim in after.claims
        if labels.get(claim.id, claim.verdict.label) is not claim.verdict.label
    )
    return tuple(RelabelledClaim(claim=claim, before=labels[claim.id], after=claim.label) for claim in claims)


def _claim(claim: ReportClaim, source: ReportArticle) -> ComparedClaim:
    return ComparedClaim(
        id=claim.id,
        article=source.name,
        outlet=source.outlet,
        text=claim.text,
        label=claim.verdict.label,
    )


def _in_order(claims: Iterable[ComparedClaim]) -> tuple[ComparedClaim, ...]:
    return tuple(sorted(claims, key=lambda claim: (claim.article, claim.id)))


def _run(report: Report) -> ComparedRun:
    run = report.run
    return ComparedRun(
        story=report.story,
        title=report.title,
        run_id=run.id,
        tool_version=run.tool_version,
        model=run.model,
        finished_at=run.finished_at,
        is_complete=run.complete,
        articles=len(report.articles),
        findings=len(report.contradictions),
        coverage=run.coverage,
        prompts={stage: f"{used.version} {used.sha256[:12]}" for stage, used in sorted(run.prompts.items())},
    )
