"""What an evaluation showed, as tables for a terminal and as evaluation.md."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipeline.evaluation.reliability import file_name
from pipeline.evaluation.shown import percent, plain
from pipeline.report import words
from pipeline.report.text import escape
from schemas.evaluation import Evaluation, SetResult


class Table(NamedTuple):
    """A table of text as it came, not escaped; all columns but the first ``texts`` hold numbers."""

    header: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    texts: int


def overview(evaluation: Evaluation) -> Table:
    """Return one line a set: its measures in percent with their 95 % intervals, and what they took."""
    measures = ("balanced accuracy", "macro F1", "AUC", "ECE", "Brier")
    header = ("set", "labels", "rows", *measures, "time", "calls", "tokens")
    return Table(header, tuple(_overview_line(result) for result in evaluation.sets), texts=2)


def by_label(evaluation: Evaluation) -> Table:
    """Return one line for each label of each set."""
    header = ("set", "label", "rows", "decided", "precision", "recall", "F1", "AUC")
    lines = (
        (
            result.name,
            label.label.name,
            f"{label.support:,}",
            f"{label.decided:,}",
            *(percent(share) for share in (label.precision, label.recall, label.f1, label.auc)),
        )
        for result in evaluation.sets
        for label in result.labels
    )
    return Table(header, tuple(lines), texts=2)


def notes(evaluation: Evaluation) -> tuple[str, ...]:
    """Return what a reader of the tables must know: what was left out, and what belongs together."""
    found = []
    for result in evaluation.sets:
        if result.drawn < result.rows:
            found.append(f"Set {result.name}: {result.drawn:,} of {result.rows:,} rows were drawn.")
        for reason, count in result.not_judged.items():
            missing = words.counted(count, "row")
            found.append(f"Set {result.name}: {missing} not judged, and in no measure: {reason}")
        if result.clusters < result.judged:
            groups = words.counted(result.clusters, "group")
            found.append(f"Set {result.name}: its rows are in {groups} that are resampled whole.")
    return tuple(found)


def render_markdown(evaluation: Evaluation) -> str:
    """Return evaluation.md: the tables, the reliability diagrams, and how it was made."""
    return "\n".join(_markdown(evaluation)) + "\n"


def _markdown(evaluation: Evaluation) -> Iterator[str]:
    yield from ("# How well claims are judged", "", _method(evaluation), "")
    yield from ("## Sets", "", *_table(overview(evaluation)), "")
    yield from ("## Labels", "", *_table(by_label(evaluation)), "")
    if told := notes(evaluation):
        yield from ("## Notes", "", *(f"- {escape(note)}" for note in told), "")
    yield from ("## Confusion and reliability", "")
    for result in evaluation.sets:
        name = escape(result.name)
        yield from (f"### {name}", "", *_table(_confusion(result)), "")
        yield from (f"![Reliability diagram of {name}]({file_name(result.name)})", "")
    yield from ("## How this was made", "", *_made(evaluation))


def _method(evaluation: Evaluation) -> str:
    return (
        "Measures are in percent, Brier aside, with 95 % bootstrap intervals in brackets "
        f"({evaluation.plan.resamples:,} samples of whole groups of rows). The label with the highest score "
        "is decided on; scores of labels that a set does not tell apart are summed. ECE is how far "
        "confidence and the share of right decisions lie apart, Brier the squared error of all scores, 0 to "
        "2: less is better. Chance alone makes ECE and its interval the larger the fewer rows there are."
    )


def _made(evaluation: Evaluation) -> Iterator[str]:
    plan = evaluation.plan
    if plan.judge:
        yield f"- Judge: {escape(plan.judge)}"
    yield "- Weights: " + ", ".join(f"{label} {weight:g}" for label, weight in plan.weights)
    yield f"- Seed: {plan.seed}; rows drawn from each set: {plan.limit or 'all'}"
    yield f"- storycheck {escape(evaluation.tool_version)}, {evaluation.finished_at:%Y-%m-%d %H:%M} UTC"


def _overview_line(result: SetResult) -> tuple[str, ...]:
    usage = result.usage
    stored = f" (+{usage.cached_calls:,} stored)" if usage.cached_calls else ""
    shares = (result.balanced_accuracy, result.macro_f1, result.macro_auc, result.calibration_error)
    return (
        result.name,
        "/".join(label.label.name for label in result.labels),
        f"{result.judged:,}",
        *(percent(share) for share in shares),
        plain(result.brier),
        words.seconds(result.time_s),
        f"{usage.calls:,}{stored}",
        f"{usage.tokens_in + usage.tokens_out:,}",
    )


def _confusion(result: SetResult) -> Table:
    names = [label.label.name for label in result.labels]
    lines = (
        (name, *(f"{count:,}" for count in counts))
        for name, counts in zip(names, result.confusion, strict=True)
    )
    return Table(("right label", *(f"decided {name}" for name in names)), tuple(lines), texts=1)


def _table(table: Table) -> Iterator[str]:
    rule = ["---"] * table.texts + ["---:"] * (len(table.header) - table.texts)
    yield _line(map(escape, table.header))
    yield _line(rule)
    yield from (_line(map(escape, line)) for line in table.lines)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
