"""What the invented model says: a claim a sentence, and of two sentences whether they tell one fact alike.

It reads what it is sent, and knows nothing of how the stories were made. Its tokens are those of a real
tokenizer, that of the embedder, over the messages and the answer.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Final

from tokenizers import Tokenizer

from pipeline.verifier.onnx import FOLDER

Body = dict[str, Any]
A_MESSAGE: Final = 4  # tokens that a chat template puts around a message
ALIKE: Final = 0.5  # the share of the shorter sentence's long words from which two tell one fact
_LONG: Final = 5  # letters
_NUMBERED: Final = re.compile(r"^(\d+): (.*)$", re.MULTILINE)
_DATED: Final = re.compile(r"(On \w+), (.*)\.$")
_SCREENED: Final = re.compile(r"^Report: (.*)\nStatement: (.*)$", re.MULTILINE)
_MARKED: Final = re.compile(r">> (.*?) <<")
_WORD: Final = re.compile(r"[A-Za-z]+")
_NUMBER: Final = re.compile(r"\d+")


def answer(request: Mapping[str, Any]) -> Body:
    """Return the completion that answers ``request``, with its ``usage``."""
    asked = str(request["messages"][-1]["content"])
    choice: Body = {"index": 0, "finish_reason": "stop"}
    if request.get("logprobs"):
        text, choice["logprobs"] = _letter(*_SCREENED.findall(asked)[-1])
    elif len(marked := _MARKED.findall(asked)) == 2:
        text = _ruling(*marked)
    else:
        text = json.dumps({n: [_reworded(sentence)] for n, sentence in _NUMBERED.findall(asked)})
    choice["message"] = {"role": "assistant", "content": text}
    tokens_in, tokens_out = tokens_of(request["messages"]), size(text)
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": request["model"],
        "choices": [choice],
        "usage": {
            "prompt_tokens": tokens_in,
            "completion_tokens": tokens_out,
            "total_tokens": tokens_in + tokens_out,
        },
    }


def tokens_of(messages: Sequence[Mapping[str, str]]) -> int:
    """Return the tokens of a chat."""
    return sum(size(message["content"]) + A_MESSAGE for message in messages)


@lru_cache(maxsize=4096)  # the static turns of a prompt come with every question
def size(text: str) -> int:
    """Return the tokens of ``text``."""
    return len(_tokenizer().encode(text, add_special_tokens=False).ids)


@cache
def _tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(FOLDER / "tokenizer.json"))


def _reworded(sentence: str) -> str:
    """Return a claim in the words of ``sentence``, the day at its end: such claims have to be grounded."""
    dated = _DATED.match(sentence)
    return f"{dated[2][0].upper()}{dated[2][1:]} {dated[1].lower()[:2]}{dated[1][2:]}." if dated else sentence


def _letter(report: str, statement: str) -> tuple[str, Body]:
    odds = {"S": -4.0, "C": -4.0, "N": -4.0}
    letter = "N"
    if _is_one_fact(report, statement):
        letter = "S" if set(_NUMBER.findall(report)) >= set(_NUMBER.findall(statement)) else "C"
    odds[letter] = -0.05
    tops = [{"token": token, "logprob": value, "bytes": None} for token, value in odds.items()]
    best = {"token": letter, "logprob": odds[letter], "bytes": None, "top_logprobs": tops}
    return letter, {"content": [best]}


def _ruling(one: str, other: str) -> str:
    relation = "contradiction" if _is_one_fact(one, other) else "compatible"
    return json.dumps({"reason": "The numbers differ.", "relation": relation, "kind": "quantity"})


def _is_one_fact(one: str, other: str) -> bool:
    words = [{w.lower() for w in _WORD.findall(text) if len(w) >= _LONG} for text in (one, other)]
    return len(words[0] & words[1]) >= ALIKE * max(1, min(map(len, words)))
