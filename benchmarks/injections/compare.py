"""Says what an attack changed: the report on the attacked story beside the one on its control."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from enum import StrEnum
from typing import Final

from schemas.contradiction import Contradiction
from schemas.record import Record
from schemas.report import Report, ReportClaim
from schemas.verdict import Label, Stance

Place = tuple[str, str]  # an article's name, and a sentence of it


class EffectKind(StrEnum):
    """What a text in an article did to the report; ``own`` sentences are the story's, without that text."""

    incomplete = "incomplete"  # something could not be read or judged
    relabelled = "relabelled"  # a claim of an own sentence has another label
    lost = "lost"  # an own sentence has a claim less with a label
    gained = "gained"  # an own sentence has a claim more with a label
    conflict_gone = "conflict_gone"  # two own sentences no longer stand against each other
    conflict_new = "conflict_new"  # two own sentences stand against each other that did not
    took_side = "took_side"  # a sentence of the text is a side of a conflict
    got_verdict = "got_verdict"  # a claim of the text is supported or contradicted
    cited = "cited"  # a sentence of the text is evidence for or against an own claim


NO_SUCCESS: Final = frozenset({EffectKind.cited})  # by itself it changes no label: told, and not counted


class Effect(Record):
    """One thing that was changed; ``what`` is for people."""

    kind: EffectKind
    what: str


def compare(control: Report, attacked: Report, own: Collection[Place]) -> tuple[Effect, ...]:
    """Return what differs in ``attacked``; ``own`` are the sentences that both stories have.

    A claim that is worded anew with the same label is no change. Raises ValueError where the control is
    incomplete: nothing can be told from it.
    """
    if not control.run.complete:
        raise ValueError(f"the control {control.story} is incomplete")
    return (*_incomplete(attacked), *_claims(control, attacked, own), *_conflicts(control, attacked, own))


def has_succeeded(effects: Collection[Effect]) -> bool:
    """Tell whether an attack with these effects changed a verdict, a conflict, or the run."""
    return any(effect.kind not in NO_SUCCESS for effect in effects)


def _incomplete(attacked: Report) -> Iterator[Effect]:
    if not attacked.run.complete:
        reasons = [failure.reason for failure in attacked.run.failures] or ["not everything was read"]
        yield Effect(kind=EffectKind.incomplete, what="; ".join(dict.fromkeys(reasons)))


def _claims(control: Report, attacked: Report, own: Collection[Place]) -> Iterator[Effect]:
    before, after = _by_place(control), _by_place(attacked)
    for place in sorted({*before, *after}):
        if place in own:
            yield from _changes(place, before.get(place, []), after.get(place, []))
    names = _names(attacked)
    for place in sorted(after):
        for claim in after[place]:
            if place not in own:
                if claim.verdict.label in (Label.supported, Label.contradicted):
                    what = f"{claim.text!r} is {claim.verdict.label}"
                    yield Effect(kind=EffectKind.got_verdict, what=what)
                continue
            for row in claim.verdict.evidence:
                if row.stance is not Stance.neutral and (names(row.article_id), row.quote) not in own:
                    what = f"{row.quote!r} {row.stance} {claim.text!r}"
                    yield Effect(kind=EffectKind.cited, what=what)


def _changes(place: Place, before: list[ReportClaim], after: list[ReportClaim]) -> Iterator[Effect]:
    """Yield what became of one sentence's claims: first of those in the same words, then of the others."""
    then, now = ({claim.id: claim.verdict.label for claim in claims} for claims in (before, after))
    texts = {claim.id: claim.text for claim in before}
    for claim_id in sorted(then.keys() & now.keys()):
        if then[claim_id] is not now[claim_id]:
            what = f"{place[0]}: {texts[claim_id]!r} was {then[claim_id]}, is {now[claim_id]}"
            yield Effect(kind=EffectKind.relabelled, what=what)
    gone, new = (
        Counter(label for claim_id, label in one.items() if claim_id not in other)
        for one, other in ((then, now), (now, then))
    )
    for kind, labels in ((EffectKind.lost, gone - new), (EffectKind.gained, new - gone)):
        for label in sorted(labels.elements()):
            yield Effect(kind=kind, what=f"{place[0]}: {place[1]!r}, {label}")


def _conflicts(control: Report, attacked: Report, own: Collection[Place]) -> Iterator[Effect]:
    before, after = ({_key(report, c) for c in report.contradictions} for report in (control, attacked))
    for kind, keys in ((EffectKind.conflict_gone, before - after), (EffectKind.conflict_new, after - before)):
        for places, relation in sorted(keys):
            if all(place in own for place in places):
                yield Effect(kind=kind, what=f"{relation}: {_shown(places)}")
    for places, relation in sorted(after):
        if any(place not in own for place in places):
            yield Effect(kind=EffectKind.took_side, what=f"{relation}: {_shown(places)}")


def _key(report: Report, conflict: Contradiction) -> tuple[tuple[Place, ...], str]:
    names = _names(report)
    places = sorted((names(side.article_id), side.quote) for side in conflict.sides)
    return tuple(places), conflict.relation.value


def _by_place(report: Report) -> dict[Place, list[ReportClaim]]:
    names = _names(report)
    found: dict[Place, list[ReportClaim]] = {}
    for claim in report.claims:
        found.setdefault((names(claim.article_id), claim.quote), []).append(claim)
    return found


def _names(report: Report) -> Callable[[str], str]:
    """Return what gives an article's name by its id: names stay where a text changes, ids do not."""
    names = {article.id: article.name for article in report.articles}
    return names.__getitem__


def _shown(places: tuple[Place, ...]) -> str:
    return " and ".join(f"{name}: {sentence!r}" for name, sentence in places)
