"""One notifier per web process: it sees that the database changed and tells every open stream.

A message says only what changed, {name, id}; the page fetches the fragment itself.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DatabaseError, connection
from django.utils import timezone

from rrmm.web.staff import strip
from streams import events as e
from streams.models import Record
from streams.wake import Waker

log = logging.getLogger("rrmm.web.live")

NAMES = {
    "flashpoints": (
        e.FlashpointOpened,
        e.FlashpointGrew,
        e.FlashpointTouched,
        e.FlashpointConfirmed,
        e.FlashpointDismissed,
        e.FlashpointReopened,
        e.FlashpointReturned,
        e.FlashpointMerged,
        e.FlashpointRegrouped,
    ),
    "slates": (e.SlateProposed,),
    "mobilisations": (
        e.MobilisationPrepared,
        e.WaveDue,
        e.ExpertAsked,
        e.ExpertAccepted,
        e.ExpertDeclined,
        e.SlotReopened,
        e.ExpertStoodDown,
        e.MobilisationStopped,
    ),
    "mail": (e.MailQueued, e.MailSent),
}
"""DOM event live:NAME (and live:NAME:KEY) for the events that pages care about."""

NAME_OF = {kind.kind(): name for name, kinds in NAMES.items() for kind in kinds}
OVERLAP = timedelta(seconds=5)
"""Records are read again for so long: ids are not in commit order."""
STRIP_EVERY = 2.0
"""Seconds between two hints that the watch strip may say something new."""
IDLE = 1.0
"""Seconds after which the thread looks whether anybody still listens."""
REST = 0.1
"""Seconds between two looks, so that a busy database is not asked at every commit."""
LOOK = 4.0
"""Seconds after which records are looked for unasked: a notice may be lost. Below OVERLAP."""
ROOM = 500
"""Messages that wait for one slow stream; beyond that it is told to fetch everything."""


@dataclass(frozen=True, slots=True)
class Message:
    """What changed. `id` is the key of the event, "" for a hint without one."""

    name: str
    id: str = ""


class Stream:
    """One open event stream: a bounded queue in its own event loop."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.queue: asyncio.Queue[Message | None] = asyncio.Queue(ROOM)

    def put(self, messages: Iterable[Message | None]) -> None:
        """Called in the stream's loop. None, and a full queue, mean: fetch everything."""
        for message in messages:
            try:
                self.queue.put_nowait(message)
            except asyncio.QueueFull:
                while not self.queue.empty():
                    self.queue.get_nowait()
                self.queue.put_nowait(None)
                return


class Notifier:
    """Runs a thread while somebody listens; starts and stops by itself."""

    def __init__(self) -> None:
        self._streams: set[Stream] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._seen: set[UUID] = set()
        self._order: deque[UUID] = deque()
        self._strip_at = self._looked_at = 0.0
        self._stale = False

    def join(self) -> Stream:
        """A new stream; from now on it hears of every change. Call it in an event loop."""
        stream = Stream()
        with self._lock:
            self._streams.add(stream)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="live", daemon=True)
                self._thread.start()
        return stream

    def leave(self, stream: Stream) -> None:
        """The stream is closed; the thread ends with the last one."""
        with self._lock:
            self._streams.discard(stream)

    def _run(self) -> None:
        try:
            while not self._ended():
                self._listen()
        finally:
            connection.close()

    def _listen(self) -> None:
        """One life of a connection: ends when nobody listens or the database went away."""
        waker = Waker()
        try:
            self._unseen()
            while self._streams:
                changed = waker.wait(IDLE)
                if changed and waker.lost:
                    waker.lost = False
                    self._tell([None])
                self._look(changed)
                if changed:
                    time.sleep(REST)
        except DatabaseError:
            log.warning("live pages lost the database; trying again in a second", exc_info=True)
            connection.close()
            time.sleep(1)
            self._tell([None])
        finally:
            waker.close()

    def _ended(self) -> bool:
        with self._lock:
            if self._streams:
                return False
            self._thread = None
            return True

    def _look(self, changed: bool) -> None:
        """Announces the records that were not announced yet, and, not too often, the strip.

        The strip's hint may come later than the change, but it always comes after the last one.
        """
        messages: list[Message] = []
        if changed or time.monotonic() - self._looked_at >= LOOK:
            fresh = [Message(NAME_OF[kind], key) for kind, key in self._unseen()]
            messages += dict.fromkeys(fresh)
            self._stale = self._stale or changed or bool(fresh)
        if self._stale and time.monotonic() - self._strip_at >= STRIP_EVERY:
            self._stale, self._strip_at = False, time.monotonic()
            strip.forget()
            messages.append(Message("watch"))
        if messages:
            self._tell(messages)

    def _unseen(self) -> list[tuple[str, str]]:
        self._looked_at = time.monotonic()
        since = first_id_of(timezone.now() - OVERLAP)
        rows = Record.objects.filter(id__gte=since, kind__in=NAME_OF).order_by("id")
        found = []
        for ident, kind, key in rows.values_list("id", "kind", "key"):
            if ident not in self._seen:
                self._remember(ident)
                found.append((kind, key))
        if connection.vendor == "postgresql":
            connection.close()  # the requests share few; SQLite's tells of changes
        return found

    def _remember(self, ident: UUID) -> None:
        self._seen.add(ident)
        self._order.append(ident)
        if len(self._order) > 20_000:
            self._seen.discard(self._order.popleft())

    def _tell(self, messages: Sequence[Message | None]) -> None:
        with self._lock:
            streams = list(self._streams)
        for stream in streams:
            try:
                stream.loop.call_soon_threadsafe(stream.put, messages)
            except RuntimeError:  # its loop is closed: the server is stopping
                self.leave(stream)


def first_id_of(at: datetime) -> UUID:
    """The smallest uuid7 of a millisecond: ids of later records are not below it (RFC 9562)."""
    milliseconds = int(at.timestamp() * 1000)
    return UUID(int=(milliseconds << 80) | (7 << 76) | (0b10 << 62))


notifier = Notifier()
