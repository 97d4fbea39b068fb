"""One request at a time per host, with a gap between them; pure asyncio."""

import asyncio
import time
from dataclasses import dataclass, field

MANY = 2000
"""Hosts remembered before those that nobody waits for are forgotten."""


@dataclass(slots=True)
class Host:
    """Who is at the counter, and when the next may come (monotonic seconds)."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    waiting: int = 0


class Turn:
    """One request at a time per host, with a gap; forgets hosts that nobody waits for."""

    def __init__(self, hosts: dict[str, Host], name: str, gap_s: float) -> None:
        self._hosts, self._name, self._gap = hosts, name, gap_s

    async def __aenter__(self) -> None:
        host = self._hosts.setdefault(self._name, Host())
        host.waiting += 1
        try:
            await host.lock.acquire()
        except BaseException:
            host.waiting -= 1
            raise
        wait = host.free_at - time.monotonic()
        if wait > 0:
            try:
                await asyncio.sleep(wait)
            except BaseException:
                self._leave(host)
                raise

    async def __aexit__(self, *_exc: object) -> None:
        self._leave(self._hosts[self._name])

    def _leave(self, host: Host) -> None:
        host.free_at = time.monotonic() + self._gap
        host.waiting -= 1
        host.lock.release()
        if len(self._hosts) > MANY:
            self._forget()

    def _forget(self) -> None:
        now = time.monotonic()
        for name in [n for n, h in self._hosts.items() if not h.waiting and h.free_at < now]:
            del self._hosts[name]
