"""The real mechanism in processes of its own: `manage.py up` in a folder that a story owns."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import psycopg

from tests.kafka_broker import Broker
from tests.postgres import Postgres, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 45.0
"""Seconds until something that does not come is called broken; a loaded machine is slow."""
ENDS_WITHIN = 15.0
"""Seconds on a machine with nothing else to do; a crowded one gets its share more."""
HOLD = 8
"""ASK_HOLD of the stories, in seconds."""
Found = TypeVar("Found")


def wait(look: Callable[[], Found], what: str, patience: float = PATIENCE) -> Found:
    """What `look` finds, as soon as it is true; fails with `what` otherwise."""
    end = time.monotonic() + patience
    while not (found := look()):
        assert time.monotonic() < end, f"it did not come in {patience:g} s: {what}"
        time.sleep(0.1)
    return found


@dataclass(frozen=True, slots=True)
class Runtime:
    """Where houses stand: embedded on a file of their own, or on these servers."""

    postgres: Postgres | None = None
    broker: Broker | None = None

    def settings(self, folder: Path) -> dict[str, str]:
        """What makes a house in this folder run here."""
        if self.postgres is None or self.broker is None:
            return {"DATABASE_URL": "", "KAFKA_URL": ""}
        prefix = re.sub(r"\W+", "-", folder.name)
        return {
            "DATABASE_URL": self.postgres.fresh_database(),
            "KAFKA_URL": self.broker.url,
            "KAFKA_PREFIX": f"{prefix}.",
        }


class House:
    """Starts `manage.py up`, reads what it prints, ends it as Ctrl-C does."""

    def __init__(self, folder: Path, runtime: Runtime, **more: str) -> None:
        self.folder = folder
        self.port, self.demo_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        feeds = folder / "no_feeds.toml"
        feeds.write_text("feed = []\n")
        self.env = {
            **os.environ,
            "DATA_DIR": str(folder / "var"),
            **runtime.settings(folder),
            "PORT": str(self.port),
            "BASE_URL": self.url,
            "DEMO_PORT": str(self.demo_port),
            "ASK_HOLD": str(HOLD),
            "FEEDS_FILE": str(feeds),
            "PYTHONUNBUFFERED": "1",
            **more,
        }
        self.out = folder / "up.log"
        self.process: subprocess.Popen[bytes] | None = None

    # --- its life ---------------------------------------------------------------------------
    def start(self) -> "House":
        """Returns when the greeting with the sign-in link was printed."""
        with self.out.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=ROOT, env=self.env, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip
        wait(self._greeted, "the greeting", 4 * PATIENCE)
        return self

    def _greeted(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.said()[-3000:]
        return "Ctrl-C ends everything." in self.said()

    def said(self) -> str:
        """Everything it printed so far."""
        return self.out.read_text(errors="replace")

    @property
    def link(self) -> str:
        """The one-time link of the greeting."""
        found = re.search(r"Sign in \(one use\): (\S+)", self.said())
        assert found, self.said()[-3000:]
        return found[1]

    def end(self) -> float:
        """One Ctrl-C; the seconds that it took to end. Kills it where it does not."""
        assert self.process is not None
        if self.process.poll() is not None:
            return 0.0
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(4 * ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        return time.monotonic() - began

    def ports_are_free(self) -> bool:
        """Whether nothing listens any more."""
        return not any(_listens(port) for port in (self.port, self.demo_port))

    # --- beside it --------------------------------------------------------------------------
    def manage(self, *arguments: str) -> str:
        """One of manage.py's commands in a process of its own; what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.strip()

    def python(self, code: str) -> str:
        """Python with Django set up, on this house's database; what it printed."""
        return self.manage("shell", "--no-imports", "--command", code)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Reads the database beside everybody else; `?` stands for a value."""
        if self.env["DATABASE_URL"]:
            with psycopg.connect(self.env["DATABASE_URL"]) as asking:
                return asking.execute(sql.replace("?", "%s"), values or None).fetchall()
        plain = [value.hex if isinstance(value, UUID) else value for value in values]
        with sqlite3.connect(self.folder / "var" / "rrmm.sqlite3", timeout=30) as connection:
            return connection.execute(sql, plain).fetchall()

    def columns(self) -> dict[str, set[str]]:
        """Every table with the names of its columns."""
        sql = "SELECT table_name, column_name FROM information_schema.columns"
        sql += " WHERE table_schema = 'public'"
        if not self.env["DATABASE_URL"]:
            sql = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c"
            sql += " WHERE m.type = 'table'"
        found: dict[str, set[str]] = {}
        for table, column in self.rows(sql):
            found.setdefault(table, set()).add(column)
        return found

    def one(self, sql: str, *values: object) -> Any:
        """The first field of the first row; None where there is none."""
        found = self.rows(sql, *values)
        return found[0][0] if found else None


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def check_ending(house: House) -> None:
    """One Ctrl-C ended everything: in time, without a traceback, every port free."""
    assert house.process is not None
    assert house.process.poll() is None, f"it ended by itself:\n{house.said()[-3000:]}"
    seconds = house.end()
    assert "Traceback" not in house.said(), house.said()[-4000:]
    crowd = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert seconds < ENDS_WITHIN * crowd, f"took {seconds:.1f} s to end (load {crowd:.1f})"
    assert crowd > 1.5 or "was killed" not in house.said(), house.said()[-2000:]
    assert house.process.returncode == 0
    assert house.ports_are_free()
    assert house.said().rstrip().endswith("Ended.")
