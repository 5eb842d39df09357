"""What every record has in common: immutable, and no unknown fields."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """An immutable record that refuses unknown fields, so that a typing slip cannot pass silently."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(Record):
    """A half-open range ``[start, end)`` of Unicode code points in one article's text."""

    start: int
    end: int

    def cut(self, text: str) -> str:
        """Return the characters of ``text`` that this span covers."""
        return text[self.start : self.end]
