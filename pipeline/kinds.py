"""Tells the kind of a claim from its words, by rules: the same claim always gets the same kind."""

import re

from schemas.claim import ClaimKind

_SAYING = re.compile(
    r"\b(?:said|says|told|claim(?:s|ed)?(?! (?:\w+ ){0,3}(?:lives|life)\b)|den(?:y|ies|ied)"
    r"|accus(?:es?|ed|ing)|announc(?:es?|ed)|stress(?:es|ed)"
    r"|urg(?:es?|ed)|warn(?:s|ed)?|condemn(?:s|ed)?|critici[sz](?:es?|ed)|thank(?:s|ed)|vow(?:s|ed)?"
    r"|pledg(?:es?|ed|ing)|call(?:s|ed)? (?:on|for)|demand(?:s|ed)|dismiss(?:es|ed)|insist(?:s|ed)"
    r"|describ(?:es?|ed)|apologi[sz]ed|refus(?:es|ed) to comment|concerned"
    r"|(?:not|suggest|confirm|add)(?:s|es|ed) that)\b",
    re.IGNORECASE,
)
_COMING = re.compile(
    # "May" is a month, "Will" a name
    r"\b(?:will|shall|would|may|could|might|going to|(?:is|are|was|were) (?:due|expected|set|likely) to"
    r"|scheduled to|(?:plan(?:s|ned|ning)?|intend(?:s|ed|ing)?|aim(?:s|ed|ing)?|seek(?:s|ing)?|sought"
    r"|hop(?:es?|ed|ing)) to|[Nn]ext (?:week|month|year))\b"
)
_BEING = re.compile(r"\b(?:is|are|was|were|has|have|had|remain(?:s|ed)?|belong(?:s|ed)?)\b", re.IGNORECASE)
_DOING = re.compile(
    r"\b(?:been|being|(?!(?:need|indeed|speed|seed|feed|breed|hundred)\b)\w{2,}ed|began|broke|came|fell|found|gave|held|left|lost|made|met|ran|sank|sent|sold"
    r"|struck|took|went|won|hit)\b"
)


def claim_kind(text: str, *, has_quantity: bool, has_date: bool) -> ClaimKind:
    """Return the kind of the claim ``text``: the first of the kinds, most telling first, whose words it has.

    ``has_quantity`` and ``has_date`` say whether a number or a date was found in it.
    """
    if _SAYING.search(text):
        return ClaimKind.statement
    if _COMING.search(text):
        return ClaimKind.plan
    if has_quantity:
        return ClaimKind.quantity
    if has_date:
        return ClaimKind.date
    if _BEING.search(text) and not _DOING.search(text):
        return ClaimKind.status
    return ClaimKind.event
