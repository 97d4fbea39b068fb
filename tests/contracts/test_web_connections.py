"""The web on PostgreSQL: many readers at once must not take all of its connections."""

import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from tests.postgres import Postgres
from tests.server import WebServer

pytestmark = pytest.mark.postgres
POOL = 5
SIGNED_IN = """
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
request = HttpRequest()
request.session = SessionStore()
user = User.objects.create_user("t@desk.example", is_staff=True)
login(request, user, backend="django.contrib.auth.backends.ModelBackend")
request.session.save()
print(request.session.session_key)
"""


@pytest.fixture
def web(postgres: Postgres, tmp_path: Path) -> Iterator[WebServer]:
    own = {"DATABASE_URL": postgres.migrated_database(), "DATABASE_POOL": str(POOL), "DEMO": "0"}
    server = WebServer(tmp_path, settings=own).start()
    yield server
    server.stop()


def connections(web: WebServer) -> int:
    sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
    with psycopg.connect(web.settings["DATABASE_URL"]) as found:
        row = found.execute(f"{sql} pg_backend_pid()").fetchone()
    assert row
    return int(row[0])


def ask(web: WebServer, path: str = "/healthz", cookie: str = "") -> int:
    request = urllib.request.Request(f"{web.url}{path}", headers={"Cookie": cookie})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return int(answer.status)


def test_a_hundred_requests_at_once_share_a_few_connections(web: WebServer) -> None:
    with ThreadPoolExecutor(100) as readers:
        assert set(readers.map(lambda _: ask(web), range(200))) == {200}
    assert connections(web) <= POOL


def test_open_event_streams_hold_none(web: WebServer) -> None:
    key = web.run(SIGNED_IN).splitlines()[-1]
    cookie = f"sessionid={key}"
    with ExitStack() as open_streams:
        for _ in range(4 * POOL):
            line = socket.create_connection(("127.0.0.1", web.port))
            open_streams.callback(line.close)
            line.settimeout(30)
            line.sendall(
                f"GET /live/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()
            )
            assert b"event: hello" in _until(line, b"hello")
        assert ask(web, "/health/", cookie) == 200
        assert connections(web) <= POOL + 1, "and one that listens for all of them"


def _until(line: socket.socket, word: bytes) -> bytes:
    found = b""
    while word not in found:
        part = line.recv(4096)
        assert part, found
        found += part
    return found


def test_the_web_comes_back_when_the_database_does(web: WebServer, postgres: Postgres) -> None:
    with ThreadPoolExecutor(POOL) as readers:
        assert set(readers.map(lambda _: ask(web), range(20))) == {200}
    postgres.stop("immediate")
    end = time.monotonic() + 10  # long enough for a pool to lose heart
    while time.monotonic() < end:
        with pytest.raises(urllib.error.HTTPError, match="500"):
            ask(web)
    postgres.start()
    start = time.monotonic()
    assert ask(web) == 200
    assert time.monotonic() - start < 4
