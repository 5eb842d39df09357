"""Which finding a decision is about, also after a sentence of it was changed."""

from collections.abc import Collection
from dataclasses import dataclass

from schemas.contradiction import ConflictKind, Contradiction
from schemas.decision import DecidedSide, Decision
from schemas.report import Report


@dataclass(frozen=True)
class Wording:
    """What a finding says: its kind, and the name and the quote of each side's article, by name."""

    kind: ConflictKind
    sides: tuple[tuple[str, str], tuple[str, str]]

    @classmethod
    def of(cls, finding: Contradiction, report: Report) -> "Wording":
        """Return the wording of a finding of ``report``."""
        one, other = decided_sides(finding, report)
        return cls(finding.kind, _by_name(one, other))

    @classmethod
    def decided(cls, decision: Decision) -> "Wording":
        """Return the wording that ``decision`` was made on."""
        return cls(decision.kind, _by_name(*decision.sides))


def is_successor(before: Wording, after: Wording) -> bool:
    """Tell whether ``after`` is ``before`` with one side reworded.

    It is of the same kind, between articles of the same two names, and the quote of one side at least is the
    same to the letter, on the side of the same article.
    """
    return (
        before.kind == after.kind
        and [name for name, _ in before.sides] == [name for name, _ in after.sides]
        and any(old == new for old, new in zip(before.sides, after.sides, strict=True))
    )


def successor(
    decision: Decision, report: Report, taken: Collection[str] = frozenset()
) -> Contradiction | None:
    """Return the finding of ``report`` that ``decision`` was about before it was reworded, or None.

    None, too, where the finding is still there as it was decided. ``taken`` are the ids of findings that
    cannot be it, having decisions of their own, say. Of several the first in the report's order is returned:
    the strongest. The page follows the same rule.
    """
    if any(finding.id == decision.finding_id for finding in report.contradictions):
        return None
    before = Wording.decided(decision)
    return next(
        (
            finding
            for finding in report.contradictions
            if finding.id not in taken and is_successor(before, Wording.of(finding, report))
        ),
        None,
    )


def decided_sides(finding: Contradiction, report: Report) -> tuple[DecidedSide, DecidedSide]:
    """Return the sides of a finding of ``report`` as a decision keeps them."""
    names = {article.id: article.name for article in report.articles}
    one, other = (
        DecidedSide(article=names.get(side.article_id, side.article_id), quote=side.quote)
        for side in finding.sides
    )
    return one, other


def _by_name(one: DecidedSide, other: DecidedSide) -> tuple[tuple[str, str], tuple[str, str]]:
    first, second = sorted((side.article, side.quote) for side in (one, other))
    return first, second
