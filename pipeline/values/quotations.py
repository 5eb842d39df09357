"""Quoted words in news prose: found, and two wordings of one quotation told apart."""

import re
from collections.abc import Iterator
from typing import Final

from rapidfuzz.distance import Levenshtein, Opcode
from rapidfuzz.fuzz import ratio

from pipeline.values.samename import same_name
from pipeline.values.words import Word, find_words
from schemas.record import Record, Span


class Quotation(Record):
    """The words between two quotation marks, at ``span``, without the marks."""

    text: str
    span: Span


class Wordings(Record):
    """How two quotations stand to each other.

    ``is_same`` means that they are wordings of the same quotation, or one a fragment of the other;
    ``similarity`` (0 to 1) is the share of equal words where they overlap, ``shared`` their number.
    ``differs`` pairs the spans of words, each relative to its own quotation, that one has where the other has
    something else.
    """

    is_same: bool
    similarity: float
    shared: int = 0
    differs: tuple[tuple[Span, Span], ...] = ()


# Each kind of opening mark with its closing one; a straight mark may close a typographic one. All stop at the
# next opening mark and at the line's end, so that a mark that is never closed costs no second reading.
_QUOTED: Final = re.compile(
    r"“(?P<curly>[^“”\n]*+)”|“(?P<mixed>[^“”\"\n]*+)\"|\"(?P<straight>[^\"“\n]*+)[\"”]"
    # A sentence cut from a longer quotation has one mark only.
    r"|\A(?P<rest>[^“”\n]*+)”|“(?P<begun>[^“”\n]*+)(?=\n|\Z)"
    r"|(?<!\w)‘(?P<single>(?:[^‘’\n]|’(?=\w))*+)’(?!\w)|«(?P<guillemet>[^«»\n]*+)»"
)
_GAP: Final = re.compile(r"\[[^\[\]\n]{0,80}\]|\([^()\n]{0,80}\)|…|\.(?: ?\.){2,3}")
_GAP_MARK: Final = re.compile(r"[\[\]()…]|\. ?\.")
_MAX_WORDS: Final = 300  # of one quotation; the rest is not compared
_MIN_SHARED: Final = 5
_MIN_SIMILARITY: Final = 0.75
_MAX_RUN: Final = 2  # more words than this in a row replaced are another sentence, not a misquote
_NEGATING: Final = frozenset("not never no none nobody nothing cannot".split())
_LIKE: Final = 80.0  # the same word spelled or inflected otherwise


def find_quotations(text: str) -> tuple[Quotation, ...]:
    """Return the quotations in ``text`` in order: typographic and straight marks, each within one line.

    A typographic mark alone opens a quotation to the end of its line, or closes one from the text's start:
    sentences are cut out of longer quotations.
    """
    found = []
    for match in _QUOTED.finditer(text):
        start, end = match.span(match.lastgroup or 0)
        if text[start:end].strip():
            found.append(Quotation(text=text[start:end], span=Span(start=start, end=end)))
    return tuple(found)


def compare_quotations(a: str, b: str) -> Wordings:
    """Compare two quotations word by word, where they overlap.

    Words left out at an ellipsis, [insertions], a fragment of the longer one, spellings, inflections and
    exchanged function words are no differences; a content word in another's place is, and so is a negation
    that one of them lacks. Cost grows with the product of the lengths, which are capped.
    """
    if b < a:  # one order, so that ties in the alignment fall the same way round
        turned = compare_quotations(b, a)
        return turned.model_copy(update={"differs": tuple((y, x) for x, y in turned.differs)})
    words_a, words_b = _quoted_words(a), _quoted_words(b)
    side_a, side_b = _overlapping(words_a, words_b)
    shorter = min(len(words_a), len(words_b))
    opcodes, shared = _aligned(side_a, side_b)
    similarity = shared / max(1, len(side_a))
    if similarity < _MIN_SIMILARITY and (_GAP.search(a) or _GAP.search(b)):
        side_a, side_b = words_a, words_b  # words left out move the rest: align the whole
        opcodes, shared = _aligned(side_a, side_b)
        similarity = shared / max(1, shorter)
    if shared < max(1, min(_MIN_SHARED, shorter)) or min(similarity, shared / shorter) < _MIN_SIMILARITY:
        return Wordings(is_same=False, similarity=similarity, shared=shared)
    differs: list[tuple[Span, Span]] = []
    for i, op in enumerate(opcodes):
        if not _is_flanked(opcodes, i):
            continue
        if op.tag != "replace":
            differs += _negated(op, side_a, side_b)
            continue
        part_a, part_b = side_a[op.src_start : op.src_end], side_b[op.dest_start : op.dest_end]
        if _is_other_wording(a, b, part_a, part_b):
            differs.append((_span_of(part_a), _span_of(part_b)))
    return Wordings(is_same=True, similarity=similarity, shared=shared, differs=tuple(differs))


def _quoted_words(text: str) -> list[Word]:
    blanked = _GAP.sub(lambda match: " " * len(match[0]), text)
    return find_words(blanked[:20_000])[:_MAX_WORDS]


def _overlapping(a: list[Word], b: list[Word]) -> tuple[list[Word], list[Word]]:
    """Return the stretches of two quotations that face each other when their longest common runs do."""
    anchor = _longest_run([w.key for w in a], [w.key for w in b])
    if anchor is None:
        return [], []
    at_a, at_b, size = anchor
    before = min(at_a, at_b)
    after = size + min(len(a) - at_a - size, len(b) - at_b - size)
    return a[at_a - before : at_a + after], b[at_b - before : at_b + after]


def _aligned(a: list[Word], b: list[Word]) -> tuple[list[Opcode], int]:
    """Return the steps that turn ``a`` into ``b``, and how many words stay equal."""
    opcodes = list(Levenshtein.opcodes([w.key for w in a], [w.key for w in b]))
    return opcodes, sum(op.src_end - op.src_start for op in opcodes if op.tag == "equal")


def _longest_run(a: list[str], b: list[str]) -> tuple[int, int, int] | None:
    """Return where the longest run of equal words starts in each list, and its length."""
    best: tuple[int, int, int] | None = None
    previous: dict[int, int] = {}
    places: dict[str, list[int]] = {}
    for j, key in enumerate(b):
        places.setdefault(key, []).append(j)
    for i, key in enumerate(a):
        current = {j: previous.get(j - 1, 0) + 1 for j in places.get(key, ())}
        for j, length in current.items():
            if best is None or length > best[2]:
                best = (i - length + 1, j - length + 1, length)
        previous = current
    return best


def _is_flanked(opcodes: list[Opcode], i: int) -> bool:
    """Tell whether the words replaced stand between equal ones, two at least on one side and none else."""
    sizes = []
    for j in (i - 1, i + 1):
        if 0 <= j < len(opcodes):
            if opcodes[j].tag != "equal":
                return False
            sizes.append(opcodes[j].src_end - opcodes[j].src_start)
    return bool(sizes) and max(sizes) >= 2 and (len(sizes) == 2 or max(sizes) >= 4)


def _negated(op: Opcode, a: list[Word], b: list[Word]) -> Iterator[tuple[Span, Span]]:
    """Yield a negation that one wording has and the other has not, with the words it negates."""
    first_a, first_b = op.src_start, op.dest_start
    added = a[first_a : op.src_end] or b[first_b : op.dest_end]
    is_last = op.src_end >= len(a) or op.dest_end >= len(b)
    if 1 <= len(added) <= _MAX_RUN and any(w.text.lower() in _NEGATING for w in added) and not is_last:
        yield _span_of(a[first_a : op.src_end + 1]), _span_of(b[first_b : op.dest_end + 1])


def _is_other_wording(a: str, b: str, part_a: list[Word], part_b: list[Word]) -> bool:
    """Tell whether two runs of words in the same place really say something else."""
    if max(len(part_a), len(part_b)) > _MAX_RUN:
        return False
    negating = [any(word.text.lower() in _NEGATING for word in part) for part in (part_a, part_b)]
    if negating[0] != negating[1]:
        return True
    if not any(word.is_content for word in part_a) or not any(word.is_content for word in part_b):
        return False
    span_a, span_b = _span_of(part_a), _span_of(part_b)
    if _GAP_MARK.search(_near(a, span_a)) or _GAP_MARK.search(_near(b, span_b)):
        return False  # an insertion or an ellipsis next to it explains it
    said_a, said_b = span_a.cut(a), span_b.cut(b)
    names = [any(word.text[0].isupper() for word in part) for part in (part_a, part_b)]
    if names[0] != names[1] or (names[0] and same_name(said_a, said_b)):
        return False  # "that country" for its name is a gloss
    return ratio(said_a.lower(), said_b.lower()) < _LIKE


def _near(text: str, span: Span) -> str:
    return text[max(0, span.start - 6) : span.end + 6]


def _span_of(words: list[Word]) -> Span:
    return Span(start=words[0].start, end=words[-1].end)
