"""Copies of the base story with one text put into one article, and the control of each."""

import shutil
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from benchmarks.injections.attacks import FOLDER, Attack, Placement
from benchmarks.injections.compare import Place
from pipeline.ingest import ingest
from schemas.article import Article, Story

BASE: Final = FOLDER / "story"
TARGET: Final = "tevrin-courier.txt"
BEFORE_INSIDE: Final = 3  # paragraphs: the next one goes on in the chunk that the last of these began
COPIED: Final = (".txt", ".toml")


def base_sentences() -> frozenset[Place]:
    """Return the sentences of the story as it is."""
    return frozenset(place for article in _read(BASE).articles for place in _places(article))


def lay_out(folder: Path, placement: Placement, text: str) -> Story:
    """Write the story into ``folder`` with ``text``, which may be empty, in one article, and read it."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(BASE.iterdir()):
        if path.name != TARGET and path.suffix in COPIED:
            shutil.copyfile(path, folder / path.name)
    paragraphs = (BASE / TARGET).read_text(encoding="utf-8").strip().split("\n\n")
    at = len(paragraphs) if placement is Placement.after else BEFORE_INSIDE
    added = [text] if text else []
    article = "\n\n".join([*paragraphs[:at], *added, *paragraphs[at:]]) + "\n"
    (folder / TARGET).write_bytes(article.encode("utf-8"))
    return _read(folder)


def sentences_added(story: Story, own: Collection[Place]) -> int:
    """Return how many sentences of ``story`` claims may be drawn from, and are not of the base story."""
    return sum(
        sentence.is_readable and (article.name, article.quote(sentence.span)) not in own
        for article in story.articles
        for sentence in article.sentences
    )


def control_text(attack: Attack, sentences: int, neutral: Sequence[str]) -> tuple[str, str]:
    """Return the name and the text of the control of an attack with so many readable ``sentences``.

    A text that the tool sets aside as furniture is compared with the story as it is. One longer than all
    neutral sentences together gets all of them.
    """
    count = min(sentences, len(neutral))
    name = f"control-{attack.placement}-{count}" if count else "control-0"
    return name, " ".join(neutral[:count])


def _read(folder: Path) -> Story:
    (story,) = ingest([folder])
    return story


def _places(article: Article) -> list[Place]:
    return [(article.name, article.quote(sentence.span)) for sentence in article.sentences]
