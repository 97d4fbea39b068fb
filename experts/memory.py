"""The matcher's index, built once per process and again when the registry has changed."""

from threading import Lock

from experts.matching.rank import Index
from experts.queries.profiles import Mark, mark, profiles

_lock = Lock()
_held: dict[bool, tuple[Mark, Index]] = {}


def index(*, demo: bool) -> Index:
    """The index of real people, or of the invented ones of the demo. Reads the database; call it
    with no transaction open."""
    with _lock:
        now = mark()
        held = _held.get(demo)
        if held is None or held[0] != now:
            held = _held[demo] = (now, Index(profiles(demo=demo)))
        return held[1]
