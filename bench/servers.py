"""A real broker and a real PostgreSQL for the benches of the distributed runtime."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.kafka_broker import Broker
from tests.postgres import Postgres


@contextmanager
def distributed(partitions: int = 12) -> Iterator[dict[str, str]]:
    """Starts both, PostgreSQL with its disk writes on; yields the settings that name them."""
    with servers() as (postgres, broker):
        yield settings(postgres, broker, partitions)


@contextmanager
def servers() -> Iterator[tuple[Postgres, Broker]]:
    """Both servers, to be stopped and started by the bench."""
    postgres = Postgres(durable=True)
    try:
        broker = Broker()
        try:
            yield postgres, broker
        finally:
            broker.remove()
    finally:
        postgres.remove()


def settings(postgres: Postgres, broker: Broker, partitions: int = 12) -> dict[str, str]:
    return {
        "DATABASE_URL": postgres.fresh_database(),
        "KAFKA_URL": broker.url,
        "KAFKA_PARTITIONS": str(partitions),
    }
