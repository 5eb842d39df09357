"""What the errors of endpoints mean, and what they send in place of an answer.

Loaded with ``sending.py``, when a question has to be sent: openai's errors take openai to be told apart.
"""

import json
import re
import ssl
from collections.abc import Mapping
from typing import Any, cast

import httpx2
import openai

from pipeline import errors
from pipeline.completion import check_shape
from pipeline.config import shown_address
from pipeline.limits import pause_s
from pipeline.wire import FEATURES, SentOtherwise, Wire, without_version

_FOREIGN = "what the endpoint sent is no chat completion"
# What endpoints say of a prompt that is too long for them, in lower case.
_TOO_LONG = re.compile(
    r"context[ _](?:length|size|window)|\b(?:prompt|input|request) (?:is|was) too (?:long|large)"
    r"|too many (?:input )?tokens|reduce the length of the (?:messages|prompt)"
)
# What they say of a text that a filter held back, likewise.
_FILTERED = ("content_filter", "content management policy", "moderation", "input was flagged")
# What llama.cpp's server says of an answer that its own parser cannot read, and would not another time.
_GARBLED = re.compile(r"output that does not match the expected|failed to parse input at pos")


class Unreadable(Exception):
    """What came has not the shape of an answer; ``is_foreign`` where it is no chat completion at all."""

    def __init__(self, message: str, *, is_foreign: bool = False) -> None:
        super().__init__(message)
        self.is_foreign = is_foreign


def translated(error: openai.OpenAIError | TimeoutError, sent: Mapping[str, Any], wire: Wire) -> Exception:
    """Return the error of ours that ``error`` stands for; ``sent`` is the request that met it by ``wire``."""
    if _is_untrusted(error):
        return errors.NotTrusted(
            f"{wire.name} cannot be trusted ({_said(error, wire)}): check OPENAI_BASE_URL, or name the "
            "certificates to trust in SSL_CERT_FILE."
        )
    if isinstance(error, openai.APIStatusError):
        meant = _of_this_request(error, sent, wire) or _of_all_requests(error, wire)
        if meant is not None:
            return meant
    if isinstance(error, openai.APIConnectionError):
        cause = error.__cause__
        if cause is not None and not isinstance(cause, httpx2.HTTPError | OSError):
            return cast("Exception", cause)  # no fault of the network: a missing recording, a bug
    return errors.CallFailed(f"no answer: {_said(error, wire)}")


def _of_all_requests(error: openai.APIStatusError, wire: Wire) -> Exception | None:
    """Return what is wrong with every request; None where ``error`` is about this one, or may pass."""
    match error:
        case openai.APIStatusError(code="model_not_found"):
            return _no_model(wire)
        case openai.APIStatusError(code="insufficient_quota") | openai.APIStatusError(status_code=402):
            return errors.QuotaUsedUp(
                f"{wire.name} says that the quota is used up: look at the account, then run the same "
                "command again; what was answered is kept."
            )
        case openai.AuthenticationError() | openai.PermissionDeniedError() if not _is_page(error):
            return errors.AuthenticationFailed(
                f"{wire.name} refuses the key ({error.status_code}): set OPENAI_API_KEY to a valid one."
            )
        case openai.NotFoundError():
            return _no_model(wire, without_version(str(error.request.url)))
        case openai.APIStatusError(status_code=status) if status < 400:
            return errors.ModelNotFound(
                f"{wire.name} answers with a redirect ({status}){_target(error, wire)}, which is not "
                "followed: articles and key go only where you say. If you trust that address, set "
                "OPENAI_BASE_URL to it."
            )
        case openai.APIStatusError(status_code=401 | 403 | 407 as status):
            return errors.EndpointDown(
                f"What stands between us and {wire.name} does not let us through ({status}): check the "
                "proxy (HTTPS_PROXY) and the address."
            )
        case openai.BadRequestError() | openai.UnprocessableEntityError():
            return errors.CallFailed(f"the endpoint refused the request: {_said(error, wire)}")
    return None


def down(error: BaseException, wire: Wire) -> errors.EndpointDown:
    """Return the error that ends the run: call after call met ``error``, after all attempts."""
    if isinstance(error, openai.APIStatusError):
        return errors.EndpointDown(
            f"{wire.name} only answers with errors ({_said(error, wire)}): mend that or wait, then run "
            "the same command again; what was answered is kept."
        )
    return errors.EndpointDown(
        f"No answer from {wire.name} ({_said(error, wire)}): check the address and the network, then run "
        "the same command again; what was answered is kept."
    )


def _no_model(wire: Wire, hint: str = "") -> errors.ModelNotFound:
    return errors.ModelNotFound(
        f"{wire.name} does not know the model {wire.model!r}, or has no chat completions at this "
        f"address: check --model and OPENAI_BASE_URL{hint}."
    )


def _target(error: openai.APIStatusError, wire: Wire) -> str:
    """Return where a redirect leads, as far as it can be shown."""
    location = error.response.headers.get("location", "").removesuffix("/chat/completions")
    return f" to {shown(shown_address(location), wire)}" if location else ""


def _said(error: BaseException, wire: Wire) -> str:
    """Return what ``error`` says on one short line, without the key."""
    cause = error.__cause__ if isinstance(error, openai.APIConnectionError) else None
    told = cause or error
    return shown(str(told), wire) or type(told).__name__


def shown(said: str, wire: Wire) -> str:
    """Return what an endpoint ``said`` on one short line that is safe to print, without the key."""
    text = "".join(c if c.isprintable() else " " for c in said)  # no colours, no cursor moves
    text = wire.without_key(" ".join(text.split()))
    return text if len(text) <= 200 else text[:199] + "…"


def _of_this_request(error: openai.APIStatusError, sent: Mapping[str, Any], wire: Wire) -> Exception | None:
    """Return what is wrong with this request as it was put; None where ``error`` means something else."""
    if error.status_code == 413:
        return errors.ContextTooLong("the prompt is longer than the endpoint takes")
    if _is_garbled(error):
        return errors.AnswerInvalid("the endpoint cannot read what its model answered")
    if error.status_code not in (400, 403, 422) or _is_page(error):
        return None
    text = str(error).lower()
    if _TOO_LONG.search(text):
        return errors.ContextTooLong("the prompt does not fit the model's context")
    if any(words in text for words in _FILTERED):
        return errors.AnswerRefused("the endpoint's content filter declined")
    for feature, (words, _) in FEATURES.items():
        if feature in sent and any(word in text for word in words):
            wire.note_lack(feature)
            return SentOtherwise()
    return None


def _is_garbled(error: openai.APIStatusError) -> bool:
    return error.status_code == 500 and _GARBLED.search(str(error).lower()) is not None


def object_in(content: bytes) -> dict[str, Any]:
    """Return the JSON object that an endpoint sent. Raises Unreadable for anything else."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        raise Unreadable("what the endpoint sent is no JSON", is_foreign=True) from None
    if not isinstance(body, dict):
        raise Unreadable(_FOREIGN, is_foreign=True)
    return body


def check_completion(body: Mapping[str, Any]) -> None:
    """Raise Unreadable where ``body`` is no chat completion, or one that cannot be read."""
    if not isinstance(body.get("choices"), list):
        raise Unreadable(_FOREIGN, is_foreign=True)
    try:
        check_shape(body)
    except errors.AnswerInvalid as error:
        raise Unreadable(str(error)) from None
    if body["choices"][0].get("finish_reason") == "error":
        raise Unreadable("the endpoint gave up in the middle of the answer")


def may_help_to_retry(error: BaseException) -> bool:
    """Tell whether sending the same request again can succeed."""
    if isinstance(error, TimeoutError | Unreadable):
        return True
    if _is_untrusted(error):
        return False
    if isinstance(error, openai.APIConnectionError):
        cause = error.__cause__
        return cause is None or isinstance(cause, httpx2.HTTPError | OSError)
    return (
        isinstance(error, openai.APIStatusError)
        and error.code != "insufficient_quota"
        and not _is_garbled(error)
        and (error.status_code in (408, 409, 429) or error.status_code >= 500)
    )


def is_overload(error: BaseException) -> bool:
    """Tell whether ``error`` says that the endpoint has too much to do: fewer requests at a time may help."""
    if isinstance(error, openai.APIStatusError):
        return error.status_code in (429, 503, 529)
    return is_timeout(error)


def is_timeout(error: BaseException | None) -> bool:
    """Tell whether ``error`` says that no answer came in time."""
    return isinstance(error, TimeoutError | openai.APITimeoutError)


def is_unbilled(error: BaseException) -> bool:
    """Tell whether a request that met ``error`` surely cost nothing: it was refused, or never got there."""
    if isinstance(error, openai.APIStatusError):
        return error.status_code < 500 and error.status_code != 408
    return isinstance(error, openai.APIConnectionError) and (
        isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.ProxyError)
    )


def _is_untrusted(error: BaseException | None) -> bool:
    """Tell whether ``error`` comes from a certificate that does not fit, or from no TLS on the other side."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:  # causes and contexts can go round in a circle
        seen.add(id(error))
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        if isinstance(error, ssl.SSLError) and error.reason in (
            "WRONG_VERSION_NUMBER",
            "RECORD_LAYER_FAILURE",
        ):
            return True
        error = error.__cause__ or error.__context__
    return False


def _is_page(error: openai.APIStatusError) -> bool:
    """Tell whether a web page came in place of an endpoint's error, as proxies send."""
    return "html" in error.response.headers.get("content-type", "").lower()


def retry_after_s(error: BaseException | None) -> float | None:
    """Return the wait that an answer's Retry-After asks for, in seconds, when it names one."""
    return pause_s(error.response.headers) if isinstance(error, openai.APIStatusError) else None
