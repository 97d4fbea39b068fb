"""Live pages on PostgreSQL: a change reaches an open event stream, whatever became of the server
and of the connection that listens."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.contracts.test_web_connections import SIGNED_IN
from tests.postgres import Postgres
from tests.server import WebServer

pytestmark = pytest.mark.postgres
SOON = 1.0
"""Seconds from a commit to the page's hearing of it."""
APPEND = """
import time
from django.db import transaction
from streams.events import FlashpointTouched
from streams.log import append
with transaction.atomic():
    append(FlashpointTouched(flashpoint="{case}", act="taken"))
print(time.time())
"""
LISTENS = "query = 'LISTEN rrmm_log'"


@pytest.fixture
def web(postgres: Postgres, tmp_path: Path) -> Iterator[WebServer]:
    own = {"DATABASE_URL": postgres.migrated_database(), "DATABASE_POOL": "2", "DEMO": "0"}
    server = WebServer(tmp_path, settings=own).start()
    yield server
    server.stop()


class Reader:
    """A browser's event stream, read in a thread of its own: when it heard what."""

    def __init__(self, web: WebServer) -> None:
        key = web.run(SIGNED_IN).splitlines()[-1]
        self.heard: list[tuple[float, str]] = []
        self._line = socket.create_connection(("127.0.0.1", web.port))
        head = f"GET /live/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sessionid={key}\r\n\r\n"
        self._line.sendall(head.encode())
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._line.makefile("r", encoding="utf-8"):
            self.heard.append((time.time(), line.strip()))

    def times(self, words: str) -> list[float]:
        """When these words came."""
        return [at for at, line in self.heard if words in line]

    def wait(self, words: str, times: int = 1, seconds: float = 20.0) -> float:
        """When the words came for the so manieth time."""
        end = time.monotonic() + seconds
        while len(found := self.times(words)) < times:
            assert time.monotonic() < end, (words, self.heard)
            time.sleep(0.02)
        return found[times - 1]

    def close(self) -> None:
        self._line.close()


@pytest.fixture
def reader(web: WebServer) -> Iterator[Reader]:
    found = Reader(web)
    found.wait("event: hello")
    yield found
    found.close()


def changed(web: WebServer, reader: Reader) -> float:
    """Seconds from another process's commit to the stream."""
    case = str(uuid4())
    at = float(web.run(APPEND.format(case=case)))
    heard = reader.wait(case)
    line = next(line for _, line in reader.heard if case in line)
    assert json.loads(line.removeprefix("data:")) == {"name": "flashpoints", "id": case}
    return heard - at


def test_a_change_is_heard_within_a_second_and_again_after_the_server_restarted(
    web: WebServer, reader: Reader, postgres: Postgres
) -> None:
    assert changed(web, reader) < SOON
    postgres.stop("immediate")
    time.sleep(2)
    postgres.start()
    reader.wait("event: hello", 2)  # fetch everything: something may have been missed
    assert changed(web, reader) < SOON


def test_a_listener_that_was_cut_off_listens_again(web: WebServer, reader: Reader) -> None:
    assert changed(web, reader) < SOON
    with psycopg.connect(web.settings["DATABASE_URL"], autocommit=True) as connection:
        cut = connection.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {LISTENS}"
        ).fetchall()
    assert cut == [(True,)]
    reader.wait("event: hello", 2)
    assert changed(web, reader) < SOON


def test_a_notice_that_is_lost_delays_a_change_by_seconds_only(
    web: WebServer, reader: Reader
) -> None:
    assert changed(web, reader) < SOON
    case = str(uuid4())
    quietly = "import streams.log as log; log.connection.vendor = 'quiet'\n"
    at = float(web.run(quietly + APPEND.format(case=case)))
    assert reader.wait(case) - at < 7


def test_the_thread_behind_the_streams_keeps_no_connection_of_the_requests(
    web: WebServer, reader: Reader
) -> None:
    assert changed(web, reader) < SOON
    with psycopg.connect(web.settings["DATABASE_URL"]) as connection:
        row = connection.execute(
            f"SELECT count(*) FILTER (WHERE {LISTENS}), "
            f"count(*) FILTER (WHERE state LIKE 'idle in%%'), count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
    assert row is not None
    listening, transacting, everything = row
    assert (listening, transacting) == (1, 0)
    assert everything <= 3  # a pool of two, and the listener
