"""benchmarks.grouping counts as its source says, and its page is what its figures make."""

from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.grouping.__main__ import main
from benchmarks.grouping.bcubed import Agreement, agreement, scored
from benchmarks.grouping.events import Hardness, pile, topics
from benchmarks.grouping.page import DOCS, PAGE, render
from benchmarks.grouping.results import RESULT, GroupingResult, read_result
from benchmarks.grouping.transposed import own_stories, transposed
from pipeline.grouping.pile import FEATURES
from pipeline.grouping.sameness import shipped

KEYS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30)


def test_the_page_is_what_the_stored_figures_make() -> None:
    result = read_result(RESULT)
    assert result is not None
    page = (DOCS / PAGE).read_text(encoding="utf-8")
    assert page == render(result), "run: python -m benchmarks.grouping --render"


def test_a_page_without_figures_says_so() -> None:
    assert render(GroupingResult(tool_version="1", cores=2)).count("Not measured yet.") == 3


def test_figures_are_rendered_and_what_is_stored_is_not_measured_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Agreement(articles=9, events=3, precision=0.5, recall=1, f1=0.667, f1_low=0.6, f1_high=0.7)
    result = GroupingResult(tool_version="1", cores=2).with_quality("a pile", "a way", found)
    (tmp_path / "g.json").write_text(result.model_dump_json())
    arguments = ["growth", "--most", "0", "--json", str(tmp_path / "g.json"), "--docs", str(tmp_path)]
    assert main(arguments) == 0
    assert capsys.readouterr().out == ""
    assert "| a pile | a way | 9 | 3 | 0.500 | 1.000 | 0.667 [0.600–0.700] |" in (tmp_path / PAGE).read_text()


def test_b_cubed_is_that_of_its_authors() -> None:
    """The example of Bagga and Baldwin (1998): twelve mentions, two of whose three chains were made one."""
    key = [1, 1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 3]
    found = agreement(scored(key, [1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2]))
    assert found.precision == pytest.approx(0.76, abs=0.005)
    assert found.recall == 1.0


@given(KEYS)
def test_the_key_itself_agrees_wholly_and_sides_can_be_changed(pairs: list[tuple[int, int]]) -> None:
    key, groups = zip(*pairs, strict=True)
    assert agreement(scored(key, key)).f1 == 1.0
    one, other = agreement(scored(key, groups)), agreement(scored(groups, key))
    assert (one.precision, one.recall) == (other.recall, other.precision)


def test_no_wording_is_in_two_parts() -> None:
    lines = {
        part: {line for topic in topics(part).values() for kind in topic.values() for line in kind}
        for part in ("fit", "develop", "measure")
    }
    assert all(not one & other for one, other in combinations(lines.values(), 2))


def test_a_pile_is_its_seeds_and_holds_what_makes_it_hard() -> None:
    hardness = Hardness(days=4, towns=8, most_told=6)
    made = pile("fit", 60, hardness, 9)
    assert made == pile("fit", 60, hardness, 9) != pile("fit", 60, hardness, 10)
    assert max(Counter(one.event for one in made).values()) == 6
    assert any(one.event.endswith("-later") for one in made)
    assert any(one.published is None for one in made)


def test_a_transposed_story_keeps_its_words_and_none_of_its_names() -> None:
    story = own_stories()["ropery-field"]
    moved = list(transposed(story, 1, 2))
    text = " ".join(one.text for one in moved)
    assert not any(name in text for name in ("Vellick", "Tesk", "Chandler", "6,412"))
    assert len(text.split()) == len(" ".join(one.text for one in story).split())
    days = [(a.published, b.published) for a, b in zip(story, moved, strict=True)]
    assert {(b - a).days for a, b in days if a and b} == {2}


def test_the_shipped_map_has_a_weight_for_all_that_is_compared() -> None:
    assert shipped().features == FEATURES
    assert (len(shipped().plain), len(shipped().full)) == (len(FEATURES) + 1, len(FEATURES) + 2)
