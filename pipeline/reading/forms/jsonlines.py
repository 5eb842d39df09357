"""JSON Lines: an object a line, each an article of its own."""

import json
from collections.abc import Iterator
from io import BufferedReader

from pipeline.reading.decode import NotText
from pipeline.reading.forms.fields import LONGEST_FIELD, Fields, Unmet, article
from pipeline.reading.forms.kept import Kept, Row


def read_json_lines(file: BufferedReader, fields: Fields) -> Iterator[Row]:
    """Yield the articles of ``file``, and what is none with its reason; blank lines are passed over."""
    number = 0
    unmet = Unmet(fields)
    while line := file.readline(LONGEST_FIELD + 1):
        number += 1
        if len(line) > LONGEST_FIELD:
            while line and not line.endswith(b"\n"):
                line = file.readline(LONGEST_FIELD)
            yield Row(number, f"a line of more than {LONGEST_FIELD // 1_000_000} MB")
        elif line.strip():
            yield Row(number, _line(line, fields, unmet))
    told = unmet.told()
    if told:
        yield Row(None, told)


def _line(line: bytes, fields: Fields, unmet: Unmet) -> Kept | str:
    try:
        found = json.loads(line.decode("utf-8-sig"))
        if not isinstance(found, dict):
            return 'not an object such as {"text": "…", "outlet": "…"}'
        unmet.look(found)
        return article(found, fields)
    except NotText as error:
        return str(error)
    except UnicodeError:
        return "not valid UTF-8"
    except (ValueError, RecursionError) as error:
        return f"not valid JSON: {error}"
