"""storycheck.toml: where settings stand that are to last, and which of them a stranger may have written.

A file in the working folder is found, not chosen: it may have come with the articles. It sets numbers,
switches, words of a few, the name of a model, and a folder for reports below itself; addresses and files are
taken from a file that was named, or from that of the user, alone.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, NamedTuple

from pipeline.config import own_folder
from pipeline.errors import InputError
from pipeline.reading.toml import read_toml
from pipeline.setting import Setting, Value

NAME: Final = "storycheck.toml"
_LARGEST: Final = 1_000_000  # bytes
_SECRETS: Final = re.compile(r"(?i)(?:^|_|-)(?:api_?-?key|key|token|secret|password|passwd)(?:$|_|-)")
_HEADING: Final = re.compile(r"""\s*\[\s*["']?([\w-]+)["']?\s*\]""")
_ENTRY: Final = re.compile(r"""\s*["']?([\w-]+)["']?\s*[=.]""")


class Found(NamedTuple):
    """A value and the line of the file that it stands on."""

    value: Value
    path: Path
    line: int


def find_settings(named: Path | None, known: Callable[[], Sequence[Setting]]) -> dict[str, Found]:
    """Return what files set, by the variable of each setting.

    ``known`` tells which there are, and is asked only where there is a file. Read is the one ``named``, or
    else storycheck.toml in the working folder and that of the user, of which the first wins. Raises
    InputError, with file and line, for anything in them that is no setting.
    """
    if named is not None:
        return read_settings(named, known(), is_trusted=True)
    found: dict[str, Found] = {}
    for path, is_trusted in ((own_folder() / NAME, True), (Path(NAME), False)):
        if _is_there(path):
            found |= read_settings(path, known(), is_trusted=is_trusted)
    return found


def read_settings(path: Path, known: Sequence[Setting], *, is_trusted: bool) -> dict[str, Found]:
    """Return what the file at ``path`` sets, by the variable of each setting.

    Raises InputError where it cannot be read, holds what is no setting, or, unless ``is_trusted``, an address
    or a place.
    """
    text = _text(path)
    try:
        tables = read_toml(text)
    except ValueError as error:
        last = f"at the end, line {len(text.splitlines())}"
        why = " ".join(str(error).split()).replace("at end of document", last)
        raise InputError(f"{path} is not valid TOML: {why}. Mend that line.") from error
    lines = _lines(text)
    by_key = {setting.key: setting for setting in known}
    groups = {setting.table for setting in known if setting.table}
    found: dict[str, Found] = {}
    for key, value in _flat(tables, groups):
        line = lines.get(key) or lines.get(key.partition(".")[0]) or 1
        place = f"{path}, line {line}"
        setting = by_key.get(key)
        if setting is None:
            is_table = isinstance(value, dict) and not _SECRETS.search(key)
            raise InputError(f"{place}: {_no_table(key, groups) if is_table else _unknown(key, by_key)}")
        if value == "":
            continue  # as a variable that is empty: not set
        if not setting.takes(value):
            raise InputError(f"{place}: {key} takes {setting.allowed(is_file=True)}.")
        if not is_trusted and _names_a_place(setting, value):
            raise InputError(
                f"{place}: {key} is not taken from a file that merely lies in the working folder, as that "
                f"could be a stranger's: if it is yours, add --config {path} to the command, or move the "
                f"line into {own_folder() / NAME}."
            )
        found[setting.variable] = Found(_taken(setting, value), path, line)
    return found


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:  # why it cannot be read is told when it is
        return True
    return True


def _text(path: Path) -> str:
    try:
        if not path.is_file():  # a pipe would be waited for, a device read without end
            what = "is no file" if path.exists() else "is not there"
            raise InputError(f"{path} {what}: give a file of settings, as 'storycheck init' writes one.")
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise InputError(f"Cannot read {path} ({error.strerror}): make it readable.") from error
    if len(data) > _LARGEST:
        raise InputError(f"{path} is larger than 1 MB: a file of settings has some lines.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}, line {line}: it is no UTF-8: save the file as UTF-8.") from error


def _flat(tables: Mapping[str, Any], groups: Iterable[str]) -> Iterable[tuple[str, Any]]:
    """Yield each value with its key, say ``model`` or ``group.days``."""
    for name, value in tables.items():
        if name in groups and isinstance(value, dict):
            yield from ((f"{name}.{within}", one) for within, one in value.items())
        else:
            yield name, value


def _lines(text: str) -> dict[str, int]:
    """Return the line that each key stands on, as well as can be told without parsing."""
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if heading := _HEADING.match(line):
            table = f"{heading[1]}."
            lines.setdefault(heading[1], number)
        elif entry := _ENTRY.match(line):
            lines.setdefault(table + entry[1], number)
    return lines


def _unknown(key: str, known: Mapping[str, Setting]) -> str:
    if _SECRETS.search(key.rpartition(".")[2]):
        return (
            "a key does not belong in a file of settings: put it into OPENAI_API_KEY, or into a file of its "
            "own that OPENAI_API_KEY_FILE names."
        )
    near = get_close_matches(key.replace("-", "_"), known, n=1, cutoff=0.5)
    meant = f"did you mean {near[0]}?" if near else "'storycheck init' writes a file with all there are."
    return f"there is no setting {key!r}: {meant}"


def _no_table(name: str, groups: Iterable[str]) -> str:
    tables = " or ".join(f"[{group}]" for group in sorted(groups))
    return (
        f"there is no table [{name}]: write settings of check at the top of the file, under no heading, and "
        f"those of other commands under {tables}."
    )


def _names_a_place(setting: Setting, value: Value) -> bool:
    """Tell whether ``value`` could lead articles to a stranger, or a run to files that are not the user's."""
    if setting.kind not in (str, Path) or setting.choices:
        return False
    if not isinstance(value, str):
        return True
    if setting.key == "model":
        return bool(re.search(r"(?i)\.gguf\s*$", value))
    if setting.key == "out":
        here = Path.cwd().resolve()
        return "://" in value or value.startswith("~") or not (here / value).resolve().is_relative_to(here)
    return True


def _taken(setting: Setting, value: Value) -> Value:
    """Return a value as the command takes it: a ~ is the user's folder, as a shell has it."""
    if isinstance(value, list):
        return [str(_taken(setting, one)) for one in value]
    is_path = setting.kind is Path or setting.name == "out"
    is_home = is_path and isinstance(value, str) and value.startswith("~")
    return str(Path(str(value)).expanduser()) if is_home else value
