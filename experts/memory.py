"""The matcher's index, built once per process and again when the registry has changed."""

from threading import Lock

from django.conf import settings

from experts.matching.rank import Index
from experts.queries.profiles import Mark, mark, profiles
from experts.senses import finder
from experts.vectors import VectorFile
from models.encoder import encoder

FOLDER = "matching"
_lock = Lock()
_held: dict[bool, tuple[Mark, Index]] = {}


def index(*, demo: bool) -> Index:
    """The index of real people, or of the invented ones of the demo. Reads the database, and
    encodes profiles that are new; call it with no transaction open."""
    with _lock:
        now = mark()
        held = _held.get(demo)
        if held is None or held[0] != now:
            held = _held[demo] = (now, _built(demo))
        return held[1]


def warm() -> None:
    """Loads what an index is built with, without reading the database."""
    finder()
    encoder()


def _built(demo: bool) -> Index:
    folder = settings.DATA_DIR / FOLDER
    vectors = VectorFile(folder, "demo" if demo else "real", encoder())
    return Index(profiles(demo=demo), finder(), vectors)
