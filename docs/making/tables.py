"""Tables and paragraphs in Markdown, for the pages that are made from code."""

from collections.abc import Sequence


def escaped(text: str) -> str:
    """Return ``text`` as it can stand in a cell."""
    return text.replace("|", "\\|")


def paragraphs(text: str | None) -> str:
    """Return a docstring, or the help of a command, as paragraphs of a line each."""
    return "\n\n".join(" ".join(part.split()) for part in (text or "").split("\n\n")).replace("``", "`")


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a table with the columns ``head``."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.strip() for cell in line)} |\n" for line in lines)
