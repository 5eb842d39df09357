"""Labelled rows are read from a user's files, and what cannot be used is told line by line."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.evaluation import read_rows, read_sets
from schemas.evaluation import GoldLabel

ROW = {"claim": "The ferry sank.", "evidence": "It sank at noon.", "label": "supported"}

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).filter(str.strip)
labels = st.sampled_from([label.value for label in GoldLabel])
rows = st.lists(st.fixed_dictionaries({"claim": texts, "evidence": texts, "label": labels}), min_size=1)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def lines(*found: object) -> str:
    return "".join(json.dumps(row) + "\n" for row in found)


def faults(path: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_rows(path)
    return str(caught.value).splitlines()


@settings(deadline=None, max_examples=40)
@given(rows)
def test_every_text_survives_in_either_format(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[dict[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, ["claim", "evidence", "label"], quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(wanted)
    for path in (
        written(folder, "a.jsonl", lines(*wanted)),
        written(folder, "b.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\r\n" for row in wanted)),
        written(folder, "c.csv", table.getvalue()),
    ):
        found = read_rows(path)
        assert [{"claim": r.claim, "evidence": r.evidence, "label": r.label.value} for r in found] == wanted
        assert len({row.id for row in found}) == len(found)


def test_other_fields_are_kept_as_meta(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jsonl", lines({**ROW, "id": 7, "group": "g", "meta": {"a": 1}, "page": [2]}))
    (row,) = read_rows(path)
    assert (row.id, row.group, row.meta) == ("7", "g", {"a": 1, "page": [2]})
    table = written(tmp_path, "b.tsv", "label\tclaim\tevidence\tpage\tid\nsupported\tA.\tB.\t3\t\n")
    (row,) = read_rows(table)
    assert row.meta == {"page": "3"}
    assert row.id


def test_an_id_comes_from_the_content(tmp_path: Path) -> None:
    other = {**ROW, "claim": "The ferry floats."}
    one = read_rows(written(tmp_path, "a.jsonl", lines(ROW, other)))
    two = read_rows(written(tmp_path, "b.jsonl", lines(other, ROW)))
    assert [row.id for row in one] == [row.id for row in reversed(two)]


def test_blank_lines_and_a_byte_order_mark_are_no_rows(tmp_path: Path) -> None:
    assert len(read_rows(written(tmp_path, "a.jsonl", "\ufeff\n" + lines(ROW) + "\n \n"))) == 1
    assert len(read_rows(written(tmp_path, "a.csv", "\ufeffclaim,evidence,label\na,b,supported\n\n"))) == 1


def test_each_bad_row_gets_one_line(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "bad.jsonl",
        lines(ROW, {**ROW, "label": "true\n\x1b[2J" + "x" * 99}, {**ROW, "claim": " "}, {"claim": "a"}, [1])
        + "{broken\n"
        + lines({**ROW, "id": "one"}, {**ROW, "id": "one"}, {**ROW, "evidence": "\ud800"}),
    )
    head, *told = faults(path)
    assert str(path) in head
    assert [line.split(":")[0] for line in told] == [f"line {n}" for n in (2, 3, 4, 5, 6, 8, 9)]
    assert "supported, contradicted, unsupported, not_supported, not_contradicted" in told[0]
    assert "\x1b" not in "".join(told)
    assert "claim" in told[1]
    assert "no evidence" in told[2]
    assert "line 7" in told[5]
    assert all(len(line) < 200 for line in told)


def test_many_bad_rows_are_counted(tmp_path: Path) -> None:
    told = faults(written(tmp_path, "bad.jsonl", "x\n" * 1000))
    assert len(told) == 22
    assert told[-1] == "and 980 more rows"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.csv", "claim;evidence;label\na;b;supported\n", "no column claim, evidence, label"),
        ("a.csv", "", "no column claim, evidence, label"),
        ("a.csv", "claim,evidence,label\na,b\n", "not as many fields"),
        ("a.csv", "claim,evidence,label\na,b,supported,more\n", "not as many fields"),
        ("a.csv", 'claim,evidence,label\n"a"x,b,supported\n', "nothing after it"),
        ("a.csv", "claim,evidence,label\n,b,supported\n", "claim"),
        ("a.jsonl", "", "no rows"),
        ("a.csv", "claim,evidence,label\n", "no rows"),
        ("a.json", "[]", ".jsonl, .csv or .tsv"),
        ("a.jsonl", "[" * 100_000, "not JSON"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, name: str, text: str, told: str) -> None:
    path = written(tmp_path, name, text)
    message = "\n".join(faults(path))
    assert str(path) in message
    assert told in message


def test_a_missing_or_binary_file_says_so(tmp_path: Path) -> None:
    assert "No such file" in faults(tmp_path / "none.jsonl")[0]
    (tmp_path / "a.jsonl").write_bytes(b"\xff\xfe{}")
    assert "UTF-8" in faults(tmp_path / "a.jsonl")[0]


def test_sets_are_named_after_their_files(tmp_path: Path) -> None:
    paths = [written(tmp_path, name, lines(ROW)) for name in ("x/dev.jsonl", "y/dev.jsonl", "z/own.jsonl")]
    assert list(read_sets(paths)) == ["x/dev", "y/dev", "own"]
    with pytest.raises(InputError, match="second file"):
        read_sets([paths[0], paths[0]])
