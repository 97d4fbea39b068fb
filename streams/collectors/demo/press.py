"""What has appeared so far: the scenario's clock, and each outlet's document as it stands."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

from streams.collectors.demo.documents import Published, atom, rss
from streams.collectors.demo.scenario import Item, Scenario

LENGTH = 30
"""Entries in a document."""
TYPES = {"rss": "application/rss+xml; charset=utf-8", "atom": "application/atom+xml; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Document:
    """A feed as it is served and pushed."""

    body: bytes
    content_type: str
    etag: str
    last_modified: str


class Press:
    """Publishes the scenario's articles when their time has come.

    The clock starts with the first reader, and an outlet publishes nothing new before its feed
    was read once: the reader's first look is backfill (old news only), and the event itself is
    news, however long the other programs need to start.
    """

    def __init__(self, scenario: Scenario, base_url: str, at: datetime) -> None:
        self.scenario = scenario
        self.base_url = base_url
        self._started_at: datetime | None = None
        self._read: set[str] = set()
        self._waiting = [item for item in scenario.items if item.at >= 0]
        self._published = {
            outlet.slug: [
                Published(item, at + timedelta(seconds=item.at))
                for item in scenario.of(outlet.slug)
                if item.at < 0
            ]
            for outlet in scenario.outlets
        }
        self._news: set[str] = set()

    def read_by_somebody(self, outlet: str, at: datetime) -> None:
        """Notes that a feed was served; the first of all starts the clock."""
        self._started_at = self._started_at or at
        self._read.add(outlet)

    def publish_due(self, at: datetime) -> set[str]:
        """Publishes what is due; the slugs of the outlets that have something new."""
        if self._started_at is None:
            return set()
        elapsed = (at - self._started_at).total_seconds()
        due = [item for item in self._waiting if item.at <= elapsed and item.outlet in self._read]
        for item in due:
            self._waiting.remove(item)
            self._published[item.outlet].append(Published(item, at))
        changed = {item.outlet for item in due}
        self._news |= changed
        return changed

    def has_news(self, outlet: str) -> bool:
        """Whether the outlet published anything since the scenario began."""
        return outlet in self._news

    def article(self, outlet: str, slug: str) -> Item | None:
        """The article under this address, when it has appeared."""
        shown = self._published.get(outlet, [])
        return next((one.item for one in shown if one.item.slug == slug), None)

    def feed_url(self, outlet: str) -> str:
        return f"{self.base_url}/feeds/{outlet}.xml"

    def document(self, slug: str) -> Document:
        """The outlet's feed as it stands, newest entry first. KeyError: no such outlet."""
        newest = sorted(self._published[slug], key=lambda one: one.at, reverse=True)[:LENGTH]
        outlet = self.scenario.outlet(slug)
        write = atom if outlet.format == "atom" else rss
        body = write(outlet, newest, self.base_url)
        changed_at = newest[0].at if newest else None
        return Document(
            body=body,
            content_type=TYPES[outlet.format],
            etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
            last_modified=format_datetime(changed_at, usegmt=True) if changed_at else "",
        )
