"""What a command was given: URLs and paths, as arguments or a line each on standard input."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from pipeline.config import Settings
from pipeline.errors import InputError
from pipeline.progress import Progress
from pipeline.reading.sources import Files
from pipeline.store.layout import is_url

STDIN: Final = "-"
MOST_URLS: Final = 1_000  # all are articles of one story
_LONGEST_INPUT: Final = 10_000_000  # bytes


class Given(NamedTuple):
    """What is to be read: pages by their URLs, files and folders by their paths."""

    urls: tuple[str, ...]
    paths: tuple[Path, ...]


def read_given(arguments: Sequence[str], stdin: BinaryIO | None = None) -> Given:
    """Return what ``arguments`` name; for ``-``, what is on ``stdin``, without blank lines and # comments.

    Without a ``stdin`` it is a file of that name.

    Raises InputError for a standard input that is no such list, and for more URLs than a story has articles.
    """
    urls: list[str] = []
    paths: list[Path] = []
    for argument in arguments:
        for name in _lines(stdin) if stdin is not None and argument == STDIN else (argument,):
            if is_url(name):
                urls.append(name)
            else:
                paths.append(Path(name))
    if len(urls) > MOST_URLS:
        raise InputError(
            f"{len(urls):,} URLs are more than one story has: give {MOST_URLS:,} at most, those of one story."
        )
    return Given(tuple(urls), tuple(paths))


def files_of(
    given: Given, out: Path, settings: Settings, shown: Callable[[], AbstractContextManager[Progress]]
) -> Files:
    """Return the files of ``given``; its pages are fetched into the run directory ``out`` first.

    ``shown`` opens what hears of each page. Raises InputError as ``fetch_given`` does.
    """
    if not given.urls:
        return Files(given.paths)
    from pipeline.fetching.fetch import fetch_given  # noqa: PLC0415 - it loads the HTTP client

    with shown() as progress:
        return fetch_given(given, out, settings, progress)


def _lines(stdin: BinaryIO) -> Iterator[str]:
    data = stdin.read(_LONGEST_INPUT + 1)
    if len(data) > _LONGEST_INPUT:
        raise InputError("standard input is longer than any list: give one URL or path a line.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("standard input is not UTF-8: give one URL or path a line.") from error
    for line in text.split("\n"):
        name = line.strip()
        if name and not name.startswith("#"):
            yield name
