"""Files to stories: every article decoded, split into numbered sentences, with its title, outlet and date."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pipeline.errors import InputError
from pipeline.reading.articles import Reading
from pipeline.reading.forms.fields import Fields
from pipeline.reading.leftout import read_left_out
from pipeline.reading.metadata import Metadata
from pipeline.reading.sidecar import SIDECAR, Sidecar, read_sidecar
from pipeline.reading.sources import (
    WANTED,
    Source,
    find_sources,
    is_folder,
    is_regular,
    nothing_found,
    printable,
    real_path,
    shown,
)
from schemas.article import Article, Skipped, Story


def ingest(
    paths: Sequence[Path], fields: Fields | None = None, unread: Sequence[Skipped] = ()
) -> list[Story]:
    """Read every story that ``paths`` (files, folders, glob patterns) hold, in the order given.

    A folder of articles is a story, a folder of such folders a batch; all single files together are one more
    story. Each row of a file of many is an article; ``fields`` says what rows call what is known of them.
    Spans are in code points of the texts that are kept, those of text files with their line ends. What is not
    read is in a story's ``skipped`` with its reason; files of a batch that make no story are in that of the
    first one, and what `group` left out of its stories is in the first one's ``left_out``. ``unread`` is what
    was to be among the single files, and is not there: pages that did not come.
    Raises InputError where a path is not there, a folder or sidecar cannot be used, or no article
    is left.
    """
    if not paths:
        raise InputError(f"nothing to check: {WANTED}")
    with Reading(fields) as reading:
        read = [_story(source, reading) for source in find_sources(paths, unread)]
    stories = [story for story in read if story.articles]
    homeless = [skip for story in read if not story.articles for skip in story.skipped]
    if not stories:
        raise InputError(nothing_found(paths, homeless))
    return [_with_rest(stories[0], homeless, _left_out(paths), of=len(stories)), *stories[1:]]


class Stories:
    """The stories of any number of files, each read anew whenever it is its turn: none is held."""

    def __init__(
        self,
        sources: Sequence[Source],
        homeless: Sequence[Skipped],
        left_out: Sequence[Skipped],
        fields: Fields | None,
    ) -> None:
        self._sources = sources
        self._homeless = homeless
        self._left_out = left_out
        self._fields = fields

    def __len__(self) -> int:
        """Return how many stories there are."""
        return len(self._sources)

    def __iter__(self) -> Iterator[Story]:
        """Yield the stories in order; the first tells of what is in none."""
        first, *others = self._sources
        with Reading(self._fields) as reading:
            yield _with_rest(_story(first, reading), self._homeless, self._left_out, of=len(self))
            for source in others:
                yield _story(source, reading)


def open_stories(
    paths: Sequence[Path], fields: Fields | None = None, unread: Sequence[Skipped] = ()
) -> Stories:
    """Look through ``paths`` as ``ingest`` does, but read of each story no more than tells that it is one.

    Raises as ``ingest`` does.
    """
    if not paths:
        raise InputError(f"nothing to check: {WANTED}")
    sources: list[Source] = []
    homeless: list[Skipped] = []
    with Reading(fields) as reading:
        for source in find_sources(paths, unread):
            if _is_story(source, reading):
                sources.append(source)
            else:
                homeless += _story(source, reading).skipped
    if not sources:
        raise InputError(nothing_found(paths, homeless))
    return Stories(sources, homeless, _left_out(paths), fields)


def _left_out(paths: Sequence[Path]) -> tuple[Skipped, ...]:
    """Return what `group` left out of the stories in the folders among ``paths``."""
    return tuple(one for path in dict.fromkeys(paths) if is_folder(path) for one in read_left_out(path))


def _with_rest(first: Story, homeless: Sequence[Skipped], left_out: Sequence[Skipped], *, of: int) -> Story:
    """Return the first of so many stories with what is in none; the only one has no index to tell of it."""
    skipped = (*first.skipped, *homeless)
    if of == 1:
        return first.model_copy(update={"skipped": (*skipped, *left_out)})
    return first.model_copy(update={"skipped": skipped, "left_out": tuple(left_out)})


def _is_story(source: Source, reading: Reading) -> bool:
    sidecars = _Sidecars(source.files)
    found = (one for path in sorted(source.files) for one in reading.articles(path, sidecars.about(path)))
    return any(isinstance(one, Article) for one in found)


def _story(source: Source, reading: Reading) -> Story:
    sidecars = _Sidecars(source.files)
    articles: list[Article] = []
    skipped = list(source.skipped)
    seen: set[str] = set()
    for path in sorted(source.files):
        if real_path(path) in seen:
            skipped.append(Skipped(path=shown(path), reason="given twice"))
            continue
        seen.add(real_path(path))
        for found in reading.articles(path, sidecars.about(path)):
            if isinstance(found, Article):
                articles.append(found)
            else:
                skipped.append(found)
    kept = without_copies(articles, skipped)
    return Story(
        name=source.name,
        title=sidecars.title,
        articles=tuple(kept),
        skipped=(*skipped, *sidecars.skipped),
    )


class _Sidecars:
    """The sidecars of the folders that a story's files lie in, each read once."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._known: dict[Path, Sidecar] = {}
        self.skipped: list[Skipped] = []
        for folder in sorted({file.parent for file in files}):
            path = folder / SIDECAR
            if not os.path.lexists(path):
                continue
            if not is_regular(path):
                raise InputError(f"{shown(path)} is no regular file: mend it or move it away")
            self._known[folder] = read_sidecar(path, shown(path))
            # The names are the sidecar's: compared with the folder's entries, never made into paths.
            there = {entry.name for entry in folder.iterdir()}
            self.skipped += [
                Skipped(
                    path=f"{shown(folder)}/{printable(name)}", reason=f"named in {SIDECAR}, but not there"
                )
                for name in self._known[folder].articles
                if name not in there
            ]

    @property
    def title(self) -> str | None:
        """What the story is called, by the one sidecar that there is; two speak of two stories."""
        titles = [sidecar.title for sidecar in self._known.values()]
        return titles[0] if len(titles) == 1 else None

    def about(self, path: Path) -> Metadata:
        """Return what the sidecar beside ``path`` says about it."""
        return self._known.get(path.parent, Sidecar()).articles.get(path.name, Metadata())


def without_copies(articles: Iterable[Article], skipped: list[Skipped]) -> list[Article]:
    """Keep one of several identical texts, or all that name different outlets; no two have one id or name."""
    by_id: dict[str, list[Article]] = {}
    names: dict[str, int] = {}
    kept: list[Article] = []
    for article in articles:
        same = by_id.setdefault(article.id, [])
        is_other = article.outlet is not None and all(
            other.outlet not in (None, article.outlet) for other in same
        )
        if same and not is_other:
            skipped.append(Skipped(path=article.path, reason=f"same text as {same[0].path}"))
            continue
        names[article.name] = names.get(article.name, 0) + 1
        update = {
            "id": article.id if not same else f"{article.id}-{len(same) + 1}",
            "name": article.name if names[article.name] == 1 else f"{article.name}-{names[article.name]}",
        }
        same.append(article)
        kept.append(article.model_copy(update=update))
    return kept
