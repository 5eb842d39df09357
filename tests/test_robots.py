"""What a robots.txt asks of us, by the rules and examples of RFC 9309."""

from string import ascii_lowercase
from urllib.robotparser import RobotFileParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fetching.robots import read_robots

PATHS = st.lists(st.text("ab", min_size=1, max_size=2), max_size=3).map(lambda parts: "/" + "/".join(parts))


def allows(text: str, path: str) -> bool:
    return read_robots(text.encode()).allows(path)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow:", True),
        ("User-agent: other\nDisallow: /", True),
        ("user-AGENT : StoryCheck/9 # us\n disallow:/news#all\n", False),
        ("User-agent: storycheck\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: storycheck\nDisallow:", True),
        ("User-agent: storycheck\nUser-agent: other\nDisallow: /news", False),
        ("User-agent: storycheck\nAllow: /\nUser-agent: storycheck\nDisallow: /news", False),
        ("User-agent: other\nSitemap: /s\nUser-agent: *\nDisallow: /news", False),
        ("Disallow: /", True),  # of no group
        ("User-agent: *\nDisallow: /news\nAllow: /news/mill", True),  # the longest wins, wherever it stands
        ("User-agent: *\nAllow: /news\nDisallow: /news", True),
        ("User-agent: *\nDisallow: /*.html$", False),
        ("User-agent: *\nDisallow: /*.htm$", True),
        ("User-agent: *\nDisallow: /news/mill.html$", False),
        ("User-agent: *\nDisallow: /news$", True),
        ("User-agent: *\nDisallow: *mill", False),
        ("User-agent: *\nDisallow: /news/*/mill", True),
        ("User-agent: *\nDisallow: /n*s/m*l*html", False),
        ("User-agent: *\nDisallow: /%6Eews", False),
        ("\ufeffUser-agent: *\r\nDisallow: /news\r\n", False),
        ("User-agent: *\rDisallow: /news", False),
        ("<html>not found</html>", True),
    ],
)
def test_rules_are_read_as_the_standard_has_it(text: str, allowed: bool) -> None:
    assert allows(text, "/news/mill.html") is allowed


@pytest.mark.parametrize("path", ["/caf%C3%A9?y=1", "/caf%c3%a9?y=1"])
def test_letters_are_compared_however_they_are_spelt(path: str) -> None:
    assert not allows("User-agent: *\nDisallow: /café?y", path)


def test_bytes_that_are_no_text_say_nothing() -> None:
    assert read_robots(b"\xff\xfe\x00User-agent: *\nDisallow: /").allows("/x")


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert read_robots(text.encode("utf-8", "surrogatepass")).allows("/x") in (True, False)


@given(st.lists(PATHS), PATHS)
def test_without_wildcards_it_is_as_the_standard_library_has_it(disallowed: list[str], path: str) -> None:
    text = "\n".join(["User-agent: *", *(f"Disallow: {rule}" for rule in disallowed)])
    parser = RobotFileParser()
    parser.parse(text.splitlines())
    assert allows(text, path) == parser.can_fetch("storycheck", path)


@given(st.lists(st.text(alphabet=ascii_lowercase, max_size=3), min_size=1, max_size=5), st.data())
def test_a_star_stands_for_anything(pieces: list[str], data: st.DataObject) -> None:
    between = [data.draw(st.text(alphabet="ab/", max_size=4)) for _ in pieces]
    path = "/" + "".join(piece + filler for piece, filler in zip(pieces, between, strict=True))
    rule = "/" + "*".join(pieces) + "*"
    assert not allows(f"User-agent: *\nDisallow: {rule}", path)
    assert not allows(f"User-agent: *\nDisallow: {rule}$", path)


def test_a_rule_of_many_stars_takes_no_time_at_all() -> None:
    text = "User-agent: *\nDisallow: /" + "a*" * 100_000 + "b$"
    assert allows(text, "/" + "a" * 2_000)
