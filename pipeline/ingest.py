"""Files to stories: every article decoded, split into numbered sentences, with its title, outlet and date."""

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from pipeline.errors import InputError
from pipeline.reading.decode import NotText, decode
from pipeline.reading.language import Told, find_language
from pipeline.reading.metadata import Metadata, read_front_matter, read_page
from pipeline.reading.sentences import split_sentences
from pipeline.reading.sidecar import SIDECAR, read_sidecar
from pipeline.reading.sources import Source, find_sources, is_regular, printable, real_path, shown
from schemas.article import Article, Sentence, Skipped, Story

MAX_ARTICLE_BYTES: Final = 2_000_000
MAX_SENTENCES: Final = 5_000  # ten times the longest article; comparing takes time by their square

_WANTED: Final = "give .txt or .md articles, or a folder that holds them"


def ingest(paths: Sequence[Path]) -> list[Story]:
    """Read every story that ``paths`` (files, folders, glob patterns) hold, in the order given.

    A folder of articles is a story, a folder of such folders a batch; all single files together are one more
    story. Article texts keep their line ends; spans are in code points of them. What is not read is in a
    story's ``skipped`` with its reason; files of a batch that make no story are in that of the first one.
    Raises InputError where a path is not there, a folder or sidecar cannot be used, or no article is left.
    """
    if not paths:
        raise InputError(f"nothing to check: {_WANTED}")
    read = [_story(source) for source in find_sources(paths)]
    stories = [story for story in read if story.articles]
    homeless = [skip for story in read if not story.articles for skip in story.skipped]
    if not stories:
        raise InputError(_nothing_left(paths, homeless))
    first = stories[0].model_copy(update={"skipped": (*stories[0].skipped, *homeless)})
    return [first, *stories[1:]]


class Stories:
    """The stories of any number of files, each read anew whenever it is its turn: none is held."""

    def __init__(self, sources: Sequence[Source], homeless: Sequence[Skipped]) -> None:
        self._sources = sources
        self._homeless = tuple(homeless)

    def __len__(self) -> int:
        """Return how many stories there are."""
        return len(self._sources)

    def __iter__(self) -> Iterator[Story]:
        """Yield the stories in order; the first tells of the files that make none."""
        homeless = self._homeless
        for source in self._sources:
            story = _story(source)
            yield story.model_copy(update={"skipped": (*story.skipped, *homeless)}) if homeless else story
            homeless = ()


def open_stories(paths: Sequence[Path]) -> Stories:
    """Look through ``paths`` as ``ingest`` does, but read of each story no more than tells that it is one.

    Raises as ``ingest`` does.
    """
    if not paths:
        raise InputError(f"nothing to check: {_WANTED}")
    sources: list[Source] = []
    homeless: list[Skipped] = []
    for source in find_sources(paths):
        if _is_story(source):
            sources.append(source)
        else:
            homeless += _story(source).skipped
    if not sources:
        raise InputError(_nothing_left(paths, homeless))
    return Stories(sources, homeless)


def _is_story(source: Source) -> bool:
    sidecars = _Sidecars(source.files)
    for path in sorted(source.files):
        try:
            _article(path, sidecars.about(path))
        except (NotText, OSError):
            continue
        return True
    return False


def _nothing_left(paths: Sequence[Path], skipped: Sequence[Skipped]) -> str:
    looked = ", ".join(shown(path) for path in paths[:3]) + (", ..." if len(paths) > 3 else "")
    reasons = "; ".join(f"{skip.path}: {skip.reason}" for skip in skipped[:3])
    more = f"; and {len(skipped) - 3} more" if len(skipped) > 3 else ""
    return f"no article found in {looked}{f' ({reasons}{more})' if reasons else ''}: {_WANTED}"


def _story(source: Source) -> Story:
    sidecars = _Sidecars(source.files)
    articles: list[Article] = []
    skipped = list(source.skipped)
    seen: set[str] = set()
    for path in sorted(source.files):
        if real_path(path) in seen:
            skipped.append(Skipped(path=shown(path), reason="given twice"))
            continue
        seen.add(real_path(path))
        try:
            articles.append(_article(path, sidecars.about(path)))
        except NotText as error:
            skipped.append(Skipped(path=shown(path), reason=str(error), is_lost=True))
        except OSError as error:
            reason = f"cannot be read: {error.strerror or error}"
            skipped.append(Skipped(path=shown(path), reason=reason, is_lost=True))
    kept = without_copies(articles, skipped)
    return Story(name=source.name, articles=tuple(kept), skipped=(*skipped, *sidecars.skipped))


class _Sidecars:
    """The sidecars of the folders that a story's files lie in, each read once."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._known: dict[Path, dict[str, Metadata]] = {}
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
                for name in self._known[folder]
                if name not in there
            ]

    def about(self, path: Path) -> Metadata:
        """Return what the sidecar beside ``path`` says about it."""
        return self._known.get(path.parent, {}).get(path.name, Metadata())


def _article(path: Path, known: Metadata) -> Article:
    decoded = decode(read_regular(path))
    text = decoded.text
    front, start = read_front_matter(text)
    told = Told(language) if (language := known.language or front.language) else find_language(text, start)
    sentences = split_sentences(text, start, most=MAX_SENTENCES, language=told.language)
    if not sentences:
        raise NotText("front matter only, no article")
    if len(sentences) > MAX_SENTENCES:
        raise NotText(
            f"more than {MAX_SENTENCES:,} sentences, which no article has: split it into its articles"
        )
    found = known.over(front).over(read_page(text, sentences, told.language))
    notes = found.notes
    if known.outlet or front.outlet:
        notes = tuple(note for note in notes if not note.startswith("outlet taken"))
    if known.published or front.published:
        notes = tuple(note for note in notes if not note.startswith("publication date"))
    return Article(
        id="a" + hashlib.sha256(text.encode()).hexdigest()[:12],
        path=shown(path),
        name=printable(path.stem),
        title=found.title,
        outlet=found.outlet,
        published=found.published,
        encoding=decoded.encoding,
        text=text,
        sentences=sentences,
        notes=decoded.notes + notes + told.notes + _unread(sentences),
        language=told.language,
    )


def _unread(sentences: Sequence[Sentence]) -> tuple[str, ...]:
    """Return a note where claims can be drawn from none of an article's sentences."""
    if any(sentence.is_readable for sentence in sentences):
        return ()
    return ("no running text found: nothing in it but bylines, page furniture or signs",)


def read_regular(path: Path) -> bytes:
    """Read a regular file, and nothing else: opening a pipe would wait for ever, a device might never end.

    Raises NotText where it is none, or larger than an article can be, and OSError.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise NotText("not a regular file")
    # Another process may put a pipe in its place meanwhile: without O_NONBLOCK this would hang.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor, no path
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise NotText("not a regular file")
        data = file.read(MAX_ARTICLE_BYTES + 1) or b""  # None where there is nothing to read as yet
    if len(data) > MAX_ARTICLE_BYTES:
        raise NotText(f"larger than {MAX_ARTICLE_BYTES // 1_000_000} MB, which no article is")
    return data


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
