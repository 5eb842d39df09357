"""What differs between two runs, as plain text for a terminal; foreign text is on one line and made safe."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from pipeline.report import words
from pipeline.report.text import clip, one_line
from schemas.contradiction import Relation
from schemas.difference import (
    BatchDifference,
    ChangedFinding,
    ComparedClaim,
    ComparedFinding,
    ComparedRun,
    Difference,
    FindingChange,
    RelabelledClaim,
)

Entry = TypeVar("Entry")

QUOTE_LENGTH = 150  # characters of a quote, or of a claim
_NAME = 18  # width of the first column
_VALUE = 30  # width of the second


def render_difference(difference: Difference) -> str:
    """Return what is new, gone and changed, and how the two runs were made."""
    lines = [*_runs(difference.before, difference.after), ""]
    if difference.is_empty:
        lines.append("No finding, claim or article differs.")
    lines += _findings(difference)
    lines += _section("Claims with another label", difference.claims_relabelled, _relabelled)
    lines += _section("New claims", difference.claims_new, _claim)
    lines += _section("Claims that are gone", difference.claims_gone, _claim)
    return "\n".join(lines).rstrip("\n") + "\n"


def render_batch_difference(difference: BatchDifference) -> str:
    """Return how many findings are new, gone and changed in all, and then which, story by story."""
    lines = [*_total(difference), ""]
    for new in difference.stories_new:
        findings = _section("New findings", new.findings, _finding)
        lines += _story("new", new.title, new.story, findings)
    for changed in difference.stories_changed:
        told = [*_findings(changed), *_claims(changed)]
        lines += _story("changed", changed.after.title, changed.after.story, told)
    for gone in difference.stories_gone:
        findings = _section("Findings that are gone", gone.findings, _finding)
        lines += _story("gone", gone.title, gone.story, findings)
    return "\n".join(lines).rstrip("\n") + "\n"


def _total(difference: BatchDifference) -> Iterator[str]:
    total, changed, same = difference.total, difference.stories_changed, difference.stories_same
    new, gone, unread = difference.stories_new, difference.stories_gone, difference.stories_unread
    yield (
        f"findings: {total.findings_new:,} new, {total.findings_gone:,} gone, "
        f"{total.findings_changed:,} changed"
    )
    left_out = f", {len(unread):,} not compared" if unread else ""
    yield (
        f"stories: {len(new):,} new, {len(gone):,} gone, {len(changed):,} changed, {len(same):,} the same"
        f"{left_out}"
    )


def _story(what: str, title: str | None, name: str, told: Iterable[str]) -> Iterator[str]:
    named = f"{_short(title)} ({_short(name)})" if title else _short(name)
    yield f"{named}: {what}"
    yield from (f"  {line}" for line in told if line)
    yield ""


def _claims(difference: Difference) -> Iterator[str]:
    """Yield how many claims differ: in a batch, to name them all would bury the findings."""
    counts = {
        "new": difference.claims_new,
        "gone": difference.claims_gone,
        "with another label": difference.claims_relabelled,
    }
    told = [f"{len(claims):,} {what}" for what, claims in counts.items() if claims]
    if told:
        yield f"Claims: {', '.join(told)}"


def _findings(difference: Difference) -> Iterator[str]:
    """Yield what differs of articles and findings."""
    yield from _articles(difference)
    yield from _section("New findings", difference.findings_new, _finding)
    yield from _section("Findings that are gone", difference.findings_gone, _finding)
    yield from _section("Changed findings", difference.findings_changed, _changed)


def _runs(before: ComparedRun, after: ComparedRun) -> Iterator[str]:
    yield f"{'':<{_NAME}}{'before':<{_VALUE}}after"
    for (name, old), (_, new) in zip(_facts(before), _facts(after), strict=True):
        yield f"{name:<{_NAME}}{clip(old, _VALUE - 2):<{_VALUE}}{clip(new, 60)}"
    for stage in sorted({*before.prompts, *after.prompts}):
        old, new = (one_line(run.prompts.get(stage, "none")) for run in (before, after))
        if old != new:
            name = clip(f"prompt {one_line(stage)}", _NAME - 1)
            yield f"{name:<{_NAME}}{clip(old, _VALUE - 2):<{_VALUE}}{clip(new, 60)}"


def _facts(run: ComparedRun) -> Iterator[tuple[str, str]]:
    coverage = run.coverage
    readable = coverage.sentences_readable or coverage.sentences
    yield "story", one_line(run.title or run.story)
    yield "finished", run.finished_at.isoformat(sep=" ", timespec="minutes")
    yield "storycheck", one_line(run.tool_version)
    yield "model", one_line(run.model)
    yield "complete", "yes" if run.is_complete else "no"
    yield "articles", f"{run.articles:,}"
    yield "sentences read", f"{coverage.sentences_read:,} of {readable:,}"
    yield "claims judged", f"{coverage.claims_judged:,} of {coverage.claims:,}"
    yield "errors", f"{coverage.errors:,}"
    yield "findings", f"{run.findings:,}"


def _articles(difference: Difference) -> list[str]:
    edited = [
        f"{_short(a.name)} ({words.listed([c.value for c in a.what])})" for a in difference.articles_edited
    ]
    named = {
        "Articles added": [_short(name) for name in difference.articles_added],
        "Articles removed": [_short(name) for name in difference.articles_removed],
        "Articles edited": edited,
    }
    lines = [f"{title} ({len(names):,}): {', '.join(names)}" for title, names in named.items() if names]
    return [*lines, ""] if lines else []


def _section(title: str, entries: Sequence[Entry], show: Callable[[Entry], Iterable[str]]) -> Iterator[str]:
    if entries:
        yield f"{title} ({len(entries):,})"
        for entry in entries:
            yield from (f"  {line}" for line in show(entry))
        yield ""


def _finding(finding: ComparedFinding) -> Iterator[str]:
    relation = "" if finding.relation is Relation.contradiction else f" ({words.RELATION[finding.relation]})"
    yield f"{words.CONFLICT[finding.kind]}{relation}, {_weight(finding)}  [{_short(finding.id)}]"
    yield from _sides(finding)


def _weight(finding: ComparedFinding) -> str:
    return f"{finding.severity.value} severity, confidence {words.percent(finding.confidence)}"


def _sides(finding: ComparedFinding) -> Iterator[str]:
    for side in finding.sides:
        yield f"  {_short(side.outlet or side.article)}: “{_short(side.quote)}”"


def _changed(changed: ChangedFinding) -> Iterator[str]:
    old, new = changed.before, changed.after
    yield f"{words.CONFLICT[new.kind]}, {_weight(new)}  [{_short(new.id)}]"
    yield from _sides(new)
    if FindingChange.wording in changed.what:
        yield f"  before  [{_short(old.id)}]"
        yield from (f"  {line}" for line in _sides(old))
    told = {
        FindingChange.relation: (words.RELATION[old.relation], words.RELATION[new.relation]),
        FindingChange.severity: (old.severity.value, new.severity.value),
        FindingChange.confidence: (words.percent(old.confidence), words.percent(new.confidence)),
    }
    for what, (was, now) in told.items():
        if what in changed.what:
            yield f"  {what.value}: {was} -> {now}"


def _claim(claim: ComparedClaim) -> Iterator[str]:
    yield f"{words.LABEL[claim.label]}: {_short(claim.text)} ({_short(claim.outlet or claim.article)})"


def _relabelled(relabelled: RelabelledClaim) -> Iterator[str]:
    claim = relabelled.claim
    labels = f"{words.LABEL[relabelled.before]} -> {words.LABEL[relabelled.after]}"
    yield f"{labels}: {_short(claim.text)} ({_short(claim.outlet or claim.article)})"


def _short(text: str) -> str:
    return clip(one_line(text), QUOTE_LENGTH)
