"""Cassettes a person can review: bodies as data instead of strings, noise and secrets left out.

A cassette holds no host, no port, no key and no time; requests match on method, path, query and body.
"""

import json
from pathlib import Path
from typing import Any

import yaml
from vcr.request import Request

FOLDER = Path(__file__).parent.parent / "cassettes"
JSON_BODY = {"content-type": "application/json"}
NOWHERE = "http://model.invalid"
_NOISE = ("id", "created", "timings", "system_fingerprint")

CONFIG = {
    "match_on": ["method", "path", "query", "body"],
    "decode_compressed_response": True,
    "allow_playback_repeats": False,
}


def without_noise(response: dict[str, Any]) -> dict[str, Any]:
    """Return a response as it is kept: its status and its body, without times, ids and token bytes."""
    body = json.loads(response["body"]["string"])
    for name in _NOISE:
        body.pop(name, None)
    body.setdefault("id", "recorded")
    body.setdefault("created", 0)
    for choice in body.get("choices", ()):
        for token in (choice.get("logprobs") or {}).get("content") or ():
            for option in (token, *token["top_logprobs"]):
                option.pop("bytes", None)
                option.pop("id", None)
                option["logprob"] = round(option["logprob"], 4)
    kept = json.dumps(body, ensure_ascii=False).encode()
    headers = {"content-type": ["application/json"]}
    return {"status": response["status"], "headers": headers, "body": {"string": kept}}


def without_host(request: Request) -> Request:
    """Return a request as it is kept: without the address it went to, and without headers."""
    scheme, _, rest = str(request.uri).partition("://")
    assert scheme == "http"
    request.uri = f"{NOWHERE}/{rest.partition('/')[2]}"
    request.headers = JSON_BODY  # what the body matcher needs to compare data instead of characters
    return request


def serialize(cassette: dict[str, Any]) -> str:
    """Return the cassette as YAML, its JSON bodies as data."""
    kept = []
    for interaction in cassette["interactions"]:
        request, response = interaction["request"], interaction["response"]
        kept.append(
            {
                "request": {
                    "method": request["method"],
                    "uri": request["uri"],
                    "json": json.loads(request["body"]),
                },
                "response": {
                    "status": response["status"]["code"],
                    "json": json.loads(response["body"]["string"]),
                },
            }
        )
    return yaml.safe_dump({"interactions": kept}, allow_unicode=True, sort_keys=False, width=110)


def deserialize(text: str) -> dict[str, Any]:
    """Return the cassette as vcrpy wants it."""
    interactions = [
        {
            "request": {
                "method": i["request"]["method"],
                "uri": i["request"]["uri"],
                "body": json.dumps(i["request"]["json"], separators=(",", ":"), ensure_ascii=False),
                "headers": JSON_BODY,
            },
            "response": {
                "status": {"code": i["response"]["status"], "message": ""},
                "headers": {"content-type": ["application/json"]},
                "body": {"string": json.dumps(i["response"]["json"], ensure_ascii=False)},
            },
        }
        for i in yaml.load(text, Loader=yaml.CSafeLoader)["interactions"]
    ]
    return {"version": 1, "interactions": interactions}


def answers(path: Path) -> dict[str, str]:
    """Return the recorded response bodies by the canonical JSON of the request's body."""
    loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["interactions"]
    return {canonical(i["request"]["json"]): json.dumps(i["response"]["json"]) for i in loaded}


def canonical(body: object) -> str:
    """Return a request's body in a form that does not depend on the order of its keys."""
    return json.dumps(body, sort_keys=True)
