"""The tables on single judgements: public sets of claims, decomposition, and what is worth checking."""

from benchmarks.quality.aims import NOT_MEASURED, head
from benchmarks.quality.figure import NO_VALUE, of_estimate, of_share, plain, table
from benchmarks.quality.results import Results
from pipeline.evaluation.reliability import file_name, render_reliability
from pipeline.evaluation.tables import notes
from pipeline.report.text import escape

PICTURES = "quality"  # the folder of the diagrams, beside the page


def sets(results: Results) -> str:
    """Return the balanced accuracy of every judge on every set, then more about the one that counts."""
    if (found := results.sets) is None:
        return f"{NOT_MEASURED.capitalize()}."
    names = [judge.judge for judge in found.judges]
    lines = [
        (
            first.name,
            f"{len(first.labels)}-way",
            first.judged,
            *(of_estimate(judge.evaluation.sets[i].balanced_accuracy) for judge in found.judges),
        )
        for i, first in enumerate(found.judges[0].evaluation.sets)
    ]
    asked = f"Language model: {found.model}. " if found.model else "No language model was asked. "
    fitted = f"Maps are fitted on {', '.join(found.fitted_on)}. Seed {found.seed}."
    spent = f"{found.usage.calls:,} calls, {found.usage.cached_calls:,} answers were stored."
    parts = [
        "Balanced accuracy:",
        table(("set", "labels", "rows", *names), lines, texts=2),
        escape(f"{asked}{spent} {fitted} storycheck {found.tool_version}."),
        _more(results),
        "\n".join(f"- {escape(note)}" for note in notes(head(found).evaluation)),
        "\n".join(_pictures(results)),
    ]
    return "\n\n".join(part for part in parts if part)


def pictures(results: Results) -> dict[str, str]:
    """Return the reliability diagrams of the judge that counts, as SVG by file name."""
    if results.sets is None:
        return {}
    return {file_name(r.name): render_reliability(r) for r in head(results.sets).evaluation.sets}


def _pictures(results: Results) -> list[str]:
    assert results.sets is not None  # noqa: S101 - its one caller has looked
    shown = [escape(found.name) for found in head(results.sets).evaluation.sets]
    files = list(pictures(results))
    return [
        f"![Reliability diagram of {name}]({PICTURES}/{file})"
        for name, file in zip(shown, files, strict=True)
    ]


def _more(results: Results) -> str:
    assert results.sets is not None  # noqa: S101 - its one caller has looked
    judge = head(results.sets)
    measures = table(
        ("set", "macro F1", "AUC", "ECE", "Brier"),
        [
            (
                found.name,
                *(of_estimate(e) for e in (found.macro_f1, found.macro_auc, found.calibration_error)),
                plain(found.brier),
            )
            for found in judge.evaluation.sets
        ],
    )
    labels = table(
        ("set", "label", "rows", "decided so", "precision", "recall"),
        [
            (
                found.name,
                label.label.name,
                label.support,
                label.decided,
                of_estimate(label.precision),
                of_estimate(label.recall),
            )
            for found in judge.evaluation.sets
            for label in found.labels
        ],
        texts=2,
    )
    return f"More about *{escape(judge.judge)}*:\n\n{measures}\n\n{labels}"


def decomposition(results: Results) -> str:
    """Return how our claims compare with those of people."""
    if (found := results.decomposition) is None:
        return f"{NOT_MEASURED.capitalize()}."
    lines = [
        (
            part.name,
            f"{part.drawn} of {part.passages}",
            part.failed,
            of_share(part.covered),
            of_share(part.covered_by_words),
            of_share(part.supported),
        )
        for part in found.sets
    ]
    header = (
        "set",
        "texts",
        "not fully read",
        "claims of people covered",
        "by the words of one claim",
        "our claims supported by the text",
    )
    told = escape(f"Claims worded by {found.model}, seed {found.seed}, storycheck {found.tool_version}.")
    return f"{table(header, lines)}\n\n{told}"


def checkworthy(results: Results) -> str:
    """Return how well claims are put in the order of their worth."""
    if (found := results.checkworthy) is None:
        return f"{NOT_MEASURED.capitalize()}."
    orders = list(dict.fromkeys(measure.order for measure in found.measures))
    names = list(dict.fromkeys(measure.measure for measure in found.measures))
    values = {(m.measure, m.order): plain(m.estimate) for m in found.measures}
    lines = [(name, *(values.get((name, order), NO_VALUE) for order in orders)) for name in names]
    told = f"{found.rows:,} rows, {found.worthy:,} of them check-worthy."
    return f"{table(('measure', *orders), lines)}\n\n{told}"


def verifier(results: Results) -> str:
    """Return how a cross-encoder does that was trained for the purpose."""
    if (found := results.verifier) is None:
        return f"{NOT_MEASURED.capitalize()}."
    rows = f"{found.rows_a_set:,} rows at most" if found.rows_a_set else "all rows"
    lines = [
        (f"balanced accuracy, {name}", rows, f"{100 * accuracy:.1f} %")
        for name, accuracy in found.balanced_accuracy.items()
    ]
    told_apart = {"planted sentences": found.planted, "open benchmark stories": found.stories}
    lines += [
        (
            f"AUC of contradiction, {name}",
            f"{told.conflicts:,} conflicts, {told.others:,} others",
            f"{told.auc:.3f}",
        )
        for name, told in told_apart.items()
        if told is not None
    ]
    size = f"Its weights are {found.bytes / 1e6:.1f} MB."
    return f"{table(('measure', 'on', 'value'), lines, texts=2)}\n\n{size}"
