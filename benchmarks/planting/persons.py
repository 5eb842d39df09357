"""A person renamed through a whole article, so that it does not contradict itself."""

import re
from collections.abc import Sequence
from random import Random
from typing import Final

from benchmarks.planting.edits import Change, Edit
from benchmarks.planting.lines import Line, Rewrite
from benchmarks.planting.naming import other_person, surname_of
from pipeline.values.samename import same_name
from schemas.contradiction import ConflictKind

MOST_LINES: Final = 3  # a person in more lines than these is what the story is about


def renamed(name: str, own: Sequence[Line], rng: Random) -> tuple[Rewrite, ...] | None:
    """Return the lines of one article with the person ``name`` under an invented name, or None.

    ``own`` are all readable lines of the article. None is returned where the person is in too many lines,
    under more forms than the full name and the surname, or outside the readable lines.
    """
    full = _full_name(name, own)
    surname = surname_of(full)
    forms = {full: other_person(full, rng)}
    forms[surname] = surname_of(forms[full])
    pattern = re.compile(rf"\b(?:{re.escape(full)}|{re.escape(surname)})\b")
    rewrites = []
    for line in own:
        text = line.reading.text
        changes = tuple(Change(*match.span(), forms[match[0]]) for match in pattern.finditer(text))
        if any(same_name(n.text, full) and n.text not in forms for n in line.reading.names):
            return None
        if changes:
            edited = pattern.sub(lambda match: forms[match[0]], text)
            before = changes[0]
            edit = Edit(ConflictKind.entity, text[before.start : before.end], before.after, edited, changes)
            rewrites.append(Rewrite(line, edit))
    in_all = len(pattern.findall(own[0].article.text))
    if len(rewrites) > MOST_LINES or in_all != sum(len(rewrite.edit.changes) for rewrite in rewrites):
        return None
    return tuple(rewrites)


def _full_name(name: str, own: Sequence[Line]) -> str:
    """Return the longest form of a person's name in the article."""
    forms = [n.text for line in own for n in line.reading.names if same_name(n.text, name)]
    return max((form for form in forms if name.rsplit(maxsplit=1)[-1] in form.split()), key=len, default=name)
