"""Near-duplicates: the same agency text under another headline, found by MinHash.

What is compared is the opening of the body (`LEDE` words, agency line and dateline taken off), or
headline and body where the body is short: as the set of its runs of three words. Copies are those
whose sets have a Jaccard similarity of `Parameters.copy` or more, in one language. To find them a
MinHash signature of BANDS x ROWS values (Broder, "On the resemblance and containment of
documents", 1997) is cut into bands, and texts that agree in a whole band are compared exactly
(locality-sensitive hashing after Indyk and Motwani, 1998): a pair of similarity s is met with
probability 1 - (1 - s^ROWS)^BANDS, which is 0.98 at 0.6, above 0.99 at 0.7, 0.12 at 0.2.
"""

import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

RUN = 3
LEDE = 30
BODY = 12
"""Words that a body needs to be compared alone."""
BANDS, ROWS = 16, 3
_U64 = np.uint64
_FRONT = re.compile(
    r"""^\s*(?:
        [^.!?()（）]{0,60}[(（][^()（）]{2,24}[)）]\s*[-–—:]+\s* |   # PARIS, 3 May (AFP) –
        [^.!?/]{0,40}\.?\s*/[^/]{2,20}/\.?\s* |                    # МОСКВА, 4 мая. /ТАСС/.
        [A-ZÀ-ÞА-Я][A-ZÀ-ÞА-Я .'’-]{2,30}(?:,[^.!?–—-]{0,24})?\s[-–—]+\s |   # LONDON, May 3 –
        [^，。]{0,24}\d+日[电電讯訊](?:[(（][^()（）]{1,24}[)）])?\s*       # 新华社北京3月2日电
    )""",
    re.VERBOSE,
)
_BACK = re.compile(r"\s*[(\[（][^()\[\]（）]{2,40}[)\]）]\s*$")


def without_agency(body: str) -> str:
    """A body without the dateline and agency at its front and the credit at its end."""
    return _BACK.sub("", _FRONT.sub("", body, count=1))


def shingles(title: Sequence[str], body: Sequence[str]) -> frozenset[int]:
    """Hashes of the runs of three words of what is compared; words as they are stemmed."""
    run = list(body if len(body) >= BODY else [*title, *body])[:LEDE]
    joined = (" ".join(run[at : at + RUN]) for at in range(max(1, len(run) - RUN + 1)))
    return frozenset(zlib.crc32(words.encode()) for words in joined if words)


def resemblance(one: frozenset[int], other: frozenset[int]) -> float:
    """Jaccard similarity, 0 to 1; a text of fewer than four runs resembles only itself."""
    if min(len(one), len(other)) < 4:
        return 1.0 if one and one == other else 0.0
    return len(one & other) / len(one | other)


def signatures(sets: Sequence[frozenset[int]]) -> NDArray[np.uint64]:
    """Sets x (BANDS x ROWS) values, the least of each hash function (multiply-shift, 32 bits) over
    a set; the share in which two signatures agree estimates the Jaccard similarity of the sets.
    No set may be empty."""
    sizes = [len(found) for found in sets]
    values = np.fromiter(chain.from_iterable(sets), _U64, sum(sizes))
    hashed = (values[:, None] * _FACTORS + _ADDED) >> _U64(32)
    return np.minimum.reduceat(hashed, np.cumsum([0, *sizes[:-1]]), axis=0)


def bands(sets: Sequence[frozenset[int]]) -> list[tuple[int, ...]]:
    """The keys under which each set is kept: one for each band of its signature."""
    told = [at for at, found in enumerate(sets) if found]
    kept: list[tuple[int, ...]] = [()] * len(sets)
    if told:
        rows = signatures([sets[at] for at in told]).reshape(-1, BANDS, ROWS)
        keys = (rows * _MIXED).sum(axis=2, dtype=_U64) + _PLACES
        for at, one in zip(told, keys.tolist(), strict=True):
            kept[at] = tuple(one)
    return kept


class Copies:
    """Which articles stand under which band. Changed by `add` and `remove`, each the inverse."""

    def __init__(self) -> None:
        self.buckets: dict[int, str | dict[str, None]] = {}

    def add(self, ident: str, keys: Iterable[int]) -> None:
        """Keep an article under its bands."""
        for key in keys:
            there = self.buckets.setdefault(key, ident)
            if isinstance(there, dict):
                there[ident] = None
            elif there != ident:
                self.buckets[key] = {there: None, ident: None}

    def remove(self, ident: str, keys: Iterable[int]) -> None:
        """Forget an article."""
        for key in keys:
            there = self.buckets[key]
            if isinstance(there, dict):
                del there[ident]
                if len(there) == 1:
                    self.buckets[key] = next(iter(there))
            else:
                del self.buckets[key]

    def like(self, keys: Iterable[int], most: int = 5) -> list[str]:
        """Articles that share a band, those that share most first."""
        shared: Counter[str] = Counter()
        for key in keys:
            there = self.buckets.get(key)
            if isinstance(there, str):
                shared[there] += 1
            elif there is not None:
                shared.update(there.keys())
        return [ident for ident, _ in shared.most_common(most)] if shared else []


def _numbers(what: str, many: int) -> NDArray[np.uint64]:
    read = (hashlib.blake2b(f"{what} {n}".encode(), digest_size=8).digest() for n in range(many))
    return np.array([int.from_bytes(value, "little") | 1 for value in read], _U64)


_FACTORS = _numbers("factor", BANDS * ROWS)
_ADDED = _numbers("added", BANDS * ROWS)
_MIXED = _numbers("mixed", ROWS)
_PLACES = _numbers("place", BANDS)
