"""The draft, sentence by sentence, in report.md."""

from collections.abc import Iterator, Mapping

from pipeline.report import words
from pipeline.report.marked import MARK_EXPLAINED, MarkedSentence, Remark, marked
from pipeline.report.summary import Summary
from pipeline.report.text import escape
from schemas.report import Report
from schemas.verdict import Label


def marked_lines(report: Report, summary: Summary) -> Iterator[str]:
    """Yield the section on the sentences of a report's draft; nothing where it has none."""
    draft = marked(report)
    if draft is None:
        return
    names = {article.id: article.label for article in report.articles}
    numbers = {
        finding.id: number
        for findings in summary.findings.values()
        for number, finding in enumerate(findings, start=1)
    }
    yield from ("## Your draft, sentence by sentence", "")
    for mark, count in draft.counts.items():
        yield f"- *{mark.value}*, {count:,}: {MARK_EXPLAINED[mark]}"
    yield ""
    for sentence in draft.sentences:
        yield from _sentence(sentence, names, numbers)
    yield ""


def _sentence(
    sentence: MarkedSentence, names: Mapping[str, str], numbers: Mapping[str, int]
) -> Iterator[str]:
    bullet = f"{sentence.number}. "
    text = "".join(part.text for part in sentence.parts)
    why = f" *({escape(sentence.why)})*" if sentence.why else ""
    yield f"{bullet}**{sentence.told}**: {escape(words.quoted(text))}{why}"
    for remark in sentence.remarks:
        told = "; ".join(_remark(remark, names, numbers))
        yield f"{' ' * len(bullet)}- {told}"


def _remark(remark: Remark, names: Mapping[str, str], numbers: Mapping[str, int]) -> Iterator[str]:
    note, claim = remark.note, remark.note.claim
    for against in note.against:
        finding = against.finding
        which = f"{words.RELATION[finding.relation]} {numbers[finding.id]}"
        other = escape(names.get(against.other, against.other))
        yield f"{which}: {words.CONFLICT[finding.kind]}, {other}, {words.percent(finding.confidence)}"
    if claim is None:
        return
    verdict = claim.verdict
    if note.backing:
        yield f"supported by {words.listed([escape(names[source.article_id]) for source in note.backing])}"
    elif remark.mark and (verdict.label is Label.unsupported or not note.against):
        reason = verdict.error or verdict.reason or ""
        told = escape(words.REASON.get(reason, reason))
        yield f"{remark.mark.value}: {told}" if told else remark.mark.value
    if worded := words.rewording(claim):
        yield f"*worded by the model*: {escape(worded)}"
