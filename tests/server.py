"""A real web server for tests: uvicorn on a free port, with a folder and a database of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

PATIENCE = 60.0
"""Seconds until a server that does not come up is called broken."""


@dataclass
class WebServer:
    """Start it, open `url`, stop it. `run` executes code in another process on its database."""

    folder: Path
    port: int = 0
    process: "subprocess.Popen[bytes] | None" = None
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "DATA_DIR": str(self.folder),
            "BASE_URL": self.url,
            "DATABASE_URL": "",
            "KAFKA_URL": "",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(settings.ROOT),
        }
        return {**os.environ, **own, **self.settings}

    def start(self) -> "WebServer":
        """Migrates, starts, waits for the sign of life."""
        self.port = _free_port()
        self.manage("migrate", "--verbosity", "0")
        options = ("--log-level", "warning", "--timeout-graceful-shutdown", "2")
        program = (sys.executable, "-m", "uvicorn", "config.asgi:application")
        command = [*program, "--port", str(self.port), *options]
        self.process = subprocess.Popen(command, cwd=settings.ROOT, env=self.environment)
        end = time.monotonic() + PATIENCE
        while not self._alive():
            assert self.process.poll() is None, "the web server ended at once"
            assert time.monotonic() < end, "the web server did not come up"
            time.sleep(0.1)
        return self

    def _alive(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> None:
        """Ends it."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)

    def manage(self, *arguments: str) -> str:
        """One of manage.py's commands in a process of its own; what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=settings.ROOT, env=self.environment, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()[-2000:]
        return done.stdout.decode().strip()

    def run(self, code: str) -> str:
        """Python in another process, with Django set up, on this server's database."""
        return self.manage("shell", "--no-imports", "--command", code)

    def signin_link(self) -> str:
        """A fresh one-time link."""
        return self.manage("signin_link")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
