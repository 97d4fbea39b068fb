"""Tells a loop that another process wrote something: no polling of tables."""

import time

import psycopg
from django.db import connection

LOG, INBOX = "rrmm_log", "rrmm_inbox"
"""Channels: records were written; a hub pushed a document."""
DJANGOS = {"context", "cursor_factory", "pool", "prepare_threshold"}
"""Of a connection's parameters: what is no business of the server's."""
KEEPALIVE = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3}
"""Seconds: a listener is silent for hours, and what lies between may forget it without a word."""
STEP = 0.02
"""Seconds between two looks at SQLite's change counter."""


class Waker:
    """Waits until another connection commits, or until a time has passed.

    SQLite: `PRAGMA data_version` of this thread's connection (it changes with every commit of
    another connection). PostgreSQL: LISTEN on a connection of its own; `append` notifies.

    lost: set when that connection went away, so that notices may have been missed; who cares
    clears it.
    """

    def __init__(self, channel: str = LOG) -> None:
        self.channel, self.lost = channel, False
        self._seen: int | None = None
        self._listening: psycopg.Connection[tuple[object, ...]] | None = None

    def wait(self, seconds: float) -> bool:
        """True when something was written before `seconds` were over."""
        if connection.vendor == "postgresql":
            return self._wait_for_notice(seconds)
        end = time.monotonic() + seconds
        while True:
            version = self._data_version()
            changed, self._seen = self._seen is not None and version != self._seen, version
            if changed or time.monotonic() >= end:
                return changed
            time.sleep(min(STEP, max(0.0, end - time.monotonic())))

    def close(self) -> None:
        """Ends the listening connection."""
        if self._listening is not None:
            self._listening.close()
            self._listening = None

    def _data_version(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            row = cursor.fetchone()
        return int(row[0])

    def _wait_for_notice(self, seconds: float) -> bool:
        try:
            if self._listening is None or self._listening.closed:
                self._listening = _listen(self.channel)
                return True  # what was written before we listened
            return any(True for _ in self._listening.notifies(timeout=seconds, stop_after=1))
        except psycopg.OperationalError:
            self.lost = True
            self.close()
            time.sleep(min(seconds, 0.5))
            return False


def _listen(channel: str) -> "psycopg.Connection[tuple[object, ...]]":
    given = {k: v for k, v in connection.get_connection_params().items() if k not in DJANGOS}
    listening = psycopg.connect(**(KEEPALIVE | given), autocommit=True)
    listening.execute(f"LISTEN {channel}")
    return listening
