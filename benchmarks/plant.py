"""Plants conflicts in a real story: ``python -m benchmarks.plant STORY OUT --seed N [--edits K]``.

Facts that two articles of STORY state are changed in one of them. OUT is STORY with those sentences edited,
and ``planted.json`` beside the articles. The unedited story is the control. How well a run over OUT did:

    python -m benchmarks.plant --score OUT RUN [--control RUN_OVER_STORY] [--judged FILE] [--json FILE]

Both kinds of run are those of ``storycheck check``; ``benchmarks.plantscore`` says what is counted.
"""

import argparse
import shutil
import sys
from collections import Counter
from pathlib import Path
from random import Random

from benchmarks.planting.candidates import Candidate, candidates
from benchmarks.planting.choosing import chosen
from benchmarks.planting.lines import Line, rewritten
from benchmarks.planting.planted import Counterpart, Plant, Rewritten, write_planted
from benchmarks.plantscore import report_score
from pipeline.errors import InputError
from pipeline.ingest import ingest
from pipeline.origins import find_origins
from pipeline.reading.sidecar import SIDECAR
from pipeline.reading.sources import shown
from schemas.article import Story


def plant(folder: Path, out: Path, seed: int, most: int = 10) -> tuple[Plant, ...]:
    """Write the story in ``folder`` to ``out`` with up to ``most`` facts changed; return what was changed.

    The same seed makes the same edits. Raises InputError where ``folder`` holds no single story, or ``out``
    is not empty.
    """
    stories = ingest([folder])
    if len(stories) != 1:
        raise InputError(f"{shown(folder)} holds {len(stories)} stories: give the folder of one")
    if out.exists() and any(out.iterdir()):
        raise InputError(f"{shown(out)} is not empty: give another folder")
    story, rng = stories[0], Random(seed)
    taken = chosen(candidates(story.articles, rng), most, rng)
    plants = _records(taken, story, seed)
    _write_story(folder, out, story, taken)
    write_planted(out, plants)
    return plants


def _records(taken: list[Candidate], story: Story, seed: int) -> tuple[Plant, ...]:
    origins = find_origins(story.articles)
    found = []
    for number, candidate in enumerate(taken, start=1):
        first, *rest = candidate.rewrites
        lines = [(line, True) for line in candidate.counterparts] + [
            (line, False) for line in candidate.unsure
        ]
        mine = origins[first.line.article.id]
        found.append(
            Plant(
                id=f"{seed}-{number}",
                kind=candidate.kind,
                article=_file_name(first.line),
                before=first.edit.before,
                after=first.edit.after,
                original=first.line.quote,
                edited=first.edited,
                also=tuple(Rewritten(original=r.line.quote, edited=r.edited) for r in rest),
                counterparts=tuple(
                    Counterpart(
                        article=_file_name(line),
                        quote=line.quote,
                        is_copy=origins[line.article.id] == mine,
                        is_sure=is_sure,
                    )
                    for line, is_sure in lines
                ),
            )
        )
    return tuple(found)


def _file_name(line: Line) -> str:
    return Path(line.article.path).name


def _write_story(folder: Path, out: Path, story: Story, taken: list[Candidate]) -> None:
    """Copy the articles and the sidecar; what was edited is UTF-8, with its line ends as they were."""
    out.mkdir(parents=True, exist_ok=True)
    edited = {}
    for article in story.articles:
        rewrites = [r for c in taken for r in c.rewrites if r.line.article.id == article.id]
        if rewrites:
            edited[article.path] = rewritten(article, rewrites)
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in (".txt", ".md") and path.name != SIDECAR:
            continue
        if text := edited.get(shown(path)):
            (out / path.name).write_bytes(text.encode())
        else:
            shutil.copyfile(path, out / path.name)


def main(arguments: list[str]) -> int:
    """Plant, or score, as the arguments say; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.plant", description="Plant conflicts in a story."
    )
    parser.add_argument("first", type=Path, metavar="STORY", help="the story; with --score, the planted one")
    parser.add_argument("second", type=Path, metavar="OUT", help="a new folder; with --score, a run over it")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--edits", type=int, default=10, help="at most so many (default 10)")
    parser.add_argument("--score", action="store_true", help="score a run instead")
    parser.add_argument("--control", type=Path, help="the run over the unedited story")
    parser.add_argument("--judged", type=Path, help="the flags of the control that a person has read")
    parser.add_argument("--json", type=Path, help="where to write the score (default OUT/plantscore.json)")
    given = parser.parse_args(arguments)
    try:
        if given.score:
            return report_score(given.first, given.second, given.control, given.judged, given.json)
        plants = plant(given.first, given.second, given.seed, given.edits)
    except (InputError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    kinds = Counter(planted.kind.value for planted in plants)
    print(f"{len(plants)} planted: {', '.join(f'{n} {kind}' for kind, n in sorted(kinds.items())) or 'none'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
