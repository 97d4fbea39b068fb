"""`manage.py up`: everything on one machine, until Ctrl-C."""

import contextlib
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from streams.models import Trail
from streams.programs import programs
from streams.supervisor import Supervisor

GREETING_PATIENCE = 60.0
MOST_WORKERS = 32


class Command(BaseCommand):
    requires_system_checks = ()  # `migrate` makes them
    help = (
        "Prepares the database and runs everything under one supervisor: web, collect, beat, and "
        "the workers of the runtime that the settings ask for."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--no-demo", action="store_true", help="without the demonstration")
        choice.add_argument("--demo", action="store_true", help="bring a removed one back")
        parser.add_argument(
            "--workers", type=int, default=1, help="faust workers of the stages (with KAFKA_URL)"
        )

    def handle(self, *args: Any, no_demo: bool, demo: bool, workers: int, **options: Any) -> None:
        if not 1 <= workers <= MOST_WORKERS:
            raise CommandError(f"--workers {workers}: give a number from 1 to {MOST_WORKERS}.")
        with contextlib.suppress(KeyboardInterrupt):  # while it still prepares
            self._up(no_demo, demo, workers)
        self.say("Ended.")

    def _up(self, no_demo: bool, demo: bool, workers: int) -> None:
        _port_is_free(settings.HOST, settings.PORT, "PORT")
        self.say("Preparing the database …")
        _manage("migrate", "--verbosity", "0", "--no-input")
        demo = demo or (settings.DEMO and not no_demo and not _demo_was_removed())
        if demo:
            _port_is_free("127.0.0.1", settings.DEMO_PORT, "DEMO_PORT")
            self.say("Loading the demonstration (invented people and articles) …")
            for command in settings.DEMO_COMMANDS:
                _manage(*command, "--verbosity", "0")
        _manage("collectstatic", "--verbosity", "0", "--no-input")
        wanted = programs(demo=demo, workers=workers)
        self.say(f"Starting {', '.join(program.name for program in wanted)} …")
        supervisor = Supervisor(wanted)
        supervisor.run(threading.Thread(target=self._greet, args=(supervisor,), daemon=True))

    def say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()

    def _greet(self, supervisor: Supervisor) -> None:
        if not _answers(supervisor.asked):
            return
        lines = [
            "",
            f"  The desk:          {settings.BASE_URL}/",
            f"  Sign in (one use): {_manage(*settings.SIGNIN_LINK_COMMAND)}",
            f"  The link is good for {settings.SIGNIN_LINK_MINUTES} minutes, on this machine only.",
            "  Ctrl-C ends everything.",
            "",
        ]
        self.say("\n".join(lines))


def _manage(*command: str) -> str:
    """What a command printed. It runs in a process of its own: what it loads goes with it, and
    the supervisor stays small. Raises CommandError when it fails; it has said why."""
    done = subprocess.run(  # noqa: S603  our own commands
        [sys.executable, str(settings.ROOT / "manage.py"), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        start_new_session=True,
    )
    if done.returncode:
        raise CommandError(f"`manage.py {command[0]}` did not succeed.")
    return done.stdout.strip()


def _demo_was_removed() -> bool:
    """Who removed the demonstration does not want it back at the next start."""
    return Trail.objects.filter(act=settings.DEMO_REMOVED).exists()


def _port_is_free(host: str, port: int, setting: str) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"{host}:{port} cannot be used ({error.strerror}). "
                f"Something else may be running there: end it, or set {setting} to another port"
                + (" and BASE_URL to match." if setting == "PORT" else ".")
            ) from error


def _answers(asked: threading.Event) -> bool:
    end = time.monotonic() + GREETING_PATIENCE
    address = f"http://{settings.HOST}:{settings.PORT}/healthz"
    while time.monotonic() < end and not asked.is_set():
        try:
            with urllib.request.urlopen(address, timeout=2):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            asked.wait(0.2)
    return False
