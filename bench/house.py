"""A whole mechanism on a database of its own, for the benches: processes, rows, real articles."""

import gzip
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TextIO
from xml.sax.saxutils import escape

import psycopg

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"


def real_items(languages: str = "en ar de fr pt zh tr es ru") -> Iterator[dict]:
    """Real news items (text, lang) of the development data, languages mixed as they come."""
    names = [SHARED / "unlabelled" / f"{lang}.jsonl.gz" for lang in languages.split()]
    files = list(map(_opened, names))
    while files:
        for file in list(files):
            line = file.readline()
            if not line:
                files.remove(file)
                continue
            yield json.loads(line)


def _opened(name: Path) -> TextIO:
    return io.TextIOWrapper(gzip.GzipFile(name), "utf-8")


def rss(items: list[dict], name: str, age: timedelta = timedelta(hours=1)) -> bytes:
    """An RSS document of items, the newest first, all published `age` ago or later."""
    start, parts = datetime.now(UTC) - age, []
    for n, item in enumerate(items):
        title, _, summary = item["text"].partition(" — ")
        link = f"https://{name}.example/{item['id']}-{n}"
        parts.append(
            f"<item><guid isPermaLink='false'>{name}-{item['id']}-{n}</guid><title>{clean(title)}"
            f"</title><link>{link}</link><description>{clean(summary)}</description>"
            f"<pubDate>{format_datetime(start + timedelta(seconds=n))}</pubDate></item>\n"
        )
    head = (
        f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>{name}</title>"
    )
    return f"{head}<link>https://{name}.example/</link>{''.join(parts)}</channel></rss>".encode()


def clean(text: str) -> str:
    return escape(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", " ", text))


class House:
    """Processes of one mechanism; `rows` reads its database beside them.

    Embedded on SQLite, unless `env` names a database and a broker (bench.servers.distributed).
    """

    def __init__(self, folder: Path, **env: str) -> None:
        self.folder, self.running = folder, []
        self._reading: psycopg.Connection | None = None
        empty = folder / "no_feeds.toml"
        empty.write_text("feed = []\n")
        self.env = {
            **os.environ,
            "DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "FEEDS_FILE": str(empty),
            "DEMO": "0",
            **env,
        }
        self.manage("migrate", "--verbosity", "0")

    def manage(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def python(self, code: str) -> str:
        """Runs code inside the project; what it prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
            cwd=ROOT,
            env=self.env,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def add_feeds(self, port: int, feeds: int) -> None:
        """Rows for feeds on loopback, due at once."""
        self.python(
            "from streams.collectors.models import Feed\n"
            f"base = 'http://127.0.0.1:{port}'\n"
            "rows = [Feed(url=f'{base}/{n}', outlet=f'N{n}') for n in range(%d)]\n"
            % feeds
            + "Feed.objects.bulk_create(rows)"
        )

    def start(self, *command: str) -> subprocess.Popen:
        with (self.folder / "out.log").open("ab") as out:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=self.env,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def web(self, port: int) -> None:
        self.start(
            "-m",
            "uvicorn",
            "config.asgi:application",
            "--port",
            str(port),
            "--log-level",
            "warning",
            "--no-access-log",
        )
        wait(lambda: answers(f"http://127.0.0.1:{port}/healthz"), 60)

    def work(self, workers: int = 2) -> None:
        """The workers of the runtime: `work`, or the relay and faust workers."""
        if not self.env.get("KAFKA_URL"):
            self.start("manage.py", "work")
            return
        self.start("manage.py", "relay")
        for group in ["work"] * workers + ["mail"]:
            self.start("manage.py", "faust", group)

    def rows(self, sql: str, *values: object) -> list[tuple]:
        if self.env.get("KAFKA_URL"):
            if self._reading is None:
                self._reading = psycopg.connect(self.env["DATABASE_URL"], autocommit=True)
            return self._reading.execute(sql.replace("?", "%s"), values or None).fetchall()
        with sqlite3.connect(self.folder / "bench.sqlite3", timeout=30) as connection:
            return connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: object) -> int:
        return self.rows(sql, *values)[0][0] or 0

    def open_deliveries(self) -> int:
        return self.one("SELECT count(*) FROM streams_delivery WHERE state IN (0, 1)")

    def end(self) -> None:
        if self._reading is not None:
            self._reading.close()
        for process in self.running:
            process.terminate()
        for process in self.running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except OSError:
        return False


def wait(holds: Callable[[], bool], seconds: float, step: float = 0.05, what: str = "") -> None:
    """Returns when it holds; ends the bench with `what` was waited for after `seconds`."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise SystemExit(f"not in {seconds} s: {what}")
        time.sleep(step)


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
