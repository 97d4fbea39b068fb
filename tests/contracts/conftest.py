"""One PostgreSQL server and one Kafka broker for all contracts of a run; desks on each runtime."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.desk import Desk, DistributedDesk
from tests.kafka_broker import Broker
from tests.postgres import Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    found = Broker()
    yield found
    found.remove()


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgres", marks=pytest.mark.postgres),
        pytest.param("kafka", marks=[pytest.mark.postgres, pytest.mark.kafka]),
    ]
)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A desk on each runtime: embedded on SQLite and PostgreSQL, distributed over Kafka."""
    if request.param == "sqlite":
        found = Desk(f"sqlite:///{tmp_path}/desk.sqlite3", tmp_path)
    else:
        url = request.getfixturevalue("postgres").fresh_database()
        if request.param == "kafka":
            found = DistributedDesk(url, tmp_path, request.getfixturevalue("broker"))
        else:
            found = Desk(url, tmp_path)
    yield found
    found.end()


@pytest.fixture
def distributed(broker: Broker, postgres: Postgres, tmp_path: Path) -> Iterator[DistributedDesk]:
    """A desk over Kafka, faust and PostgreSQL; nothing runs yet but the servers."""
    found = DistributedDesk(postgres.fresh_database(), tmp_path, broker)
    yield found
    found.end()
