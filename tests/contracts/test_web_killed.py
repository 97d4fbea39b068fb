"""The web is killed while hubs push to it: what it said yes to is there, once, and went its way."""

import hashlib
import hmac
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.desk import ROOT, DistributedDesk
from tests.kafka_broker import Broker
from tests.postgres import Postgres, free_port
from tests.stages.collect_kit import item, rss

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(600)]

DOCUMENTS, ITEMS = 60, 5
FEED = """
from datetime import timedelta
from django.utils import timezone
from streams.collectors.models import Feed
now = timezone.now()
Feed.objects.create(id="00000000-0000-7000-8000-000000000001", url="http://hub.example/feed",
    outlet="The Invented Gazette", language="en", active=True, next_at=now + timedelta(days=1),
    last_fetched_at=now, last_full_at=now, last_status="ok", websub_state="live",
    websub_token="token", websub_secret="secret", topic_url="http://hub.example/feed",
    websub_lease_until_at=now + timedelta(days=9))
"""
HOOK = "hooks/websub/00000000-0000-7000-8000-000000000001/token/"


@pytest.fixture
def desk(postgres: Postgres, broker: Broker, tmp_path: Path) -> Iterator[DistributedDesk]:
    feeds = tmp_path / "none.toml"
    feeds.write_text("feed = []\n")
    real = {"TOPOLOGY": "config.topology.TOPOLOGY", "JOBS": "config.topology.JOBS"}
    found = DistributedDesk(
        postgres.migrated_database(), tmp_path, broker, FEEDS_FILE=str(feeds), **real
    )
    found.shell(FEED)
    yield found
    found.end()


class Web:
    """uvicorn on a port of its own, killed and started again."""

    def __init__(self, desk: DistributedDesk) -> None:
        self.desk, self.port = desk, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "config.asgi:application"]
        with self.desk.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--port", str(self.port), "--log-level", "warning"],
                cwd=ROOT, env=self.desk.env, stdout=log, stderr=log,
            )  # fmt: skip
        self.desk.started.append(self.process)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def push(self, body: bytes) -> None:
        """As a hub does: again until somebody says yes."""
        sign = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/{HOOK}", body)
        request.add_header("Content-Type", "application/rss+xml")
        request.add_header("X-Hub-Signature", f"sha256={sign}")
        end = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(request, timeout=5).read()
            except urllib.error.HTTPError as refusal:
                if refusal.code < 500:
                    raise
            except OSError:
                assert time.monotonic() < end, self.desk.log.read_text()[-3000:]
            else:
                return
            time.sleep(0.2)


def test_the_web_killed_while_it_takes_pushes(desk: DistributedDesk) -> None:
    web = Web(desk)
    web.start()
    desk.worker()
    desk.run("collect")
    for n in range(DOCUMENTS):
        if n in {DOCUMENTS // 3, 2 * DOCUMENTS // 3}:
            web.kill()
            web.start()
        web.push(rss([item(n * ITEMS + k) for k in range(ITEMS)]))
    written = "SELECT count(*) FROM streams_record WHERE kind = 'ArticleFetched'"
    desk.wait(lambda: desk.one(written) >= DOCUMENTS * ITEMS, 120)
    desk.wait(lambda: desk.open_deliveries() == 0, 120)
    assert desk.one(written) == DOCUMENTS * ITEMS
    assert desk.one("SELECT count(DISTINCT url) FROM collectors_article") == DOCUMENTS * ITEMS
    assert desk.one("SELECT count(*) FROM collectors_article") == DOCUMENTS * ITEMS
    assessed = "SELECT count(*) FROM streams_delivery WHERE stage = 'assess' AND state = 2"
    assert desk.one(assessed) == DOCUMENTS * ITEMS
    assert desk.buried() == 0
