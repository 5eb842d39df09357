"""Fills a store of answers, for tests of what reads one."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from pipeline.store import open_answers


def store_answers(path: Path, responses: Mapping[str, str]) -> None:
    """Store ``responses`` by their keys in the store at ``path``, which is made where there is none."""

    async def store() -> None:
        with open_answers(path) as answers:
            await asyncio.gather(*(answers.put(key, "extract", said) for key, said in responses.items()))

    asyncio.run(store())
