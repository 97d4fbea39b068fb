"""A desk in processes of its own on one database: what the conformance suite drives."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dj_database_url
import psycopg

from tests.kafka_broker import Broker

ROOT = Path(__file__).resolve().parent.parent.parent


class Desk:
    """Starts commands against one database and reads its tables directly."""

    def __init__(self, url: str, folder: Path, extra: dict[str, str] | None = None) -> None:
        self.url, self.folder = url, folder
        self.env = {
            **os.environ,
            "DATABASE_URL": url,
            "DATA_DIR": str(folder),
            "TOPOLOGY": "tests.contracts.flow.TOPOLOGY",
            "JOBS": "tests.contracts.flow.JOBS",
            **(extra or {}),
        }
        self.started: list[subprocess.Popen[bytes]] = []
        self.log = folder / "desk.log"
        if not self._has_tables():
            self.manage("migrate", "--verbosity", "0", "--skip-checks")

    def _has_tables(self) -> bool:
        if self.url.startswith("sqlite"):
            return False
        return bool(self.rows("SELECT to_regclass('streams_record')")[0][0])

    def manage(self, *arguments: str) -> None:
        """Runs a command to its end."""
        with self.log.open("ab") as log:
            subprocess.run(
                [sys.executable, "manage.py", *arguments],
                check=True, cwd=ROOT, env=self.env, stdout=log, stderr=log,
            )  # fmt: skip

    def shell(self, code: str) -> None:
        """Runs a line of Python inside the desk."""
        self.manage("shell", "--no-imports", "--command", code)

    def feed(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Starts writing events."""
        return self._start("-m", "tests.contracts.feed", *arguments)

    def worker(self) -> subprocess.Popen[bytes]:
        """Starts a worker of the embedded runtime."""
        return self._start("manage.py", "work")

    def run(self, *command: str) -> subprocess.Popen[bytes]:
        """Starts any long-running command."""
        return self._start("manage.py", *command)

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=self.env, stdout=log, stderr=log
            )
        self.started.append(process)
        return process

    def running(self, command: str) -> "list[subprocess.Popen[bytes]]":
        """What was started by this command and has not ended."""
        return [p for p in self.started if command in list(p.args) and p.poll() is None]  # type: ignore[arg-type]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Reads on a connection of its own."""
        if self.url.startswith("sqlite"):
            import sqlite3

            file = dj_database_url.parse(self.url)["NAME"]
            with contextlib.closing(sqlite3.connect(file, timeout=20)) as found:
                return found.execute(sql).fetchall()
        with psycopg.connect(self.url) as connection:
            return connection.execute(sql).fetchall()

    def one(self, sql: str) -> int:
        return int(self.rows(sql)[0][0])

    def wait(self, holds: Callable[[], bool], seconds: float = 90.0) -> None:
        """Waits until it holds; fails with the end of the log."""
        end = time.monotonic() + seconds
        while not self._quietly(holds):
            if time.monotonic() > end:
                raise AssertionError(f"not in {seconds} s\n{self.log.read_text()[-4000:]}")
            time.sleep(0.1)

    @staticmethod
    def _quietly(holds: Callable[[], bool]) -> bool:
        try:
            return holds()
        except psycopg.OperationalError:
            return False

    def open_deliveries(self) -> int:
        return self.one("SELECT count(*) FROM streams_delivery WHERE state IN (0, 1)")

    def buried(self) -> int:
        return self.one("SELECT count(*) FROM streams_delivery WHERE state = 3")

    def effects(self, stage: str) -> list[tuple[str, int]]:
        """(line, n) of every effect of a stage, in the order in which they were written."""
        n = "CAST(json_extract(detail, '$.n') AS INTEGER)"
        if not self.url.startswith("sqlite"):
            n = "CAST(detail->>'n' AS INTEGER)"
        sql = f"SELECT subject, {n} FROM streams_trail WHERE act = '{stage}.met' ORDER BY at, id"
        return [(line, int(n)) for line, n in self.rows(sql)]

    def relayed(self) -> bool:
        """Whether nothing waits for Kafka."""
        return self.one("SELECT count(*) FROM streams_record WHERE to_relay") == 0

    def counts(self) -> dict[str, int]:
        """Every count by name, as written so far."""
        return dict(self.rows("SELECT name, sum(n) FROM streams_tally GROUP BY name"))

    def end(self) -> None:
        """Kills what still runs."""
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait(10)


class DistributedDesk(Desk):
    """The same over Kafka, faust and PostgreSQL; a relay starts with the first worker."""

    def __init__(self, url: str, folder: Path, broker: Broker, **extra: str) -> None:
        self.broker = broker
        self.relay: subprocess.Popen[bytes] | None = None
        kafka = {
            "KAFKA_URL": broker.url,
            "KAFKA_PREFIX": f"{folder.name}.",
            "KAFKA_PARTITIONS": "4",
            "KAFKA_SESSION_TIMEOUT": "6",
            "KAFKA_SWEEP_SECONDS": "1",
        }
        super().__init__(url, folder, {**kafka, **extra})

    def worker(self) -> "subprocess.Popen[bytes]":
        if self.relay is None:
            self.relay = self.run("relay")
        return self.run("faust", "work")
