"""The names of languages by their codes of two letters (ISO 639-1), as the report tells them."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

NAMES: Final[Mapping[str, str]] = MappingProxyType(
    dict(
        pair.split("=")
        for pair in (
            "af=Afrikaans am=Amharic ar=Arabic az=Azerbaijani be=Belarusian bg=Bulgarian bn=Bengali "
            "bs=Bosnian ca=Catalan cs=Czech cy=Welsh da=Danish de=German el=Greek en=English es=Spanish "
            "et=Estonian eu=Basque fa=Persian fi=Finnish fr=French ga=Irish gl=Galician gu=Gujarati "
            "ha=Hausa he=Hebrew hi=Hindi hr=Croatian hu=Hungarian hy=Armenian id=Indonesian is=Icelandic "
            "it=Italian ja=Japanese ka=Georgian kk=Kazakh km=Khmer kn=Kannada ko=Korean ku=Kurdish "
            "ky=Kyrgyz lo=Lao lt=Lithuanian lv=Latvian mk=Macedonian ml=Malayalam mn=Mongolian mr=Marathi "
            "ms=Malay mt=Maltese my=Burmese ne=Nepali nl=Dutch no=Norwegian pa=Punjabi pl=Polish ps=Pashto "
            "pt=Portuguese ro=Romanian ru=Russian si=Sinhala sk=Slovak sl=Slovenian so=Somali sq=Albanian "
            "sr=Serbian sv=Swedish sw=Swahili ta=Tamil te=Telugu th=Thai tl=Tagalog tr=Turkish uk=Ukrainian "
            "ur=Urdu uz=Uzbek vi=Vietnamese yo=Yoruba zh=Chinese zu=Zulu"
        ).split()
    )
)
_TAG: Final = re.compile(r"([A-Za-z]{2})(?:[-_][A-Za-z0-9]{1,8}){0,4}")
_OTHER_CODES: Final = {"nb": "no", "nn": "no", "iw": "he", "in": "id"}


def code_of(tag: str) -> str | None:
    """Return the code of a language tag ("de" of "de-AT", "de_DE"), or None where it names no known one."""
    match = _TAG.fullmatch(tag.strip())
    code = match[1].lower() if match else ""
    code = _OTHER_CODES.get(code, code)
    return code if code in NAMES else None


def language_name(code: str) -> str:
    """Return the English name of the language ``code``, or the code where none is known."""
    return NAMES.get(code, code)
