"""What the fuzzer starts from: hostile articles, the example story, and answers in their form."""

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

from tests.fuzz_targets import BETWEEN, GOOD
from tests.hostile_files import ARTICLES

_EXAMPLES: Final = Path(__file__).parent.parent / "examples" / "ellen-marrick"
_LONGEST: Final = 3000  # bytes
WORDS: Final = (
    "claims n by claim reason relation kind contradiction update speakers_differ compatible date quantity "
    "entity place polarity event attribution null true 1e999 NaN Infinity -1 --- +++ title: date: outlet "
    "published articles Monday May 3rd 2031 0000 9999 yesterday two ago before 12,000 million dozen percent "
    "said told not never Mr. Ann Roe U.S. [[ ]] {} \\\\u0000 \\\\ud800 \\x00\\x00 \\xff\\xfe "
    "\\xe2\\x80\\x9c \\xe2\\x80\\x9d \\xe2\\x80\\x99 \\xe2\\x80\\x94 \\xe2\\x80\\xa6 \\xc5\\xbf \\xc4\\xb0"
).split()


def seeds(target: str) -> Iterator[bytes]:
    """Yield the inputs to begin with."""
    short = [data for data in ARTICLES.values() if len(data) <= _LONGEST and BETWEEN not in data]
    examples = [path.read_bytes()[:_LONGEST] for path in sorted(_EXAMPLES.glob("*.txt"))]
    if target == "files":
        yield from short
        yield from (BETWEEN.join(pair) for pair in pairwise(examples))
    elif target == "sidecar":
        yield b'[articles."a.txt"]\noutlet = "The Courier"\npublished = 2031-05-04\ntitle = "Mill"\n'
        yield (_EXAMPLES / "story.toml").read_bytes()
        yield b"[articles]\n'a.txt' = {title = '''x'''}\n'b.txt'.published = 2031-05-04T10:00:00Z\n"
    else:
        for text in (GOOD.replace("Four", "Nine").encode(), *short, *examples):
            yield BETWEEN.join([text[:900], *_answers(text)])


def _answers(text: bytes) -> Iterator[bytes]:
    lines = [line for line in text.decode("utf-8", "replace").splitlines() if line][:4]
    yield json.dumps({str(n): [line[:200]] for n, line in enumerate(lines, 1)}).encode()
    yield json.dumps({"1": [GOOD.splitlines()[0]]}).encode()
    yield b"\x01\xff\x01"  # the odds of one of three letters
    yield json.dumps({"reason": "They differ.", "relation": "contradiction", "kind": "date"}).encode()
