"""The stored answers of one run in place of an endpoint, so that it can be made again without one."""

from collections.abc import Iterator
from typing import NoReturn

from pipeline import errors
from pipeline.channel import lack_key
from pipeline.endpoint import AnswerStore, Endpoint
from pipeline.errors import stored_error
from pipeline.trace import DIGITS, digest
from pipeline.wire import FEATURES
from schemas.run import RunRecord


def endpoint_of(record: RunRecord) -> Endpoint:
    """Return the endpoint of a run by name and model, as far as its questions hang on it; it never starts."""

    def refuse() -> NoReturn:
        raise RuntimeError("a replay asked to send something")

    return Endpoint(
        base_url=None,
        api_key="",
        model=record.run.model,
        name=record.run.endpoint,
        start=refuse,
        model_sha256=record.run.model_sha256,
        engine=record.run.engine,
        by_rules=record.run.by_rules,
    )


class KeptAnswers:
    """The stored answers of one run, in place of an endpoint: what failed then fails again.

    An answer that is not there is counted, and fails too; nothing is ever stored.
    """

    def __init__(self, record: RunRecord, answers: AnswerStore, endpoint: Endpoint) -> None:
        self.missing: set[str] = set()
        self.otherwise: set[str] = set()
        self._record = record
        self._answers = answers
        self._left = {key: failed.times for key, failed in record.unanswered.items()}
        self._lacks = {lack_key(endpoint, feature): feature in record.lacks for feature in FEATURES}

    def get(self, key: str) -> str | None:
        """Return the answer that the run had; raises the error that it met, or CallFailed if it is gone."""
        if key in self._lacks:
            return "{}" if self._lacks[key] else None
        short = key[:DIGITS]
        if self._left.get(short, 0) > 0:
            self._left[short] -= 1
            failed = self._record.unanswered[short]
            raise stored_error(failed.error, failed.said)
        stored = self._answers.get(key)
        if stored is None:
            self.missing.add(short)
            raise errors.CallFailed("its answer is not stored")
        if short in self._record.answers and self._record.answers[short] != digest(stored):
            self.otherwise.add(short)
        return stored

    async def put(self, key: str, stage: str, response: str) -> None:
        """Store nothing."""

    def altered(self) -> Iterator[str]:
        """Yield a line on the answers that are not those of the run."""
        if self.otherwise:
            yield f"{_count(len(self.otherwise), 'stored answer')} not what the run was given"
        if self.missing:
            yield f"{_count(len(self.missing), 'answer')} not stored, and nothing is asked in a replay"


def _count(n: int, noun: str) -> str:
    return f"1 {noun} is" if n == 1 else f"{n:,} {noun}s are"
