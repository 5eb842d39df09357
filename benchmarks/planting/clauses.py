"""Whether another sentence has the clause that an edit denies, or the denial that an edit takes back."""

import re
from typing import Final

from benchmarks.planting.edits import Edit
from benchmarks.planting.readings import Reading, keys_between
from pipeline.values.polarity import negations
from pipeline.values.samename import same_name

SHARE: Final = 0.75  # of the content words of the clause
SHARE_UNSURE: Final = 0.5
WORDED: Final = 0.7  # with another verb
OTHER_SHARE: Final = 0.45  # of those of the clause it is compared with
LEAST: Final = 4  # content words
DENIED_WITHIN: Final = 30  # characters from a negating word to the verb it denies
_HEDGE: Final = re.compile(
    r"\b(?:may|might|could|if|whether|unless|alleged(?:ly)?|reportedly|suspect\w*|potential\w*)\b",
    re.IGNORECASE,
)
_END: Final = re.compile(r"[,;:“”\"]|[.!?] | (?:but|which|who|when|while|as|where|if|before|after) ")
_START: Final = re.compile(_END.pattern + r"| that ")


def states_clause(edit: Edit, one: Reading, other: Reading, *, is_sure: bool) -> bool:
    """Tell whether ``other`` says, as firmly, what ``one`` says before a denial is put in or taken out."""
    verb, clause = _verb(edit, one), _keys(edit, one)
    if not is_sure and verb not in other.keys:
        is_as_firm = _is_denied(one.text, edit.changes[0].start) == bool(negations(other.text))
        told = clause - one.name_keys
        return is_as_firm and len(told & other.keys) >= max(LEAST - 1, WORDED * len(told))
    if len(clause) < LEAST or not holds_clause(edit, one, other):
        return False
    if len(clause & other.keys) < (SHARE if is_sure else SHARE_UNSURE) * len(clause):
        return False
    place = _place_of(verb, other)
    around = keys_between(other, *_bounds(other.text, *place))
    if is_sure and len(clause & around) < OTHER_SHARE * len(around):
        return False  # "he vowed on a visit to mark the day" is not "he marks the day"
    return not (is_sure and _has_other_values(edit, one, other))


def holds_clause(edit: Edit, one: Reading, other: Reading) -> bool:
    """Tell whether ``other`` has the verb in question, with as much denial and as much doubt about it."""
    verb = _verb(edit, one)
    if verb not in other.keys:
        return False
    start, end, _ = edit.changes[0]
    place = _place_of(verb, other)
    if _is_denied(one.text, start) != _is_denied(other.text, place[0]):
        return False
    clauses = _cut(one.text, start, end), _cut(other.text, *place)
    hedges = [{match[0].lower() for match in _HEDGE.finditer(clause)} for clause in clauses]
    return hedges[0] == hedges[1]


def touches_clause(edit: Edit, one: Reading, other: Reading) -> bool:
    """Tell whether ``other`` may speak of the same: it has the verb, and another word of the clause."""
    clause = _keys(edit, one) - one.name_keys
    return _verb(edit, one) in other.keys and len(clause & other.keys) >= min(2, len(clause))


def _has_other_values(edit: Edit, one: Reading, other: Reading) -> bool:
    """Tell whether the clause names somebody, a number or a day that ``other`` does not."""
    first, last = _clause_bounds(edit, one)
    names = [name for name in one.names if first <= name.span.start < last]
    figures = [q for q in one.quantities if first <= q.span.start < last]
    dates = [d.text for d in one.dates if first <= d.span.start < last]
    dates += [t.text for t in one.times if first <= t.span.start < last]
    return (
        any(not any(same_name(x.text, y.text) for y in other.names) for x in names)
        or any(not any(x.value == y.value for y in other.quantities) for x in figures)
        or any(x not in other.text for x in dates)
    )


def _is_denied(text: str, position: int) -> bool:
    """Tell whether a negating word stands at ``position`` or shortly before it, in the same clause."""
    cues = (cue for cue in negations(text) if cue.span.start <= position + 12)
    near = [cue for cue in cues if position - cue.span.end <= DENIED_WITHIN]
    return any(not _END.search(text, cue.span.end, max(cue.span.end, position)) for cue in near)


def _verb(edit: Edit, one: Reading) -> str:
    """Return the key of the word that is denied, or no longer is: at the change, or the next, no adverb."""
    start = edit.changes[0].start
    return next((word.key for word in one.words if word.end > start and not word.text.endswith("ly")), "")


def _place_of(key: str, reading: Reading) -> tuple[int, int]:
    word = next(word for word in reading.words if word.key == key)
    return word.start, word.end


def _keys(edit: Edit, one: Reading) -> frozenset[str]:
    return keys_between(one, *_clause_bounds(edit, one))


def _clause_bounds(edit: Edit, one: Reading) -> tuple[int, int]:
    """Return the bounds of the clause that the edit changes, from before "that" where it is short."""
    start, end, _ = edit.changes[0]
    first, last = _bounds(one.text, start, end)
    if len(keys_between(one, first, last)) < LEAST:
        first = max((match.end() for match in _END.finditer(one.text, 0, start)), default=0)
    return first, last


def _bounds(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the clause around ``[start, end)`` begins and ends."""
    first = max((match.end() for match in _START.finditer(text, 0, start)), default=0)
    stop = _END.search(text, end)
    return first, stop.start() if stop else len(text)


def _cut(text: str, start: int, end: int) -> str:
    first, last = _bounds(text, start, end)
    return text[first:last]
