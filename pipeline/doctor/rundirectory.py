"""What a run left in its directory: whether it can be read, gone on with, and written to."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pipeline.doctor.finding import Check, State, free_space
from pipeline.errors import InputError
from pipeline.report.words import counted
from pipeline.store import ANSWERS, DECISIONS, read_decisions, read_report, story_folders, why_read_only
from pipeline.store.folder import REPORT, half_written
from pipeline.store.lock import holder
from pipeline.store.soundness import count_sound, count_waiting
from pipeline.store.vectors import VECTORS

PAGES: Final = ("report.html", "report.md")


def check_run_directory(out: Path) -> Iterator[Check]:
    """Look at a run directory, or that of a batch with the stories in it. Nothing in it is changed."""
    if not out.is_dir():
        yield Check(State.broken, "folder", f"{out} is no folder: give the OUT of a run")
        return
    yield _writable(out)
    at_work = holder(out)
    if at_work is None:
        yield Check(State.ok, "lock", "no run is writing there")
    else:
        yield Check(State.warning, "lock", f"a run is writing there ({at_work}): look again when it is done")
    yield check_answers(out / ANSWERS)
    if (out / VECTORS).exists():
        yield _vectors(out / VECTORS)
    try:
        stories = story_folders(out)
    except InputError as error:
        yield Check(State.broken, "folder", str(error))
        return
    for folder in stories or [out]:
        yield from _story(folder, "" if folder == out else f"{folder.name}: ")
    if stories and not (out / "index.html").is_file():
        yield Check(State.warning, "index.html", f"is not there: storycheck report {out}")
    if stories:
        yield from _left(out, "")
    yield free_space("disk", out)


def _writable(out: Path) -> Check:
    """Look whether files of ours could be replaced; without making one."""
    if not os.access(out, os.R_OK | os.X_OK):
        return Check(State.broken, "permissions", f"{out} cannot be read: make it readable")
    if not os.access(out, os.W_OK | os.X_OK):
        told = f"{out} cannot be written, so that no run can go on there: make it writable"
        return Check(State.warning, "permissions", told)
    return Check(State.ok, "permissions", f"{out} can be read and written")


def check_answers(path: Path) -> Check:
    """Look whether the store of answers at ``path`` is sound; all of it is read, and nothing changed."""
    if not path.exists():
        told = "there are none; a run with --cache keeps them there"
        return Check(State.ok, ANSWERS, told)
    try:
        sound = count_sound(path, "answer")
    except ValueError as error:
        told = f"{error}: remove it and its -wal and -shm; what it held is asked again, open batches included"
        return Check(State.broken, ANSWERS, told)
    waiting = count_waiting(path)
    asked = f"; {counted(waiting, 'question')} in open batches: give the check with --batch again"
    return Check(State.ok, ANSWERS, f"sound, {counted(sound, 'answer')}{asked if waiting else ''}")


def _vectors(path: Path) -> Check:
    try:
        return Check(State.ok, VECTORS, f"sound, {count_sound(path, 'vector'):,} vectors")
    except ValueError as error:
        told = f"{error}: runs go without it; remove it and its -wal and -shm to have it made again"
        return Check(State.warning, VECTORS, told)


def _story(folder: Path, name: str) -> Iterator[Check]:
    if not (folder / REPORT).exists():
        yield Check(State.warning, f"{name}{REPORT}", "is not there: no run came to an end yet, run it again")
        yield from _left(folder, name)
        return
    try:
        report = read_report(folder)
    except InputError as error:
        yield Check(State.broken, f"{name}{REPORT}", str(error))
    else:
        if report.run.complete:
            yield Check(State.ok, f"{name}{REPORT}", f"complete, {len(report.claims):,} claims")
        else:
            told = f"not complete, {len(report.run.failures):,} errors: run the same command again"
            yield Check(State.warning, f"{name}{REPORT}", told)
    for page in PAGES:
        if not (folder / page).is_file():
            yield Check(State.warning, f"{name}{page}", f"is not there: storycheck report {folder}")
    if (folder / DECISIONS).exists():
        yield _decisions(folder, name)
    yield from _left(folder, name)


def _decisions(folder: Path, name: str) -> Check:
    what = f"{name}{DECISIONS}"
    try:
        count_sound(folder / DECISIONS, "event")
        decided = sum(not decision.is_withdrawn for decision in read_decisions(folder))
    except ValueError as error:
        told = f"{error}: put a copy of it back, or move it away and import decisions that were exported"
        return Check(State.broken, what, told)
    except InputError as error:
        return Check(State.broken, what, str(error))
    why = why_read_only(folder)
    if why is not None:
        return Check(State.warning, what, why)
    return Check(State.ok, what, f"sound, {decided:,} decisions")


def _left(folder: Path, name: str) -> Iterator[Check]:
    try:
        left = half_written(folder)
    except OSError as error:
        yield Check(State.broken, f"{name}leftovers", f"{folder} cannot be read ({error.strerror})")
        return
    if left:
        told = f"{len(left)} half-written files of a run that was killed; the next run removes them"
        yield Check(State.warning, f"{name}leftovers", told)
