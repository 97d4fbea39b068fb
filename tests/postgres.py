"""A real PostgreSQL server in a temporary folder, that can be stopped, killed and started."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from tests import services

USER = "postgres"
ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """A loopback port below the ephemeral range that nothing listens on."""
    import random

    while True:
        port = random.randrange(20000, 30000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Postgres:
    """One cluster; every test takes a database of its own from `fresh_database`.

    durable: wait for the disk at every commit, as a real server does (benches; tests need not).
    """

    def __init__(self, durable: bool = False) -> None:
        self.bin = services.postgres_programs()
        self.folder = Path(tempfile.mkdtemp(prefix="rrmm-pg-"))
        self.port = free_port()
        self._n, self._prepared = 0, ""
        if os.getuid() == 0:
            entry = pwd.getpwnam(USER)
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
        self._call("initdb", "-D", f"{self.folder}/db", "-U", USER, "--auth=trust", "-E", "UTF8")
        settings = f"port = {self.port}\nlisten_addresses = '127.0.0.1'\n"
        settings += f"fsync = {'on' if durable else 'off'}\n"
        settings += f"unix_socket_directories = '{self.folder}'\nmax_connections = 60\n"
        with (self.folder / "db" / "postgresql.conf").open("a") as conf:
            conf.write(settings)
        self.start()

    def start(self) -> None:
        """Starts it and waits until it answers. After a kill its orphans may still hold on."""
        log = f"{self.folder}/log"
        for left in reversed(range(20)):
            try:
                self._call("pg_ctl", "-D", f"{self.folder}/db", "-l", log, "-w", "-t30", "start")
            except subprocess.CalledProcessError:
                if not left:
                    raise
                time.sleep(0.5)
            else:
                return

    def stop(self, mode: str = "fast") -> None:
        """mode "fast" ends in order, "immediate" as a crash would."""
        self._call("pg_ctl", "-D", f"{self.folder}/db", "-m", mode, "-w", "stop")

    def kill(self) -> None:
        """SIGKILL to the postmaster, as an out-of-memory killer would."""
        pid = int((self.folder / "db" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)

    def fresh_database(self, template: str = "template1") -> str:
        """Creates a database and returns its address."""
        self._n += 1
        name = f"rrmm{self._n}"
        address = f"postgresql://{USER}@127.0.0.1:{self.port}"
        with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return f"{address}/{name}"

    def migrated_database(self) -> str:
        """A database with all tables, copied from one that is migrated once."""
        address = f"postgresql://{USER}@127.0.0.1:{self.port}"
        if not self._prepared:
            self._prepared = self.fresh_database().rpartition("/")[2]
            env = {**os.environ, "DATABASE_URL": f"{address}/{self._prepared}", "KAFKA_URL": "",
                   "DATA_DIR": tempfile.mkdtemp(prefix="rrmm-migrate-")}  # fmt: skip
            subprocess.run(
                [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
                check=True, cwd=ROOT, env=env,
            )  # fmt: skip
        return self.fresh_database(template=self._prepared)

    def remove(self) -> None:
        """Stops it for good and deletes its folder."""
        subprocess.run(
            self._as_user("pg_ctl", "-D", f"{self.folder}/db", "-m", "immediate", "stop"),
            check=False, capture_output=True, cwd="/",
        )  # fmt: skip
        shutil.rmtree(self.folder, ignore_errors=True)

    def _call(self, program: str, *arguments: str) -> None:
        # Into a file: the server that pg_ctl leaves behind would hold a pipe open for ever.
        with (self.folder / "calls.log").open("ab") as out:
            subprocess.run(
                self._as_user(program, *arguments), check=True, stdout=out, stderr=out, cwd="/"
            )

    def _as_user(self, program: str, *arguments: str) -> list[str]:
        command = [str(self.bin / program), *arguments]
        if os.getuid() != 0:
            return command
        return ["runuser", "-u", USER, "--", *command]
