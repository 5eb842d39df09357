"""Records cassettes/ anew from the embedded model: ``python -m tests.record``.

Takes some ten minutes on two cores. The model is fetched first if it is not there.
"""

import subprocess
import sys

from tests.cassette import FOLDER


def main() -> int:
    """Delete the cassettes and run the tests that have one, recording."""
    for path in FOLDER.glob("*.yaml"):
        path.unlink()
    # once: the tests that share a cassette replay what the first of them recorded. In a process of its own:
    # pytest rewrites modules of its plugins, and tests.cassette has loaded them here.
    options = ["--record-mode=once", "--no-cov", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "tests/test_recorded.py", *options]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
