"""report.md: the report for a terminal or a chat, in which no foreign text can be markup."""

import re
from collections.abc import Callable, Iterator

from pipeline.languages.names import language_name
from pipeline.report import words
from pipeline.report.agreement import Agreement
from pipeline.report.html import articles_by_id
from pipeline.report.markedlines import marked_lines
from pipeline.report.page import PAGE_LANGUAGE
from pipeline.report.passage import parts
from pipeline.report.summary import Summary, summarise
from pipeline.report.text import escape
from schemas.contradiction import Relation, Side
from schemas.report import Report, ReportArticle, ReportClaim

_PLAIN = re.compile(r"[!#-;=?-~]+")  # an address that can end no <link>, and hide nothing

Articles = Callable[[str], ReportArticle]


def render_markdown(report: Report) -> str:
    """Return report.md for one story: the same findings in the same order as report.html."""
    summary, article = summarise(report), articles_by_id(report)
    lines = [f"# {escape(report.label)}", "", escape(summary.result), ""]
    for source in report.articles:
        title = f": {escape(source.title)}" if source.title else ""
        is_draft = " (the draft)" if source is report.draft else ""
        is_other = source.language not in (None, PAGE_LANGUAGE)
        language = f", {escape(language_name(source.language or ''))}" if is_other else ""
        link = f" <{source.link}>" if source.link and _PLAIN.fullmatch(source.link) else ""
        lines.append(
            f"- **{escape(source.label)}**{is_draft}, {words.day(source.published)}{language}{title}{link}"
        )
    if summary.undated is not None:
        lines += ["", escape(summary.undated.line)]
    lines += ["", *_gaps(report, summary), *_findings(summary, article), *marked_lines(report, summary)]
    if not report.run.by_rules:
        lines += _single(summary, article)
    lines += [*_confirmed(summary, article), *_problems(summary)]
    lines += _made(report, summary)
    lines.append("storycheck is no arbiter of truth: it shows who says what, and where they part.")
    return "\n".join(lines) + "\n"


def _gaps(report: Report, summary: Summary) -> Iterator[str]:
    if not summary.gaps and not report.skipped:
        return
    yield "> **Not everything was checked**" if summary.gaps else "> **Not every input was read**"
    yield ">"
    for gap in summary.gaps:
        yield f"> - {escape(gap)}"
    for skipped in report.skipped:
        yield f"> - “{escape(skipped.path)}” was not read: {escape(skipped.reason)}"
    yield ""


def _findings(summary: Summary, article: Articles) -> Iterator[str]:
    yield from ("## Contradictions", "")
    if not summary.findings[Relation.contradiction]:
        yield from (f"{escape(summary.outcome)}.", "")
    yield from _cards(summary, Relation.contradiction, article)
    if summary.unlinked:
        yield from ("### Contradicted claims without a pair of passages", "")
        for claim in summary.unlinked:
            yield from _claim(claim, article)
        yield ""
    for relation, name in (
        (Relation.update, "## Updates: both were true at their time"),
        (Relation.speakers_differ, "## Speakers differ: both quotes can be faithful"),
    ):
        if summary.findings[relation]:
            yield from (name, "")
            yield from _cards(summary, relation, article)


def _cards(summary: Summary, relation: Relation, article: Articles) -> Iterator[str]:
    for number, finding in enumerate(summary.findings[relation], start=1):
        sure = f"{words.likelihood(finding.confidence)}, {words.percent(finding.confidence)}"
        yield from (f"### {number}. {words.CONFLICT[finding.kind]}", "")
        yield f"*{finding.severity.value} severity; confidence: {sure}*"
        yield from ("", f"Why: {escape(finding.reason)}", "")
        for side in finding.sides:
            source = article(side.article_id)
            says = f"{told}: " if (told := summary.terms.says(source)) else ""
            page = f", p. {at}" if (at := source.page_of(side.span)) else ""
            yield f"> {says}**{escape(source.label)}**, {words.day(source.published)}{page}:"
            yield from (f"> “{_marked(side)}”", "")


def _marked(side: Side) -> str:
    """Return the quote with what differs in bold, the spaces around it left outside."""
    pieces = []
    for part in parts(side.quote, side.span.start, side.differs):
        text = escape(part.text)
        lead = " " if part.text[:1].isspace() else ""
        tail = " " if part.text[-1:].isspace() else ""
        pieces.append(f"{lead}{f'**{text}**' if part.differs and text else text}{tail}")
    return " ".join("".join(pieces).split())


def _single(summary: Summary, article: Articles) -> Iterator[str]:
    terms = summary.terms
    yield from (f"## {terms.alone}", "")
    if not summary.single.outlets:
        yield from (summary.none_alone, "")
    for reason in summary.reasons:
        yield f"- *{words.REASON[reason]}*: {terms.reasons[reason]}"
    if summary.reasons:
        yield ""
    if summary.single.first:
        yield from ("### Most worth checking", "")
        for claim in summary.single.first:
            yield from _claim(claim, article, tail=_why(claim))
        yield ""
    for outlet in summary.single.outlets:
        yield from (f"### {escape(outlet.article.label)}", "")
        for claim in outlet.claims:
            yield from _claim(claim, article, *_also(summary, claim), tail=_why(claim), is_named=False)
        if outlet.first:
            above = f"{words.counted(outlet.first, 'claim')} of {outlet.total:,} above."
            yield from ("", f"*{above}*") if outlet.claims else (f"*{above}*",)
        yield ""


def _also(summary: Summary, claim: ReportClaim) -> Iterator[str]:
    """Yield whose claims the sentence of a claim confirms, in words."""
    if names := summary.single.confirms.get(claim.id):
        verb = "says" if len(names) == 1 else "say"
        yield f"the sentence also confirms what {words.listed([escape(name) for name in names])} {verb}"


def _why(claim: ReportClaim) -> str:
    """Return why a claim stands alone, and why it is worth checking."""
    given = claim.verdict.reason
    parts = [words.REASON.get(given, escape(given))] if given else []
    if worth := claim.worth_reasons[: words.REASONS_SHOWN]:
        parts.append(f"worth checking: {escape(', '.join(worth))}")
    return f" *({'; '.join(parts)})*" if parts else ""


def _confirmed(summary: Summary, article: Articles) -> Iterator[str]:
    if not summary.agreements:
        return
    yield from (f"## {summary.terms.confirmed}", "")
    for agreement in summary.agreements:
        yield from _agreement(agreement, article)
    yield ""


def _agreement(agreement: Agreement, article: Articles) -> Iterator[str]:
    claim = agreement.claim
    origins = f", {words.counted(agreement.origins, 'origin')}" if agreement.origins else ""
    names = [escape(article(passage.article_id).label) for passage in agreement.evidence]
    by = f" by {words.listed(names)}" if names else ""
    outlets = words.counted(agreement.outlets, "outlet")
    told = f"confirmed{by}; in all {outlets}{origins}{_first(agreement, article)}"
    number = words.spelled(agreement.outlets)
    noun = "outlet" if agreement.outlets == 1 else "outlets"
    quoting = f"**One speaker, {number} {noun}**: all of them quote {escape(agreement.speaker or '')}"
    yield from _claim(claim, article, told, tail=f". {quoting}" if agreement.speaker else "")


def _first(agreement: Agreement, article: Articles) -> str:
    if agreement.first_article_id is None:
        return ""
    source = article(agreement.first_article_id)
    return f"; first published by {escape(source.label)}, {words.day(source.published)}"


def _claim(
    claim: ReportClaim, article: Articles, *facts: str, tail: str = "", is_named: bool = True
) -> Iterator[str]:
    """Yield the sentence of a claim as an item, with what is known of it, and the model's wording below."""
    source = article(claim.article_id)
    name = escape(source.label) if is_named else None
    page = f"p. {number}" if (number := source.page_of(claim.span)) else None
    speaker = f"said by {escape(claim.speaker)}" if claim.speaker else None
    known = [fact for fact in (name, page, speaker, *facts) if fact]
    aside = f" ({'; '.join(known)})" if known else ""
    yield f"- {escape(words.quoted(claim.quote))}{aside}{tail}"
    if worded := words.rewording(claim):
        yield f"  - *worded by the model*: {escape(worded)}"


def _problems(summary: Summary) -> Iterator[str]:
    if not summary.problems:
        return
    yield from ("## Errors", "")
    for problem in summary.problems:
        yield f"- {problem.stage}: {escape(problem.reason)}"
        yield from (f"  - at {escape(place)}" for place in problem.places)
    yield ""


def _made(report: Report, summary: Summary) -> Iterator[str]:
    run, coverage = report.run, report.run.coverage
    readable = coverage.sentences_readable or coverage.sentences
    time_s = (run.finished_at - run.started_at).total_seconds()
    cost = f", {run.cost_usd:,.4f} USD" if run.cost_usd else ""
    held = f" ({run.cached_tokens_in:,} in the endpoint's cache)" if run.cached_tokens_in else ""
    yield from ("## Coverage, and how this was made", "")
    yield f"- Sentences read: {coverage.sentences_read:,} of {readable:,}"
    yield f"- Claims judged: {coverage.claims_judged:,} of {coverage.claims:,}; errors: {summary.errors:,}"
    yield f"- Model: {escape(run.model)}{f' at {escape(run.endpoint)}' if run.endpoint else ''}"
    yield f"- Calls: {run.calls:,} sent, {run.cached_calls:,} from the cache"
    yield f"- Tokens: {run.tokens_in:,} in{held}, {run.tokens_out:,} out; time: {words.seconds(time_s)}{cost}"
    for dropped in report.dropped:
        yield f"- Left out, as {escape(dropped.reason)}: “{escape(dropped.text)}”"
    for stage, prompt in sorted(run.prompts.items()) if not run.by_rules else ():
        yield f"- Prompt {escape(stage)}: {escape(prompt.version)}, {escape(prompt.sha256[:12])}"
    for note in (*run.notes, *(note for source in report.articles for note in source.notes)):
        yield f"- Note: {escape(note)}"
    yield from (f"- Run {escape(run.id)}, storycheck {escape(run.tool_version)}", "")
