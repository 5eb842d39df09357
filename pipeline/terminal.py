"""What the terminal shows: how far a run is, and one screen on what it found.

Foreign text gets here as plain ``Text``, on one line and with its control characters written out, so that
it can neither style, move nor reorder anything.
"""

import errno
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Literal, NamedTuple, TextIO, cast

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars
from rich.text import Text

from pipeline.config import wants_color
from pipeline.progress import Progress, Silent
from pipeline.report import words
from pipeline.report.html import articles_by_id
from pipeline.report.summary import Summary, Undated, summarise
from pipeline.report.text import clip, one_line
from schemas.contradiction import Contradiction, Relation, Severity
from schemas.report import Report
from schemas.verdict import Label

SHOWN_FINDINGS = 5
SHOWN_PROBLEMS = 3
QUOTE_LENGTH = 150  # characters of a quote
_LABEL_STYLE = {Label.contradicted: "red", Label.supported: "green", Label.error: "bold red"}
_SEVERITY_STYLE = {Severity.high: "bold red", Severity.medium: "bold yellow", Severity.low: "bold"}


class Trouble(NamedTuple):
    """Something that a report lacks, and why; ``stage`` is None of what is said of the report as a whole."""

    stage: str | None
    reason: str


class _Terminal:
    """A stream that leads to a terminal, which may be closed: what is written then is seen by nobody.

    It fails until the hangup is heard (see ``interruption``), and a run is not to end of that.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write ``text``."""
        with _while_closed():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Have it seen."""
        with _while_closed():
            self._stream.flush()


@contextmanager
def _while_closed() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno != errno.EIO:
            raise


def open_console(*, stderr: bool = False) -> Console:
    """Return what prints to standard output or error, in colour where environment and terminal want it."""
    stream, wanted = sys.stderr if stderr else sys.stdout, wants_color()
    is_tty = stream is not None and stream.isatty()
    file = cast("IO[str]", _Terminal(stream)) if is_tty else None
    if wanted is False or (wanted is None and not is_tty):
        return Console(file=file, stderr=stderr, color_system=None, force_terminal=is_tty)
    color: Literal["auto", "standard"] = "auto" if is_tty else "standard"
    return Console(file=file, stderr=stderr, color_system=color, force_terminal=is_tty)


def is_live(console: Console) -> bool:
    """Tell whether bars can move on ``console``: on a terminal that is none in name alone."""
    return console.is_terminal and not console.is_dumb_terminal


class SharedTrouble:
    """What several stories lack for the same reason, to be told once for all of them."""

    def __init__(self, reports: Iterable[Report] = ()) -> None:
        self._stories: Counter[Trouble] = Counter()
        self._times: Counter[Trouble] = Counter()
        self._undated: list[Undated] = []
        for summary in map(summarise, reports):
            self._undated += [summary.undated] if summary.undated else []
            for trouble, times in _troubles(summary):
                self._stories[trouble] += 1
                self._times[trouble] += times

    def __contains__(self, trouble: Trouble) -> bool:
        """Tell whether more than one story has ``trouble``."""
        return self._stories[trouble] > 1

    @property
    def tells_undated(self) -> bool:
        """Whether more than one story has articles without a date."""
        return len(self._undated) > 1

    def print(self, console: Console) -> None:
        """Print each trouble that is shared, with the stories that have it."""
        shared = [trouble for trouble in self._stories if trouble in self]
        if shared or self.tells_undated:
            console.print()
        for trouble in shared:
            line = _trouble_line(trouble, self._times[trouble])
            console.print(_text(f"in {self._stories[trouble]:,} stories: {line}", style="red"))
        if self.tells_undated:
            articles = sum(len(undated.first) + undated.more for undated in self._undated)
            line = f"{articles:,} articles have no date: {self._undated[0].effect}."
            console.print(_text(f"in {len(self._undated):,} stories: {line}", style="yellow"))


def print_summary(
    console: Console,
    report: Report,
    paths: Mapping[str, str],
    *,
    is_unchanged: bool = False,
    told: SharedTrouble | None = None,
) -> None:
    """Print one screen on a report, ending with the path of report.html.

    ``paths`` maps file names (``report.json``, ``report.html``) to where each was written. ``is_unchanged``:
    it is that of an earlier run. What was ``told`` of several stories is not told again.
    """
    summary = summarise(report)
    console.print()
    console.print(_text(report.label, style="bold"))
    console.print(_text(summary.result))
    _print_trouble(console, report, summary, told or SharedTrouble())
    _print_findings(console, report, summary)
    _print_counts(console, report, summary, is_unchanged=is_unchanged)
    console.print()
    for name, path in sorted(paths.items(), key=lambda item: (item[0].endswith("html"), item[0])):
        # Unwrapped, whatever the width: a path is there to be copied.
        console.print(_named(name, _text(path, style="bold")), soft_wrap=True)


@contextmanager
def show_progress(console: Console, *, quiet: bool = False) -> Iterator[Progress]:
    """Show bars with stage, counts and time left; stay silent where quiet or not on a terminal."""
    if quiet or not is_live(console):
        yield Silent()
        return
    bars = Bars(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
        console=console,
        transient=True,
    )
    with bars:
        console.show_cursor(True)  # who is killed cannot bring it back
        yield StageProgress(bars)


class StageProgress:
    """One bar a stage; stories that run side by side share the bars."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        self._totals: Counter[str] = Counter()
        self._open: Counter[str] = Counter()

    def start(self, stage: str, total: int) -> None:
        """Raise the stage's total by ``total``, with a bar for it if it has none."""
        self._totals[stage] += total
        self._open[stage] += 1
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(one_line(stage), total=None)
        self._bars.start_task(self._tasks[stage])
        self._bars.update(self._tasks[stage], total=self._totals[stage])

    def step(self, stage: str, n: int = 1) -> None:
        """Move the stage's bar by ``n``; without a start it has none to move."""
        if stage in self._tasks:
            self._bars.advance(self._tasks[stage], n)

    def finish(self, stage: str) -> None:
        """Stop the stage's clock once every start of it is finished; the count stays what was really done."""
        self._open[stage] -= 1
        if stage in self._tasks and self._open[stage] <= 0:
            self._bars.stop_task(self._tasks[stage])


def _text(text: str, *, style: str = "", length: int | None = None) -> Text:
    line = one_line(text)
    return Text(clip(line, length) if length else line, style=style)


def _troubles(summary: Summary) -> Iterator[tuple[Trouble, int]]:
    """Yield what was not checked, and then what failed, with how often."""
    yield from ((Trouble(None, gap), 1) for gap in summary.gaps)
    yield from ((Trouble(found.stage, found.reason), len(found.places)) for found in summary.problems)


def _trouble_line(trouble: Trouble, times: int) -> str:
    if trouble.stage is None:
        return trouble.reason
    return f"{trouble.stage}, {words.counted(times, 'time')}: {clip(trouble.reason, QUOTE_LENGTH)}"


def _print_trouble(console: Console, report: Report, summary: Summary, told: SharedTrouble) -> None:
    own = [(trouble, times) for trouble, times in _troubles(summary) if trouble not in told]
    failed = sum(trouble.stage is not None for trouble, _ in own)
    for trouble, times in own[: len(own) - max(failed - SHOWN_PROBLEMS, 0)]:
        indent = "" if trouble.stage is None else "  "
        console.print(_text(f"{indent}{_trouble_line(trouble, times)}", style="red"))
    if failed > SHOWN_PROBLEMS:
        more = words.counted(failed - SHOWN_PROBLEMS, "more kind", "more kinds")
        console.print(f"  and {more} of error, in the report", style="red")
    if summary.undated is not None and not told.tells_undated:
        console.print(_text(summary.undated.line, style="yellow"))
    for skipped in report.skipped[:SHOWN_PROBLEMS]:
        console.print(_text(f"not read: {skipped.path}: {skipped.reason}", style="yellow"))
    if len(report.skipped) > SHOWN_PROBLEMS:
        console.print(f"not read: {len(report.skipped) - SHOWN_PROBLEMS:,} more", style="yellow")


def _print_findings(console: Console, report: Report, summary: Summary) -> None:
    found = summary.findings[Relation.contradiction]
    for finding in found[:SHOWN_FINDINGS]:
        console.print()
        _print_finding(console, report, finding)
    if len(found) > SHOWN_FINDINGS:
        console.print()
        console.print(f"and {words.counted(len(found) - SHOWN_FINDINGS, 'more contradiction')} in the report")


def _print_finding(console: Console, report: Report, finding: Contradiction) -> None:
    article = articles_by_id(report)
    console.print(
        Text.assemble(
            (words.CONFLICT[finding.kind], _SEVERITY_STYLE[finding.severity]),
            (f"  {finding.severity.value} severity, ", "dim"),
            (f"{words.likelihood(finding.confidence)}, {words.percent(finding.confidence)}", "dim"),
        )
    )
    for side in finding.sides:
        label = _text(article(side.article_id).label, style="cyan")
        console.print(
            Text.assemble("  ", label, ": ", _text(side.quote, length=QUOTE_LENGTH)), overflow="fold"
        )


def _print_counts(console: Console, report: Report, summary: Summary, *, is_unchanged: bool) -> None:
    run, coverage = report.run, report.run.coverage
    counts = Text()
    for label, count in summary.labels.items():
        counts.append(", " if counts else "")
        style = _LABEL_STYLE.get(label, "") if count else "dim"
        counts.append(f"{count:,} {words.LABEL[label]}", style=style)
    readable = coverage.sentences_readable or coverage.sentences
    is_full = coverage.sentences_read >= readable and not summary.errors
    covered = (
        f"{coverage.sentences_read:,} of {readable:,} sentences read, "
        f"{coverage.claims_judged:,} of {coverage.claims:,} claims judged, "
        f"{words.counted(summary.errors, 'error')}"
    )
    time_s = (run.finished_at - run.started_at).total_seconds()
    cost = f", {run.cost_usd:,.4f} USD" if run.cost_usd else ""
    held = f" ({run.cached_tokens_in:,} in the endpoint's cache)" if run.cached_tokens_in else ""
    made = (
        f"{run.model}, {words.counted(run.calls, 'call')}, {run.cached_calls:,} cached, "
        f"{run.tokens_in:,} tokens in{held}, {run.tokens_out:,} out, {words.seconds(time_s)}{cost}"
    )
    console.print()
    if not run.by_rules:
        console.print(_named("claims", counts))
        console.print(_named("coverage", _text(covered, style="" if is_full else "red")))
    console.print(_named("run", _text(made)))
    if is_unchanged:
        kept = f"nothing changed since that run of {run.finished_at:%Y-%m-%d %H:%M} UTC: its report stays"
        console.print(_named("now", _text(kept)))


def _named(name: str, value: Text) -> Text:
    return Text.assemble((f"{one_line(name):<12}", "dim"), value)
