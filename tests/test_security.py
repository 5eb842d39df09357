"""What docs/security.md promises: the key stays where it is, text is data, what is used is what was pinned.

The key is planted, and everything that a command writes is searched for it. What else that document promises
has tests of its own, which it names.
"""

import ast
import base64
import logging
import re
import tomllib
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import cli
from pipeline.config import Settings, read_environment, shown_address
from pipeline.errors import InputError
from pipeline.session import open_endpoint
from tests.commands import Ended, run_command
from tests.fake_endpoint import Answer, Body, Reply, check_answer, fake_endpoint, refused, said
from tests.review_client import reviewed

pytestmark = pytest.mark.usefixtures("no_wait")

ROOT: Final = Path(__file__).parents[1]
KEY: Final = "sk-planted-7Yq2VwKe93LxBd04"
PASSWORD: Final = "pw-planted-5Tn8RzQa61"
LOGGED: Final = ("--log-format", "json", "--log-text")


@pytest.fixture(autouse=True)
def planted(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Plant the key, let every library log all it has to say, and search that, too."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    yield
    assert secrets_in(caplog.text.encode()) == []


def secrets_in(data: bytes) -> list[str]:
    """Return the planted secrets that stand in ``data``, as they are or as a header would have them."""
    forms = {secret: (secret.encode(), base64.b64encode(secret.encode())[:-4]) for secret in (KEY, PASSWORD)}
    return [secret for secret, kinds in forms.items() if any(kind in data for kind in kinds)]


def written_in(folder: Path, done: Ended) -> list[str]:
    """Return the names of everything written that holds a planted secret: files, databases' pages, output."""
    files = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    files |= {"stdout": done.out.encode(), "stderr": done.err.encode()}
    return [name for name, data in files.items() if secrets_in(data)]


def echoing(status: int) -> Answer:
    """Refuse with a body, a reason and a header that repeat the key."""

    def answer(_body: Body) -> Reply:
        return refused(status, f"Incorrect API key provided: {KEY}", www_authenticate=f"Bearer {KEY}")

    return answer


def answering_with_the_key(body: Body) -> Reply:
    """Put the key into every claim and reason, as a proxy that debugs might."""
    reply = check_answer(body)
    if body.get("logprobs") or not isinstance(reply.body, dict):
        return reply
    text = str(reply.body["choices"][0]["message"]["content"])
    return said(text.replace("They differ.", f"They differ: {KEY}").replace("boats", f"boats {KEY}"))


# -- the key --


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\0\0" + KEY.encode())
    assert written_in(tmp_path, Ended(0, f"x{PASSWORD}x", "")) == [str(tmp_path / "file"), "stdout"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (check_answer, 0),
        (answering_with_the_key, 0),
        (echoing(401), 3),
        (echoing(403), 3),
        (echoing(400), 3),
        (echoing(500), 3),
        (lambda _body: Reply(f"<h1>{KEY}</h1>".encode(), headers={"content-type": "text/html"}), 3),
        (lambda _body: Reply({"error": {"message": KEY}}), 3),
        (lambda _body: Reply(status=307, headers={"location": f"http://{KEY}.invalid/"}), 3),
    ],
    ids=["ok", "said by the model", "401", "403", "400", "500", "a page", "an error with 200", "a redirect"],
)
def test_a_check_writes_the_key_nowhere_however_it_ends(
    story: Path, monkeypatch: pytest.MonkeyPatch, answer: Answer, code: int
) -> None:
    with fake_endpoint(answer) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        done = run_command("check", story, "-o", story.parent / "out", "--model", "m", "-v", *LOGGED)
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert done.code == code
    assert written_in(story.parent, done) == []


def test_a_crash_shows_the_key_in_no_traceback_with_all_its_variables(
    story: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("pipeline.checking.write_files", broken)
    log = story.parent / "log"
    with fake_endpoint(check_answer) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        given = ["check", str(story), "-o", str(story.parent / "out"), "--model", "m", "--log-file", str(log)]
        with pytest.raises(RuntimeError) as caught:
            cli.app(given, prog_name="storycheck", standalone_mode=False)
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
    ours = [frame for frame in frames if "pipeline" in Path(frame.filename).parts]
    told = "".join(traceback.StackSummary.from_list(ours).format())
    assert "endpoint = Endpoint(" in told
    assert secrets_in((told + str(caught.value)).encode()) == []
    assert written_in(story.parent, Ended(1, "", "")) == []


def test_a_proxy_that_refuses_is_told_without_its_password(
    story: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with fake_endpoint(lambda _body: refused(407, f"no {KEY} for you:{PASSWORD}")) as proxy:
        address = proxy.base_url.removeprefix("http://").removesuffix("/v1")
        monkeypatch.setenv("HTTP_PROXY", f"http://somebody:{PASSWORD}@{address}")
        monkeypatch.setenv("OPENAI_BASE_URL", "http://endpoint.invalid/v1")
        done = run_command("check", story, "-o", story.parent / "out", "--model", "m", *LOGGED)
    assert proxy.requests
    assert done.code == 3
    assert "proxy" in done.err.splitlines()[-1]
    assert written_in(story.parent, done) == []


@pytest.mark.parametrize(
    "address", ["ftp://you:{}@host/v1", "http://you:{}@ho st/v1", "http://you:{}@host:x/v1"]
)
def test_an_address_that_is_none_is_told_without_its_password(
    story: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", address.format(PASSWORD))
    done = run_command("check", story, "-o", story.parent / "out", "--model", "m")
    assert (done.code, "host" in done.told or "ho st" in done.told) == (2, True)
    assert written_in(story.parent, done) == []


def test_a_password_in_the_address_is_used_and_shown_nowhere(
    story: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_endpoint(check_answer) as server:
        address = server.base_url.replace("http://", f"http://you:{PASSWORD}@")
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        done = run_command("check", story, "-o", story.parent / "out", "--model", "m", *LOGGED)
        assert server.requests
        assert PASSWORD not in repr(read_environment())
    assert done.code == 0
    assert written_in(story.parent, done) == []


@given(st.text(), st.text())
def test_an_address_is_shown_without_what_stands_before_the_host(before: str, after: str) -> None:
    assert PASSWORD not in shown_address(f"http://{before}{PASSWORD}{after}@host/v1")
    assert PASSWORD not in shown_address(f"http://host/v1?{before}{PASSWORD}{after}")
    assert shown_address("https://host:8000/v1") == "https://host:8000/v1"


def test_no_other_command_writes_the_key(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = story.parent / "out"
    with fake_endpoint(check_answer) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        run_command("check", story, "-o", out, "--model", "m", "-q")
        run_command("check", story, "-o", story.parent / "other", "--model", "m", "-q", "--max-calls", "3")
        commands: list[tuple[str | Path, ...]] = [
            ("check", story, "-o", out, "--model", "m", "--dry-run"),
            ("check", "--replay", out, "-o", story.parent / "again", *LOGGED),
            ("report", out),
            ("diff", out, story.parent / "other"),
            ("models",),
            ("schema",),
            *(("export", out, "--format", form) for form in ("json", "jsonl", "csv", "md")),
        ]
        if "doctor" in (ROOT / "pipeline" / "cli" / "__init__.py").read_text(encoding="utf-8"):
            commands += [("doctor",), ("doctor", out)]
        for command in commands:
            assert written_in(story.parent, run_command(*command)) == [], command


def test_the_review_shows_the_key_to_nobody(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = story.parent / "out"
    with fake_endpoint(check_answer) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        run_command("check", story, "-o", out, "--model", "m", "-q")
    with reviewed(out) as client:
        client.enter()
        answers = [client.send("GET", path) for path in ("/", "/decisions", "/export", "/nowhere")]
    assert [answer.status for answer in answers] == [200, 200, 200, 404]
    for answer in answers:
        assert secrets_in(answer.body + str(answer.headers).encode()) == []


def test_no_option_takes_a_key() -> None:
    told = "".join(run_command(name, "--help").out for name in ("check", "eval", "review", "export"))
    assert not re.search(r"--[a-z-]*(?:key|token|secret|password)\b(?!s)", told)


# -- the key in a file --


@pytest.fixture
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("OPENAI_API_KEY")
    path = tmp_path / "key"
    monkeypatch.setenv("OPENAI_API_KEY_FILE", str(path))
    return path


@pytest.mark.parametrize("around", ["{}", "{}\n", " {}\r\n"])
def test_a_key_is_read_from_a_file(key_file: Path, around: str) -> None:
    key_file.write_bytes(around.format(KEY).encode())
    assert read_environment().api_key == KEY


def test_the_environment_goes_before_the_file(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-environment")
    assert read_environment().api_key == "sk-of-the-environment"
    assert not key_file.exists()


@pytest.mark.parametrize(
    "make",
    [lambda _: None, lambda p: p.mkdir(), lambda p: p.write_bytes(b" \n")],
    ids=["none", "folder", "empty"],
)
def test_a_file_without_a_key_is_told(key_file: Path, make: Callable[[Path], object], story: Path) -> None:
    make(key_file)
    done = run_command("check", story, "-o", story.parent / "out", "--model", "m")
    assert (done.code, "OPENAI_API_KEY_FILE" in done.told) == (2, True)


def test_a_file_that_holds_no_key_is_not_shown(key_file: Path) -> None:
    key_file.write_text(f"{PASSWORD} is what this file says\n")
    with pytest.raises(InputError) as caught:
        open_endpoint(Settings(model="m"), read_environment(), lambda _done, _all: None)
    assert PASSWORD not in str(caught.value)


# -- text is data --

# What makes a program, an object or a command of text, and the modules that may do without being asked.
_EVALUATING: Final = {"eval", "exec", "compile", "__import__", "breakpoint", "input"}
_MODULES: Final = {"pickle", "marshal", "shelve", "dill", "joblib", "yaml", "code", "runpy", "ctypes", "pty"}
_PROCESSES: Final = {  # pip, and python itself
    "pipeline/embedded/download.py",
    "pipeline/doctor/setup.py",
    "pipeline/reading/forms/apart.py",
}


def code() -> Iterator[tuple[str, ast.AST]]:
    """Yield every node of our code, with the path of its file."""
    for folder in ("pipeline", "schemas"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                yield path.relative_to(ROOT).as_posix(), node


def imported(node: ast.AST) -> set[str]:
    """Return the first names of the modules that a statement imports."""
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    return {name.partition(".")[0] for name in names}


def test_no_text_is_ever_evaluated() -> None:
    called = [
        f"{path}: {node.func.id}"
        for path, node in code()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _EVALUATING
    ]
    modules = [(path, name) for path, node in code() for name in imported(node)]
    assert modules
    unwanted = [(path, name) for path, name in modules if name in _MODULES]
    processes = {path for path, name in modules if name == "subprocess"}
    assert (called, unwanted, processes - _PROCESSES) == ([], [], set())


def test_no_process_is_begun_through_a_shell() -> None:
    shells = [
        path
        for path, node in code()
        if (isinstance(node, ast.keyword) and node.arg == "shell")
        or (isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.system", "os.popen"))
    ]
    assert shells == []


def test_templates_escape_and_mark_nothing_as_safe() -> None:
    templates = list((ROOT / "pipeline" / "report" / "templates").glob("*.j2"))
    assert templates
    unsafe = re.compile(r"\|\s*safe\b|autoescape\s+false")
    assert [path.name for path in templates if unsafe.search(path.read_text(encoding="utf-8"))] == []


# -- what is used is what was pinned --


def requirements(name: str) -> dict[str, str]:
    """Return each requirement of a lock, with its hashes, by its first word."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    entries = re.sub(r"\\\n", " ", text).splitlines()
    return {entry.split()[0]: entry for entry in entries if entry.strip()}


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_dependency_is_pinned_by_version_and_hash(name: str) -> None:
    locked = requirements(name)
    assert len(locked) > 50
    loose = [first for first in locked if not re.fullmatch(r"[a-z0-9._\[\]-]+==\S+", first)]
    unhashed = [
        first for first, line in locked.items() if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", line)
    ]
    assert (loose, unhashed) == ([], [])
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {first.partition("==")[0] for first in locked}
    assert {re.split(r"[<>=!\[ ;]", line)[0].lower() for line in wanted} <= names


def test_the_makefile_installs_nothing_without_its_hash() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^INSTALL := .*--require-hashes --only-binary=:all:", makefile, re.MULTILINE)


# -- the document --


def test_each_test_that_the_threat_model_names_is_there() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/\w+\.py)(?:::(\w+))?`", text)
    assert len(named) > 20
    for path, name in named:
        source = (ROOT / path).read_text(encoding="utf-8")
        assert not name or re.search(rf"^(?:async )?def {name}\(", source, re.MULTILINE), f"{path}::{name}"


def test_how_to_report_is_said_without_an_invented_address() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert "private" in text
    assert not re.search(r"\S+@\S+", text)
