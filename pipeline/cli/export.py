"""storycheck export: a stored run in another form, without any model."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.screen import DONE, INCOMPLETE, told
from pipeline.cli.settings import ConfigFile
from pipeline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.export import Asked, Reviewer, Stored


class Format(StrEnum):
    """In which form a run is exported."""

    json = "json"
    jsonl = "jsonl"
    csv = "csv"
    md = "md"
    claimreview = "claimreview"


class Rows(StrEnum):
    """What the rows are."""

    findings = "findings"
    claims = "claims"


class Author(StrEnum):
    """What the author of a review is."""

    organization = "organization"
    person = "person"


EXAMPLES = """
Examples:
  storycheck export out --format csv -o findings.csv
  storycheck export out --format jsonl --what claims
  storycheck export out --format md > report.md
"""
REVIEWS = "For claimreview"
KEPT = ("report.json", "answers.sqlite", "decisions.sqlite")  # what an export must not write over


def export(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder of a run, or of a batch.")],
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            envvar="STORYCHECK_EXPORT_FORMAT",
            help="json, jsonl, csv, md or claimreview.",
        ),
    ],
    what: Annotated[
        Rows | None,
        typer.Option(metavar="ROWS", help="findings (else) or claims; for json, jsonl, csv."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", metavar="FILE", allow_from_autoenv=False, help="Write it there, not to the screen."
        ),
    ] = None,
    author: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who reviewed.", rich_help_panel=REVIEWS)
    ] = None,
    author_url: Annotated[
        str | None, typer.Option(metavar="URL", help="The reviewer's page.", rich_help_panel=REVIEWS)
    ] = None,
    author_is: Annotated[
        Author | None,
        typer.Option(metavar="WHAT", help="organization (else) or person.", rich_help_panel=REVIEWS),
    ] = None,
    rating: Annotated[
        str | None,
        typer.Option(
            metavar="WORDS", help='The judgement in your own words, say "Disputed".', rich_help_panel=REVIEWS
        ),
    ] = None,
    rating_value: Annotated[
        float | None, typer.Option(metavar="N", help="The same as a number.", rich_help_panel=REVIEWS)
    ] = None,
    worst: Annotated[
        float | None, typer.Option(metavar="N", help="Lowest number there is.", rich_help_panel=REVIEWS)
    ] = None,
    best: Annotated[
        float | None, typer.Option(metavar="N", help="Highest number there is.", rich_help_panel=REVIEWS)
    ] = None,
    url_template: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Of a review, with {id}, {side}, {story} in it.", rich_help_panel=REVIEWS
        ),
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Print what a run found as JSON, JSON Lines, CSV, Markdown or schema.org ClaimReview."""
    from pipeline.export import Asked, What, make_reviewer

    given = {
        "author": author,
        "author-url": author_url,
        "author-is": author_is and author_is.value,
        "rating": rating,
        "rating-value": rating_value,
        "worst": worst,
        "best": best,
        "url-template": url_template,
    }
    options = {name: value for name, value in given.items() if value is not None}
    if what is not None and form in (Format.md, Format.claimreview):
        raise InputError(f"--what goes with json, jsonl and csv: leave it out with {form.value}.")
    if form is not Format.claimreview and options:
        raise InputError(f"--{next(iter(options))} goes with --format claimreview alone: leave it out.")
    if file is not None and file.name in KEPT:
        raise InputError(f"{file} would take the place of a file of a run: give another name with -o.")
    if file is not None and not file.parent.is_dir():
        raise InputError(f"There is no folder {file.parent}: make it, or give another name with -o.")
    reviewer = make_reviewer(options) if form is Format.claimreview else None
    raise typer.Exit(_export(out, form, Asked(What((what or Rows.findings).value), reviewer), file))


def _export(out: Path, form: Format, asked: "Asked", file: Path | None) -> int:
    from pipeline.export import FORMATS, read_stories
    from pipeline.report.text import one_line
    from pipeline.store import write_text

    stories, unread = read_stories(out)
    for story in unread:
        told(f"left out: {one_line(story.reason)}", INCOMPLETE)
    if not stories:
        return INCOMPLETE
    text = FORMATS[form.value](stories, asked)
    if file is None:
        _print(text)
    else:
        write_text(file, text)
        typer.echo(file)
    if asked.reviewer is not None:
        _tell_reviews(stories, asked.reviewer)
    return INCOMPLETE if unread else DONE


def _print(text: str) -> None:
    """Write ``text`` to standard output as UTF-8 to the letter, whatever the terminal or pipe is set to."""
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        typer.echo(text, nl=False)
    else:
        sys.stdout.flush()
        stream.write(text.encode("utf-8", "replace"))
        stream.flush()


def _tell_reviews(stories: "Sequence[Stored]", reviewer: "Reviewer") -> None:
    """Say on standard error what became no review, and what the reviews lack."""
    from pipeline.export import accepted
    from pipeline.report.words import counted
    from schemas.contradiction import Relation

    found = [finding for stored in stories for finding, _ in accepted(stored)]
    others = sum(finding.relation is not Relation.contradiction for finding in found)
    if not found:
        told("no finding was accepted, so that there is nothing to review.", DONE)
    if others:
        what = counted(others, "accepted finding")
        told(f"{what} became no review: an update, or speakers who differ, put no side at fault.", DONE)
    if reviewer.url_template is None and len(found) > others:
        told("search engines want the address of each review: give --url-template.", DONE)
