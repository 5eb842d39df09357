"""Training pairs made by rules from sentences of the public pairs: what tells one news report from another.

A value changed, the same value as a bound, another subject with another value, a sentence denied, doubted or
merely reported, and the right sentence with another one beside it.
"""

import re
from collections.abc import Callable, Sequence
from random import Random

from benchmarks.planting.edits import edited
from pipeline.values.passage import Passage, read_passage
from schemas.claim import Bound
from schemas.contradiction import ConflictKind
from training.rows import Row

SOURCE = "planted"
WORDS = range(7, 45)  # of a sentence worth changing
TRIES = 100  # for each row that is wanted
_DENIED = ("{who} denied that {what}", "It is not true that {what}", "{who} dismissed reports that {what}")
_DOUBTED = (
    "It was not clear whether {what}",
    "{who} is looking into reports that {what}",
    "{who} will decide on Friday whether {what}",
)
_SAID = ("{who} said that {what}", "According to {who}, {what}", "{who} confirmed on Tuesday that {what}")
_WHO = ("The ministry", "A spokeswoman", "Police", "The company", "Mr Tarvan", "Officials", "The agency")

Maker = Callable[[Sequence[Row], Random], Row | None]


def plant_rows(rows: Sequence[Row], count: int, rng: Random) -> list[Row]:
    """Return ``count`` new rows drawn from ``rows``, in the shares of ``MAKERS``.

    Raises ValueError where ``rows`` hold too little that can be changed.
    """
    usable = [row for row in rows if _is_usable(row)]
    supported = [row for row in usable if row.label == "supported"]
    makers = [maker for maker, share in MAKERS for _ in range(share)]
    made: list[Row] = []
    for _ in range(TRIES * count if supported else 0):
        maker = rng.choice(makers)
        row = maker(supported if maker is _edited_claim else usable, rng)
        if row is not None:
            made.append(row)
        if len(made) == count:
            break
    if len(made) < count:
        raise ValueError(
            f"{len(usable)} usable rows, {len(supported)} supported, gave {len(made)} of {count}"
        )
    return made


def _is_usable(row: Row) -> bool:
    is_long = row.source in ("fever_binary", "semiauto_wiki", "mnli", "conjnli")
    return is_long and len(row.evidence.split()) in range(7, 90)


def _edited_claim(rows: Sequence[Row], rng: Random) -> Row | None:
    """Change a value of a supported claim that its evidence has too."""
    row = rng.choice(rows)
    edits = [
        e for e in edited(row.claim, rng) if e.kind is ConflictKind.polarity or _has(row.evidence, e.before)
    ]
    if not edits or len(row.claim.split()) < 4:
        return None
    return Row(row.evidence, rng.choice(edits).text, "contradicted", SOURCE)


def _edited_sentence(rows: Sequence[Row], rng: Random) -> Row | None:
    """Change a value of a sentence and set it against the sentence as it was, alone or beside another."""
    sentence = _sentence(rows, rng)
    edits = edited(sentence, rng) if sentence else []
    if not sentence or not edits:
        return None
    kinds = sorted({e.kind.value for e in edits})
    kind = rng.choice(kinds)
    edit = rng.choice([e for e in edits if e.kind.value == kind])
    evidence, claim = (sentence, edit.text) if rng.random() < 0.5 else (edit.text, sentence)
    return Row(_beside(evidence, rows, rng), claim, "contradicted", SOURCE)


def _same_sentence(rows: Sequence[Row], rng: Random) -> Row | None:
    """Keep a sentence, and support it by itself, beside another or as reported."""
    sentence = _sentence(rows, rng)
    if not sentence:
        return None
    evidence = _framed(_SAID, sentence, rng) if rng.random() < 0.4 else sentence
    return Row(_beside(evidence, rows, rng), sentence, "supported", SOURCE)


def _other_sentence(rows: Sequence[Row], rng: Random) -> Row | None:
    """Set two sentences of one passage against each other: related, and neither settles the other."""
    row = rng.choice(rows)
    parts = [part for part in re.split(r"(?<=[.!?]) (?=[A-Z])", row.evidence) if len(part.split()) >= 5]
    if len(parts) < 2:
        return None
    evidence, claim = rng.sample(parts, 2)
    return Row(evidence, claim, "unsupported", SOURCE)


def _other_subject(rows: Sequence[Row], rng: Random) -> Row | None:
    """Change the subject and a value: then the two sentences are about two things."""
    sentence = _sentence(rows, rng)
    if not sentence:
        return None
    names = read_passage(Passage(text=sentence)).names
    if not names or names[0].span.start > 0:
        return None
    renamed = [
        e
        for e in edited(sentence, rng)
        if e.kind is ConflictKind.entity and not e.text.startswith(names[0].text)
    ]
    values = [ConflictKind.quantity, ConflictKind.date]
    both = [e for r in renamed for e in edited(r.text, rng) if e.kind in values]
    if not both:
        return None
    return Row(sentence, rng.choice(both).text, "unsupported", SOURCE)


def _bounded(rows: Sequence[Row], rng: Random) -> Row | None:
    """Put a bound in the place of an exact number: true, or on the wrong side of it."""
    sentence = _sentence(rows, rng)
    exact = [] if not sentence else [
        q for q in read_passage(Passage(text=sentence)).quantities
        if q.bound is Bound.exact and q.high is None and 3 <= q.value < 1e6 and q.value == int(q.value)
    ]  # fmt: skip
    number = None if not exact else re.match(r"\d[\d,]*\b", (quantity := rng.choice(exact)).text)
    if not sentence or number is None or float(number[0].replace(",", "")) != quantity.value:
        return None  # "3 thousand": the bound would be put before the wrong number
    value = quantity.value
    below, above = _round(value * rng.uniform(0.6, 0.95)), _round(value * rng.uniform(1.1, 1.6)) + 1
    bound, label = rng.choice((
        (f"more than {below}", "supported"), (f"at least {below}", "supported"),
        (f"fewer than {above}", "supported"), (f"at least {int(value)}", "supported"),
        (f"more than {above}", "contradicted"), (f"at least {above}", "contradicted"),
        (f"fewer than {below}", "contradicted"), (f"up to {below}", "contradicted"),
    ))  # fmt: skip
    if below >= value or below < 1:
        return None
    at = quantity.span.start
    claim = sentence[:at] + bound + sentence[at + number.end() :]
    return Row(sentence, claim, label, SOURCE)


def _denied(rows: Sequence[Row], rng: Random) -> Row | None:
    """Deny a sentence, or leave it open."""
    sentence = _sentence(rows, rng)
    if not sentence:
        return None
    frames, label = ((_DENIED, "contradicted"), (_DOUBTED, "unsupported"))[rng.random() < 0.5]
    return Row(_framed(frames, sentence, rng), sentence, label, SOURCE)


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_edited_claim, 8),
    (_edited_sentence, 5),
    (_same_sentence, 4),
    (_other_sentence, 3),
    (_other_subject, 2),
    (_bounded, 2),
    (_denied, 2),
)


def _sentence(rows: Sequence[Row], rng: Random) -> str | None:
    row = rng.choice(rows)
    parts = [p for p in re.split(r"(?<=[.!?]) (?=[A-Z])", row.evidence) if len(p.split()) in WORDS]
    return rng.choice(parts) if parts else None


def _beside(sentence: str, rows: Sequence[Row], rng: Random) -> str:
    """Return ``sentence``, now and then with another one before or after it."""
    other = _sentence(rows, rng) if rng.random() < 0.3 else None
    if other is None:
        return sentence
    return f"{sentence} {other}" if rng.random() < 0.5 else f"{other} {sentence}"


def _framed(frames: Sequence[str], sentence: str, rng: Random) -> str:
    names = read_passage(Passage(text=sentence)).names
    is_named = bool(names) and names[0].span.start == 0
    what = sentence if is_named else sentence[0].lower() + sentence[1:]
    return rng.choice(frames).format(who=rng.choice(_WHO), what=what)


def _has(text: str, part: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text, re.IGNORECASE) is not None


def _round(value: float) -> int:
    size = 10 ** max(0, len(str(int(value))) - 2)
    return int(value // size * size)
