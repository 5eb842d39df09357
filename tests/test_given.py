"""URLs and paths that a command is given, as arguments and on standard input."""

import io
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.fetching.given import MOST_URLS, Given, read_given


def read(*arguments: str, stdin: bytes = b"") -> Given:
    return read_given(arguments, io.BytesIO(stdin))


def test_urls_are_told_from_paths() -> None:
    given = read(
        "https://a.example/x", "story/", "C:\\x.txt", "HTTP://b.example", "ftp://c.example", "a-b/http"
    )
    assert given.urls == ("https://a.example/x", "HTTP://b.example", "ftp://c.example")
    assert given.paths == (Path("story"), Path("C:\\x.txt"), Path("a-b/http"))


def test_a_list_on_standard_input_stands_where_it_is_asked_for() -> None:
    stdin = b"\xef\xbb\xbf# mine\r\n\r\n  https://b.example/y?z#part \r\n # not this\nnotes.txt\n-\n"
    given = read("https://a.example", "-", "https://c.example", stdin=stdin)
    assert given.urls == ("https://a.example", "https://b.example/y?z#part", "https://c.example")
    assert given.paths == (Path("notes.txt"), Path("-"))


def test_standard_input_is_left_alone_otherwise() -> None:
    stdin = io.BytesIO(b"https://b.example")
    read_given(["https://a.example"], stdin)
    assert stdin.tell() == 0


def test_without_a_standard_input_a_dash_is_a_file() -> None:
    assert read_given(["-", "https://a.example"]) == Given(("https://a.example",), (Path("-"),))


@pytest.mark.parametrize("stdin", [b"\xff\xfeh", b"x" * 10_000_001])
def test_what_is_no_list_is_told(stdin: bytes) -> None:
    with pytest.raises(InputError, match="standard input"):
        read("-", stdin=stdin)


def test_more_pages_than_a_story_has_are_refused() -> None:
    lines = "".join(f"https://a.example/{n}\n" for n in range(MOST_URLS + 1))
    with pytest.raises(InputError, match="1,001 URLs"):
        read("-", stdin=lines.encode())
