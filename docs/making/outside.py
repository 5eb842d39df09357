"""Brings along what the pages link to outside docs/, so that every link of the repository leads somewhere.

A document of the repository becomes a page under ``repository/``, any other file a copy there, and a folder
without a README a page that lists its files.
"""

import posixpath
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PLACE: Final = "repository"
# Code first, so that what looks like a link in it stays as it is.
_LINK: Final = re.compile(r"(```.*?^ *```|``.+?``|`[^`]*`)|(\]\()([^()\s]+)(\))", re.DOTALL | re.MULTILINE)
_ELSEWHERE: Final = re.compile(r"[a-z][a-z+.-]*:|#|/")


def page_of(path: str) -> str:
    """Return the page, or file of the site, that shows the file at ``path`` of the repository."""
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    if (ROOT / path).is_dir():
        path = posixpath.join(path, "README.md")
    return f"{PLACE}/{path}"


def path_of(page: str) -> str:
    """Return the path in the repository of what ``page`` shows."""
    within = page.removeprefix(f"{PLACE}/")
    return within if within != page else f"docs/{page}"


def redirected(page: str, text: str) -> str:
    """Return the ``text`` of ``page`` with its links as they are in the site."""

    def put(path: str, anchor: str) -> str:
        return posixpath.relpath(page_of(path), posixpath.dirname(page) or ".") + anchor

    return _each_link(page, text, put)


def gathered(pages: Iterable[str]) -> dict[str, str]:
    """Return the text of every page, and the path of every file, that ``pages`` lead to outside docs/.

    By its place in the site; a value that is empty stands for the file of that place. Raises
    FileNotFoundError for a link that leads nowhere.
    """
    found: dict[str, str] = {}
    left = list(pages)
    while left:
        page = left.pop()
        text = found.get(page) or (ROOT / path_of(page)).read_text(encoding="utf-8")
        for path in _links(page, text):
            target = page_of(path)
            if path.startswith("docs/") or target in found:
                continue
            if not (ROOT / path).exists():
                raise FileNotFoundError(f"{path_of(page)} links to {path}, which is not there")
            found[target] = _shown(ROOT / path)
            if target.endswith(".md"):
                left.append(target)
    return found


def _shown(path: Path) -> str:
    """Return the text of the page for ``path``; none for a file that is shown as it is."""
    if path.is_dir():
        if (path / "README.md").exists():
            return (path / "README.md").read_text(encoding="utf-8")
        files = sorted(entry.name for entry in path.iterdir() if entry.is_file())
        title = path.relative_to(ROOT).as_posix()
        return f"# {title}\n\n" + "".join(f"- [{name}]({name})\n" for name in files)
    return path.read_text(encoding="utf-8") if path.suffix == ".md" else ""


def _links(page: str, text: str) -> list[str]:
    """Return the paths in the repository that ``text`` links to."""
    paths: list[str] = []

    def note(path: str, _anchor: str) -> str:
        paths.append(path)
        return path

    _each_link(page, text, note)
    return paths


def _each_link(page: str, text: str, put: Callable[[str, str], str]) -> str:
    """Return ``text`` with each link within the repository, its path and its anchor, as ``put`` has it."""

    def replaced(match: re.Match[str]) -> str:
        code, opened, link, closed = match.groups()
        if code is not None or _ELSEWHERE.match(link):
            return match[0]
        path, sharp, anchor = link.partition("#")
        folder = posixpath.dirname(path_of(page))
        return opened + put(posixpath.normpath(posixpath.join(folder, path)), sharp + anchor) + closed

    return _LINK.sub(replaced, text)
