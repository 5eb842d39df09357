"""The arithmetic of a report: what was counted, what is missing, and in which order it is shown."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.report.agreement import Agreement, agreements
from pipeline.report.single import Single, single
from pipeline.report.terms import Terms, terms
from pipeline.report.words import counted, listed, quoted, rewording, share
from schemas.contradiction import Contradiction, Relation, Severity
from schemas.report import NotCompared, Report, ReportArticle, ReportClaim
from schemas.verdict import Label, UnsupportedReason

NAMED = 3  # articles without a date that one line names
_NAMES: Mapping[Relation, tuple[str, str]] = MappingProxyType(
    {
        Relation.contradiction: ("contradiction", "contradictions"),
        Relation.update: ("update", "updates"),
        Relation.speakers_differ: ("point on which speakers differ", "points on which speakers differ"),
    }
)


@dataclass(frozen=True)
class Problem:
    """One reason for which something is missing, with every place it struck."""

    stage: str
    reason: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class Undated:
    """That articles have no date, and what that leaves open: ``first`` are named, ``more`` are not."""

    count: str
    first: tuple[ReportArticle, ...]
    more: int
    effect: str

    @property
    def line(self) -> str:
        """All of it in one line."""
        more = [f"{self.more:,} more"] if self.more else []
        return f"{self.count} ({listed([article.label for article in self.first] + more)}): {self.effect}."


@dataclass(frozen=True)
class Summary:
    """What the pages say about a report as a whole.

    ``terms`` are the words that it is told in; ``outcome`` is what was found, ``basis`` in how much,
    ``result`` both as one sentence. ``gaps`` are sentences on what was not checked, empty where everything
    was. ``undated`` is None where each article has a date, or there is but one. ``errors`` counts the steps
    that failed, whatever the stage: what every page means by errors, and more than the claims labelled so.
    ``unlinked`` are contradicted claims that no side of a contradiction names. The findings keep the report's
    order: strongest first.
    """

    terms: Terms
    outcome: str
    basis: str
    gaps: tuple[str, ...]
    errors: int
    labels: Mapping[Label, int]
    severities: Mapping[Severity, int]
    findings: Mapping[Relation, tuple[Contradiction, ...]]
    unlinked: tuple[ReportClaim, ...]
    single: Single
    reasons: tuple[UnsupportedReason, ...]  # those that ``single`` gives, in the order of the enum
    agreements: tuple[Agreement, ...]
    problems: tuple[Problem, ...]
    undated: Undated | None

    @property
    def none_alone(self) -> str:
        """What there is to say where no claim stands alone: no all-clear where not everything was checked."""
        if self.gaps:
            return "None so far, but not everything was checked."
        return self.terms.none_alone if any(self.labels.values()) else "There are no claims."

    @property
    def result(self) -> str:
        """The outcome and what it rests on, in one sentence."""
        return f"{self.outcome}; {self.basis}."


def summarise(report: Report) -> Summary:
    """Return the summary of a report, from its record alone."""
    labels = Counter(claim.verdict.label for claim in report.claims)
    findings = {
        relation: tuple(found for found in report.contradictions if found.relation is relation)
        for relation in Relation
    }
    gaps = _gaps(report, labels[Label.error])
    linked = {side.claim_id for found in report.contradictions for side in found.sides}
    return Summary(
        terms=terms(report),
        outcome=_outcome(report, findings, is_complete=not gaps),
        basis=_basis(report),
        gaps=gaps,
        errors=report.run.coverage.errors,
        labels={label: labels[label] for label in Label},
        severities=severities(report),
        findings=findings,
        unlinked=tuple(
            claim
            for claim in report.claims
            if claim.verdict.label is Label.contradicted and claim.id not in linked
        ),
        single=single(report),
        reasons=_reasons(report),
        agreements=agreements(report),
        problems=_problems(report),
        undated=_undated(report),
    )


def severities(report: Report) -> dict[Severity, int]:
    """Return how many real contradictions there are of each severity."""
    found = Counter(
        finding.severity for finding in report.contradictions if finding.relation is Relation.contradiction
    )
    return {severity: found[severity] for severity in Severity}


def _basis(report: Report) -> str:
    coverage = report.run.coverage
    if report.run.by_rules:
        return f"no model was asked, and no claim drawn from the {counted(len(report.articles), 'article')}"
    read = share(coverage.sentences_read, coverage.sentences_readable or coverage.sentences)
    if report.draft is not None:
        against = counted(len(report.articles) - 1, "source")
        return f"{counted(len(report.claims), 'claim')} of the draft against {against}, {read} of it read"
    return (
        f"{counted(len(report.claims), 'claim')} from {counted(len(report.articles), 'article')}, "
        f"{read} of sentences read"
    )


def _outcome(
    report: Report, findings: Mapping[Relation, Sequence[Contradiction]], *, is_complete: bool
) -> str:
    """Return what was found, never saying "none" of what was not looked at."""
    by_rules = " by rules alone" if report.run.by_rules else ""
    found = [
        counted(len(findings[relation]), *_NAMES[relation]) for relation in Relation if findings[relation]
    ]
    if found:
        outcome = listed(found) if findings[Relation.contradiction] else f"No contradictions, {listed(found)}"
        outcome += by_rules
        return outcome if is_complete else f"{outcome} so far: not everything was checked"
    if len(report.articles) < 2:
        return "Nothing to compare with: contradictions show only between two or more articles"
    if not report.run.by_rules and not report.run.coverage.claims_judged:
        return "Nothing was checked, so nothing can be said about contradictions"
    if not is_complete:
        return "No contradictions in what was checked, but not everything was"
    return f"No contradictions found{by_rules}"


def _gaps(report: Report, error_claims: int) -> tuple[str, ...]:
    """Return a sentence for each thing that the report does not cover."""
    run, coverage = report.run, report.run.coverage
    gaps = []
    if not run.complete:
        gaps.append("The run is not complete: what follows is what it found so far.")
    gaps += [f"{apart.reason}: {_how_many(apart)}." for apart in report.not_compared]
    if run.by_rules:
        return tuple(gaps)
    readable = coverage.sentences_readable or coverage.sentences
    if coverage.sentences_read < readable:
        unread = readable - coverage.sentences_read
        gaps.append(f"{counted(unread, 'sentence')} of {readable:,} could not be read for claims.")
    if coverage.claims_judged < len(report.claims) and len(report.articles) > 1:
        unjudged = len(report.claims) - coverage.claims_judged
        gaps.append(f"{counted(unjudged, 'claim')} of {len(report.claims):,} could not be judged.")
    elif error_claims:
        gaps.append(f"{counted(error_claims, 'claim')} of {len(report.claims):,} ended in an error.")
    if report.articles and not report.claims:
        gaps.append(f"No claim was found {terms(report).nowhere}.")
    if run.failures:
        gaps.append(f"{counted(len(run.failures), 'step')} failed, listed under Errors with the reason.")
    elif coverage.errors > error_claims:
        gaps.append(f"{counted(coverage.errors, 'error')} happened on the way.")
    return tuple(gaps)


def _how_many(apart: NotCompared) -> str:
    return f"{counted(len(apart.article_ids), 'article')} with {len(apart.other_ids):,}"


def _undated(report: Report) -> Undated | None:
    draft = report.draft  # which nobody has published yet
    articles = [article for article in report.articles if article is not draft]
    undated = tuple(article for article in articles if article.published is None)
    if not undated or len(report.articles) < 2:
        return None
    has = "has" if len(undated) == 1 else "have"
    return Undated(
        count=f"{len(undated):,} of {counted(len(articles), 'source' if draft else 'article')} {has} no date",
        first=undated[:NAMED],
        more=len(undated[NAMED:]),
        effect="what changed over time cannot be told from a contradiction there; give it in story.toml",
    )


def _reasons(report: Report) -> tuple[UnsupportedReason, ...]:
    given = {claim.verdict.reason for claim in report.claims if claim.verdict.label is Label.unsupported}
    return tuple(reason for reason in UnsupportedReason if reason.value in given)


def _problems(report: Report) -> tuple[Problem, ...]:
    """Return what failed, one entry for each reason; what is both failure and error is told once."""
    names = {article.id: article.label for article in report.articles}
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    told = set()
    for failure in report.run.failures:
        places[failure.stage, failure.reason].append(failure.where)
        told.add(failure.claim_id)
    for claim in report.claims:
        if claim.verdict.label is Label.error and claim.id not in told:
            reason = claim.verdict.error or claim.verdict.reason or "no reason was recorded"
            worded = rewording(claim)
            tail = f" (worded by the model: {worded})" if worded else ""
            where = f"{names.get(claim.article_id, claim.article_id)}: {quoted(claim.quote)}{tail}"
            places["verify", reason].append(where)
    return tuple(
        Problem(stage, reason, tuple(found))
        for (stage, reason), found in sorted(places.items(), key=lambda item: -len(item[1]))
    )
