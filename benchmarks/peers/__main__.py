"""The command: ``python -m benchmarks.peers STORY OUT``; for POSIX systems."""

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.gold import Gold, read_gold
from benchmarks.peers.adapters.task import Task
from benchmarks.peers.attempt import adapter_command, attempt
from benchmarks.peers.contenders import CONTENDERS, Contender, chosen
from benchmarks.peers.endpoint import Shared, open_shared
from benchmarks.peers.environments import CannotInstall, installed, prepare
from benchmarks.peers.proxy import counting_proxy
from benchmarks.peers.score import Text, read_texts, score
from benchmarks.peers.table import Row, flagged, markdown, scored_row
from pipeline.errors import StorycheckError

RESULT = "peers.json"
UNSEEN = "unseen"  # the folder of stories that are scored blind


@dataclass(frozen=True)
class Setup:
    """What all contenders share: the folder of copied articles, the endpoint, and the limit of each."""

    out: Path
    shared: Shared
    limit_s: float
    texts: dict[str, Text]
    gold: Gold | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the contenders one after the other; 0 when all of them finished or ran into the limit, else 1."""
    asked = _parser().parse_args(arguments)
    try:
        contenders = chosen(asked.only)
        texts = _lay_out(asked.story, asked.out, contenders)
        gold = read_gold(asked.story) if (asked.story / "gold.json").exists() else None
        # Installed before the first one is timed.
        pythons = _environments(contenders, asked.environments or asked.out.resolve().parent / ".peers")
        with open_shared(asked.base_url, asked.model) as shared:
            setup = Setup(asked.out.resolve(), shared, asked.limit_s, texts, gold)
            rows = _attempts(contenders, pythons, setup, asked.story.name)
    except (ValueError, OSError, StorycheckError) as error:
        print(f"peers: {error}", file=sys.stderr)
        return 2
    print(markdown(rows), end="")
    return int(any(row.ended in ("failed", "not installed") for row in rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("story", type=Path, help="a folder of .txt articles, with gold.json to be scored")
    parser.add_argument("out", type=Path, help="a folder for peers.json and what the contenders leave behind")
    parser.add_argument("--limit-s", type=float, default=900.0, help="seconds for each contender (900)")
    names = ", ".join(contender.name for contender in CONTENDERS)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help=f"one of {names}")
    parser.add_argument("--environments", type=Path, help="where they are installed (OUT/../.peers)")
    parser.add_argument("--base-url", help="an endpoint, its key in OPENAI_API_KEY; else the embedded model")
    parser.add_argument("--model", help="the model there, or an embedded one")
    return parser


def _lay_out(story: Path, out: Path, contenders: Sequence[Contender]) -> dict[str, Text]:
    """Copy the articles, without their gold, into ``out``, in place of those of an earlier run; return them.

    Raises ValueError for a folder without articles, for an unseen story, which nobody may get to read, and
    for an ``out`` that holds what is not ours.
    """
    if UNSEEN in story.resolve().parts:
        raise ValueError(f"{story.name} is an unseen story, and what contenders leave behind shows it")
    texts = read_texts(story)
    if not texts:
        raise ValueError(f"no .txt article in {story}")
    if out.exists() and any(out.iterdir()) and not (out / RESULT).exists():
        raise ValueError(f"{out} holds other files: name an empty folder")
    for name in ("story", *(contender.name for contender in contenders)):
        shutil.rmtree(out / name, ignore_errors=True)
    copy = out / "story"
    copy.mkdir(parents=True)
    (out / RESULT).write_text("{}\n", encoding="utf-8")
    for name in (*texts, "story.toml"):
        if (story / name).exists():
            shutil.copyfile(story / name, copy / name)
    return texts


def _environments(contenders: Sequence[Contender], folder: Path) -> dict[str, Path | CannotInstall]:
    made: dict[str, Path | CannotInstall] = {}
    for contender in contenders:
        print(f"peers: preparing {contender.name}", file=sys.stderr)
        try:
            made[contender.name] = prepare(contender, folder)
        except CannotInstall as error:
            made[contender.name] = error
    return made


def _attempts(
    contenders: Sequence[Contender], pythons: dict[str, Path | CannotInstall], setup: Setup, story: str
) -> list[Row]:
    """Run each contender, and write what is known after every one of them."""
    rows: list[Row] = []
    for contender in contenders:
        python = pythons[contender.name]
        if isinstance(python, CannotInstall):
            row = Row(
                contender=contender.name,
                version=None,
                ended="not installed",
                failure=str(python),
                done_to_it=contender.done_to_it,
            )
        else:
            print(f"peers: {contender.name} runs, {setup.limit_s:.0f} s at most", file=sys.stderr)
            row = _attempt(contender, python, setup)
        rows.append(row)
        written = {
            "story": story,
            "endpoint": setup.shared.name,
            "model": setup.shared.model,
            "limit_s": setup.limit_s,
            "contenders": [row.model_dump(mode="json") for row in rows],
        }
        text = json.dumps(written, indent=2, ensure_ascii=False) + "\n"
        (setup.out / RESULT).write_text(text, encoding="utf-8")
    return rows


def _attempt(contender: Contender, python: Path, setup: Setup) -> Row:
    options = dict(contender.options)
    if setup.shared.slots:
        options["concurrency"] = str(setup.shared.slots)
    out = setup.out / contender.name
    task = Task(str(setup.out / "story"), str(out), setup.shared.model, options)
    with counting_proxy(setup.shared.base_url, setup.shared.api_key) as proxy:
        tried = attempt(adapter_command(python, contender.adapter), task, proxy, setup.limit_s)
    packages = installed(python, contender)
    if setup.gold is None:
        return scored_row(contender, packages, tried, proxy.counts, None)
    scored = score(tried.told, setup.gold, setup.texts)
    row = scored_row(contender, packages, tried, proxy.counts, scored)
    known = {"planted": len(setup.gold.conflicts), "flagged": flagged(scored, setup.texts)}
    return row.model_copy(update=known)


if __name__ == "__main__":
    sys.exit(main())
