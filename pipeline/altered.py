"""Says, line by line, what has changed since a run was made: programs, prompts, data, articles, files."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from pipeline.errors import InputError
from pipeline.ingest import ingest
from pipeline.provenance import sidecars
from pipeline.reading.sources import is_regular
from pipeline.store import read_decisions
from pipeline.trace import sha256
from schemas.report import RunInfo
from schemas.run import ArticleRead, MadeBy, RunRecord

_ROW: Final = re.compile(r"(.+):\d+")  # the path of a row: that of its file, and its line


def altered(folder: Path, record: RunRecord, run: RunInfo, now: MadeBy) -> Iterator[str]:
    """Yield a line on each thing that made the run in ``folder`` and has changed since.

    ``run`` and ``now`` are what the same run is made with today.
    """
    then = record.made_by
    if then.storycheck != now.storycheck:
        yield f"storycheck was {then.storycheck}, and is {now.storycheck}"
    elif then.code_sha256 != now.code_sha256:
        yield f"storycheck {now.storycheck} was changed"
    for name, was in (("Python", then.python), ("the platform", then.platform)):
        is_now = now.python if name == "Python" else now.platform
        if was != is_now:
            yield f"{name} was {was}, and is {is_now}"
    for stage, used in record.run.prompts.items():
        if run.prompts.get(stage) != used:
            yield f"the {stage} prompt {used.version}, or the schema of its answer, was changed"
    for name in _differing(then.packages, now.packages):
        yield f"{name} was {then.packages.get(name, 'none')}, and is {now.packages.get(name, 'none')}"
    for name in _differing(then.data, now.data):
        hint = " (give that of the run with --calibration)" if name == "map of odds" else ""
        yield f"the {name} is another{hint}"
    yield from _articles(record)
    yield from _files(folder, record)


def _differing(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return sorted(name for name in {*then, *now} if then.get(name) != now.get(name))


def _articles(record: RunRecord) -> Iterator[str]:
    tables: dict[str, ArticleRead] = {}  # the first row of each file of many
    for article in record.articles:
        row = _ROW.fullmatch(article.path)
        if row is not None and not is_regular(Path(article.path)):
            tables.setdefault(row[1], article)
        elif _is_edited(Path(article.path), article):
            yield f"{article.path} was edited; its text is taken from the report"
    for name, article in tables.items():
        if _has_other_bytes(Path(name), article):
            yield f"{name} was edited; the texts of its rows are taken from the report"
    for path, is_now in sidecars(article.path for article in record.articles).items():
        was = record.sidecars.get(path)
        if was != is_now:
            yield f"{path} {'is new' if was is None else 'was edited'}; what the run read is taken"


def _is_edited(path: Path, read: ArticleRead) -> bool:
    """Tell whether another text lies now where the article lay; one that is gone was not edited."""
    if not _has_other_bytes(path, read):
        return False
    try:
        [story] = ingest([path])
    except (InputError, ValueError):  # what is there is no article any more
        return True
    return [sha256(a.text.encode("utf-8", "surrogatepass")) for a in story.articles] != [read.sha256]


def _has_other_bytes(path: Path, read: ArticleRead) -> bool:
    """Tell whether the file at ``path`` is there, and not as it was read, or not known to be."""
    if not is_regular(path):
        return False
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() != read.file_sha256
    except OSError:
        return True


def _files(folder: Path, record: RunRecord) -> Iterator[str]:
    """Yield the files of the run that are not as it wrote them; a page with decisions cannot be."""
    for name, was in record.files.items():
        if name == "report.html" and read_decisions(folder):
            continue
        try:
            is_same = sha256((folder / name).read_bytes()) == was
        except OSError as error:
            yield f"{name} cannot be read ({error.strerror})"
            continue
        if not is_same:
            yield f"{name} is not as the run wrote it"
