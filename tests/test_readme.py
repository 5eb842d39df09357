"""The documents say what is so: commands, links, make targets, exit codes and models are checked here."""

import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest
import typer
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipeline import cli, config
from pipeline.cli import screen
from pipeline.cli.outcome import FailOn
from pipeline.config import DEFAULT_PROMPTS
from pipeline.embedded.models import CATALOGUE, EmbeddedModel
from pipeline.errors import InputError
from pipeline.reading.sidecar import read_sidecar
from pipeline.setting import MODELS

ROOT: Final = Path(__file__).parents[1]
DOCUMENTS: Final = (
    "README.md",
    *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
    "SECURITY.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "prompts/README.md",
    "examples/README.md",
)
MEANINGS: Final = {
    screen.DONE: r"done\b",
    screen.FAILED_ON: r"done, and .*--fail-on",
    screen.USAGE: r"usage or input",
    screen.INCOMPLETE: r"incomplete",
}
# A shell's prompt, settings before the command, and folders before its name are no part of the command.
COMMAND: Final = re.compile(r"(?:\$ )?(?:\w+=\S* )*(?:\S*/)?((?:storycheck|make)(?: .*)?)")
VARIABLE: Final = re.compile(r"([A-Z]\w*)=.*")


def read(document: str) -> str:
    """Return the text of a document of ours."""
    return (ROOT / document).read_text(encoding="utf-8")


def tokens(document: str) -> Iterator[Token]:
    """Yield every token of a document, those within lines included."""
    for token in MarkdownIt("commonmark").enable("table").parse(read(document)):
        yield token
        yield from token.children or ()


def commands(document: str, name: str) -> list[list[str]]:
    """Return the words of every command called ``name`` in blocks and in running text, in their order."""
    lines: list[str] = []
    for token in tokens(document):
        if token.type in ("fence", "code_inline"):
            lines += token.content.replace("\\\n", " ").splitlines()
    found = (COMMAND.fullmatch(line.partition(" #")[0].strip()) for line in lines)
    return [words for match in found if match and (words := shlex.split(match[1]))[0] == name]


def all_commands(name: str) -> list[list[str]]:
    """Return the words of every command called ``name`` in all documents."""
    return [words for document in DOCUMENTS for words in commands(document, name)]


def subcommands() -> dict[str, Any]:
    """Return the commands of the command line by name."""
    return dict(typer.main.get_command(cli.app).commands)  # type: ignore[attr-defined]


def parse(words: list[str]) -> None:
    """Let the command line parse ``words`` without running anything; raises its own error when it cannot.

    The name alone, as in running text, has only to be known.
    """
    name, *arguments = words[1:]
    if name == "--help":
        return
    command = subcommands()[name]
    if arguments:  # a file of settings that is named need not be there
        with suppress(typer.Exit, InputError), command.make_context(name, arguments):
            pass


def make_names(pattern: str) -> set[str]:
    """Return what ``pattern`` finds at the start of the lines of the Makefile."""
    return set(re.findall(pattern, read("Makefile"), re.MULTILINE))


def linked(document: str) -> list[str]:
    """Return the relative links and pictures of a document."""
    found = [str(t.attrs.get("href") or t.attrs.get("src") or "") for t in tokens(document)]
    return [link for link in found if link and not re.match(r"[a-z]+:", link)]


def anchors(document: Path) -> set[str]:
    """Return the anchors of a document's headings."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_documents_show_commands() -> None:
    assert len(commands("README.md", "storycheck")) >= 8
    assert ["make", "record"] in commands("CONTRIBUTING.md", "make")


@pytest.mark.parametrize("words", [w for w in all_commands("storycheck") if len(w) > 1], ids=" ".join)
def test_each_storycheck_command_parses(words: list[str]) -> None:
    parse(words)


@pytest.mark.parametrize(
    "line", ["storycheck check x --no-such", "storycheck group x", "storycheck check x --rpm 0"]
)
def test_a_wrong_command_would_be_noticed(line: str) -> None:
    with pytest.raises(Exception, match=r"No such option|Missing parameter|greater than"):
        parse(line.split())


@pytest.mark.parametrize("option", sorted(set(re.findall(r"(?<![\w-])--[a-z][\w-]+", read("README.md")))))
def test_each_option_of_the_readme_is_one_of_a_command(option: str) -> None:
    known = {"--help"}
    for command in subcommands().values():
        for parameter in command.params:
            known |= set(parameter.opts)
    assert option in known


def test_the_first_two_commands_are_make_run_and_make_test() -> None:
    blocks = [token.content for token in tokens("README.md") if token.type == "fence"]
    lines = [line.partition("#")[0].strip() for line in blocks[0].splitlines()]
    assert lines[:2] == ["make run", "make test"]


@pytest.mark.parametrize("words", all_commands("make"), ids=" ".join)
def test_each_make_command_has_its_target_and_variables(words: list[str]) -> None:
    variables = {match[1] for word in words if (match := VARIABLE.fullmatch(word))}
    targets = {word for word in words[1:] if not VARIABLE.fullmatch(word)}
    assert targets <= make_names(r"^([a-z][\w-]*):(?!=)")
    assert variables <= make_names(r"^([A-Z]\w*) \?=") | set(
        re.findall(r"\$\(if \$\((\w+)\)", read("Makefile"))
    )


@pytest.mark.parametrize(
    ("document", "link"), [(document, link) for document in DOCUMENTS for link in linked(document)]
)
def test_each_link_leads_somewhere(document: str, link: str) -> None:
    path, _, anchor = link.partition("#")
    target = (ROOT / document).parent / path if path else ROOT / document
    assert target.exists()
    assert not anchor or anchor in anchors(target)


def test_the_readme_shows_the_report() -> None:
    pictures = [str(token.attrs["src"]) for token in tokens("README.md") if token.type == "image"]
    assert "docs/report.png" in pictures


@pytest.mark.parametrize("document", ["README.md", "docs/configuration.md"])
def test_the_exit_codes_are_those_of_the_command(document: str) -> None:
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", read(document), re.MULTILINE)
    assert [int(code) for code, _ in rows] == sorted(MEANINGS)
    for code, meaning in rows:
        assert re.match(MEANINGS[int(code)], meaning), f"{code}: {meaning}"


def test_what_fail_on_takes_is_named() -> None:
    section = read("README.md").partition("`--fail-on` takes")[2].partition(".")[0]
    assert re.findall(r"`(\w+)`", section) == [choice.value for choice in FailOn]


@pytest.mark.parametrize("model", CATALOGUE.values(), ids=lambda model: model.name)
def test_each_model_is_documented_with_size_and_licence(model: EmbeddedModel) -> None:
    section = read("docs/models.md").partition("## The embedded model")[2].partition("\n## ")[0]
    assert model.name in section.lower()
    assert f"{model.size_bytes / 1e9:.2f} GB" in section
    assert model.licence in section


def test_the_environment_variables_are_those_that_are_read() -> None:
    source = Path(config.__file__).read_text(encoding="utf-8")
    read_ones = {MODELS, *re.findall(r'environ\.get\("((?:OPENAI|STORYCHECK)_\w+)"', source)}
    told = read("README.md") + read("docs/models.md")
    named = set(re.findall(r"\b(?:OPENAI|STORYCHECK)_[A-Z_]+\b", told))
    assert named == read_ones


def test_the_sidecar_of_the_readme_can_be_read(tmp_path: Path) -> None:
    (block,) = (t.content for t in tokens("README.md") if t.type == "fence" and t.info == "toml")
    path = tmp_path / "story.toml"
    path.write_text(block, encoding="utf-8")
    (known,) = read_sidecar(path, "story.toml").articles.values()
    assert None not in (known.title, known.outlet, known.published)


def test_each_prompt_has_its_row_and_the_defaults_are_marked() -> None:
    rows = re.findall(r"^\| (\w+) \| (v\d+) \| (\w*) *\|", read("prompts/README.md"), re.MULTILINE)
    files = {(path.parent.name, path.stem) for path in (ROOT / "prompts").glob("*/v*.md")}
    assert {(stage, version) for stage, version, default in rows if default != "gone"} == files
    assert {stage: version for stage, version, default in rows if default == "yes"} == DEFAULT_PROMPTS


def test_the_readme_stays_short() -> None:
    assert len(read("README.md").splitlines()) < 200
