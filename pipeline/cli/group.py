"""storycheck group: from a mixed pile of articles to a folder for each story."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from pipeline.cli.screen import DONE, INCOMPLETE, told
from pipeline.cli.settings import ConfigFile, Field
from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.grouping.run import Outcome
    from schemas.article import Skipped

EXAMPLES = """
Examples:
  storycheck group pile/ -o stories                 # folders of articles
  storycheck group dump.jsonl -o stories --days 3   # one article a line
"""
SHOWN: Final = 20  # skipped articles told one by one
SHOWN_RELATED: Final = 5


def group(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH", help="Articles in any form, files of many (.jsonl), and folders."),
    ],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FOLDER", help="Folder for the stories.")],
    days: Annotated[int, typer.Option(min=0, max=3650, metavar="N", help="Days that a story may take.")] = 7,
    least: Annotated[int, typer.Option(min=2, metavar="N", help="Outlets that make a new story.")] = 2,
    field: Field = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print the folder alone.")] = False,
    config: ConfigFile = None,
) -> None:
    """Put a mixed pile of articles into stories, a folder each, for 'check' to take as a batch."""
    from pipeline import terminal
    from pipeline.grouping.run import Asked
    from pipeline.grouping.run import group as grouped
    from pipeline.reading.forms.fields import read_fields
    from pipeline.store.lock import alone

    asked = Asked(tuple(paths), days, least, read_fields(field or ()))
    _make(out)
    told_of: list[Skipped] = []

    def hear(skipped: "Skipped") -> None:
        if not skipped.is_lost:
            return
        told_of.append(skipped)
        if len(told_of) <= SHOWN and not quiet:
            told(f"not read: {skipped.path}: {skipped.reason}", INCOMPLETE)

    with alone(out), terminal.show_progress(terminal.open_console(stderr=True), quiet=quiet) as progress:
        outcome = grouped(asked, out, progress, hear)
    is_incomplete = any(skipped.is_lost for skipped in outcome.skipped)
    if not quiet:
        _print(outcome, days)
    elif is_incomplete:
        told(f"not everything was read: {out}/skipped.jsonl says what, and why", INCOMPLETE)
    typer.echo(out)
    raise typer.Exit(INCOMPLETE if is_incomplete else DONE)


def _make(out: Path) -> None:
    """Make the folder ``out``. Raises InputError where it is there and none of ours."""
    from pipeline.store import make_folder
    from pipeline.store.groupingfile import GROUPING

    make_folder(out)
    if not (out / GROUPING).exists() and any(not entry.name.startswith(".") for entry in out.iterdir()):
        raise InputError(f"{out} holds something else: give an empty folder, or one of 'group', with -o.")


def _print(outcome: "Outcome", days: int) -> None:
    from pipeline.report.text import one_line
    from pipeline.report.words import counted

    told_known = f", {outcome.known:,} of them known: there before, or given twice" if outcome.known else ""
    typer.echo(f"{counted(outcome.read, 'article')} read{told_known}")
    if outcome.undated:
        typer.echo(f"{outcome.undated:,} without a date: compared with those of any day")
    new = f", {outcome.new_stories:,} of them new" if outcome.new_stories != outcome.stories else ""
    held = counted(outcome.in_stories, "article")
    typer.echo(f"{counted(outcome.stories, 'story', 'stories')}{new} (of {days} days at most): {held}")
    typer.echo(f"{counted(outcome.alone, 'article')} in no story: alone.jsonl")
    if outcome.copies:
        typer.echo(f"{counted(outcome.copies, 'near-copy', 'near-copies')} of another article")
    typer.echo(f"{counted(outcome.pairs, 'pair')} of articles looked at")
    for one, other in outcome.related[:SHOWN_RELATED]:
        typer.echo(f"maybe one event, left apart: {one} and {other}")
    if len(outcome.related) > SHOWN_RELATED:
        typer.echo(f"and {len(outcome.related) - SHOWN_RELATED:,} more such pairs: groups.jsonl")
    if outcome.repeated:
        typer.echo(f"{counted(outcome.repeated, 'article')} known from another place: skipped.jsonl")
    reasons: dict[str, int] = {}
    for skipped in outcome.skipped:
        reasons[skipped.reason] = reasons.get(skipped.reason, 0) + 1
    if reasons:
        most = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:4]
        why = "; ".join(f"{one_line(reason)}: {count:,}" for reason, count in most)
        more = "; and others" if len(reasons) > len(most) else ""
        typer.echo(f"{len(outcome.skipped):,} not read ({why}{more}): skipped.jsonl")
