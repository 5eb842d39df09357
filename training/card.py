"""Writes the model card: ``python -m training.card --rows nli.jsonl.gz -o CARD.md``."""

import argparse
import random
from collections import Counter
from pathlib import Path

from training.planted import SOURCE
from training.rows import read_rows
from training.stages import STAGES, mixture

LICENCES = {
    "mnli": "MultiNLI's own terms (mostly OANC)",
    "snli": "CC BY-SA 4.0",
    "semiauto_wiki": "Wikipedia text, CC BY-SA",
    "conjnli": "MIT-style repository",
    "cad_snli": "Apache-2.0",
    "breaking_nli": "CC BY-SA 4.0",
    "fever_binary": "Apache-2.0 repository (DocNLI); Wikipedia text, CC BY-SA",
    SOURCE: "made by rules from the rows above (training/planted.py)",
}
WHERE = {
    "mnli": "MultiNLI, as in technion-cs-nlp/LLMsKnow",
    "snli": "SNLI, as in academic-repository/cat",
    "semiauto_wiki": "nyu-mll/semi-automatic-nli",
    "conjnli": "swarnaHub/ConjNLI",
    "cad_snli": "acmi-lab/counterfactually-augmented-data",
    "breaking_nli": "BIU-NLP/Breaking_NLI",
    "fever_binary": "salesforce/DocNLI, Binary-FEVER-NLI",
    SOURCE: "this project",
}
TEXT = """\
# storycheck verifier

A cross-encoder of 22.7 million weights that reads a sentence or two of evidence and a claim, and gives
three raw scores: supported, contradicted, unsupported. int8 ONNX, English, lower-cased, {tokens} tokens a
pair at most.

- **Made from** all-MiniLM-L6-v2 (Apache-2.0), fine-tuned in two stages by training/train.py, seed {seed}.
- **Meant for** screening pairs of sentences of news articles. Its raw scores are no probabilities.
- **Not meant for** deciding alone whether anything is true, for languages other than English, or for long
  texts.
- **How well it does**: training/measure.py; docs/quality.md has the figures. storycheck does not use it.
- **Known faults**: it trusts shared words too much; arithmetic, sums of parts and world knowledge are
  beyond it; it was trained on captions, fiction, encyclopaedia text and sentences changed by rules, and
  on hardly any news.

## What it was trained on

Rows whose claim occurs in the evaluation sets were left out beforehand.

| source | from | licence | {stages} |
|---|---|---|{rule}|
{rows}

The weights are released under the project's licence, Apache-2.0; text of the sources is not part of them.
"""


def main() -> None:
    """Count what each stage was trained on, and write the card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--out", type=Path, required=True)
    options = parser.parse_args()
    rows = read_rows(options.rows)
    counts = [
        Counter(row.source for row in mixture(rows, stage, random.Random(f"{options.seed}/{stage.name}")))
        for stage in STAGES
    ]
    lines = [
        f"| {name} | {WHERE[name]} | {LICENCES[name]} | " + " | ".join(f"{c[name]:,}" for c in counts) + " |"
        for name in WHERE
    ]
    options.out.write_text(
        TEXT.format(
            tokens=192,
            seed=options.seed,
            stages=" | ".join(f"stage {i}: {stage.name}" for i, stage in enumerate(STAGES, 1)),
            rule="|".join("---:" for _ in STAGES),
            rows="\n".join(lines),
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
