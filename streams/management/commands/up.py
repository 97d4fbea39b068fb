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
from streams.supervisor import Program, Supervisor

GREETING_PATIENCE = 60.0


class Command(BaseCommand):
    requires_system_checks = ()  # `migrate` makes them
    help = "Prepares the database and runs web, collect, work and beat under one supervisor."

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--no-demo", action="store_true", help="without the demonstration")
        choice.add_argument("--demo", action="store_true", help="bring a removed one back")

    def handle(self, *args: Any, no_demo: bool, demo: bool, **options: Any) -> None:
        with contextlib.suppress(KeyboardInterrupt):  # while it still prepares
            self._up(no_demo, demo)
        self.say("Ended.")

    def _up(self, no_demo: bool, demo: bool) -> None:
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
        self.say("Starting web, collect, work and beat …")
        supervisor = Supervisor(programs(demo))
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


def programs(demo: bool) -> list[Program]:
    """What `up` runs, in the order of starting."""
    manage = [sys.executable, str(settings.ROOT / "manage.py")]
    web = [sys.executable, "-m", "uvicorn", "config.asgi:application"]
    web += ["--host", settings.HOST, "--port", str(settings.PORT), "--log-level", "warning"]
    web += ["--timeout-graceful-shutdown", "2", "--no-server-header", "--no-access-log"]
    found = [Program("web", web, grace=4.0, stop_order=1, env={"STATIC_FINDERS": "0"})]
    allow = ",".join(f"{host}:{port}" for host, port in settings.COLLECT_ALLOW)
    if demo:
        served = f"127.0.0.1:{settings.DEMO_PORT}"
        allow = f"{allow},{served}".strip(",")
        found.append(Program("demo", [*manage, "demo_feeds"], grace=2.0))
    found += [
        Program("work", [*manage, "work", "--without", "send"], grace=5.0, stop_order=2),
        # a mail server that hangs must not hold up the stories
        Program("mail", [*manage, "work", "send"], grace=5.0, stop_order=2),
        Program("beat", [*manage, "beat"], grace=5.0),
        Program("collect", [*manage, "collect"], grace=5.0, env={"COLLECT_ALLOW": allow}),
    ]
    return found


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
