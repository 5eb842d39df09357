"""Checks laid-out stories one after the other, and goes on where an earlier call stopped."""

import asyncio
import functools
import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pipeline import __version__
from pipeline.batch import check_stories
from pipeline.config import Settings
from pipeline.errors import InputError
from pipeline.llm import Endpoint
from pipeline.progress import Silent
from pipeline.store import prepare_run_directory, read_report
from schemas.article import Story
from schemas.report import Report

PROGRESS: Final = "progress.jsonl"
ANSWERS: Final = "answers.sqlite"


@dataclass(frozen=True)
class Runs:
    """The runs in one folder: a line in ``progress.jsonl`` for each that is done, answers shared by all."""

    out: Path
    settings: Settings
    endpoint: Endpoint

    def report(self, story: Story) -> Report:
        """Return the report on ``story``, from an earlier call where there is a complete one.

        Raises an EndpointError where the endpoint gave out: then nothing is known about the story.
        """
        folder, key = self.out / "runs" / story.name, self._key(story)
        if self._is_done(story.name, key):
            try:
                return read_report(folder)
            except InputError:
                pass  # lost or damaged: made again from the answers
        folder.mkdir(parents=True, exist_ok=True)
        prepare_run_directory(folder)
        outcome = asyncio.run(check_stories([story], folder, self.settings, self.endpoint, Silent()))
        if outcome.stopped is not None:
            raise outcome.stopped
        report = outcome.checked[0].report
        if report.run.complete:
            self._note(story.name, key)
        return report

    def _key(self, story: Story) -> str:
        """Return what must be the same for a report to stand: the texts, the model and the prompts."""
        parts = [
            sorted((a.name, a.text, a.outlet, str(a.published)) for a in story.articles),
            [self.endpoint.name, self.endpoint.model, self.endpoint.model_sha256],
            sorted(self.settings.prompts.items()),
            __version__,
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _is_done(self, name: str, key: str) -> bool:
        lines = (self.out / PROGRESS).read_text(encoding="utf-8").splitlines()
        return _line(name, key) in lines

    def _note(self, name: str, key: str) -> None:
        with (self.out / PROGRESS).open("a", encoding="utf-8") as file:
            file.write(_line(name, key) + "\n")


def open_runs(out: Path, settings: Settings, endpoint: Endpoint) -> Runs:
    """Return the runs in ``out``, made if need be. Raises InputError where it holds what is not ours."""
    if out.is_dir() and any(out.iterdir()) and not (out / PROGRESS).is_file():
        raise InputError(f"{out} holds other files: name an empty folder")
    out.mkdir(parents=True, exist_ok=True)
    (out / PROGRESS).touch()
    # Each story opens its own client: one model is to serve them all.
    start = functools.cache(endpoint.start) if endpoint.start else None
    shared = settings.model_copy(update={"cache": out / ANSWERS})
    return Runs(out, shared, replace(endpoint, start=start))


def _line(name: str, key: str) -> str:
    return json.dumps({"run": name, "key": key})
