"""A turn at something that one process at a time may do: a lease, kept while its holder lives."""

import os
import secrets
import socket
import time
from collections.abc import Callable
from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from streams.models import Lease

LASTS = 15.0
"""Seconds that a lease holds without being renewed: how long a dead holder keeps others waiting."""
RENEW = 5.0
TRY = 1.0
"""Seconds between two tries of who stands by."""


class Turn:
    """Call `keep()` about once a second; act only while `mine`. By the database's clock, so that
    those of the machines may differ."""

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self.me = f"{socket.gethostname()[:50]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._clock = clock
        self._sure_until = self._next = 0.0

    @property
    def mine(self) -> bool:
        """Whether nobody else can have it now; false too when it could not be renewed in time."""
        return self._clock() < self._sure_until

    def keep(self) -> bool:
        """Takes the turn when it is free, renews it when it is ours; whether it is ours now.

        Raises DatabaseError; what we have stays ours until its time is over.
        """
        now = self._clock()
        if now < self._next:
            return self.mine
        taken = self._take()
        self._sure_until = now + LASTS if taken else 0.0
        self._next = now + (RENEW if taken else TRY)
        return taken

    def _take(self) -> bool:
        free = Q(until=None) | Q(until__lte=Now()) | Q(holder=self.me)
        until = Now() + timedelta(seconds=LASTS)
        row = Lease.objects.filter(free, name=self.name)
        if row.update(holder=self.me, until=until):
            return True
        _lease, made = Lease.objects.get_or_create(name=self.name)
        return bool(made and row.update(holder=self.me, until=until))

    def release(self) -> None:
        """Gives it back at once: whoever stands by need not wait."""
        self._sure_until = self._next = 0.0
        Lease.objects.filter(name=self.name, holder=self.me).update(until=None, holder="")

    def holder(self) -> str:
        """Who has it, as host:process; "" for nobody."""
        held = Lease.objects.filter(name=self.name, until__gt=Now())
        found = held.values_list("holder", flat=True).first() or ""
        return found.rpartition(":")[0]
