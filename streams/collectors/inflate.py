"""Takes off the compression of an answer piece by piece, and refuses bombs; pure."""

import zlib

RATIO = 100
"""Text of feeds shrinks to a tenth or so; beyond this it is a bomb."""
RATIO_FROM = 1 << 20
"""Bytes of output before the ratio is looked at."""


class TooBig(Exception):
    """More bytes than we take."""


class Bomb(Exception):
    """Grows as no honest text does."""


class Unreadable(Exception):
    """Not what its Content-Encoding says, or a coding that we did not ask for."""


class Inflater:
    """Feed it the pieces as they come; `body()` at the end. Raises TooBig, Bomb, Unreadable."""

    def __init__(self, coding: str, most: int) -> None:
        coding = coding.strip().lower()
        if coding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise Unreadable(f"Content-Encoding {coding[:40]!r} was not asked for")
        self._packed = coding not in {"", "identity"}
        self._gzip = "gzip" in coding
        self._stream = zlib.decompressobj(47)  # zlib or gzip, whichever it is
        self._most = most
        self._read = 0
        self._size = 0
        self._pieces: list[bytes] = []
        self._first = True

    def add(self, piece: bytes) -> None:
        """One more piece of the answer, as it came over the wire."""
        self._read += len(piece)
        if not self._packed:
            self._keep(piece)
            return
        while piece:
            piece = self._inflate(piece)

    def body(self) -> bytes:
        """All that came. Raises Unreadable when the end is missing."""
        if self._packed and self._read and not self._stream.eof:
            raise Unreadable("the compressed answer ends too early")
        return b"".join(self._pieces)

    def _inflate(self, piece: bytes) -> bytes:
        if self._stream.eof:
            if not self._gzip or not piece.startswith(b"\x1f\x8b"):
                return b""  # padding after the end
            self._stream = zlib.decompressobj(47)  # gzip may have several members
        try:
            out = self._stream.decompress(piece, 1 << 18)
        except zlib.error as error:
            if not (self._first and not self._gzip):
                raise Unreadable(str(error)) from error
            self._first, self._stream = False, zlib.decompressobj(-15)  # bare deflate, as some send
            return piece
        self._first = False
        self._keep(out)
        return self._stream.unconsumed_tail or self._stream.unused_data

    def _keep(self, out: bytes) -> None:
        self._size += len(out)
        if self._size > self._most:
            raise TooBig
        if self._packed and self._size > RATIO_FROM and self._size > RATIO * self._read:
            raise Bomb
        if out:
            self._pieces.append(out)
