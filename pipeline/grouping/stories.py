"""What ``storycheck group`` writes: a folder for each story, and lists of the stories and of what is in none.

``DIR/<story>/<article>.txt``   the text as it was read, with a story.toml that says what is known of each
``DIR/groups.jsonl``            the stories: id, folder, articles, stories that may be the same event
``DIR/alone.jsonl``             the articles that nobody else tells of, with where they came from
``DIR/skipped.jsonl``           what was given and is in neither, and why; the index of a batch shows it

Names of folders and files are made of letters of a title or an outlet and a hash, whatever the text says.
"""

import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from pathlib import Path
from typing import Final

from pipeline.errors import InputError
from pipeline.reading.leftout import read_skipped, skipped_line
from pipeline.reading.sidecar import SIDECAR, read_sidecar
from pipeline.reading.sources import ALONE, GROUPS, SKIPPED
from pipeline.store import make_folder, write_text
from pipeline.store.grouping import Grouping, Listed
from schemas.article import Skipped

_LONGEST: Final = 40  # characters of a name, before its hash
_WORDS: Final = 6
_LONG: Final = re.compile(r"\w{4,}")  # a word that is likely to be about something


def slug(words: str) -> str:
    """Return ``words`` as the start of a file's name: small ASCII letters, digits, dashes; maybe empty."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    found = re.findall(r"[a-z0-9]+", plain.replace("'", ""))[:_WORDS]
    return "-".join(found)[:_LONGEST].strip("-")


def story_id(first: Listed) -> str:
    """Return the id of a new story, by its first article; it is also the name of its folder."""
    return "-".join(part for part in (slug(first.title or first.name), first.id[1:9]) if part)


def file_name(article: Listed) -> str:
    """Return the name of an article's file."""
    return "-".join(part for part in (slug(article.outlet or article.name), article.id[1:9]) if part) + ".txt"


def size(articles: Iterable[Listed]) -> int:
    """Return how many outlets a story has; articles without an outlet count one each."""
    listed = list(articles)
    return len({one.outlet for one in listed if one.outlet}) + sum(one.outlet is None for one in listed)


def story_title(headlines: Iterable[str]) -> str | None:
    """Return the one that has most words in common with the others, the first of several; None of none.

    Headlines that play on a story share few words with those that tell it. One that is repeated counts once.
    """
    words = {headline: frozenset(_LONG.findall(headline.casefold())) for headline in headlines}
    told = Counter(word for found in words.values() for word in found)
    return max(words, key=lambda headline: sum(told[word] - 1 for word in words[headline]), default=None)


def write_story(out: Path, name: str, articles: Sequence[Listed], store: Grouping) -> None:
    """Write what of a story is in no file yet, and its sidecar.

    Raises InputError when it cannot be written.
    """
    folder = out / name
    if folder.is_symlink():
        raise InputError(f"{folder} is a link, which is not followed: move it away.")
    make_folder(folder)
    tables = []
    for article in articles:
        text = store.text(article.number)
        if text is not None:
            write_text(folder / file_name(article), text)
            tables.append((file_name(article), _table(article)))
    _add_to_sidecar(folder / SIDECAR, story_title([one.title for one in articles if one.title]), tables)
    store.written(articles[0].story)


def _add_to_sidecar(path: Path, title: str | None, tables: Iterable[tuple[str, str]]) -> None:
    """Add the tables of files that the sidecar does not know; what somebody wrote into it stays.

    A new one begins with the ``title`` of the story, as far as there is one.
    """
    if path.exists():
        known = read_sidecar(path, str(path)).articles
        before = path.read_text(encoding="utf-8-sig").rstrip() + "\n"
    else:
        known = {}
        before = f"title = {_quoted(title)}  # the headline of one of its articles\n" if title else ""
    new = (table for name, table in tables if name not in known)
    write_text(path, "\n".join([*([before] if before else []), *new]))


def write_lists(out: Path, store: Grouping) -> None:
    """Write both lists. Raises InputError when they cannot be written."""
    related: dict[int, list[int]] = {}
    for one, other in store.related():
        related.setdefault(one, []).append(other)
        related.setdefault(other, []).append(one)
    names = {number: name for number, name, has_folder in store.stories() if has_folder}
    lines = []
    for number, name in names.items():
        articles = store.of_story(number)
        others = [names[other] for other in related.get(number, ()) if other in names]
        line = {
            "story": name,
            "outlets": size(articles),
            "articles": [{**_listed(one), "file": f"{name}/{file_name(one)}"} for one in articles],
            **({"maybe_same": others} if others else {}),
        }
        lines.append(json.dumps(line, ensure_ascii=False))
    write_text(out / GROUPS, "".join(f"{line}\n" for line in lines))
    alone = (json.dumps(_listed(one), ensure_ascii=False) for one in store.alone())
    write_text(out / ALONE, "".join(f"{line}\n" for line in alone))


def write_left_out(out: Path, left_out: Iterable[Skipped], looked_at: Iterable[Path]) -> None:
    """Write what this run left out of ``looked_at``, beside what earlier runs did of other places.

    Raises InputError when it cannot be written.
    """
    again = {os.path.abspath(path) for path in looked_at}  # noqa: PTH100 - compared, not opened
    before = (one for one in read_skipped(out) if not _is_within(one.path, again))
    write_text(out / SKIPPED, "".join(map(skipped_line, (*before, *left_out))))


def _is_within(place: str, paths: Set[str]) -> bool:
    """Tell whether ``place`` is one of ``paths``, lies in one, or is a row of one ("dump.jsonl:17")."""
    full = os.path.abspath(place)  # noqa: PTH100 - compared, not opened
    return not paths.isdisjoint((full, full.rpartition(":")[0], *map(str, Path(full).parents)))


def _listed(article: Listed) -> Mapping[str, str]:
    found = {
        "article": article.id,
        "id": article.given_id,
        "from": article.place,
        "outlet": article.outlet,
        "published": article.published,
        "title": article.title,
        "url": article.url,
        "why": "copy of another of its articles" if article.copy_of else None,
    }
    return {key: value for key, value in found.items() if value is not None}


def _table(article: Listed) -> str:
    lines = [f"[articles.{_quoted(file_name(article))}]"]
    if article.outlet:
        lines.append(f"outlet = {_quoted(article.outlet)}")
    if article.published:
        lines.append(f"published = {article.published}")
    if article.title:
        lines.append(f"title = {_quoted(article.title)}")
    if article.url:
        lines.append(f"url = {_quoted(article.url)}")
    if article.given_id:
        lines.append(f"id = {_quoted(article.given_id)}")
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)  # what JSON needs escaped is all that TOML does, in one line
