"""Which language is read by what: the one place where a language chooses its rules."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pipeline.languages.english import English
from pipeline.languages.french import FRENCH
from pipeline.languages.german import GERMAN
from pipeline.languages.korean import KOREAN
from pipeline.languages.reader import Reader
from pipeline.languages.spanish import SPANISH
from pipeline.languages.worded import Worded
from schemas.article import READ_WITHOUT_LANGUAGE

READERS: Final[Mapping[str, Reader]] = MappingProxyType(
    {
        "en": English(),
        "de": Worded(GERMAN),
        "es": Worded(SPANISH),
        "fr": Worded(FRENCH),
        "ko": Worded(KOREAN),
    }
)
_ANY: Final = Reader()


def reader_of(language: str | None) -> Reader:
    """Return what reads text in ``language`` (ISO 639-1); one that is not known is read as English."""
    return READERS.get(language or READ_WITHOUT_LANGUAGE, _ANY)
