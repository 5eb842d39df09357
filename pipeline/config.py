"""Settings of one run: what the user asked for, and what the environment adds. Nothing else reads it."""

import os
from pathlib import Path

import platformdirs

from schemas.record import Record

DEFAULT_MODEL = "qwen2.5-coder-1.5b"
DEFAULT_PROMPTS = {"extract": "v1", "screen": "v1", "adjudicate": "v2"}


class Environment(Record):
    """What the process environment says; the key is never shown, logged or stored."""

    api_key: str | None = None
    base_url: str | None = None
    models_dir: Path
    prices: Path | None = None  # the user's table of prices, which need not be there

    def __repr__(self) -> str:
        """Keep the key out of every log and traceback."""
        return f"Environment(base_url={self.base_url!r}, api_key={'set' if self.api_key else None})"

    __str__ = __repr__


class Settings(Record):
    """What one run does; times in seconds, rates per minute."""

    model: str | None = None
    cache: Path | None = None
    concurrency: int | None = None
    requests_per_minute: float | None = None
    timeout_s: float | None = None
    max_cost_usd: float | None = None
    max_tokens: int | None = None
    max_calls: int | None = None
    max_time_s: float | None = None
    prices: Path | None = None
    threads: int | None = None
    calibration: Path | None = None
    prompts: dict[str, str] = DEFAULT_PROMPTS

    def shown(self) -> dict[str, str]:
        """Return what was set, for the report; no paths, and no keys."""
        caps = ("max_cost_usd", "max_tokens", "max_calls", "max_time_s")
        told = ("concurrency", "requests_per_minute", "timeout_s", "threads", *caps)
        return {name: str(value) for name in told if (value := getattr(self, name)) is not None}


def read_environment() -> Environment:
    """Return what the environment says about the endpoint, and where model files and prices are kept."""
    models, prices = os.environ.get("STORYCHECK_MODELS"), os.environ.get("STORYCHECK_PRICES")
    return Environment(
        # Without the line end or blank that a key read from a file tends to bring along.
        api_key=os.environ.get("OPENAI_API_KEY", "").strip() or None,
        base_url=os.environ.get("OPENAI_BASE_URL", "").strip() or None,
        models_dir=Path(models) if models else platformdirs.user_cache_path("storycheck") / "models",
        prices=Path(prices) if prices else platformdirs.user_config_path("storycheck") / "prices.toml",
    )
