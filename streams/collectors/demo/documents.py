"""Feeds and pages of the demonstration: RSS 2.0, Atom, and HTML that says that it is invented."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from xml.etree import ElementTree as ET

from streams.collectors.demo.scenario import Item, Outlet, Scenario

ATOM = "http://www.w3.org/2005/Atom"
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}
ET.register_namespace("atom", ATOM)


@dataclass(frozen=True, slots=True)
class Published:
    """An article and when it appeared."""

    item: Item
    at: datetime


def link_of(item: Item, base_url: str) -> str:
    return f"{base_url}/{item.outlet}/{item.slug}"


def rss(outlet: Outlet, entries: list[Published], base_url: str) -> bytes:
    """RSS 2.0 with the hub and the feed's own address as Atom links (WebSub, section 4)."""
    root = ET.Element("rss", {"version": "2.0"})
    channel = ET.SubElement(root, "channel")
    _text(channel, "title", outlet.name)
    _text(channel, "link", f"{base_url}/")
    _text(channel, "description", "Invented outlet of the demonstration")
    _text(channel, "language", outlet.language)
    _links(channel, outlet, base_url)
    for entry in entries:
        element = ET.SubElement(channel, "item")
        _text(element, "title", entry.item.title)
        _text(element, "link", link_of(entry.item, base_url))
        _text(element, "guid", link_of(entry.item, base_url))
        _text(element, "description", entry.item.summary)
        _text(element, "pubDate", format_datetime(entry.at, usegmt=True))
    return _bytes(root)


def atom(outlet: Outlet, entries: list[Published], base_url: str) -> bytes:
    """Atom (RFC 4287) with the hub and the feed's own address."""
    root = ET.Element(
        f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": outlet.language}
    )
    _text(root, f"{{{ATOM}}}title", outlet.name)
    _text(root, f"{{{ATOM}}}subtitle", "Invented outlet of the demonstration")
    _text(root, f"{{{ATOM}}}id", f"{base_url}/feeds/{outlet.slug}.xml")
    if entries:
        _text(root, f"{{{ATOM}}}updated", entries[0].at.isoformat())
    _links(root, outlet, base_url)
    for entry in entries:
        element = ET.SubElement(root, f"{{{ATOM}}}entry")
        _text(element, f"{{{ATOM}}}title", entry.item.title)
        _text(element, f"{{{ATOM}}}id", f"tag:demo.example,2026:{entry.item.slug}")
        ET.SubElement(element, f"{{{ATOM}}}link", {"href": link_of(entry.item, base_url)})
        _text(element, f"{{{ATOM}}}summary", entry.item.summary)
        _text(element, f"{{{ATOM}}}published", entry.at.isoformat())
        _text(element, f"{{{ATOM}}}updated", entry.at.isoformat())
    return _bytes(root)


def _links(parent: ET.Element, outlet: Outlet, base_url: str) -> None:
    address = f"{base_url}/feeds/{outlet.slug}.xml"
    ET.SubElement(parent, f"{{{ATOM}}}link", {"rel": "self", "href": address})
    ET.SubElement(parent, f"{{{ATOM}}}link", {"rel": "hub", "href": f"{base_url}/hub"})


def _text(parent: ET.Element, name: str, words: str) -> None:
    ET.SubElement(parent, name).text = words


def _bytes(root: ET.Element) -> bytes:
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def article_page(item: Item, outlet: Outlet, notice: str) -> str:
    """The article as a page, under the sentence that says that it is invented."""
    direction = "rtl" if outlet.language in RIGHT_TO_LEFT else "ltr"
    own = f'<p lang="{outlet.language}" dir="{direction}"><strong>{escape(notice)}</strong></p>'
    return _page(
        item.title,
        '<p lang="en"><strong>Invented article of the demonstration.</strong> Place, people and '
        "events do not exist; nothing of this happened.</p>"
        + (own if outlet.language != "en" else "")
        + f'<article lang="{outlet.language}" dir="{direction}"><h1>{escape(item.title)}</h1>'
        f"<p>{escape(outlet.name)}</p><p>{escape(item.summary)}</p></article>",
    )


def index_page(scenario: Scenario, base_url: str) -> str:
    """What this server is, and its feeds."""
    lines = "".join(
        f'<li><a href="{base_url}/feeds/{outlet.slug}.xml"><bdi>{escape(outlet.name)}</bdi></a> '
        f"({outlet.country}, {outlet.language})</li>"
        for outlet in scenario.outlets
    )
    return _page(
        "Feeds of the demonstration",
        "<h1>Feeds of the demonstration</h1><p>Outlets, owners, towns and events are invented. "
        f"This server is their own WebSub hub and talks to this machine only.</p><ul>{lines}</ul>",
    )


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title></head><body>{body}</body></html>"
    )
