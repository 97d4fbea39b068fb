"""Vectors of people's profiles in one file, memory-mapped: made once, extended when texts change.

A record is a 64-bit key of the text and its vector in single precision (half would have to be
widened at each reading, at five times the cost). What no profile says any more is overwritten
with zeros, and its place used again, so nothing of a person outlives the registry's next reading.
The file can be deleted at any time: it is made anew.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from experts.matching.meaning import Floats, Rows
from models.encoder import Encoder

Keys = NDArray[np.uint64]
BATCH = 2000
"""Texts encoded before they are written: what an interruption may cost."""


class VectorFile:
    """Implements `experts.matching.meaning.Meaning`. Processes may share a file: a lock beside it
    lets one at a time extend it."""

    def __init__(self, folder: Path, name: str, encoder: Encoder) -> None:
        """name: of the people, such as "real"; each has a file of its own per encoder."""
        kind = blake2b(encoder.name.encode(), digest_size=4).hexdigest()
        self._path = folder / f"{name}-{kind}-{encoder.size}.f4"
        self._encoder = encoder
        self._record = np.dtype([("key", "<u8"), ("vector", "<f4", (encoder.size,))])

    @property
    def languages(self) -> frozenset[str]:
        """The languages that the encoder knows."""
        return self._encoder.languages

    def of(self, text: str) -> Floats:
        """The vector of one text; nothing of it is kept."""
        vector: Floats = self._encoder.encode([text])[0]
        return vector

    def table(self, texts: Sequence[str]) -> tuple[NDArray[np.floating[Any]], Rows]:
        """All vectors, mapped from the file, and the row of each text. Afterwards the file holds
        these texts and no others. Encodes what is new: about 300 texts a second."""
        keys = np.asarray([_key(text) for text in texts], np.uint64)
        with self._alone() as file:
            self._forget(file, keys)
            self._add(file, dict(zip(keys.tolist(), texts, strict=True)))
            held = self._mapped(file)
        order = np.argsort(held["key"], kind="stable")
        rows = order[np.searchsorted(held["key"], keys, sorter=order)]
        vectors: NDArray[np.floating[Any]] = held["vector"]
        return vectors, rows.astype(np.int64)

    @contextmanager
    def _alone(self) -> Iterator[IO[bytes]]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                size = os.fstat(file.fileno()).st_size
                file.truncate(size - size % self._record.itemsize)
                yield file
            finally:
                # By hand: a mapping keeps the file, and with it the lock, open.
                fcntl.flock(file, fcntl.LOCK_UN)

    def _mapped(self, file: IO[bytes], mode: Any = "r") -> NDArray[Any]:
        if not os.fstat(file.fileno()).st_size:
            return np.zeros(0, self._record)
        return np.memmap(file, self._record, mode)

    def _forget(self, file: IO[bytes], wanted: Keys) -> None:
        held = self._mapped(file, "r+")
        gone = (held["key"] != 0) & ~np.isin(held["key"], wanted)
        if gone.any():
            held[gone] = np.zeros(1, self._record)

    def _add(self, file: IO[bytes], texts: dict[int, str]) -> None:
        held = set(self._mapped(file)["key"].tolist())
        new = [key for key in texts if key not in held]
        for start in range(0, len(new), BATCH):
            batch = new[start : start + BATCH]
            records = np.zeros(len(batch), self._record)
            records["vector"] = self._encoder.encode([texts[key] for key in batch])
            records["key"] = batch
            self._write(file, records)

    def _write(self, file: IO[bytes], records: NDArray[Any]) -> None:
        held = self._mapped(file, "r+")
        free = np.flatnonzero(held["key"] == 0)[: len(records)]
        held[free] = records[: len(free)]
        file.seek(0, os.SEEK_END)
        file.write(records[len(free) :].tobytes())
        file.flush()


def _key(text: str) -> int:
    """Never 0, which marks a free place."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little") or 1
