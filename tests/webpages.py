"""Web pages as sites and browsers make them, about an invented fire, for the tests."""

from pathlib import Path
from typing import Final

from pipeline.ingest import ingest
from schemas.article import Skipped

PROSE: Final = (
    "The mill in Marrow Lane burned down on Monday night, fire chief Ada Quill said.",
    "Fourteen workers were treated for smoke, and two of them are still at Tarnholm hospital.",
    "Nobody knows yet how the fire began; the owners, Dunsey and Pell, want to build again.",
    "Two engines came from Wexley, where the bridge had been closed since Sunday evening.",
)
HEADLINE: Final = "Fire guts the Marrow Lane mill"


def page(
    body: str | None = None,
    *,
    head: str = "",
    headline: str = HEADLINE,
    outlet: str = "The Tarnholm Gull",
    published: str = "2031-05-06T07:15:00+02:00",
) -> str:
    """Return a page as a site sends it: navigation, an article, comments, a footer."""
    written = body if body is not None else "".join(f"<p>{line}</p>" for line in PROSE)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{headline} | {outlet}</title>
<meta property="og:site_name" content="{outlet}"><meta property="og:title" content="{headline}">
<meta name="author" content="Jo Lee"><meta property="article:published_time" content="{published}">
<link rel="canonical" href="https://gull.example/2031/mill">{head}</head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<article><h1>{headline}</h1><p class="byline">By Jo Lee</p>{written}</article>
<div class="comments" id="comments"><p>It was the owners who lit it, said nobody in particular.</p></div>
<footer><p>Copyright 2031 {outlet}</p></footer></body></html>
"""


def archive(markup: str, url: str = "https://gull.example/2031/mill") -> bytes:
    """Return a page as Chromium saves it in one file."""
    return (
        f"From: <Saved by Blink>\r\nSnapshot-Content-Location: {url}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----Part--x----"\r\n\r\n\r\n'
        "------Part--x----\r\nContent-Type: text/css\r\nContent-Location: cid:a\r\n\r\np { color: red }\r\n"
        "------Part--x----\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: 8bit\r\n"
        f"Content-Location: {url}\r\n\r\n{markup}\r\n------Part--x------\r\n"
    ).encode()


def refused_beside_a_good_one(folder: Path, name: str, data: bytes) -> Skipped:
    """Read the file ``name`` beside an article that is read; return what is told of it."""
    (folder / name).write_bytes(data)
    (folder / "good.txt").write_text("\n".join(PROSE))
    [story] = ingest([folder])
    assert [Path(article.path).name for article in story.articles] == ["good.txt"]
    [skipped] = story.skipped
    assert skipped.is_lost
    return skipped
