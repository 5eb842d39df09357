"""Fills a store of answers, for tests of what reads one, and counts what is in one."""

import asyncio
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from pipeline.store import open_answers


def store_answers(path: Path, responses: Mapping[str, str]) -> None:
    """Store ``responses`` by their keys in the store at ``path``, which is made where there is none."""

    async def store() -> None:
        with open_answers(path) as answers:
            await asyncio.gather(*(answers.put(key, "extract", said) for key, said in responses.items()))

    asyncio.run(store())


def count_answers(path: Path) -> int:
    """Return how many answers the store at ``path`` holds for whoever opens it next."""
    with closing(sqlite3.connect(path)) as store:
        [[number]] = store.execute("SELECT count(*) FROM answer")
    return int(number)
