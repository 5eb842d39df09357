"""Which files make which story, before any is opened: files, folders, folders of folders, glob patterns."""

import glob
import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.errors import InputError
from pipeline.reading.forms.table import NAMED, Refused, form_of
from pipeline.reading.sidecar import SIDECAR
from schemas.article import Skipped

WANTED: Final = f"give articles ({NAMED}), or folders that hold them"
NO_ARTICLE: Final = "in no form that articles are read in"
PAGES: Final = "pages"  # of a run directory: fetched pages, so that no story of a batch can have that name
FETCHES: Final = "pages.jsonl"  # the record of their fetches, beside them
GROUPS: Final = "groups.jsonl"  # beside the stories that `group` makes: what is in which,
ALONE: Final = "alone.jsonl"  # what nobody else tells of,
SKIPPED: Final = "skipped.jsonl"  # and what it left out
# Beside articles, or beside the stories that `group` makes, and none themselves.
SIDECARS: Final = (SIDECAR, FETCHES, "gold.json", GROUPS, ALONE, SKIPPED)
_REPORTS: Final = ("report.html", "report.md")  # ours, beside the report.json that they show
GROUPING: Final = "grouping.sqlite"  # what `group` knows, and what SQLite keeps beside it
_ABOUT_FOLDER: Final = re.compile(r"(?:readme|licen[cs]e|changelog|contributing)", re.IGNORECASE)
# What browsers and Windows call the folder of a saved page's pictures, in their languages.
_BESIDE_PAGE: Final = re.compile(
    r"(?P<page>.+)[ _.-](?:files|file|Dateien|fichiers|bestanden|archivos|filer|tiedostot|pliki|soubory"
    r"|elemei|ficheiros|arquivos|dosyalar|datoteke|fitxers|failid|fails|bylos|fajlovi|fitxategiak)",
    re.IGNORECASE,
)
_PAGES: Final = (".html", ".htm", ".xhtml")
_FOLDER_INSIDE: Final = "a folder inside a story's folder: give it by itself"
_LONGEST_NAME: Final = 60  # code points: at most 240 bytes, below every file system's limit


class Source(NamedTuple):
    """The files of one story, not yet opened, and what beside them is no article of it."""

    name: str
    files: tuple[Path, ...]
    skipped: tuple[Skipped, ...] = ()


class Files(NamedTuple):
    """What is to be read: files, folders and patterns, and what was to be among them and did not come."""

    paths: tuple[Path, ...]
    unread: tuple[Skipped, ...] = ()


def find_sources(paths: Sequence[Path], unread: Sequence[Skipped] = ()) -> list[Source]:
    """Return the stories that ``paths`` hold: folders in the order given, then all single files as one story.

    ``unread`` is what was to be among the single files, and is not there.

    Raises InputError for a path that is not there and for a folder that cannot be read.
    """
    folders: list[Path] = []
    files: list[Path] = []
    skipped = list(unread)
    for path, is_listed in _expanded(paths):
        if is_folder(path):
            folders += [] if is_listed and belongs_to_page(path) else [path]
        elif is_listed:
            skip = reason_against(path)
            files += [path] if skip is None else []
            skipped += [Skipped(path=shown(path), reason=skip)] if skip else []
        elif form_of(path):
            files.append(path)
        else:
            skipped.append(Skipped(path=shown(path), reason=NO_ARTICLE))
    folders = _once(folders, skipped)
    sources = [source for folder in folders for source in _folder(folder)]
    taken = {real_path(file) for source in sources for file in source.files}
    loose = []
    for file in files:
        if real_path(file) in taken:
            skipped.append(Skipped(path=shown(file), reason="given twice"))
        else:
            loose.append(file)
    if loose or skipped:
        sources.append(Source(_common_name(loose), tuple(loose), tuple(skipped)))
    return named(sources)


def shown(path: Path) -> str:
    """Return ``path`` as it can be printed and written as UTF-8: what cannot is escaped."""
    return printable(str(path))


def nothing_found(paths: Sequence[Path], skipped: Sequence[Skipped]) -> str:
    """Return what to say where ``paths`` hold no article, with the reasons against what they hold."""
    looked = ", ".join(shown(path) for path in paths[:3]) + (", ..." if len(paths) > 3 else "")
    return f"no article found in {looked}{f' ({reasons(skipped)})' if skipped else ''}: {WANTED}"


def reasons(skipped: Sequence[Skipped]) -> str:
    """Return on one line what was skipped and why: the first three, and how many more there are."""
    told = "; ".join(f"{skip.path}: {skip.reason}" for skip in skipped[:3])
    return told + (f"; and {len(skipped) - 3} more" if len(skipped) > 3 else "")


def printable(text: str) -> str:
    """Return ``text`` with control characters, marks that reorder text and undecodable bytes escaped."""
    return "".join(
        char
        if char.isprintable() or unicodedata.category(char) == "Zs"
        else char.encode("unicode_escape").decode()
        for char in text
    )


def real_path(path: Path) -> str:
    """Return what names one file however it is reached; a loop of links names itself."""
    return os.path.realpath(path)


def is_regular(path: Path) -> bool:
    """Tell whether ``path`` is a file that can be read to its end: no folder, pipe, device or broken link."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Tell whether ``path`` leads to a folder; a link that leads where nobody may look does not."""
    try:
        return path.is_dir()
    except OSError:  # Path.is_dir raises for some errors: a name too long, a folder that may not be entered
        return False


def _expanded(paths: Iterable[Path]) -> list[tuple[Path, bool]]:
    """Return the paths with patterns expanded, and whether each was found rather than named."""
    found: list[tuple[Path, bool]] = []
    for path in paths:
        if _is_there(path):
            found.append((path, False))
            continue
        if not any(char in str(path) for char in "*?["):
            raise InputError(f"{shown(path)} does not exist: {WANTED}")
        try:
            matches = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207 - absolute patterns, too
        except (OSError, re.error, RecursionError, ValueError):
            matches = []
        if not matches:
            raise InputError(f"nothing matches {shown(path)}: {WANTED}")
        found += [(Path(match), True) for match in matches]
    return found


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except PermissionError as error:
        raise InputError(f"{shown(path)} cannot be read: {error.strerror}") from error
    except (OSError, ValueError):  # ValueError: a NUL in the name
        return False
    return True


def _folder(folder: Path) -> list[Source]:
    """Return a folder as one story, or as one story per sub-folder where it holds no article itself."""
    try:
        own = _story(folder)
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise InputError(f"the folder {shown(folder)} cannot be read: {error.strerror or error}") from error
    if own.files:
        return [own]
    below: list[Source] = []
    skipped = [skip for skip in own.skipped if skip.reason != _FOLDER_INSIDE]
    for entry in entries:
        if not is_folder(entry) or entry.name.startswith(".") or belongs_to_page(entry):
            continue
        try:
            source = _story(entry)
        except OSError as error:
            reason = f"cannot be read: {error.strerror or error}"
            skipped.append(Skipped(path=shown(entry), reason=reason, is_lost=True))
            continue
        if source.files:
            below.append(source)
        else:
            skipped += [
                *source.skipped,
                Skipped(path=shown(entry), reason="a folder without articles"),
            ]
    if not below:
        return [own._replace(skipped=tuple(skipped))]
    return [below[0]._replace(skipped=(*below[0].skipped, *skipped)), *below[1:]]


def _story(folder: Path) -> Source:
    """Return the articles that lie in ``folder`` itself; raises OSError where it cannot be listed."""
    files, skipped = [], []
    for entry in sorted(folder.iterdir()):
        if is_folder(entry):
            if not entry.name.startswith(".") and not belongs_to_page(entry):
                skipped.append(Skipped(path=shown(entry), reason=_FOLDER_INSIDE))
            continue
        reason = reason_against(entry)
        if reason is None:
            files.append(entry)
        elif reason:
            skipped.append(Skipped(path=shown(entry), reason=reason))
    return Source(folder.name or folder.resolve().name, tuple(files), tuple(skipped))


def reason_against(path: Path) -> str | None:
    """Return why a file that was found, not named, is no article; "" where nobody needs to be told."""
    if path.name in SIDECARS or path.name.startswith(GROUPING):
        return ""
    if path.name in _REPORTS and is_regular(path.with_name("report.json")):
        return ""
    if path.name.startswith("."):
        return "a hidden file" if form_of(path) else ""
    form = form_of(path)
    if form is None or isinstance(form, Refused):
        return form.reason if form else NO_ARTICLE
    return "about the folder, not an article" if _ABOUT_FOLDER.fullmatch(path.stem) else None


def belongs_to_page(folder: Path) -> bool:
    """Tell whether a browser made ``folder`` for the pictures and scripts of a page beside it."""
    match = _BESIDE_PAGE.fullmatch(folder.name)
    return match is not None and any(
        os.path.lexists(folder.with_name(match["page"] + suffix)) for suffix in _PAGES
    )


def _once(folders: Iterable[Path], skipped: list[Skipped]) -> list[Path]:
    seen: set[str] = set()
    kept = []
    for folder in folders:
        if real_path(folder) in seen:
            skipped.append(Skipped(path=shown(folder), reason="given twice"))
        else:
            kept.append(folder)
        seen.add(real_path(folder))
    return kept


def _common_name(files: Sequence[Path]) -> str:
    if not files:
        return "story"
    try:
        folder = Path(os.path.commonpath([file.absolute().parent for file in files]))
        return folder.parent.name if folder.name == PAGES else folder.name
    except ValueError:  # on different drives
        return "story"


def named(sources: Sequence[Source]) -> list[Source]:
    """Give every story a name of its own that is safe as a folder's, on file systems that fold case too."""
    taken = {PAGES} if len(sources) > 1 else set[str]()
    named = []
    for source in sources:
        plain = unicodedata.normalize("NFC", printable(source.name))
        slug = re.sub(r"[^\w-]+", "-", plain).strip("-")[:_LONGEST_NAME].strip("-") or "story"
        name, count = slug, 1
        while name.casefold() in taken:
            count += 1
            name = f"{slug}-{count}"
        taken.add(name.casefold())
        named.append(source._replace(name=name))
    return named
