"""Feed documents of every format as raw entries; pure, knows no feed and no database."""

import calendar
import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import fastfeedparser
import feedparser
from lxml import etree

from streams.plain import storable

MOST_ENTRIES = 2000
"""Of one document; the rest is dropped and counted."""

_MARK = re.compile(rb"<(?:[\w.-]+:)?([a-zA-Z][\w.-]*)")
_HEAD = 65_536


@dataclass(frozen=True, slots=True)
class Raw:
    """One entry as the document gives it: markup still in it, the address perhaps relative.

    ident: the entry's own id, or its link; published_at: aware UTC, or None.
    """

    ident: str
    link: str
    title: str
    summary: str
    published_at: datetime | None


class NotAFeed(Exception):
    """The document is none of our formats. `code`: html_page, empty, or not_a_feed."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(why or code)
        self.code = code


def form(body: bytes) -> str:
    """What the document looks like from its beginning: xml, json or sitemap.

    Raises NotAFeed for an empty one and for a web page.
    """
    head = body[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n\0")
    if not head:
        raise NotAFeed("empty")
    if head[:1] in b"{[":
        return "json"
    root = _root(head)
    if root == "html" or head[:14].lower() == b"<!doctype html":
        raise NotAFeed("html_page")
    return "sitemap" if root in {"urlset", "sitemapindex"} else "xml"


def _root(head: bytes) -> str:
    plain = re.sub(rb"<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^>\[]*>", b"", head, flags=re.S | re.I)
    found = _MARK.search(plain)
    return found.group(1).decode().lower() if found else ""


def by_feedparser(body: bytes, content_type: str = "") -> list[Raw]:
    """Entries as feedparser reads them: the arbiter. Raises NotAFeed.

    Its own sanitising and link resolving are off: ours follow, and cost a tenth.
    """
    headers = {"content-type": content_type} if content_type else {}
    found = feedparser.parse(
        io.BytesIO(body),  # never the bytes themselves: feedparser would try them as a file name
        response_headers=headers,
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not found.entries and not found.get("version"):
        raise NotAFeed("not_a_feed", str(found.get("bozo_exception", ""))[:200])
    return [_from_feedparser(entry) for entry in found.entries]


def _from_feedparser(entry: Any) -> Raw:
    link = _text(entry.get("link"))
    summary = _text(entry.get("summary")) or _first_content(entry)
    parsed = dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")
    return Raw(
        ident=_text(entry.get("id")) or link,
        link=link,
        title=_text(entry.get("title")),
        summary=summary,
        published_at=_from_struct(parsed),
    )


def _first_content(entry: Any) -> str:
    contents = entry.get("content") or [{}]
    return _text(contents[0].get("value"))


def _from_struct(parsed: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError):
        return None


def by_fast(body: bytes, is_known: Callable[[str], bool] | None = None) -> list[Raw]:
    """Entries as fastfeedparser reads them. Raises whatever it raises: the caller falls back.

    Entries whose id `is_known` come with nothing but their id. Only ever called with bytes: a
    text that looks like an address would be fetched by it.
    """
    found = fastfeedparser.parse(
        body, include_tags=False, include_media=False, include_enclosures=False
    )
    if is_known is None:
        return [_from_fast(entry) for entry in found["entries"]]
    return [
        Raw(ident, "", "", "", None)
        if is_known(ident := entry.get("id") or entry.get("link") or "")
        else _from_fast(entry)
        for entry in found["entries"]
    ]


def _from_fast(entry: Any) -> Raw:
    link = entry.get("link") or ""
    summary, content = entry.get("description") or "", _first_content(entry)
    if content and "<" not in summary and len(summary) < len(content):
        summary = _unless_made_up(summary, content)
    return Raw(
        ident=entry.get("id") or link,
        link=link,
        title=entry.get("title") or "",
        summary=summary,
        published_at=_from_iso(entry.get("published") or entry.get("updated")),
    )


def _unless_made_up(summary: str, content: str) -> str:
    """The content where fastfeedparser made the summary from it (plain text, cut short)."""
    words = re.sub(r"<[^>]*>|&[#\w]+;|\W", "", content[:4000])
    start = re.sub(r"\W", "", summary[:60])
    return content if words.startswith(start) else summary


def _from_iso(stamp: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(stamp) if stamp else None
    except (ValueError, TypeError):
        return None
    if at is None:
        return None
    # feedparser's times have no fractions of a second
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)


def from_json(body: bytes) -> list[Raw]:
    """Entries of a JSON Feed (jsonfeed.org, 1.0 and 1.1). Raises NotAFeed."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAFeed("not_a_feed", str(error)[:200]) from error
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise NotAFeed("not_a_feed", "JSON without items")
    return [_from_item(item) for item in items if isinstance(item, dict)]


def _from_item(item: dict[str, Any]) -> Raw:
    link = _text(item.get("url") or item.get("external_url"))
    words = ("summary", "content_text", "content_html")
    return Raw(
        ident=_text(item.get("id")) or link,
        link=link,
        title=_text(item.get("title")),
        summary=next((_text(item[w]) for w in words if item.get(w)), ""),
        published_at=_from_stamp(_text(item.get("date_published") or item.get("date_modified"))),
    )


def from_sitemap(body: bytes) -> list[Raw]:
    """Entries of a news sitemap; addresses without a news title are no articles. Raises NotAFeed.

    Format: Google's sitemap-news 0.9 inside sitemaps.org 0.9.
    """
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise NotAFeed("not_a_feed", str(error)[:200]) from error
    if root is None:
        raise NotAFeed("not_a_feed")
    if etree.QName(root).localname == "sitemapindex":
        raise NotAFeed("not_a_feed", "an index of sitemaps, not a news sitemap")
    urls = (child for child in root if isinstance(child.tag, str))
    return [raw for raw in map(_from_url, urls) if raw.title]


def _from_url(node: Any) -> Raw:
    found = {
        etree.QName(part).localname: (part.text or "").strip()
        for part in reversed(list(node.iter()))
        if isinstance(part.tag, str)
    }
    link = found.get("loc", "")
    stamp = found.get("publication_date") or found.get("lastmod", "")
    return Raw(link, link, found.get("title", ""), "", _from_stamp(stamp))


def _from_stamp(stamp: str) -> datetime | None:
    stamp = stamp.strip()
    return _from_iso(stamp) or _from_iso(stamp[:10])


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


# --- what a document says about itself ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hints:
    """hub and topic: WebSub addresses; every_s: the publisher's wish, seconds; 0 for none."""

    hub: str = ""
    topic: str = ""
    every_s: int = 0


_LINK = re.compile(rb"<(?:[\w-]+:)?link\b[^>]*>", re.I)
_ATTRIBUTE = re.compile(rb"""(rel|href)\s*=\s*["']([^"']*)["']""", re.I)
_TTL = re.compile(rb"<ttl>\s*(\d{1,6})\s*</ttl>", re.I)
_PERIOD = re.compile(rb"<sy:updatePeriod>\s*(\w+)\s*</", re.I)
_FREQUENCY = re.compile(rb"<sy:updateFrequency>\s*(\d{1,4})\s*</", re.I)
_PERIODS = {b"hourly": 3600, b"daily": 86400, b"weekly": 604800}
_ENTRY = re.compile(rb"<(?:item|entry)[\s>]")


def hints(body: bytes) -> Hints:
    """What stands in the document's head, before its first entry."""
    head = body[:_HEAD]
    first = _ENTRY.search(head)
    head = head[: first.start()] if first else head
    if head[:1] == b"{":
        return _json_hints(body)
    rels = dict(_rels(head))
    return Hints(storable(rels.get("hub", "")), storable(rels.get("self", "")), _every(head))


def _rels(head: bytes) -> Iterable[tuple[str, str]]:
    for link in _LINK.findall(head):
        found = {name.lower(): value for name, value in _ATTRIBUTE.findall(link)}
        if b"rel" in found and b"href" in found:
            href = found[b"href"].decode("utf-8", "replace").replace("&amp;", "&")
            yield found[b"rel"].decode("ascii", "replace").lower(), href


def _every(head: bytes) -> int:
    ttl, period = _TTL.search(head), _PERIOD.search(head)
    seconds = int(ttl.group(1)) * 60 if ttl else 0
    if period and (unit := _PERIODS.get(period.group(1).lower())):
        times = _FREQUENCY.search(head)
        seconds = max(seconds, unit // max(1, int(times.group(1)) if times else 1))
    return seconds


def _json_hints(body: bytes) -> Hints:
    try:
        document = json.loads(body)
        hubs = [h for h in document.get("hubs", []) if str(h.get("type")).lower() == "websub"]
        hub = _text(hubs[0].get("url")) if hubs else ""
        return Hints(storable(hub), storable(_text(document.get("feed_url"))), 0)
    except (ValueError, AttributeError, TypeError, RecursionError):
        return Hints()
