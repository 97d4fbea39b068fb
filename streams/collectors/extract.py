"""The text of an article's page, or why there is none that anybody could use."""

import json
import re
from collections.abc import Iterator
from typing import Any

MOST_BYTES = 3_000_000
"""Bytes of a page that are looked at; news pages stay far below."""
MOST_TEXT = 20_000
"""Characters kept of an article's text."""
LEAST_TEXT = 200
"""Characters below which what was found is a teaser, a notice, or nothing."""
SHORT = 1_200
"""Characters below which a text that speaks of consent or of a subscription is a wall, not an
article about one."""

HTML = ("text/html", "application/xhtml+xml")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_LD = re.compile(rb"<script[^>]+application/ld\+json[^>]*>(.*?)</script>", re.I | re.S)
CONSENT = re.compile(
    r"cookie|consent|gdpr|privacy settings|your privacy|datenschutz|einwillig|zustimm|"
    r"consentement|vie privée|consentimiento|privacidad|consentimento|privacidade|consenso|"
    r"toestemming|çerez|ملفات تعريف الارتباط|隐私|файлы cookie",
    re.I,
)
PAYWALL = re.compile(
    r"subscribe to (?:continue|read)|already a subscriber|subscribers only|to continue reading|"
    r"abonn|réservé aux|jetzt weiterlesen|weiterlesen mit|suscríbete|suscriptor|assinante|"
    r"abbonat|abone ol|подписчик|подписк|للمشتركين|订阅后",
    re.I,
)


def article_of(body: bytes, content_type: str, url: str) -> tuple[str, str]:
    """(code, text): ok with the text, or why nothing is usable: not_html, too_big, paywall,
    consent, nothing. May take a second for a large page; to be called in a thread."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind and kind not in HTML:
        return "not_html", ""
    if len(body) > MOST_BYTES:
        return "too_big", ""
    text = _text(decoded(body, content_type), url)
    if not _free(body):
        return "paywall", ""
    if len(text) < SHORT and PAYWALL.search(text):
        return "paywall", ""
    if len(text) < SHORT and CONSENT.search(text):
        return "consent", ""
    return ("ok", text[:MOST_TEXT]) if len(text) >= LEAST_TEXT else ("nothing", "")


def decoded(body: bytes, content_type: str) -> str | bytes:
    """As the header says; the bytes as they are where it says nothing or something wrong (the
    page's own word, or a guess, is taken then)."""
    named = _CHARSET.search(content_type)
    if named is None:
        return body
    try:
        return body.decode(named[1])
    except (LookupError, UnicodeDecodeError):
        return body


def _text(page: str | bytes, url: str) -> str:
    # It takes half a second to import and only the collector needs it.
    from trafilatura import extract

    found = extract(page, url=url, include_comments=False, include_tables=False)
    return (found or "").strip()


def _free(body: bytes) -> bool:
    """False where the page itself says that one must pay (schema.org isAccessibleForFree)."""
    return not any(
        str(thing.get("isAccessibleForFree", "")).lower() == "false"
        for block in _LD.findall(body)[:10]
        for thing in _things(block)
    )


def _things(block: bytes) -> Iterator[dict[str, Any]]:
    try:
        found = json.loads(block)
    except (ValueError, RecursionError):
        return
    for thing in found if isinstance(found, list) else [found]:
        if isinstance(thing, dict):
            yield thing
            graph = thing.get("@graph")
            yield from (
                (one for one in graph if isinstance(one, dict)) if isinstance(graph, list) else ()
            )
