"""Vectors are kept between runs, what is damaged is not given out, and no run ends for their file."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.logs import LogFormat, LogOptions, open_log
from pipeline.store import vectors as store
from pipeline.store.vectors import VECTORS, VECTORS_ID, open_vectors
from tests.commands import READY_S

SIZE = 1536
KEPT: Mapping[bytes, bytes] = {bytes([n]) * 32: bytes([n, 255 - n]) * (SIZE // 2) for n in range(40)}


def filled(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    with open_vectors(folder / VECTORS) as vectors:
        vectors.put(KEPT)
    return folder / VECTORS


def found(path: Path, size: int = SIZE) -> Mapping[bytes, bytes]:
    with open_vectors(path) as vectors:
        return vectors.get(KEPT, size)


def why_set_aside(path: Path, log: Path) -> str:
    """Use the file at ``path``, in vain, and return the one reason that is logged."""
    with open_log(LogOptions(format=LogFormat.json, file=log)), open_vectors(path) as vectors:
        for _ in range(2):
            vectors.put(KEPT)
            assert vectors.get(KEPT, SIZE) == {}
    [event] = [json.loads(line) for line in log.read_text().splitlines()]
    assert (event["event"], event["level"], event["path"]) == ("vectors_set_aside", "warning", str(path))
    return str(event["reason"])


# -- kept --


def test_what_was_put_is_there_for_the_next_run_and_the_rest_is_not(tmp_path: Path) -> None:
    path = filled(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == [VECTORS]  # nothing is left beside it
    assert found(path) == KEPT
    with open_vectors(path) as vectors:
        assert vectors.get([b"another", *list(KEPT)[:1]], SIZE) == dict(list(KEPT.items())[:1])
        assert vectors.get([], SIZE) == {}


def test_what_is_not_of_the_size_is_left_out(tmp_path: Path) -> None:
    assert found(filled(tmp_path), SIZE - 4) == {}


def test_a_vector_put_again_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    path, key = filled(tmp_path), next(iter(KEPT))
    with open_vectors(path) as vectors:
        vectors.put({key: b"new!" * (SIZE // 4)})
    assert found(path)[key] == b"new!" * (SIZE // 4)


def test_what_one_run_stores_another_finds_at_once(tmp_path: Path) -> None:
    path = tmp_path / VECTORS
    with open_vectors(path) as one, open_vectors(path) as other:
        one.put(KEPT)
        assert other.get(KEPT, SIZE) == KEPT


WRITER = """
import sys, time
from pathlib import Path
from pipeline.store import vectors as store
path, name, waited = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
store.WAIT_S = waited
name.touch()
while not path.with_name("go").exists():
    time.sleep(0.001)
with store.open_vectors(path) as vectors:
    for n in range(20):
        vectors.put({f"{name.name} {n}".encode(): b"x" * 1536})
        print(n, flush=True)
    sys.stdin.read()
"""


def writer(path: Path, name: Path) -> "subprocess.Popen[str]":
    """Return a process that stores twenty vectors once there is a file ``go``, and ends with its input."""
    command = [sys.executable, "-c", WRITER, str(path), str(name), str(READY_S)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_several_processes_may_make_and_fill_one_file_at_once(tmp_path: Path) -> None:
    path, names = tmp_path / VECTORS, [tmp_path / f"writer {n}" for n in range(4)]
    (tmp_path / "go").touch()
    writers = [writer(path, name) for name in names]
    for one in writers:
        one.communicate(timeout=READY_S)
        assert one.returncode == 0
    keys = [f"{name.name} {n}".encode() for name in names for n in range(20)]
    with open_vectors(path) as vectors:
        assert set(vectors.get(keys, SIZE)) == set(keys)


def test_a_process_that_is_killed_loses_nothing_it_stored(tmp_path: Path) -> None:
    path = tmp_path / VECTORS
    (tmp_path / "go").touch()
    with writer(path, tmp_path / "writer") as one:
        assert one.stdout is not None
        assert [one.stdout.readline() for _ in range(20)][-1] == "19\n"
        one.kill()
    keys = [f"writer {n}".encode() for n in range(20)]
    assert path.with_name(f"{VECTORS}-wal").exists()
    with open_vectors(path) as vectors:
        assert set(vectors.get(keys, SIZE)) == set(keys)


@contextmanager
def written_by_another(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def made_by_another(path: Path) -> Iterator[None]:
    filled(path.parent)
    yield


@pytest.mark.parametrize(
    ("step", "meanwhile"),
    [("PRAGMA JOURNAL_MODE = WAL", written_by_another), ("CREATE TABLE", made_by_another)],
)
def test_a_new_file_is_shared_whatever_another_process_does_between_two_steps(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    meanwhile: Callable[[Path], AbstractContextManager[None]],
) -> None:
    came: list[str] = []

    class Overtaken(sqlite3.Connection):
        def execute(self, statement: str, values: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401
            if not statement.upper().startswith(step):
                return super().execute(statement, values)
            came.append(statement)
            with meanwhile(tmp_path / VECTORS):
                return super().execute(statement, values)

    connect = sqlite3.connect

    def overtaken(path: Path, **options: Any) -> sqlite3.Connection:  # noqa: ANN401
        monkeypatch.undo()  # this once
        return connect(path, **options, factory=Overtaken)

    monkeypatch.setattr(sqlite3, "connect", overtaken)
    with open_vectors(tmp_path / VECTORS) as vectors:
        vectors.put(KEPT)
        assert vectors.get(KEPT, SIZE) == KEPT
    assert len(came) == 1


# -- damaged, foreign, out of reach --


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_whatever_happens_to_its_bytes_no_other_vector_comes_out(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = filled(tmp_path_factory.mktemp("damaged"))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        new = data.draw(st.binary(min_size=1, max_size=300))
        content[at : at + len(new)] = new
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    assert found(path).items() <= KEPT.items()
    with open_vectors(path) as vectors:
        vectors.put(KEPT)
        assert vectors.get(KEPT, SIZE).items() <= KEPT.items()


def test_a_row_of_another_kind_is_left_out(tmp_path: Path) -> None:
    path, (key, *_) = filled(tmp_path), KEPT
    for wrong in ("x" * SIZE, b"x" * SIZE, int("1" * 18)):
        with closing(sqlite3.connect(path)) as other, other:
            other.execute("UPDATE vector SET vector = ? WHERE key = ?", (wrong, key))
        assert found(path).keys() == KEPT.keys() - {key}


def test_a_damaged_file_is_set_aside_with_a_reason(tmp_path: Path) -> None:
    path = filled(tmp_path)
    data = bytearray(path.read_bytes())
    for page in range(1, len(data) // 4096):
        data[page * 4096 : page * 4096 + 100] = b"\xff" * 100
    path.write_bytes(data)
    assert "malformed" in why_set_aside(path, tmp_path / "log")


def test_what_is_no_database_is_set_aside_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / VECTORS
    path.write_bytes(b"my own notes " * 500)
    assert "not a database" in why_set_aside(path, tmp_path / "log")
    assert path.read_bytes() == b"my own notes " * 500


FOREVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, i, i FROM n"


@pytest.mark.parametrize(
    "made",
    [
        ["CREATE TABLE vector (key BLOB PRIMARY KEY, vector BLOB, crc INTEGER)"],
        [f"CREATE VIEW vector (key, vector, crc) AS {FOREVER}"],
        [store._TABLE, f"CREATE TRIGGER t BEFORE INSERT ON vector BEGIN {FOREVER}; END"],
    ],
)
@pytest.mark.parametrize("mark", [0, VECTORS_ID])
def test_a_database_that_is_not_ours_alone_is_not_asked(tmp_path: Path, made: list[str], mark: int) -> None:
    path = tmp_path / VECTORS
    with closing(sqlite3.connect(path)) as other:
        other.execute(f"PRAGMA application_id = {mark}")
        for statement in made:
            other.execute(statement)
    before = path.read_bytes()
    assert why_set_aside(path, tmp_path / "log") == "it is no store of storycheck's, or of another version"
    assert path.read_bytes() == before


def test_another_tools_table_of_the_same_form_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / VECTORS
    with closing(sqlite3.connect(path)) as other:
        other.execute(store._TABLE)
    assert "no store of storycheck's" in why_set_aside(path, tmp_path / "log")


def test_a_file_that_another_process_holds_is_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path)
    monkeypatch.setattr(store, "WAIT_S", 0.0)
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        assert "locked" in why_set_aside(path, tmp_path / "log")
    assert found(path) == KEPT


def test_a_file_that_is_a_folder_or_has_none_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / VECTORS).mkdir()
    assert "unable to open" in why_set_aside(tmp_path / VECTORS, tmp_path / "log")
    assert "unable to open" in why_set_aside(tmp_path / "gone" / VECTORS, tmp_path / "other log")


FULL = """
import resource, sys
from pathlib import Path
from pipeline.store.vectors import open_vectors
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000,) * 2)
with open_vectors(Path(sys.argv[1])) as vectors:
    for n in range(100):
        vectors.put({b"%d" % n: b"x" * 1536})
        print(len(vectors.get([b"%d" % n], 1536)))
"""


def test_a_full_disk_ends_the_keeping_alone(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / VECTORS)],
        capture_output=True,
        text=True,
        check=False,
        timeout=READY_S,
    )
    assert (done.returncode, done.stderr) == (0, "")
    kept = done.stdout.split()
    assert kept == sorted(kept, reverse=True)
    assert 0 < kept.count("1") < 100
    with open_vectors(tmp_path / VECTORS) as vectors:
        assert len(vectors.get([b"%d" % n for n in range(100)], SIZE)) == kept.count("1")
