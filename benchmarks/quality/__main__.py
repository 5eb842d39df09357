"""Writes docs/quality.md and its diagrams: ``python -m benchmarks.quality``; no model is asked anything."""

import sys
from pathlib import Path
from typing import Final

from benchmarks.quality.judging import PICTURES
from benchmarks.quality.page import render
from benchmarks.quality.results import FOLDER, read_results
from pipeline.errors import InputError
from pipeline.store import make_folder, write_text

DOCS: Final = Path(__file__).parents[2] / "docs"


def main(results: Path = FOLDER, docs: Path = DOCS) -> int:
    """Render ``results`` into ``docs``, and remove old diagrams; return 2 where the results are faulty."""
    try:
        files = render(read_results(results))
        for name, text in files.items():
            make_folder((docs / name).parent)
            write_text(docs / name, text)
        for old in sorted((docs / PICTURES).glob("reliability-*.svg")):
            if f"{PICTURES}/{old.name}" not in files:
                old.unlink()
    except (InputError, ValueError) as error:
        print(f"quality: {error}", file=sys.stderr)
        return 2
    print(f"{docs / 'quality.md'} written, with {len(files) - 1} diagrams")
    return 0


if __name__ == "__main__":
    sys.exit(main())
