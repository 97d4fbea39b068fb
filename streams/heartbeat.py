"""A process says that it is alive, and what it did in the last minute."""

import os
import socket
import time
from collections import Counter, deque
from typing import Any

from django.db import Error
from django.utils import timezone

from streams.models import Heartbeat

EVERY = 5.0
"""Seconds between two beats."""
BROKER = "kafka@"
"""How the row begins, among the heartbeats, in which the relay keeps what it saw of the broker."""


def worker_kind(group: str) -> str:
    """The kind under which the workers of a group beat, in both runtimes."""
    return "work" if group == "work" else f"work-{group}"


def here(kind: str) -> str:
    """How the names of this machine's processes of a kind begin; their process ids follow."""
    return f"{kind}@{socket.gethostname()[:50]}:"


class Pulse:
    """Beats for one process under a name; cheap enough to call in every round of a loop."""

    def __init__(self, name: str) -> None:
        self.name = f"{here(name)}{os.getpid()}"
        self._next = 0.0
        self._did: deque[tuple[float, str, int]] = deque()

    def did(self, what: str, n: int) -> None:
        """Books `n` things done, for the rate per minute."""
        if n:
            self._did.append((time.monotonic(), what, n))

    def beat(self, **says: Any) -> None:
        """Writes at most every EVERY seconds; a database that is away is passed over."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + EVERY
        while self._did and self._did[0][0] < now - 60:
            self._did.popleft()
        minute: Counter[str] = Counter()
        for _, what, n in self._did:
            minute[what] += n
        says |= {"minute": dict(minute)}
        try:
            Heartbeat.objects.update_or_create(
                name=self.name, defaults={"at": timezone.now(), "says": says}
            )
        except Error:
            self._next = now + 1.0
