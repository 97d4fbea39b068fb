"""Runs `manage.py move` between an old desk's folder and a PostgreSQL database."""

import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.contracts.desk import ROOT

REAL = {"TOPOLOGY": "", "JOBS": "", "KAFKA_URL": ""}


def environment(folder: Path, url: str, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in REAL}
    return {**kept, "DATA_DIR": str(folder), "DATABASE_URL": url, "KAFKA_URL": "", **more}


def python(env: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments], check=False, cwd=ROOT, env=env, capture_output=True, text=True
    )


class Move:
    """An old desk's folder, a fresh PostgreSQL, and the command between them."""

    def __init__(self, old: Path, new: Path, url: str) -> None:
        self.old, self.new, self.url = old, new, url
        self.file = old / "rrmm.sqlite3"
        self.env = environment(new, url, SECRET_KEY=(old / "secret_key").read_text())

    def run(self, *more: str, **env: str) -> "subprocess.CompletedProcess[str]":
        return python({**self.env, **env}, "manage.py", "move", "--from", str(self.file), *more)

    def refusal(self, *more: str, **env: str) -> str:
        """What the move says when it does not happen. The file stays as it is, either way."""
        before = digest(self.file)
        done = self.run(*more, **env)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        assert digest(self.file) == before
        return done.stderr

    def write(self, sql: str, *values: object) -> None:
        """Into the old desk's file."""
        with closed(sqlite3.connect(self.file)) as connection:
            connection.execute(sql, values)
            connection.commit()

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        """The new desk."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            found = connection.execute(sql)
            return found.fetchall() if found.description else []

    def has_rows(self) -> bool:
        """Whether anything of the old desk is in the new one."""
        (there,) = self.ask("SELECT to_regclass('accounts_profile') IS NOT NULL")[0]
        return bool(there) and bool(self.ask("SELECT 1 FROM accounts_profile"))


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


@contextmanager
def closed(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    try:
        yield connection
    finally:
        connection.close()
