"""The process that ``apart`` begins: reads one file after the other until there are no more."""

import json
import os
import signal
import sys
from typing import Any, Final

from pipeline.reading.decode import NotText
from pipeline.reading.forms.kept import Kept
from pipeline.reading.forms.table import FORMS, Single

MOST_MEMORY: Final = 4_000_000_000  # bytes of addresses


def main() -> None:
    """Answer on standard output what comes on standard input: a line of JSON for each file."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # which all of a group are sent; the command ends this one
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # a library may print
    _bound_memory()
    files = sys.stdin.buffer
    while line := files.readline():
        asked = json.loads(line)
        answer = _answer(asked["suffix"], files.read(asked["size"]))
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def _answer(suffix: str, data: bytes) -> dict[str, Any]:
    form = FORMS[suffix]
    assert isinstance(form, Single)  # noqa: S101 - those of many rows are not read here
    try:
        return {"kept": _storable(form.read(data)).model_dump(mode="json")}
    except NotText as error:
        return {"reason": str(error)}
    except MemoryError:
        return {"reason": f"takes more than {MOST_MEMORY // 1_000_000_000} GB of memory to read"}
    except ImportError as error:
        return {"reason": f"what reads it is not there ({error.name or error}): see storycheck doctor"}
    except Exception as error:
        return {"reason": f"damaged, or of no kind that can be read ({type(error).__name__})"}


def _storable(kept: Kept) -> Kept:
    """Return ``kept`` with each half of a character, which no file can hold, replaced by a question mark."""
    return kept.model_copy(update={"text": kept.text.encode("utf-8", "replace").decode()})


def _bound_memory() -> None:
    if sys.platform == "win32":  # it has no such bound
        return
    import resource  # noqa: PLC0415 - not on Windows

    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = MOST_MEMORY if most == resource.RLIM_INFINITY else min(MOST_MEMORY, most)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, most))


if __name__ == "__main__":
    main()
