"""Fixtures for everybody: real data, and the real servers that the tests start themselves."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper

from tests import services
from tests.kafka_broker import Broker
from tests.postgres import Postgres

SHARED = Path(settings.ROOT).parent / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rounds", type=int, default=1, help="how often each disturbance of the runtime comes"
    )


@pytest.hookimpl(tryfirst=True)  # before the groups are read
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What shares a house or a server's state stays in one process when several run the tests."""
    for item in items:
        group = item.path.stem
        if item.path.parent.name == "stories":
            runtime = getattr(item, "callspec", None)
            group = f"stories on {runtime.params.get('runtime') if runtime else 'any'}"
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real development data; skips where it is absent, fails in CI."""
    if not SHARED.is_dir():
        services.missing("the folder ../shared/data (real development data)")
    return SHARED


@pytest.fixture(autouse=True)
def _no_waiting_counts() -> None:
    """Counts of one test must not be written in the next one's."""
    from streams import tally

    with tally._lock:
        tally._waiting.clear()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL server for a whole run; take a fresh database from it."""
    server = Postgres()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    """One Kafka broker for a whole run; give every desk a KAFKA_PREFIX of its own."""
    found = Broker()
    yield found
    found.remove()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a real Chromium."""
    return services.chromium()


@pytest.fixture(scope="session", autouse=True)
def _the_trail_can_be_emptied_between_tests() -> Iterator[None]:
    """SQLite empties tables with DELETE, which the trail's triggers refuse: lift them meanwhile."""
    operations: Any = DatabaseWrapper.ops_class
    plain = operations.execute_sql_flush

    def flush(self: Any, statements: Sequence[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND "
                "tbl_name = 'streams_trail'"
            )
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            plain(self, statements)
            for _, sql in triggers:
                cursor.execute(sql)

    operations.execute_sql_flush = flush
    yield
    operations.execute_sql_flush = plain


@pytest.fixture(scope="session", autouse=True)
def _a_tests_own_transaction_is_not_closed() -> Iterator[None]:
    """Workers refresh their connection between batches; in a test, which rolls its one transaction
    back, that would end the test (on PostgreSQL; SQLite hides it)."""
    plain = BaseDatabaseWrapper.close_if_unusable_or_obsolete

    def unless_inside(self: BaseDatabaseWrapper) -> None:
        if not self.in_atomic_block:
            plain(self)

    BaseDatabaseWrapper.close_if_unusable_or_obsolete = unless_inside  # type: ignore[method-assign]
    yield
    BaseDatabaseWrapper.close_if_unusable_or_obsolete = plain  # type: ignore[method-assign]
