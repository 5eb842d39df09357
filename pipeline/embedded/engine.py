"""Which build of llama.cpp is installed: the published one, or one made for this machine."""

from importlib.metadata import Distribution, distribution
from pathlib import PurePath
from typing import Final

PACKAGE: Final = "xllamacpp"
_MODULE_SUFFIXES: Final = (".so", ".pyd")
_DIGITS: Final = 16  # of a hash; enough to tell builds apart


def own_build(installed: Distribution | None = None) -> str | None:
    """Return a name for the installed build if it was made from source, or None for the published one.

    Other instructions of the processor round otherwise, so that answers of two builds can differ. Read from
    what was recorded at installation, as loading the engine takes longer; None, too, where that says nothing.
    Only on Linux can the two be told apart: what is published there is never tagged plain ``linux``.
    """
    found = installed or distribution(PACKAGE)
    lines = (found.read_text("WHEEL") or "").splitlines()
    platforms = [line.rsplit("-", 1)[-1] for line in lines if line.startswith("Tag:")]
    if not any(platform.startswith("linux_") for platform in platforms):
        return None
    hashes = [
        file.hash.value[:_DIGITS]
        for file in found.files or ()
        if file.hash is not None and PurePath(file).suffix in _MODULE_SUFFIXES
    ]
    return " ".join((PACKAGE, found.version, *sorted(hashes)))
