"""Sentences: exact offsets on any text, the right cuts on news prose, and the role of every line."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.reading.sentences import LONGEST_SENTENCE, split_sentences
from schemas.article import Role

_PIECES = (
    "Mr.|U.S.|J.|“|”|said|Roe|The|the|.|?”|…|. . .|No. 5|(Roe/Wire)|• |By Ann Roe|Most read|3.5|a.m.|—|[sic]"
    "|#|---|\n|\n\n|\r\n| |\u00a0|\u2028|\ufeff|\t|\x85|\x1c|他来了。|é|\U0001f525|!|)|'|Published 3 May 2031"
)
_NEWSLIKE = st.lists(st.sampled_from(_PIECES.split("|")), max_size=60).map("".join)


def _texts(text: str, start: int = 0) -> list[str]:
    return [sentence.span.cut(text) for sentence in split_sentences(text, start)]


def _roles(text: str) -> dict[str, Role]:
    return {sentence.span.cut(text): sentence.role for sentence in split_sentences(text)}


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.text(max_size=300), _NEWSLIKE), st.integers(0, 20))
def test_spans_are_exact_ordered_disjoint_and_cover_all_but_white_space(text: str, start: int) -> None:
    start = min(start, len(text))
    sentences = split_sentences(text, start)
    covered = [False] * len(text)
    at, paragraph = start, 1
    for number, sentence in enumerate(sentences, 1):
        quote = text[sentence.span.start : sentence.span.end]
        assert sentence.number == number
        assert sentence.span.start >= at
        assert quote
        assert quote == quote.strip()
        assert sentence.paragraph in (paragraph, paragraph + 1)
        at, paragraph = sentence.span.end, sentence.paragraph
        for index in range(sentence.span.start, sentence.span.end):
            covered[index] = True
    assert [
        index for index in range(start, len(text)) if not covered[index] and not text[index].isspace()
    ] == []
    assert not any(covered[:start])


# One line is one paragraph; " | " marks where it has to be cut, and nowhere else.
@pytest.mark.parametrize(
    "marked",
    [
        "Dr. J. R. Poe met Gov. Lee on Main St. in Norwick. | He left at 9 a.m. Monday.",
        "The U.S. Navy and the U.N. Council agreed. | It met in Washburn, D.C. | The rest stayed home.",
        "It closed at 5 p.m. | Police said nobody was hurt.",
        "“We lost it all,” Ann Roe said. | “Nobody came to help us.”",
        "“Why us?” he asked. | “Who did it?” Ann Roe asked reporters on Monday. | Nobody knew.",
        "“Run!” she shouted. | “Is it over?” | The crowd went home.",
        "The grain . . . was sold, and the rest “was … spoiled by rain”. | We wait . . . | The end is near.",
        "Prices rose 3.5 percent to $2.1 million, the site mill.co.uk said. | €5 is the fare.",
        "NORWICK — The mill burned. | It was empty.",
        "“They [the owners] knew,” she said. | [He did not.] | (Nobody did.)",
        "He lives at No. 10 and owns Roe Inc. stock. | 12 people saw him.",
        "It was the worst in the West. | the mill never opened again.",
        "• First the bridge.",
        "1. The council met. | 2. It voted.",
        "Poe Jr. spoke on Aug. 23. | Sept. 4 is the next date.",
        "Ann\u00a0Roe came.\u00a0| Jo\u00a0Lee left.",
        "“It ended.” | The next day was calm.",
        "他来了。| 她走了。",
        "“Now, who else would go to … such lengths? | He would,” she told a briefing.",
    ],
)
def test_news_prose_is_cut_where_a_sentence_ends(marked: str) -> None:
    expected = [part.strip() for part in marked.split("|")]
    assert _texts(marked.replace("| ", "")) == expected


def test_a_missing_space_after_a_full_stop_is_survived() -> None:
    assert _texts("The road is closed.The bridge is, too.") == ["The road is closed.", "The bridge is, too."]
    assert _texts("“It is closed.”The mayor left. See Mill.Com for more.")[0] == "“It is closed.”"
    assert _texts("The site mill.com is down.") == ["The site mill.com is down."]


def test_every_line_is_a_paragraph_in_pasted_text() -> None:
    text = "The mill burned on Monday.\r\nNobody was hurt, the county said.\r\n\r\nIt will open again."
    assert [sentence.paragraph for sentence in split_sentences(text)] == [1, 2, 3]
    assert _texts(text)[1] == "Nobody was hurt, the county said."


def test_hard_wrapped_lines_are_joined_but_titles_and_bullets_are_not() -> None:
    text = (
        "Mill fire closes bridge\nBy Ann Roe\n\n"
        "The fire that closed the bridge at Norwick on Thursday was put out\n"
        "by forty firemen, the county said. Nobody was hurt, but the mill is a\ntotal loss.\n\n"
        "“We lost it all,” said Jo Lee, who owns the mill and lives beside it in\n"
        "a house that was not touched by the flames of that long and cold night\n- one mill\n- one barn\n"
    )
    found = _texts(text)
    assert found[:2] == ["Mill fire closes bridge", "By Ann Roe"]
    assert found[2].endswith("put out\nby forty firemen, the county said.")
    assert found[3] == "Nobody was hurt, but the mill is a\ntotal loss."
    assert found[-2:] == ["- one mill", "- one barn"]


def test_text_before_start_is_left_out() -> None:
    text = "key: value\nThe mill burned."
    assert _texts(text, 11) == ["The mill burned."]


def test_endless_text_is_cut_at_white_space() -> None:
    found = _texts("flour " * 2000)
    assert max(map(len, found)) <= LONGEST_SENTENCE
    assert all(part.startswith("flour") and part.endswith("flour") for part in found)


PAGE = """Mill fire closes Norwick bridge
Flames were seen from ten miles away
By Ann Roe and Jo Lee
Published 3 August 2031 16.51 BST
Share Tweet Email Print
Smoke over the mill at Norwick on Thursday morning.
Kim Poe/Samplewire
NORWICK, Aug. 3 (Samplewire) — A fire closed the bridge at Norwick on Thursday, the county said.
Read more: Ten mills that burned
“We lost it all,” said Jo Lee, who owns the mill and lives beside it.
Jo Lee in front of what is left of the mill. (Samplewire/Kim Poe)
Jo Lee in front of what is left of the mill. (Samplewire/Kim Poe)
What happened next
The bridge is to open on Monday, the county engineer said in a statement.
Most read
Cat found in tree after nine days
Dog found in river
The county council meets again on Tuesday to talk about the closed bridge.
Ann Roe in Norwick and Jo Lee in Washburn
(Reporting by Ann Roe; Editing by Jo Lee)
Follow Ann Roe on Instagram and Bluesky.
COMMENTS
Sign up for our daily newsletter
button that opens the page in another language
© 2031 The Norwick Courier"""


def test_each_line_of_a_page_gets_its_role() -> None:
    roles = [sentence.role for sentence in split_sentences(PAGE)]
    h, p, c, b, f = Role.headline, Role.prose, Role.caption, Role.byline, Role.furniture
    captions = [c, f, f, f]  # the caption once; its credit, and both again
    assert roles == [h, h, b, b, f, c, f, p, f, p, *captions, h, p, f, f, f, p, b, b, f, f, f, f, f]


@pytest.mark.parametrize(
    "line",
    [
        "Share this quarter fell by 12 percent at Lee Holdings.",
        "Copyright law was changed on Monday by the county.",
        "Register to vote in Norwick by Friday.",
        "Most watched the fire from the bridge.",
        "By Friday night the fire was out, and the firemen went home.",
        "Comments by the mayor led to a walkout on Tuesday.",
        "Follow the money, the auditor told the council on Friday.",
        "Edited by Ann Roe, the book sold 1,000 copies in a week.",
        "Reporting by the county shows that 12 mills have burned.",
        "Published in 1931, the map shows the old mill.",
        "Support us, the mayor told voters on the bridge.",
        "The mill, which burned in 1931 and again on Aug. 23, was to be sold before the year is out",
        "Advertisement spending fell, the mill said.",
        "Related charges were dropped on Monday.",
        "Reuters first reported the sale of the mill.",
        "Home prices rose (a first since May).",
        "Comments on this bridge are closed to nobody, the mayor said.",
        "By Ann Roe, a reporter at the time, the fire was told as a scandal.",
        "By Monday Lee Holdings, Reporter Ann Roe wrote, had sold the mill.",
        "Most read: so a poll says of the people of Norwick, who read a book a week.",
        "Share the bridge, the county told both towns.",
        "Subscribe to our plan, the mayor said, or leave.",
        "By signing the deal, you agree to our terms, the county told Lee.",
        "Never miss a story like that of the mill, she told the class.",
        "You have 12 stories left, the mayor told the builders of the tower.",
        "Top stories told at the feast were those of the fire.",
    ],
)
def test_real_prose_is_never_furniture(line: str) -> None:
    text = f"The council of Norwick met on Monday night to talk about the burned mill.\n{line}\n"
    text += "Nobody knows yet what the county will do about the old mill, the mayor said."
    assert _roles(text)[line] in (Role.prose, Role.headline)


@pytest.mark.parametrize(
    "line",
    [
        "Most viewed articles",
        "12 comments",
        "Please direct questions or comments to [desk@courier.example]",
        "Advertisement",
        "Story continues below",
        "Subscribe now",
        "[Read our guide to mills](https://courier.example/mills)",
        "https://courier.example/mills",
        "* * *",
        "Kim Poe/Pool Photo via AP",
        "(Samplewire/Kim Poe)",
        "Photo by Kim Poe",
        "3 min read",
        "Comments are closed on this article.",
        "Comments for this article are now closed.",
        "Commenting is closed.",
        "Most read: Cat found in tree after nine days",
        "Top stories",
        "## Most read",
        "Share: Facebook Twitter Email",
        "Tweet this | Share | Email",
        "Click to share on Facebook (Opens in new window)",
        "Share on Facebook Share on WhatsApp Share by email",
        "Listen to this article · 5 min",
        "Advertisement - continue reading below",
        "Enter your email address",
        "You have 3 free articles left this month.",
        "Already a subscriber?",
        "Never miss a story: sign up for the morning briefing of the Courier.",
    ],
)
def test_page_furniture_is_known(line: str) -> None:
    text = f"The council of Norwick met on Monday night to talk about the burned mill.\n{line}\n"
    text += "Nobody knows yet what the county will do about the old mill, the mayor said."
    assert _roles(text)[line] is Role.furniture


@pytest.mark.parametrize(
    ("line", "roles"),
    [
        ("By Ada Quill, Staff Reporter", [Role.byline]),
        ("By Ada Quill, staff reporter.", [Role.byline]),
        ("By our own correspondent", [Role.byline]),
        ("By Ada Quill, Staff Reporter. Additional reporting by Jo Lee.", [Role.byline, Role.byline]),
        ("By Ada Quill, Staff Reporter. The mill was empty.", [Role.byline, Role.prose]),
        ("The mill was empty. Comments are closed.", [Role.prose, Role.furniture]),
        ("The mill was empty. Want more news like this? Subscribe to our newsletter.", None),
        ("The mill was empty. “Subscribe to our newsletter.” So says a sign.", [Role.prose] * 3),
        ("The mill was empty. Comments are closed to nobody.", [Role.prose, Role.prose]),
        (
            "Read more: Ten walks for a rainy weekend. The union said 12 men died.",
            [Role.furniture, Role.prose],
        ),
        ("Watch: The mill burns. “Nobody was hurt.”", [Role.furniture, Role.prose]),
        ("Lesen Sie auch: Zehn Wege im Regen. Die alte Mühle brannte.", [Role.furniture, Role.prose]),
        ("© 2031 The Courier. All rights reserved.", [Role.furniture, Role.furniture]),
        ("Read more: Who is Ann Roe? The mill at last", [Role.furniture, Role.furniture]),
        ("Read more: Ten walks for a rainy weekend.", [Role.furniture]),
        ("The mill was empty. By Ann Roe, its reporter, it was called a scandal.", [Role.prose, Role.prose]),
    ],
)
def test_what_a_site_says_of_itself_is_told_within_a_paragraph(line: str, roles: list[Role] | None) -> None:
    body = "The council of Norwick met on Monday night to talk about the burned mill."
    found = [sentence.role for sentence in split_sentences(f"{body}\n{line}\n{body[:-1]}, too.")]
    assert found == [Role.prose, *(roles or [Role.prose, Role.furniture, Role.furniture]), Role.prose]


def test_the_job_below_a_byline_belongs_to_it() -> None:
    body = "The council of Norwick met on Monday night to talk about the burned mill."
    assert _roles(f"Mill burns\nBy Ada Quill\nStaff Reporter\n{body}")["Staff Reporter"] is Role.byline
    alone = _roles(f"{body}\nStaff Reporter\n{body[:-1]}, too.")["Staff Reporter"]
    assert alone is not Role.byline


def test_the_marks_of_a_markdown_heading_are_no_part_of_the_headline() -> None:
    body = "The council of Norwick met on Monday night to talk about the burned mill."
    text = f"# Mill burns. Nobody hurt\n\n{body}\n\n##  What next\n\n#1 on the list\n\n{body[:-1]}, too."
    h, p, f = Role.headline, Role.prose, Role.furniture
    found = [(s.span.cut(text), s.role, s.paragraph) for s in split_sentences(text)]
    assert found[:6] == [
        ("#", f, 1),
        ("Mill burns.", h, 1),
        ("Nobody hurt", h, 1),
        (body, p, 2),
        ("##", f, 3),
        ("What next", h, 3),
    ]
    assert found[6][0] == "#1 on the list"


def test_a_caption_that_a_site_cut_off_is_furniture() -> None:
    cut = "Mayor Ann Roe of Norwick, right, and the owner of the old mill, Jo Lee, pose on the new bri"
    body = "The old mill at Norwick was sold to the county on Monday, the mayor said."
    text = f"Mill sold\n{cut}\nKim Poe/Samplewire\n{body}\n"
    assert _roles(text)[cut] is Role.furniture


def test_a_caption_repeated_with_its_credit_is_kept_once() -> None:
    caption = "Mayor Ann Roe opens the new bridge at Norwick on June 26, 2031."
    body = "The old mill at Norwick was sold to the county on Monday, the mayor of the town said."
    text = f"{body}\n{caption}\n{caption} (Kim Poe/County of Norwick)\n{body[:-1]}, too."
    roles = [sentence.role for sentence in split_sentences(text)]
    assert roles == [Role.prose, Role.caption, Role.furniture, Role.furniture, Role.prose]


@pytest.mark.parametrize(
    "unit", ["a", ".", ". ", '."', "Foo. ", "Share\n", "“(", "A. ", "Ann ", "? Ann Lee ", "[", "\n"]
)
def test_hostile_text_takes_linear_time(unit: str) -> None:
    text = "Most read\n" + unit * (300_000 // len(unit))
    began = time.process_time()
    split_sentences(text)
    assert time.process_time() - began < 20  # a quadratic step takes minutes
