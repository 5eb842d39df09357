"""Foreign text made safe to show: what is hidden in it becomes visible, and nothing else changes."""

import re

# Control characters (but tab, newline and carriage return, which show as white space), format characters
# (bidi controls, zero-width ones, tags; but not the signs that Arabic, Syriac and Kaithi write before a
# number), line and paragraph separators, letters without ink, lone surrogates and noncharacters.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001343f-\U00013440\U00013430-\U0001343e\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
# What starts markup inside a line; what does so at a line's start never gets there, as every line begins
# with ours. A dot or colon only where it would make a bare address a link.
_MARKUP = re.compile(r"[\\`*_~\[\]<>&|#$@!]|(?<=www)\.|:(?=//)", re.IGNORECASE)
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_JOINERS = "\u200c\u200d"  # spelling in Persian and Indic scripts, and in emoji; a trick after a Latin letter
_LAST_LATIN = "\u024f"


def visible(text: str) -> str:
    """Return ``text`` with each hidden character written out, so that none can act on what shows it.

    C0 controls become their control pictures (U+2400 and on), everything else ``⟨U+202E⟩``. Tabs and line
    breaks stay. Applying it twice changes nothing more.
    """
    if text.isascii() and text.isprintable():  # most texts, and told in a tenth of the pattern's time
        return text
    return _HIDDEN.sub(_mark, text)


def one_line(text: str) -> str:
    """Return ``visible(text)`` with every stretch of white space as one space."""
    return " ".join(visible(text).split())


def escape(text: str) -> str:
    r"""Return foreign text as one line of Markdown that reads as that text and cannot be markup.

    It must not open a line: ``-``, ``+``, ``=`` and ``1.`` are left as they are.

    >>> escape("<b>[5] * 3")
    '&lt;b&gt;\\[5\\] \\* 3'
    """
    return _MARKUP.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), one_line(text))


def clip(text: str, length: int) -> str:
    """Return ``text`` cut at a space to at most ``length`` characters, with an ellipsis where it was cut."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    cut = head.rfind(" ")
    return (head[:cut] if cut > length // 2 else head).rstrip() + "…"


def clip_start(text: str, length: int) -> str:
    """Return the end of ``text``, as ``clip`` returns its beginning."""
    return text if len(text) <= length else clip(text[::-1], length)[::-1]


def _mark(match: re.Match[str]) -> str:
    char = match.group()
    if char in _JOINERS and match.start() and match.string[match.start() - 1] > _LAST_LATIN:
        return char
    if char < " ":
        return chr(0x2400 + ord(char))
    if "\ud800" <= char <= "\udfff":
        return "\ufffd"
    return f"⟨U+{ord(char):04X}⟩"
