"""A noisy library says each thing once a minute; we are always heard."""

import logging
import time

import pytest

from streams import seldom


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What passes; the clock stands at 0 until the test moves it."""
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    clock[0] = 1000.0
    return []


clock = [0.0]


def say(found: list[str], rule: seldom.Seldom, name: str, line: int, words: str) -> None:
    record = logging.LogRecord(name, logging.ERROR, "net.py", line, "%s!", (words,), None)
    if rule.filter(record):
        found.append(record.getMessage())


def test_a_library_says_each_thing_once_and_how_often_it_would_have(heard: list[str]) -> None:
    rule = seldom.Seldom()
    for n in range(5):
        say(heard, rule, "aiokafka.conn", 7, f"no connection {n}")
        say(heard, rule, "kafka.net.manager", 9, "100 % away")
    clock[0] += seldom.EVERY
    say(heard, rule, "aiokafka.conn", 7, "still none")
    assert heard == [
        "no connection 0!", "100 % away!", "still none! (4 more like this left out)"
    ]  # fmt: skip


def test_we_are_always_heard(heard: list[str]) -> None:
    rule = seldom.Seldom()
    for _ in range(3):
        say(heard, rule, "streams.relay", 7, "the broker is away")
    assert len(heard) == 3
