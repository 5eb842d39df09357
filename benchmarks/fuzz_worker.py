"""One process of the fuzzer, which libFuzzer may end: ``benchmarks.fuzz`` starts it."""

import sys
from pathlib import Path

import atheris  # type: ignore[import-untyped]

with atheris.instrument_imports(include=["pipeline", "schemas"]):
    from benchmarks.fuzz import keep
    from tests.fuzz_targets import TARGETS


def main() -> None:
    """Fuzz the target named first; what it raises is kept in the folder named second."""
    target, folder = sys.argv[1], Path(sys.argv[2])

    def one(data: bytes) -> None:
        try:
            TARGETS[target](data)
        except Exception as error:
            keep(target, data, error, folder)

    atheris.Setup([sys.argv[0], *sys.argv[3:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
