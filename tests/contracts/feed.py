"""Writes events of the conformance flow into the log: `python -m tests.contracts.feed N LINES`.

Commits in small transactions, so that workers meet them while more are coming.
"""

# ruff: noqa: E402  the apps have to be set up first
import argparse
import os
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
import django

django.setup()  # before what needs the apps

from django.db import InterfaceError, OperationalError, connection, transaction

from streams.log import append_many
from streams.models import Record
from tests.contracts.flow import Counted

AT_ONCE = 50


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("n", type=int)
    parser.add_argument("lines", type=int)
    parser.add_argument("--poison", type=int, default=0, help="every so manieth is poison")
    parser.add_argument("--later", type=int, default=0, help="every so manieth fails at first")
    parser.add_argument("--work-ms", type=float, default=0.0)
    parser.add_argument("--start", type=int, default=0, help="number of the first event")
    parser.add_argument("--pause", type=float, default=0.0, help="seconds between transactions")
    given = parser.parse_args()

    def trouble(n: int) -> str:
        if given.poison and n % given.poison == given.poison - 1:
            return "poison"
        return "later" if given.later and n % given.later == given.later - 1 else ""

    end = given.start + given.n
    for start in range(given.start, end, AT_ONCE):
        if given.pause and start > given.start:
            time.sleep(given.pause)
        events = [
            Counted(line=f"line-{n % given.lines}", n=n, trouble=trouble(n), work_ms=given.work_ms)
            for n in range(start, min(start + AT_ONCE, end))
        ]
        _write(events)


def _write(events: list[Counted]) -> None:
    """One transaction; a database that is away is waited for, as a hub or a browser would."""
    tried = False
    while True:
        try:
            if tried and Record.objects.filter(pk=events[0].id).exists():
                return  # it had committed; only the answer was lost
            with transaction.atomic():
                append_many(events)
        except (InterfaceError, OperationalError):
            tried = True
            connection.close()
            time.sleep(0.2)
        else:
            return


if __name__ == "__main__":
    main()
