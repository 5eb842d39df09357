"""Tells which articles of a story are not compared with one another, and what rules lack for a language."""

from collections.abc import Iterator, Sequence
from itertools import combinations, product

from pipeline.languages.names import language_name
from pipeline.languages.table import reader_of
from schemas.article import Article, Story
from schemas.report import NotCompared


def not_compared(story: Story) -> tuple[NotCompared, ...]:
    """Return the articles of each two languages, which share no words by which one could be compared.

    A draft is held against the sources alone.
    """
    checked, held = _by_language(story.articles), _by_language(story.sources)
    pairs = product(checked, held) if held else combinations(checked, 2)
    return tuple(
        NotCompared(
            article_ids=checked[one],
            other_ids=(held or checked)[other],
            reason=f"{language_name(one)} and {language_name(other)} articles are not compared",
        )
        for one, other in pairs
        if one != other
    )


def language_notes(articles: Sequence[Article]) -> Iterator[str]:
    """Yield what a reader should know of how each language but English was compared."""
    for language in _by_language(articles):
        reader, name = reader_of(language), language_name(language)
        if reader.has_all_rules:
            continue
        found = (
            "numbers, dates and hours are compared by rules; names, denials, quotations and speakers are not"
            if reader.has_values
            else "it is only read: no rules compare its numbers or dates, the model alone judges"
        )
        yield f"{name}: {found}. How likely something is was fitted on English alone."


def _by_language(articles: Sequence[Article]) -> dict[str, tuple[str, ...]]:
    """Return the ids of articles by their language, that of most articles first."""
    read_as = [article.read_as for article in articles]
    in_order = sorted(set(read_as), key=lambda language: (-read_as.count(language), language))
    return {language: tuple(a.id for a in articles if a.read_as == language) for language in in_order}
