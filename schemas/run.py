"""The contract of run.json: all that made one report, and what can be no other when it is made again."""

from typing import Final, Literal

from schemas.record import Record
from schemas.report import RunInfo

RUN_VERSION: Final = 1


class MadeBy(Record):
    """The programs and data that decided what a report says, by version or SHA-256.

    ``code_sha256`` is that of storycheck's own files, ``data`` those of the embedder and the fitted maps.
    """

    storycheck: str
    code_sha256: str
    python: str
    platform: str  # system and processor: sums of floats may differ in the last digit between two
    packages: dict[str, str] = {}
    data: dict[str, str] = {}


class ArticleRead(Record):
    """An article as it was read: ``path`` as the user gave it, the hash that of its text in UTF-8.

    ``file_sha256`` is that of the bytes of the file it was read from, the whole one where it was a row of it.
    """

    id: str
    path: str
    sha256: str
    file_sha256: str = ""


class Unanswered(Record):
    """A question that failed ``times`` times: ``error`` is its name in ``pipeline.errors``."""

    error: str
    said: str
    times: int = 1


class RunRecord(Record):
    """The whole of run.json; no word of an article or an answer is in it.

    ``answers`` holds the hash of each answer under that of its question, both cut to 16 digits; ``lacks``
    what the endpoint was found to lack; ``files`` the SHA-256 of what was written,
    report.html as it is without what reviewers decided.
    """

    schema_version: Literal[1] = RUN_VERSION
    story: str
    run: RunInfo
    made_by: MadeBy
    articles: tuple[ArticleRead, ...]
    sidecars: dict[str, str] = {}  # the SHA-256 of each story.toml, by its path
    lacks: tuple[str, ...] = ()
    answers: dict[str, str] = {}
    unanswered: dict[str, Unanswered] = {}
    files: dict[str, str] = {}
