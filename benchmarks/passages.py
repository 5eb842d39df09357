"""Reads texts with the claims that people took from them, and draws some."""

import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pipeline.errors import InputError
from pipeline.reading.sentences import split_sentences
from schemas.article import Article

_SENTENCE: Final = "-sentence"  # in ids of rows that are the sentences of one answer


@dataclass(frozen=True)
class Passage:
    """A text with the claims that people took from it."""

    id: str
    text: str
    claims: tuple[str, ...]

    def article(self) -> Article:
        """Return it as an article of no known outlet and day."""
        return Article(
            id="a" + hashlib.sha256(f"{self.id}\0{self.text}".encode()).hexdigest()[:12],
            path=f"{self.id}.txt",
            name=self.id,
            text=self.text,
            sentences=split_sentences(self.text),
        )


def read_passages(path: Path) -> tuple[Passage, ...]:
    """Return the passages of a file of ``{id, text, claims, meta}`` rows, those without any claim left out.

    Rows whose ids differ in the number of a sentence alone are one passage: the ``response`` that one of them
    has in its ``meta``, or else their texts in a row. Raises InputError where the file cannot be used.
    """
    rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                row = json.loads(line)
                rows[str(row["id"]).partition(_SENTENCE)[0]].append(row)
        passages = [_passage(name, group) for name, group in rows.items()]
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path} holds a row that is no text with its claims: {error!r}.") from error
    return tuple(passage for passage in passages if passage.claims)


def draw_passages(passages: Sequence[Passage], limit: int | None, seed: int) -> tuple[Passage, ...]:
    """Return ``limit`` of the passages in their order, or all: the same ones for one seed."""
    if limit is None or limit >= len(passages):
        return tuple(passages)
    drawn = random.Random(seed).sample(range(len(passages)), limit)
    return tuple(passages[place] for place in sorted(drawn))


def _passage(name: str, rows: Sequence[Mapping[str, Any]]) -> Passage:
    whole = next((row["meta"]["response"] for row in rows if row.get("meta", {}).get("response")), None)
    text = whole or "\n".join(row["text"] for row in rows)
    return Passage(name, str(text), tuple(str(claim) for row in rows for claim in row["claims"]))
