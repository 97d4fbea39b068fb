"""A feed document into entries not seen before; pure, run in the parser processes.

feedparser is the arbiter. fastfeedparser, thirty times faster, serves a feed only after it has
agreed with the arbiter on the feed's last documents, field by field; now and then it is checked
again, and one difference sends the feed back to the arbiter.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from streams.collectors import text
from streams.collectors.documents import (
    MOST_ENTRIES,
    Hints,
    NotAFeed,
    Raw,
    by_fast,
    by_feedparser,
    form,
    from_json,
    from_sitemap,
    hints,
)

TRUSTED = 2
"""Documents in a row on which both parsers must agree before the fast one serves alone."""
DISTRUSTED = -1
"""Trust after a difference: one agreement more is needed than at the start."""
CHECK_EVERY = 50
"""One served document in so many is given to the arbiter too."""
OLDEST = timedelta(hours=72)
NO_HINTS = Hints()
KEY = 8
"""Bytes of one entry's key."""


@dataclass(frozen=True, slots=True)
class Job:
    """One document to parse. feed: 16 bytes; window: keys of entries known, KEY bytes each;
    check: whether the arbiter looks too, although the fast parser is trusted."""

    feed: bytes
    url: str
    body: bytes
    now: datetime
    content_type: str = ""
    window: bytes = b""
    trust: int = 0
    check: bool = False


@dataclass(frozen=True, slots=True)
class Fresh:
    """An entry not in the window, normalised. published_at: never in the future."""

    key: int
    url: str
    title: str
    summary: str
    published_at: datetime
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a document brought.

    keys: all entries of the document, KEY bytes each; dropped: entries not worth keeping, by
    name, and their keys, so that they are known the next time; code: "" or why it is no feed.
    """

    fresh: tuple[Fresh, ...] = ()
    keys: bytes = b""
    known: int = 0
    dropped: tuple[tuple[str, int], ...] = ()
    dropped_keys: tuple[int, ...] = ()
    newest_at: datetime | None = None
    hints: Hints = NO_HINTS
    parser: str = ""
    trust: int = 0
    differences: tuple[str, ...] = ()
    code: str = ""
    detail: str = ""


def parse(job: Job) -> Parsed:
    """Never raises for a bad document or entry: the result tells."""
    try:
        reading = read(job)
    except NotAFeed as error:
        return Parsed(code=error.code, detail=str(error)[:200], trust=0)
    except Exception as error:
        return Parsed(code="parser_failed", detail=f"{type(error).__name__}: {error}"[:200])
    return _sift(job, reading)


# --- which parser -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reading:
    """All entries of a document, who read them, and what that does to the trust."""

    entries: list[Raw]
    parser: str
    trust: int = 0
    differences: tuple[str, ...] = ()


def read(job: Job) -> Reading:
    """The document's entries by whoever may read this feed. Raises NotAFeed."""
    kind = form(job.body)
    if kind == "json":
        return Reading(from_json(job.body), "json")
    if kind == "sitemap":
        return Reading(from_sitemap(job.body), "sitemap")
    if job.trust >= TRUSTED and not job.check:
        quick = _try_fast(job, Keys(job).is_known)
        if quick is not None:
            return Reading(quick, "fast", job.trust)
    return _compared(job)


def _compared(job: Job) -> Reading:
    sure = by_feedparser(job.body, job.content_type)
    quick = _try_fast(job)
    if quick is None:
        return Reading(sure, "feedparser", DISTRUSTED, ("refused",))
    found = differences(sure, quick, job.url)
    if found:
        return Reading(sure, "feedparser", DISTRUSTED, found)
    grown = job.trust if not sure else min(job.trust + 1, TRUSTED)
    return Reading(sure, "feedparser", grown)


def _try_fast(job: Job, is_known: Callable[[str], bool] | None = None) -> list[Raw] | None:
    try:
        return by_fast(job.body, is_known)
    except Exception:
        return None  # whatever it stumbles over, the arbiter decides


def differences(sure: list[Raw], quick: list[Raw], base: str) -> tuple[str, ...]:
    """Names of the fields on which two readings of a document differ, as we would store them."""
    if len(sure) != len(quick):
        return ("entries",)
    named = ("id", "link", "title", "summary", "published")
    found: set[str] = set()
    for one, other in zip(sure, quick, strict=True):
        pairs = zip(named, _comparable(one, base), _comparable(other, base), strict=True)
        found |= {name for name, a, b in pairs if a != b}
    return tuple(name for name in named if name in found)


def _comparable(raw: Raw, base: str) -> tuple[object, ...]:
    return (
        raw.ident.strip(),
        text.canonical(raw.link, base),
        text.plain(raw.title, text.TITLE_LENGTH),
        text.plain(raw.summary, text.SUMMARY_LENGTH),
        raw.published_at,
    )


# --- what is new --------------------------------------------------------------------------------


class Keys:
    """A feed's keys: of entries by their id, and which of them are known."""

    def __init__(self, job: Job) -> None:
        self.window = {job.window[at : at + KEY] for at in range(0, len(job.window), KEY)}
        self._feed = blake2b(job.feed + b"\0", digest_size=KEY)

    def of(self, ident: str) -> bytes:
        """The KEY bytes under which the entry is known."""
        mine = self._feed.copy()
        mine.update(ident.encode("utf-8", "replace"))
        return mine.digest()

    def is_known(self, ident: str) -> bool:
        """Whether the feed's last documents had it."""
        return bool(ident) and self.of(ident) in self.window


def _sift(job: Job, reading: Reading) -> Parsed:
    mine = Keys(job)
    entries = reading.entries[:MOST_ENTRIES]
    keys: dict[bytes, None] = {}
    fresh: list[Fresh] = []
    out: dict[str, int] = {}
    out_keys: list[int] = []
    known = 0
    if over := len(reading.entries) - len(entries):
        out["too_many"] = over
    for raw in entries:
        key = mine.of(raw.ident or raw.title)
        if key in keys:
            continue
        keys[key] = None
        if key in mine.window:
            known += 1
            continue
        found = _normalised(raw, key, job)
        if isinstance(found, Fresh):
            fresh.append(found)
        else:
            out[found] = out.get(found, 0) + 1
            out_keys.append(int.from_bytes(key, "big", signed=True))
    return Parsed(
        fresh=tuple(fresh),
        keys=b"".join(keys),
        known=known,
        dropped=tuple(out.items()),
        dropped_keys=tuple(out_keys),
        newest_at=max((f.published_at for f in fresh), default=None),
        hints=hints(job.body),
        parser=reading.parser,
        trust=reading.trust,
        differences=reading.differences,
    )


def _normalised(raw: Raw, key: bytes, job: Job) -> Fresh | str:
    """The entry made plain, or the name under which it is dropped."""
    try:
        published_at = _published(raw.published_at, job.now)
        if published_at < job.now - OLDEST:
            return "too_old"
        url = text.canonical(_link(raw), job.url)
        if not url:
            return "no_link"
        title = text.plain(raw.title, text.TITLE_LENGTH)
        summary = text.plain(raw.summary, text.SUMMARY_LENGTH)
        if not title and not summary:
            return "no_text"
        title = title or text.plain(summary, 120)
        mark = text.fingerprint(title, summary)
        number = int.from_bytes(key, "big", signed=True)
        return Fresh(number, url, title, summary, published_at, mark)
    except Exception:  # one bad entry never fails a feed
        return "malformed"


def _published(at: datetime | None, now: datetime) -> datetime:
    """When it was published, or now where that is unknown or lies in the future (law 17)."""
    return min(at, now) if at is not None else now.astimezone(UTC)


def _link(raw: Raw) -> str:
    """The entry's link; an id that is taken for one (feedparser does so) must be an address."""
    if raw.link and raw.link != raw.ident:
        return raw.link
    return raw.ident if raw.ident.startswith(("http://", "https://", "/")) else ""
