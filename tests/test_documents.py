"""Every command in the documents runs, and prints what is shown: README.md and docs/*.md, block by block.

Each document has a folder of its own with the files that documents speak of (``newsroom``). What the embedded
model is asked is answered by its recording on the example story, and anything else by a double, as is what
goes to any other endpoint. What cannot run here stands in ``NOT_RUN`` with the reason; its options
have to be known all the same (tests/test_readme.py).
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

from tests.commands import READY_S, run_command
from tests.harbour import HARBOUR, write_story
from tests.recorded_command import ADDRESS, recorded_endpoint

ROOT: Final = Path(__file__).parents[1]
DOCUMENTS: Final = ("README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")))
ADDRESS_SET: Final = re.compile(r"OPENAI_BASE_URL=http\S+")

# A pattern that a command begins with, and why no command that does runs here.
NOT_RUN: Final = {
    r"make |pip install|python3? -m venv|(\S*/)?python -m pip|pipx |uv |CMAKE_ARGS=": "sets up a machine",
    r"vllm |llama-server |ollama |lms |OLLAMA_": "starts an engine that is not here: tests/test_endpoints.py",
    r"storycheck check (.*https?://|- )": "fetches pages: tests/test_urls.py",
    r"storycheck review": "serves until it is told to end: tests/test_review_command.py",
    r"storycheck check .*--batch": "wants an endpoint with a Batch API: tests/test_batch_api.py",
    r"storycheck check .*--engine dask": "starts a cluster: tests/test_dask_engine.py",
    r"storycheck check .*\.gguf": "wants a model's file: tests/test_embedded.py",
    r"storycheck check .*--max-cost": "wants a table of prices: tests/test_budget.py",
}
# How a command may end where that is not 0.
ENDS: Final[Mapping[str, tuple[int, ...]]] = {r"(?s:.*)--fail-on": (0, 1)}

ROW: Final = '{"claim": "It rained.", "evidence": "It poured all day.", "label": "supported"}\n'
DUMP: Final = (
    '{"text": "%s", "title": "Tarnholm harbour shut", "outlet": "%s", "published": "2026-03-1%d", '
    '"source": {"name": "Gull"}, "link": "https://gull.example/harbour"}\n'
)


@dataclass(frozen=True)
class Command:
    """A command of a document, and what is shown of its output; None where nothing is."""

    text: str
    shown: str | None = None

    def matching(self, patterns: Mapping[str, object]) -> list[str]:
        """Return those of ``patterns`` that the command begins with, settings before it aside."""
        return [pattern for pattern in patterns if re.match(rf"(?:\w+=\S+ )*(?:{pattern})", self.text)]


# -- what the documents hold --


def blocks(document: str) -> list[list[Command]]:
    """Return the commands of each block of a document, in their order."""
    tokens = MarkdownIt("commonmark").parse((ROOT / document).read_text(encoding="utf-8"))
    found = []
    for token in tokens:
        language = token.info.split(" ")[0]
        if token.type == "fence" and language in ("sh", "bash", "console", "python"):
            read = {"console": _session, "python": _program}.get(language, _script)
            found.append(list(read(token.content)))
    return found


def _script(content: str) -> Iterator[Command]:
    """Yield the commands of a script: lines are taken together until they are whole to the shell."""
    gathered = ""
    for line in content.splitlines(keepends=True):
        gathered += line
        if gathered.strip() and _is_whole(gathered):
            if not gathered.lstrip().startswith("#"):
                yield Command(gathered.strip())
            gathered = ""
    assert not gathered.strip(), f"no command: {gathered}"


def _is_whole(text: str) -> bool:
    if text.endswith("\\\n"):
        return False
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    return done.returncode == 0 and not done.stderr


def _session(content: str) -> Iterator[Command]:
    """Yield what was typed after each ``$``, with the output that is shown for it."""
    for part in re.split(r"^\$ ", content, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        typed = next(n for n in range(1, len(lines) + 1) if _is_whole("\n".join(lines[:n]) + "\n"))
        yield Command("\n".join(lines[:typed]), "\n".join(lines[typed:]).strip("\n"))


def _program(content: str) -> Iterator[Command]:
    yield Command(f"python - <<'THE END'\n{content}THE END")


# -- where they run --


@pytest.fixture(scope="module")
def model() -> Iterator[str]:
    """The address of an endpoint that answers as recorded, and as the double does where nothing was."""
    with recorded_endpoint() as server:
        yield server.base_url


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, model: str) -> Path:
    """The files that documents speak of: stories, piles, a draft, labelled rows, and two runs."""
    room = tmp_path_factory.mktemp("newsroom")
    dated = {f"2026-03-1{day}-{outlet}": text for day, (outlet, text) in enumerate(HARBOUR.items())}
    for folder in ("story", "sources", "pile"):
        write_story(room / folder, dated)
    (room / "courier.txt").write_text(HARBOUR["gull"], encoding="utf-8")
    (room / "spar.md").write_text(HARBOUR["crier"], encoding="utf-8")
    page = f"<title>Harbour shut</title><article><h1>Harbour shut</h1><p>{HARBOUR['crier']}</p></article>"
    (room / "spar.html").write_text(page, encoding="utf-8")
    write_story(room / "drafts", {"draft": f"# Harbour shut\n\n{HARBOUR['crier']}\n"})
    shutil.copy(room / "drafts/draft.txt", room / "draft.md")
    (room / "rows.jsonl").write_text(ROW * 2, encoding="utf-8")
    told = enumerate(HARBOUR.items())
    (room / "dump.jsonl").write_text("".join(DUMP % (text, outlet, day) for day, (outlet, text) in told))
    shutil.copytree(ROOT / "examples", room / "examples")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(room)
        patched.setenv("OPENAI_BASE_URL", model)
        assert run_command("group", "pile", "dump.jsonl", "-o", "stories", "--least", "2", "-q").code == 0
        for out in ("out", "out1", "out2"):
            assert run_command("check", "story", "-o", out, "--model", "NAME", "-q").code == 0
    return room


@pytest.fixture
def newsroom(filled: Path, tmp_path: Path, model: str) -> tuple[Path, dict[str, str]]:
    """A copy of those files, and the environment of a shell in it whose ``storycheck`` asks ``model``."""
    room = shutil.copytree(filled, tmp_path / "newsroom")
    commands = tmp_path / "bin"
    commands.mkdir()
    for name, module in {"storycheck": "-m tests.recorded_command", "python": ""}.items():
        (commands / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n')
        (commands / name).chmod(0o755)
    environment = {
        "PATH": f"{commands}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "COLUMNS": "100",
        ADDRESS: model,
    }
    return room, environment


def run(block: list[Command], room: Path, environment: dict[str, str]) -> list[tuple[Command, int, str]]:
    """Run the commands of a block in one shell; return those that ran, how each ended and what it said."""
    script = ""
    ran = [command for command in block if not command.matching(NOT_RUN)]
    is_named = any(ADDRESS_SET.search(command.text) for command in ran)
    for command in ran:
        text = ADDRESS_SET.sub(f"OPENAI_BASE_URL={environment[ADDRESS]}", command.text)
        if " --model " in text and not is_named:
            text = f"(export OPENAI_BASE_URL={environment[ADDRESS]}\n{text}\n)"
        script += f"{{ {text}\n}} 2>&1 </dev/null\nprintf '\\036%d\\036' $?\n"
    shell = ["bash", "-c", script]
    done = subprocess.run(
        shell, cwd=room, env=environment, capture_output=True, text=True, timeout=READY_S, check=False
    )
    parts = done.stdout.split("\036")[:-1]
    assert len(parts) == 2 * len(ran), done.stdout + done.stderr
    return [(ran[i], int(parts[2 * i + 1]), parts[2 * i]) for i in range(len(ran))]


def plain(text: str) -> str:
    """Return an output without what differs from run to run: times, days, and blanks at the end of lines.

    All documents share a room, where a folder may hold a report already, as a reader's does not.
    """
    text = re.sub(r"^storycheck: \S+ held the report on .*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"\b\d+(?:\.\d+)? (?:ms|s|min|h)\b", "TIME", text)
    text = re.sub(r"\b20\d\d-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?(?:\+00:00)?)?", "DAY", text)
    return "\n".join(re.sub(r"(?<=\S)  +", "  ", line.rstrip()) for line in text.strip("\n").splitlines())


def is_shown(shown: str, said: str) -> bool:
    """Tell whether ``said`` is what is ``shown``, where a line of three points stands for any lines."""
    parts = re.split(r"^\.\.\.$\n?", plain(shown) + "\n", flags=re.MULTILINE)
    return re.fullmatch("(?:.*\n)?".join(map(re.escape, parts)), plain(said) + "\n", re.DOTALL) is not None


@pytest.mark.parametrize("document", [name for name in DOCUMENTS if blocks(name)])
def test_each_command_runs_and_prints_what_is_shown(
    document: str, newsroom: tuple[Path, dict[str, str]]
) -> None:
    for block in blocks(document):
        for command, code, said in run(block, *newsroom):
            allowed = {code for pattern in command.matching(ENDS) for code in ENDS[pattern]} or {0}
            assert code in allowed, f"{command.text}\nended with {code}:\n{said}"
            if command.shown is not None:
                assert is_shown(command.shown, said), f"{command.text}\nprinted:\n{said}"


def test_the_picture_of_a_terminal_shows_what_is_printed(newsroom: tuple[Path, dict[str, str]]) -> None:
    [(_, _, said)] = run([Command("storycheck check examples/ellen-marrick -o anew")], *newsroom)
    drawn = ElementTree.parse(ROOT / "docs/check.svg").getroot().itertext()  # noqa: S314 - our own picture
    words = "".join(drawn).replace("\u00a0", " ").replace("\N{ZERO WIDTH SPACE}", "")
    shown = {" ".join(plain(line).split()) for line in words.splitlines()}
    for line in plain(said).replace("anew/", "out/").splitlines():
        assert " ".join(line.split()) in shown, line


def test_each_reason_not_to_run_is_that_of_a_command() -> None:
    everything = [command for name in DOCUMENTS for block in blocks(name) for command in block]
    used = {pattern for command in everything for pattern in command.matching(NOT_RUN)}
    assert used == set(NOT_RUN)


@pytest.mark.parametrize(
    ("shown", "said", "expected"),
    [
        ("a 3.2 s b", "a 11 s b", True),
        ("on 2026-01-01 12:00 so", "on 2026-11-23 so", True),
        ("a\n...\nd", "a\nb\nc\nd\n", True),
        ("a\n...", "a\nb", True),
        ("a", "a\nb", False),
        ("12 claims", "13 claims", False),
        ("a\n...\nd", "a\nb", False),
    ],
)
def test_a_wrong_output_would_be_noticed(shown: str, said: str, expected: bool) -> None:
    assert is_shown(shown, said) is expected
