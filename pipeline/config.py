"""Settings of one run: what the user asked for, and what the environment adds. Nothing else reads it."""

import os
import re
from pathlib import Path

import platformdirs
from pydantic import Field

from pipeline.errors import InputError
from pipeline.setting import MODELS
from schemas.record import Record

DEFAULT_MODEL = "qwen2.5-coder-1.5b"
RULES = "rules"  # in place of a model's name: none is asked, and code alone compares
_LONGEST_KEY = 10_000  # bytes
DEFAULT_PROMPTS = {"extract": "v2", "screen": "v1", "adjudicate": "v2"}


class Environment(Record):
    """What the process environment says; the key is never shown, logged or stored."""

    api_key: str | None = None
    base_url: str | None = None
    models_dir: Path
    prices: Path | None = None  # the user's table of prices, which need not be there

    def __repr__(self) -> str:
        """Keep the key out of every log and traceback."""
        address = shown_address(self.base_url) if self.base_url else None
        return f"Environment(base_url={address!r}, api_key={'set' if self.api_key else None})"

    __str__ = __repr__


class Settings(Record):
    """What one run does; times in seconds, rates per minute. The command's options have these bounds, too."""

    model: str | None = None
    base_url: str | None = None  # in place of OPENAI_BASE_URL
    cache: Path | None = None
    concurrency: int | None = Field(None, ge=1, le=256)
    requests_per_minute: float | None = Field(None, ge=0.1)
    timeout_s: float | None = Field(None, ge=1)
    max_cost_usd: float | None = Field(None, ge=0)
    max_tokens: int | None = Field(None, ge=0)
    max_calls: int | None = Field(None, ge=0)
    max_time_s: float | None = Field(None, ge=0)
    prices: Path | None = None
    threads: int | None = Field(None, ge=1)
    calibration: Path | None = None
    refetch: bool = False  # fetch pages anew that are kept
    allow_private: bool = False  # fetch pages from addresses of the user's own network, too
    again: bool = False  # ask once more where a stored answer is of no use
    batch: bool = False  # hand questions in by the endpoint's Batch API
    wait_s: float | None = Field(None, ge=1)  # between looks at a batch, until all is answered; None: no wait
    scheduler: str | None = None  # address of a Dask cluster; None starts one on this machine
    workers: int | None = Field(None, ge=1)  # processes of that one; None is one a core
    fields: dict[str, str] = {}  # what rows of articles call our fields, where they call them otherwise
    lost_after_s: float = 60.0  # that a cluster may be without any worker
    prompts: dict[str, str] = DEFAULT_PROMPTS

    def shown(self) -> dict[str, str]:
        """Return what was set, for the report; no paths, and no keys."""
        caps = ("max_cost_usd", "max_tokens", "max_calls", "max_time_s")
        told = ("concurrency", "requests_per_minute", "timeout_s", "threads", *caps)
        return {name: str(value) for name in told if (value := getattr(self, name)) is not None}


def bounds_of(name: str) -> tuple[float | None, float | None]:
    """Return the least and the most that the field ``name`` of ``Settings`` takes, None for no bound."""
    held = Settings.model_fields[name].metadata
    least, most = (next((getattr(one, of) for one in held if hasattr(one, of)), None) for of in ("ge", "le"))
    return least, most


def own_folder() -> Path:
    """Return the user's folder of settings, which need not be there."""
    return platformdirs.user_config_path("storycheck")


def read_environment(base_url: str | None = None) -> Environment:
    """Return what the environment says about the endpoint, and where model files and prices are kept.

    An address given as ``base_url`` takes the place of OPENAI_BASE_URL. Raises InputError where
    OPENAI_API_KEY_FILE names a file that holds no key.
    """
    models, prices = os.environ.get(MODELS), os.environ.get("STORYCHECK_PRICES")
    return Environment(
        api_key=_key(),
        base_url=(base_url or os.environ.get("OPENAI_BASE_URL", "")).strip() or None,
        models_dir=Path(models) if models else platformdirs.user_cache_path("storycheck") / "models",
        prices=Path(prices) if prices else own_folder() / "prices.toml",
    )


def first_set(*names: str) -> str | None:
    """Return the first of the variables ``names`` that the environment sets, or None."""
    return next((name for name in names if os.environ.get(name, "").strip()), None)


def names_set() -> list[str]:
    """Return the names of all variables that the environment sets."""
    return [name for name, value in os.environ.items() if value.strip()]


def wants_color() -> bool | None:
    """Return whether the environment asks for colours, or against them; None leaves it to the terminal.

    NO_COLOR (no-color.org) goes before FORCE_COLOR (force-color.org) and CLICOLOR_FORCE, and CLICOLOR=0 comes
    last (bixense.com/clicolors).
    """
    told = {name: os.environ.get(name, "") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")}
    if os.environ.get("NO_COLOR"):
        return False
    if any(value not in ("", "0") for value in told.values()):
        return True
    is_against = os.environ.get("CLICOLOR") == "0" or told["FORCE_COLOR"] == "0"
    return False if is_against else None


def silence_libraries() -> None:
    """Have no library report to its makers; onnxruntime does, unless it is told before it loads."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"


def shown_address(address: str) -> str:
    """Return ``address`` as it can be shown: without a name and password, and without its query."""
    shown, *rest = re.split(r"[?#]", address, maxsplit=1)
    if "@" in "".join(rest):  # a password with a question mark in it, or a query with an @
        return address[: shown.find("//") + 2] + "..."
    return re.sub(r"^(\w+://)?.*@", r"\1", shown, flags=re.DOTALL)


def _key() -> str | None:
    """Return the key, from OPENAI_API_KEY or else the file that OPENAI_API_KEY_FILE names.

    Without the line end or blank that a key read from a file tends to bring along.
    """
    key = os.environ.get("OPENAI_API_KEY", "").strip()
    name = os.environ.get("OPENAI_API_KEY_FILE", "").strip()
    if key or not name:
        return key or None
    path = Path(name).expanduser()
    try:
        if not path.is_file():  # a pipe would be waited for, a device read without end
            raise InputError(f"OPENAI_API_KEY_FILE: {path} is no file: give one that holds the key.")
        with path.open("rb") as file:
            key = file.read(_LONGEST_KEY).decode("ascii", "replace").strip()
    except OSError as error:
        raise InputError(
            f"OPENAI_API_KEY_FILE: cannot read {path} ({error.strerror}): make it readable."
        ) from error
    if not key:
        raise InputError(f"OPENAI_API_KEY_FILE: {path} is empty: write the key into it.")
    return key
