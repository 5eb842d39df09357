"""The words in which the check of a draft against its sources is told otherwise than that of a story."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pipeline.report import words
from schemas.report import Report, ReportArticle
from schemas.verdict import UnsupportedReason


@dataclass(frozen=True)
class Terms:
    """What the pages say of the texts of a report, and of claims that are found in one, or in others too."""

    kicker: str
    nowhere: str  # where no claim was found at all
    columns: str
    alone: str
    alone_short: str
    alone_in_margin: str
    alone_lead: str
    none_alone: str
    reasons: Mapping[str, str]
    confirmed: str
    confirmed_lead: str
    none_confirmed: str

    def says(self, article: ReportArticle) -> str:
        """Return how a passage of ``article`` is introduced, before its label; "" where the label will do."""
        if self is not DRAFT:
            return ""
        return "A source says" if article.is_source else "Your draft says"


STORY: Final = Terms(
    kicker="who says what, and where they part",
    nowhere="in any article",
    columns="One column is one text, in the order of publication; outlets that print nearly the same text "
    "share a column.",
    alone="What only one outlet says",
    alone_short="Only one outlet",
    alone_in_margin="alone",
    alone_lead="No other article settles these claims. That makes them neither false nor true.",
    none_alone="No claim stands alone.",
    reasons=words.REASON_EXPLAINED,
    confirmed="What the others confirm",
    confirmed_lead="Claims that at least one other article states too. Near-copies of one text, and outlets "
    "that quote one and the same person, count as one origin. Who published first is told where the dates "
    "tell it.",
    none_confirmed="No claim was confirmed by another article.",
)
DRAFT: Final = Terms(
    kicker="what a draft says, and what its sources say",
    nowhere="in the draft",
    columns="The first column is your draft, each other one a source, in the order of publication; sources "
    "that print nearly the same text share a column.",
    alone="Found in no source given",
    alone_short="In no source",
    alone_in_margin="in no source",
    alone_lead="No source given settles these claims of your draft. That makes them neither false nor true.",
    none_alone="Some source settles each claim.",
    reasons=MappingProxyType(
        {
            UnsupportedReason.nothing_found.value: "no sentence of a source shares enough words with it",
            UnsupportedReason.inconclusive.value: "a source touches on it, but does not settle it",
            UnsupportedReason.nothing_to_compare.value: "there was no source to compare it with",
        }
    ),
    confirmed="What the sources confirm",
    confirmed_lead="Claims of your draft that at least one source states too. Near-copies of one text, and "
    "sources that quote one and the same person, count as one origin; your draft counts for none. Which "
    "source published first is told where the dates tell it.",
    none_confirmed="No claim was confirmed by a source.",
)


def terms(report: Report) -> Terms:
    """Return the words for a report: those of a draft where it is about one."""
    return STORY if report.draft is None else DRAFT
