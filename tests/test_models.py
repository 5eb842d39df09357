"""The catalogue of embedded models, and how a name or a path becomes one."""

from pathlib import Path

import pytest

from pipeline.config import DEFAULT_MODEL
from pipeline.embedded.models import CATALOGUE, EmbeddedModel, resolve_model
from pipeline.errors import ModelFileError


def gguf(path: Path) -> Path:
    path.write_bytes(b"GGUF" + bytes(20))
    return path


def test_the_default_is_in_the_catalogue() -> None:
    assert DEFAULT_MODEL in CATALOGUE


@pytest.mark.parametrize("model", CATALOGUE.values(), ids=CATALOGUE.keys())
def test_every_entry_is_pinned_and_licensed(model: EmbeddedModel) -> None:
    assert len(bytes.fromhex(model.sha256)) == 32
    assert model.licence == "Apache-2.0"
    assert model.licence_url.startswith("https://")
    repository, revision, file = model.official_url.removeprefix(model.source_page).split("/")[1:]
    assert (repository, file) == ("resolve", model.file)
    assert len(bytes.fromhex(revision)) == 20


@pytest.mark.parametrize("model", CATALOGUE.values(), ids=CATALOGUE.keys())
def test_the_parts_of_the_mirror_make_up_the_file(model: EmbeddedModel) -> None:
    assert sum(part.size_bytes for part in model.mirror) == model.size_bytes
    assert all(part.size_bytes > 0 and len(bytes.fromhex(part.sha256)) == 32 for part in model.mirror)
    for number, part in enumerate(model.mirror, start=1):
        assert part.package.endswith(f"-part{number}")
        assert part.member == f"{part.package.replace('-', '_')}/data/part{number:02d}.bin"


def test_a_name_is_looked_up(tmp_path: Path) -> None:
    assert resolve_model("qwen2.5-coder-0.5b", tmp_path) is CATALOGUE["qwen2.5-coder-0.5b"]


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"qwen2\.5-coder-1\.5b.*\.gguf"):
        resolve_model("gpt-9", tmp_path)


@pytest.mark.parametrize("name", ["own.gguf", "OWN.GGUF"])
def test_a_path_is_taken_as_it_is(tmp_path: Path, name: str) -> None:
    path = gguf(tmp_path / name)
    assert resolve_model(str(path), tmp_path / "models") == path


def test_a_bare_file_name_is_found_among_the_models(tmp_path: Path) -> None:
    path = gguf(tmp_path / "kept-here.gguf")
    assert resolve_model("kept-here.gguf", tmp_path) == path


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"no\.gguf does not exist"):
        resolve_model(str(tmp_path / "no.gguf"), tmp_path)


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "folder.gguf").mkdir()
    with pytest.raises(ModelFileError, match="is not a file"):
        resolve_model(str(tmp_path / "folder.gguf"), tmp_path)


@pytest.mark.parametrize("content", [b"", b"GG", b"<html></html>", b"gguf1234"])
def test_a_file_of_another_kind_is_no_model(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "page.gguf").write_bytes(content)
    with pytest.raises(ModelFileError, match="is not a GGUF model"):
        resolve_model(str(tmp_path / "page.gguf"), tmp_path)
