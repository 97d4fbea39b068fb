"""Two collectors on one PostgreSQL: one polls, the other stands by and takes over; what hubs push
is taken when PostgreSQL tells of it."""

import http.server
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from streams.collectors.bell import PATIENCE
from tests.contracts.desk import Desk
from tests.postgres import Postgres, free_port
from tests.stages.collect_kit import item, rss

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]
FEEDS = 12
TAKEN_OVER_WITHIN = 20.0
POLLED = (
    "SELECT count(*) FROM collectors_feed WHERE next_at > now() AND last_fetched_at IS NOT NULL"
)
PUSH = """
import hashlib, hmac, time
from streams.collectors.models import Feed
from streams.collectors.subscriptions import Pushed, receive
from tests.stages.collect_kit import item, rss
feed = Feed.objects.get(outlet="Outlet 0")
for n in range({start}, {start} + {n}):
    body = rss([item(n)])
    sign = "sha256=" + hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    assert receive(feed.pk, "token", Pushed(body, "application/rss+xml", sign)) == 202
    with open("{notes}", "a") as notes:
        print(n, time.time(), file=notes)
    time.sleep({pause})
"""


class Outlets(http.server.ThreadingHTTPServer):
    """Feeds at /0, /1, ...; counts who was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", free_port()), _Answers)
        self.asked: Counter[str] = Counter()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, n: int) -> str:
        return f"http://127.0.0.1:{self.server_port}/{n}"


class _Answers(http.server.BaseHTTPRequestHandler):
    server: Outlets

    def do_GET(self) -> None:
        self.server.asked[self.path] += 1
        body = rss([item(10_000 + int(self.path[1:]))])
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's name
        pass


@pytest.fixture
def outlets() -> Iterator[Outlets]:
    server = Outlets()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def desk(postgres: Postgres, tmp_path: Path, outlets: Outlets) -> Iterator[Desk]:
    lines = [
        f'[[feed]]\nurl = "{outlets.url(n)}"\noutlet = "Outlet {n}"\ncountry = "IT"\n'
        f'language = "it"\nowner = ""\nowner_source = ""\nchecked = "unverified"\n'
        for n in range(FEEDS)
    ]
    (tmp_path / "feeds.toml").write_text("\n".join(lines))
    found = Desk(
        postgres.migrated_database(), tmp_path,
        {"FEEDS_FILE": str(tmp_path / "feeds.toml"), "TOPOLOGY": "config.topology.TOPOLOGY",
         "JOBS": "config.topology.JOBS", "COLLECT_HOST_GAP_MS": "0",
         "COLLECT_ALLOW": f"127.0.0.1:{outlets.server_port}"},
    )  # fmt: skip
    found.shell(
        "from streams.management.commands.collect import seed; seed()\n"
        "from django.utils import timezone as t; from datetime import timedelta\n"
        "from streams.collectors.models import Feed\n"
        "Feed.objects.update(next_at=t.now() + timedelta(days=1))"
    )
    yield found
    found.end()


def write(desk: Desk, sql: str) -> None:
    with psycopg.connect(desk.url, autocommit=True) as connection:
        connection.execute(sql)


def all_due(desk: Desk) -> None:
    write(desk, "UPDATE collectors_feed SET next_at = now()")


def holder(desk: Desk) -> int:
    """The process that has the turn; 0 for none."""
    found = desk.rows("SELECT holder FROM streams_lease WHERE name = 'collect' AND until > now()")
    return int(found[0][0].split(":")[-2]) if found else 0


def collecting(desk: Desk) -> dict[int, "subprocess.Popen[bytes]"]:
    """Two collectors, both alive and well, by process id."""
    both = {process.pid: process for process in (desk.run("collect"), desk.run("collect"))}
    desk.wait(lambda: desk.one("SELECT count(*) FROM streams_heartbeat") == 2)
    desk.wait(lambda: holder(desk) in both)
    return both


def each_polled_once(desk: Desk, outlets: Outlets) -> None:
    outlets.asked.clear()
    all_due(desk)
    desk.wait(lambda: desk.one(POLLED) == FEEDS)
    time.sleep(1.0)  # whoever would ask a second time
    assert outlets.asked == Counter({f"/{n}": 1 for n in range(FEEDS)})


def test_one_collector_polls_and_the_other_takes_over_when_it_is_killed(
    desk: Desk, outlets: Outlets
) -> None:
    both = collecting(desk)
    for _ in range(3):
        each_polled_once(desk, outlets)
    first = both.pop(holder(desk))
    (other,) = both
    first.kill()
    died = time.monotonic()
    all_due(desk)
    desk.wait(lambda: holder(desk) == other, TAKEN_OVER_WITHIN)
    desk.wait(lambda: desk.one(POLLED) == FEEDS, TAKEN_OVER_WITHIN)
    assert time.monotonic() - died < TAKEN_OVER_WITHIN
    each_polled_once(desk, outlets)
    assert desk.one("SELECT count(*) FROM collectors_article") == FEEDS
    assert "Traceback" not in desk.log.read_text()


def test_a_collector_that_ends_in_order_is_followed_at_once(desk: Desk, outlets: Outlets) -> None:
    both = collecting(desk)
    standing_by = "SELECT count(*) FROM streams_heartbeat WHERE says ->> 'standby' = 'true'"
    desk.wait(lambda: desk.one(standing_by) == 1)
    first = both.pop(holder(desk))
    (other,) = both
    first.send_signal(signal.SIGTERM)
    assert first.wait(20) == 0
    desk.wait(lambda: holder(desk) == other, 4)
    each_polled_once(desk, outlets)


def test_a_holder_that_was_frozen_does_not_go_on_when_it_wakes(
    desk: Desk, outlets: Outlets
) -> None:
    both = collecting(desk)
    first = both[holder(desk)]
    first.send_signal(signal.SIGSTOP)
    desk.wait(lambda: holder(desk) not in {0, first.pid}, TAKEN_OVER_WITHIN)
    all_due(desk)
    outlets.asked.clear()
    first.send_signal(signal.SIGCONT)
    desk.wait(lambda: desk.one(POLLED) == FEEDS)
    time.sleep(1.0)
    assert set(outlets.asked.values()) == {1}
    each_polled_once(desk, outlets)


def test_a_single_round_is_refused_while_a_collector_works(desk: Desk) -> None:
    running = desk.run("collect")
    desk.wait(lambda: holder(desk) == running.pid)
    with pytest.raises(subprocess.CalledProcessError):
        desk.manage("collect", "--once")
    assert (
        f"A collector is at work ({socket.gethostname()[:50]}:{running.pid})"
        in desk.log.read_text()
    )


def test_what_a_hub_pushes_is_taken_when_postgresql_tells_of_it(desk: Desk) -> None:
    collecting(desk)
    write(
        desk,
        "UPDATE collectors_feed SET next_at = now() + interval '1 day', websub_token = 'token', "
        "websub_secret = 'secret', websub_state = 'live', last_fetched_at = now(), "
        "websub_lease_until_at = now() + interval '9 days', topic_url = url",
    )
    taken = "SELECT count(*) FROM collectors_article"
    notes = desk.folder / "pushed"
    desk.shell(PUSH.format(start=0, n=1, pause=0, notes=notes))
    desk.wait(lambda: desk.one(taken) == 1)  # the parser is awake now
    desk.shell(PUSH.format(start=1, n=8, pause=0.7, notes=notes))
    desk.wait(lambda: desk.one(taken) == 9)
    assert desk.one("SELECT count(*) FROM collectors_inbox") == 0
    pushed = dict(line.split() for line in notes.read_text().splitlines())
    found = desk.rows("SELECT url, extract(epoch FROM seen_at) FROM collectors_article")
    seen = {url.rpartition("/")[2]: float(at) for url, at in found}
    late = {n: seen[n] - float(at) for n, at in pushed.items() if n != "0"}
    assert len(late) == 8
    assert max(late.values()) < PATIENCE / 2, late
