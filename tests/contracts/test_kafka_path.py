"""What only the distributed runtime has: topics, the relay, the sweeper."""

import pytest

from tests.contracts.desk import DistributedDesk

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
