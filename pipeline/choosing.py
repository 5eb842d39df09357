"""From what a model answered to the odds between a few options, each a single letter."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from pipeline.completion import Token

FLOOR: Final = 1e-4  # the odds of an option that is not among the top log-probabilities
BARE_ANSWER: Final = 0.9  # how far a bare letter is trusted where there are no log-probabilities
LEAST_SEEN: Final = (
    0.01  # what the options must add up to; below it the model was about to say something else
)


def odds_of_tokens(tokens: Sequence[Token], options: Sequence[str]) -> dict[str, float] | None:
    """Return the odds of ``options`` by the likeliest first tokens; None where none begins the answer."""
    seen = dict.fromkeys(options, 0.0)
    for token in tokens:
        letter = token.token.strip()
        if letter in seen:
            seen[letter] += math.exp(token.logprob)
    return _normalised(seen) if sum(seen.values()) >= LEAST_SEEN else None


def odds_of_letter(letter: str, options: Sequence[str]) -> dict[str, float]:
    """Return the odds of ``options`` where nothing but the ``letter`` chosen is known."""
    rest = (1.0 - BARE_ANSWER) / max(len(options) - 1, 1)
    return _normalised({option: BARE_ANSWER if option == letter else rest for option in options})


def _normalised(odds: Mapping[str, float]) -> dict[str, float]:
    floored = {option: max(value, FLOOR) for option, value in odds.items()}
    total = sum(floored.values())
    return {option: value / total for option, value in floored.items()}
