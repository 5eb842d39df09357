"""What the user asked an export for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Final, Literal
from urllib.parse import urlsplit

from pipeline.errors import InputError

_REQUIRED: Final = ("author", "author-url", "rating")
_SCALE: Final = ("rating-value", "worst", "best")
_PLACE = re.compile(r"\{(?:id|side|story)\}")


class What(StrEnum):
    """What the rows of an export are."""

    findings = "findings"
    claims = "claims"


@dataclass(frozen=True)
class Reviewer:
    """Who publishes reviews of claims, and in which words.

    ``rating`` is the judgement in the reviewer's own words; ``scale`` is (value, worst, best) where there are
    numbers, too. ``url_template`` is the address of a review, with ``{id}``, ``{side}`` and ``{story}`` to be
    filled in; null where the reviews have none yet.
    """

    name: str
    url: str
    rating: str
    is_a: Literal["Organization", "Person"] = "Organization"
    scale: tuple[float, float, float] | None = None
    url_template: str | None = None


@dataclass(frozen=True)
class Asked:
    """The rows asked for, and the reviewer where reviews are."""

    what: What = What.findings
    reviewer: Reviewer | None = None


def make_reviewer(options: Mapping[str, str | float]) -> Reviewer:
    """Return the reviewer that the ``options`` of the command line, by name, describe.

    Raises InputError when one is missing, or is no address, or the numbers are out of their order.
    """
    if missing := [f"--{name}" for name in _REQUIRED if not str(options.get(name, "")).strip()]:
        raise InputError(f"A review says who judged, and how: give {', '.join(missing)}.")
    template = options.get("url-template")
    if template is not None:
        _check_template(str(template))
    if not _is_address(str(options["author-url"])):
        raise InputError(f"--author-url {options['author-url']} is no address: give one with https://.")
    return Reviewer(
        name=str(options["author"]).strip(),
        url=str(options["author-url"]),
        rating=str(options["rating"]).strip(),
        is_a="Person" if options.get("author-is") == "person" else "Organization",
        scale=_scale(options),
        url_template=None if template is None else str(template),
    )


def _check_template(template: str) -> None:
    filled = _PLACE.sub("x", template)
    if "{id}" not in template or set("{}") & set(filled) or not _is_address(filled):
        raise InputError(
            f"--url-template {template} is none: give an address such as https://example.org/{{id}}, "
            "in which {id}, {side} and {story} may stand."
        )


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    is_clean = text.isprintable() and not set(' "<>\\^`|') & set(text)
    return is_clean and parts.scheme in ("http", "https") and bool(parts.hostname)


def _scale(options: Mapping[str, str | float]) -> tuple[float, float, float] | None:
    given = [name for name in _SCALE if name in options]
    if not given:
        return None
    if len(given) < len(_SCALE):
        raise InputError("A rating in numbers takes all three: --rating-value, --worst and --best.")
    value, worst, best = (float(options[name]) for name in _SCALE)
    if not (worst <= value <= best and isfinite(worst) and isfinite(best)):
        raise InputError(f"--rating-value {value:g} must lie between --worst {worst:g} and --best {best:g}.")
    return value, worst, best
