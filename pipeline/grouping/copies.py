"""Texts that are one text, but for small edits: an agency's copy in several papers.

MinHash over runs of words (Broder 1997), and locality-sensitive hashing by bands (Indyk and Motwani 1998):
two texts that share a share s of their runs meet in one of ``BANDS`` bands with probability 1 - (1 - s^4)^16.
"""

from collections.abc import Sequence
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

RUN: Final = 4  # content words
WIDTH: Final = 64  # hashes of a signature
BANDS: Final = 16
COPY: Final = 0.5  # the share of equal hashes from which two texts are one
SIGNATURE: Final = np.dtype("<u4")

Signature = NDArray[np.uint32]
Ints = NDArray[np.int64]

_random: Final = np.random.default_rng(20261122)  # part of what is stored: never another
_FACTORS: Final = _random.integers(1 << 63, size=WIDTH, dtype=np.uint64) * 2 + 1
_SHIFTS: Final = _random.integers(1 << 63, size=WIDTH, dtype=np.uint64)


def signature(stems: Sequence[str]) -> Signature:
    """Return the signature of a text by its content words, ``WIDTH`` numbers."""
    words = [crc32(stem.encode()) for stem in stems] or [0]
    words += [0] * (RUN - len(words))
    row = np.array(words, dtype=np.uint64)
    runs = np.zeros(len(row) - RUN + 1, dtype=np.uint64)
    for i in range(RUN):
        runs = runs * np.uint64(0x9E3779B97F4A7C15) + row[i : i + len(runs)]
        runs ^= runs >> np.uint64(29)
    least = ((runs[:, None] * _FACTORS + _SHIFTS) >> np.uint64(32)).min(axis=0)
    return np.asarray(least, dtype=SIGNATURE)


def likely_copies(signatures: NDArray[np.uint32]) -> Ints:
    """Return pairs of rows whose texts are one, pairs × 2, the earlier row first.

    Of many that share a band each is paired with the first alone: together they are one group all the same.
    """
    rows = BANDS, WIDTH // BANDS
    found = []
    for band in signatures.reshape(len(signatures), *rows).transpose(1, 0, 2):
        packed = np.ascontiguousarray(band).view([("", SIGNATURE)] * rows[1]).ravel()
        _, first, group = np.unique(packed, return_index=True, return_inverse=True)
        own = np.arange(len(signatures))
        others = own[first[group] != own]
        found.append(np.stack([first[group[others]], others], axis=1))
    pairs = np.unique(np.concatenate(found), axis=0)
    shared = (signatures[pairs[:, 0]] == signatures[pairs[:, 1]]).mean(axis=1)
    return np.asarray(pairs[shared >= COPY], dtype=np.int64)
