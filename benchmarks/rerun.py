"""Checks one story again and again, and says what changes: ``python -m benchmarks.rerun STORY OUT``.

Four runs, none of which sees another's answers: ``first`` and ``again`` as the story is, ``order`` with its
articles the other way round, ``split`` with other sentences, cut at semicolons too, and fewer of them in one
question. The last three are compared with the first. Stopped, the same command goes on; for new runs name a
new folder.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich.console import Console

from benchmarks.flips import compare_runs
from benchmarks.stored import Rerun, RerunResult
from pipeline import chunks
from pipeline.batch import check_stories
from pipeline.config import Settings, read_environment
from pipeline.errors import InputError, StorycheckError
from pipeline.ingest import ingest
from pipeline.session import open_endpoint
from pipeline.store import make_folder, prepare_run_directory, write_text
from pipeline.terminal import show_progress
from schemas.article import Article, Sentence, Story
from schemas.record import Span
from schemas.report import Report

ROOT: Final = Path(__file__).parents[1]
RESULT: Final = ROOT / "benchmarks" / "results" / "flips.json"
FIRST: Final = "first"
SPLIT: Final = "split"
FEWER_SENTENCES: Final = 3  # in a question; a run asks about chunks.CHUNK_SENTENCES
_CUT: Final = "; "


def same(story: Story) -> Story:
    """Return the story as it is."""
    return story


def turned(story: Story) -> Story:
    """Return the story with its articles in the opposite order."""
    return story.model_copy(update={"articles": story.articles[::-1]})


def resplit(story: Story) -> Story:
    """Return the story with its sentences cut at semicolons, too."""
    articles = tuple(
        article.model_copy(update={"sentences": tuple(_cut(article))}) for article in story.articles
    )
    return story.model_copy(update={"articles": articles})


def _cut(article: Article) -> Iterator[Sentence]:
    number = 0
    for sentence in article.sentences:
        start = sentence.span.start
        for part in article.quote(sentence.span).split(_CUT):
            end = min(start + len(part) + 1, sentence.span.end)  # the semicolon stays with what it ends
            if article.text[start:end].strip():
                number += 1
                yield sentence.model_copy(update={"number": number, "span": Span(start=start, end=end)})
            start += len(part) + len(_CUT)


VARIANTS: Final[dict[str, Callable[[Story], Story]]] = {
    FIRST: same,
    "again": same,
    "order": turned,
    SPLIT: resplit,
}


@contextmanager
def sentences_a_question(count: int) -> Iterator[None]:
    """Let the claims be asked for with so many sentences in a question while the block runs."""
    before = chunks.CHUNK_SENTENCES
    chunks.CHUNK_SENTENCES = count
    try:
        yield
    finally:
        chunks.CHUNK_SENTENCES = before


def compared(runs: dict[str, Report]) -> RerunResult:
    """Return how the other runs differ from the one called ``first``."""
    first = runs[FIRST]
    reruns = []
    for name, report in runs.items():
        if name == FIRST:
            continue
        found = compare_runs(first, report)
        reruns.append(
            Rerun(
                name=name,
                is_complete=report.run.complete,
                **found.model_dump(include={"flipped", "changes", "errors", "unmatched", "kept_flags"}),
                gone_flags=len(found.gone_flags),
                new_flags=len(found.new_flags),
            )
        )
    return RerunResult(
        story=first.story,
        model=first.run.model,
        tool_version=first.run.tool_version,
        is_complete=first.run.complete,
        claims=len(first.claims),
        reruns=tuple(reruns),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, compare, print and write flips.json; return 2 for wrong input, 3 where the endpoint gave out."""
    given = _parser().parse_args(arguments)
    settings = Settings(model=given.model)
    try:
        stories = ingest([given.story])
        if len(stories) != 1:
            raise InputError(f"{given.story} holds {len(stories)} stories: give the folder of one.")
        runs = {
            name: _run(change(stories[0]), given.out / name, settings, is_split=name == SPLIT)
            for name, change in VARIANTS.items()
        }
        result = compared(runs)
        make_folder(given.json.parent)
        write_text(given.json, result.model_dump_json(indent=1) + "\n")
    except StorycheckError as error:
        print(f"rerun: {error}", file=sys.stderr)
        return error.exit_code
    for rerun in result.reruns:
        print(f"{rerun.name}: verdicts that change: {rerun.flipped}; in one run alone: {rerun.unmatched}")
        print(f"  flags in both {rerun.kept_flags}, gone {rerun.gone_flags}, new {rerun.new_flags}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rerun", description=__doc__)
    parser.add_argument("story", type=Path, metavar="STORY")
    parser.add_argument("out", type=Path, metavar="OUT", help="a folder for the four runs")
    parser.add_argument("--model", help="as in storycheck check")
    parser.add_argument("--json", type=Path, metavar="FILE", default=RESULT, help="where the figures go")
    return parser


def _run(story: Story, out: Path, settings: Settings, *, is_split: bool) -> Report:
    """Check the story with answers of its own; raises the EndpointError that cut it short.

    The endpoint is opened for this run alone: the embedded model must not remember the one before.
    """
    prepare_run_directory(out)
    sentences = FEWER_SENTENCES if is_split else chunks.CHUNK_SENTENCES
    opened = open_endpoint(settings, read_environment(), lambda _done, _all: None)
    with opened as endpoint, show_progress(Console(stderr=True)) as progress, sentences_a_question(sentences):
        outcome = asyncio.run(check_stories([story], out, settings, endpoint, progress))
    if outcome.stopped is not None:
        raise outcome.stopped
    return outcome.checked[0].report


if __name__ == "__main__":
    sys.exit(main())
