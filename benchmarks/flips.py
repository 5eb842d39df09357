"""Compares two runs over one story: ``python -m benchmarks.flips OUT OTHER``.

How many verdicts change, how many claims are in one run alone, and which flags come and go.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rapidfuzz.fuzz import ratio

from benchmarks.claims import Share, near_equal
from pipeline.store import read_report
from schemas.contradiction import Contradiction, Relation
from schemas.record import Record
from schemas.report import Report, ReportArticle, ReportClaim
from schemas.verdict import Label

_LONGEST_QUOTE: Final = 90  # characters printed
Articles = Mapping[str, ReportArticle]  # by what names an article in both runs
Flag = frozenset[tuple[str, str]]  # article and quote of either side


class FlagShown(Record):
    """A flag in words: what it is about, and its two quotes."""

    kind: str
    quotes: tuple[str, ...]


class Flips(Record):
    """What differs between two runs.

    ``flipped`` is of the claims that both runs have and have judged; ``changes`` counts theirs as
    "supported to unsupported". ``unmatched`` is of the claims of both runs together. Articles whose text is
    not the same in both runs are in ``left_out``, with their claims and flags in no count.
    """

    flipped: Share
    changes: dict[str, int]
    errors: int  # claims in both runs that one of them could not judge
    unmatched: Share
    kept_flags: int
    gone_flags: tuple[FlagShown, ...]
    new_flags: tuple[FlagShown, ...]
    left_out: tuple[str, ...] = ()


def compare_runs(one: Report, other: Report) -> Flips:
    """Return what differs between two runs over one story.

    Two claims are one when they are drawn from the same sentence in nearly the same words, two flags when
    they set the same two quotes against each other. Articles are known by their paths, or by their ids where
    the runs share no path.
    """
    articles, others, left_out = _shared(one, other)
    pairs, unmatched = _matched(_by_sentence(one, articles), _by_sentence(other, others), articles)
    judged = [pair for pair in pairs if Label.error not in (pair[0].verdict.label, pair[1].verdict.label)]
    changes = Counter(
        f"{a.verdict.label.value} to {b.verdict.label.value}"
        for a, b in judged
        if a.verdict.label is not b.verdict.label
    )
    flags, other_flags = _flags(one, articles), _flags(other, others)
    return Flips(
        flipped=Share(part=changes.total(), whole=len(judged)),
        changes=dict(sorted(changes.items())),
        errors=len(pairs) - len(judged),
        unmatched=Share(part=unmatched, whole=2 * len(pairs) + unmatched),
        kept_flags=len(flags.keys() & other_flags.keys()),
        gone_flags=tuple(_shown(flags[key]) for key in flags if key not in other_flags),
        new_flags=tuple(_shown(other_flags[key]) for key in other_flags if key not in flags),
        left_out=left_out,
    )


def _shared(one: Report, other: Report) -> tuple[Articles, Articles, tuple[str, ...]]:
    """Return the articles that are the same in both runs, by one key, and the paths of all others."""
    has_paths = bool({a.path for a in one.articles} & {a.path for a in other.articles})
    first, second = (
        {(article.path if has_paths else article.id): article for article in report.articles}
        for report in (one, other)
    )
    same = {key for key in first.keys() & second.keys() if first[key].text == second[key].text}
    lost = sorted({a.path for articles in (first, second) for key, a in articles.items() if key not in same})
    kept = ({key: a for key, a in articles.items() if key in same} for articles in (first, second))
    return next(kept), next(kept), tuple(lost)


Sentences = Mapping[tuple[str, int, int], list[ReportClaim]]


def _by_sentence(report: Report, articles: Articles) -> Sentences:
    keys = {article.id: key for key, article in articles.items()}
    found: dict[tuple[str, int, int], list[ReportClaim]] = defaultdict(list)
    for claim in report.claims:
        if claim.article_id in keys:
            found[keys[claim.article_id], claim.span.start, claim.span.end].append(claim)
    return found


def _matched(
    one: Sentences, other: Sentences, articles: Articles
) -> tuple[list[tuple[ReportClaim, ReportClaim]], int]:
    """Return the claims that are in both runs, in pairs, and how many are in one alone."""
    pairs: list[tuple[ReportClaim, ReportClaim]] = []
    for key in sorted(one.keys() & other.keys()):
        published = articles[key[0]].published
        alike = [
            (-ratio(a.text, b.text), i, j)
            for i, a in enumerate(one[key])
            for j, b in enumerate(other[key])
            if near_equal(a.text, b.text, published)
        ]
        taken: set[tuple[str, int]] = set()
        for _, i, j in sorted(alike):
            if not taken & {("one", i), ("other", j)}:
                taken |= {("one", i), ("other", j)}
                pairs.append((one[key][i], other[key][j]))
    claims = sum(len(found) for sentences in (one, other) for found in sentences.values())
    return pairs, claims - 2 * len(pairs)


def _flags(report: Report, articles: Articles) -> dict[Flag, Contradiction]:
    """Return the contradictions between articles in both runs; of several on two quotes, the first."""
    keys = {article.id: key for key, article in articles.items()}
    found: dict[Flag, Contradiction] = {}
    for flag in report.contradictions:
        is_shared = all(side.article_id in keys for side in flag.sides)
        if flag.relation is Relation.contradiction and is_shared:
            found.setdefault(frozenset((keys[side.article_id], side.quote) for side in flag.sides), flag)
    return found


def _shown(flag: Contradiction) -> FlagShown:
    return FlagShown(kind=flag.kind.value, quotes=tuple(side.quote for side in flag.sides))


def main(out: Path, other: Path) -> int:
    """Print what differs between the runs in two folders."""
    found = compare_runs(read_report(out), read_report(other))
    print(f"verdicts that change: {found.flipped}; not judged in one of the runs: {found.errors}")
    for change, count in found.changes.items():
        print(f"  {change}: {count}")
    print(f"claims in one run alone: {found.unmatched}")
    print(f"flags in both: {found.kept_flags}; gone: {len(found.gone_flags)}; new: {len(found.new_flags)}")
    for title, flags in (("gone", found.gone_flags), ("new", found.new_flags)):
        for flag in flags:
            print(f"  {title}: {flag.kind}")
            for quote in flag.quotes:
                print(f"      {' '.join(quote.split())[:_LONGEST_QUOTE]}")
    for path in found.left_out:
        print(f"  left out, as it is not the same in both: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
