"""A progress bar on a terminal; a line every few seconds where nobody watches."""

import time
from typing import Any

WIDTH = 24
LIVE, SELDOM = 0.2, 10.0
"""Seconds between two pictures, on a terminal and elsewhere."""


class Bar:
    """`at(done)` draws when it is time; `end()` leaves the last picture."""

    def __init__(self, out: Any, total: int, done: int = 0) -> None:
        self._out, self._total, self._first = out, max(total, 1), done
        self._done = done
        self._live = out.isatty()
        self._begun = time.monotonic()
        self._next = 0.0

    def at(self, done: int) -> None:
        """So many are done, in all."""
        self._done = done
        now = time.monotonic()
        if now >= self._next:
            self._next = now + (LIVE if self._live else SELDOM)
            self._draw()

    def end(self) -> None:
        """Draw once more, and end the line."""
        self._draw()
        if self._live:
            self._out.write("", ending="\n")

    def line(self) -> str:
        """The picture as text."""
        share = min(1.0, self._done / self._total)
        filled = round(share * WIDTH)
        rate = (self._done - self._first) / max(time.monotonic() - self._begun, 1e-6)
        left = max(0, self._total - self._done) / rate if rate > 0 else 0.0
        return (
            f"[{'#' * filled}{'-' * (WIDTH - filled)}] {self._done:,} of {self._total:,} "
            f"({share:.0%}), {rate:,.0f} a second, {_span(left)} left"
        )

    def _draw(self) -> None:
        if self._live:
            self._out.write(f"\r{self.line()}   ", ending="")
            self._out.flush()
        else:
            self._out.write(self.line())


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
