"""What check reads: files, and pages, fetched into the folder of the run before anything is read."""

import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline.config import Settings
from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.batch import Stories
    from pipeline.fetching.given import Given
    from pipeline.progress import Progress
    from pipeline.reading.sources import Files


class Asked(NamedTuple):
    """The articles that were named, and, for drafts, the sources that they are checked against."""

    articles: "Given"
    sources: "Given | None"


def asked(articles: Sequence[str], sources: Sequence[str] | None, out: str) -> Asked:
    """Return what is to be read. Raises InputError for pages where ``out`` cannot hold them."""
    from pipeline.fetching.given import read_given
    from pipeline.store import is_url

    stdin = sys.stdin.buffer if sys.stdin else io.BytesIO()  # there may be none, as under some schedulers
    against = read_given(sources, stdin) if sources else None
    what = Asked(read_given(articles, stdin), against)
    if is_url(out) and any(given.urls for given in what if given is not None):
        raise InputError("Pages are kept beside the report: give a folder for -o, no URL.")
    return what


def stories_of(what: Asked, out: str, settings: Settings, *, is_dask: bool, quiet: bool) -> "Stories":
    """Return what there is to check; where a cluster does it, each story is read when its turn comes."""
    from pipeline.drafts import read_stories

    articles = _files(what.articles, out, settings, quiet=quiet)
    sources = None if what.sources is None else _files(what.sources, out, settings, quiet=quiet)
    return read_stories(articles, sources, settings.fields, one_by_one=is_dask)


def _files(given: "Given", out: str, settings: Settings, *, quiet: bool) -> "Files":
    """Return the files of ``given``, its pages among them, which are shown as they come."""
    from pipeline.fetching.given import files_of

    return files_of(given, Path(out), settings, lambda: _shown(quiet=quiet))


@contextmanager
def _shown(*, quiet: bool) -> "Iterator[Progress]":
    from pipeline.logs import LoggedProgress, takes_screen
    from pipeline.terminal import open_console, show_progress

    with show_progress(open_console(stderr=True), quiet=quiet or takes_screen()) as progress:
        yield LoggedProgress(progress)
