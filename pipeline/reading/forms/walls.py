"""Notices that stand where an article should: of cookies, of subscriptions, of robots."""

import re
from typing import Final

_LONGEST: Final = 2_500  # code points: a longer text has something else to say, too
_SHARE: Final = 0.5  # of the text that speaks of nothing else
_NOTICE: Final = re.compile(
    r"\b(?:we(?: and our (?:\d+ )?partners)? (?:use|store|value|process|care about)\b.{0,60}"
    r"\b(?:cookies|privacy|personal data|your device|information on)"
    r"|(?:accept|reject|manage|allow|decline)(?: all| your| my)? (?:cookies|preferences|consent|choices)"
    r"|cookie (?:policy|settings|notice|preferences)|privacy (?:policy|settings|choices|manager|notice)"
    r"|legitimate interest|with your consent|withdraw (?:your )?consent|our \d+ partners"
    r"|(?:enable|turn on|requires?|without|supports?) (?:java ?script|cookies)|disable your ad ?blocker"
    r"|(?:verify|confirm|check)(?:ing)?(?: that| if)? (?:you are|you're) (?:a |not a )?(?:human|robot)"
    r"|unusual (?:traffic|activity) from your|not a robot|access denied|your browser is (?:out of date|not)"
    r"|(?:subscribe|register|log in|sign in|sign up)(?: now)? to (?:continue|read|keep reading|access|unlock)"
    r"|(?:subscribers only|for subscribers|already a subscriber|subscription (?:is )?required))\b",
    re.IGNORECASE,
)


def is_wall(text: str) -> bool:
    """Tell whether most of a short ``text`` is about getting at the page, and not an article."""
    if len(text) > _LONGEST:
        return False
    lines = [line for line in text.splitlines() if line.strip()]
    about = sum(len(line) for line in lines if _NOTICE.search(line))
    return about > _SHARE * sum(map(len, lines))
