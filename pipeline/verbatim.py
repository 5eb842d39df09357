"""Words a claim as its sentence does, where the model found none in it: a small model skips one in four."""

import re
from typing import Final

from pipeline.languages.table import reader_of
from pipeline.quoting import flat, quoted_parts
from schemas.article import Article, Role, Sentence

FEWEST_WORDS: Final = 6
MOST_WORDS: Final = 60
MOSTLY_QUOTED: Final = 0.6  # the share of a sentence from which what is quoted is the claim

# A sentence that opens so stands for nothing when it is read alone.
_HANGS: Final = re.compile(
    r"(?:(?:and|but|so|yet|or|then|also|still|instead|however|meanwhile)\b[, ]+)*"
    r"(?:he|she|it|they|this|that|these|those|his|her|its|their|there|here|such|both|neither|one)\b",
    re.IGNORECASE,
)
_STATES: Final = re.compile(r"[.…”“»\"’')\]]\s*\Z")
_EDGES: Final = " \t“”\"‘’'«»,;:–—-"


def verbatim(article: Article, sentence: Sentence) -> str | None:
    """Return what ``sentence`` states in its own words, or None where they do not read alone.

    Of a sentence that is mostly a quotation it is the quotation: who says it is told elsewhere. Questions,
    exclamations, fragments and sentences that open with a pronoun give None.
    """
    if sentence.role is not Role.prose:
        return None
    whole = flat(article, sentence)
    parts = quoted_parts(article, sentence)
    quoted = " ".join(article.quote(part).strip(_EDGES) for part in parts)
    is_english = reader_of(article.language).has_all_rules  # else nobody tells who says a quotation
    is_quotation = is_english and len(quoted) >= MOSTLY_QUOTED * len(whole)
    text = " ".join((quoted if is_quotation else whole).split())
    if len(text.split()) not in range(FEWEST_WORDS, MOST_WORDS + 1) or not _STATES.search(whole):
        return None
    if "?" in text or "!" in text or (is_english and _HANGS.match(text.lstrip(_EDGES))):
        return None
    return text[0].upper() + text[1:]
