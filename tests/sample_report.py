"""A whole report record made of invented articles, with every span found by ``str.index``."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from schemas.article import Role, Sentence, Skipped
from schemas.claim import Bound, ClaimKind, Quantity, When
from schemas.cluster import Cluster
from schemas.contradiction import ConflictKind, Contradiction, Relation, Severity, Side
from schemas.record import Span
from schemas.report import (
    Coverage,
    Failure,
    PromptUsed,
    Report,
    ReportArticle,
    ReportClaim,
    RunInfo,
    StageTime,
)
from schemas.verdict import Evidence, Label, Stance, UnsupportedReason, Verdict

COURIER = (
    "Crane topples at Veldrik harbour, killing two",
    "By Imre Sandoval",
    "A loading crane toppled onto the quay at Veldrik harbour on Tuesday, killing two dockers.",
    "At least 12 people were taken to St Orla hospital, the port authority said.",
    "“The crane passed its inspection in March,” harbour master Jonna Teek told reporters.",
    "Work on the northern quay stopped at noon and will not begin again before Friday.",
    "The crane was built in 1987 by the Hallstad yard.",
)
LEDGER = (
    "Three dead after harbour crane collapse",
    "Three dockers died when a crane fell at the port of Veldrik on 4 March, the Ledger has learned.",
    "Thirteen people were treated in hospital, officials said.",
    "The crane had not been inspected since 2029, according to union leader Bram Oduya.",
    "Union members will march to the town hall on Saturday.",
    "Veldrik handles some 40,000 containers a year.",
)
WIRE = (
    "Crane falls in Veldrik port",
    "Two dockers were killed on Wednesday when a crane fell onto a quay in Veldrik.",
    "Harbour master Jonna Teek said the crane had passed its inspection in March.",
    "The northern quay is closed until Monday.",
    "A gust of 74 kilometres an hour was measured at the harbour mouth minutes before.",
)
MORNING = (
    "Veldrik: what we know",
    "A crane fell onto the northern quay in Veldrik, and two dockers are dead.",
    "The crane passed its inspection in March, harbour master Jonna Teek said.",
    "The mayor, Alba Restrup, has asked for an inquiry by a foreign expert.",
)


def article(
    article_id: str, outlet: str | None, published: date | None, texts: Sequence[str], **more: object
) -> ReportArticle:
    """Build an article of one sentence a paragraph: a headline first, bylines where one starts with "By "."""
    text = "\n\n".join(texts)
    sentences, done = [], 0
    for number, sentence in enumerate(texts, start=1):
        start = text.index(sentence, done)
        done = start + len(sentence)
        role = Role.headline if number == 1 else Role.byline if sentence.startswith("By ") else Role.prose
        sentences.append(
            Sentence(number=number, span=Span(start=start, end=done), role=role, paragraph=number)
        )
    facts: dict[str, object] = {
        "id": article_id,
        "path": f"story/{article_id}.txt",
        "name": article_id,
        "title": texts[0] if texts else None,
        "outlet": outlet,
        "published": published,
        "origin": article_id,
        "text": text,
        "sentences": tuple(sentences),
    }
    return ReportArticle.model_validate(facts | more)


def span_of(source: ReportArticle, words: str) -> Span:
    """Find ``words`` in the article's text."""
    start = source.text.index(words)
    return Span(start=start, end=start + len(words))


def claim(source: ReportArticle, number: int, text: str, verdict: Verdict, **more: object) -> ReportClaim:
    """Build a claim stated by the sentence of that number."""
    span = source.sentences[number - 1].span
    facts: dict[str, object] = {
        "id": f"{source.id}-{number}-{len(text)}",
        "article_id": source.id,
        "sentence": number,
        "span": span,
        "quote": span.cut(source.text),
        "text": text,
        "kind": ClaimKind.event,
        "verdict": verdict,
    }
    return ReportClaim.model_validate(facts | more)


def side(source: ReportArticle, number: int, *differs: str, claim_id: str | None = None) -> Side:
    """Build one side of a contradiction from the sentence of that number."""
    span = source.sentences[number - 1].span
    return Side(
        article_id=source.id,
        span=span,
        quote=span.cut(source.text),
        claim_id=claim_id,
        differs=tuple(span_of(source, words) for words in differs),
    )


def supported(*evidence: Evidence, origins: int = 1, confidence: float = 0.9) -> Verdict:
    """Build the verdict of a claim that other articles state too."""
    return Verdict(label=Label.supported, confidence=confidence, evidence=evidence, origins=origins)


def unsupported(reason: UnsupportedReason = UnsupportedReason.nothing_found) -> Verdict:
    """Build the verdict of a claim that no other article settles."""
    return Verdict(label=Label.unsupported, confidence=0.7, reason=reason.value)


def contradicted(*evidence: Evidence) -> Verdict:
    """Build the verdict of a claim that another article contradicts."""
    return Verdict(label=Label.contradicted, confidence=0.85, evidence=evidence)


def evidence(source: ReportArticle, number: int, stance: Stance = Stance.supports) -> Evidence:
    """Build evidence from the sentence of that number."""
    span = source.sentences[number - 1].span
    return Evidence(
        article_id=source.id, span=span, quote=span.cut(source.text), stance=stance, confidence=0.91
    )


def run_info(claims: Sequence[ReportClaim] = (), **more: object) -> RunInfo:
    """Build the account of a complete run, or of another one by the fields in ``more``."""
    failed = sum(claim.verdict.label is Label.error for claim in claims)
    coverage = Coverage(
        sentences=22,
        sentences_readable=21,
        sentences_read=21,
        claims=len(claims),
        claims_judged=len(claims) - failed,
        errors=failed,
    )
    facts: dict[str, object] = {
        "id": "r-4b1d",
        "tool_version": "0.1.0",
        "model": "example-1.5b-q4",
        "endpoint": "embedded",
        "prompts": {
            "extract": PromptUsed(version="v1", sha256="ab" * 32),
            "adjudicate": PromptUsed(version="v2", sha256="cd" * 32),
        },
        "started_at": datetime(2031, 3, 7, 9, 0, tzinfo=UTC),
        "finished_at": datetime(2031, 3, 7, 9, 5, 12, tzinfo=UTC),
        "calls": 212,
        "cached_calls": 14,
        "tokens_in": 48_210,
        "tokens_out": 5_120,
        "complete": not failed,
        "coverage": coverage,
        "stages": (
            StageTime(stage="extract", seconds=187.4, calls=24, tokens_in=19_000, tokens_out=4_200),
            StageTime(stage="verify", seconds=119.9, calls=188, tokens_in=29_210, tokens_out=920),
        ),
        "settings": {"chunk_sentences": "12", "candidates": "4"},
    }
    return RunInfo.model_validate(facts | more)


def sample_articles() -> tuple[ReportArticle, ...]:
    """Build four invented articles by four invented outlets, two of them from one wire text."""
    return (
        article("courier", "Veldrik Courier", date(2031, 3, 5), COURIER),
        article("ledger", "The Harbour Ledger", date(2031, 3, 6), LEDGER),
        article("wire", "Northsea Wire", date(2031, 3, 5), WIRE),
        article(
            "morning",
            None,
            None,
            MORNING,
            origin="wire",
            encoding="cp1252",
            notes=("Read as cp1252: a guess.",),
        ),
    )


def sample_report(**more: object) -> Report:
    """Build the report of one invented story with something in every section but the errors."""
    courier, ledger, wire, morning = articles = sample_articles()
    claims = _claims(courier, ledger, wire, morning)
    found = {found.text: found.id for found in claims}
    contradictions = (
        Contradiction(
            id="c1",
            kind=ConflictKind.quantity,
            relation=Relation.contradiction,
            severity=Severity.high,
            confidence=0.93,
            reason="Two dead in one article, three in the other.",
            sides=(
                side(courier, 3, "two dockers", claim_id=found["The crane killed two dockers."]),
                side(ledger, 2, "Three dockers", claim_id=found["The crane killed three dockers."]),
            ),
        ),
        Contradiction(
            id="c2",
            kind=ConflictKind.date,
            relation=Relation.contradiction,
            severity=Severity.medium,
            confidence=0.71,
            reason="Tuesday and Wednesday of the same week are different days.",
            sides=(side(courier, 3, "on Tuesday"), side(wire, 2, "on Wednesday")),
        ),
        Contradiction(
            id="c3",
            kind=ConflictKind.date,
            relation=Relation.update,
            severity=Severity.low,
            confidence=0.66,
            reason="The later article has a later day for the end of the closure.",
            sides=(side(courier, 6, "before Friday"), side(wire, 4, "until Monday")),
        ),
        Contradiction(
            id="c4",
            kind=ConflictKind.polarity,
            relation=Relation.speakers_differ,
            severity=Severity.medium,
            confidence=0.8,
            reason="The harbour master says it was inspected, the union leader says it was not.",
            sides=(side(wire, 3, "had passed"), side(ledger, 4, "had not been inspected")),
        ),
    )
    facts: dict[str, object] = {
        "story": "The Veldrik crane",
        "run": run_info(claims),
        "articles": articles,
        "claims": claims,
        "contradictions": contradictions,
        "clusters": () if "claims" in more else _clusters(claims),
    }
    return Report.model_validate(facts | more)


def _clusters(claims: Sequence[ReportClaim]) -> tuple[Cluster, ...]:
    inspected = [claim for claim in claims if claim.text == "The crane passed its inspection in March."]
    taken = [claim for claim in claims if "in hospital" in claim.text or "to hospital" in claim.text]
    return (
        Cluster(
            id="k1",
            claim_ids=tuple(claim.id for claim in inspected),
            article_ids=tuple(claim.article_id for claim in inspected),
            origins=1,
            speaker="harbour master Jonna Teek",
            text=inspected[0].text,
        ),
        Cluster(
            id="k2",
            claim_ids=tuple(claim.id for claim in taken),
            article_ids=tuple(claim.article_id for claim in taken),
            first_article_id=taken[0].article_id,
            origins=2,
            text=taken[0].text,
        ),
    )


def _claims(
    courier: ReportArticle, ledger: ReportArticle, wire: ReportArticle, morning: ReportArticle
) -> tuple[ReportClaim, ...]:
    teek: dict[str, object] = {"speaker": "Jonna Teek", "kind": ClaimKind.statement}
    inspected = "The crane passed its inspection in March."
    return (
        claim(
            courier,
            3,
            "The crane killed two dockers.",
            contradicted(evidence(ledger, 2, Stance.contradicts)),
            when=When(text="on Tuesday", start=date(2031, 3, 4), end=date(2031, 3, 4)),
            quantities=(_quantity(courier, "two dockers", 2, "docker"),),
        ),
        claim(
            courier,
            4,
            "At least 12 people were taken to hospital.",
            supported(evidence(ledger, 3)),
            speaker="the port authority",
            quantities=(_quantity(courier, "At least 12 people", 12, "person", Bound.at_least),),
        ),
        claim(courier, 5, inspected, supported(evidence(wire, 3), evidence(morning, 3)), **teek),
        claim(courier, 6, "Work will not begin again before Friday.", unsupported(), kind=ClaimKind.plan),
        claim(
            courier,
            7,
            "The Hallstad yard built the crane in 1987.",
            unsupported(),
            **_worth(0.4, "a past event"),
        ),
        claim(
            ledger,
            2,
            "The crane killed three dockers.",
            contradicted(evidence(courier, 3, Stance.contradicts)),
            kind=ClaimKind.quantity,
            when=When(text="on 4 March", start=date(2031, 3, 4), end=date(2031, 3, 4)),
            quantities=(_quantity(ledger, "Three dockers", 3, "docker"),),
        ),
        claim(ledger, 3, "Thirteen people were treated in hospital.", supported(evidence(courier, 4))),
        claim(
            ledger,
            4,
            "The crane had not been inspected since 2029.",
            unsupported(UnsupportedReason.inconclusive),
            **_worth(0.8, "an accusation", "a past event", "a cause", "a comparison"),
            speaker="Bram Oduya",
        ),
        claim(ledger, 5, "Union members will march on Saturday.", unsupported(), kind=ClaimKind.plan),
        claim(
            ledger,
            6,
            "The port of Veldrik handles about 40,000 containers a year.",
            unsupported(),
            **_worth(0.7, "a large figure or a share"),
            kind=ClaimKind.quantity,
            quantities=(_quantity(ledger, "some 40,000 containers", 40_000, "container", Bound.about),),
        ),
        claim(wire, 3, inspected, supported(evidence(courier, 5), evidence(morning, 3)), **teek),
        claim(wire, 5, "A gust of 74 km/h was measured at the harbour mouth.", unsupported()),
        claim(morning, 3, inspected, supported(evidence(courier, 5), evidence(wire, 3)), **teek),
        claim(
            morning, 4, "The mayor of Veldrik asked for an inquiry.", unsupported(), speaker="Alba Restrup"
        ),
    )


def _worth(score: float, *reasons: str) -> dict[str, object]:
    return {"worth": score, "worth_reasons": reasons}


def _quantity(
    source: ReportArticle, words: str, value: float, unit: str, bound: Bound = Bound.exact
) -> Quantity:
    return Quantity(text=words, span=span_of(source, words), value=value, unit=unit, bound=bound)


def troubled_report(**more: object) -> Report:
    """Build a report without contradictions from a run in which much failed."""
    full = sample_report()
    wrong = Verdict(label=Label.error, confidence=0.0, error="The answer was cut off at the length limit.")
    claims = tuple(
        claim.model_copy(update={"verdict": wrong}) if claim.article_id == "ledger" else claim
        for claim in full.claims
        if claim.verdict.label is not Label.contradicted
    )
    failures = (
        Failure(
            stage="extract",
            article_id="courier",
            where="Veldrik Courier, sentences 5 to 7",
            reason="The call failed after 4 tries.",
        ),
    )
    coverage = Coverage(
        sentences=22, sentences_readable=21, sentences_read=18, claims=len(claims), claims_judged=8, errors=5
    )
    facts: dict[str, object] = {
        "claims": claims,
        "contradictions": (),
        "run": run_info(claims, complete=False, failures=failures, coverage=coverage),
        "skipped": (Skipped(path="story/photo.txt", reason="It is not text."),),
    }
    return full.model_copy(update=facts | more)
