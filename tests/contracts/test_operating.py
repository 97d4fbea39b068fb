"""What an operator does by hand over Kafka: asking who is alive, and after a broker's loss."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.desk import DistributedDesk
from tests.contracts.test_delivery import exactly, is_ordered
from tests.kafka_broker import Broker
from tests.postgres import Postgres

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(900)]
STAGES = ("ordered", "loose", "after")
EVENTS, LINES = 200, 7


def test_who_runs_here_is_alive_and_who_does_not_is_not(distributed: DistributedDesk) -> None:
    desk = distributed
    desk.worker()
    desk.wait(lambda: is_alive(desk, "relay"), 60)
    desk.wait(lambda: is_alive(desk, "work"), 60)
    assert not is_alive(desk, "beat")
    assert not is_alive(desk, "collect")


def test_a_relay_whose_broker_is_away_is_alive_and_says_so(distributed: DistributedDesk) -> None:
    desk = distributed
    desk.env["KAFKA_URL"] = "kafka://127.0.0.1:1"
    desk.run("relay")
    stuck = "SELECT count(*) FROM streams_heartbeat WHERE says ->> 'stuck' = 'true'"
    desk.wait(lambda: desk.one(stuck) == 1, 60)
    assert is_alive(desk, "relay")


def is_alive(desk: DistributedDesk, name: str) -> bool:
    try:
        desk.manage("alive", name)
    except subprocess.CalledProcessError:
        return False
    return True


@pytest.fixture
def lost(postgres: Postgres, tmp_path: Path) -> Iterator[DistributedDesk]:
    """A desk whose broker is its own: it is going to lose everything."""
    broker = Broker()
    desk = DistributedDesk(postgres.migrated_database(), tmp_path, broker)
    yield desk
    desk.end()
    broker.remove()


@pytest.mark.parametrize("running", [False, True], ids=["workers stopped", "a worker at work"])
def test_what_a_broker_lost_is_carried_once_more(lost: DistributedDesk, running: bool) -> None:
    desk = lost
    worker = desk.worker()
    write(desk, 0)
    desk.wait(lambda: desk.open_deliveries() == 0 and desk.relayed(), 120)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    write(desk, EVENTS)
    desk.wait(desk.relayed, 60)
    assert desk.open_deliveries() == 2 * EVENTS
    if running:
        worker = desk.worker()
        desk.wait(lambda: len(desk.effects("ordered")) > EVENTS)  # it has begun, in mid work
    desk.broker.lose()
    desk.manage("relay", "--again")
    if running:  # it keeps positions of messages that are gone: docs/operations.md has it restarted
        worker.kill()
    desk.worker()
    desk.wait(lambda: desk.open_deliveries() == 0, 180)
    for stage in STAGES:
        assert sorted(n for _, n in desk.effects(stage)) == exactly(2 * EVENTS), stage
    assert is_ordered(desk.effects("ordered"))
    assert desk.buried() == 0
    write(desk, 2 * EVENTS)
    desk.wait(lambda: len(desk.effects("after")) == 3 * EVENTS, 120)


def write(desk: DistributedDesk, start: int) -> None:
    options = ("--start", str(start), "--work-ms", "5")
    assert desk.feed(str(EVENTS), str(LINES), *options).wait(60) == 0
