"""Reads a robots.txt as RFC 9309 has it: the group of our name, or else of all; the longest match wins.

The standard library's reader knows no ``*`` within a path, no ``$``, and takes the first match.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

AGENT: Final = "storycheck"
MOST_BYTES: Final = 500 * 1024  # what a crawler has to read of one, at least (section 2.5)
_TOKEN: Final = re.compile(r"\*|[a-z_-]+", re.IGNORECASE)
_ESCAPED: Final = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ASCII: Final = "".join(map(chr, range(0x21, 0x7F)))


@dataclass(frozen=True)
class Rule:
    """One line of a group: whether what begins with ``pattern`` may be fetched."""

    pattern: str
    is_allowed: bool

    def matches(self, path: str) -> bool:
        """Tell whether the rule is about ``path``, in time linear in its length for each ``*``."""
        is_anchored = self.pattern.endswith("$")
        first, *others = self.pattern.removesuffix("$").split("*")
        if not path.startswith(first):
            return False
        at = len(first)
        last = others.pop() if is_anchored and others else None
        for piece in others:
            at = path.find(piece, at)
            if at < 0:
                return False
            at += len(piece)
        if last is not None:
            return len(path) - len(last) >= at and path.endswith(last)
        return not is_anchored or at == len(path)


@dataclass(frozen=True)
class Robots:
    """What a site asks of us."""

    rules: tuple[Rule, ...] = ()

    def allows(self, path: str) -> bool:
        """Tell whether ``path``, with its query, may be fetched; if two match alike, it is allowed."""
        normal = _normal(path)
        matching = [(len(rule.pattern), rule.is_allowed) for rule in self.rules if rule.matches(normal)]
        return max(matching, default=(0, True))[1]


def read_robots(data: bytes) -> Robots:
    """Return what ``data``, a robots.txt, says to us; what cannot be read in it says nothing."""
    groups: dict[str, list[Rule]] = {}
    named: list[str] = []
    is_naming = False
    for key, value in _lines(data.decode("utf-8-sig", "replace")):
        if key == "user-agent":
            token = _TOKEN.match(value)
            named = named if is_naming else []
            named += [token[0].lower()] if token else []
            is_naming = True
        elif key in ("allow", "disallow"):
            is_naming = False
            for name in named if value else ():  # "Disallow:" of nothing forbids nothing
                groups.setdefault(name, []).append(Rule(_normal(value), key == "allow"))
        for name in named:
            groups.setdefault(name, [])
    return Robots(tuple(groups.get(AGENT, groups.get("*", []))))


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in re.split(r"[\r\n]+", text):
        key, found, value = line.partition("#")[0].partition(":")
        if found:
            yield key.strip().lower(), value.strip()


def _normal(path: str) -> str:
    """Return ``path`` with each character in the spelling that paths are compared in (section 2.2.2)."""

    def spelt(match: re.Match[str]) -> str:
        char = chr(int(match[1], 16))
        return char if char in _UNRESERVED else match[0].upper()

    return _ESCAPED.sub(spelt, quote(path, safe=_ASCII))
