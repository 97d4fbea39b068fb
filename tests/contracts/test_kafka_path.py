"""The thin path over Kafka and faust: the same flow, the same promises, one kill -9."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.desk import Desk
from tests.contracts.test_delivery import exactly, is_ordered
from tests.kafka_broker import Broker
from tests.postgres import Postgres

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    found = Broker()
    yield found
    found.remove()


@pytest.fixture
def desk(broker: Broker, postgres: Postgres, tmp_path: Path) -> Iterator[Desk]:
    extra = {"KAFKA_URL": broker.url, "KAFKA_PREFIX": f"{tmp_path.name}.",
             "KAFKA_SESSION_TIMEOUT": "6"}  # fmt: skip
    found = Desk(postgres.fresh_database(), tmp_path, extra)
    yield found
    found.end()


def test_events_travel_through_kafka_and_a_killed_worker_loses_none(desk: Desk) -> None:
    desk.run("relay")
    first, _ = desk.run("faust"), desk.run("faust")
    desk.feed("300", "7", "--work-ms", "3", "--later", "70").wait(60)
    desk.wait(lambda: len(desk.effects("ordered")) > 0)
    first.send_signal(signal.SIGKILL)
    desk.wait(lambda: desk.one("SELECT count(*) FROM streams_record WHERE to_relay") == 0)
    desk.wait(lambda: desk.open_deliveries() == 0, 120)
    for stage in ("ordered", "loose", "after"):
        assert sorted(n for _, n in desk.effects(stage)) == exactly(300)
    assert is_ordered(desk.effects("ordered"))
    assert desk.one('SELECT count(*) FROM streams_record WHERE "offset" IS NULL') == 0


def test_poison_is_buried_alone_over_kafka_too(desk: Desk) -> None:
    desk.run("relay")
    desk.run("faust")
    desk.feed("60", "3", "--poison", "30").wait(60)
    desk.wait(lambda: desk.buried() == 2 and desk.open_deliveries() == 0, 120)
    assert sorted(n for _, n in desk.effects("ordered")) == exactly(60, 29, 59)


def test_a_topic_that_does_not_fit_says_how_it_differs(desk: Desk) -> None:
    desk.run("relay")
    desk.wait(lambda: desk.one("SELECT count(*) FROM streams_heartbeat") > 0)
    desk.env["KAFKA_PARTITIONS"] = "9"
    relay = desk.run("relay")
    assert relay.wait(60) != 0
    assert "partitions, KAFKA_PARTITIONS says 9" in desk.log.read_text()
