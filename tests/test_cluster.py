"""Claims that say one thing in several articles are put together: who was first, how many origins."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cluster import cluster
from pipeline.likeness import likeness
from pipeline.origins import find_origins
from pipeline.values.passage import Passage
from schemas.article import Article
from schemas.claim import Claim
from schemas.cluster import Cluster
from schemas.report import ReportClaim
from schemas.verdict import Evidence, Label, Verdict
from tests.stories import article, claim, supporting


def judged(made: Claim, *evidence: Evidence, label: Label = Label.supported) -> ReportClaim:
    return ReportClaim(**dict(made), verdict=Verdict(label=label, confidence=0.9, evidence=evidence))


def clusters(articles: Sequence[Article], *claims: ReportClaim) -> tuple[Cluster, ...]:
    return cluster(articles, find_origins(articles), claims)


def told(*texts: str, days: Sequence[int | None] = (), speakers: Sequence[str | None] = ()) -> Cluster:
    """Return the cluster of one claim told in several articles, each supported by the first and it by all."""
    articles = [
        article(text, f"paper-{i}", date(2025, 4, days[i] or 1) if days and days[i] else None)
        for i, text in enumerate(texts)
    ]
    made = [claim(a, "pumps", speaker=speakers[i] if speakers else None) for i, a in enumerate(articles)]
    first = judged(made[0], *(supporting(a, "pumps") for a in articles[1:]))
    rest = [judged(each, supporting(articles[0], "pumps")) for each in made[1:]]
    found = clusters(articles, first, *rest)
    assert len(found) == 1
    names = {a.id: a.name for a in articles}
    return found[0].model_copy(
        update={
            "article_ids": tuple(names[i] for i in found[0].article_ids),
            "first_article_id": names.get(found[0].first_article_id or ""),
        }
    )


PUMPS = "The pumps of the ferry were forty years old."
OLD = "The ferry’s pumps were forty years old, divers found."
RUST = "All pumps of that ferry were forty years old."


def test_the_article_of_the_earliest_day_is_first() -> None:
    found = told(PUMPS, OLD, RUST, days=(4, 2, 3))
    assert found.article_ids == ("paper-1", "paper-2", "paper-0")
    assert found.first_article_id == "paper-1"
    assert len(found.claim_ids) == 3


@pytest.mark.parametrize("days", [(2, 2, 3), (2, None, 3), (None, None, None)])
def test_nobody_is_first_where_the_days_do_not_tell(days: Sequence[int | None]) -> None:
    assert told(PUMPS, OLD, RUST, days=days).first_article_id is None


@settings(deadline=None)
@given(st.lists(st.integers(1, 28), min_size=2, max_size=2, unique=True))
def test_of_two_days_the_earlier_is_first(days: list[int]) -> None:
    found = told(PUMPS, OLD, days=days)
    assert found.first_article_id == f"paper-{days.index(min(days))}" == found.article_ids[0]


def test_an_article_without_a_date_comes_last() -> None:
    assert told(PUMPS, OLD, RUST, days=(None, 3, 2)).article_ids == ("paper-2", "paper-1", "paper-0")


def test_one_speaker_quoted_by_all_is_one_origin() -> None:
    found = told(
        "The pumps of the ferry were forty years old, Ada Lind said.",
        "Mayor Lind said the pumps of the ferry were forty years old.",
        "“The pumps of the ferry were forty years old,” Ms Lind told the council.",
        "Forty years old were the pumps of the ferry, according to Ada Lind.",
        speakers=("Ada Lind", "Mayor Lind", "Ms Lind", "Ada Lind"),
    )
    assert (len(found.article_ids), found.origins, found.speaker) == (4, 1, "Mayor Lind")


def test_two_speakers_are_no_one_speaker() -> None:
    found = told(PUMPS, OLD, speakers=("Ada Lind", "Otto Brandt"))
    assert (found.speaker, found.origins) == (None, 2)


def test_an_outlet_that_vouches_for_it_itself_quotes_nobody() -> None:
    assert told(PUMPS, RUST, speakers=("Ada Lind", None)).speaker is None


def test_a_copied_sentence_is_one_origin() -> None:
    text = "The pumps of the ferry were forty years old and full of rust and salt when she sank"
    assert told(f"{text}, Kelmar News Agency reported.", f"{text} off the pier on Monday night.").origins == 1


def test_a_sentence_without_a_claim_of_its_own_counts_its_article() -> None:
    one, other = article(PUMPS, "one"), article(OLD, "other")
    (found,) = clusters([one, other], judged(claim(one, "pumps"), supporting(other, "pumps")))
    assert found.article_ids == (one.id, other.id)
    assert len(found.claim_ids) == 1


def test_a_claim_that_nothing_supports_is_in_no_cluster() -> None:
    one, other = article(PUMPS, "one"), article(OLD, "other")
    alone = judged(claim(one, "pumps"), label=Label.unsupported)
    assert clusters([one, other], alone) == ()
    made = judged(claim(other, "pumps"), supporting(one, "pumps"))
    (found,) = clusters([one, other], alone, made)
    assert found.claim_ids == (made.id,)


def test_a_sentence_with_two_claims_lends_the_one_that_is_likest() -> None:
    one = article("Two ships sank and the harbour pier burned down.", "one")
    other = article("The harbour pier burned down.", "other")
    ships = judged(claim(one, "ships", "Two ships sank."), supporting(other, "pier"))
    pier = judged(claim(one, "ships", "The harbour pier burned down."), supporting(other, "pier"))
    same = judged(claim(other, "pier"), supporting(one, "ships"))
    found = clusters([one, other], ships, pier, same)
    assert {frozenset(each.claim_ids) for each in found} == {
        frozenset({pier.id, same.id}),
        frozenset({ships.id}),
    }


CHAIN = (
    "The ferry left Kelmar harbour with old pumps.",
    "The ferry with old pumps left Kelmar and sank near Orrin.",
    "The ferry sank near Orrin at the old reef.",
)


def test_a_chain_of_links_does_not_drift() -> None:
    articles = [article(text, f"n{i}") for i, text in enumerate(CHAIN)]
    made = [claim(a, "ferry") for a in articles]
    pairs = [(0, 1), (1, 2)]
    claims = [
        judged(made[i], *(supporting(articles[a + b - i], "ferry") for a, b in pairs if i in (a, b)))
        for i in range(3)
    ]
    groups = [set(each.claim_ids) for each in clusters(articles, *claims)]
    assert not any({made[0].id, made[2].id} <= group for group in groups)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "The ferry struck the reef at 7.40pm on Tuesday.",
            "The ferry struck the reef at 9.10pm on Tuesday.",
        ),
        ("The ferry struck the reef at 7.40pm on Tuesday.", "The ferry struck the reef on Tuesday."),
        ("Four people died on the ferry.", "Six people died on the ferry."),
        ("Four people died on the ferry.", "People died on the ferry."),
        ("The alarm was sounded on the ferry.", "The alarm was not sounded on the ferry."),
        ("The ferry sank off Kelmar on 3 March.", "The ferry sank off Kelmar on 5 March."),
    ],
)
def test_claims_with_other_values_are_not_one(one: str, other: str) -> None:
    assert likeness(Passage(text=one), Passage(text=other)) == 0.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("At least 12 children were aboard the ferry.", "Thirteen children were aboard the ferry."),
        ("The ferry sank off Kelmar on Monday.", "The ferry sank off Kelmar."),
        ("North Korea sold shells to Russia.", "The DPRK sold shells to Russia."),
    ],
)
def test_claims_in_other_words_are_one(one: str, other: str) -> None:
    assert likeness(Passage(text=one), Passage(text=other)) > 0.6


@settings(deadline=None)
@given(st.text(), st.text())
def test_likeness_does_not_hang_on_the_order(one: str, other: str) -> None:
    a, b = Passage(text=one), Passage(text=other)
    assert likeness(a, b) == likeness(b, a)
    assert 0 <= likeness(a, b) <= 1


@settings(deadline=None)
@given(st.permutations(range(5)))
def test_the_order_of_the_claims_changes_nothing(places: list[int]) -> None:
    texts = (PUMPS, OLD, RUST, "The ferry sank near Orrin reef.", "Near Orrin reef the ferry sank.")
    articles = [article(text, f"n{i}", date(2025, 4, i + 1)) for i, text in enumerate(texts)]
    same = {0: (1, 2), 1: (0,), 2: (0,), 3: (4,), 4: (3,)}
    claims = [
        judged(claim(articles[i], "ferry"), *(supporting(articles[j], "ferry") for j in others))
        for i, others in same.items()
    ]
    found = clusters(articles, *(claims[i] for i in places))
    assert found == clusters(articles, *claims)
    assert [len(each.article_ids) for each in found] == [3, 2]
    assert len({each.id for each in found}) == 2


def test_the_text_is_the_wording_nearest_to_all() -> None:
    odd = "Divers who looked at the ferry found that her pumps were forty years old."
    found = told(
        odd, "The ferry’s pumps were forty years old.", "The pumps were forty years old on the ferry."
    )
    assert found.text != odd
