"""An endpoint that misbehaves on purpose: each fault as a reply, and when which one strikes.

What strikes is drawn from a seed and the request itself, so that it is the same whatever the order in which
requests happen to arrive.
"""

import hashlib
import json
import random
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final

from tests.fake_endpoint import Answer, Body, Reply, check_answer, completion, refused, said, scored

PAGE: Final = b"<!doctype html><title>Gateway</title><h1>Something went wrong</h1>"
HTML: Final = {"content-type": "text/html; charset=utf-8"}
_NUMBERED = re.compile(r"^\d+: ", re.MULTILINE)
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _slow_headers(connection: socket.socket) -> None:
    connection.sendall(_HEAD + b"x-slow: ")
    while True:
        connection.sendall(b"z")
        time.sleep(0.05)


def _half_a_body(connection: socket.socket) -> None:
    connection.sendall(_HEAD + b'content-length: 1000\r\n\r\n{"choices": [{"index": 0, "mess')


def _endless_trickle(connection: socket.socket) -> None:
    connection.sendall(_HEAD + b"content-length: 1000000\r\n\r\n")
    while True:
        connection.sendall(b" ")
        time.sleep(0.02)


def _endless_flood(connection: socket.socket) -> None:
    connection.sendall(_HEAD + b"connection: close\r\n\r\n")
    while True:
        connection.sendall(b" " * 65536)


def _in_seconds(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def _wrong_type(body: Body) -> Reply:
    good = check_answer(body)
    return Reply(good.body, headers={"content-type": "text/plain"})


def _without_usage(body: Body) -> Reply:
    good = check_answer(body).body
    assert isinstance(good, dict)
    return Reply({name: value for name, value in good.items() if name != "usage"})


def _without_logprobs(body: Body) -> Reply:
    return said("C", finish_reason="length") if body.get("logprobs") else check_answer(body)


def _no_option(body: Body) -> Reply:
    return scored({"<think>": -0.001, "Okay": -7.0}) if body.get("logprobs") else check_answer(body)


def _too_long(most: int) -> Answer:
    def answer(body: Body) -> Reply:
        asked = body["messages"][-1]["content"]
        if len(_NUMBERED.findall(asked)) > most:
            return refused(
                400, "This model's maximum context length is 40 tokens.", code="context_length_exceeded"
            )
        return check_answer(body)

    return answer


def _always(reply: Reply) -> Answer:
    return lambda _body: reply


# By name: what the fault sends in place of an answer.
FAULTS: Mapping[str, Answer] = {
    "429": _always(refused(429, "slow down")),
    "429, Retry-After in seconds": _always(refused(429, "slow down", retry_after="0.1")),
    "429, Retry-After as a date": lambda _body: refused(429, "slow down", retry_after=_in_seconds(1)),
    "429, quota used up": _always(refused(429, "You exceeded your quota", code="insufficient_quota")),
    "500": _always(refused(500, "boom")),
    "502 with a page": _always(Reply(PAGE, status=502, headers=HTML)),
    "503": _always(refused(503, "overloaded")),
    "529": _always(refused(529, "overloaded")),
    "hangs up": _always(Reply(status=0)),
    "connection reset": _always(Reply(raw=_reset)),
    "slow headers": _always(Reply(raw=_slow_headers)),
    "half a body": _always(Reply(raw=_half_a_body)),
    "endless trickle": _always(Reply(raw=_endless_trickle)),
    "endless flood": _always(Reply(raw=_endless_flood)),
    "wrong content type": _wrong_type,
    "200 with a page": _always(Reply(PAGE, headers=HTML)),
    "403 with a page": _always(Reply(PAGE, status=403, headers=HTML)),
    "401": _always(refused(401, "Incorrect API key provided")),
    "404": _always(refused(404, "no such model")),
    "redirect elsewhere": _always(Reply(status=307, headers={"location": "http://127.0.0.1:9/v1"})),
    "empty body": _always(Reply(b"")),
    "no JSON": _always(Reply(b'{"choices": [')),
    "JSON of another shape": _always(Reply({"status": "ok"})),
    "a list": _always(Reply(b"[]")),
    "null": _always(Reply(b"null")),
    "an error with status 200": _always(Reply({"error": {"message": "upstream is down", "code": 502}})),
    "empty choices": _always(Reply(completion([]))),
    "cut off at the length": _always(said('{"claims": [', finish_reason="length")),
    "refusal": _always(said(None, refusal="I will not.")),
    "content filter, as an answer": _always(said("", finish_reason="content_filter")),
    "content filter, as an error": _always(refused(400, "content_filter", code="content_filter")),
    "ignores the schema": _always(said("Gladly! Here is what I found: many things.")),
    "another schema": _always(said('{"verdict": "true"}')),
    "no usage": _without_usage,
    "no log-probabilities": _without_logprobs,
    "no option among the log-probabilities": _no_option,
    "context too long for two sentences": _too_long(1),
    "context too long for anything": _always(refused(400, "prompt is too long: 9000 tokens > 40 maximum")),
    "413": _always(refused(413, "request entity too large")),
}


def at_first(fault: Answer, healthy: Answer = check_answer) -> Answer:
    """Meet each question with ``fault`` the first time it is asked, and answer it from then on."""
    asked: Counter[str] = Counter()
    lock = threading.Lock()

    def answer(body: Body) -> Reply:
        with lock:
            asked[_key(body)] += 1
            times = asked[_key(body)]
        return fault(body) if times == 1 else healthy(body)

    return answer


def now_and_then(
    faults: Sequence[Answer], *, share: float, seed: int, healthy: Answer = check_answer
) -> Answer:
    """Meet ``share`` of the requests, drawn by ``seed``, with one of ``faults``, and answer the others."""
    asked: Counter[str] = Counter()
    lock = threading.Lock()

    def answer(body: Body) -> Reply:
        with lock:
            asked[_key(body)] += 1
            times = asked[_key(body)]
        draw = random.Random(f"{seed} {times} {_key(body)}")
        return draw.choice(faults)(body) if draw.random() < share else healthy(body)

    return answer


def _key(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def when(struck: Callable[[Body], bool], fault: Answer, healthy: Answer = check_answer) -> Answer:
    """Meet the requests that ``struck`` picks with ``fault``, and answer the others."""
    return lambda body: fault(body) if struck(body) else healthy(body)
