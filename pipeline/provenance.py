"""What made a report, for run.json: versions and hashes of everything that decides what it says."""

import platform
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from pipeline import __version__
from pipeline.reading.sidecar import SIDECAR
from pipeline.suspect import WEIGHTS as SUSPICION
from pipeline.trace import Trace, sha256
from pipeline.verifier.embedder import shipped
from pipeline.verifier.stance import StanceMap
from schemas.report import Report
from schemas.run import ArticleRead, MadeBy, RunRecord

# What reads articles, puts questions, computes or writes: another version may come to another report.
DECIDING: Final = (
    "bm25s",
    "charset-normalizer",
    "htmldate",
    "instructor",
    "jinja2",
    "lxml",
    "markupsafe",
    "numpy",
    "onnxruntime",
    "openai",
    "py3langid",
    "pydantic",
    "pypdf",
    "pystemmer",
    "python-docx",
    "rapidfuzz",
    "tokenizers",
    "trafilatura",
    "xllamacpp",
)
_ROOT: Final = Path(__file__).parent.parent
_CODE: Final = (".py", ".j2", ".css", ".js", ".json", ".toml", ".md")


def record_run(report: Report, trace: Trace, fitted: StanceMap | None) -> RunRecord:
    """Return the record of the run that made ``report``, but for the files that are still to be written."""
    return RunRecord(
        story=report.story,
        run=report.run,
        made_by=made_by(fitted),
        articles=tuple(
            ArticleRead(id=a.id, path=a.path, sha256=a.sha256, file_sha256=a.file_sha256)
            for a in report.articles
        ),
        sidecars=sidecars(article.path for article in report.articles),
        lacks=trace.lacks,
        answers=dict(sorted(trace.answers.items())),
        unanswered=dict(sorted(trace.unanswered.items())),
    )


def made_by(fitted: StanceMap | None) -> MadeBy:
    """Return what is at work in this process; ``fitted`` is the map of the model's odds, if there is one."""
    odds = {} if fitted is None else {"map of odds": sha256(fitted.model_dump_json().encode())}
    return MadeBy(
        storycheck=__version__,
        code_sha256=_code(),
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        packages=_packages(),
        data={**_shipped(), **odds},
    )


def sidecars(paths: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of each story.toml beside the articles at ``paths``, those that can be read."""
    found: dict[str, str] = {}
    for folder in sorted({str(Path(path).parent) for path in paths}):
        beside = Path(folder) / SIDECAR
        try:
            if beside.is_file():
                found[str(beside)] = sha256(beside.read_bytes())
        except (OSError, ValueError):  # a path that was escaped to be shown is none
            continue
    return found


@cache
def _code() -> str:
    """Return the SHA-256 of the files of this package, by name and content."""
    folders = [_ROOT / name for name in ("pipeline", "schemas", "prompts")]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in _CODE)
    named = (f"{path.relative_to(_ROOT).as_posix()} {sha256(path.read_bytes())}\n" for path in files)
    return sha256("".join(named).encode())


@cache
def _shipped() -> dict[str, str]:
    return {**shipped().sha256, "map of suspicions": sha256(SUSPICION.read_bytes())}


@cache
def _packages() -> dict[str, str]:
    found = {}
    for name in DECIDING:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    return found
