"""Tells who says a claim: read from the text, or taken from the model where the text agrees with it."""

from collections.abc import Sequence

from pipeline.values.attribution import Attribution, find_attribution
from pipeline.words import containment, content_stems
from schemas.article import Article, Sentence

LOOK_BACK = 3  # sentences in which the one meant by "he said" was named


def speaker_of(article: Article, sentence: Sentence, claim: str, suggested: str | None) -> str | None:
    """Return who says ``claim``, as written in the article, or None when the article itself does.

    The sentence's own attribution counts first, then that of the quotation it is a part of; "he said" is
    whoever was named before, or the model's ``suggested`` name when the lines before have it.
    """
    own = _attribution(article, sentence)
    if own is None:
        if not _is_inside_quotation(article, sentence):
            return None
        own = _closing_attribution(article, sentence) or _opening_attribution(article, sentence)
    elif _is_about_saying(article.quote(sentence.span), own, claim):
        return None
    if own is not None and not own.is_pronoun:
        return own.speaker
    return _named_before(article, sentence, suggested)


def _is_about_saying(quote: str, own: Attribution, claim: str) -> bool:
    """Tell whether the claim is that somebody said it: then the article vouches for the saying."""
    return set(content_stems(own.speaker)) <= set(content_stems(claim)) and own.verb in claim and bool(quote)


def _attribution(article: Article, sentence: Sentence) -> Attribution | None:
    return find_attribution(article.quote(sentence.span))


def _is_inside_quotation(article: Article, sentence: Sentence) -> bool:
    """Tell whether the sentence is a part of a quotation that opens at or before it in its paragraph."""
    before = "".join(
        article.quote(s.span) for s in _paragraph(article, sentence) if s.number < sentence.number
    )
    quote = article.quote(sentence.span)
    opened = before.count("“") > before.count("”") or (before.count('"') % 2 == 1)
    return opened or quote.startswith(("“", '"'))


def _closing_attribution(article: Article, sentence: Sentence) -> Attribution | None:
    """Return the attribution after the end of the quotation, later in the paragraph."""
    for later in _paragraph(article, sentence):
        if later.number > sentence.number:
            found = _attribution(article, later)
            if found is not None or "”" in article.quote(later.span):
                return found
    return None


def _opening_attribution(article: Article, sentence: Sentence) -> Attribution | None:
    """Return the attribution before the quotation, earlier in the paragraph or in the one before it."""
    for earlier in reversed(_earlier(article, sentence)):
        if earlier.paragraph >= sentence.paragraph - 1:
            found = _attribution(article, earlier)
            if found is not None:
                return found
    return None


def _named_before(article: Article, sentence: Sentence, suggested: str | None) -> str | None:
    """Return the last speaker named before ``sentence``, else ``suggested`` if those lines have the name."""
    nearby = _earlier(article, sentence)[-LOOK_BACK:]
    for earlier in reversed(nearby):
        found = _attribution(article, earlier)
        if found is not None and not found.is_pronoun:
            return found.speaker
    text = " ".join(article.quote(s.span) for s in nearby)
    return suggested if suggested and containment(suggested, text) == 1.0 else None


def _paragraph(article: Article, sentence: Sentence) -> Sequence[Sentence]:
    return [s for s in article.sentences if s.paragraph == sentence.paragraph]


def _earlier(article: Article, sentence: Sentence) -> Sequence[Sentence]:
    return [s for s in article.sentences if s.number < sentence.number and s.is_readable]
