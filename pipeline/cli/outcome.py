"""What check prints once it is done, and the exit code it comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import typer

from pipeline.cli.screen import DONE, FAILED_ON, INCOMPLETE, told
from pipeline.config import shown_address
from schemas.report import Report
from schemas.verdict import Label

if TYPE_CHECKING:
    from pipeline.batch import Checked, Outcome

MOST_SHOWN: Final = 20  # stories with a screen each; of more there is a line over all


class FailOn(StrEnum):
    """What makes the command exit with 1."""

    contradicted = "contradicted"
    unsupported = "unsupported"
    error = "error"


@dataclass(frozen=True)
class Heard:
    """What somebody wants to hear of a run: as little or as much, and what is to end it with another code."""

    fail_on: frozenset[FailOn] = frozenset()
    quiet: bool = False
    verbose: bool = False


def tell(outcome: "Outcome", heard: Heard, *, by_batch: bool) -> int:
    """Print what was found, and what was left, and return the exit code."""
    if heard.quiet:
        for done in outcome.checked:
            typer.echo(_shown(done.paths["report.html"]))
    else:
        _print_stories(outcome.checked, verbose=heard.verbose)
    if outcome.index is not None:
        typer.echo(_shown(outcome.index))
    why = outcome.lacks
    has_asked = any(done.calls for done in outcome.checked)
    if why is not None or outcome.capped is not None:
        told(" ".join(line for line in (why, outcome.capped) if line), INCOMPLETE)
    elif any(done.has_failures for done in outcome.checked) and by_batch:
        told("what could not be answered by batch is asked at once without --batch.", INCOMPLETE)
    elif any(done.has_failures for done in outcome.checked) and not has_asked:
        told("stored answers are of no use for some of it: --again asks for them once more.", INCOMPLETE)
    if not outcome.is_complete:
        return FAILED_ON if FailOn.error in heard.fail_on else INCOMPLETE
    labels = {label for done in outcome.checked for label in done.labels}
    return FAILED_ON if any(Label(wanted.value) in labels for wanted in heard.fail_on) else DONE


def _shown(place: str) -> str:
    """Return a path as it is, a URL without the password in it."""
    from pipeline.store import is_url

    return shown_address(place) if is_url(place) else place


def _print_stories(checked: "Sequence[Checked]", *, verbose: bool) -> None:
    from pipeline import terminal
    from pipeline.store import is_url

    screen = terminal.open_console()
    if len(checked) > MOST_SHOWN or any(is_url(done.where) for done in checked):
        terminal.print_batch(screen, [done.entry for done in checked], sum(d.is_unchanged for d in checked))
        if verbose:
            told(
                f"-v tells of at most {MOST_SHOWN} stories, in a folder: each report says how it was made.",
                DONE,
            )
        return
    shared = terminal.SharedTrouble(done.report for done in checked)
    shared.print(screen)
    for done in checked:
        report = done.report
        terminal.print_summary(screen, report, done.paths, is_unchanged=done.is_unchanged, told=shared)
        if verbose:
            _print_stages(report)


def _print_stages(report: Report) -> None:
    from pipeline.report.words import seconds

    for stage in report.run.stages:
        typer.echo(
            f"{stage.stage:<11} {seconds(stage.seconds):>12}  {stage.calls:7,} calls  "
            f"{stage.tokens_in:11,} tokens in  {stage.tokens_out:9,} out"
        )
