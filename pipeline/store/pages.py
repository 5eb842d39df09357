"""The pages that were fetched for a run, kept beside its report: a folder of articles like any other.

``OUT/pages/HOST-HASH.html``  a page as it came; nothing of its URL but the host is in the name
``OUT/pages/story.toml``      the URL of each; what somebody wrote there stays
``OUT/pages/pages.jsonl``     every fetch in its order, also those that brought nothing
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import ValidationError

from pipeline.errors import InputError
from pipeline.reading.sidecar import SIDECAR, read_sidecar
from pipeline.reading.sources import FETCHES, PAGES
from pipeline.store.folder import make_folder, write_bytes, write_text
from schemas.page import Fetch

FORMS: Final = (".html", ".txt", ".pdf", ".docx")
_LONGEST_HOST: Final = 60  # characters of a file's name
_PAGE: Final = re.compile(r"[a-z0-9._-]{1,60}-[0-9a-f]{12}\.[a-z]{3,4}")


class Pages:
    """The kept pages of the run in ``out``; the folder is made when there is something to be put into it."""

    def __init__(self, out: Path) -> None:
        self.folder = out / PAGES

    def kept(self, url: str) -> Path | None:
        """Return the page that is kept for ``url``, if one is."""
        paths = (self.folder / f"{_name(url)}{form}" for form in FORMS)
        return next((path for path in paths if path.is_file() and not path.is_symlink()), None)

    def keep(self, fetch: Fetch, form: str, content: bytes) -> Path:
        """Write the page that came by ``fetch``, in place of an older one; ``form`` is its suffix.

        Raises InputError where it cannot be written.
        """
        make_folder(self.folder)
        before = self.kept(fetch.url)
        path = self.folder / f"{_name(fetch.url)}{form}"
        write_bytes(path, content)
        if before is not None and before != path:
            before.unlink(missing_ok=True)
        written = {"sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content)}
        self.note(fetch.model_copy(update={"file": path.name, **written}))
        return path

    def note(self, fetch: Fetch) -> None:
        """Add ``fetch`` to the record. Raises InputError where it cannot be written."""
        make_folder(self.folder)
        path = self.folder / FETCHES
        try:
            with path.open("ab+") as file:
                is_cut_off = file.tell() > 0 and file.seek(-1, 2) >= 0 and file.read(1) != b"\n"
                line = fetch.model_dump_json(exclude_none=True).encode() + b"\n"
                file.write(b"\n" + line if is_cut_off else line)
        except OSError as error:
            raise InputError(f"Cannot write {path} ({error.strerror}): make room for it.") from error

    def write_sidecar(self) -> None:
        """Name in story.toml the URL of each page that it does not name yet.

        Raises InputError where the sidecar cannot be read, as whoever reads the folder later would.
        """
        if not self.folder.is_dir():
            return
        path = self.folder / SIDECAR
        text, named = "", frozenset[str]()
        if path.is_file():
            named = frozenset(read_sidecar(path, str(path)).articles)
            text = path.read_text(encoding="utf-8-sig")
        there = {entry.name for entry in self.folder.iterdir()} - named
        urls = {fetch.file: fetch.final_url for fetch in self._fetches() if fetch.file in there}
        tables = [f"[articles.{json.dumps(name)}]\nurl = {json.dumps(url)}\n" for name, url in urls.items()]
        if tables:
            write_text(path, "\n".join([*([text.rstrip() + "\n"] if text.strip() else []), *tables]))

    def _fetches(self) -> Iterator[Fetch]:
        """Yield what is recorded of pages that came; a line that was cut off or edited says nothing."""
        try:
            lines = (self.folder / FETCHES).read_bytes().splitlines()
        except OSError:
            return
        for line in lines:
            try:
                fetch = Fetch.model_validate_json(line)
            except ValidationError:
                continue
            is_plain = (
                fetch.final_url is not None and fetch.final_url.isascii() and fetch.final_url.isprintable()
            )
            if is_plain and fetch.file is not None and _PAGE.fullmatch(fetch.file):
                yield fetch


def _name(url: str) -> str:
    """Return the name, without its suffix, of the file for ``url``."""
    host = re.sub(r"[^a-z0-9.-]", "-", (urlsplit(url).hostname or "").lower())[:_LONGEST_HOST].strip(".-")
    return f"{host or 'page'}-{hashlib.sha256(url.encode()).hexdigest()[:12]}"
