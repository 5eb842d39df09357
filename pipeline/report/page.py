"""One self-contained HTML page from a template: styles and script inside, all else forbidden by CSP."""

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.languages.names import language_name
from pipeline.report import words
from pipeline.report.text import visible

PAGE_LANGUAGE: Final = "en"  # as in layout.html.j2
_TEMPLATES: Final = Path(__file__).parent / "templates"


# What each page is made of, in the order of the cascade: narrow screens and paper have the last word.
STORY_STYLES: Final = tuple("base findings claims draft matrix timeline reader desk narrow print".split())
STORY_SCRIPTS: Final = tuple("rules kept cards counts desk forms keys filters places reader".split())
INDEX_STYLES: Final = ("base", "findings", "index", "narrow", "print")
INDEX_SCRIPTS: Final = ("index",)


def render_page(
    template: str,
    *,
    styles: Sequence[str] = STORY_STYLES,
    scripts: Sequence[str] = STORY_SCRIPTS,
    is_served: bool = False,
    **values: object,
) -> str:
    """Return the page of ``template``, its styles and scripts inlined and allowed by their hashes alone.

    A page that is served may ask its own server, one in a file nobody.
    """
    style = "".join(_asset(f"styles/{name}.css") for name in styles)
    script = "".join(_asset(f"scripts/{name}.js") for name in scripts)
    asks = "'self'" if is_served else "'none'"
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        f"connect-src {asks}; img-src data:; base-uri 'none'; form-action 'none'"
    )
    return (
        _environment()
        .get_template(template)
        .render(
            style=Markup(style),  # noqa: S704 our own files
            script=Markup(script),  # noqa: S704 our own files
            policy=policy,
            is_served=is_served,
            **values,
        )
    )


def render_part(template: str, **values: object) -> str:
    """Return what ``template`` makes for a page of somebody else's: no style or script of ours is with it."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Every text that a template writes out comes through here, so that none can be forgotten.
        finalize=lambda value: visible(value) if type(value) is str else value,
    )
    environment.filters |= {
        "day": words.day,
        "language": language_name,
        "likelihood": words.likelihood,
        "percent": words.percent,
        "quantity": words.quantity_words,
        "quoted": words.quoted,
        "rewording": words.rewording,
        "seconds": words.seconds,
        "when": words.when_words,
    }
    environment.globals |= {
        "CONFLICT": words.CONFLICT,
        "DISMISSAL": words.DISMISSAL,
        "DISMISSAL_EXPLAINED": words.DISMISSAL_EXPLAINED,
        "KIND": words.KIND,
        "LABEL": words.LABEL,
        "REASON": words.REASON,
        "REASONS_SHOWN": words.REASONS_SHOWN,
        "RELATION": words.RELATION,
        "RULING": words.RULING,
        "counted": words.counted,
        "share": words.share,
        "spelled": words.spelled,
    }
    return environment


@cache
def _asset(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return the source expression that allows an inline element with exactly this text."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
