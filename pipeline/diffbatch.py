"""Compares two batches: story by story, what is new, gone or changed, and how much in all."""

from collections.abc import Iterable
from typing import NamedTuple

from pipeline.diff import compared, diff, share_article
from schemas.difference import BatchDifference, Difference, StoryOfOne, Total, Unread
from schemas.report import Report


class Pair(NamedTuple):
    """A story as each batch has it, None where one has none; or why one of the two cannot be read."""

    story: str
    before: Report | None = None
    after: Report | None = None
    problem: str | None = None


def diff_batches(pairs: Iterable[Pair]) -> BatchDifference:
    """Return what is different in the later batch, holding no more than two reports at a time.

    Stories go by their names; two of one name that share no article are two stories. Of the stories that
    changed, those with the most new findings come first.
    """
    new: list[StoryOfOne] = []
    gone: list[StoryOfOne] = []
    changed: list[Difference] = []
    same: list[str] = []
    unread: list[Unread] = []
    for story, before, after, problem in pairs:
        if problem is not None:
            unread.append(Unread(story=story, reason=problem))
        elif before is not None and after is not None and share_article(before, after):
            difference = diff(before, after)
            if difference.is_empty:
                same.append(story)
            else:
                changed.append(difference)
        else:
            gone += [_of_one(story, before)] if before is not None else []
            new += [_of_one(story, after)] if after is not None else []
    changed.sort(key=lambda one: (-len(one.findings_new), -len(one.findings_gone), one.after.story))
    return BatchDifference(
        total=Total(
            findings_new=sum(len(one.findings_new) for one in changed) + sum(len(s.findings) for s in new),
            findings_gone=sum(len(one.findings_gone) for one in changed) + sum(len(s.findings) for s in gone),
            findings_changed=sum(len(one.findings_changed) for one in changed),
        ),
        stories_new=tuple(new),
        stories_gone=tuple(gone),
        stories_changed=tuple(changed),
        stories_same=tuple(same),
        stories_unread=tuple(unread),
    )


def _of_one(story: str, report: Report) -> StoryOfOne:
    return StoryOfOne(
        story=story, title=report.title, articles=len(report.articles), findings=compared(report)
    )
