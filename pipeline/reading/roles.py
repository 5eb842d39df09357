"""What each paragraph is on its page: headline, prose, caption, byline, or furniture that nobody reports.

Precision first: furniture is a short line that matches an anchored pattern, or that says again what stands
above it. What no rule knows is prose: a claim drawn from a stray line does less harm than a fact left out.
"""

import re
from collections.abc import Sequence
from typing import Final

from pipeline.reading.furniture import is_furniture, is_prompt, opens_list
from pipeline.reading.published import is_date_line, stamps
from schemas.article import Role

_SHORT: Final = 160  # code points of a line that may be furniture or a byline
_CAPTION: Final = 320
_ENDING: Final = (".", "!", "?", "…", "。", "！", "？")
_CLOSING: Final = (*_ENDING, ":", ";", ",")
_QUOTES: Final = "\"'”’»)]"

_CAPS: Final = r"[A-ZÀ-ÖØ-Þ][\w.'’-]*"
_NAME: Final = rf"{_CAPS}(?: (?:{_CAPS}|de|del|van|von|der|den|la|le|al|bin|ibn|ben|da|dos|el)){{1,4}}"
_BY: Final = re.compile(
    rf"(?:[—–*_-]\s?)?(?:[Bb]y|BY|Von|VON|Par|PAR|Por|POR|(?:Words|Story|Text|Report|Analysis|Written"
    r"|Reported) by):?\s"
    rf"(?:{_NAME}|Staff|Reuters|AFP|AP)(?:(?:,? and |, | & | in | at |,? for | [|/·•–—-] ).{{1,100}})?"
)
_NAME_IN_PLACE: Final = rf"{_NAME},? in {_CAPS}(?: {_CAPS}){{0,3}}"
_REPORTER: Final = re.compile(r"[가-힣]{2,4} ?(?:기자|특파원)(?: [\w.+-]{1,40}@[\w.-]{1,60})?")
_FROM: Final = re.compile(rf"{_NAME_IN_PLACE}(?:(?:, (?:and )?| and | & ){_NAME_IN_PLACE}){{0,4}}")
_STAFF: Final = re.compile(
    rf"{_NAME}(?:,| [|–—-]) [^.!?]{{0,40}}"
    r"\b(?i:correspondent|editor|reporter|writer|bureau|staff|columnist|desk)\b[^.!?]{0,40}"
)
_JOB: Final = (
    r"(?:[A-Z][\w-]+,? |(?:our|own|a|staff|senior|chief|special|political|foreign) ){0,4}"
    r"(?i:reporters?|correspondents?|columnists?|(?:staff|senior) writers?|editors?|bureau chief)"
)
_JOB_ALONE: Final = re.compile(_JOB)
_SIGNED: Final = re.compile(rf"(?:[Bb]y|BY) (?:{_NAME}(?: and {_NAME})?,? )?{_JOB}\.?")
_WORKED: Final = re.compile(
    r"\(?(?i:(?:additional |with )?(?:reporting|writing|editing|edited|written|compiled|research)"
    r"(?: and (?:reporting|writing|editing))? by )(.{3,160})"
)
_WORKED_WORD: Final = re.compile(
    rf"{_CAPS}|(?i:and|additional|reporting|writing|editing|edited|written|research|by|in|of|for|the)"
)

_AGENCY: Final = (
    r"(?:AP|AFP|Reuters|Getty(?: Images)?|EPA|EPA-EFE|EFE|Yonhap|Xinhua|TASS|Tass|KCNA|UPI|PA|ANSA|dpa|DPA"
    r"|Kyodo|ANI|PTI|IANS|Bloomberg|Shutterstock|Alamy|Associated Press|Press Association|Anadolu|NurPhoto"
    r"|Handout|File photo|Pool)"
)
_PICTURE: Final = re.compile(
    r"(?:photo(?:graph(?:y|er|s)?|s)?|image|picture|illustration|graphic|credit|source|video)s?(?: credits?)?"
    r"(?:\s(?:by|courtesy(?: of)?|via)\s|\s?[:©]\s?)",
    re.IGNORECASE,
)
_CREDIT_WORD: Final = re.compile(
    r"[A-ZÀ-ÖØ-Þ0-9©][\w.'’&-]*|via|for|of|and|the|by|from|de|van|von|al|photo|pool|file|courtesy|handout"
)
_ENDS_IN_AGENCY: Final = re.compile(rf"(?:.*[,|–—-] ?|.*\bvia )?{_AGENCY}(?: Photo| photo)?")
_TRAILING_CREDIT: Final = re.compile(r"\s*[(\[]([^()\[\]]{2,90})[)\]]\s*$")
_CAPTION_LABEL: Final = re.compile(
    r"(?:FILE(?: PHOTO)?\s?[:–—-]|(?:caption|pictured|photo|image|picture)\s?:|pictured (?:above|below))"
    r"\s?\S",
    re.IGNORECASE,
)


def paragraph_roles(paragraphs: Sequence[str]) -> list[Role]:
    """Return the role of each of an article's ``paragraphs``, which are in order and stripped."""
    lines = [" ".join(paragraph.split()) if len(paragraph) <= 2000 else paragraph for paragraph in paragraphs]
    body = [at for at, line in enumerate(lines) if _is_body(line)]
    head, tail = (body[0], body[-1]) if body else (len(lines), -1)
    roles: list[Role] = []
    seen: set[str] = set()
    is_list = False  # below "Most read" or the like, until a line that is no furniture
    for at, line in enumerate(lines):
        is_edge = at < head or at > tail
        role = _by_shape(line, is_first=at == 0, is_edge=is_edge)
        if role is None and roles and roles[-1] is Role.byline and _JOB_ALONE.fullmatch(line):
            role = Role.byline  # "By Ann Roe", and below it "Staff reporter"
        role = role or _by_context(lines, at, seen, (head, tail))
        is_below = bool(roles) and roles[-1] is Role.furniture and (is_list or at > tail >= 0)
        if role in (Role.prose, Role.headline) and is_below and len(line) <= 120 and not _is_closed(line):
            role = Role.furniture  # the title of another article, or the page's foot
        is_list = role is Role.furniture and (is_list or opens_list(line))
        if role in (Role.prose, Role.headline, Role.caption):
            seen.add(_key(line))
        roles.append(role)
    return roles


def sentence_role(sentence: str, paragraph: str, role: Role) -> Role:
    """Return the role of one sentence of a ``paragraph`` with ``role``.

    It may be signed, end in a credit, or be a report's own sentence on one line with a prompt.
    """
    if role is Role.furniture and _follows_prompt(sentence, paragraph):
        return Role.prose
    if sentence == paragraph or role in (Role.furniture, Role.byline) or len(sentence) > _SHORT:
        return role
    if sentence.startswith(("(", "Additional reporting by ")) and _names_staff(sentence):
        return Role.byline
    if _SIGNED.fullmatch(sentence):
        return Role.byline
    if is_prompt(sentence):
        return Role.furniture
    is_credit = _TRAILING_CREDIT.fullmatch(sentence) is not None and _is_credit(sentence)
    return Role.furniture if is_credit or not any(char.isalnum() for char in sentence) else role


def _follows_prompt(sentence: str, paragraph: str) -> bool:
    """Tell whether a whole ``sentence`` stands behind a prompt, and is none: no title of another article."""
    return (
        not paragraph.startswith(sentence)
        and is_furniture(paragraph)
        and sentence.rstrip(_QUOTES).endswith(_ENDING)
        and not is_furniture(sentence)
    )


def _by_shape(line: str, *, is_first: bool, is_edge: bool) -> Role | None:
    """Judge a line by itself; null where its neighbours have to decide."""
    if not any(char.isalnum() for char in line[:_CAPTION]) and len(line) <= _CAPTION:
        return Role.furniture
    is_heading = line.startswith("#") and line.lstrip("#").startswith(" ") and len(line) <= _CAPTION
    is_title = is_first and (is_heading or len(line.split()) > 3)  # it may begin in the same way
    if is_furniture(line) and not is_title:
        return Role.furniture
    if is_heading:
        return Role.headline
    if _is_byline(line, is_first=is_first, is_edge=is_edge):
        return Role.byline
    if not is_first and _is_credit(line):
        return Role.furniture
    return None


def _by_context(lines: Sequence[str], at: int, seen: set[str], body: tuple[int, int]) -> Role:
    """Judge a line by its neighbours; ``body`` holds the positions of the first and last running text."""
    line, (head, tail) = lines[at], body
    key = _key(line)
    if len(key) >= 12 and key in seen:
        return Role.furniture
    following = lines[at + 1 : at + 3]
    if at > 0 and not _is_closed(line) and any(_is_cut_short(line, other) for other in following):
        return Role.furniture
    if at > 0 and any(_is_same_with_credit(lines[other], line) for other in range(max(0, at - 2), at)):
        return Role.furniture
    if at > 0 and len(line) <= _CAPTION and _is_caption(line, following):
        has_credit = bool(following) and _is_credit(following[0])
        is_cut = line.endswith(("…", "...")) or (has_credit and len(line) >= 80 and not _is_closed(line))
        return Role.furniture if is_cut else Role.caption
    limit = 200 if at < head else 70
    is_heading = len(line) <= limit and not _is_closed(line) and (at < tail or (at == 0 and len(lines) > 1))
    return Role.headline if is_heading and not line.startswith(("•", "- ", "* ", "“", '"')) else Role.prose


def _is_body(line: str) -> bool:
    """Tell whether a line is surely running text: long enough, and closed like a sentence."""
    return len(line) >= 60 and _is_closed(line) and not line.startswith("#") and not is_furniture(line)


def _is_closed(line: str) -> bool:
    return line.rstrip(_QUOTES).endswith(_CLOSING)


def _is_byline(line: str, *, is_first: bool, is_edge: bool) -> bool:
    if len(line) > _SHORT:
        return False
    if _names_staff(line) or is_date_line(line) or _SIGNED.fullmatch(line):
        return True
    plain = line.strip("*_ ")
    if _is_closed(plain) and not stamps(plain):
        return False
    if _BY.fullmatch(plain) or _REPORTER.fullmatch(plain):
        return True
    return (
        is_edge
        and not is_first
        and bool(_FROM.fullmatch(plain) or _STAFF.fullmatch(plain) or _is_stamped(plain))
    )


def _names_staff(line: str) -> bool:
    """Tell whether a line only says who worked on it: "(Reporting by Ann Roe; editing by Jo Lee)"."""
    match = _WORKED.fullmatch(line) if len(line) <= _SHORT else None
    words = re.split(r"[\s,;:/()]+", match[1].rstrip(".)")) if match else []
    return bool(words) and all(_WORKED_WORD.fullmatch(word) for word in words if word)


def _is_stamped(line: str) -> bool:
    """Tell whether a short line carries a labelled date: "Jane Roe · Published 3 August 2023"."""
    return len(line) <= 100 and any(stamp.is_labelled for stamp in stamps(line))


def _is_credit(line: str) -> bool:
    """Tell whether a line names only who took or sent a picture: "Jane Roe/Samplewire", "(AFP)"."""
    bare = line.strip("()[] *_")
    if len(bare) > 90 or not bare or bare.endswith((".", "!", "?")):
        return False
    label = _PICTURE.match(bare)
    words = [word for word in re.split(r"[\s/|,;:–—-]+", bare[label.end() :] if label else bare) if word]
    if not words or len(words) > 12 or not all(_CREDIT_WORD.fullmatch(word) for word in words):
        return False
    if label or _ENDS_IN_AGENCY.fullmatch(bare):
        return True
    return len(words) > 1 and ("/" in bare.strip("/") or " via " in bare)


def _is_caption(line: str, following: Sequence[str]) -> bool:
    if _CAPTION_LABEL.match(line):
        return True
    credit = _TRAILING_CREDIT.search(line[-100:])
    if credit and following and _is_credit(credit[1]) and len(line) > len(credit[0]):
        return True
    if following and _is_credit(following[0]):
        return True
    return any(_key(line) == _key(other) or _is_same_with_credit(line, other) for other in following)


def _key(line: str) -> str:
    """Return what two copies of a line have in common: no credit in brackets, no punctuation, no case."""
    if len(line) > 2000:
        return line
    credit = _TRAILING_CREDIT.search(line[-100:])
    bare = line[: len(line) - len(credit[0])] if credit and _is_credit(credit[1]) else line
    return "".join(char for char in bare.casefold() if char.isalnum())


def _is_same_with_credit(line: str, longer: str) -> bool:
    """Tell whether ``longer`` is ``line`` with a credit written behind it."""
    bare = line.rstrip(".")
    if len(bare) < 30 or not longer.startswith(bare):
        return False
    rest = longer[len(bare) :].strip(" .|–—-")
    return bool(rest) and _is_credit(rest)


def _is_cut_short(line: str, longer: str) -> bool:
    """Tell whether ``line`` is the beginning of ``longer``, cut off."""
    bare = line.rstrip(". …")
    return (
        30 <= len(bare) < len(longer) and longer.startswith(bare) and not _is_same_with_credit(line, longer)
    )
