"""OPML in and out: other people's subscription lists become feeds, and ours becomes a file.

What OPML has no word for (country, owner and where to check it) travels in a namespace of ours,
as the specification asks (https://opml.org/spec2.opml, "Extending OPML").
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.utils import format_datetime
from itertools import groupby
from typing import Any
from xml.etree import ElementTree as ET

import listparser
from babel import Locale
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import ValidationError

from streams.collectors.models import Feed
from streams.collectors.sources import Subscription, create, known_addresses, readable, said

LARGEST = 5_000_000
"""Bytes of a file that we read."""
MOST = 10_000
"""Feeds of a file that we read."""
NAMESPACE = "urn:rrmm:opml:1"
_EXTRA = ("country", "owner", "owner_source", "checked")
_DECLARED = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")


class OpmlError(Exception):
    """The file as a whole cannot be read; the message says why, in words for the page."""


@dataclass(frozen=True, slots=True)
class OpmlRow:
    """What becomes of one feed of the file.

    result: created, known (we have it; left as it is), twice (stood above already) or refused;
    words: why it was refused.
    """

    number: int
    url: str
    outlet: str
    result: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class OpmlReport:
    """The file, row by row. With `dry_run` nothing was written: the results say what would be."""

    title: str
    rows: tuple[OpmlRow, ...]
    dry_run: bool

    def count(self, result: str) -> int:
        return sum(row.result == result for row in self.rows)


def import_opml(content: bytes, *, dry_run: bool = False) -> OpmlReport:
    """Makes feeds of the file's subscriptions; those we have are left alone.

    A row that cannot be read is refused with its reason, and the others go on. Raises OpmlError
    when the file is too big, cannot be decoded, or is not an OPML subscription list.
    """
    title, outlines = _outlines(_text(content))
    known = known_addresses()
    rows: list[OpmlRow] = []
    fresh: list[Subscription] = []
    above: set[str] = set()
    for number, attributes in enumerate(outlines, 1):
        row, subscription = _judge(number, attributes, known, above)
        rows.append(row)
        above.add(row.url)
        if subscription is not None:
            fresh.append(subscription)
    if not dry_run:
        create(fresh)
    return OpmlReport(title=title, rows=tuple(rows), dry_run=dry_run)


def _text(content: bytes) -> str:
    if len(content) > LARGEST:
        limit = LARGEST // 1_000_000
        raise OpmlError(_("The file is larger than %(limit)d MB.") % {"limit": limit})
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        declared = _DECLARED.match(content.removeprefix(codecs.BOM_UTF8).lstrip())
        encoding = declared[1].decode("ascii") if declared else "utf-8"
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except (LookupError, UnicodeError, ValueError):
        raise OpmlError(_("The file cannot be read as %(name)s.") % {"name": encoding}) from None


class _Reader(listparser.Handler):  # type: ignore[misc]  # untyped library
    """listparser's own reader (it expands no entities and reads no DTD), which drops what it
    does not know; this keeps the attributes of every feed."""

    def __init__(self) -> None:
        super().__init__()
        self.harvest.update({"feeds": [], "lists": [], "opportunities": [], "version": ""})
        self.harvest["meta"] = listparser.common.SuperDict()
        self.found: list[dict[str, str]] = []

    def start_opml_outline(self, attrs: dict[str, str | None]) -> None:
        said_here = {name: value or "" for name, value in attrs.items()}
        super().start_opml_outline(said_here)
        is_feed = "xmlurl" in said_here and said_here.get("type", "").lower() != "source"
        if is_feed and len(self.found) <= MOST:
            self.found.append(said_here)

    def raise_bozo(self, error: Any) -> None:
        """A date that is no date is no reason to refuse a list of feeds."""


def _outlines(text: str) -> tuple[str, list[dict[str, str]]]:
    reader = _Reader()
    try:
        reader.feed(text)
        reader.close()
    except (AssertionError, IndexError, KeyError, ValueError) as error:
        raise OpmlError(_("The file is not well-formed OPML.")) from error
    if not str(reader.harvest["version"]).startswith("opml"):
        raise OpmlError(_("The file is not OPML: it has no <opml> element."))
    if not reader.found:
        raise OpmlError(_("The file holds no feeds: no outline has an xmlUrl."))
    if len(reader.found) > MOST:
        raise OpmlError(_("The file holds more than %(most)d feeds.") % {"most": MOST})
    return str(reader.harvest["meta"].get("title", "")), reader.found


def _judge(
    number: int, attributes: dict[str, str], known: set[str], above: set[str]
) -> tuple[OpmlRow, Subscription | None]:
    url = attributes["xmlurl"].strip()
    outlet = (attributes.get("text", "").strip() or attributes.get("title", "").strip())[:200]
    try:
        subscription = Subscription.model_validate(_facts(url, outlet, attributes))
    except ValidationError as error:
        return OpmlRow(number, url[:200], outlet, "refused", "; ".join(said(error))), None
    if url in above:
        return OpmlRow(number, url, outlet, "twice"), None
    if url in known:
        return OpmlRow(number, url, outlet, "known"), None
    return OpmlRow(number, url, outlet, "created"), subscription


def _facts(url: str, outlet: str, attributes: dict[str, str]) -> dict[str, str]:
    extra = {name: attributes[f"rrmm:{name}"] for name in _EXTRA if attributes.get(f"rrmm:{name}")}
    language = attributes.get("language", "").strip().lower().split("-")[0]
    if language == "unknown":  # so the first OPML editors wrote, and their heirs still do
        language = ""
    return {"url": url, "outlet": outlet, "language": language, **extra}


def export_opml() -> bytes:
    """Every feed that is in use and not of the demonstration, by country, as OPML 2.0 (UTF-8)."""
    ET.register_namespace("rrmm", NAMESPACE)
    root = ET.Element("opml", {"version": "2.0"})
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "title").text = _("Sources of the Rapid Response Media Mechanism")
    ET.SubElement(head, "dateCreated").text = format_datetime(timezone.now())
    body = ET.SubElement(root, "body")
    for country, feeds in _by_country():
        group = ET.SubElement(body, "outline", {"text": _country_name(country)})
        for feed in feeds:
            ET.SubElement(group, "outline", _attributes(feed))
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _by_country() -> Iterator[tuple[str, Iterable[Feed]]]:
    feeds = Feed.objects.filter(demo=False, active=True).order_by("country", "outlet", "url")
    return groupby(feeds, key=lambda feed: feed.country)


def _country_name(code: str) -> str:
    return str(Locale("en").territories.get(code) or _("Country unknown"))


def _attributes(feed: Feed) -> dict[str, str]:
    plain = {"text": feed.outlet or feed.url, "type": "rss", "xmlUrl": feed.url}
    if feed.language:
        plain["language"] = feed.language
    extra = {f"{{{NAMESPACE}}}{name}": str(getattr(feed, name)) for name in _EXTRA}
    written = {name: readable(value) for name, value in {**plain, **extra}.items()}
    return {name: value for name, value in written.items() if value}
