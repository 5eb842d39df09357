"""A run in an object store, or on any file system that fsspec knows: files written whole, and never changed.

``URL/.storycheck``                  marks the place as a run of storycheck's
``URL/<story>/answers/<token>.jsonl``  answers, written together, before any of them is used
``URL/<story>/report.json``          and the other files of a report, as in a run directory

Many workers write here at once, so there is no database: what one story asks is kept with that story alone.
"""

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import urlsplit

from pipeline.errors import InputError
from pipeline.store.answers import ANSWERS, Answers, Row, open_answers
from pipeline.store.folder import REPORT, write_text
from pipeline.store.layout import is_url
from pipeline.store.reports import RUN

MARK: Final = ".storycheck"
FOLDER: Final = "answers"
KEPT: Final = (
    REPORT,
    "report.md",
    "report.html",
    RUN,
)  # in this order: run.json says that the others are there
PARTS: Final = 8  # objects of answers from which on they are made one, at the end of a story


class Objects:
    """The files below one URL. Each method raises InputError, in one line, where the store does not do it."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._shown = _shown(self._url)
        try:
            import fsspec  # noqa: PLC0415 - of the extra dask, and slow to load

            # "::" can stand in the name of a story; fsspec would take it for a chain of places.
            place, mark, rest = self._url.partition("::")
            self._system, root = fsspec.core.url_to_fs(place)
            self._root = f"{root}{mark}{rest}"
        except ImportError as error:  # fsspec itself, or what it needs for this scheme
            scheme = urlsplit(self._url).scheme
            raise InputError(
                f"{self._shown} cannot be written without {error.name or scheme}: install it, with "
                "pip install 'storycheck[dask]', or the package of fsspec for this scheme."
            ) from error
        except Exception as error:
            raise InputError(
                f"{self._shown} is no place to write to ({_why(error)}): give another -o."
            ) from error
        self._is_local = "file" in _schemes(self._system)

    def read(self, name: str) -> bytes | None:
        """Return what the file ``name`` holds, or None where there is none."""
        try:
            return bytes(self._system.cat_file(self._path(name)))
        except FileNotFoundError:
            return None
        except Exception as error:
            raise self._failed("read", error) from error

    def write(self, name: str, text: str) -> None:
        """Write a file, all of it or nothing; return once it is there."""
        path = self._path(name)
        try:
            if self._is_local:  # where a file grows as it is written
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                write_text(Path(path), text)
            else:
                self._system.pipe_file(path, text.encode())
        except InputError:
            raise
        except Exception as error:
            raise self._failed("write to", error) from error

    def names(self, folder: str = "") -> list[str]:
        """Return the names of what lies in ``folder``, in order."""
        path = self._path(folder)
        try:
            self._system.invalidate_cache(path)
            found = [str(entry) for entry in self._system.ls(path, detail=False)]
        except FileNotFoundError:
            return []
        except Exception as error:
            raise self._failed("read", error) from error
        return sorted(name for entry in found if (name := entry.rstrip("/").rsplit("/", 1)[-1]))

    def remove(self, names: Sequence[str]) -> None:
        """Remove files."""
        for name in names:
            try:
                self._system.rm_file(self._path(name))
            except FileNotFoundError:
                continue
            except Exception as error:
                raise self._failed("write to", error) from error

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}" if name else str(self._root)

    def _failed(self, what: str, error: Exception) -> InputError:
        return InputError(
            f"Cannot {what} {self._shown} ({_why(error)}): mend that, then run the same command again; what "
            "was answered is kept."
        )


def prepare_place(url: str) -> None:
    """Mark the place at ``url`` as a run. Raises InputError where it holds something else."""
    place = Objects(url)
    names = place.names()
    if MARK not in names:
        if names:
            raise InputError(
                f"{_shown(url)} holds something that is no run of storycheck's: give another place with -o."
            )
        place.write(MARK, "A run of storycheck.\n")


def write_whole(where: str, text: str) -> None:
    """Write ``text`` to a path or a URL, all of it or nothing. Raises InputError."""
    if is_url(where):
        folder, _, name = where.rpartition("/")
        Objects(folder).write(name, text)
    else:
        write_text(Path(where), text)


@contextmanager
def story_at(url: str) -> Iterator[tuple[Path, Answers]]:
    """Give a folder with what is known of the story at ``url``, and its answers; put back what is changed.

    The folder goes with the block, which puts nothing back where it raises. Each answer is at ``url`` once it
    is stored.
    """
    place = Objects(url)
    with TemporaryDirectory(prefix="storycheck-") as name:
        folder = Path(name) / "story"
        folder.mkdir()
        before = {name: data for name in KEPT if (data := place.read(name)) is not None}
        for file, data in before.items():
            (folder / file).write_bytes(data)
        parts = [part for part in place.names(FOLDER) if part.endswith(".jsonl")]
        rows = [row for part in parts for row in _rows(place.read(f"{FOLDER}/{part}") or b"")]
        rows.sort(key=lambda row: row[3])  # what was asked once more comes last, and counts
        added: list[str] = []

        def keep(new: Sequence[Row]) -> None:
            part = f"{secrets.token_hex(16)}.jsonl"
            place.write(f"{FOLDER}/{part}", _lines(new))
            added.append(part)
            rows.extend(new)

        with open_answers(Path(name) / ANSWERS, keep, rows) as answers:
            yield folder, answers
        for file in KEPT:
            path = folder / file
            if path.is_file() and path.read_bytes() != before.get(file):
                place.write(file, path.read_bytes().decode())
        if len(parts) + len(added) >= PARTS:
            place.write(f"{FOLDER}/{secrets.token_hex(16)}.jsonl", _lines(rows))
            place.remove([f"{FOLDER}/{part}" for part in (*parts, *added)])


def _lines(rows: Sequence[Row]) -> str:
    """Return ``rows`` as lines of JSON, each with a hash, by which a damaged one is told."""
    texts = [json.dumps(row) for row in rows]
    return "".join(f'{{"sha256": "{sha256(text.encode()).hexdigest()}", "row": {text}}}\n' for text in texts)


def _rows(data: bytes) -> Iterator[Row]:
    """Yield the rows that are whole: one that is not will be asked for again."""
    for line in data.splitlines():
        try:
            found = json.loads(line)
            text = json.dumps(found["row"])
            key, stage, response, at = found["row"]
        except (ValueError, TypeError, KeyError):
            continue
        if sha256(text.encode()).hexdigest() == found.get("sha256"):
            yield str(key), str(stage), str(response), str(at)


def _schemes(system: Any) -> tuple[str, ...]:  # noqa: ANN401 - fsspec has no types
    return (system.protocol,) if isinstance(system.protocol, str) else tuple(system.protocol)


def _shown(url: str) -> str:
    """Return ``url`` without the name and password that may be in it."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rsplit('@', 1)[-1]}"


def _why(error: Exception) -> str:
    """Return in some words why a store refused."""
    first = (str(error).splitlines() or [""])[0]
    return first[:200] or type(error).__name__
