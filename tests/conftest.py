"""Fixtures for everybody: real data, and the real servers that the tests start themselves."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper
from xdist.scheduler import LoadScopeScheduling

from tests import services
from tests.kafka_broker import Broker
from tests.postgres import Postgres

SHARED = Path(settings.ROOT).parent / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rounds", type=int, default=1, help="how often each disturbance of the runtime comes"
    )


class ByHouse(LoadScopeScheduling):  # type: ignore[misc]  # its package tells no types
    """Where several processes run the tests: a file stays in one, and so do all stories of a
    runtime, because they share a house."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = nodeid.partition("::")[0]
        if "/stories/" not in file:
            return file
        return "stories, distributed" if "distributed" in nodeid else "stories, embedded"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByHouse:
    return ByHouse(config, log)


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


@pytest.fixture(scope="session", autouse=True)
def _vectors_of_invented_people_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests write no vectors where a desk of this folder keeps those of its people."""
    from experts import memory

    memory.FOLDER = str(tmp_path_factory.mktemp("matching"))


@pytest.fixture(autouse=True)
def _no_stories_of_another_test() -> None:
    """A fresh database may come to the generation at which another test left the cache."""
    from rrmm.flashpoints.stages import cluster

    cluster.forget()


@pytest.fixture(autouse=True)
def _no_champion_of_another_test() -> None:
    """A promoted model is looked for every few seconds only, and databases of tests come and go."""
    from rrmm.flashpoints import champion

    champion.forget()


@pytest.fixture(autouse=True)
def _no_blind_spots_of_another_test() -> None:
    """What is blind is measured anew every half minute only."""
    from rrmm.web.staff import strip

    strip.forget()


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
