"""The fields of a row: what a dump calls them, and the article that they make."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from pipeline.errors import InputError
from pipeline.languages.names import code_of
from pipeline.reading.decode import NotText
from pipeline.reading.forms.kept import Kept
from pipeline.reading.forms.text import MAX_TEXT_BYTES, read_text
from pipeline.reading.metadata import Metadata, read_id, tidy, web_address
from pipeline.reading.published import parse_date, plausible

NAMES: Final = ("text", "title", "outlet", "published", "url", "id", "language")
LONGEST_FIELD: Final = 3 * MAX_TEXT_BYTES  # bytes: what is quoted grows
_SHOWN: Final = 8  # names of fields that a reason lists
_LACKING: Final = object()

Fields = Mapping[str, str]  # ours to theirs, where they differ


def read_fields(given: Iterable[str]) -> dict[str, str]:
    """Return the fields of ``given``, such as "outlet=source". Raises InputError for what is none."""
    fields: dict[str, str] = {}
    for pair in given:
        ours, equals, theirs = pair.partition("=")
        if not equals or not theirs or ours not in NAMES:
            raise InputError(
                f"--field takes OURS=THEIRS, with one of {', '.join(NAMES)} before the sign, such as "
                "outlet=source."
            )
        if ours in fields:
            raise InputError(f"--field gives {ours} twice: a field has one name.")
        fields[ours] = theirs
    return fields


class Unmet:
    """The names that were given for fields, as long as no row has them."""

    def __init__(self, fields: Fields) -> None:
        self._fields = {ours: theirs for ours, theirs in fields.items() if ours != "text"}
        self._first: Mapping[str, object] = {}

    def look(self, found: Mapping[str, object]) -> None:
        """Strike out the names that the row ``found`` has, be it without a value."""
        if not self._fields:
            return
        self._first = self._first or found
        self._fields = {
            o: theirs for o, theirs in self._fields.items() if _value(found, theirs, _LACKING) is _LACKING
        }

    def told(self) -> str | None:
        """Return what is wrong with them; None where each was found."""
        if not self._fields or not self._first:
            return None
        named = ", ".join(f"{ours}={theirs}" for ours, theirs in self._fields.items())
        return f"no row has what --field {named} names (the first has: {_names_in(self._first)})"


def article(found: Mapping[str, object], fields: Fields) -> Kept:
    """Return the article that a row is. Raises NotText where it is none, or a field cannot be used."""
    name = fields.get("text", "text")
    text = _value(found, name)
    if not isinstance(text, str):
        raise NotText(_lacking(found, name))
    if not text.strip():
        raise NotText(f"its {name} is empty")
    title, outlet, stamp, url = (
        _text_of(found, ours, fields.get(ours, ours)) for ours in ("title", "outlet", "published", "url")
    )
    spoken = _value(found, fields.get("language", "language"))
    language = code_of(spoken) if isinstance(spoken, str) else None
    day, note = _day(stamp)
    kept = read_text(text.encode())
    given_id = read_id(_value(found, fields.get("id", "id")))
    known = Metadata(tidy(title), tidy(outlet), day, note, language, url=web_address(url), given_id=given_id)
    return kept.model_copy(update={"known": known.over(kept.known)})


def _text_of(found: Mapping[str, object], ours: str, theirs: str) -> str:
    """Return the text of a field, "" where there is none. Raises NotText where it is anything else."""
    value = _value(found, theirs)
    if isinstance(value, dict) and value:
        raise NotText(
            f"{theirs} holds {_names_in(value)}: name one of them, as in --field "
            f"{ours}={theirs}.{tidy(str(next(iter(value))))}"
        )
    if not isinstance(value, str | None):
        raise NotText(f"{theirs} must be text")
    return value or ""


def _value(found: Mapping[str, object], name: str, lacking: object = None) -> object:
    """Return the field ``name``, or the one that "source.name" leads to, else ``lacking``."""
    if name in found or "." not in name:
        return found.get(name, lacking)
    inner: object = found
    for part in name.split("."):
        inner = inner.get(part, lacking) if isinstance(inner, dict) else lacking
    return inner


def _lacking(found: Mapping[str, object], name: str) -> str:
    if _value(found, name) is not None:
        return f"its {name} is no text"
    return (
        f"no field {name!r} (its fields: {_names_in(found)}): name the one with the text by --field text=NAME"
        ", and so title, outlet, published, url and id"
    )


def _names_in(found: Mapping[str, object]) -> str:
    has = ", ".join(tidy(str(key)) or "" for key in list(found)[:_SHOWN]) or "none"
    return f"{has}, ..." if len(found) > _SHOWN else has


def _day(stamp: str) -> tuple[date | None, tuple[str, ...]]:
    stamp = tidy(stamp) or ""
    # A time of day may follow in any of its forms: the day is what counts.
    day = parse_date(stamp) or parse_date(stamp[:10]) if stamp else None
    day = plausible(day) if day else None
    note = f"published {stamp!r} is not one clear date and was not used"
    return day, (note,) if stamp and day is None else ()
