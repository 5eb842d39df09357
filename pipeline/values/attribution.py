"""Who says it: the speaker that a sentence names for what it reports."""

import re
from typing import Final

from pipeline.values.quotations import Quotation, find_quotations
from schemas.record import Record, Span


class Attribution(Record):
    """A speaker as written at ``span``, with the verb of saying; whom a pronoun means stays open."""

    speaker: str
    span: Span
    verb: str
    is_pronoun: bool = False


_STRONG: Final = "said|says|told|announced|stated|wrote|tweeted|warned|insisted"
# These are as often no verbs of saying: they count only next to a quotation, a comma, a colon or "that".
_WEAK: Final = (
    "added|noted|claimed|continued|argued|acknowledged|confirmed|stressed|emphasised|emphasized|explained|declared"
    "|suggested|underscored|alleged|revealed|vowed|testified|conceded|urged|demanded|reported|asserted|admitted"
    "|denied|replied|cautioned|recalled|remarked|observed"
)
_VERB: Final = re.compile(rf"\b(?:(?P<strong>{_STRONG})|(?P<weak>{_WEAK}))\b", re.IGNORECASE)
_ACCORDING: Final = re.compile(r"\b[Aa]ccording to ")
# "It was he who put it best: “…”": who says it stands before "who", and a quotation follows.
_CLEFT: Final = re.compile(r"\b[Ii]t was (?P<np>[^,;:“”\0\"]{2,60}?) who [^;“”\0\"]{2,60}[:,] ?[“\"]\0")
_WORD: Final = r"[^\W_][\w’'.&-]{0,40}"
_NP_WORD: Final = re.compile(_WORD)
_PRONOUN: Final = re.compile(r"(?:he|she|they)", re.IGNORECASE)
_INSIDE: Final = "’'.&()- \u00a0"  # what may stand between the words of a speaker's name and office
_AUXILIARY: Final = re.compile(
    r"(?: (?:has|have|had|also|later|then|earlier|similarly|previously|once|openly|publicly|repeatedly"
    r"|further))+\Z"
)
_BREAKS: Final = frozenset(
    "that who which and but or as when while because if where is are was were be been to he's she's than "
    "so what whom whose it i we you not".split()
)
_AFTER: Final = re.compile(rf" (?P<np>(?:(?:the|a|an|one|another|[Tt]he) )?{_WORD}(?: {_WORD}){{0,11}})")
_NP_ENDS: Final = frozenset(
    "on in at during after before to from by with for while when who as about that and but using adding "
    "citing noting speaking yesterday today monday tuesday wednesday thursday friday saturday sunday late "
    "early last this earlier reporters following referring via through of".split()
)
_OFFICES: Final = frozenset(
    "ministry minister head chief director secretary spokesman spokeswoman spokesperson".split()
)
_LET_OF: Final = frozenset(("of", "for"))
_APPOSITION: Final = re.compile(r", [^,“”\"\n]{1,120},\Z")

_APPOSED_NAME: Final = re.compile(r", (?P<name>(?:[A-Z][\w’'.-]* ){1,3}[A-Z][\w’'-]*),")
_ROLE_ONLY: Final = re.compile(r"\b(?:the|its|their|his|her|[A-Z]\w+[’']s?) (?:[a-z][\w-]* ?){1,5}\Z")


def find_attribution(text: str) -> Attribution | None:
    """Return the speaker a sentence names for what it says, or None; the first where there are several."""
    found = _attributions(text)
    return found[0] if found else None


def speaker_of(text: str, quotation: Quotation) -> Attribution | None:
    """Return the speaker named nearest to a quotation of ``text``, outside all quotations."""
    start, end = quotation.span.start, quotation.span.end

    def distance(attribution: Attribution) -> tuple[bool, int]:
        span = attribution.span
        # "…," the mayor said, according to the Herald: the mayor's words.
        is_source = attribution.verb == "according to"
        return is_source, span.start - end if span.start >= end else start - span.end

    return min(_attributions(text), key=distance, default=None)


def _attributions(text: str) -> list[Attribution]:
    """Return all speakers named in ``text``, in order; the words inside quotations are not looked at."""
    pieces, reached = [], 0
    for quotation in find_quotations(text):
        start, end = quotation.span.start, quotation.span.end
        pieces += [text[reached:start], "\0" * (end - start)]
        reached = end
    plain = "".join([*pieces, text[reached:]])
    sources = (_phrase_after(plain, match.end() - 1) for match in _ACCORDING.finditer(plain))
    found = [_attribution(text, np, "according to") for np in sources if np]
    found += [
        _attribution(text, m.span("np"), "said") for m in _CLEFT.finditer(plain) if _is_speaker(m["np"])
    ]
    for match in _VERB.finditer(plain):
        if match["weak"] and not _is_saying(plain, match):
            continue
        inverted = _inverted(plain, match)
        is_last = inverted is not None and not plain[inverted[1] :].strip(" .")  # "…, says the mayor."
        np = inverted if is_last else _phrase_before(plain, match.start()) or inverted
        if np:
            found.append(_attribution(text, np, match[0].lower()))
    return sorted((a for a in found if a.speaker), key=lambda a: a.span.start)


def _attribution(text: str, np: tuple[int, int], verb: str) -> Attribution:
    speaker = text[np[0] : np[1]]
    return Attribution(
        speaker=speaker,
        span=Span(start=np[0], end=np[1]),
        verb=verb,
        is_pronoun=bool(_PRONOUN.fullmatch(speaker)),
    )


def _is_saying(plain: str, match: re.Match[str]) -> bool:
    """Tell whether a weak verb is one of saying here."""
    after = plain[match.end() : match.end() + 8]
    before = plain[max(0, match.start() - 60) : match.start()]
    return bool(re.match(r"[,.:]|\Z| that\b| [“\"‘]", after)) or bool(re.search(r"[,”\"’]", before))


def _phrase_before(plain: str, end: int) -> tuple[int, int] | None:
    """Return the noun phrase that ends where a verb starts: "A spokesman for the port", "Dr Ana Lind"."""
    window_start = max(0, end - 200)
    window = _AUXILIARY.sub("", plain[window_start:end].rstrip(), count=1)
    if window.endswith(","):
        apposition = _APPOSITION.search(window)
        if apposition is None:
            return None
        named = _APPOSED_NAME.fullmatch(apposition[0])
        window = window[: apposition.start()]
        if named and _ROLE_ONLY.search(window):  # "the farm minister, Ada Lind, told …"
            offset = window_start + apposition.start()
            return offset + named.start("name"), offset + named.end("name")
    at = len(window)
    while at and (window[at - 1].isalnum() or window[at - 1] in _INSIDE):
        at -= 1
    words = list(_NP_WORD.finditer(window, at))
    first = len(words)
    while first and words[first - 1][0].lower() not in _BREAKS:
        if first < len(words) and _ends_sentence(words[first - 1][0]):
            break
        first -= 1
    if first == len(words):
        return None
    start, stop = window_start + words[first].start(), window_start + len(window)
    return (start, stop) if _is_speaker(plain[start:stop]) else None


def _ends_sentence(word: str) -> bool:
    """Tell whether the full stop after a word ends a sentence, rather than an abbreviation or an initial."""
    return word.endswith(".") and not (word[0].isupper() and (len(word) <= 4 or "." in word[:-1]))


def _inverted(plain: str, match: re.Match[str]) -> tuple[int, int] | None:
    """Return the noun phrase after "said" where a quotation or a comma stands before the verb."""
    before = plain[max(0, match.start() - 3) : match.start()].rstrip()
    if not before.endswith((",", "”", '"', "’", "?", "!")):
        return None
    return _phrase_after(plain, match.end())


def _phrase_after(plain: str, position: int) -> tuple[int, int] | None:
    """Return the noun phrase that starts after ``position``, up to a preposition, a comma or a verb."""
    match = _AFTER.match(plain, position)
    if match is None:
        return None
    start, stop = match.start("np"), match.start("np")
    previous = ""
    for word in _NP_WORD.finditer(match["np"]):
        lower = word[0].lower()
        if lower in _NP_ENDS and not (lower in _LET_OF and previous in _OFFICES):
            break
        stop = start + word.end()
        previous = lower
    while stop > start and plain[stop - 1] in ".’'":
        stop -= 1
    if stop == start:
        return None
    phrase = plain[start:stop]
    # "said harbour master Ivo Marr": an office in lower case, and a name
    has_office = phrase[0].islower() and len(phrase.split()) > 2 and phrase.split()[-1][0].isupper()
    return (start, stop) if has_office or _is_speaker(phrase) else None


def _is_speaker(phrase: str) -> bool:
    """Tell whether a noun phrase can be a speaker: a pronoun, a name, or "the/a …" with a noun."""
    words = phrase.split()
    if not words or len(words) > 14:
        return False
    if _PRONOUN.fullmatch(phrase):
        return True
    if words[0].lower() in ("the", "a", "an", "one", "another", "his", "her", "its"):
        return len(words) > 1
    return phrase[0].isupper() and words[0].lower() not in (
        "it",
        "this",
        "that",
        "these",
        "in",
        "on",
        "at",
        "after",
        "as",
        "but",
        "and",
        "when",
        "while",
        "if",
        "for",
    )
