"""What only the distributed runtime has: topics, the relay, the sweeper."""

import pytest
from kafka import TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.structs import OffsetAndMetadata

from tests.contracts.desk import DistributedDesk
from tests.contracts.test_delivery import exactly, is_ordered

HUGE = """
from django.db import transaction
from streams.log import append
from tests.contracts.flow import Counted
with transaction.atomic():
    append(Counted(line="line-0", n=0, padding="x" * 2_000_000))
"""

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(300)]


def test_a_topic_that_does_not_fit_says_how_it_differs(distributed: DistributedDesk) -> None:
    desk = distributed
    desk.manage("topics")
    desk.env["KAFKA_PARTITIONS"] = "9"
    relay = desk.run("relay")
    assert relay.wait(60) != 0
    assert (
        "has 4 partitions, KAFKA_PARTITIONS says 9: `manage.py topics --grow` adds them"
        in desk.log.read_text()
    )


def test_topics_grow_and_the_order_of_each_line_stays(distributed: DistributedDesk) -> None:
    desk = distributed
    desk.manage("topics")
    desk.feed("300", "7", "--work-ms", "1").wait(60)
    desk.relay = desk.run("relay")
    desk.wait(desk.relayed)
    desk.relay.terminate()
    desk.env["KAFKA_PARTITIONS"] = "6"
    desk.manage("topics", "--grow")
    desk.feed("300", "7", "--start", "300").wait(60)
    desk.relay = None
    for _ in range(2):
        desk.worker()
    desk.wait(lambda: desk.open_deliveries() == 0)
    assert sorted(n for _, n in desk.effects("ordered")) == exactly(600)
    assert is_ordered(desk.effects("ordered"))
    assert {part for (part,) in desk.rows("SELECT partition FROM streams_record")} - {0, 1, 2, 3}


def test_a_long_backlog_is_neither_swept_nor_sent_again(distributed: DistributedDesk) -> None:
    """20,000 events wait while the sweeper looks every second."""
    desk = distributed
    desk.env["TOPOLOGY"] = "tests.contracts.flow.QUICK"
    desk.relay = desk.run("relay")
    writers = [desk.feed("10000", "40", "--start", start) for start in ("0", "10000")]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    desk.wait(desk.relayed)
    for _ in range(2):
        desk.worker()
    desk.wait(lambda: desk.open_deliveries() == 0, 200)
    assert sorted(n for _, n in desk.effects("loose")) == exactly(20_000)
    lag = "SELECT says -> 'lag' FROM streams_heartbeat WHERE name LIKE 'kafka@%'"
    desk.wait(lambda: sum(place[4] or 0 for place in desk.rows(lag)[0][0]) == 20_000)
    assert sum(end for _, _, _, end, _ in desk.rows(lag)[0][0]) == 20_000
    counts = desk.counts()
    assert counts["relay.sent"] == 20_000
    assert not [name for name in counts if name.startswith("sweeper.")]


def test_what_was_acknowledged_and_never_met_is_found(distributed: DistributedDesk) -> None:
    desk = distributed
    desk.relay = desk.run("relay")
    desk.feed("100", "7").wait(60)
    desk.wait(desk.relayed)
    pretend_to_have_read_everything(desk, "counted")
    desk.wait(lambda: desk.counts().get("sweeper.ordered") == 100)
    desk.worker()
    desk.wait(lambda: desk.open_deliveries() == 0)
    for stage in ("ordered", "loose", "after"):
        assert sorted(n for _, n in desk.effects(stage)) == exactly(100)
    assert is_ordered(desk.effects("ordered"))
    desk.wait(lambda: desk.counts().get("after.done") == 100)
    counts = desk.counts()
    assert (counts["sweeper.loose"], counts["relay.sent"]) == (100, 200)
    assert "sweeper.after" not in counts


def pretend_to_have_read_everything(desk: DistributedDesk, topic: str) -> None:
    """Moves the group's offsets to the end of a topic, as a worker does that is wrong about what
    it has met."""
    name, server = f"{desk.env['KAFKA_PREFIX']}{topic}", desk.broker.url.split("//")[1]
    admin = KafkaAdminClient(bootstrap_servers=[server])
    ends = admin.list_partition_offsets({TopicPartition(name, part): -1 for part in range(4)})
    offsets = {part: OffsetAndMetadata(end.offset, "", -1) for part, end in ends.items()}
    admin.alter_group_offsets(f"{desk.env['KAFKA_PREFIX']}work", offsets)
    admin.close()


def test_what_was_written_without_a_broker_is_carried_to_it(distributed: DistributedDesk) -> None:
    desk = distributed
    kafka = desk.env.pop("KAFKA_URL")
    desk.feed("200", "7", "--later", "60").wait(60)
    desk.env["KAFKA_URL"] = kafka
    desk.worker()
    desk.wait(lambda: desk.open_deliveries() == 0)
    assert sorted(n for _, n in desk.effects("after")) == exactly(200)
    assert is_ordered(desk.effects("ordered"))
    assert desk.counts()["relay.adopted"] == 200


def test_a_record_that_the_broker_will_not_take_is_met_without_it(
    distributed: DistributedDesk,
) -> None:
    desk = distributed
    desk.manage("topics")
    desk.shell(HUGE)
    desk.feed("20", "3", "--start", "1").wait(60)
    desk.worker()
    desk.wait(lambda: desk.open_deliveries() == 0)
    assert sorted(n for _, n in desk.effects("ordered")) == exactly(21)
    assert desk.counts()["relay.too_big"] == 1


def test_a_worker_says_which_setting_is_wrong(distributed: DistributedDesk) -> None:
    desk = distributed
    desk.env["KAFKA_URL"] = "kafka://127.0.0.1:9"
    assert desk.run("faust", "work").wait(60) == 1
    assert "no broker answers at 127.0.0.1:9" in desk.log.read_text()
    desk.env["DATABASE_URL"] = ""
    assert desk.run("faust", "work").wait(60) == 1
    assert "Kafka needs PostgreSQL beside it, and DATABASE_URL is SQLite" in desk.log.read_text()
    desk.env["KAFKA_URL"] = "localhost:9092"
    assert desk.run("relay").wait(60) == 1
    assert "'localhost:9092' is not the address of a broker" in desk.log.read_text()
