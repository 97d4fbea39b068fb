"""`cluster`: articles in, stories out, as JSON lines; no database, no service."""

import io
import itertools
import json
import sys
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from models.artifacts import UnreadableModel
from models.flashpoint import Assessor
from models.stories import State, advance, empty
from rrmm.flashpoints.outside import Article, MalformedArticle, article_of, items_of

READ = 1 << 16


class Command(BaseCommand):
    """Reads `{"id", "text", "lang"?, "at"?}` from stdin, one a line, in time order."""

    help = (
        "Groups articles by event, as they arrive. JSON lines on standard input: "
        '{"id", "text", "lang"?, "at"?}; on standard output: {"id", "story"}. '
        "Articles that are more than 72 hours older than the newest are forgotten."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            assessor = Assessor.load(settings.MODEL_FILE)
        except (OSError, UnreadableModel) as error:
            raise CommandError(f"{settings.MODEL_FILE} cannot be read: {error}") from error
        grouping, failed = _Grouping(assessor), False
        for lines in _as_they_come():
            for answer in grouping.of(lines):
                failed = failed or "error" in answer
                sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        if failed:
            sys.exit(1)


class _Grouping:
    """The state between the lines that have come so far."""

    def __init__(self, assessor: Assessor) -> None:
        self._assessor = assessor
        self._state: State = empty()
        self._names = itertools.count(1)

    def of(self, lines: list[bytes]) -> list[dict[str, Any]]:
        """One answer per line, in order."""
        read = [_read(line) for line in lines]
        good = [found for found in read if isinstance(found, Article)]
        items = items_of(good, self._assessor, self._state.memory.clock)
        decisions, self._state = advance(self._state, items, lambda: str(next(self._names)))
        stories = iter(decisions)
        return [
            {"id": found.id, "story": next(stories).story} if isinstance(found, Article) else found
            for found in read
        ]


def _read(line: bytes) -> Article | dict[str, Any]:
    try:
        return article_of(line)
    except MalformedArticle as error:
        known = {} if error.ident is None else {"id": error.ident}
        return known | {"error": str(error)}


def _as_they_come() -> Iterator[list[bytes]]:
    """Whole lines in batches, without waiting for more than is there."""
    source, rest = io.BufferedReader(io.FileIO(sys.stdin.fileno(), closefd=False)), b""
    while read := source.read1(READ):
        *lines, rest = (rest + read).split(b"\n")
        if whole := [line for line in lines if line.strip()]:
            yield whole
    if rest.strip():
        yield [rest]
