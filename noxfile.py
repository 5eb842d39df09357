"""The tests on each Python that is supported: `nox`; some on one: `nox -s tests-3.12 -- tests/test_dates.py`.

An interpreter that is not on this machine is skipped, and said so. mypy looks at the code as Windows and
macOS have it, where no machine of theirs is at hand.
"""

import nox

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
ELSEWHERE = ("win32", "darwin")

nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = False


@nox.session(python=PYTHONS[0])
def lint(session: nox.Session) -> None:
    """Look at form and types, for each system that is supported."""
    _install(session)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    for platform in ELSEWHERE:  # of what is installed there; what is for another system cannot be reached
        shipped = ("-p", "pipeline", "-p", "schemas")
        session.run("mypy", "--platform", platform, "--no-warn-unreachable", *shipped)


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests, or those that are named after ``--``."""
    _install(session)
    session.run("pytest", *session.posargs)


def _install(session: nox.Session) -> None:
    """Install what is locked, by its hashes, and this package beside it."""
    session.install("--quiet", "--require-hashes", "--only-binary=:all:", "-r", "requirements-dev.lock")
    session.install("--quiet", "--no-deps", "--no-build-isolation", "-e", ".")
