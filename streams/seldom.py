"""Keeps a library that repeats itself from filling the logs: one line of a kind in a while."""

import logging
import time

EVERY = 60.0
"""Seconds in which one place of a noisy library may say one line."""
NOISY = ("aiokafka", "kafka", "faust", "mode")
"""While a broker is away these try again, and say so, some thirty times a second."""


class Seldom(logging.Filter):
    """Lets the first line of each place in the code pass, then one a minute, with how many were
    left out. Our own loggers pass always."""

    def __init__(self) -> None:
        super().__init__()
        self._next: dict[tuple[str, int], float] = {}
        self._left_out: dict[tuple[str, int], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        if record.name.partition(".")[0] not in NOISY:
            return True
        place, now = (record.pathname, record.lineno), time.monotonic()
        if now < self._next.get(place, 0.0):
            self._left_out[place] = self._left_out.get(place, 0) + 1
            return False
        self._next[place] = now + EVERY
        left_out = self._left_out.pop(place, 0)
        if left_out:
            record.msg = f"{record.getMessage()} ({left_out} more like this left out)"
            record.args = ()
        return True
