"""Desks on each runtime: embedded on SQLite and PostgreSQL, distributed over Kafka."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.desk import Desk, DistributedDesk
from tests.contracts.move_kit import Move, environment, python
from tests.kafka_broker import Broker
from tests.postgres import Postgres


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
        url = request.getfixturevalue("postgres").migrated_database()
        if request.param == "kafka":
            found = DistributedDesk(url, tmp_path, request.getfixturevalue("broker"))
        else:
            found = Desk(url, tmp_path)
    yield found
    found.end()


@pytest.fixture
def distributed(broker: Broker, postgres: Postgres, tmp_path: Path) -> Iterator[DistributedDesk]:
    """A desk over Kafka, faust and PostgreSQL; nothing runs yet but the servers."""
    found = DistributedDesk(postgres.migrated_database(), tmp_path, broker)
    yield found
    found.end()


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a real SQLite desk with rows in every table."""
    folder = Path(tmp_path_factory.mktemp("old"))
    env = environment(folder, "")
    for command in (("manage.py", "migrate"), ("-m", "tests.contracts.furnish", "fill")):
        done = python(env, *command)
        assert done.returncode == 0, done.stderr[-3000:]
    return folder


@pytest.fixture
def bare(furnished: Path, postgres: Postgres, tmp_path: Path) -> Move:
    """Into a database without tables."""
    shutil.copytree(furnished, tmp_path / "old")
    return Move(tmp_path / "old", tmp_path / "new", postgres.fresh_database())


@pytest.fixture
def move(bare: Move, postgres: Postgres) -> Move:
    """Into a database with empty tables."""
    return Move(bare.old, bare.new, postgres.migrated_database())
