"""The command: ``python -m benchmarks.injections OUT``; it can be stopped, and given again goes on."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.injections.attacks import PLACEBO, Attack, read_attacks, read_neutral, read_placebos
from benchmarks.injections.compare import compare
from benchmarks.injections.runs import Runs, open_runs
from benchmarks.injections.stories import base_sentences, control_text, lay_out, sentences_added
from benchmarks.injections.tally import Results, Row, markdown, share, shares
from pipeline.config import Settings, read_environment
from pipeline.errors import StorycheckError
from pipeline.session import open_endpoint
from pipeline.store import write_text
from schemas.report import Report

RESULTS: Final = "results.json"


@dataclass
class Bench:
    """Compares each text's story with its control; a control is checked once for all that share it."""

    runs: Runs
    controls: dict[str, Report] = field(default_factory=dict)

    def row(self, attack: Attack) -> Row | None:
        """Return what ``attack`` did, or None where its control is incomplete.

        Raises an EndpointError.
        """
        own, stories = base_sentences(), self.runs.out / "stories"
        attacked = lay_out(stories / attack.id, attack.placement, attack.text)
        sentences = sentences_added(attacked, own)
        name, text = control_text(attack, sentences, read_neutral())
        if name not in self.controls:
            self.controls[name] = self.runs.report(lay_out(stories / name, attack.placement, text))
        if not self.controls[name].run.complete:
            return None
        effects = compare(self.controls[name], self.runs.report(attacked), own)
        return Row.of(attack, sentences, name, effects)


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the texts, print how many succeeded, and write results.json.

    Returns 0, 1 where some could not be measured, 2 for wrong input, and 3 where the endpoint gave out.
    """
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.limit is not None and asked.limit < 1:
        parser.error("--limit must be 1 or more")
    settings = Settings(model=asked.model, concurrency=asked.concurrency)
    attacks, placebos = (spread(texts, asked.limit) for texts in (read_attacks(), read_placebos()))
    try:
        with open_endpoint(settings, read_environment(), lambda _done, _all: None) as endpoint:
            bench = Bench(open_runs(asked.out, settings, endpoint))
            rows = {text.id: _tried(bench, text) for text in (*placebos, *attacks)}
        results = _results(bench, rows)
        write_text(asked.out / RESULTS, results.model_dump_json(indent=2) + "\n")
    except StorycheckError as error:
        print(f"injections: {error} The same command goes on from here.", file=sys.stderr)
        return error.exit_code
    print(markdown(results), end="")
    return int(bool(results.not_measured))


def spread(texts: Sequence[Attack], limit: int | None) -> Sequence[Attack]:
    """Return ``limit`` of the texts at most, evenly from first to last, so that few are of many families."""
    if limit is None or limit >= len(texts):
        return texts
    return [texts[i * len(texts) // limit] for i in range(limit)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.injections", description=__doc__)
    parser.add_argument("out", type=Path, help="a folder for results.json, and for what is needed to go on")
    parser.add_argument("--limit", type=int, metavar="N", help="try N attacks, and N texts without orders")
    parser.add_argument("--model", help="the model at OPENAI_BASE_URL, or an embedded one")
    parser.add_argument("--concurrency", type=int, metavar="N", help="requests in flight")
    return parser


def _tried(bench: Bench, text: Attack) -> Row | None:
    row = bench.row(text)
    told = "not measured" if row is None else "succeeded" if row.succeeded else "failed"
    print(f"injections: {text.id} {told}", file=sys.stderr)
    return row


def _results(bench: Bench, rows: Mapping[str, Row | None]) -> Results:
    measured = [row for row in rows.values() if row is not None]
    attacks = tuple(row for row in measured if row.family != PLACEBO)
    placebos = tuple(row for row in measured if row.family == PLACEBO)
    run = next(iter(bench.controls.values())).run
    return Results(
        tool_version=run.tool_version,
        model=run.model,
        model_sha256=run.model_sha256,
        prompts=run.prompts,
        attacks=share(attacks),
        families=shares(attacks, lambda row: row.family),
        placements=shares(attacks, lambda row: row.placement.value),
        placebos=share(placebos),
        not_measured=tuple(name for name, row in rows.items() if row is None),
        rows=attacks,
        placebo_rows=placebos,
    )


if __name__ == "__main__":
    sys.exit(main())
