"""Two people press "yes" for the last place at the same moment, on a real database file."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from experts import services
from experts.models import AskState
from tests import asking as a
from tests.builders import drain

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _on_a_file(tmp_path: Path, transactional_db: None) -> Iterator[None]:
    """SQLite's test database lives in memory, where threads meet other locks than in life."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    in_memory, known = connection.connection, connections.settings["default"]
    with sqlite3.connect(tmp_path / "race.sqlite3") as copy:
        in_memory.backup(copy)
    copy.close()
    name, known["NAME"] = known["NAME"], str(tmp_path / "race.sqlite3")
    connection.connection = None
    yield
    connection.close()
    known["NAME"], connection.connection = name, in_memory


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Runs the calls in threads of their own that start together."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_the_last_place_is_taken_once(settings: Any) -> None:
    settings.ASK_HOLD, settings.ASK_EXTRA = 0, 4
    everybody = a.people(5)
    made = a.asking(everybody, slots=1)
    tokens = [a.token(made, one) for one in everybody]
    said = at_once(*(lambda key=key: services.accept(key) for key in tokens))
    assert sorted(said) == [AskState.ACCEPTED] + [AskState.STOOD_DOWN] * 4
    made.refresh_from_db()
    assert (made.filled, made.state) == (1, "filled")
    drain(a.STAGES)
    assert sorted(a.states(made).values()) == ["accepted"] + ["stood_down"] * 4


def test_a_yes_and_a_stop_at_once_leave_nobody_in_doubt(settings: Any) -> None:
    settings.ASK_HOLD = 0
    one, two = a.people(2)
    made = a.asking([one, two], slots=1)
    key, me = a.token(made, one), a.staff().pk
    at_once(lambda: services.accept(key), lambda: services.stop_mobilisation(made.pk, me))
    drain(a.STAGES)
    assert set(a.states(made).values()) == {"withdrawn"}
    made.refresh_from_db()
    assert (made.filled, made.state) == (0, "stopped")


def test_the_same_hand_pressing_twice_takes_one_place(settings: Any) -> None:
    settings.ASK_HOLD = 0
    one, two = a.people(2)
    made = a.asking([one, two])
    key = a.token(made, one)
    said = at_once(lambda: services.accept(key), lambda: services.accept(key))
    assert said == [AskState.ACCEPTED, AskState.ACCEPTED]
    made.refresh_from_db()
    assert made.filled == 1
