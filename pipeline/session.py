"""Opens what a run needs: an endpoint, or the embedded model in its place."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from pipeline.config import DEFAULT_MODEL, RULES, Environment, Settings, shown_address
from pipeline.embedded.engine import own_build
from pipeline.embedded.fetch import fetch_model, sha256_of
from pipeline.embedded.models import CATALOGUE, EmbeddedModel, resolve_model
from pipeline.embedded.server import available_cores, serve
from pipeline.errors import InputError
from pipeline.llm import Endpoint
from pipeline.prices import FREE, Price, find_price
from pipeline.wire import NO_QUERY

# Four answers written side by side take turns less long than one after the other; questions that are only
# read gain nothing from it, and each slot would have to read the shared part of the prompt.
EMBEDDED_SLOTS = 4
EMBEDDED_ODDS_SLOTS = 1
EMBEDDED_CONTEXT = 3072  # tokens of one question with its answer
EMBEDDED_TIMEOUT_S = 600.0
HOSTED_CONCURRENCY = 32  # at most: how many an endpoint takes is found by trying, from 8 on
HOSTED_TIMEOUT_S = 120.0

FetchProgress = Callable[[int, int], None]


def open_endpoint(
    settings: Settings, environment: Environment, on_fetch: FetchProgress, *, is_last: bool = False
) -> AbstractContextManager[Endpoint]:
    """Return the endpoint that ``settings`` and ``environment`` name, open while the block runs.

    A .gguf file is served in this process; so is a model of the catalogue, the default one if none is named,
    unless OPENAI_BASE_URL says where else to ask. By ``RULES`` there is none, and nothing is asked.
    ``on_fetch`` hears the bytes fetched and the bytes in all. ``is_last``: the process ends after the block,
    and the model with it; see ``embedded.server.serve``. Raises InputError and ModelFileError.
    """
    if settings.model == RULES:
        return nullcontext(_no_model())
    is_hosted = bool(environment.api_key or environment.base_url)
    name = settings.model or (None if is_hosted else DEFAULT_MODEL)
    if name is None:
        raise InputError(
            "OPENAI_API_KEY or OPENAI_BASE_URL is set, but no model is named: add --model NAME to use that "
            f"endpoint; for the embedded model unset OPENAI_BASE_URL and add --model {DEFAULT_MODEL}."
        )
    is_ours = name in CATALOGUE and not environment.base_url
    if not is_hosted or is_ours or name.lower().endswith(".gguf"):
        return _embedded(name, settings, environment.models_dir, on_fetch, is_last=is_last)
    return nullcontext(_hosted(name, settings, environment))


def _no_model() -> Endpoint:
    def refuse() -> NoReturn:
        raise InputError(f"--model {RULES} asks no model, and this needs one: name it with --model.")

    return Endpoint(
        base_url=None, api_key="", model=RULES, name="none", start=refuse, price=FREE, by_rules=True
    )


def _hosted(name: str, settings: Settings, environment: Environment) -> Endpoint:
    base_url, key = environment.base_url, environment.api_key or "none"
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise InputError("OPENAI_API_KEY holds blanks or characters that no key has: copy it again.")
    host = "api.openai.com" if base_url is None else _host(base_url)
    return Endpoint(
        base_url=base_url,
        api_key=key,
        model=name,
        name=host,
        concurrency=settings.concurrency or HOSTED_CONCURRENCY,
        requests_per_minute=settings.requests_per_minute,
        timeout_s=settings.timeout_s or HOSTED_TIMEOUT_S,
        price=_price(name, host, settings, environment),
    )


def _price(model: str, host: str, settings: Settings, environment: Environment) -> Price | None:
    price = find_price(model, host, settings.prices, environment.prices)
    if price is None and settings.max_cost_usd is not None:
        raise InputError(
            f"--max-cost needs the price of {model!r} at {host}, which is not known: write it into "
            f"{settings.prices or environment.prices}, or cap with --max-tokens."
        )
    return price


def _host(base_url: str) -> str:
    try:
        address = urlsplit(base_url)
        is_usable = address.scheme in ("http", "https") and address.port != 0
        port = f":{address.port}" if address.port else ""
        host = f"{address.hostname}{port}" if is_usable and address.hostname else None
    except ValueError:  # a port that is no number, a bracket left open
        host = None
    if not host or " " in base_url or not base_url.isprintable():
        raise InputError(
            f"OPENAI_BASE_URL is {shown_address(base_url)!r}: give an address that begins with http:// or "
            "https://."
        )
    if "?" in base_url or "#" in base_url:
        raise InputError(f"OPENAI_BASE_URL {NO_QUERY}")
    return host


@contextmanager
def _embedded(
    name: str, settings: Settings, models_dir: Path, on_fetch: FetchProgress, *, is_last: bool
) -> Iterator[Endpoint]:
    model = resolve_model(name, models_dir)
    slots = settings.concurrency or EMBEDDED_SLOTS
    with ExitStack() as stack:

        def start() -> tuple[str, str]:
            path = fetch_model(model, models_dir, on_fetch) if isinstance(model, EmbeddedModel) else model
            threads = settings.threads or available_cores()
            serving = serve(path, threads=threads, slots=slots, context=EMBEDDED_CONTEXT, is_last=is_last)
            served = stack.enter_context(serving)
            return served.base_url, served.api_key

        yield Endpoint(
            base_url=None,
            api_key="",
            model=model.name,
            name="embedded",
            start=start,
            model_sha256=model.sha256 if isinstance(model, EmbeddedModel) else sha256_of(model),
            engine=own_build(),
            concurrency=slots,
            odds_concurrency=EMBEDDED_ODDS_SLOTS,
            requests_per_minute=settings.requests_per_minute,
            timeout_s=settings.timeout_s or EMBEDDED_TIMEOUT_S,
            price=FREE,
        )
