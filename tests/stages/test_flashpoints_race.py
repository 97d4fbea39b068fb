"""Two people of the desk press at the same moment, on a real database file."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from experts.models import Mobilisation
from rrmm.flashpoints import services
from rrmm.flashpoints.models import Flashpoint
from rrmm.flashpoints.services import Conflict
from streams.models import Record
from tests import asking
from tests.watching import case, staff

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


def at_once(*calls: Callable[[], Any]) -> list[str]:
    """Runs the calls in threads that start together; what each came to."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> str:
        start.wait()
        try:
            call()
        except Conflict as error:
            return str(error)
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_two_who_take_a_case_one_has_it_and_the_other_reads_who() -> None:
    one, two = staff("Tamar Olin"), staff("Idris Kane")
    found = case(one)
    said = at_once(lambda: services.take(found.pk, one), lambda: services.take(found.pk, two))
    assert said.count("done") == 1
    [refused] = [words for words in said if words != "done"]
    holder = Flashpoint.objects.get(pk=found.pk).holder
    assert holder is not None
    assert refused.startswith(f"{holder.get_full_name()} has this case")


def test_a_case_is_confirmed_once_though_two_press() -> None:
    one, two = staff("Tamar Olin"), staff("Idris Kane")
    found, plan = case(one), asking.plan(asking.people(1))
    said = at_once(
        lambda: services.confirm(found.pk, one, plan), lambda: services.confirm(found.pk, two, plan)
    )
    assert said.count("done") == 1
    assert Mobilisation.objects.count() == 1
    assert Record.objects.filter(kind="FlashpointConfirmed").count() == 1


def test_a_confirmation_and_a_dismissal_at_once_leave_one_decision() -> None:
    one, two = staff("Tamar Olin"), staff("Idris Kane")
    found, plan = case(one), asking.plan(asking.people(1))
    said = at_once(
        lambda: services.confirm(found.pk, one, plan),
        lambda: services.dismiss(found.pk, two, "old"),
    )
    assert said.count("done") == 1
    after = Flashpoint.objects.get(pk=found.pk)
    assert (after.state == "confirmed") == (after.mobilisation is not None)
    assert Mobilisation.objects.count() == (1 if after.state == "confirmed" else 0)


def test_two_cases_opened_at_once_have_two_numbers() -> None:
    one = staff()
    at_once(*[lambda: case(one)] * 4)
    assert Flashpoint.objects.count() == len(set(Flashpoint.objects.values_list("number")))
    assert Flashpoint.objects.count() == 4
