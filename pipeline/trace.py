"""What became of each question of one story: the hash of its answer, or why there is none."""

import hashlib
from dataclasses import dataclass, field
from typing import Final

from schemas.run import Unanswered

DIGITS: Final = 16  # of a hash: enough to tell the questions of one run apart


@dataclass
class Trace:
    """The questions asked since it was made; ``lacks`` is what the endpoint is known to lack."""

    lacks: tuple[str, ...] = ()
    answers: dict[str, str] = field(default_factory=dict)
    unanswered: dict[str, Unanswered] = field(default_factory=dict)

    def answered(self, key: str, answer: str) -> None:
        """Note the stored ``answer`` to the question ``key``."""
        self.answers[key[:DIGITS]] = digest(answer)

    def failed(self, key: str, error: Exception) -> None:
        """Note that the question ``key`` met ``error``; it may have met others before."""
        before = self.unanswered.get(key[:DIGITS])
        self.unanswered[key[:DIGITS]] = Unanswered(
            error=type(error).__name__, said=str(error), times=before.times + 1 if before else 1
        )


def digest(answer: str) -> str:
    """Return the first digits of the SHA-256 of a stored answer."""
    return sha256(answer.encode())[:DIGITS]


def sha256(data: bytes) -> str:
    """Return the SHA-256 of ``data`` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
