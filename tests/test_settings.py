"""Settings: where a value comes from, what a file may say, and what one that was merely found may not."""

import json
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli.options import MAIN
from pipeline.cli.settings import known_settings
from pipeline.setting import Setting
from pipeline.settingsfile import NAME
from tests.commands import Serve, run_command
from tests.fake_endpoint import check_answer

KEY = "sk-alder-canal-7730-thimble"
PASSWORD = "heron-in-the-reeds"
SETTINGS = list(known_settings())
OF_CHECK = [one for one in SETTINGS if one.table is None]


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Work in a folder of its own."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The user's own file of settings, not yet there."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "own"))
    (tmp_path / "own" / "storycheck").mkdir(parents=True)
    return tmp_path / "own" / "storycheck" / NAME


def rows(*options: str | Path) -> dict[str, dict[str, Any]]:
    done = run_command("config", "--json", *options)
    assert (done.code, done.err) == (0, "")
    return {row["setting"]: row for row in json.loads(done.out)}


def came(row: dict[str, Any]) -> tuple[Any, str]:
    return row["value"], row["source"]


def values(setting: Setting) -> Iterator[Any]:
    """Yield values that a setting takes, no two alike where it takes so many."""
    if setting.kind is bool:
        yield from (True, False, True)
    elif setting.choices:
        words = (setting.choices * 3)[:3]
        yield from ([word] for word in words) if setting.is_many else words
    elif setting.most == 1:
        yield from (0.25, 0.5, 0.75)
    elif setting.kind in (int, float):
        least = int(setting.least or 0) + 1
        yield from (least, least + 1, least + 2)
    else:
        words = ("one", "two", "three")
        yield from ([word] for word in words) if setting.is_many else words


def written(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)


# -- which value wins --


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_a_flag_wins_over_the_environment_that_over_a_file_that_over_the_default(
    setting: Setting, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_file, in_environment, given = values(setting)
    assert rows()[setting.key]["source"] == "default"
    heading = f"[{setting.table}]\n" if setting.table else ""
    own.write_text(f"{heading}{setting.name} = {json.dumps(in_file)}\n", encoding="utf-8")
    from_file = rows()[setting.key]
    assert came(from_file) == (in_file, "file")
    assert (from_file["where"], from_file["line"]) == (str(own), 2 if setting.table else 1)
    monkeypatch.setenv(setting.variable, written(in_environment))
    from_environment = rows()[setting.key]
    assert came(from_environment) == (in_environment, "environment")
    assert from_environment["where"] == setting.variable
    if setting.table is None:
        words = [setting.flag] if setting.kind is bool else [setting.flag, written(given)]
        assert came(rows(*words)[setting.key]) == (given, "flag")


def test_the_working_folder_wins_over_the_users_own_file(own: Path, here: Path) -> None:
    own.write_text('max_cost = 1\nmodel = "own"\n', encoding="utf-8")
    (here / NAME).write_text('model = "here"\n', encoding="utf-8")
    found = rows()
    assert came(found["model"]) == ("here", "file")
    assert came(found["max_cost"]) == (1, "file")


def test_a_file_that_is_named_is_the_only_one(own: Path, here: Path, tmp_path: Path) -> None:
    own.write_text("max_cost = 1\n", encoding="utf-8")
    (here / NAME).write_text("max_calls = 2\n", encoding="utf-8")
    named = tmp_path / "named.toml"
    named.write_text("max_tokens = 3\n", encoding="utf-8")
    found = rows("--config", named)
    assert [found[key]["source"] for key in ("max_cost", "max_calls", "max_tokens")] == [
        "default",
        "default",
        "file",
    ]


def test_the_environment_may_name_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "named.toml").write_text("max_tokens = 3\n", encoding="utf-8")
    monkeypatch.setenv("STORYCHECK_CONFIG", str(tmp_path / "named.toml"))
    assert came(rows()["max_tokens"]) == (3, "file")


def test_an_empty_text_or_variable_is_no_setting(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own.write_text('model = ""\n', encoding="utf-8")
    monkeypatch.setenv("STORYCHECK_CACHE", "")
    found = rows()
    assert came(found["model"]) == came(found["cache"]) == (None, "default")


def test_a_check_does_as_its_file_says(serve: Serve, story: Path, here: Path) -> None:
    serve(check_answer)
    (here / NAME).write_text('model = "m"\nout = "found"\nfail_on = ["contradicted"]\nquiet = true\n')
    done = run_command("check", story)
    assert done.code == 1
    assert done.told == f"storycheck: --fail-on contradicted is met: see {Path('found', 'report.html')}."
    assert done.out == f"{Path('found', 'report.html')}\n"
    assert json.loads((here / "found" / "report.json").read_text())["run"]["model"] == "m"
    assert run_command("check", story, "-o", here / "other", "--max-calls", "0").code == 3
    assert (here / "other" / "report.json").is_file()


def test_what_a_file_fails_on_can_be_taken_back(
    serve: Serve, story: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(check_answer)
    (here / NAME).write_text('model = "m"\nfail_on = ["contradicted"]\n')
    assert run_command("check", story).code == 1
    assert run_command("check", story, "--fail-on", "none").code == 0
    monkeypatch.setenv("STORYCHECK_FAIL_ON", "none")
    assert run_command("check", story).code == 0
    assert run_command("check", story, "--fail-on", "contradicted").code == 1


def test_an_address_of_a_named_file_is_asked(
    serve: Serve, story: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(check_answer)
    monkeypatch.delenv("OPENAI_BASE_URL")
    (tmp_path / "s.toml").write_text(f'base_url = "{server.base_url}"\nmodel = "m"\n')
    assert run_command("check", story, "--config", tmp_path / "s.toml", "-q").code == 0
    assert server.requests


def test_what_a_file_sets_for_another_way_to_run_is_no_mistake(
    serve: Serve, story: Path, own: Path, here: Path
) -> None:
    serve(check_answer)
    own.write_text('model = "m"\nwait = 300\nworkers = 2\n', encoding="utf-8")
    assert run_command("check", story, "-o", here / "out").code == 0
    assert run_command("check", story, "-o", here / "out", "--wait", "300").told.startswith(
        "storycheck: --wait goes with --batch"
    )


def test_other_commands_have_their_own(own: Path, here: Path, story: Path) -> None:
    own.write_text('[group]\nout = "stories"\ndays = 1\n', encoding="utf-8")
    done = run_command("group", story)
    assert (done.code, done.out.splitlines()[-1]) == (0, "stories")
    assert (here / "stories").is_dir()


# -- what a file may say --


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "max_cost = 1\nmax_tokns = 5\n",
            "line 2: there is no setting 'max_tokns': did you mean max_tokens?",
        ),
        ("max-cost = 1\n", "line 1: there is no setting 'max-cost': did you mean max_cost?"),
        (
            "zzz = 1\n",
            "line 1: there is no setting 'zzz': 'storycheck init' writes a file with all there are.",
        ),
        ("[group]\nday = 1\n", "line 2: there is no setting 'group.day': did you mean group.days?"),
        ("paths = ['x']\n", "line 1: there is no setting 'paths'"),
        ("dry_run = true\n", "line 1: there is no setting 'dry_run'"),
        ('max_cost = "much"\n', "line 1: max_cost takes a number of at least 0."),
        ("max_cost = -1\n", "line 1: max_cost takes a number of at least 0."),
        ("max_cost = nan\n", "line 1: max_cost takes a number of at least 0."),
        ("max_cost = true\n", "line 1: max_cost takes a number of at least 0."),
        ("max_calls = 1.5\n", "line 1: max_calls takes a whole number of at least 0."),
        (f"max_calls = {'9' * 400}\n", "line 1: max_calls takes a whole number of at least 0."),
        ("concurrency = 257\n", "line 1: concurrency takes a whole number from 1 to 256."),
        ("quiet = 1\n", "line 1: quiet takes true or false."),
        ("model = 1\n", "line 1: model takes text in quotes."),
        ('model = "a\\u001b[2J"\n', "line 1: model takes text in quotes."),
        ('fail_on = "error"\n', 'takes a list of "contradicted" or "unsupported" or "error" or "none".'),
        ('fail_on = ["mistake"]\n', 'takes a list of "contradicted" or "unsupported" or "error" or "none".'),
        ('engine = "ray"\n', 'line 1: engine takes "inline" or "dask".'),
        ("group = 1\n", "line 1: there is no setting 'group'"),
        ("[[group]]\ndays = 1\n", "there is no setting 'group'"),
        ("rpm = 1\n[check]\nmax_cost = 1\n", "line 2: there is no table [check]: write settings of check at"),
        ("[limits]\nmax_cost = 1\n", "under [export] or [group] or [review]."),
        ("[group.days]\nx = 1\n", "group.days takes a whole number from 0 to 3,650."),
        ("max_cost = \n", "is not valid TOML: "),
        ("a." * 100 + "b = 1\n", "is not valid TOML: a key of more than 50 parts"),
        ("a = " + "[" * 5000 + "]" * 5000 + "\n", "is not valid TOML: "),
        ("\xff", "is not valid TOML: "),
    ],
)
def test_what_is_no_setting_is_told_in_one_line(text: str, told: str, here: Path, story: Path) -> None:
    (here / NAME).write_text(text, encoding="utf-8")
    done = run_command("check", story)
    assert done.code == 2
    assert done.told.startswith(f"storycheck: {NAME}")
    assert told in done.told


@pytest.mark.parametrize(
    "name", ["api_key", "key", "OPENAI_API_KEY", "openai-api-key", "token", "secret", "password"]
)
@pytest.mark.parametrize("table", ["", "[group]\n"])
def test_a_key_in_a_file_is_refused_and_not_shown(name: str, table: str, here: Path, story: Path) -> None:
    (here / NAME).write_text(f'{table}{name} = "{KEY}"\n', encoding="utf-8")
    done = run_command("check", story)
    assert done.code == 2
    assert "OPENAI_API_KEY_FILE" in done.told
    assert KEY not in done.told


def test_a_file_that_is_no_file_or_too_large_is_told(here: Path, story: Path, tmp_path: Path) -> None:
    (here / NAME).mkdir()
    assert "is no file" in run_command("check", story).told
    (here / NAME).rmdir()
    os.mkfifo(here / NAME)
    assert "is no file" in run_command("check", story).told
    (here / NAME).unlink()
    (here / NAME).write_text("#" * 1_000_001)
    assert "larger than 1 MB" in run_command("check", story).told
    (here / NAME).write_bytes(b"max_cost = 1\n# caf\xe9\n")
    assert f"{NAME}, line 2: it is no UTF-8" in run_command("check", story).told
    named = run_command("check", story, "--config", tmp_path / "none.toml")
    assert "none.toml is not there" in named.told


def test_commands_that_read_a_run_need_no_settings(here: Path) -> None:
    (here / NAME).write_text("nonsense")
    assert run_command("schema").code == 0
    assert run_command("models").code == 0


# -- what a file that was merely found may not say --


@pytest.mark.parametrize(
    "line",
    [
        'base_url = "https://elsewhere.example/v1"',
        'base_url = "http://127.0.0.1:9/v1"',
        'scheduler = "tcp://elsewhere.example:8786"',
        'model = "files/model.gguf"',
        'model = "MODEL.GGUF"',
        'out = "/somewhere"',
        'out = "../sibling"',
        'out = "~/out"',
        'out = "link/out"',
        'out = "s3://elsewhere/out"',
        'cache = "answers.sqlite"',
        'calibration = "map.json"',
        'prices = "prices.toml"',
        'log_file = "log.jsonl"',
        '[review]\nhost = "0.0.0.0"',
        '[group]\nout = "stories"',
    ],
)
def test_an_address_or_a_place_is_taken_from_a_named_file_alone(line: str, here: Path, own: Path) -> None:
    (here / "link").symlink_to(here.parent)
    (here / NAME).write_text(f"{line}\n", encoding="utf-8")
    done = run_command("config")
    assert done.code == 2
    assert "is not taken from a file that merely lies" in done.told
    assert f"--config {NAME}" in done.told
    assert run_command("config", "--config", NAME).code == 0
    (here / NAME).rename(own)
    assert run_command("config").code == 0


@pytest.mark.parametrize(
    "setting",
    [one for one in SETTINGS if one.kind in (str, Path) and not one.choices],
    ids=lambda one: one.key,
)
def test_a_new_setting_of_words_or_paths_is_not_taken_from_a_found_file(setting: Setting, here: Path) -> None:
    heading = f"[{setting.table}]\n" if setting.table else ""
    value = ["../x.gguf"] if setting.is_many else "../x.gguf"
    (here / NAME).write_text(f"{heading}{setting.name} = {json.dumps(value)}\n", encoding="utf-8")
    assert "is not taken from a file that merely lies" in run_command("config").told


def test_neither_articles_nor_key_go_where_a_found_file_says(
    serve: Serve, story: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(check_answer)
    monkeypatch.delenv("OPENAI_BASE_URL")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    (here / NAME).write_text(f'base_url = "{server.base_url}"\nmodel = "m"\n', encoding="utf-8")
    for arguments in (["check", story], ["check", story, "--dry-run"], ["doctor", "--online"]):
        done = run_command(*arguments)
        assert done.code != 0
        assert "base_url is not taken from a file that merely lies" in done.out + done.err
    assert not server.requests


# -- what is shown --


def test_no_key_and_no_password_is_shown(monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    own.write_text(f'base_url = "https://anna:{PASSWORD}@host.example/v1?token={PASSWORD}"\n')
    for options in ([], ["--json"]):
        done = run_command("config", *options)
        assert done.code == 0
        assert "host.example/v1" in done.out
        assert KEY not in done.out
        assert PASSWORD not in done.out
    assert came(rows()["(key)"]) == ("set, not shown", "environment")


def test_a_wrong_option_or_variable_is_told_as_check_tells_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "--rpm takes a number of at least 0.1" in run_command("config", "--rpm", "0").told
    assert "No such option: --nonsense" in run_command("config", "--nonsense").told
    monkeypatch.setenv("STORYCHECK_GROUP_DAYS", "many")
    assert "STORYCHECK_GROUP_DAYS takes a whole number from 0 to 3,650" in run_command("config").told


def test_each_line_says_value_and_source(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / NAME).write_text("# mine\nmax_tokens = 1000000\n")
    monkeypatch.setenv("STORYCHECK_RPM", "60")
    lines = [" ".join(line.split()) for line in run_command("config", "--model", "m").out.splitlines()]
    assert f"max_tokens 1,000,000 ({NAME}, line 2)" in lines
    assert "rpm 60.0 (environment, STORYCHECK_RPM)" in lines
    assert "model m (given, --model)" in lines
    assert "out out (default)" in lines


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("STORYCHECK_MAXCOST", "STORYCHECK_MAX_COST"),
        ("STORYCHECK_GROUP_DAY", "STORYCHECK_GROUP_DAYS"),
        ("STORYCHECK_BASE_URL", "OPENAI_BASE_URL"),
        ("STORYCHECK_API_KEY", "OPENAI_API_KEY"),
        ("STORYCHECK_CONFG", "STORYCHECK_CONFIG"),
        ("STORYCHECK_modle", "STORYCHECK_MODEL"),
    ],
)
def test_a_misspelt_variable_is_told_with_the_nearest_and_ends_nothing(
    variable: str, meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "1")
    done = run_command("config")
    assert done.code == 0
    assert done.told == f"storycheck: the variable {variable} sets nothing: did you mean {meant}?"


def test_a_variable_like_none_is_told_and_those_that_are_read_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in ("STORYCHECK_MODELS", *(one.variable for one in SETTINGS if one.kind is Path)):
        monkeypatch.setenv(variable, "there")
    monkeypatch.setenv("STORYCHECK_XYZZY", " ")  # as if it were not set
    assert run_command("models").err == ""
    monkeypatch.setenv("STORYCHECK_XY\x1b[2J", "1")
    told = run_command("models").told
    assert "'storycheck init' writes a file that names them all" in told
    assert "\x1b" not in told


# -- init --


def test_init_writes_every_setting_left_at_its_default(here: Path) -> None:
    done = run_command("init")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0] == NAME
    assert "storycheck config" in done.out
    text = (here / NAME).read_text(encoding="utf-8")
    assert tomllib.loads(text) == {one.table: {} for one in SETTINGS if one.table}
    assert {row["source"] for row in rows().values()} == {"default"}
    unmarked = tomllib.loads(re.sub(r"(?m)^#(\w+ = )", r"\1", text))
    for setting in SETTINGS:
        table = unmarked.get(setting.table, {}) if setting.table else unmarked
        value = table[setting.name]
        assert setting.variable in text
        assert value == "" or setting.takes(value)
        if setting.default is not None:
            assert value == setting.default


def test_every_option_of_a_check_is_a_setting_or_about_one_run(here: Path) -> None:
    help_page = run_command(MAIN, "--help").out
    flags = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", help_page.partition("Examples:")[0]))
    once = {"--again", "--replay", "--dry-run", "--refetch", "--allow-private", "--config", "--help"}
    assert {setting.flag for setting in OF_CHECK} >= flags - once - {"--batch"}
    assert not {setting.flag for setting in OF_CHECK} & once


def test_a_file_that_init_wrote_can_be_filled_in(here: Path) -> None:
    run_command("init")
    path = here / NAME
    path.write_text(path.read_text().replace("#max_cost = 0.5", "max_cost = 0.5"))
    assert came(rows()["max_cost"]) == (0.5, "file")


def test_init_writes_over_nothing_unless_forced(here: Path) -> None:
    (here / "news").mkdir()
    (here / "news" / NAME).write_text("max_cost = 1\n")
    done = run_command("init", here / "news")
    assert done.code == 2
    assert "--force" in done.told
    assert (here / "news" / NAME).read_text() == "max_cost = 1\n"
    assert run_command("init", here / "news", "--force").code == 0
    assert "#max_cost" in (here / "news" / NAME).read_text()


def test_init_makes_the_folder(here: Path) -> None:
    assert run_command("init", here / "a" / "b").code == 0
    assert (here / "a" / "b" / NAME).is_file()
