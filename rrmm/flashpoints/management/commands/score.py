"""`score`: news items in, assessments out, as JSON lines; no database, no service."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from models.artifacts import UnreadableModel
from models.flashpoint import Assessment, Assessor, Item
from rrmm.flashpoints.lines_in import Malformed, batches, item


class Command(BaseCommand):
    """Reads `{"id", "text", "lang"?}` from stdin, one a line; answers in the same order."""

    help = (
        "Scores news items given as JSON lines on standard input: "
        '{"id", "text", "lang"?}. A malformed line is answered by {"id"?, "error"}, and the '
        "exit status is then 1."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--model", type=Path, default=Path(settings.MODEL_FILE), metavar="FILE")

    def handle(self, *args: Any, model: Path, **options: Any) -> None:
        try:
            assessor = Assessor.load(model)
        except UnreadableModel as error:
            raise CommandError(str(error)) from error
        failed = False
        for lines in batches(sys.stdin.fileno()):
            for answer in answers(assessor, lines):
                failed = failed or "error" in answer
                sys.stdout.write(_line(answer) + "\n")
            sys.stdout.flush()
        if failed:
            sys.exit(1)


def answers(assessor: Assessor, lines: Sequence[bytes]) -> Iterator[dict[str, Any]]:
    """One answer per line, in order."""
    read = [_read(line) for line in lines]
    good = [found for found in read if isinstance(found, dict)]
    items = [Item(found["text"], found.get("lang") or "") for found in good]
    assessed = iter(assessor.assess(items, everything=True))
    for found in read:
        if isinstance(found, dict):
            yield _answer(found["id"], next(assessed))
        else:
            identity = {} if found.identity is None else {"id": found.identity}
            yield {**identity, "error": str(found)}


def _line(answer: dict[str, Any]) -> str:
    line = json.dumps(answer, ensure_ascii=False)
    # Half a surrogate pair, possible in an id, has no UTF-8: then everything is escaped.
    return line if _encodable(line) else json.dumps(answer)


def _encodable(line: str) -> bool:
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True


def _read(line: bytes) -> dict[str, Any] | Malformed:
    try:
        return item(line)
    except Malformed as malformed:
        return malformed


def _answer(identity: object, said: Assessment) -> dict[str, Any]:
    return {
        "id": identity,
        "lang": said.language,
        "score": round(said.score, 6),
        "flagged": said.flagged,
        "lines": list(said.lines),
        "trigger": said.trigger,
        "severity": said.severity,
        "places": [
            {
                "country": place.country,
                "name": place.name,
                **({"main": True} if place.main else {}),
                **({"weak": True} if place.weak else {}),
            }
            for place in said.places
        ],
        "reasons": [
            {"words": reason.words, "weight": reason.weight, "line": reason.line}
            for reason in said.reasons
        ],
    }
