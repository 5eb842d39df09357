"""Records cassettes/ anew from the embedded model: ``python -m tests.record``.

Takes some ten minutes on two cores. The model is fetched first if it is not there.
"""

import sys

import pytest

from tests.cassette import FOLDER


def main() -> int:
    """Delete the cassettes and run the tests that have one, recording."""
    for path in FOLDER.glob("*.yaml"):
        path.unlink()
    # once: the tests that share a cassette replay what the first of them recorded.
    return int(
        pytest.main(["tests/test_recorded.py", "--record-mode=once", "--no-cov", "-p", "no:cacheprovider"])
    )


if __name__ == "__main__":
    sys.exit(main())
