"""The build of the engine is known from what its installation recorded."""

from importlib.metadata import Distribution
from pathlib import Path
from typing import NoReturn

import pytest

from pipeline.budget import Budget
from pipeline.channel import Channel
from pipeline.embedded.engine import own_build
from pipeline.endpoint import Endpoint
from pipeline.store.answers import open_answers

PUBLISHED = ("cp310-abi3-manylinux_2_17_x86_64", "cp310-abi3-manylinux2014_x86_64")


def installed(
    folder: Path, tags: tuple[str, ...], sha256: str = "qv93ZRlfmChR9XFC1gE6TnXqJuvvk64a"
) -> Distribution:
    """Return a distribution as pip leaves it, with one native module of hash ``sha256``."""
    info = folder / "xllamacpp-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: xllamacpp\nVersion: 1.2\n", encoding="utf-8")
    lines = ["Wheel-Version: 1.0", "Root-Is-Purelib: false", *(f"Tag: {tag}" for tag in tags)]
    (info / "WHEEL").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (info / "RECORD").write_text(
        f"xllamacpp/__init__.py,sha256=TKFqO8,787\nxllamacpp/xllamacpp.abi3.so,sha256={sha256},375\n",
        encoding="utf-8",
    )
    return Distribution.at(info)


@pytest.mark.parametrize(
    "tags", [PUBLISHED, ("cp310-abi3-macosx_13_3_arm64",), ("cp310-abi3-win_amd64",), ()]
)
def test_what_is_published_has_no_name_of_its_own(tmp_path: Path, tags: tuple[str, ...]) -> None:
    assert own_build(installed(tmp_path, tags)) is None


def test_a_build_of_ones_own_is_named_by_version_and_content(tmp_path: Path) -> None:
    names = []
    for number, sha256 in enumerate(("aaaa1111bbbb2222cccc", "aaaa1111bbbb2223cccc")):
        folder = tmp_path / str(number)
        folder.mkdir()
        names.append(own_build(installed(folder, ("cp310-abi3-linux_x86_64",), sha256)))
    assert names == ["xllamacpp 1.2 aaaa1111bbbb2222", "xllamacpp 1.2 aaaa1111bbbb2223"]


def test_the_build_that_is_installed_here_is_told() -> None:
    name = own_build()
    assert name is None or name.startswith("xllamacpp ")


def test_answers_of_another_build_are_other_answers(tmp_path: Path) -> None:
    def key(engine: str | None) -> str:
        endpoint = Endpoint(None, "", "m", "embedded", model_sha256="abc", engine=engine)
        with open_answers(tmp_path / "answers.sqlite") as answers:
            channel = Channel(_never, endpoint, answers, Budget(), lambda _state: 0.0)
            return channel.key({"model": "m", "messages": []})

    assert len({key(None), key("one"), key("two")}) == 3
    assert key("one") == key("one")


def _never() -> NoReturn:
    raise AssertionError("nothing is sent")
