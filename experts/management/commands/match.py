"""`match --experts FILE.csv`: needs in, rankings out, as JSON lines; no database, no service."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from experts.importing.outside import MalformedNeed, need_of, profiles_of
from experts.importing.problems import of_file
from experts.importing.sheet import Unreadable
from experts.matching.meaning import InMemory
from experts.matching.rank import Index
from experts.matching.reasons import words
from experts.matching.slate import choose
from experts.matching.values import Match, Now
from experts.senses import finder
from models.encoder import encoder

LEAST = 10


class Command(BaseCommand):
    """Reads `{"id", "text", "languages"?, "regions"?}` from stdin, one a line."""

    help = (
        "Ranks the experts of a CSV file for needs given as JSON lines on standard input: "
        '{"id", "text", "languages"?, "regions"?}. Who speaks none of the languages is left out.'
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--experts", type=Path, required=True, metavar="FILE.csv")
        parser.add_argument("--most", type=int, default=20, help="people per need (at least 10)")

    def handle(self, *args: Any, experts: Path, most: int, **options: Any) -> None:
        tool = encoder()
        meaning = InMemory(tool.encode, tool.languages)
        index = Index(self._profiles(experts), finder(), meaning)
        failed = False
        for answer in _answers(index, max(LEAST, most)):
            failed = failed or "error" in answer
            sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        if failed:
            sys.exit(1)

    def _profiles(self, file: Path) -> list[Any]:
        try:
            found, remarks = profiles_of(file.read_bytes())
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except Unreadable as error:
            raise CommandError(f"{file}: {of_file(error.args[0], error.args[1:])}") from error
        for remark in remarks:
            self.stderr.write(remark)
        return found


def _answers(index: Index, most: int) -> Iterator[dict[str, Any]]:
    for raw in sys.stdin.buffer:
        if raw.strip():
            yield _answer(index, raw, most)


def _answer(index: Index, raw: bytes, most: int) -> dict[str, Any]:
    try:
        ident, need = need_of(raw)
    except MalformedNeed as error:
        known = {} if error.ident is None else {"id": error.ident}
        return known | {"error": str(error)}
    asked = index.understood(need)
    ranking = index.rank(asked, Now(datetime.now(UTC)), most=most)
    slate = [match.profile.id for match in choose(ranking, asked)]
    return {"id": ident, "experts": [_told(match) for match in ranking], "slate": slate}


def _told(match: Match) -> dict[str, Any]:
    reasons = [words(reason) for reason in match.reasons]
    return {"id": match.profile.id, "score": match.score, "reasons": reasons}
