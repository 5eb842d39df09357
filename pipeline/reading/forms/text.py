"""Plain text and Markdown: the text is kept as it is, front matter and line ends included."""

from typing import Final

from pipeline.reading.decode import NotText, decode
from pipeline.reading.forms.kept import Kept
from pipeline.reading.metadata import read_front_matter

MAX_TEXT_BYTES: Final = 2_000_000


def read_text(data: bytes) -> Kept:
    """Return the article that ``data`` is; raises NotText where it is no text, or a larger one."""
    if len(data) > MAX_TEXT_BYTES:
        raise NotText(f"larger than {MAX_TEXT_BYTES // 1_000_000} MB, which no article is")
    decoded = decode(data)
    front, start = read_front_matter(decoded.text)
    return Kept(text=decoded.text, encoding=decoded.encoding, start=start, known=front, notes=decoded.notes)
