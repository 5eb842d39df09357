"""Takes the articles of a pile into the store, marked, some hundred at a time: never all are in memory."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from pipeline.grouping.given import read_pile
from pipeline.grouping.marks import find_marks
from pipeline.progress import Progress
from pipeline.reading.forms.fields import Fields
from pipeline.remembered import forget
from pipeline.store.grouping import Grouping, Kept
from schemas.article import Article, Skipped

AT_A_TIME: Final = 200  # articles stored in one go
DAYS: Final = np.dtype("<i4")
STAGE: Final = "reading"


@dataclass
class TakenIn:
    """How many articles were read, were there before, and have no date; and what was not read.

    ``repeated`` are those that were there before from another place.
    """

    read: int = 0
    known: int = 0
    undated: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    repeated: list[Skipped] = field(default_factory=list)


def take_in(
    paths: Sequence[Path],
    fields: Fields,
    out: Path,
    store: Grouping,
    progress: Progress,
    hear: Callable[[Skipped], None],
) -> TakenIn:
    """Store what ``paths`` hold and ``store`` lacks; ``hear`` is told at once of what is skipped.

    ``fields`` says what rows call what is known of them. Raises InputError for a path that is not there.
    """
    taken = TakenIn()
    held: dict[str, Kept] = {}
    for found in read_pile(paths, out, fields):
        if isinstance(found, Skipped):
            taken.skipped.append(found)
            hear(found)
            continue
        taken.read += 1
        taken.undated += found.published is None
        article_id = _id(found)
        place = held[article_id].place if article_id in held else store.place_of(article_id)
        if place is not None:
            taken.known += 1
            if place != found.path:
                taken.repeated.append(Skipped(path=found.path, reason=f"the same article as {place}"))
            continue
        held[article_id] = _kept(found, article_id)
        if len(held) == AT_A_TIME:
            _store(held, store, progress)
    _store(held, store, progress)
    return taken


def _store(held: dict[str, Kept], store: Grouping, progress: Progress) -> None:
    progress.start(STAGE, len(held))
    store.add(held.values())
    progress.step(STAGE, len(held))
    progress.finish(STAGE)
    held.clear()
    forget()


def _id(article: Article) -> str:
    """Return the id of an article: the same text by another outlet is another article."""
    made_of = f"{article.outlet or ''}\0{article.text}"
    return "g" + hashlib.sha256(made_of.encode()).hexdigest()[:16]


def _kept(article: Article, article_id: str) -> Kept:
    known = (article.title, article.published, article.language)
    marks = find_marks(article.text, article.sentences, *known)
    return Kept(
        id=article_id,
        place=article.path,
        given_id=article.given_id,
        title=article.title,
        outlet=article.outlet,
        url=article.url,
        name=article.name,
        published=article.published,
        text=article.text,
        lead=marks.lead,
        marked=marks.marked.tobytes(),
        signature=marks.signature.tobytes(),
        days=np.array(marks.days, dtype=DAYS).tobytes(),
    )
