"""`up` over Kafka: parts start and end in any order, with the broker there or not."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from streams import kafka
from tests.contracts.desk import Desk
from tests.kafka_broker import Broker
from tests.postgres import Postgres
from tests.stories.house import ENDS_WITHIN, House, Runtime, wait

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(300)]

FLOW = {"TOPOLOGY": "tests.contracts.flow.TOPOLOGY", "JOBS": "tests.contracts.flow.JOBS"}


@pytest.fixture
def lonely() -> Iterator[Broker]:
    """A broker of the test's own, to be stopped for longer."""
    found = Broker()
    yield found
    found.remove()


def test_parts_that_start_without_a_broker_come_again_until_it_is_there(
    lonely: Broker, postgres: Postgres, tmp_path: Path
) -> None:
    house = House(tmp_path, Runtime(postgres, lonely), DEMO="0", **FLOW)
    lonely.stop()
    try:
        house.start()
        wait(lambda: "no broker answers at" in house.said(), "the worker's words")
        wait(lambda: "starts again in" in house.said(), "the supervisor's words")
        lonely.start()
        writer = Desk(house.env["DATABASE_URL"], tmp_path, {**house.env, **FLOW})
        assert writer.feed("100", "7").wait(60) == 0
        wait(lambda: len(writer.effects("after")) == 100, "every effect", 90)
        lonely.kill()
        assert writer.feed("50", "7", "--start", "100").wait(60) == 0
        time.sleep(3)
        seconds = house.end()
        crowd = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
        assert seconds < ENDS_WITHIN * crowd, house.said()[-3000:]
        assert house.process is not None
        assert house.process.returncode == 0
        assert house.ports_are_free()
        assert not living(str(tmp_path)), "a process was left behind"
    finally:
        house.end()
    lonely.start()
    again = House(tmp_path, Runtime(postgres, lonely), DEMO="0", **FLOW)
    again.env |= {key: house.env[key] for key in ("DATABASE_URL", "KAFKA_PREFIX")}
    try:
        again.start()
        wait(lambda: len(writer.effects("after")) == 150, "what was left lying", 90)
    finally:
        again.end()


def living(data: str) -> list[int]:
    """Processes whose DATA_DIR lies in this folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                env = (entry / "environ").read_bytes()
            except OSError:
                continue
            if f"DATA_DIR={data}".encode() in env and int(entry.name) != os.getpid():
                found.append(int(entry.name))
    return found


def test_a_worker_that_hangs_is_killed_and_its_work_done_by_the_next(
    broker: Broker, postgres: Postgres, tmp_path: Path
) -> None:
    """SIGSTOP stands for whatever a process can hang in: it hears nothing any more."""
    house = House(tmp_path, Runtime(postgres, broker), DEMO="0", **FLOW)
    try:
        house.start()
        writer = Desk(house.env["DATABASE_URL"], tmp_path, {**house.env, **FLOW})
        sql = "SELECT name FROM streams_heartbeat WHERE name LIKE 'work@%'"
        wait(lambda: writer.rows(sql), "a worker")
        os.kill(int(writer.rows(sql)[0][0].rpartition(":")[2]), signal.SIGSTOP)
        other = writer.run("faust", "work")
        assert writer.feed("100", "7").wait(60) == 0
        wait(lambda: len(writer.effects("after")) == 100, "every effect", 90)
        other.terminate()
        other.wait(20)
        assert house.end() < 2 * ENDS_WITHIN
        assert "did not end in time and was killed" in house.said()
        assert not living(str(tmp_path)), "a process was left behind"
    finally:
        house.end()


def test_a_producer_whose_broker_went_away_leaves_no_thread_behind(
    lonely: Broker, settings: Any
) -> None:
    settings.KAFKA_URL = lonely.url
    before = threading.active_count()
    producer = kafka.producer()
    with kafka.admin() as admin:
        admin.create_topics({"lost": {"num_partitions": 1, "replication_factor": 1}})
        admin.wait_for_topics(["lost"])
    producer.send("lost", b"before").get(10)
    lonely.kill()
    producer.send("lost", b"after")
    kafka.end(producer)
    end = time.monotonic() + 30
    while threading.active_count() > before and time.monotonic() < end:
        time.sleep(0.1)
    assert threading.active_count() == before
