"""The whole way from a pile to stories: everything is read and stored, then compared, then written.

Nothing is compared before all is stored, so that a run that was cut off goes on to the same stories.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.errors import InputError
from pipeline.grouping.intake import take_in
from pipeline.grouping.sameness import Sameness, shipped
from pipeline.grouping.settle import settle
from pipeline.grouping.stories import size, write_left_out, write_lists, write_story
from pipeline.progress import Progress
from pipeline.reading.forms.fields import Fields
from pipeline.reading.sources import nothing_found
from pipeline.store.grouping import Grouping, open_grouping
from schemas.article import Skipped

STAGE: Final = "writing"


class Asked(NamedTuple):
    """``days`` is how long a story may take, ``least`` how many outlets make one.

    ``fields`` are the names that rows have for ours.
    """

    paths: tuple[Path, ...]
    days: int = 7
    least: int = 2
    fields: Fields = {}


class Outcome(NamedTuple):
    """What came of a run. ``read``, ``known`` and ``undated`` are of this run's articles, the rest of all.

    ``repeated`` of those known came from another place than this time.
    ``related`` are pairs of stories that may tell of one event; ``pairs`` were looked at in this run.
    """

    read: int
    known: int
    repeated: int
    undated: int
    copies: int
    stories: int
    new_stories: int
    in_stories: int
    alone: int
    related: tuple[tuple[str, str], ...]
    skipped: tuple[Skipped, ...]
    pairs: int


def group(
    asked: Asked,
    out: Path,
    progress: Progress,
    hear: Callable[[Skipped], None] = lambda _skipped: None,
    sameness: Sameness | None = None,
) -> Outcome:
    """Put articles into stories in ``out``, a folder, beside those that are there.

    ``hear`` is told at once of what is skipped. Raises InputError where a path is not there, no article is
    found, or ``out`` cannot be written.
    """
    with open_grouping(out) as store:
        taken = take_in(asked.paths, asked.fields, out, store, progress, hear)
        if not taken.read:
            raise InputError(f"{nothing_found(asked.paths, taken.skipped)}.")
        before = {number for number, _, has_folder in store.stories() if has_folder}
        pairs = settle(store, asked.days, sameness or shipped(), progress)
        _write(store, out, asked.least, progress)
        names = {number: name for number, name, has_folder in store.stories() if has_folder}
        write_lists(out, store)
        write_left_out(out, (*taken.skipped, *taken.repeated), asked.paths)
        counts = store.counts()
        return Outcome(
            read=taken.read,
            known=taken.known,
            repeated=len(taken.repeated),
            undated=taken.undated,
            copies=counts.copies,
            stories=len(names),
            new_stories=len(names.keys() - before),
            in_stories=counts.articles - counts.alone,
            alone=counts.alone,
            related=tuple((names[a], names[b]) for a, b in store.related() if a in names and b in names),
            skipped=tuple(taken.skipped),
            pairs=pairs,
        )


def _write(store: Grouping, out: Path, least: int, progress: Progress) -> None:
    unwritten = store.unwritten()
    progress.start(STAGE, len(unwritten))
    for number, name, has_folder in store.stories():
        if number in unwritten:
            articles = store.of_story(number)
            if has_folder or size(articles) >= least:
                write_story(out, name, articles, store)
            progress.step(STAGE)
    progress.finish(STAGE)
