"""JSON lines in: read as they come, so that a program may wait for each answer."""

import json
import os
from collections.abc import Iterator
from typing import Any

CHUNK = 1 << 16
LONGEST = 1 << 24
"""Bytes of one line; a longer one is malformed."""


class Malformed(ValueError):
    """A line that is no item. `id` is the line's own, where it could be read."""

    def __init__(self, why: str, identity: object = None) -> None:
        super().__init__(why)
        self.identity = identity


def batches(descriptor: int) -> Iterator[list[bytes]]:
    """Complete lines as they arrive on a file descriptor; each list is what was there to read.

    Blank lines are no lines.
    """
    rest = b""
    while chunk := os.read(descriptor, CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > LONGEST:
            # Kept as one too long line: its end is still looked for, its content is not.
            rest = rest[: LONGEST + 1]
        if filled := [line for line in lines if line.strip()]:
            yield filled
    if rest.strip():
        yield [rest]


def item(line: bytes) -> dict[str, Any]:
    """The object of a line: `text` and `id` are there, `lang` is text or absent.

    Raises Malformed with what is wrong.
    """
    if len(line) > LONGEST:
        raise Malformed(f"the line is longer than {LONGEST} bytes")
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {error}") from error
    if not isinstance(found, dict):
        raise Malformed("not a JSON object")
    identity = found.get("id")
    if not isinstance(identity, str | int) or isinstance(identity, bool):
        raise Malformed('"id" must be text or a whole number')
    if not isinstance(found.get("text"), str):
        raise Malformed('"text" must be text', identity)
    if not isinstance(found.get("lang") or "", str):
        raise Malformed('"lang" must be text', identity)
    return found
