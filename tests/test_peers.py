"""The comparison with other packages: counted alike, stopped in time, and scored by one rule."""

import http.client
import itertools
import json
import os
import sys
import time
import tomllib
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.gold import Gold
from benchmarks.peers import __main__ as command
from benchmarks.peers.adapters import contrachecker, onus, storycheck
from benchmarks.peers.adapters.task import Stopped, Task
from benchmarks.peers.attempt import Told, ToldFinding, ToldFlag, ToldSide, attempt
from benchmarks.peers.contenders import CONTENDERS, USUAL, Contender, chosen
from benchmarks.peers.environments import CannotInstall, installed, prepare
from benchmarks.peers.proxy import Counts, Proxy, counting_proxy
from benchmarks.peers.score import Score, Text, score
from benchmarks.peers.table import HEAD, Row, markdown
from tests.fake_endpoint import Body, Reply, check_answer, fake_endpoint, in_turn, refused, said

ALPHA = (
    "Ferry strikes reef\n\nThe Tarn Lily struck Garrow reef at 7.40pm. She had 214 people aboard.\n\n"
    "Captain Joren Pell was in command, the harbour office said.\n"
)
BETA = (
    "Night on the reef\n\nThe Tarn Lily ran onto Garrow reef at 9.10pm.\n\n"
    "Captain Dorrit Vane commanded her, according to the harbour office. The wind was strong.\n"
)
TIME = ("The Tarn Lily struck Garrow reef at 7.40pm.", "The Tarn Lily ran onto Garrow reef at 9.10pm.")
CAPTAIN = (
    "Captain Joren Pell was in command, the harbour office said.",
    "Captain Dorrit Vane commanded her, according to the harbour office.",
)
WIND = "The wind was strong."
PROXY = Proxy("http://127.0.0.1:9/v1", "none", Counts())


def conflict(name: str, quotes: tuple[str, str]) -> dict[str, Any]:
    sides = [{"article": a, "quote": q} for a, q in zip(("alpha.txt", "beta.txt"), quotes, strict=True)]
    return {"id": name, "kind": "event", "difficulty": "plain", "what": "-", "why": "-", "sides": sides}


GOLD_JSON = {
    "story": "reef",
    "conflicts": [conflict("time", TIME), conflict("captain", CAPTAIN)],
    "hard_negatives": [],
    "agreements": [],
    "single_outlet": [],
}
GOLD = Gold.model_validate(GOLD_JSON)
TEXTS = {"alpha.txt": Text(ALPHA), "beta.txt": Text(BETA)}


@pytest.fixture
def story(tmp_path: Path) -> Path:
    folder = tmp_path / "reef"
    folder.mkdir()
    (folder / "alpha.txt").write_text(ALPHA, encoding="utf-8")
    (folder / "beta.txt").write_text(BETA, encoding="utf-8")
    (folder / "gold.json").write_text(json.dumps(GOLD_JSON), encoding="utf-8")
    return folder


def task_of(story: Path, out: Path, **options: str) -> Task:
    out.mkdir(exist_ok=True)
    return Task(str(story), str(out), "m", options)


def told_in(task: Task) -> list[dict[str, Any]]:
    return [json.loads(line) for line in task.told.read_text(encoding="utf-8").splitlines()]


def flag(a: str, b: str, *articles: str) -> ToldFlag:
    first, second = articles or ("alpha.txt", "beta.txt")
    return ToldFlag(sides=(ToldSide(article=first, text=a), ToldSide(article=second, text=b)))


def scored(*flags: ToldFlag, findings: Sequence[ToldFinding] = ()) -> Score:
    return score(Told(flags, tuple(findings), ()), GOLD, TEXTS)


# The proxy


def ask(proxy: Proxy, *, key: str | None = None, path: str = "/chat/completions") -> tuple[int, Body]:
    address = urlsplit(proxy.base_url)
    connection = http.client.HTTPConnection(address.netloc, timeout=20)
    headers = {"Authorization": f"Bearer {proxy.api_key if key is None else key}"}
    try:
        connection.request("POST", address.path + path, json.dumps({"model": "m"}), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_calls_and_tokens_are_counted_and_the_answer_is_passed_on() -> None:
    with (
        fake_endpoint(lambda _: said("yes")) as endpoint,
        counting_proxy(endpoint.base_url, "the real key") as proxy,
    ):
        status, body = ask(proxy)
        ask(proxy)
    assert (status, body["choices"][0]["message"]["content"]) == (200, "yes")
    assert proxy.counts == Counts(calls=2, answered=2, tokens_in=20, tokens_out=10, models={"m"})
    assert {headers["authorization"] for headers in endpoint.headers} == {"Bearer the real key"}


def test_a_refused_call_counts_as_a_call_without_an_answer() -> None:
    answers = in_turn(refused(500, "busy"), said("yes"))
    with fake_endpoint(answers) as endpoint, counting_proxy(endpoint.base_url, "k") as proxy:
        assert [ask(proxy)[0], ask(proxy)[0]] == [500, 200]
        assert (proxy.counts.calls, proxy.counts.answered, proxy.counts.tokens_in) == (2, 1, 10)


@pytest.mark.parametrize("body", [{"choices": []}, {"usage": None}, {"usage": {"prompt_tokens": 3}}, b"[1]"])
def test_an_answer_that_tells_no_tokens_is_said_to(body: Body | bytes) -> None:
    with fake_endpoint(lambda _: Reply(body)) as endpoint, counting_proxy(endpoint.base_url, "k") as proxy:
        assert ask(proxy)[0] == 200
        assert (proxy.counts.unmetered, proxy.counts.tokens_in) == (1, 0)


def test_whoever_has_not_the_key_is_neither_served_nor_counted() -> None:
    with fake_endpoint(lambda _: said("yes")) as endpoint, counting_proxy(endpoint.base_url, "k") as proxy:
        assert ask(proxy, key="k")[0] == 401
        assert (proxy.counts.calls, endpoint.requests) == (0, [])


def test_an_endpoint_that_is_gone_is_an_answer_too() -> None:
    with fake_endpoint(lambda _: said("yes")) as endpoint:
        pass
    with counting_proxy(endpoint.base_url, "k") as proxy:
        assert ask(proxy)[0] == 502
    assert (proxy.counts.calls, proxy.counts.answered) == (1, 0)


# One contender and its time


def python(script: str) -> list[str]:
    return [sys.executable, "-c", f"import json, os, subprocess, sys, time\n{script}"]


SAY = """
def say(line):
    task = json.load(open(sys.argv[-1]))
    open(task["out"] + "/told.jsonl", "a").write(line + "\\n")
"""


def test_what_a_contender_told_is_read_in_order(story: Path, tmp_path: Path) -> None:
    side = {"article": "alpha.txt", "text": "t", "passage": None}
    lines = [
        {"note": "first"},
        {"flag": {"sides": [side, {**side, "article": "beta.txt"}], "why": "w"}},
        {"finding": {"side": side, "code": "X1"}},
    ]
    script = SAY + "".join(f"say({json.dumps(line)!r})\n" for line in lines)
    tried = attempt(python(script), task_of(story, tmp_path / "o"), PROXY, 30)
    assert (tried.ended, tried.failure, tried.told.notes) == ("finished", None, ("first",))
    assert tried.told.flags[0].sides[1].article == "beta.txt"
    assert tried.told.findings[0].code == "X1"


def test_the_limit_ends_a_contender_and_all_it_started_and_keeps_what_it_told(
    story: Path, tmp_path: Path
) -> None:
    lasting = f"import time, pathlib; time.sleep(3); pathlib.Path({str(tmp_path / 'late')!r}).touch()"
    script = (
        SAY
        + "say(json.dumps({'note': 'kept'}))\n"
        + f"subprocess.Popen([sys.executable, '-c', {lasting!r}])\n"
        + "open(json.load(open(sys.argv[-1]))['out'] + '/told.jsonl', 'a').write('{\"note\": \"cut o')\n"
        + "time.sleep(60)"
    )
    begun = time.monotonic()
    tried = attempt(python(script), task_of(story, tmp_path / "o"), PROXY, 1.5)
    assert time.monotonic() - begun < 20
    assert (tried.ended, tried.wall_s, tried.told.notes) == ("stopped by the limit", 1.5, ("kept",))
    time.sleep(3.5)
    assert not (tmp_path / "late").exists()


def test_a_contender_that_will_not_stop_is_killed(
    story: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.peers.attempt.GRACE_S", 0.2)
    script = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)"
    assert attempt(python(script), task_of(story, tmp_path / "o"), PROXY, 1).ended == "stopped by the limit"


def test_a_failure_is_told_with_its_last_line(story: Path, tmp_path: Path) -> None:
    script = "print('some', flush=True); print('No wheels', file=sys.stderr); print(); sys.exit(7)"
    tried = attempt(python(script), task_of(story, tmp_path / "o"), PROXY, 30)
    assert (tried.ended, tried.failure) == ("failed", "exit code 7: No wheels")


def test_a_contender_sees_the_proxy_and_no_secret(
    story: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "real")
    monkeypatch.setenv("OTHER_TOKEN", "real")
    task = task_of(story, tmp_path / "o")
    attempt(python("json.dump(dict(os.environ), open('seen', 'w'))"), task, PROXY, 30)
    seen = json.loads((task.folder / "seen").read_text(encoding="utf-8"))
    assert (seen["OPENAI_BASE_URL"], seen["OPENAI_API_KEY"]) == (PROXY.base_url, PROXY.api_key)
    assert "real" not in seen.values()


# Where a text lies, and what a flag is worth


@pytest.mark.parametrize(
    ("text", "passage", "sentence"),
    [
        (TIME[0], None, TIME[0]),
        ("STRUCK garrow reef", None, TIME[0]),
        ("in command of the Tarn Lily was Captain Joren Pell", None, CAPTAIN[0]),
        ("the Tarn Lily had people", TIME[0], TIME[0]),
        ("the reef", "Ferry strikes reef", "Ferry strikes reef"),
        ("the reef", "a passage of another text", TIME[0]),
    ],
)
def test_a_text_lies_on_the_sentence_that_holds_it_or_shares_most_with_it(
    text: str, passage: str | None, sentence: str
) -> None:
    alpha = TEXTS["alpha.txt"]
    assert [alpha.sentence(i) for i in alpha.place(text, passage)] == [sentence]


def test_a_text_of_several_sentences_lies_on_all_of_them() -> None:
    beta = TEXTS["beta.txt"]
    lying = [beta.sentence(i) for i in beta.place(f"{CAPTAIN[1]} {WIND}")]
    assert lying == [CAPTAIN[1], WIND]


@pytest.mark.parametrize("text", ["", "—", "zzz"])
def test_a_text_that_shares_no_word_lies_nowhere(text: str) -> None:
    assert TEXTS["alpha.txt"].place(text) == ()


_WORD = st.text("abcdefghij", min_size=2, max_size=6).map(str.capitalize)
_SENTENCES = st.lists(
    st.lists(_WORD, min_size=3, max_size=8).map(lambda words: " ".join(words) + "."), min_size=1, max_size=8
)


@settings(deadline=None)
@given(_SENTENCES, st.data())
def test_every_sentence_of_a_text_lies_on_one_with_its_words(
    sentences: list[str], data: st.DataObject
) -> None:
    text = Text("\n\n".join(sentences))
    position = data.draw(st.integers(0, len(text.spans) - 1))
    (placed,) = text.place(text.sentence(position))
    assert text.sentence(position).casefold().rstrip(".") in text.sentence(placed).casefold()


def test_a_flag_on_two_sides_of_a_conflict_finds_it() -> None:
    result = scored(flag("struck at 7.40pm", "9.10pm"))
    assert (result.found, result.flagged, result.false) == (("time",), 1, 0)


@pytest.mark.parametrize(
    ("a", "b"), [(TIME[0], CAPTAIN[1]), (TIME[0], WIND), ("She had 214 people aboard.", TIME[1])]
)
def test_a_flag_on_anything_else_is_false(a: str, b: str) -> None:
    result = scored(flag(a, b))
    assert (result.found, result.flagged, result.false) == ((), 1, 1)


def test_a_flag_whose_text_is_nowhere_is_false_once() -> None:
    nowhere = flag("zzz", TIME[1])
    result = scored(nowhere, nowhere, flag(TIME[0], TIME[1], "alpha.txt", "unknown.txt"))
    assert (result.unplaced, result.flagged, result.false) == (2, 2, 2)


def test_flags_within_one_article_are_set_aside() -> None:
    result = scored(flag(TIME[0], CAPTAIN[0], "alpha.txt", "alpha.txt"))
    assert (result.within_one_article, result.flagged, result.false) == (1, 0, 0)


def test_findings_on_one_passage_touch_conflicts_and_find_none() -> None:
    side = ToldSide(article="beta.txt", text="Captain Dorrit Vane")
    result = scored(findings=[ToldFinding(side=side, code="X"), ToldFinding(side=side, code="Y")])
    assert (result.findings, result.touched, result.found, result.flagged) == (2, ("captain",), (), 0)


_FLAGS = st.lists(
    st.tuples(
        st.sampled_from([*TIME, *CAPTAIN, WIND, "zzz"]), st.sampled_from([*TIME, *CAPTAIN, WIND, "zzz"])
    ).map(lambda pair: flag(*pair)),
    max_size=6,
)


@settings(deadline=None)
@given(_FLAGS, st.data())
def test_order_direction_and_repetition_change_nothing(flags: list[ToldFlag], data: st.DataObject) -> None:
    turned = [
        ToldFlag(sides=(f.sides[1], f.sides[0])) if data.draw(st.booleans()) else f
        for f in data.draw(st.permutations(flags))
    ]
    once, again = scored(*flags), scored(*turned, *flags)
    assert (once.found, once.flagged, once.false) == (again.found, again.flagged, again.false)
    assert 0 <= once.false <= once.flagged


# The adapters


def test_storycheck_flags_are_its_contradictions_alone(story: Path, tmp_path: Path) -> None:
    def found(relation: str, quotes: tuple[str, str]) -> dict[str, Any]:
        sides = [{"article_id": a, "quote": q} for a, q in zip("ab", quotes, strict=True)]
        return {"relation": relation, "reason": "r", "sides": sides}

    report = {
        "articles": [{"id": "a", "path": "x/alpha.txt"}, {"id": "b", "path": "x/beta.txt"}],
        "contradictions": [found("update", CAPTAIN), found("contradiction", TIME)],
    }
    task = task_of(story, tmp_path / "o")
    storycheck.tell(task, report)
    (line,) = told_in(task)
    assert [(s["article"], s["text"]) for s in line["flag"]["sides"]] == [
        ("alpha.txt", TIME[0]),
        ("beta.txt", TIME[1]),
    ]


def onus_report(*, status: str, quote: str | None) -> dict[str, Any]:
    evidence = {"source": "beta.txt#2", "quote": quote} if quote else None
    claim = {"location": "line 3", "text": "at 7.40pm", "status": status, "reason": "r", "evidence": evidence}
    finding = {"label": "line 3", "snippet": "at 7.40pm", "code": "ONS102"}
    return {"claims": [claim], "findings": [finding, finding]}


def test_onus_flags_what_it_calls_contradicted_with_a_quote(story: Path, tmp_path: Path) -> None:
    task = task_of(story, tmp_path / "o")
    onus.tell(task, story / "alpha.txt", onus_report(status="contradicted", quote="at 9.10pm"))
    (line,) = told_in(task)
    assert line["flag"]["sides"] == [
        {"article": "alpha.txt", "text": "at 7.40pm", "passage": ALPHA.splitlines()[2]},
        {"article": "beta.txt", "text": "at 9.10pm", "passage": None},
    ]


@pytest.mark.parametrize(("status", "quote"), [("unsupported", None), ("contradicted", None)])
def test_onus_names_one_passage_for_what_it_finds_unsupported(
    story: Path, tmp_path: Path, status: str, quote: str | None
) -> None:
    task = task_of(story, tmp_path / "o")
    onus.tell(task, story / "alpha.txt", onus_report(status=status, quote=quote))
    assert [line["finding"]["code"] for line in told_in(task)] == ["ONS102", "ONS102"]


@pytest.fixture
def stand_in_contrachecker(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], list[Any]]], None]:
    """Put a module in the place of contrachecker: its extractor is given, and any two claims contradict."""

    def install(extract: Callable[[str], list[Any]]) -> None:
        def detect(claims: list[Any]) -> list[Any]:
            pairs = itertools.combinations(claims, 2)
            return [
                types.SimpleNamespace(claim_a=a, claim_b=b, type="direct", explanation="-") for a, b in pairs
            ]

        package: Any = types.ModuleType("contrachecker")
        package.ContradictionDetector = lambda: types.SimpleNamespace(detect=detect)
        package.PatternExtractor = lambda: types.SimpleNamespace(extract=lambda chunk: extract(chunk.id))
        models: Any = types.ModuleType("contrachecker.models")
        models.Chunk = types.SimpleNamespace
        monkeypatch.setitem(sys.modules, "contrachecker", package)
        monkeypatch.setitem(sys.modules, "contrachecker.models", models)

    return install


def claim(chunk: str) -> Any:  # noqa: ANN401 - a stand-in
    return types.SimpleNamespace(
        subject="tarn lily", relation="struck_at", object="dusk", source_chunk_id=chunk
    )


def test_contrachecker_gets_a_chunk_per_paragraph(
    story: Path, tmp_path: Path, stand_in_contrachecker: Callable[[Callable[[str], list[Any]]], None]
) -> None:
    stand_in_contrachecker(lambda chunk: [claim(chunk)] if chunk.endswith("#2") else [])
    task = task_of(story, tmp_path / "o", extractor="patterns")
    contrachecker.main(task)
    (line,) = told_in(task)
    assert line["flag"]["sides"] == [
        {"article": "alpha.txt", "text": "tarn lily struck at dusk", "passage": ALPHA.splitlines()[2]},
        {"article": "beta.txt", "text": "tarn lily struck at dusk", "passage": BETA.splitlines()[2]},
    ]


def test_contrachecker_tells_what_it_had_when_it_was_stopped_and_goes_on_after_a_bad_answer(
    story: Path, tmp_path: Path, stand_in_contrachecker: Callable[[Callable[[str], list[Any]]], None]
) -> None:
    def extract(chunk: str) -> list[Any]:
        if chunk == "alpha.txt#2":
            raise AttributeError("a list has no strip")
        if chunk == "beta.txt#3":
            raise Stopped
        return [claim(chunk)]

    stand_in_contrachecker(extract)
    task = task_of(story, tmp_path / "o", extractor="patterns")
    with pytest.raises(Stopped):
        contrachecker.main(task)
    told = told_in(task)
    assert [line["note"] for line in told if "note" in line] == [
        "alpha.txt#2: its extractor failed on the answer (AttributeError)",
        "5 of 6 paragraphs were read before the time limit",
    ]
    assert sum("flag" in line for line in told) == 6  # of four claims, any two


# Environments, and who takes part


def test_peers_are_pinned_and_none_is_a_dependency_of_ours() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    ours = [*project["dependencies"], *itertools.chain(*project["optional-dependencies"].values())]
    peers = [c for c in CONTENDERS if c.installs]
    assert {c.distribution for c in peers} == {"onus", "contrachecker", "consistency-checker"}
    for peer in peers:
        first = next(a for a in peer.installs[0] if not a.startswith("-"))
        assert first.startswith(peer.distribution)
        assert "==" in first
        assert not any(dependency.startswith(peer.distribution) for dependency in ours)


def test_contenders_are_chosen_by_name() -> None:
    assert chosen([]) == USUAL
    assert [c.name for c in chosen(["onus", "storycheck"])] == ["storycheck", "onus"]
    with pytest.raises(ValueError, match="no such contender: onos; there are"):
        chosen(["onos"])


def peer_of(*arguments: str) -> Contender:
    return Contender("peer", "peer", "onus", "nothing", environment="peer", installs=(arguments,))


INTERPRETER = """#!/bin/sh
echo "$@" >> "{log}"
[ "$2" = venv ] && rm -rf "$4" && mkdir -p "$4/bin" && cp "$0" "$4/bin/python"
case "$*" in *away*) echo "trying" >&2; echo "ERROR: no such package" >&2; exit 1;; esac
exit 0
"""


def test_an_environment_is_made_once_and_anew_when_it_should_hold_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, interpreter = tmp_path / "log", tmp_path / "python"
    interpreter.write_text(INTERPRETER.format(log=log), encoding="utf-8")
    interpreter.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(interpreter))
    made = prepare(peer_of("peer==1"), tmp_path)
    asked = log.read_text(encoding="utf-8").splitlines()
    assert asked[0] == f"-m venv --clear {made.parent.parent}"
    assert asked[1].startswith("-m pip install ")
    assert asked[1].endswith(" peer==1")
    assert prepare(peer_of("peer==1"), tmp_path) == made
    assert len(log.read_text(encoding="utf-8").splitlines()) == 2
    for _ in range(2):  # what failed is tried again
        with pytest.raises(CannotInstall, match=r"^peer cannot be installed: ERROR: no such package$"):
            prepare(peer_of("away==1"), tmp_path)
    assert len(log.read_text(encoding="utf-8").splitlines()) == 6


def test_a_contender_of_ours_runs_in_this_environment(tmp_path: Path) -> None:
    ours = Contender("pydantic", "pydantic", "storycheck", "nothing")
    assert prepare(ours, tmp_path) == Path(sys.executable)
    assert list(installed(Path(sys.executable), ours)) == ["pydantic"]
    assert not list(tmp_path.iterdir())


# The command


def test_the_table_has_a_cell_for_every_head_whatever_a_text_holds() -> None:
    rows = [
        Row(contender="a|b", version=None, ended="failed", failure="exit\ncode", done_to_it="x|\ny"),
        Row(
            contender="c", version="1", ended="finished", done_to_it="-", found=["x"], planted=3, notes=["n"]
        ),
    ]
    lines = markdown(rows).splitlines()
    assert [line.replace("\\|", "").count("|") for line in lines[:4]] == [len(HEAD) + 1] * 4
    assert "| 1 of 3 |" in lines[3]
    assert lines[-1] == "- c: n"


def run_command(story: Path, out: Path, *options: str) -> tuple[int, dict[str, Any], int]:
    """Run the command against a fake endpoint; return exit code, peers.json, and the calls that came."""
    with fake_endpoint(check_answer) as endpoint:
        asked = [str(story), str(out), "--base-url", endpoint.base_url, "--model", "m", *options]
        code = command.main(asked)
        calls = len(endpoint.requests)
    return code, json.loads((out / "peers.json").read_text(encoding="utf-8")), calls


def test_storycheck_runs_as_one_of_them(
    story: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, written, calls = run_command(story, tmp_path / "out", "--only", "storycheck")
    (row,) = written["contenders"]
    assert (code, row["ended"], row["planted"]) == (0, "finished", 2)
    assert (row["calls"], row["tokens_in"], row["models"]) == (calls, 10 * calls, ["m"])
    assert calls > 0
    assert set(row["found"]) <= {"time", "captain"}
    assert not (tmp_path / "out" / "story" / "gold.json").exists()
    assert "| storycheck | 0.1.0 |" in capsys.readouterr().out


def test_a_contender_that_fails_is_in_the_table_and_in_the_exit_code(
    story: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = Contender("broken", "storycheck", "no_such_adapter", "nothing")
    away = Contender("away", "away", "onus", "nothing", environment="x", installs=(("away",),))

    def no_room(contender: Contender, _folder: Path) -> Path:
        if contender is away:
            raise CannotInstall("away cannot be installed: no room")
        return Path(sys.executable)

    monkeypatch.setattr(command, "chosen", lambda _names: (away, broken))
    monkeypatch.setattr(command, "prepare", no_room)
    (story / "gold.json").unlink()
    code, written, calls = run_command(story, tmp_path / "out")
    assert (code, calls) == (1, 0)
    assert [row["ended"] for row in written["contenders"]] == ["not installed", "failed"]
    assert [row["found"] for row in written["contenders"]] == [None, None]
    shown = capsys.readouterr().out
    assert "- away: away cannot be installed: no room" in shown
    assert "no_such_adapter" in shown


@pytest.mark.parametrize(
    ("asked", "said_why"),
    [
        (["--only", "onos"], "no such contender"),
        (["--only", "storycheck", "--base-url", "http://h/v1"], "needs --model"),
    ],
)
def test_a_wrong_command_is_told_in_one_line(
    story: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: list[str], said_why: str
) -> None:
    assert command.main([str(story), str(tmp_path / "out"), *asked]) == 2
    assert said_why in capsys.readouterr().err


def test_an_unseen_story_is_not_shown_to_anyone(
    story: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unseen = tmp_path / "unseen" / "reef"
    unseen.parent.mkdir()
    story.rename(unseen)
    assert command.main([str(unseen), str(tmp_path / "out"), "--only", "storycheck"]) == 2
    assert "reef is an unseen story" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_with_files_of_others_is_left_alone(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([str(story), str(story), "--only", "storycheck"]) == 2
    assert "holds other files" in capsys.readouterr().err
    assert (story / "alpha.txt").exists()


@pytest.mark.skipif(not os.environ.get("STORYCHECK_PEERS"), reason="STORYCHECK_PEERS names no environments")
def test_the_peers_themselves_run(story: Path, tmp_path: Path) -> None:
    """With the packages themselves, in the folder of environments that STORYCHECK_PEERS names."""
    names = [c.name for c in USUAL if c.installs]
    options = list(itertools.chain(*(("--only", name) for name in names)))
    with fake_endpoint(peer_answer) as endpoint:
        asked = [str(story), str(tmp_path / "out"), "--base-url", endpoint.base_url, "--model", "m", *options]
        assert command.main([*asked, "--environments", os.environ["STORYCHECK_PEERS"]]) == 0
    written = json.loads((tmp_path / "out" / "peers.json").read_text(encoding="utf-8"))
    rows = {row["contender"]: row for row in written["contenders"]}
    assert {name: row["ended"] for name, row in rows.items()} == dict.fromkeys(names, "finished")
    asking = {name for name, row in rows.items() if row["calls"] and not row["failed_calls"]}
    assert asking == set(names) - {"contrachecker-patterns"}
    assert all(set(rows[name]["found"]) == {"time", "captain"} for name in asking)


def peer_answer(body: Body) -> Reply:
    """Answer each peer as a model that finds every sentence a claim, and any two in contradiction."""
    asked = body["messages"][-1]["content"]
    schema = json.dumps(body.get("response_format", {}))
    if '"Extraction"' in schema:
        lines = [line for line in asked.splitlines() if line.startswith("[")]
        claims = [
            {"block": i, "text": line.split(") ", 1)[1], "kind": "factual", "subject": "-"}
            for i, line in enumerate(lines)
        ]
        return said(json.dumps({"claims": claims}))
    if '"evidence_spans"' in schema:
        return said(json.dumps({"verdict": "contradiction", "rationale": "-", "evidence_spans": []}))
    if '"Verdict"' in schema:
        claimed, evidence = asked.split("Evidence:")
        pair = next((p for p in (TIME, CAPTAIN) if any(q in claimed for q in p)), ())
        quote = next((q for q in pair if q in evidence), None)
        status = "contradicted" if quote else "unsupported"
        return said(json.dumps({"status": status, "quote": quote, "reason": "-", "confidence": 1.0}))
    if '"definitions"' in schema:
        text = asked.split("---\n")[1].split("\n---")[0]
        sentences = [s for s in (*TIME, *CAPTAIN) if s in text]
        return said(json.dumps({"assertions": sentences, "definitions": []}))
    if "org_found" in schema:
        return said(json.dumps({"label": None, "reason": "no_org"}))
    text = asked.split("---\n")[1].split("\n---")[0]
    word = "captain" if "Captain" in text else "ferry"
    return said(json.dumps({"claims": [{"subject": word, "relation": "is", "object": text[:30]}]}))
