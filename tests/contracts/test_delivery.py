"""One conformance suite for the delivery of events: SQLite, PostgreSQL, and Kafka with faust."""

import sqlite3
import time
from pathlib import Path

import dj_database_url
import pytest

from tests.contracts.desk import Desk
from tests.postgres import Postgres

LINES = 7
pytestmark = pytest.mark.timeout(300)


def is_ordered(effects: list[tuple[str, int]]) -> bool:
    last: dict[str, int] = {}
    for line, n in effects:
        if n <= last.get(line, -1):
            return False
        last[line] = n
    return True


def exactly(n: int, *without: int) -> list[int]:
    return [k for k in range(n) if k not in without]


def test_nothing_is_lost_and_nothing_done_twice(desk: Desk) -> None:
    desk.worker()
    desk.feed("400", str(LINES)).wait(60)
    desk.wait(lambda: desk.open_deliveries() == 0)
    for stage in ("ordered", "loose", "after"):
        assert sorted(n for _, n in desk.effects(stage)) == exactly(400)


def test_the_order_of_each_line_holds_also_with_retries(desk: Desk) -> None:
    desk.worker()
    desk.feed("200", "4", "--later", "33").wait(60)
    desk.wait(lambda: desk.one("SELECT count(*) FROM streams_record") >= 400)
    desk.wait(lambda: desk.open_deliveries() == 0)
    effects = desk.effects("ordered")
    assert sorted(n for _, n in effects) == exactly(200)
    assert is_ordered(effects)
    assert is_ordered(desk.effects("after"))


def test_poison_is_buried_alone_and_its_line_goes_on(desk: Desk) -> None:
    desk.worker()
    desk.feed("120", "3", "--poison", "50").wait(60)
    desk.wait(lambda: desk.open_deliveries() == 0)
    effects = desk.effects("ordered")
    assert sorted(n for _, n in effects) == exactly(120, 49, 99)
    assert is_ordered(effects)
    assert sorted(n for _, n in desk.effects("loose")) == exactly(120)
    assert desk.buried() == 2
    errors = desk.rows("SELECT error FROM streams_delivery WHERE state = 3")
    assert {error for (error,) in errors} == {"ValueError: this event is poison"}


def test_a_worker_killed_in_the_middle_of_a_batch_loses_nothing(desk: Desk) -> None:
    first, second = desk.worker(), desk.worker()
    writing = desk.feed("400", str(LINES), "--work-ms", "3")
    for victim in (first, second):
        have = len(desk.effects("ordered"))
        desk.wait(lambda have=have: len(desk.effects("ordered")) > have)  # type: ignore[misc]
        victim.kill()
        desk.worker()
    writing.wait(60)
    desk.wait(lambda: desk.open_deliveries() == 0)
    for stage in ("ordered", "loose", "after"):
        effects = desk.effects(stage)
        assert sorted(n for _, n in effects) == exactly(400)
    assert is_ordered(desk.effects("ordered"))


def test_a_backlog_never_locks_out_another_writer(desk: Desk) -> None:
    desk.feed("600", str(LINES), "--work-ms", "1").wait(60)
    desk.worker()
    desk.wait(lambda: len(desk.effects("ordered")) > 0)
    assert desk.feed("300", "3").wait(90) == 0
    desk.wait(lambda: desk.open_deliveries() == 0)
    assert "locked" not in desk.log.read_text()
    assert len(desk.effects("ordered")) == 900


def test_a_dead_letter_can_be_taken_out_again(desk: Desk) -> None:
    desk.worker()
    desk.feed("10", "1", "--poison", "10").wait(60)
    desk.wait(lambda: desk.buried() == 1)
    assert sorted(n for _, n in desk.effects("ordered")) == exactly(9)
    desk.shell(
        "from streams.models import *; from streams.services import replay_dead;"
        "Record.objects.filter(payload__contains='poison').update(payload="
        "Record.objects.get(payload__contains='poison').payload.replace('poison', ''));"
        "replay_dead(Delivery.objects.get(state=3).pk, 'machine')"
    )
    desk.wait(lambda: desk.open_deliveries() == 0)
    assert sorted(n for _, n in desk.effects("ordered")) == exactly(10)


@pytest.mark.postgres
def test_postgres_stopped_and_killed_under_load_loses_nothing(
    postgres: Postgres, tmp_path: Path
) -> None:
    desk = Desk(postgres.migrated_database(), tmp_path)
    try:
        desk.feed("500", str(LINES), "--work-ms", "3").wait(60)
        desk.worker()
        desk.worker()
        desk.wait(lambda: len(desk.effects("ordered")) > 0)
        postgres.stop("immediate")
        time.sleep(1)
        postgres.start()
        have = len(desk.effects("ordered"))
        desk.wait(lambda: len(desk.effects("ordered")) > have)
        postgres.stop("fast")
        postgres.start()
        desk.wait(lambda: desk.open_deliveries() == 0)
        assert sorted(n for _, n in desk.effects("ordered")) == exactly(500)
        assert sorted(n for _, n in desk.effects("after")) == exactly(500)
        assert is_ordered(desk.effects("ordered"))
    finally:
        desk.end()


def test_a_sqlite_file_locked_for_seconds_only_delays(tmp_path: Path) -> None:
    desk = Desk(f"sqlite:///{tmp_path}/desk.sqlite3", tmp_path)
    try:
        desk.feed("100", str(LINES)).wait(60)
        desk.worker()
        desk.wait(lambda: len(desk.effects("ordered")) > 0)
        holder = sqlite3.connect(dj_database_url.parse(desk.url)["NAME"], isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        time.sleep(2)
        holder.execute("ROLLBACK")
        holder.close()
        desk.wait(lambda: desk.open_deliveries() == 0)
        assert sorted(n for _, n in desk.effects("ordered")) == exactly(100)
    finally:
        desk.end()
