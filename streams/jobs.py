"""What the clock does: named jobs. Pure."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Job:
    """Called every `every` by one process at a time (a database lease sees to that).

    handler: dotted path of a function without arguments that returns how many things it did;
    it must be short and safe to call again.
    """

    name: str
    every: timedelta
    handler: str
    lease: timedelta = timedelta(minutes=2)
