"""Documents into entries: what is new, what is dropped, who reads them."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from streams.collectors import parse as parse_module
from streams.collectors import text
from streams.collectors.documents import MOST_ENTRIES, Raw
from streams.collectors.parse import DISTRUSTED, KEY, TRUSTED, Job, Parsed, parse

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FEED = b"f" * 16


def item(number: int, **given: str) -> str:
    fields = {
        "title": f"Title {number}",
        "link": f"https://news.example/{number}",
        "guid": f"id-{number}",
        "description": f"<p>Text of {number}.</p>",
        "pubDate": format_datetime(NOW - timedelta(hours=1)),
    } | given
    inside = "".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in fields.items() if v)
    return f"<item>{inside}</item>"


def rss(*items: str, head: str = "") -> bytes:
    channel = f"<title>N</title>{head}{''.join(items)}"
    return f"<?xml version='1.0'?><rss version='2.0'><channel>{channel}</channel></rss>".encode()


def read(body: bytes, **given: Any) -> Parsed:
    return parse(Job(FEED, "https://news.example/feed", body, NOW, **given))


def test_an_entry_becomes_plain_and_canonical() -> None:
    link = "https://News.example:443/a//b?utm_source=rss&id=3#top"
    one = item(1, title="A &amp; B", link=link, description="<p>One</p><p>two<br>three</p>")
    (fresh,) = read(rss(one)).fresh
    assert fresh.title == "A & B"
    assert fresh.summary == "One two three"
    assert fresh.url == "https://news.example/a/b?id=3"
    assert fresh.published_at == NOW - timedelta(hours=1)
    assert len(fresh.fingerprint) == 16


def test_scripts_and_broken_markup_leave_no_trace() -> None:
    nasty = "Hello <script>alert('x')</script><b>world</b> <img alt='a > b' src=x> <a href='y"
    (fresh,) = read(rss(item(1, description=nasty))).fresh
    assert fresh.summary == "Hello world"


def test_a_long_summary_is_cut_at_a_word() -> None:
    (fresh,) = read(rss(item(1, description="lorem " * 4000))).fresh
    assert len(fresh.summary) <= 600
    assert fresh.summary.endswith("lorem…")


def test_known_entries_are_not_looked_at_again() -> None:
    first = read(rss(item(1), item(2)))
    second = read(rss(item(3), item(1), item(2)), window=first.keys)
    assert [fresh.title for fresh in second.fresh] == ["Title 3"]
    assert second.known == 2
    assert len(second.keys) == 3 * KEY


def test_the_same_entry_of_another_feed_has_another_key() -> None:
    other = parse(Job(b"g" * 16, "https://x.example/", rss(item(1)), NOW))
    assert other.keys != read(rss(item(1))).keys


def test_an_entry_twice_in_one_document_counts_once() -> None:
    assert len(read(rss(item(1), item(1))).fresh) == 1


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"pubDate": format_datetime(NOW - timedelta(hours=73))}, "too_old"),
        ({"link": "", "guid": "no address"}, "no_link"),
        ({"link": "javascript:alert(1)"}, "no_link"),
        ({"title": "", "description": ""}, "no_text"),
    ],
)
def test_what_is_not_worth_keeping_is_dropped_by_name(given: dict[str, str], name: str) -> None:
    parsed = read(rss(item(1, **given), item(2)))
    assert dict(parsed.dropped) == {name: 1}
    assert len(parsed.dropped_keys) == 1
    assert len(parsed.fresh) == 1


@pytest.mark.parametrize("stamp", ["", "yesterday", format_datetime(NOW + timedelta(days=3))])
def test_without_a_date_or_with_one_in_the_future_it_is_published_when_seen(stamp: str) -> None:
    (fresh,) = read(rss(item(1, pubDate=stamp))).fresh
    assert fresh.published_at == NOW


def test_an_entry_of_72_hours_is_still_young_enough() -> None:
    stamp = format_datetime(NOW - timedelta(hours=72))
    assert len(read(rss(item(1, pubDate=stamp))).fresh) == 1


def test_one_bad_entry_never_fails_a_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    real = text.fingerprint

    def stumbles(title: str, summary: str) -> str:
        if title == "Title 1":
            raise RuntimeError("as a library may")
        return real(title, summary)

    monkeypatch.setattr(text, "fingerprint", stumbles)
    parsed = read(rss(item(1), item(2)))
    assert dict(parsed.dropped) == {"malformed": 1}
    assert [fresh.title for fresh in parsed.fresh] == ["Title 2"]


def test_syndicated_copies_share_a_fingerprint_and_other_stories_do_not() -> None:
    words = "Police and residents clashed overnight after a chapel was set on fire in the port"
    copy = item(2, title="Chapel burns", description=f"<div>{words}</div>")
    other = item(3, title="Rates rise", description="The central bank raised its rates by a half")
    one = item(1, title="Chapel burns", description=words)
    marks = [fresh.fingerprint for fresh in read(rss(one, copy, other)).fresh]
    assert marks[0] == marks[1]
    assert text.distance(marks[0], marks[2]) > 12


# --- who reads ----------------------------------------------------------------------------------


def test_the_fast_parser_serves_only_after_it_has_agreed() -> None:
    trust, served = 0, []
    for number in range(TRUSTED + 1):
        parsed = read(rss(item(number)), trust=trust)
        trust = parsed.trust
        served.append(parsed.parser)
    assert served == ["feedparser"] * TRUSTED + ["fast"]


def test_a_trusted_feed_is_checked_when_told_to() -> None:
    parsed = read(rss(item(1)), trust=TRUSTED, check=True)
    assert parsed.parser == "feedparser"
    assert parsed.trust == TRUSTED


def test_a_difference_is_named_and_sends_the_feed_back(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = [Raw("id-1", "https://news.example/1", "Another title", "Text of 1.", None)]
    monkeypatch.setattr(parse_module, "by_fast", lambda *_: wrong)
    parsed = read(rss(item(1)), trust=TRUSTED, check=True)
    assert parsed.differences == ("title", "published")
    assert parsed.trust == DISTRUSTED
    assert parsed.fresh[0].title == "Title 1", "the arbiter's reading is taken"


def test_what_the_fast_parser_refuses_the_arbiter_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object) -> list[Raw]:
        raise ValueError("no")

    monkeypatch.setattr(parse_module, "by_fast", refuses)
    parsed = read(rss(item(1)), trust=TRUSTED)
    assert parsed.parser == "feedparser"
    assert len(parsed.fresh) == 1


def test_an_empty_feed_proves_nothing_about_the_parser() -> None:
    assert read(rss(), trust=1).trust == 1


# --- other formats ------------------------------------------------------------------------------


def test_a_json_feed_is_read() -> None:
    items = [
        {
            "id": "1",
            "url": "/one",
            "title": "One",
            "content_html": "<p>Words</p>",
            "date_published": "2026-11-21T12:30:00+02:00",
        },
        "no object",
    ]
    hubs = [{"type": "WebSub", "url": "https://hub.example/"}]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items, "hubs": hubs})
    parsed = read(body.encode())
    (fresh,) = parsed.fresh
    assert (fresh.url, fresh.title, fresh.summary) == ("https://news.example/one", "One", "Words")
    assert fresh.published_at == datetime(2026, 11, 21, 10, 30, tzinfo=UTC)
    assert parsed.hints.hub == "https://hub.example/"


def test_a_news_sitemap_is_read_and_plain_addresses_in_it_are_left() -> None:
    body = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
      xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
      <url><loc>https://news.example/a</loc><news:news><news:publication><news:name>N</news:name>
      </news:publication><news:publication_date>2026-11-21</news:publication_date>
      <news:title>Headline &amp; more</news:title></news:news></url>
      <url><loc>https://news.example/about</loc></url></urlset>"""
    (fresh,) = read(body.encode()).fresh
    assert (fresh.url, fresh.title) == ("https://news.example/a", "Headline & more")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (b" \r\n\xef\xbb\xbf", "empty"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "html_page"),
        (b"<!-- x --><html><head></head></html>", "html_page"),
        (b"/etc/passwd", "not_a_feed"),
        (b"http://127.0.0.1/feed", "not_a_feed"),
        (b"{}", "not_a_feed"),
        (b'{"items": 3}', "not_a_feed"),
        (b"[" * 200_000, "not_a_feed"),
        (b"<urlset><broken", "not_a_feed"),
        (b"\x00\x01\x02\x03", "not_a_feed"),
    ],
)
def test_what_is_no_feed_gets_a_code(body: bytes, code: str) -> None:
    parsed = read(body)
    if body.startswith(b"<urlset"):
        assert not parsed.fresh
        return
    assert parsed.code == code


def test_an_entity_bomb_is_harmless() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    body = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e0 "ha">{entities}]>'
    body += "<rss version='2.0'><channel><item><title>&e11;</title></item></channel></rss>"
    for trust in (0, TRUSTED):
        parsed = read(body.encode(), trust=trust)
        assert sum(len(fresh.title) for fresh in parsed.fresh) < 1000


def test_the_head_tells_of_hub_and_pace() -> None:
    head = (
        '<atom:link rel="hub" href="https://hub.example/?a=1&amp;b=2"/>'
        "<atom:link href='https://news.example/self' rel='self'/><ttl>30</ttl>"
        "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
    )
    inside = item(1, description='<link rel="hub" href="https://evil.example/">')
    hints = read(rss(inside, head=head)).hints
    assert hints.hub == "https://hub.example/?a=1&b=2"
    assert hints.topic == "https://news.example/self"
    assert hints.every_s == 1800


def test_only_so_many_entries_of_one_document_are_taken() -> None:
    parsed = read(rss(*(item(n) for n in range(MOST_ENTRIES + 5))), trust=TRUSTED)
    assert dict(parsed.dropped) == {"too_many": 5}
