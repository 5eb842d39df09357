"""Makes a story of each draft: one text to be checked, and the sources that it is checked against."""

from collections.abc import Sequence

from pipeline.errors import InputError
from pipeline.ingest import Stories, ingest, open_stories, without_copies
from pipeline.reading.forms.fields import Fields
from pipeline.reading.sources import Files, Source, named
from schemas.article import Article, Skipped, Story


def read_stories(
    files: Files,
    against: Files | None = None,
    fields: Fields | None = None,
    *,
    one_by_one: bool = False,
) -> list[Story] | Stories:
    """Return the stories that ``files`` hold, or each draft there with the sources that ``against`` holds.

    ``fields`` says what rows call what is known of them; ``one_by_one``: a story without sources is read when
    its turn comes. Raises InputError where there is nothing to check, or nothing to check it against.
    """
    if against is not None:
        drafts = ingest(files.paths, fields, files.unread)
        return set_against(drafts, ingest(against.paths, fields, against.unread))
    read = open_stories if one_by_one else ingest
    return read(files.paths, fields, files.unread)


def set_against(drafts: Sequence[Story], sources: Sequence[Story]) -> list[Story]:
    """Return a story for each article of ``drafts``, with all articles of ``sources`` as its sources.

    A source with the text of a draft, as a folder that holds both has one, is left out, and told. Raises
    InputError where no source is left.
    """
    skipped, left_out = (
        [skip for story in given for skip in (*story.skipped, *story.left_out)] for given in (drafts, sources)
    )
    checked = without_copies(_articles(drafts), skipped)
    paths = {draft.text: draft.path for draft in checked}
    others = []
    for source in _articles(sources):
        if source.text in paths:
            left_out.append(Skipped(path=source.path, reason=f"the draft itself, {paths[source.text]}"))
        else:
            others.append(source)
    kept = without_copies(others, left_out)
    if not kept:
        raise InputError(_no_source(checked, left_out))
    names = [source.name for source in named([Source(draft.name, ()) for draft in checked])]
    return [
        Story(
            name=name,
            articles=(draft,),
            sources=tuple(without_copies((draft, *kept), [])[1:]),
            skipped=(*(skipped if draft is checked[0] else ()), *left_out),
        )
        for name, draft in zip(names, checked, strict=True)
    ]


def _articles(stories: Sequence[Story]) -> list[Article]:
    return [article for story in stories for article in story.articles]


def _no_source(drafts: Sequence[Article], left_out: Sequence[Skipped]) -> str:
    reasons = "; ".join(f"{skip.path}: {skip.reason}" for skip in left_out[:3])
    return (
        f"no source to check {drafts[0].path} against ({reasons}): "
        "give --against articles, or a folder of them, that are not the draft."
    )
