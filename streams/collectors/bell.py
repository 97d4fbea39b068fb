"""Rings when a document lies in the hubs' inbox: told by PostgreSQL, elsewhere by time."""

import asyncio
import contextlib

from django.db import connection

from streams import wake
from streams.wake import Waker

TICK = 0.1
"""Seconds between two looks where nobody tells (one probe of an index)."""
PATIENCE = 2.0
"""Seconds between two looks where a notice may have been lost."""
TURN = 0.5
"""Seconds that the listening thread needs at most to see that it is over."""


class Bell:
    """`listen` in a task of its own; `wait` before each look; `ring` whenever a look is due."""

    def __init__(self) -> None:
        self._rang, self._over = asyncio.Event(), False
        self._told = connection.vendor == "postgresql"

    def ring(self) -> None:
        """The next `wait` returns at once."""
        self._rang.set()

    async def wait(self) -> None:
        """Until it rings, or the time for a look has come all the same."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE if self._told else TICK):
                await self._rang.wait()
        self._rang.clear()

    async def listen(self) -> None:
        """Rings for every notice, until `close`."""
        waker = Waker(wake.INBOX)
        while self._told and not self._over:
            if await asyncio.to_thread(waker.wait, TURN):
                self.ring()
        waker.close()

    def close(self) -> None:
        """Ends `listen` within TURN seconds."""
        self._over = True
