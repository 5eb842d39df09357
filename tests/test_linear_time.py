"""Reading takes time in proportion to the text, and the longest sentence there can be is soon compared.

Measured in this process's own time: other work on the machine does not count.
"""

import io
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date

import pytest

from pipeline.reading.decode import NotText, decode
from pipeline.reading.forms.lines import Line, joined, without_running
from pipeline.reading.forms.tables import read_table
from pipeline.reading.metadata import read_front_matter, read_page, web_address
from pipeline.reading.roles import paragraph_roles
from pipeline.reading.sentences import LONGEST_SENTENCE, split_sentences
from pipeline.reading.sources import printable
from pipeline.reading.toml import read_toml
from pipeline.values.differences import Passage, differences
from pipeline.values.names import find_names
from pipeline.values.quotations import find_quotations
from pipeline.values.words import find_words

LONG = 80_000  # characters
SLACK_S = 1.0  # a machine whose cores are shared also slows what it does count
SENTENCE_S = 10.0  # it was minutes
UNITS = (
    *("a", "A. ", "a\n", "1 ", "1,", ". ", '"a" ', "“a” ", "‘a’", "(a) ", "[a](", "Aa Aa/", "5% ", "10–12 "),
    *(
        "one hundred and ",
        "3 May ",
        "Ann Lee said ",
        "no ",
        "St. ",
        "http://",
        "a.",
        "'a' . ",
        "\u0301",
        "\t",
    ),
)


def _toml(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_toml(f"[{text}")


def _decoded(text: str) -> None:
    with suppress(NotText):
        decode(text.encode() + b"\xff")


def _printed(text: str) -> None:
    lines = [Line(line, 10.0, 1) for part in text.splitlines() if (line := part.strip())]
    joined(without_running([lines])[0], 1)


def _table(text: str) -> None:
    list(read_table(io.BufferedReader(io.BytesIO(f"text\n{text}".encode())), {}))


READERS: dict[str, Callable[[str], object]] = {
    "split_sentences": split_sentences,
    "paragraph_roles": lambda text: paragraph_roles(text.splitlines()),
    "front matter": lambda text: read_front_matter(f"---\n{text}\n---\n"),
    "page": lambda text: read_page(text, split_sentences(text, most=5000)),
    "decode": _decoded,
    "toml": _toml,
    "printed": _printed,
    "table": _table,
    "web_address": lambda text: web_address(f"https://x/{text}"[:8_000]),
    "printable": printable,
    "find_quotations": find_quotations,
    "find_names": find_names,
    "find_words": find_words,
}


def _seconds(run: Callable[[str], object], text: str) -> float:
    begun = time.process_time()
    run(text)
    return time.process_time() - begun


@pytest.mark.parametrize("name", READERS)
def test_four_times_the_text_takes_about_four_times_as_long(name: str) -> None:
    for unit in UNITS:
        long = unit * (LONG // len(unit))
        short = _seconds(READERS[name], long[: LONG // 4])
        assert _seconds(READERS[name], long) < 10 * short + SLACK_S, unit


@pytest.mark.parametrize("unit", UNITS)
def test_the_longest_sentences_are_soon_compared(unit: str) -> None:
    text = (unit * LONGEST_SENTENCE)[:LONGEST_SENTENCE]
    one = Passage(text=f"Ann Roe said 5 km {text}"[:LONGEST_SENTENCE], published=date(2031, 5, 3))
    other = Passage(text=text[::-1], published=date(2031, 5, 4))
    assert _seconds(lambda _: differences(one, other), "") < SENTENCE_S
