"""What dies, is stopped or joins while events flow over Kafka: nothing is lost, nothing done twice.

Each disturbance comes under load, `--rounds` times (1 by default). At its end each scenario prints
its counts by name: `pytest tests/contracts/test_disturbed.py --rounds 10 -s`.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from tests.contracts.desk import DistributedDesk
from tests.contracts.test_delivery import exactly, is_ordered
from tests.kafka_broker import Broker
from tests.postgres import Postgres

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(1800)]

LINES = 7
EVENTS = 400
"""Written in each round, half a second's work of them before the disturbance comes."""

COUNTED = "SELECT count(*) FROM streams_record WHERE kind = 'Counted'"

Disturb = Callable[[], None]


class Load:
    """Writes EVENTS in each round while `disturb` happens, and checks everything in the end."""

    def __init__(self, desk: DistributedDesk, rounds: int) -> None:
        self.desk, self.rounds, self.written = desk, rounds, 0

    def run(self, disturb: Disturb, workers: int = 2) -> None:
        """All rounds, then the count."""
        for _ in range(workers):
            self.desk.worker()
        for _ in range(self.rounds):
            self.round(disturb)
        self.check()

    def round(self, disturb: Disturb) -> None:
        """The disturbance comes when some of this round's events were met, and most were not."""
        met = len(self.desk.effects("ordered"))
        options = ("--start", str(self.written), "--work-ms", "3", "--pause", "0.1")
        writing = self.desk.feed(str(EVENTS), str(LINES), *options, "--later", "90")
        self.written += EVENTS
        self.desk.wait(lambda: len(self.desk.effects("ordered")) > met, 120)
        disturb()
        assert writing.wait(120) == 0

    def check(self) -> None:
        """Every event had its effect in every stage exactly once, and each line its order."""
        desk, n = self.desk, self.written
        desk.wait(lambda: desk.one("SELECT count(*) FROM streams_record") >= 2 * n, 240)
        desk.wait(lambda: desk.open_deliveries() == 0, 240)
        for stage in ("ordered", "loose", "after"):
            assert sorted(k for _, k in desk.effects(stage)) == exactly(n), stage
        assert is_ordered(desk.effects("ordered"))
        assert is_ordered(desk.effects("after"))
        assert desk.buried() == 0
        desk.wait(desk.relayed)
        desk.wait(lambda: desk.counts().get("after.done", 0) > 0)
        self.say(f"{n} events in {self.rounds} rounds: none lost, none twice")

    def say(self, words: str) -> None:
        """The outcome with its counts by name, for who runs many rounds."""
        wanted = ("relay.", "sweeper.", "faust.", "ordered.", "loose.", "after.")
        counts = self.desk.counts().items()
        told = ", ".join(f"{name} {n}" for name, n in sorted(counts) if name.startswith(wanted))
        sys.stdout.write(f"\n{words}; {told}\n")


@pytest.fixture
def load(distributed: DistributedDesk, request: pytest.FixtureRequest) -> Load:
    return Load(distributed, request.config.getoption("--rounds"))


def test_a_worker_killed_in_mid_batch(load: Load) -> None:
    def disturb() -> None:
        victim = load.desk.running("faust")[0]
        kill(victim)
        load.desk.worker()

    load.run(disturb)


def test_workers_joining_and_leaving(load: Load) -> None:
    def disturb() -> None:
        joined = [load.desk.worker(), load.desk.worker()]
        for worker in joined:
            alive = f"SELECT count(*) FROM streams_heartbeat WHERE name LIKE '%:{worker.pid}'"
            load.desk.wait(lambda alive=alive: load.desk.one(alive) == 1)  # type: ignore[misc]
        time.sleep(3)
        for worker in joined:
            worker.terminate()
        assert [worker.wait(30) for worker in joined] == [0, 0]

    load.run(disturb)


def test_the_relay_killed(load: Load) -> None:
    def disturb() -> None:
        assert load.desk.relay is not None
        kill(load.desk.relay)
        load.desk.relay = load.desk.run("relay")

    load.run(disturb)


def test_a_second_relay_stands_by_and_takes_over(load: Load) -> None:
    def disturb() -> None:
        assert load.desk.relay is not None
        standing_by = load.desk.run("relay")
        sql = "SELECT count(*) FROM streams_heartbeat WHERE says ->> 'standby' = 'true'"
        load.desk.wait(lambda: load.desk.one(sql) > 0)
        kill(load.desk.relay)
        load.desk.relay = standing_by

    load.run(disturb)


def test_the_writer_killed_in_mid_transaction(load: Load) -> None:
    """Whoever writes (the web, the collector) and dies leaves whole transactions or nothing."""
    desk, rounds = load.desk, load.rounds
    desk.worker()
    for n in range(rounds):
        written = desk.one(COUNTED)
        writing = desk.feed("5000", str(LINES), "--start", str(n * 5000))
        desk.wait(lambda written=written: desk.one(COUNTED) > written + 100)  # type: ignore[misc]
        kill(writing)
    desk.wait(lambda: desk.open_deliveries() == 0, 240)
    numbers = "SELECT CAST(payload AS json) ->> 'n' FROM streams_record WHERE kind = 'Counted'"
    told = sorted(int(number) for (number,) in desk.rows(numbers))
    assert len(told) % 50 == 0
    assert len(told) < rounds * 5000
    for stage in ("ordered", "loose", "after"):
        assert sorted(k for _, k in desk.effects(stage)) == told
    load.say(f"{len(told)} events of {rounds} killed writers: none lost, none twice")


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_the_broker_away_for_a_while(load: Load, broker: Broker, how: str) -> None:
    def disturb() -> None:
        getattr(broker, how)()
        time.sleep(5)
        broker.start()

    load.run(disturb)


@pytest.mark.parametrize("how", ["fast", "immediate", "kill"])
def test_the_database_away_for_a_while(load: Load, postgres: Postgres, how: str) -> None:
    def disturb() -> None:
        if how == "kill":
            postgres.kill()
        else:
            postgres.stop(how)
        time.sleep(2)
        postgres.start()

    load.run(disturb)


def test_everything_dies_at_once(load: Load, broker: Broker, postgres: Postgres) -> None:
    def disturb() -> None:
        for process in load.desk.running("faust") + load.desk.running("relay"):
            kill(process)
        broker.kill()
        postgres.kill()
        postgres.start()
        broker.start()
        load.desk.relay = None
        load.desk.worker()
        load.desk.worker()

    load.run(disturb)


def kill(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(10)
