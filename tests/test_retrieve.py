"""The sentences of other articles that could bear on a claim."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.retrieve import PER_ARTICLE, PER_CLAIM, retrieve
from tests.stories import article, claim

FERRY = article("The ferry Alba sank off Kelmar on Monday.\nThe weather was calm.", "one")
COAST = article("The union met in Velden.\nDivers found the ferry Alba off Kelmar.", "two")
OTHER = article("The price of bread rose again in Velden.", "three")


def test_the_sentence_about_the_same_thing_is_found_in_the_other_article() -> None:
    about = claim(FERRY, "Alba")
    (found,) = retrieve([about], [FERRY, COAST, OTHER])[about.id]
    assert found.article == COAST
    assert found.quote == "Divers found the ferry Alba off Kelmar."
    assert 0.34 <= found.overlap < 1.0


def test_a_sentence_that_shares_too_little_is_no_candidate() -> None:
    about = claim(FERRY, "Alba")
    assert retrieve([about], [FERRY, OTHER])[about.id] == ()


def test_one_article_alone_has_no_candidates() -> None:
    about = claim(FERRY, "Alba")
    assert retrieve([about], [FERRY]) == {about.id: ()}


def test_claims_without_known_words_find_nothing() -> None:
    strange = claim(FERRY, "Alba", "Zyxxian qwerks jumbled")
    empty = claim(FERRY, "calm", "It was them")
    assert retrieve([strange, empty], [FERRY, COAST]) == {strange.id: (), empty.id: ()}


def test_articles_without_readable_words_find_nothing() -> None:
    about = claim(FERRY, "Alba")
    assert retrieve([about], [article("…", "x"), article("—", "y")]) == {about.id: ()}


def test_a_paraphrase_of_page_furniture_is_not_searched() -> None:
    page = article("Most viewed articles\nThe council met on Monday.", "page")
    about = claim(FERRY, "Alba", "Most viewed articles")
    assert all(c.sentence.is_readable for c in retrieve([about], [FERRY, page])[about.id])


WORDS = ["ferry", "Alba", "Kelmar", "divers", "harbour", "sank", "union", "bread", "price", "storm"]
LINES = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=3, max_size=8).map(" ".join), min_size=1, max_size=6
)


@settings(deadline=None, max_examples=40)
@given(st.lists(LINES, min_size=2, max_size=4))
def test_candidates_are_few_best_first_and_from_elsewhere(stories: list[list[str]]) -> None:
    articles = [
        article("".join(f"The {line}.\n" for line in lines), f"n{i}") for i, lines in enumerate(stories)
    ]
    claims = [claim(a, a.quote(s.span)) for a in articles for s in a.sentences[:2] if s.is_readable]
    for about in claims:
        found = retrieve(claims, articles)[about.id]
        overlaps = [c.overlap for c in found]
        assert overlaps == sorted(overlaps, reverse=True)
        assert len(found) <= PER_CLAIM
        ids = [c.article.id for c in found]
        assert about.article_id not in ids
        assert all(ids.count(i) <= PER_ARTICLE for i in ids)
        assert all(0.0 < overlap <= 1.0 + 1e-9 for overlap in overlaps)
    assert retrieve(claims, articles) == retrieve(claims, articles)
