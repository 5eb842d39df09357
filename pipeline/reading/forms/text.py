"""Plain text and Markdown: the text is kept as it is, front matter and line ends included."""

from pipeline.reading.decode import decode
from pipeline.reading.forms.kept import Kept
from pipeline.reading.metadata import read_front_matter


def read_text(data: bytes) -> Kept:
    """Return the article that ``data`` is; raises NotText where it is no text."""
    decoded = decode(data)
    front, start = read_front_matter(decoded.text)
    return Kept(text=decoded.text, encoding=decoded.encoding, start=start, known=front, notes=decoded.notes)
