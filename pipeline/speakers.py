"""Tells who says a claim, by what the text has of quotations and of words for saying."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice, pairwise

from pipeline.languages.table import reader_of
from pipeline.people import Credit, is_institution
from pipeline.quoting import Paragraph, paragraphs, quoted_parts, unquoted
from pipeline.values.attribution import Attribution
from pipeline.values.names import NameKind, find_names
from pipeline.values.quotations import Quotation
from pipeline.words import containment, content_stems
from schemas.article import Article, Role, Sentence
from schemas.record import Span

LOOK_BACK = 3  # sentences without a speaker after which nobody knows who "he said" is
LONGEST_CHAIN = 40  # sentences looked over in all, in a long quotation or where "he said" follows "he said"
LONGEST_QUOTATION = 20  # paragraphs

_CLAUSE = re.compile(r"(?:[,;] (?=(?:but|while|whereas|although|and)\b)|; )")


def speaker_of(article: Article, sentence: Sentence, claim: str) -> str | None:
    """Return who says ``claim``, as written in the article, or None when the article itself does.

    The sentence's own attribution counts first, that of the claim's clause before others; then that of the
    quotation it is a part of. "He said" is whoever was named before.
    """
    own = _own(article, sentence, claim=claim)
    if own is not None and _is_about_saying(own, claim):
        return None
    credit = _credit(article, sentence, own)
    return credit.speaker if credit else None


def credit_of(article: Article, sentence: Sentence, part: Span | None = None) -> Credit | None:
    """Return who ``sentence`` is credited to, or None when the article itself says it.

    ``part``, of the article's text, is the quotation that is asked about where there are several.
    """
    return _credit(article, sentence, _own(article, sentence, part=part))


def _credit(article: Article, sentence: Sentence, own: Attribution | None) -> Credit | None:
    found, place, is_sure = own, sentence, True
    if found is None:
        if not quoted_parts(article, sentence):
            return None
        found, place, is_sure = _around(article, sentence)
    if found is None:
        return None
    if found.is_pronoun:
        return _antecedent(article, min(sentence, place, key=lambda s: s.number), found)
    return Credit(found.speaker, found.span, is_sure)


def _own(
    article: Article, sentence: Sentence, *, claim: str = "", part: Span | None = None
) -> Attribution | None:
    """Return the attribution in the unquoted words of ``sentence``, its span in the article's text."""
    text, start = unquoted(article, sentence), sentence.span.start
    reader = reader_of(article.language)
    if part is not None:
        inside = Span(start=part.start - start, end=part.end - start)
        found = reader.attribution(text, Quotation(text=inside.cut(text), span=inside))
    else:
        found = _of_clause(article, sentence, text, claim) or reader.attribution(text)
    if found is None:
        return None
    span = Span(start=found.span.start + start, end=found.span.end + start)
    return found.model_copy(update={"span": span})


def _of_clause(article: Article, sentence: Sentence, text: str, claim: str) -> Attribution | None:
    """Return the attribution of the clause that holds ``claim``, where several clauses have one each."""
    cuts = [0, *(match.end() for match in _CLAUSE.finditer(text)), len(text)]
    find = reader_of(article.language).attribution
    clauses = [(a, b, find(text[a:b])) for a, b in pairwise(cuts)]
    if sum(found is not None for _, _, found in clauses) < 2:
        return None
    quote = article.quote(sentence.span)
    first, _, found = max(clauses, key=lambda clause: containment(claim, quote[clause[0] : clause[1]]))
    if found is None:
        return None
    span = Span(start=found.span.start + first, end=found.span.end + first)
    return found.model_copy(update={"span": span})


def _is_about_saying(own: Attribution, claim: str) -> bool:
    """Tell whether the claim is that somebody said it: then the article vouches for the saying."""
    is_named = set(content_stems(own.speaker)) <= set(content_stems(claim))
    return is_named and re.search(rf"\b{re.escape(own.verb)}\b", claim) is not None


def _around(article: Article, sentence: Sentence) -> tuple[Attribution | None, Sentence, bool]:
    """Return the attribution of the quotation around ``sentence``, its sentence, and whether it is sure."""
    for place, is_sure in islice(_places(article, sentence), LONGEST_CHAIN):
        found = _own(article, place)
        if found is not None:
            return found, place, is_sure
    return None, sentence, False


def _places(article: Article, sentence: Sentence) -> Iterator[tuple[Sentence, bool]]:
    """Yield where the speaker of a quotation may stand, likeliest first, and whether that would be sure."""
    known = paragraphs(article)
    paragraph = known.get(sentence.paragraph)
    if paragraph is None or sentence not in paragraph.sentences:
        return
    position = paragraph.sentences.index(sentence)
    before, after = paragraph.sentences[:position], paragraph.sentences[position + 1 :]
    quotation = next(q for q in reversed(paragraph.quotations) if q.start < sentence.span.end)
    yield from ((s, True) for s in after if s.span.start < quotation.end)
    yield from ((s, True) for s in _continued(known, sentence.paragraph, quotation))
    yield from ((s, True) for s in reversed(before) if s.span.end > quotation.start)
    for later in after:
        if not quoted_parts(article, later):
            break
        yield later, False
    for i, earlier in enumerate(reversed(before)):
        yield earlier, i == 0
    before_it = next(_prose_before(article, paragraph.sentences[0]), None)
    if before_it is not None:
        previous = known[before_it.paragraph]
        if paragraph.opens_quoted or previous.is_open:
            yield from ((s, i == 0) for i, s in enumerate(reversed(previous.sentences)))


def _continued(known: Mapping[int, Paragraph], number: int, quotation: Span) -> Iterator[Sentence]:
    """Yield the sentences of the paragraphs after ``number`` in which its ``quotation`` goes on."""
    following = (known[n] for n in range(number, number + LONGEST_QUOTATION) if n in known)
    for paragraph, later in pairwise(following):
        if not (paragraph.is_open and quotation == paragraph.quotations[-1] and later.opens_quoted):
            return
        if not later.quotations:
            return
        quotation = later.quotations[0]
        yield from (s for s in later.sentences if s.span.start < quotation.end)


def _antecedent(article: Article, sentence: Sentence, said: Attribution) -> Credit | None:
    """Return whom the pronoun of ``said`` means: the last speaker named before ``sentence``.

    It is sure where nobody else was named in between, and no other pronoun speaks.
    """
    pronoun, left = said.speaker.lower(), LOOK_BACK
    lead = unquoted(article, sentence)[: max(0, said.span.start - sentence.span.start)]
    is_sure = not _names_somebody(lead)
    for earlier in islice(_prose_before(article, sentence), LONGEST_CHAIN):
        found = _own(article, earlier)
        text = unquoted(article, earlier)
        if found is not None and found.is_pronoun:
            is_sure = is_sure and found.speaker.lower() == pronoun
        elif found is not None:
            credit = Credit(found.speaker, found.span, is_sure)
            if pronoun == "they" or not is_institution(article, credit):
                return credit
        elif re.search(r"\w", text):
            left -= 1
            is_sure = is_sure and not _names_somebody(text)
        if left == 0:
            return None
    return None


def _names_somebody(text: str) -> bool:
    """Tell whether ``text`` has a name that may be a person's."""
    names = find_names(text)
    return any(
        name.kind is NameKind.person or (name.kind is NameKind.other and " " in name.text) for name in names
    )


def _prose_before(article: Article, sentence: Sentence) -> Iterator[Sentence]:
    """Yield the sentences of the running text before ``sentence``, nearest first."""
    earlier = (article.sentences[i] for i in range(sentence.number - 2, -1, -1))
    return (s for s in earlier if s.role is Role.prose)
