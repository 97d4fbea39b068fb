"""Runs a few processes on one machine: starts, restarts with back-off, stops in order.

Children run in their own sessions, so the terminal's Ctrl-C reaches the supervisor alone.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

BACKOFF = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds before a restart, growing while a child keeps dying young."""
SETTLED = 30.0
"""A child that lived this long starts its back-off anew."""


READY_PATIENCE = 60.0
"""A child does not wait longer than this for what it would rather find ready."""


@dataclass(frozen=True, slots=True)
class Program:
    """One child. grace: seconds between SIGTERM and SIGKILL; stop_order: lower stops first;
    ready: whether it should start yet, asked until it says so."""

    name: str
    command: Sequence[str]
    grace: float = 6.0
    stop_order: int = 0
    env: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] | None = None


class Child:
    """A program while it runs."""

    def __init__(self, program: Program, out: IO[str]) -> None:
        self.program, self.out = program, out
        self.process: subprocess.Popen[str] | None = None
        self.deaths = 0
        self.born = self.next_start = 0.0
        self.patience_ends = time.monotonic() + READY_PATIENCE

    def start(self) -> None:
        """Starts it in a session of its own; its lines come out with its name before them."""
        self.born = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603  our own commands
            self.program.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            env={**os.environ, **self.program.env},
        )
        threading.Thread(target=self._pass_on, args=(self.process,), daemon=True).start()

    def watch(self) -> None:
        """Starts it again, later each time, when it has ended by itself."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            code = self.process.returncode
            self.deaths = 0 if now - self.born > SETTLED else self.deaths + 1
            pause = BACKOFF[min(self.deaths, len(BACKOFF) - 1)]
            self.say(f"ended with {code}; starts again in {pause:g} s")
            self.process, self.next_start = None, now + pause
        if self.process is None and now >= self.next_start and self._may_start(now):
            self.start()

    def _may_start(self, now: float) -> bool:
        """Whether nothing has to be waited for (any more)."""
        ready = self.program.ready
        return ready is None or bool(self.born) or now > self.patience_ends or ready()

    def ask_to_end(self) -> None:
        """SIGTERM to the child alone; it ends its own children."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def await_end(self, seconds: float) -> None:
        """Waits, then kills the whole session."""
        if self.process is None:
            return
        try:
            self.process.wait(max(seconds, 0.1))
        except subprocess.TimeoutExpired:
            self.say("did not end in time and was killed")
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(2)

    def say(self, words: str) -> None:
        """One line of the supervisor's about this child."""
        self.out.write(f"{self.program.name:>8} | {words}\n")
        self.out.flush()

    def _pass_on(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        with contextlib.suppress(ValueError, OSError):
            for line in process.stdout:
                self.say(line.rstrip())


class Supervisor:
    """Keeps programs running until SIGINT or SIGTERM; ends them all within `patience` seconds."""

    def __init__(self, programs: Sequence[Program], patience: float = 10.0) -> None:
        self.children = [Child(program, sys.stdout) for program in programs]
        self.patience = patience
        self.asked = threading.Event()

    def run(self, on_start: "threading.Thread | None" = None) -> None:
        """Blocks until asked to end."""
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, lambda *_: self.asked.set())
        for child in self.children:
            child.watch()
        if on_start is not None:
            on_start.start()
        try:
            while not self.asked.wait(0.2):
                for child in self.children:
                    child.watch()
        finally:
            self.stop()

    def stop(self) -> None:
        """Ends the children in their order, by force where the time runs out."""
        end = time.monotonic() + self.patience
        for order in sorted({child.program.stop_order for child in self.children}):
            group = [child for child in self.children if child.program.stop_order == order]
            for child in group:
                child.ask_to_end()
            for child in group:
                child.await_end(min(child.program.grace, end - time.monotonic()))
