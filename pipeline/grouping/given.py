"""The articles of a pile, one at a time, from files in any form and folders in folders.

What cannot be read is handed on with its place and the reason, and the rest goes on.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.errors import InputError
from pipeline.reading.articles import Reading
from pipeline.reading.forms.fields import Fields
from pipeline.reading.forms.table import form_of
from pipeline.reading.metadata import Metadata
from pipeline.reading.sidecar import SIDECAR, Sidecar, read_sidecar
from pipeline.reading.sources import (
    NO_ARTICLE,
    WANTED,
    belongs_to_page,
    is_folder,
    is_regular,
    real_path,
    reason_against,
    shown,
)
from schemas.article import Article, Skipped


def read_pile(paths: Sequence[Path], out: Path, fields: Fields) -> Iterator[Article | Skipped]:
    """Yield what ``paths`` hold, folders walked in the order of their names; ``out`` itself is left out.

    ``fields`` says what rows call what is known of them. Raises InputError for a path that is not there.
    """
    for path in paths:
        if not os.path.lexists(path):
            raise InputError(f"{shown(path)} does not exist: {WANTED}.")
    with Reading(fields) as reading:
        walk = _Walk(out, reading)
        for path in paths:
            yield from walk.through(path)


class _Walk:
    """A way through files and folders that meets nothing twice."""

    def __init__(self, out: Path, reading: Reading) -> None:
        self._seen = {real_path(out)}
        self._reading = reading
        self._sidecar: tuple[Path, Sidecar] | None = None  # of the folder looked at last

    def through(self, path: Path) -> Iterator[Article | Skipped]:
        """Yield what ``path`` holds."""
        if real_path(path) in self._seen:
            yield Skipped(path=shown(path), reason="given twice, or written by this command")
            return
        self._seen.add(real_path(path))
        if is_folder(path):
            yield from self._folder(path)
        elif form_of(path):
            yield from self._file(path)
        else:
            yield Skipped(path=shown(path), reason=NO_ARTICLE)

    def _folder(self, folder: Path) -> Iterator[Article | Skipped]:
        try:
            entries = sorted(folder.iterdir())
        except OSError as error:
            told = f"cannot be read: {error.strerror or error}"
            yield Skipped(path=shown(folder), reason=told, is_lost=True)
            return
        for entry in entries:
            if is_folder(entry):
                if not entry.name.startswith(".") and not belongs_to_page(entry):
                    yield from self.through(entry)
                continue
            reason = reason_against(entry)
            if reason is None:
                yield from self.through(entry)
            elif reason:
                yield Skipped(path=shown(entry), reason=reason)

    def _file(self, path: Path) -> Iterator[Article | Skipped]:
        if self._sidecar is None or self._sidecar[0] != path.parent:
            sidecar = path.parent / SIDECAR
            self._sidecar = path.parent, Sidecar()
            try:
                if is_regular(sidecar):
                    self._sidecar = path.parent, read_sidecar(sidecar, shown(sidecar))
            except InputError as error:  # without it, what the articles say of themselves has to do
                yield Skipped(path=shown(sidecar), reason=str(error), is_lost=True)
        yield from self._reading.articles(path, self._sidecar[1].articles.get(path.name, Metadata()))
