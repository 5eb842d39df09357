"""Names in each other's place: after the same words, or in one slot, of two passages that agree otherwise."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from rapidfuzz.distance import Levenshtein, Opcode

from pipeline.values.attribution import find_attribution
from pipeline.values.comparison import Comparison
from pipeline.values.names import NameKind, NameSpan, compare_names
from pipeline.values.passage import Read, Token
from pipeline.values.samename import fold_name, same_name
from pipeline.values.slots import names_in_one_slot
from schemas.contradiction import ConflictKind

MIN_LED: Final = 6  # equal words in a row before two names in one place, where what follows differs
MIN_OVERLAP_NAMES: Final = 0.6  # of the words of the shorter passage, for a name in another's place

_PLACE_WORDS: Final = frozenset(("to", "in", "at", "near", "from"))
_PLACED: Final = re.compile(r"\b(?:in|at|near|to|from|outside) \Z", re.IGNORECASE)


def names_in_place(a: Read, b: Read) -> Iterator[tuple[NameSpan, NameSpan]]:
    """Yield different names in each other's place: equal words on both sides, or else one slot."""
    lone_a, lone_b = lone_names(a, b), lone_names(b, a)
    aligned = list(_aligned_names(a, b, lone_a, lone_b))
    yield from aligned or names_in_one_slot(a, b, lone_a, lone_b)


def name_kind(a: Read, b: Read, x: NameSpan, y: NameSpan) -> ConflictKind:
    """Return what a conflict of ``x`` in ``a`` with ``y`` in ``b`` is about: speaker, place or entity."""
    speakers = [find_attribution(read.text) for read in (a, b)]
    if all(
        s and s.span.start <= name.span.start < s.span.end for s, name in zip(speakers, (x, y), strict=True)
    ):
        return ConflictKind.attribution
    is_place = y.kind is not NameKind.person and _is_placed(a, x)
    return ConflictKind.place if is_place else ConflictKind.entity


def placed_apart(a: Read, b: Read) -> bool:
    """Tell whether each passage has a place that the other does not name."""
    return all(
        any(_is_placed(one, name) for name in lone_names(one, other)) for one, other in ((a, b), (b, a))
    )


def lone_names(read: Read, other: Read) -> list[NameSpan]:
    """Return the names of a passage that may not be any name of the other."""
    return [x for x in read.names if not any(same_name(x.text, y.text) for y in other.names)]


def _aligned_names(
    a: Read, b: Read, lone_a: list[NameSpan], lone_b: list[NameSpan]
) -> Iterator[tuple[NameSpan, NameSpan]]:
    keys_a, keys_b = [t.key for t in a.tokens], [t.key for t in b.tokens]
    opcodes = list(Levenshtein.opcodes(keys_a, keys_b))
    equal = sum(op.src_end - op.src_start for op in opcodes if op.tag == "equal")
    if equal < MIN_OVERLAP_NAMES * min(len(keys_a), len(keys_b)):
        return
    for i, op in enumerate(opcodes):
        if _leads_to_a_place(op, keys_a):
            # "to Minsk for talks" against "to Arvel to talk": the same words lead up to both. A capital is a
            # place here, and no other name for a country that both sentences have.
            tokens = a.tokens[op.src_end : op.src_end + 1], b.tokens[op.dest_end : op.dest_end + 1]
            yield from _differing(*tokens, _unwritten(a, b), _unwritten(b, a))
        if op.tag != "replace" or op.src_end - op.src_start != 1 or op.dest_end - op.dest_start != 1:
            continue
        sides = [opcodes[j] for j in (i - 1, i + 1) if 0 <= j < len(opcodes)]
        if any(side.tag != "equal" for side in sides) or sum(s.src_end - s.src_start for s in sides) < 4:
            continue
        if not _leads_to_a_place(opcodes[i - 1], keys_a):
            yield from _differing(
                a.tokens[op.src_start : op.src_end], b.tokens[op.dest_start : op.dest_end], lone_a, lone_b
            )


def _leads_to_a_place(op: Opcode, keys: Sequence[str]) -> bool:
    size = op.src_end - op.src_start
    return op.tag == "equal" and size >= MIN_LED and keys[op.src_end - 1] in _PLACE_WORDS


def _differing(
    a: Sequence[Token], b: Sequence[Token], lone_a: list[NameSpan], lone_b: list[NameSpan]
) -> Iterator[tuple[NameSpan, NameSpan]]:
    """Yield the names that the only tokens of ``a`` and ``b`` are, if they can be no one name."""
    for one, other in zip(a, b, strict=False):
        is_lone = one.name in lone_a and other.name in lone_b
        if is_lone and one.name and other.name and compare_names(one.name, other.name) is Comparison.differ:
            yield one.name, other.name


def _unwritten(read: Read, other: Read) -> list[NameSpan]:
    """Return the names of a passage that the other has not in this writing."""
    written = {fold_name(y.text) for y in other.names}
    return [x for x in read.names if fold_name(x.text) not in written]


def _is_placed(read: Read, name: NameSpan) -> bool:
    before = read.text[max(0, name.span.start - 9) : name.span.start]
    return name.kind is not NameKind.person and _PLACED.search(before) is not None
