"""Sentences of an article with exact offsets, and what each of them is on its page.

Written for news prose and rule-based on purpose: offsets are exact by construction, the time is linear in the
length of the text, and a wrong cut can be read off the rules. In doubt two sentences stay together: a quote
that is a sentence too long still shows what was said, half a sentence may not.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Final

from pipeline.languages.breaks import Breaks, breaks_of
from pipeline.reading.dateline import read_dateline
from pipeline.reading.roles import paragraph_roles, sentence_role
from schemas.article import Role, Sentence
from schemas.record import Span

LONGEST_SENTENCE: Final = 2000  # code points; text without any sentence end is cut at white space here
DATELINE_WITHIN: Final = 3  # paragraphs of prose from the top: a prompt or a standfirst may come before it

_NEXT: Final = re.compile(r"(?P<space>\s*)(?P<open>[“„\"'‘«»‚(\[¿¡]*)(?P<word>[^\W_]*)")
_BULLET: Final = re.compile(r"[•‣▪◦●*+–—-]\s|\d{1,3}[.)]\s|[#>|]")
_HEADING: Final = re.compile(r"(#{1,6})[ \t]+(?=\S)")  # in Markdown; the mark is no part of the headline
_GLUED: Final = re.compile(r"[다요죠까][.!?][“‘\"']?[가-힣]")
_ENUMERATOR: Final = re.compile(r"\d{1,3}|[^\W\d_]|[ivx]{1,4}|[IVX]{1,4}")
_DOTTED: Final = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
_PLAIN: Final = re.compile(r"[^\W\d_]{3,}(?:[’'-][^\W\d_]+)*")
_SAID: Final = re.compile(
    r"\s*(?:[A-ZÀ-ÖØ-Þ][\w.’'-]{0,40}\s){1,4}(?:said|says|asked|asks|added|adds|wrote|writes|told|replied|wondered|"
    r"shouted|cried|demanded|continued|tweeted|posted|warned|insisted|joked)\b(?P<stop>\s?[.,;:])?"
)


_AFTER_HOUR: Final = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day$|(?:Jan|Febr)uary$|March$|April$|May$|June$|July$|August$"
    r"|(?:Septem|Octo|Novem|Decem)ber$|Eastern$|Central$|Mountain$|Pacific$|[A-Z]{2,5}$"
)


@cache
def _end(closing: str) -> re.Pattern[str]:
    """Return what may end a sentence, where ``closing`` are the marks that close a quotation."""
    return re.compile(
        r"(?P<mark>\.(?:[^\S\r\n]\.){2,}|[.!?…。！？؟।]+)"
        rf"(?P<close>(?:[^\S\r\n]?[{closing}]|[\"'’)\]])*(?:\[\d{{1,3}}\])*)"
    )


def split_sentences(
    text: str, start: int = 0, most: int | None = None, language: str | None = None
) -> tuple[Sentence, ...]:
    """Split ``text`` from offset ``start`` on into sentences, numbered from 1, each with its role.

    Spans are in code points of ``text``, ascending, disjoint, without outer white space, and together cover
    every character from ``start`` on that is not white space. With ``most``, the splitting ends with the
    first sentence beyond that many, so that a text of too many costs little.
    """
    paragraphs = _paragraphs(_lines(text, start), text)
    if most is not None:
        paragraphs = paragraphs[: most + 1]
    roles = paragraph_roles([text[begin:end] for begin, end in paragraphs])
    sentences: list[Sentence] = []
    leads = [number for number, role in enumerate(roles, 1) if role is Role.prose][:DATELINE_WITHIN]
    breaks = breaks_of(language)
    for number, ((begin, end), role) in enumerate(zip(paragraphs, roles, strict=True), 1):
        heading = _HEADING.match(text, begin, end) if role is Role.headline else None
        marks = [heading.span(1)] if heading else []
        start = heading.end() if heading else begin
        paragraph = text[start:end]
        for first, last in (*marks, *_cuts(text, start, end, breaks)):
            span = Span(start=first, end=last)
            own = sentence_role(text[first:last], paragraph, role)
            opens = first == begin and number in leads
            dateline = read_dateline(text[first:last]) if opens else None
            sentences.append(
                Sentence(
                    number=len(sentences) + 1,
                    span=span,
                    role=own,
                    paragraph=number,
                    dateline=dateline.size if dateline else 0,
                )
            )
            if most is not None and len(sentences) > most:
                return tuple(sentences)
    return tuple(sentences)


def _lines(text: str, start: int) -> list[tuple[int, int]]:
    """Return the stripped extent of every line from ``start`` on; a blank line is an empty one."""
    lines = []
    for line in text[start:].splitlines(keepends=True):
        begin = start + len(line) - len(line.lstrip())
        lines.append((begin, begin + len(line.strip())))
        start += len(line)
    return lines


def _paragraphs(lines: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Join the lines of a hard-wrapped text; else every line is a paragraph, as in pasted news."""
    full = [(begin, end) for begin, end in lines if end > begin]
    if not _is_hard_wrapped(lines, text):
        return full
    width = max(end - begin for begin, end in full if end - begin <= 100)
    joined: list[tuple[int, int]] = []
    for previous, (begin, end) in pairwise([(0, 0), *lines]):
        if end == begin:
            continue
        # A line that leaves much of the width free ended on purpose: a title, a byline.
        goes_on = previous[1] - previous[0] >= 0.6 * width and text[previous[0]] != "#"
        if goes_on and not _BULLET.match(text, begin, end):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined


def _is_hard_wrapped(lines: list[tuple[int, int]], text: str) -> bool:
    """Tell whether blank lines part the paragraphs and lines within them break where they are full."""
    lengths = [end - begin for begin, end in lines if end > begin]
    inner = [a for a, b in pairwise(lines) if a[1] > a[0] and b[1] > b[0]]
    has_blocks = 3 <= len(inner) < len(lengths) - 1
    if not has_blocks or sum(length > 100 for length in lengths) > 0.1 * len(lengths):
        return False
    full = sum(50 <= end - begin <= 90 for begin, end in inner)
    closed = sum(text[end - 1] in ".!?”" for _, end in inner)
    return full >= 0.6 * len(inner) and closed < 0.5 * len(inner)


def _cuts(text: str, begin: int, end: int, breaks: Breaks) -> Iterator[tuple[int, int]]:
    """Yield the extents of the sentences of one paragraph."""
    for match in _end(breaks.closing).finditer(text, begin, end):
        after = _NEXT.match(text, match.end(), end)
        if after is None or after.end("space") >= end or match.end() <= begin:
            continue
        if _is_end(text, begin, match, after, breaks):
            yield from _pieces(text, begin, match.end())
            begin = after.end("space")
    yield from _pieces(text, begin, end)


def _pieces(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the extent as it is, or cut at white space where it is longer than any sentence."""
    while end - begin > LONGEST_SENTENCE:
        limit = begin + LONGEST_SENTENCE
        cut = next((at for at in range(limit, limit - 200, -1) if text[at].isspace()), limit)
        yield begin, begin + len(text[begin:cut].rstrip())
        while text[cut].isspace():
            cut += 1
        begin = cut
    yield begin, end


def _is_end(text: str, begin: int, match: re.Match[str], after: re.Match[str], breaks: Breaks) -> bool:
    """Decide whether the mark at ``match``, inside the sentence from ``begin`` on, ends that sentence."""
    mark, close, word = match["mark"], match["close"], after["word"]
    if mark[0] in "。！？":
        return True
    if not after["space"]:
        return _is_glued_end(text, match, after, breaks)
    following = text[after.end() : after.end() + 1]
    if not word and not after["open"] and following in "—–-…,;:.”’)]/&=%":
        return False
    is_low = word[:1].islower()
    is_quote = any(char in f"\"'”’{breaks.closing}" for char in close)
    if is_quote and (is_low or _is_attributed(text, match, mark)):
        return False
    if "…" in mark or mark.count(".") > 1:
        return not is_low and (is_quote or _ends_with_ellipsis(text, begin, match, after, breaks))
    if mark != ".":
        return not is_low
    if is_quote:
        return True
    return _ends_with_stop(text, begin, match, after, breaks)


def _is_attributed(text: str, match: re.Match[str], mark: str) -> bool:
    """Tell whether a closed quote goes on with its speaker: “Why?” Ann Lee asked."""
    said = _SAID.match(text, match.end(), match.end() + 250)
    # After a full stop "Lee said" mostly opens the next sentence, unless nothing is said after it.
    return bool(said and (mark != "." or said["stop"]))


def _ends_with_ellipsis(
    text: str, begin: int, match: re.Match[str], after: re.Match[str], breaks: Breaks
) -> bool:
    if not text[match.start() - 1].isspace():
        return True
    # Dots between two spaces stand for words left out, mostly within a sentence.
    before = text[max(begin, match.start() - 40) : match.start()].rstrip()
    return match["mark"].count(".") > 3 or before.endswith((".", "!", "?")) or _opens(text, after, breaks)


def _ends_with_stop(
    text: str, begin: int, match: re.Match[str], after: re.Match[str], breaks: Breaks
) -> bool:
    token = _token_before(text, begin, match.start())
    word, low = after["word"], token.lower()
    if word[:1].islower():
        # A slip of the shift key: only after a plain word, and before a word that opens sentences.
        known = breaks.titles | breaks.abbreviations | breaks.before_number
        is_plain = bool(breaks.slips) and bool(_PLAIN.fullmatch(token)) and low not in known
        return is_plain and ("“" in after["open"] or (not after["open"] and word in breaks.slips))
    if breaks.ordinal.fullmatch(token) and not _opens(text, after, breaks):
        return False
    if match.start() - len(token) == begin and _ENUMERATOR.fullmatch(token):
        return False
    if low in breaks.titles:
        return False
    if low in breaks.before_number and word[:1].isdigit():
        return False
    if low in ("a.m", "p.m"):
        return not _AFTER_HOUR.match(word) or _opens(text, after, breaks)
    is_initial = len(token) == 1 and token.isupper()
    is_short = (
        is_initial or bool(_DOTTED.fullmatch(token)) or re.fullmatch(r"[A-Z]\.?-[A-Z]", token) is not None
    )
    if is_short or (low in breaks.abbreviations and (token[:1].isupper() or low in ("etc", "al", "approx"))):
        return _opens(text, after, breaks) or "“" in after["open"]
    return True


def _is_glued_end(text: str, match: re.Match[str], after: re.Match[str], breaks: Breaks) -> bool:
    """Decide where no white space follows: "the end.The next", "the end.“The next", "the end.”The next"."""
    word = after["word"]
    if breaks.is_glued and not match["close"] and _GLUED.match(text, match.start() - 1):
        return True
    if not word[:1].isupper() or len(word) < 2:
        return False
    if "”" in match["close"] or "“" in after["open"]:
        return True
    is_after_word = match.start() > 1 and text[match.start() - 2 : match.start()].islower()
    return not match["close"] and not after["open"] and is_after_word and _opens(text, after, breaks)


def _opens(text: str, after: re.Match[str], breaks: Breaks) -> bool:
    """Tell whether the next word opens a sentence, and is no initial ("J. A. Lee")."""
    word = after["word"]
    return word.lower() in breaks.openers and not (
        len(word) == 1 and text[after.end() : after.end() + 1] == "."
    )


def _token_before(text: str, begin: int, at: int) -> str:
    """Return the run of non-space characters that ends at ``at``, without what opens it."""
    tokens = text[max(begin, at - 40) : at].split()
    return tokens[-1].lstrip("“„\"'‘«([—–-") if tokens and not text[at - 1].isspace() else ""
