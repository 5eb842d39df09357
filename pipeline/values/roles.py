"""Who does it where one alone can: leads an inquiry, wrote a report, owns a firm, drives a train."""

import re
from collections.abc import Iterator
from typing import Final

from pipeline.values.facts import Fact
from pipeline.values.names import NameKind, NameSpan
from pipeline.values.passage import Read
from pipeline.values.words import find_words, stems
from schemas.contradiction import ConflictKind
from schemas.record import Span

# Each relation with the forms of its verbs; the participle is what stands before "by".
_ACTS: Final = {
    "led": "lead|leads|led|leading|head|heads|headed|heading|chair|chairs|chaired|chairing|command|commands"
    "|commanded|commanding|captain|captained|captaining|skippered|directs|directed|directing",
    "written": "wrote|writes|written|writing|authored|drafted|drafts|compiled|compiles|penned",
    "owned": "owns|own|owned|owning",
    "founded": "founded|set up|established",
    "designed": "designed|designs|designing",
    "built": "built|constructed",
    "bought": "bought|acquired",
    "won": "won|wins",
}
_FORMS: Final = "|".join(_ACTS.values())
_OF_FORM: Final = {form: act for act, forms in _ACTS.items() for form in forms.split("|")}
_DOER: Final = (
    r"(?:(?:the|an?|its|his|her) )?(?:[^\W_A-Z][\w’'-]*,? ){0,5}"
    r"(?:(?:Dr|Mr|Mrs|Ms|Prof|Sir)\.? |[A-Z][a-z]+ )?"
)
_BY: Final = re.compile(rf"\b(?P<verb>{_FORMS}) by {_DOER}\Z")
_HANDS: Final = re.compile(rf"\bin (?:the hands|charge) of {_DOER}\Z|\bunder the command of {_DOER}\Z")
_AUX: Final = (
    r"(?:,? (?:who|that|will|is|was|has|had|been|be|to|now|also|are|were|would|then|himself|herself))*"
)
_DOES: Final = re.compile(
    rf"(?:, [^,;:.“”]{{1,80}},)?{_AUX} (?:(?P<verb>{_FORMS})|in (?:charge|command) of|at the head of)"
    r" (?:the|its|his|her|this|their) (?P<what>[^\W_][\w’'-]*(?: [^\W_][\w’'-]*){0,4})"
)
_NOUN_ENDS: Final = frozenset(
    "of into in for to that which who on at from and or with after before by when while since as until out "
    "off up down over is was are were has had will would during against about".split()
)
# Of these there are many: two of them may have two leaders.
_MANY: Final = frozenset(
    stems("delegation team group party crew march protest rally unit squad army force side family".split())
)
_NOT_WHAT: Final = frozenset("way field race list table charge world rise fall".split())
_INQUIRIES: Final = {"investig": "inquiri", "probe": "inquiri", "enquiri": "inquiri"}


def doers(read: Read) -> Iterator[Fact]:
    """Yield who leads, wrote, owns (and so on) what: "a report written by X", "X, who heads the inquiry"."""
    for name in read.names:
        if name.kind is NameKind.country or _is_of_others(read, name):
            continue
        start, end = name.span.start, name.span.end
        before, after = read.text[max(0, start - 120) : start], read.text[end : end + 200]
        passive = _BY.search(before) or _HANDS.search(before)
        if passive:
            act = _OF_FORM.get(passive.groupdict().get("verb") or "", "led")
            about = _subject(read, start - len(before) + passive.start())
        elif active := _DOES.match(after):
            act = _OF_FORM.get(active["verb"] or "", "led")
            about = _stems(_head(active["what"]))
        else:
            continue
        if about and not about & _NOT_WHAT:
            beside = 2 if about & _MANY else 0
            yield Fact(act, about, name.text, name.span, ConflictKind.entity, "", beside)


_NAMING: Final = "named|appointed|picked|chose|chosen|elected|selected|nominated|hired"
_NAMED_BEFORE: Final = re.compile(
    rf"\b(?P<who>[a-z]{{3,}}) (?:has |had |have )?(?:now |already )?(?:{_NAMING}) (?:(?:Dr|Mr|Mrs|Ms) )?\Z"
)
_NAMED_AFTER: Final = re.compile(
    rf"(?:, [^,;:.]{{1,60}})?, whom the (?P<who>[a-z]{{3,}}) (?:has |had |have )?(?:{_NAMING})\b"
    rf"|(?:,[^,;:.]{{1,60}},)? (?:was|has been|had been) (?:{_NAMING}) by the (?P<by>[a-z]{{3,}})\b"
)


def appointed(read: Read) -> Iterator[Fact]:
    """Yield whom a body appointed; the sentences must share two more words, or a word and the day."""
    for name in read.names:
        if name.kind not in (NameKind.person, NameKind.other) or _is_of_others(read, name):
            continue
        before = read.text[max(0, name.span.start - 60) : name.span.start]
        found = _NAMED_BEFORE.search(before) or _NAMED_AFTER.match(read.text, name.span.end)
        if found:
            who = found.groupdict().get("who") or found.groupdict().get("by") or ""
            yield Fact("appointed", _stems(who), name.text, name.span, ConflictKind.entity, "", 2)


def _is_of_others(read: Read, name: NameSpan) -> bool:
    """Tell whether a name is one of several, as in "led by X and Y": then a third may be right as well."""
    after = read.text[name.span.end : name.span.end + 6]
    return bool(re.match(r"(?:,? and|,? or| &) ?[A-Z]?", after)) or after.startswith(("’s", "'s"))


def _subject(read: Read, verb: int) -> frozenset[str]:
    """Return the words of the thing that a passive verb at ``verb`` tells of."""
    before = read.text[max(0, verb - 100) : verb]
    clause = re.split(r"[,;:.—“”]", before)[-1]
    words = re.split(
        r"\b(?:that|which|who|is|was|were|are|will|has|had|have|been|be|of|into|in|for|on)\b", clause
    )
    head = next((part for part in words if _stems(part)), "")
    return _stems(head)


def _head(what: str) -> str:
    """Return the noun phrase at the start of ``what``: "inquiry into the leak" is about an inquiry."""
    kept: list[str] = []
    for word in what.split():
        if word.lower() in _NOUN_ENDS:
            break
        kept.append(word)
    return " ".join(kept)


def _stems(text: str) -> frozenset[str]:
    return frozenset(_INQUIRIES.get(word.key, word.key) for word in find_words(text) if word.is_content)


# Offices that one person has at a time, in one place or firm.
_OFFICES: Final = (
    "driver|pilot|co-pilot|captain|skipper|conductor|mayor|deputy mayor|governor|chairman|chairwoman|chair"
    "|president|vice-president|prime minister|premier|owner|founder|head ?teacher|fire chief|police chief"
    "|harbour master|harbor master|referee|goalkeeper|head coach|coach|editor|archbishop|bishop|architect"
    "|chief executive|managing director|director|coroner|coxswain|commander|treasurer|finance director"
)
_BEFORE: Final = re.compile(
    rf"(?P<whose>[A-Z][\w-]*[’']s? )?\b(?P<office>{_OFFICES})(?:,|(?P<of> of [^,;.]{{2,40}}),)?"
    r" (?:Dr |Mr |Mrs |Ms )?\Z",
    re.IGNORECASE,
)
_AFTER: Final = re.compile(
    r"(?:, \d{1,3})?, (?:(?:the|its|his|her|their) |(?P<whose>[A-Z][\w-]*[’']s? ))?(?:\w+ )?"
    rf"(?P<office>{_OFFICES})"
    r"(?= of |[,.]| in | on )(?P<of> of [^,;.]{2,40})?",
    re.IGNORECASE,
)


def office_holders(read: Read) -> Iterator[Fact]:
    """Yield who holds an office that one alone holds; the sentences must have two more words in common."""
    for name in read.names:
        if name.kind not in (NameKind.person, NameKind.other) or _is_of_others(read, name):
            continue
        before = read.text[max(0, name.span.start - 80) : name.span.start]
        found = _BEFORE.search(before) or _AFTER.match(read.text, name.span.end)
        if found is None:
            continue
        if re.search(
            r"\b(?:former|ex|deputy|then|acting|late|assistant|old)[ -]\Z",
            found.string[: found.start("office")],
            re.I,
        ):
            continue
        office = found["office"].lower().replace(" ", "").replace("harbor", "harbour")
        whose = (found["whose"] or found["of"] or "").strip()
        whose = re.sub(r"[’']s?\Z", "", re.sub(r"\A(?:of (?:the )?)", "", whose))
        about = frozenset((office,))
        yield Fact(
            "office",
            about,
            name.text,
            name.span,
            ConflictKind.entity,
            whose if whose[:1].isupper() else "",
            2,
        )


_AGE_AFTER: Final = re.compile(r",? (?:\((?P<b>\d{1,3})\)|(?:aged )?(?P<a>\d{1,3})(?=[,.]| and | who ))")
_AGE_BEFORE: Final = re.compile(r"\b(?P<a>\d{1,3})-year-old (?:[^\W_A-Z][\w-]* ){0,3}\Z")


def ages(read: Read) -> Iterator[Fact]:
    """Yield how old a named person is: "Ann Lee, 58,", "the 58-year-old baker Ann Lee"."""
    for name in read.names:
        if len(name.text.split()) < 2 and name.kind is not NameKind.person:
            continue
        after = _AGE_AFTER.match(read.text, name.span.end)
        before = _AGE_BEFORE.search(read.text[max(0, name.span.start - 60) : name.span.start])
        if after:
            start, end = after.span("a" if after["a"] else "b")
        elif before:
            start, end = before.span("a")
            start, end = start + max(0, name.span.start - 60), end + max(0, name.span.start - 60)
        else:
            continue
        age = int(read.text[start:end])
        if 0 < age < 120:
            span = Span(start=start, end=end)
            yield Fact("age", frozenset(), age, span, ConflictKind.quantity, name.text)
