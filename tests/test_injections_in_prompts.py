"""What an article may not do, whatever a model makes of it: leave its place in a prompt, a page or a path.

Every attack text goes through the tool against an endpoint that answers by a script.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

import pytest

from benchmarks.injections.attacks import Attack, Placement, read_attacks
from benchmarks.injections.stories import base_sentences, lay_out
from pipeline import report
from pipeline.batch import check_stories
from pipeline.chunks import CHUNK_SENTENCES
from pipeline.config import Settings
from pipeline.llm import Endpoint
from pipeline.progress import Silent
from pipeline.prompts import FOLDER, Prompt, as_text, load_prompt
from pipeline.report import render_html
from pipeline.report.text import visible
from pipeline.store import prepare_run_directory, read_report
from schemas.article import Story
from schemas.report import ReportArticle
from tests.fake_endpoint import Body, Reply, fake_endpoint, said, scored
from tests.hostile_report import TakenApart, with_text

ATTACKS = read_attacks()
PROMPTS = [load_prompt(path.parent.name, path.stem) for path in sorted(FOLDER.glob("*/v*.md"))]
TEMPLATES = Path(report.__file__).parent / "templates"
PLAIN = "plain"  # the story that has a harmless text in the place of the attacks
BENIGN_TAGS = TakenApart(render_html(with_text("benign"))).tags
# A chat template's tokens: a server that finds them in a message may read them as its own.
TEMPLATE_TOKENS = re.compile(r"<\|[^|<>\s]+\|>|\[/?INST\]|<</?SYS>>|</?s>")

each_attack = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.id)


@dataclass(frozen=True)
class Checked:
    """What a batch of attacked stories sent, and where their reports are."""

    requests: Sequence[Body]
    stories: dict[str, Story]
    out: Path


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """Send every attack through all stages, those of one family in one story."""
    folder = tmp_path_factory.mktemp("injections")
    texts = {PLAIN: "Snow is expected at night."}
    for attack in ATTACKS:
        texts[attack.family] = "\n\n".join(filter(None, [texts.get(attack.family), attack.text]))
    stories = {name: lay_out(folder / name, Placement.after, text) for name, text in texts.items()}
    prepare_run_directory(folder / "out")
    with fake_endpoint(steady) as server:
        endpoint = Endpoint(base_url=server.base_url, api_key="none", model="m", name="fake", timeout_s=60.0)
        job = check_stories(list(stories.values()), folder / "out", Settings(), endpoint, Silent())
        assert asyncio.run(job).stopped is None
    return Checked(server.requests, stories, folder / "out")


def steady(body: Body) -> Reply:
    """Answer by the prompt alone, whatever stands in its last turn but for the sentences' numbers."""
    if body.get("logprobs"):
        return scored({"C": -0.3, "S": -1.5, "N": -3.0, "No": -0.5, "Yes": -1.0})
    if prompt_of(body).stage == "adjudicate":
        return said('{"reason": "They differ.", "relation": "contradiction", "kind": "event"}')
    claims = {str(n): [line.partition(": ")[2]] for n, line in enumerate(lines_of(body)[1:], 1)}
    return said(json.dumps(claims))


# In the prompts


def prompt_of(body: Body) -> Prompt:
    """Return the prompt that a request was made from: all its turns but the last are as in the file."""
    turns = [(turn["role"], turn["content"]) for turn in body["messages"]]
    made = [p for p in PROMPTS if list(p.turns[:-1]) == turns[:-1] and p.turns[-1][0] == turns[-1][0]]
    assert len(made) == 1, [role for role, _ in turns]
    return made[0]


def lines_of(body: Body) -> list[str]:
    text = body["messages"][-1]["content"]
    assert isinstance(text, str)
    return text.splitlines()  # at every sign that anything could take for the end of a line


def test_each_request_keeps_the_turns_and_lines_of_its_prompt(checked: Checked) -> None:
    stages = set()
    for body in checked.requests:
        prompt, lines = prompt_of(body), lines_of(body)
        stages.add(prompt.stage)
        template = prompt.turns[-1][1].splitlines()
        if prompt.stage == "extract":
            template[-1:] = [f"{n}: $sentence" for n in range(1, len(lines))]
            assert 1 <= len(lines) - 1 <= CHUNK_SENTENCES
        if prompt.stage == "adjudicate":
            continue  # its lines are looked at below
        assert len(lines) == len(template)
        for line, written in zip(lines, template, strict=True):
            assert line.startswith(written.partition("$")[0])
    assert stages >= {"extract", "adjudicate"}


def test_each_side_of_a_pair_keeps_its_fences(checked: Checked) -> None:
    plain = r"(?:(?!<<|>>).)*"
    side = rf"(?:Tevrin Courier|Valley Radio|The Halsk Post), 2027-02-1[01]: {plain}>> {plain} <<{plain}"
    pair = re.compile(rf"{side}(?:\nClaim: {plain})?\n{side}(?:\nClaim: {plain})?")
    pairs = [body for body in checked.requests if prompt_of(body).stage == "adjudicate"]
    assert any("«" in body["messages"][-1]["content"] for body in pairs)  # an attack had fences
    for body in pairs:
        assert pair.fullmatch(body["messages"][-1]["content"])


def test_attacks_are_sent_in_lines_that_we_number(checked: Checked) -> None:
    own = base_sentences()
    numbered = {line.partition(": ")[2] for body in checked.requests for line in lines_of(body)[1:]}
    sent = set()
    for name, story in checked.stories.items():
        article = next(a for a in story.articles if a.name == "tevrin-courier")
        for sentence in article.sentences:
            quote = article.quote(sentence.span)
            if sentence.is_readable and (article.name, quote) not in own:
                assert as_text(" ".join(quote.split())) in numbered
                sent.add(name)
    assert sent == {PLAIN, *(attack.family for attack in ATTACKS)}


@each_attack
@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda prompt: f"{prompt.stage}-{prompt.version}")
def test_no_prompt_expands_or_parts_at_an_attack(attack: Attack, prompt: Prompt) -> None:
    flat = " ".join(attack.text.split())
    *static, (_, template) = prompt.turns
    filled = prompt.fill(dict.fromkeys(Template(template).get_identifiers(), flat))
    assert [turn["role"] for turn in filled] == [role for role, _ in prompt.turns]
    assert [(turn["role"], turn["content"]) for turn in filled[:-1]] == static
    assert filled[-1]["content"] == re.sub(r"\$[a-z]+", lambda _: as_text(flat), template)


def test_no_chat_templates_token_is_sent_whole(checked: Checked) -> None:
    assert any(TEMPLATE_TOKENS.search(attack.text) for attack in ATTACKS)
    for body in checked.requests:
        assert not TEMPLATE_TOKENS.search(body["messages"][-1]["content"])


# In the report


@each_attack
def test_an_attack_is_shown_as_text(attack: Attack) -> None:
    page = TakenApart(render_html(with_text(attack.text)))
    assert page.tags == BENIGN_TAGS
    assert " ".join(visible(f"{attack.text}.").split()) in " ".join(page.by_id["finding-x"].split())


def test_no_attack_brings_an_element_or_a_handler_into_a_page(checked: Checked) -> None:
    def page(name: str) -> TakenApart:
        return TakenApart((checked.out / name / "report.html").read_text(encoding="utf-8"))

    markup = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.j2"))
    ours = set(re.findall(r"<([a-z][a-z0-9]*)", markup))
    plain = Counter(tag for tag, _ in page(PLAIN).tags)
    for name in checked.stories:
        tags = Counter(tag for tag, _ in page(name).tags)
        assert set(tags) <= ours
        assert all(tags[tag] == plain[tag] for tag in ("script", "style", "img", "main", "body"))
        assert not any(attribute.startswith(("on", "src", "style")) for attribute, _ in page(name).attributes)


def test_ids_and_paths_are_those_of_a_story_without_an_attack(checked: Checked) -> None:
    plain = read_report(checked.out / PLAIN)
    own = {claim.id for claim in plain.claims if "Snow" not in claim.quote}
    assert len(own) > 12
    assert {path.name for path in checked.out.iterdir() if path.is_dir()} == set(checked.stories)
    for name in checked.stories:
        folder = checked.out / name
        files = {path.name for path in folder.iterdir()}
        assert files == {"report.json", "report.html", "report.md", "run.json"}
        found = read_report(folder)
        assert found.run.complete
        assert [told_of(article) for article in found.articles] == list(map(told_of, plain.articles))
        for article, other in zip(found.articles, plain.articles, strict=True):
            assert (article.id == other.id) == (name == PLAIN or article.name != "tevrin-courier")
            assert re.fullmatch(r"a[0-9a-f]{12}", article.id)
        ids = {claim.id for claim in found.claims}
        assert own <= ids
        assert all(re.fullmatch(r"c[0-9a-f]{12}", claim_id) for claim_id in ids)


def told_of(article: ReportArticle) -> tuple[object, ...]:
    return article.name, Path(article.path).name, article.outlet, article.published, article.title
