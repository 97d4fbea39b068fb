"""The outsiders' tool `score`: JSON lines in, JSON lines out, as a program of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from rrmm.flashpoints.lines_in import LONGEST, Malformed, batches, item

GOOD = {"id": "a", "text": "Mob torches mosque in Lyon after Quran burning", "lang": "en"}
QUIET = {"id": 7, "text": "Central bank keeps interest rate at four per cent"}


def _command() -> list[str]:
    return [sys.executable, str(Path(settings.ROOT) / "manage.py"), "score"]


def _environment() -> dict[str, str]:
    # No database at all: were one asked for, the command would fail.
    return {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}


def score(given: bytes) -> tuple[int, list[dict[str, Any]]]:
    done = subprocess.run(
        _command(), input=given, capture_output=True, env=_environment(), check=False
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def lines(*rows: object) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def test_every_item_gets_a_whole_answer_in_its_place_without_a_database() -> None:
    status, (first, second) = score(lines(GOOD, QUIET))
    assert status == 0
    assert list(first) == [
        *("id", "lang", "score", "flagged", "lines", "trigger", "severity", "places", "reasons"),
    ]
    assert (first["id"], first["lang"], first["flagged"]) == ("a", "en", True)
    assert first["lines"][0] == "religion"
    assert first["places"] == [{"country": "FR", "name": "Lyon", "main": True}]
    assert first["reasons"][0]["weight"] > 0
    assert (second["id"], second["flagged"]) == (7, False)
    assert second["lines"]
    assert second["severity"] in (1, 2, 3)


def test_a_malformed_line_is_answered_in_its_place_and_the_others_go_on() -> None:
    bad = b'not json\n{"id": "b", "text": 5}\n[1]\n\n\xff\xfe\n{"id": "\\ud800", "text": "x"}\n'
    status, answers = score(lines(GOOD) + bad + lines(QUIET)[:-1])
    assert status == 1
    assert ["error" in answer for answer in answers] == [False, *[True] * 4, False, False]
    assert answers[2] == {"id": "b", "error": '"text" must be text'}
    assert answers[-1]["id"] == 7


def test_an_answer_comes_before_the_next_question() -> None:
    with subprocess.Popen(
        _command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment()
    ) as running:
        assert running.stdin
        assert running.stdout
        for question in (GOOD, QUIET):
            running.stdin.write(lines(question))
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["id"] == question["id"]
        running.stdin.close()
    assert running.returncode == 0


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b'"text"',
        b"{}",
        b'{"id": true, "text": ""}',
        b'{"id": null, "text": ""}',
        b'{"id": 1.5, "text": ""}',
        b'{"id": "1"}',
        b'{"id": "1", "text": "x", "lang": 3}',
        b'{"id": 1, "text": "x", "n": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b" " * (LONGEST + 1),
    ],
    ids=range(12),
)
def test_what_is_no_item_says_why(line: bytes) -> None:
    with pytest.raises(Malformed):
        item(line)


def test_lines_cut_by_the_pipe_are_put_together_and_blank_ones_left_out() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"one\n\n  \nt")
    found = batches(reading)
    assert next(found) == [b"one"]
    os.write(writing, b"wo\nthree")
    os.close(writing)
    assert list(found) == [[b"two"], [b"three"]]
    os.close(reading)
