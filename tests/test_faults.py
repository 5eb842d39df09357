"""Each way in which an endpoint can misbehave, through the command: judged, or an error with its reason."""

import json
import random
import re
import shutil
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import llm
from schemas.report import Report
from schemas.verdict import Label
from tests.commands import READY_S, Ended, Serve, run_command
from tests.fake_endpoint import Answer, Body, Reply, check_answer, fake_endpoint, refused
from tests.faulty_endpoint import FAULTS, HTML, PAGE, at_first, now_and_then, when
from tests.harbour import HARBOUR, write_story

pytestmark = pytest.mark.usefixtures("no_wait")

SLOW = ("slow headers", "endless trickle")  # a timeout each time

# What is outlived when it strikes each question once; the command ends as if nothing had happened.
PASSING = (
    "429",
    "429, Retry-After in seconds",
    "429, Retry-After as a date",
    "500",
    "502 with a page",
    "503",
    "529",
    "hangs up",
    "connection reset",
    "slow headers",
    "half a body",
    "endless trickle",
    "endless flood",
    "200 with a page",
    "empty body",
    "no JSON",
    "JSON of another shape",
    "a list",
    "null",
    "an error with status 200",
    "empty choices",
)
# What is no obstacle even when it is all there is.
HARMLESS = (
    "wrong content type",
    "no usage",
    "no log-probabilities",
    "no option among the log-probabilities",
    "context too long for two sentences",
)
# What ends the command at once, and what its one line says to do.
FATAL = {
    "401": "OPENAI_API_KEY",
    "403 with a page": "proxy",
    "404": "--model",
    "429, quota used up": "account",
    "redirect elsewhere": "OPENAI_BASE_URL",
}
# What is final for the question it strikes, and the reason that the report gives.
FINAL = {
    "cut off at the length": "cut off",
    "refusal": "declined",
    "content filter, as an answer": "declined",
    "content filter, as an error": "content filter",
    "ignores the schema": "never fitted",
    "another schema": "never fitted",
    "context too long for anything": "context",
    "413": "longer than",
}


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """What a check finds where nothing goes wrong."""
    folder = tmp_path_factory.mktemp("healthy")
    write_story(folder / "harbour")
    with fake_endpoint(check_answer) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", server.base_url)
        ended = run_command("check", folder / "harbour", "-o", folder / "out", "--model", "m")
    assert ended.code == 0
    return read(folder / "out")


def check(story: Path, *options: str) -> tuple[Ended, Report | None]:
    """Run the command; whatever happens, it ends, and says nothing that it does not know."""
    out = story.parent / "out"
    ended = run_command("check", story, "-o", out, "--model", "m", *options)
    assert ended.code in (0, 3)
    assert "Traceback" not in ended.err
    report = read(out) if (out / "report.json").is_file() else None
    if report is None:
        assert ended.code == 3
        assert ended.told
    else:
        keeps_nothing_back(report, out)
        assert (ended.code == 0) == report.run.complete
    return ended, report


def patience(fault: str) -> tuple[str, ...]:
    """Return the options with which ``fault`` is given up soon; elsewhere an answer may take its time."""
    return ("--timeout", "1") if fault in SLOW else ()


def read(out: Path) -> Report:
    return Report.model_validate_json((out / "report.json").read_text(encoding="utf-8"))


def keeps_nothing_back(report: Report, out: Path) -> None:
    """Assert that what was not read or judged is in the report with its reason, and makes it incomplete."""
    run = report.run
    unread = run.coverage.sentences_readable - run.coverage.sentences_read
    unjudged = [claim for claim in report.claims if claim.verdict.label is Label.error]
    assert run.complete == (not run.failures)
    assert not (unread or unjudged) or run.failures
    assert sum(_sentences(f.where) for f in run.failures if f.stage == "extract") == unread
    assert {claim.id for claim in unjudged} <= {failure.claim_id for failure in run.failures}
    assert all(failure.reason for failure in run.failures)
    assert all(claim.verdict.error for claim in unjudged)
    told = (out / "report.md").read_text(encoding="utf-8")
    assert run.complete or "No contradictions found" not in told


def _sentences(where: str) -> int:
    """Return how many sentences a failure is about: "gull, sentence 2 to 4" names three."""
    first, last = re.findall(r"sentence (\d+)(?: to (\d+))?$", where)[0]
    return int(last or first) - int(first) + 1


def verdicts(report: Report) -> list[tuple[str, str]]:
    return sorted((claim.text, claim.verdict.label.value) for claim in report.claims)


# -- one fault at a time --


def test_every_fault_has_its_place_here() -> None:
    assert {*PASSING, *HARMLESS, *FATAL, *FINAL} == FAULTS.keys()


@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_that_passes_leaves_no_trace(serve: Serve, story: Path, healthy: Report, fault: str) -> None:
    server = serve(at_first(FAULTS[fault]))
    _, report = check(story, *patience(fault))
    assert report is not None
    assert report.run.complete
    assert verdicts(report) == verdicts(healthy)
    assert len(report.contradictions) == len(healthy.contradictions)
    assert len(server.requests) > report.run.cached_calls + len(healthy.claims)


@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_that_never_passes_ends_the_command_with_its_reason(
    serve: Serve, story: Path, fault: str
) -> None:
    server = serve(FAULTS[fault])
    ended, report = check(story, *patience(fault))
    assert ended.code == 3
    assert len(server.requests) <= 2 * llm.ATTEMPTS
    if report is None:
        assert "127.0.0.1" in ended.told
    else:
        assert not report.claims
        assert report.run.failures


@pytest.mark.parametrize("fault", [name for name in PASSING if name not in SLOW])
def test_a_fault_that_comes_midway_leaves_what_was_found(serve: Serve, story: Path, fault: str) -> None:
    serve(when(lambda body: bool(body.get("logprobs")), FAULTS[fault]))
    ended, report = check(story)
    assert ended.code == 3
    assert report is not None
    assert {claim.verdict.label for claim in report.claims} <= {Label.error, Label.contradicted}
    assert report.run.failures


@pytest.mark.parametrize("fault", HARMLESS)
def test_what_an_endpoint_lacks_is_worked_around(
    serve: Serve, story: Path, healthy: Report, fault: str
) -> None:
    serve(FAULTS[fault])
    _, report = check(story)
    assert report is not None
    assert report.run.complete
    assert verdicts(report) == verdicts(healthy)


@pytest.mark.parametrize("fault", FATAL)
@pytest.mark.parametrize("answer", [lambda fault: fault, at_first])
def test_what_makes_going_on_pointless_is_told_at_once(
    serve: Serve, story: Path, fault: str, answer: Callable[[Answer], Answer]
) -> None:
    server = serve(answer(FAULTS[fault]))
    ended, report = check(story)
    assert report is None
    assert FATAL[fault] in ended.told
    assert len(server.requests) <= len(HARBOUR)


@pytest.mark.parametrize("fault", FINAL)
@pytest.mark.parametrize("where", ["extract", "ask", "adjudicate"])
def test_what_is_final_for_a_question_is_its_error(serve: Serve, story: Path, fault: str, where: str) -> None:
    def struck(body: Body) -> bool:
        if body.get("logprobs"):
            return where == "ask"
        return where == ("adjudicate" if ">> " in body["messages"][-1]["content"] else "extract")

    # The odds of a letter come with the first token, whatever the rest of the answer is.
    is_read_anyway = where == "ask" and (fault.startswith("cut off") or "schema" in fault)
    serve(when(struck, FAULTS[fault]))
    ended, report = check(story)
    assert report is not None
    if is_read_anyway:
        assert report.run.complete
        return
    assert ended.code == 3
    assert any(FINAL[fault] in failure.reason for failure in report.run.failures)
    stages = {"extract": {"extract"}, "ask": {"ground", "verify"}, "adjudicate": {"adjudicate"}}
    assert {failure.stage for failure in report.run.failures} <= stages[where]


def test_a_claim_that_was_not_held_against_its_sentence_is_told_of(serve: Serve, story: Path) -> None:
    """Word claims anew, and refuse the question whether their own sentences say so."""

    def answer(body: Body) -> Reply:
        asked = body["messages"][-1]["content"]
        if body.get("logprobs") and "waited at the mole eleven" in asked:
            return refused(400, "content_filter") if asked.count("Monday") else check_answer(body)
        reply = check_answer(body)
        assert isinstance(reply.body, dict)
        reworded = ("Eleven boats waited at the mole.", "They waited at the mole eleven boats.")
        return Reply(json.dumps(reply.body).replace(*reworded).encode())

    serve(answer)
    _, report = check(story)
    assert report is not None
    assert "ground" in {failure.stage for failure in report.run.failures}


# -- several at once --


@pytest.mark.parametrize("seed", range(6))
def test_a_bad_day_is_outlived_by_running_again(
    serve: Serve, story: Path, healthy: Report, seed: int
) -> None:
    """Strike a third of all requests; run after run, what was answered is kept, until all is."""
    faults = [FAULTS[name] for name in PASSING if name not in (*SLOW, "429, Retry-After as a date")]
    server = serve(now_and_then(faults, share=0.35, seed=seed))
    runs = 0
    while True:
        ended, report = check(story)
        runs += 1
        if ended.code == 0:
            break
        assert runs < 8
    assert report is not None
    assert verdicts(report) == verdicts(healthy)
    assert server.requests


def test_the_same_seed_strikes_the_same_requests() -> None:
    faults = list(FAULTS.values())
    bodies: list[Body] = [
        {"n": n, "messages": [{"role": "user", "content": f"1: {n}"}], "max_tokens": 9} for n in range(40)
    ]
    one, other = (now_and_then(faults, share=0.5, seed=7, healthy=lambda _b: Reply(b"ok")) for _ in range(2))
    first = [one(body).body for body in bodies]
    order = random.Random(1).sample(range(40), 40)
    second = {n: other(bodies[n]).body for n in order}
    assert first == [second[n] for n in range(40)]
    assert 5 < sum(body == b"ok" for body in first) < 35


# -- nobody there, the wrong one, and what stands between --


def test_a_connection_that_is_refused_ends_the_command(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_endpoint(check_answer) as gone:
        monkeypatch.setenv("OPENAI_BASE_URL", gone.base_url)
    ended, report = check(story)
    assert report is None
    assert "No answer from 127.0.0.1" in ended.told


def test_a_redirect_takes_the_articles_nowhere(serve: Serve, story: Path) -> None:
    with fake_endpoint(check_answer) as elsewhere:
        location = f"{elsewhere.base_url}/chat/completions"
        serve(lambda _body: Reply(status=307, headers={"location": location}))
        ended, report = check(story)
    assert report is None
    assert not elsewhere.requests
    assert f"answers with a redirect (307) to {elsewhere.base_url}, which is not followed" in ended.told


def test_the_password_of_a_redirect_is_not_shown(serve: Serve, story: Path) -> None:
    location = "http://anna:heron-in-the-reeds@other.example/v1/chat/completions?token=heron-in-the-reeds"
    serve(lambda _body: Reply(status=302, headers={"location": location}))
    ended, _ = check(story)
    assert "other.example/v1" in ended.told
    assert "heron" not in ended.out + ended.err


def test_an_address_without_a_version_that_answers_404_is_told_to_try_one(
    serve: Serve, story: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(lambda _body: Reply(status=404))
    ended, _ = check(story)
    assert "/v1" not in ended.told
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url.removesuffix("/v1"))
    ended, _ = check(story)
    assert "try it with /v1 at its end" in ended.told


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A certificate that nobody vouches for, made out to somebody else."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("certificate")
    made = "-newkey rsa:2048 -nodes -days 2 -subj /CN=other.invalid -keyout key.pem -out cert.pem"
    subprocess.run(
        [openssl, "req", "-x509", *made.split()], cwd=folder, check=True, capture_output=True, timeout=READY_S
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_a_certificate_that_does_not_fit_is_told_at_once(
    certificate: ssl.SSLContext, story: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_endpoint(check_answer, certificate) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        ended, report = check(story)
    assert report is None
    assert "certificate" in ended.told.lower()
    assert "SSL_CERT_FILE" in ended.told
    assert not server.requests


def test_https_where_there_is_none_is_told_at_once(
    serve: Serve, story: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(check_answer)
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url.replace("http://", "https://"))
    ended, report = check(story, "--timeout", "2")
    assert report is None
    assert "OPENAI_BASE_URL" in ended.told or "No answer" in ended.told


@pytest.mark.parametrize(
    ("reply", "word"),
    [
        (None, None),
        (refused(407, "who are you?"), "proxy"),
        (Reply(PAGE, status=403, headers=HTML), "proxy"),
        (Reply(PAGE, status=502, headers=HTML), "only answers with errors"),
        (Reply(PAGE, headers=HTML), "OPENAI_BASE_URL"),
    ],
)
def test_a_proxy_in_between_is_gone_through_or_named(
    serve: Serve, story: Path, monkeypatch: pytest.MonkeyPatch, reply: Reply | None, word: str | None
) -> None:
    server = serve(check_answer if reply is None else lambda _body: reply)
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, server.base_url.removesuffix("/v1"))
    for name in ("no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://model.invalid/v1")
    ended, report = check(story)
    assert server.requests
    assert server.headers[0]["host"] == "model.invalid"
    if word is None:
        assert ended.code == 0
    else:
        assert report is None
        assert word in ended.told


def test_a_proxy_that_is_not_there_is_no_answer(
    serve: Serve, story: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(check_answer)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://model.invalid/v1")
    ended, report = check(story)
    assert report is None
    assert "No answer from model.invalid" in ended.told
