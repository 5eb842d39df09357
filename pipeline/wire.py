"""What differs between endpoints: what each lacks, and how a request is put to it.

A missing feature is detected once, from the endpoint's own refusal, and noted for the report.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

REASONING_ROOM = 2000  # tokens a reasoning model may think before its answer
SHORTEST_SECRET = 8  # characters; a shorter key is a placeholder, and cutting it out would garble words


class SentOtherwise(Exception):
    """The request was refused for a feature the endpoint lacks: send it again, now that this is known."""


class Wire:
    """What is known of one endpoint's ways; ``known`` are the features it was found to lack before."""

    def __init__(self, name: str, model: str, secret: str, known: Iterable[str] = ()) -> None:
        self.name = name
        self.model = model
        self.notes: list[str] = []
        self._secret = secret
        self._lacks: set[str] = set()
        for feature in known:
            self.note_lack(feature)

    def lacks(self, feature: str) -> bool:
        """Tell whether the endpoint is known to lack ``feature``."""
        return feature in self._lacks

    def note_lack(self, feature: str) -> None:
        """Remember, and note once for the report, that ``feature`` is missing."""
        if feature not in self._lacks:
            self._lacks.add(feature)
            self.note(FEATURES[feature][1])

    def note(self, text: str) -> None:
        """Note ``text`` once for the report."""
        if text not in self.notes:
            self.notes.append(text)

    def must_be_put_otherwise(self, request: Mapping[str, Any]) -> bool:
        """Tell whether ``request`` asks for what the endpoint lacks and ``adapted`` cannot take out."""
        return any(feature in request and self.lacks(feature) for feature in ("logprobs", "response_format"))

    def adapted(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return ``request`` in the words this endpoint understands."""
        adapted = dict(request)
        if self.lacks("at_once") or self.lacks("max_tokens"):
            adapted["max_tokens"] += REASONING_ROOM
        if self.lacks("max_tokens"):
            adapted["max_completion_tokens"] = adapted.pop("max_tokens")
        if self.lacks("temperature"):
            adapted.pop("temperature", None)
        return adapted

    def note_thoughts(self, body: Mapping[str, Any]) -> bool:
        """Tell whether an answer was all thought, for want of room that it can be given, and note that."""
        if self.lacks("max_tokens") or not ended_in_thought(body):
            return False
        self.note_lack("at_once")
        self.note_lack("logprobs")  # the first token is that of a thought
        return True

    def without_key(self, text: str) -> str:
        """Return ``text`` with the key cut out, which some endpoints repeat."""
        return text.replace(self._secret, "[key]") if len(self._secret) >= SHORTEST_SECRET else text


# By the name of the request's field: the words of a refusal that name it, and what the report says then. An
# answer tells what has no words.
FEATURES: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "max_tokens": (("max_completion_tokens",), "the endpoint wants max_completion_tokens"),
    "logprobs": (
        ("logprobs",),
        "the endpoint gives no log-probabilities: bare answers are used instead, and confidences are coarse",
    ),
    "response_format": (
        ("response_format", "json_schema", "json schema", "structured output", "grammar"),
        "the endpoint has no json_schema: the schema is put into the prompt instead",
    ),
    "temperature": (("temperature",), "the endpoint takes no temperature: answers may differ between runs"),
    "at_once": ((), f"the model thinks before it answers, and gets {REASONING_ROOM:,} tokens more for that"),
}
# A path that wants a query is that of Azure's older API, which wants its key in another header, too.
NO_QUERY: Final = (
    "takes no query (what follows ? or #): give the address without it; for Azure OpenAI that is "
    "https://RESOURCE.openai.azure.com/openai/v1/"
)
_THOUGHTS: Final = ("reasoning_content", "reasoning")  # fields beside the content, where hosts put them


def ended_in_thought(body: Mapping[str, Any]) -> bool:
    """Tell whether a completion was cut off before the model had ended to think; ``body`` has its shape.

    One with log-probabilities was asked for its first token alone, and is cut off anyhow.
    """
    choice = body["choices"][0]
    message, said = choice["message"], (choice["message"].get("content") or "").strip()
    is_thought = any(message.get(name) for name in _THOUGHTS) if not said else said.startswith("<think>")
    is_cut_off = choice.get("finish_reason") == "length" and not choice.get("logprobs")
    return is_cut_off and is_thought and "</think>" not in said


def is_loopback(base_url: str | None) -> bool:
    """Tell whether ``base_url`` leads to this machine itself."""
    return base_url is not None and urlsplit(base_url).hostname in ("127.0.0.1", "::1", "localhost")


def without_version(address: str | None) -> str:
    """Return what to try where ``address`` names no version of its interface, as nearly all do; else ""."""
    has_one = address is None or re.search(r"/v\d", urlsplit(address).path)
    return "" if has_one else ", which has no /v1: most addresses end in it, so try it with /v1 at its end"
