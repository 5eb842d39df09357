"""The contract of report.json: everything that one run over one story found, and how.

Fields may be added, with a default, so that older reports load; a field never changes its meaning.
"""

from bisect import bisect_right
from datetime import date, datetime
from typing import Final, Literal

from schemas.article import Sentence, Skipped
from schemas.claim import Claim, Dropped
from schemas.cluster import Cluster
from schemas.contradiction import Contradiction
from schemas.record import Record, Span
from schemas.verdict import Verdict

SCHEMA_VERSION: Final = 1


class PromptUsed(Record):
    """Which version of a stage's prompt was sent, and the hash of its text with its answer schema."""

    version: str
    sha256: str


class Failure(Record):
    """Something that could not be read, extracted or judged, with the reason and what it concerns.

    ``sentences`` are the numbers of those that were not read for claims; none in older reports.
    """

    stage: Literal["ingest", "extract", "ground", "verify", "adjudicate"]
    article_id: str | None = None
    claim_id: str | None = None
    where: str  # for people: "ft, sentences 4 to 12"
    reason: str
    sentences: tuple[int, ...] = ()


class Coverage(Record):
    """How much of the story was really checked."""

    sentences: int  # all sentences found
    sentences_readable: int = 0  # all but bylines and page furniture
    sentences_read: int  # sent to the model and answered
    claims: int
    claims_judged: int
    errors: int


class StageTime(Record):
    """The wall time of one stage; ``cached_tokens_in`` of its ``tokens_in`` the endpoint had in its cache."""

    stage: str
    seconds: float
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cached_tokens_in: int = 0


class Budget(Record):
    """The caps that a command was given, and which of them ended it.

    ``reached`` is the option with its value, and ``unasked`` how many questions were not sent for it, in the
    whole command up to the end of this story.
    """

    max_cost_usd: float | None = None
    max_tokens: int | None = None
    max_calls: int | None = None
    max_time_s: float | None = None
    reached: str | None = None
    unasked: int = 0


class RunInfo(Record):
    """How a run was made; ``cost_usd`` is null where the price is not known."""

    id: str
    tool_version: str
    model: str
    prompts: dict[str, PromptUsed]
    started_at: datetime
    finished_at: datetime
    calls: int
    cached_calls: int
    tokens_in: int
    tokens_out: int
    cost_usd: float | None = None
    complete: bool
    coverage: Coverage
    endpoint: str = ""  # "embedded", or the host the calls went to; never a key
    model_sha256: str | None = None
    engine: str | None = None  # the build of llama.cpp, where it is not the published one
    stages: tuple[StageTime, ...] = ()
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()  # what was noticed about the endpoint, say a missing feature
    settings: dict[str, str] = {}
    budget: Budget | None = None  # where there was a cap
    cached_tokens_in: int = 0  # of tokens_in, what the endpoint had in its cache
    by_rules: bool = False  # code alone compared the sentences: no model was asked, and no claim drawn


class ReportArticle(Record):
    """An article as the report names it; ``origin`` is the same for near-copies of one text.

    ``is_source``: others were checked against it, and no claim was drawn from it.
    ``language`` is a code of two letters (ISO 639-1), null where it is not known and in older reports.
    """

    id: str
    path: str
    title: str | None
    outlet: str | None
    published: date | None
    origin: str
    author: str | None = None
    url: str | None = None
    given_id: str | None = None  # what its row of a file of many, or story.toml, calls it
    name: str = ""
    encoding: str = "utf-8"
    sha256: str = ""
    file_sha256: str = ""
    notes: tuple[str, ...] = ()
    text: str = ""
    sentences: tuple[Sentence, ...] = ()
    is_source: bool = False
    language: str | None = None

    @property
    def label(self) -> str:
        """What to call this article's source in front of a reader: its outlet, else the file's name."""
        return self.outlet or self.name

    @property
    def link(self) -> str | None:
        """The address of the article where it leads to the web, and nowhere else."""
        is_web = self.url is not None and self.url.lower().startswith(("https://", "http://"))
        return self.url if is_web else None

    def page_of(self, span: Span) -> int | None:
        """Return the page, from 1, that the sentence at ``span`` begins on, in an article that has pages."""
        at = bisect_right(self.sentences, span.start, key=lambda sentence: sentence.span.start) - 1
        return self.sentences[at].page if at >= 0 else None


class NotCompared(Record):
    """Articles that none of some others was compared with, and why: "German and English articles ..."."""

    article_ids: tuple[str, ...]
    other_ids: tuple[str, ...]
    reason: str


class ReportClaim(Claim):
    """A claim with its verdict.

    ``worth`` (0 to 1) says how much it is worth checking, to put claims in order, and ``worth_reasons`` why,
    in plain words, the weightiest first; 0 and none in reports that are older than these fields.
    """

    verdict: Verdict
    worth: float = 0.0
    worth_reasons: tuple[str, ...] = ()


class Report(Record):
    """The whole of report.json.

    ``story`` is the name that the story is kept under, and ``title`` what story.toml calls it, if it does.
    ``left_out`` is what `group` put into no story of the batch; the first story of a batch has it, for all.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    story: str = ""
    title: str | None = None
    run: RunInfo
    articles: tuple[ReportArticle, ...]
    claims: tuple[ReportClaim, ...]
    contradictions: tuple[Contradiction, ...]
    skipped: tuple[Skipped, ...] = ()
    left_out: tuple[Skipped, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    not_compared: tuple[NotCompared, ...] = ()

    @property
    def label(self) -> str:
        """What to call the story in front of a reader: its title, else the name that it is kept under."""
        return self.title or self.story or "One story"

    @property
    def draft(self) -> ReportArticle | None:
        """The text that was checked against sources; None where articles were checked against each other."""
        checked = [article for article in self.articles if not article.is_source]
        return checked[0] if len(checked) == 1 < len(self.articles) else None
