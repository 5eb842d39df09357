"""What check prints once it is done, and the exit code it comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import typer

from pipeline.cli.screen import DONE, FAILED_ON, INCOMPLETE, told
from pipeline.config import shown_address
from pipeline.errors import InputError
from schemas.report import Report
from schemas.verdict import Label

if TYPE_CHECKING:
    from pipeline.batch import Checked, Outcome

MOST_SHOWN: Final = 20  # stories with a screen each; of more there is a line over all


class FailOn(StrEnum):
    """What makes the command exit with 1; ``none`` takes back what a file or the environment asks for."""

    contradicted = "contradicted"
    unsupported = "unsupported"
    error = "error"
    none = "none"


def failing(given: "Sequence[FailOn]") -> frozenset[FailOn]:
    """Return what ends a run with 1. Raises InputError where ``none`` is given beside others."""
    if FailOn.none not in given:
        return frozenset(given)
    if set(given) != {FailOn.none}:
        raise InputError("--fail-on none takes back the others: give it alone.")
    return frozenset()


@dataclass(frozen=True)
class Heard:
    """What somebody wants to hear of a run: as little or as much, and what is to end it with another code.

    A contradiction does so from the confidence ``fail_confidence`` on.
    """

    fail_on: frozenset[FailOn] = frozenset()
    fail_confidence: float = 0.0
    quiet: bool = False
    verbose: bool = False


def tell(outcome: "Outcome", heard: Heard, *, by_batch: bool) -> int:
    """Print what was found, and what was left, and return the exit code."""
    from pipeline.report.text import one_line

    if heard.quiet:
        for done in outcome.checked:
            typer.echo(_shown(done.paths["report.html"]))
        if outcome.index is not None:
            typer.echo(_shown(outcome.index))
    else:
        _print_stories(outcome, verbose=heard.verbose)
    for done in outcome.checked:
        if done.replaced is not None:
            told(
                f"{_shown(done.where)} held the report on {one_line(done.replaced)}: this one has taken its "
                "place; give each story a folder of its own with -o.",
                DONE,
            )
    why = outcome.lacks
    has_asked = any(done.calls for done in outcome.checked)
    if why is not None or outcome.capped is not None:
        told(" ".join(line for line in (why, outcome.capped) if line), INCOMPLETE)
    elif any(done.has_failures for done in outcome.checked) and by_batch:
        told("what could not be answered by batch is asked at once without --batch.", INCOMPLETE)
    elif any(done.has_failures for done in outcome.checked) and not has_asked:
        told("stored answers are of no use for some of it: --again asks for them once more.", INCOMPLETE)
    elif heard.quiet and not outcome.is_complete:  # else it is on the screen
        told("not everything could be checked: the report says what is missing.", INCOMPLETE)
    if outcome.is_complete:
        return _failed_on(outcome.checked, heard)
    if FailOn.error in heard.fail_on:
        return told("--fail-on error is met.", FAILED_ON)
    return INCOMPLETE


def _failed_on(checked: "Sequence[Checked]", heard: Heard) -> int:
    """Say what of ``heard.fail_on`` was found, and where, and return the exit code."""
    from pipeline.report.words import counted, listed

    met = {
        wanted: [done for done in checked if _is_met(done, wanted, heard)]
        for wanted in FailOn
        if wanted in heard.fail_on
    }
    names = [wanted.value for wanted, found in met.items() if found]
    if not names:
        return DONE
    places = dict.fromkeys(_shown(done.paths["report.html"]) for found in met.values() for done in found)
    first, more = next(iter(places)), len(places) - 1
    also = f" and {counted(more, 'more report')}" if more else ""
    return told(f"--fail-on {listed(names)} is met: see {first}{also}", FAILED_ON)


def _is_met(done: "Checked", wanted: FailOn, heard: Heard) -> bool:
    if wanted is FailOn.contradicted:
        return done.contradicted is not None and done.contradicted >= heard.fail_confidence
    return Label(wanted.value) in done.labels


def _shown(place: str) -> str:
    """Return a path as it is, a URL without the password in it."""
    from pipeline.store import is_url

    return shown_address(place) if is_url(place) else place


def _print_stories(outcome: "Outcome", *, verbose: bool) -> None:
    """Print a screen on each story, unless they are many or elsewhere, and a line over those of a batch."""
    from pipeline.store import is_url

    checked = outcome.checked
    has_screens = len(checked) <= MOST_SHOWN and not any(is_url(done.where) for done in checked)
    if has_screens:
        _print_screens(checked, verbose=verbose)
    elif verbose:
        told(
            f"-v tells of at most {MOST_SHOWN} stories, in a folder: each report says how it was made.", DONE
        )
    if outcome.index is not None or not has_screens:
        _print_totals(outcome)


def _print_screens(checked: "Sequence[Checked]", *, verbose: bool) -> None:
    from pipeline import terminal

    screen = terminal.open_console()
    shared = terminal.SharedTrouble(done.report for done in checked)
    shared.print(screen)
    for done in checked:
        report = done.report
        terminal.print_summary(screen, report, done.paths, is_unchanged=done.is_unchanged, told=shared)
        if verbose:
            _print_stages(report)


def _print_totals(outcome: "Outcome") -> None:
    from pipeline.report.index import totals_line

    unchanged = sum(done.is_unchanged for done in outcome.checked)
    place = outcome.index or outcome.checked[0].paths["report.html"]
    typer.echo()
    typer.echo(f"{totals_line(outcome.entries, unchanged)}; report: {_shown(place)}")


def _print_stages(report: Report) -> None:
    from pipeline.report.words import seconds

    for stage in report.run.stages:
        typer.echo(
            f"{stage.stage:<11} {seconds(stage.seconds):>12}  {stage.calls:7,} calls  "
            f"{stage.tokens_in:11,} tokens in  {stage.tokens_out:9,} out"
        )
