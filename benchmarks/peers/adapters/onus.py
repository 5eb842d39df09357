"""onus, by its library: each article is the document in turn, and the others are the evidence.

It checks one document against its sources, so a story of n articles takes n runs of what its command does.
Its own extractor words the claims. A finding becomes a flag when the report marks its claim contradicted and
quotes the evidence for it; the other findings (a number, date or claim that the evidence does not hold) name
no second passage.

With the option ``output`` set to ``tools`` its answers come as calls of a tool, as shipped. With ``schema``
they are asked for by a JSON schema, through a setting of pydantic-ai: the embedded model's server does not
hold a small model to a tool call, and lets it write blank lines until its context is full.
"""

# The package is installed in an environment of its own alone, so nothing here knows its types.
# ruff: noqa: ANN401, PLC0415
# mypy: disable-error-code="import-not-found"

from pathlib import Path
from typing import Any

from benchmarks.peers.adapters.task import Side, Task, run


def main(task: Task) -> None:
    """Check every article against the others, and tell each report as soon as it is there."""
    from onus import engine, evidence, report
    from onus.settings import Settings

    model = _model(task)
    for article in task.articles:
        others = [str(other) for other in task.articles if other != article]
        try:
            result = engine.check(article, evidence.load(others), Settings(), model)
        except Exception as error:  # its command ends with that document, too
            reason = " ".join(str(error).split())[:200]
            task.note(f"no result for {article.name}: {type(error).__name__}: {reason}")
            continue
        tell(task, article, report.as_dict(result))


def _model(task: Task) -> Any:
    from pydantic_ai.models.openai import OpenAIChatModel

    if task.options["output"] == "tools":
        return OpenAIChatModel(task.model)
    return OpenAIChatModel(task.model, profile={"default_structured_output_mode": "native"})


def tell(task: Task, article: Path, report: dict[str, Any]) -> None:
    """Tell the findings of ``report``, its fact-check report on ``article``."""
    lines = article.read_text(encoding="utf-8").splitlines()
    claims = {(claim["location"], claim["text"]): claim for claim in report["claims"]}
    flagged: set[tuple[str, str]] = set()
    for finding in report["findings"]:
        place = (finding["label"], finding["snippet"])
        claim = claims.get(place, {})
        evidence = claim.get("evidence") or {}
        side = Side(article.name, finding["snippet"], _line(lines, finding["label"]))
        if claim.get("status") != "contradicted" or not evidence.get("quote"):
            task.finding(side, finding["code"])
        elif place not in flagged:
            flagged.add(place)
            other = Side(evidence["source"].split("#")[0], evidence["quote"])
            task.flag(side, other, claim.get("reason") or "")


def _line(lines: list[str], label: str) -> str | None:
    """Return the line that ``label`` ("line 12") names."""
    number = label.removeprefix("line ")
    return lines[int(number) - 1] if number.isdigit() and 0 < int(number) <= len(lines) else None


if __name__ == "__main__":
    run(main)
