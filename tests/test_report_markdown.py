"""report.md: the same findings, and no foreign text becomes markup."""

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipeline.report import render_markdown
from pipeline.report.text import escape, one_line
from tests import sample_report as sample
from tests.hostile_report import anything, with_text


def _shape(tokens: list[Token]) -> list[str]:
    """Return every token but the plain text, in order."""
    shape = []
    for token in tokens:
        if token.type not in ("text", "inline"):
            shape.append(token.type)
        shape += _shape(token.children or [])
    return shape


def _shown(tokens: list[Token]) -> str:
    return "".join(
        _shown(token.children) if token.children else token.content
        for token in tokens
        if token.type != "inline" or token.children
    )


MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
BENIGN_SHAPE = _shape(MARKDOWN.parse(render_markdown(with_text("benign"))))


@settings(deadline=None)
@given(anything.map(lambda text: f"x{text}x"))
def test_markdown_reads_every_text_as_text(hostile: str) -> None:
    tokens = MARKDOWN.parse(render_markdown(with_text(hostile)))
    assert _shape(tokens) == BENIGN_SHAPE
    assert one_line(f"“{hostile}.”") in _shown(tokens)


@pytest.mark.parametrize(
    "hostile",
    [
        "# heading",
        "x\n\n# heading",
        "[click](javascript:alert)",
        "![image](x.png)",
        "<b>bold</b>",
        "**bold** _it_ `code` ~~no~~",
        "&lt;b&gt;",
        "x\n- item\n\n    code",
        "<!-- gone -->",
        "a | b\n--|--",
        "\\[x\\](y)",
    ],
)
def test_markdown_cannot_be_injected(hostile: str) -> None:
    tokens = MARKDOWN.parse(render_markdown(with_text(hostile)))
    assert _shape(tokens) == BENIGN_SHAPE
    assert one_line(hostile) in _shown(tokens)


def test_markdown_leaves_no_bare_address() -> None:
    assert escape("at http://a.example/x or WWW.a.example.") == r"at http\://a.example/x or WWW\.a.example."


def test_markdown_tells_the_sentence_first_and_the_model_after_it() -> None:
    wire, other = sample.sample_articles()[:2]
    claims = (
        sample.claim(wire, 3, "The model says so.", sample.unsupported(), speaker="Jonna Teek"),
        sample.claim(other, 2, "Cut short", sample.unsupported(), is_verbatim=True),
    )
    report = sample.sample_report(articles=(wire, other), claims=claims, contradictions=(), clusters=())
    text = render_markdown(report)
    first = f"- “{sample.COURIER[2]}” (said by Jonna Teek) *(nothing found)*\n"
    assert f"{first}  - *worded by the model*: The model says so.\n" in text
    assert "Cut short" not in text
    assert "., said by" not in text


def test_markdown_marks_what_differs_and_keeps_the_order() -> None:
    text = render_markdown(sample.sample_report())
    assert "killing **two dockers**.”" in text
    order = ["## Contradictions", "## Updates", "## Speakers", "## What only", "## What the others", "## Cov"]
    assert sorted(order, key=text.index) == order
