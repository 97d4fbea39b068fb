"""Both feed parsers against real documents, whole and broken: the arbiter's word counts, and
nothing that a document does comes out as an exception."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.collectors.documents import NotAFeed, by_fast, by_feedparser
from streams.collectors.parse import TRUSTED, Job, Parsed, differences, parse

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BASE = "https://news.example/feed"
DIFFER = {
    "atom-customfields.atom": "the summary stands in media:description",
    "itunes-missing-image.rss": "entries hold two texts, and each parser takes another",
    "many-links.rss": "a broken entity",
    "reddit-atom.rss": "the summary stands in content",
    "reddit-home.rss": "ids are relative to xml:base",
    "uolNoticias.rss": "the declared encoding is wrong, and only the arbiter finds the right one",
}
"""Samples on which the fast parser is wrong: those feeds stay with the arbiter."""
NOT_FEEDS = {"unrecognized.rss"}


def samples() -> list[Path]:
    folder = Path(__file__).resolve().parents[3] / "shared" / "data" / "feeds" / "samples"
    return sorted(folder.glob("*")) if folder.is_dir() else []


def read(body: bytes, trust: int = 0, now: datetime = NOW) -> Parsed:
    return parse(Job(b"f" * 16, BASE, body, now, trust=trust))


@pytest.mark.data
def test_the_samples_are_there(shared_data: Path) -> None:
    assert len(list((shared_data / "feeds/samples").glob("*"))) >= 30


@pytest.mark.data
@pytest.mark.parametrize("path", samples(), ids=lambda path: path.name)
def test_the_fast_parser_agrees_field_by_field_or_is_found_out(path: Path) -> None:
    body = path.read_bytes()
    if path.name in NOT_FEEDS:
        assert read(body).code
        return
    found = differences(by_feedparser(body), by_fast(body), BASE)
    assert bool(found) == (path.name in DIFFER), found


@pytest.mark.data
@pytest.mark.parametrize("path", samples(), ids=lambda path: path.name)
def test_every_entry_of_a_sample_is_kept_or_dropped_by_name(path: Path) -> None:
    body = path.read_bytes()
    for trust in (0, TRUSTED):
        parsed = read(body, trust)
        if path.name in NOT_FEEDS:
            continue
        assert parsed.code == ""
        assert len(parsed.keys) // 8 == len(parsed.fresh) + sum(n for _, n in parsed.dropped)


@pytest.mark.data
def test_real_entries_of_their_day_become_articles(shared_data: Path) -> None:
    body = (shared_data / "feeds/samples/guardian.rss").read_bytes()
    day = datetime(2018, 1, 31, 12, 0, tzinfo=UTC)
    parsed = read(body, now=day)
    assert len(parsed.fresh) > 40
    assert all(fresh.url.startswith("https://www.theguardian.com/") for fresh in parsed.fresh)
    assert all("<" not in fresh.summary for fresh in parsed.fresh)
    assert all(day - timedelta(hours=72) <= fresh.published_at <= day for fresh in parsed.fresh)


@pytest.mark.data
def test_a_wrongly_declared_encoding_is_set_right(shared_data: Path) -> None:
    parsed = read((shared_data / "feeds/samples/uolNoticias.rss").read_bytes())
    assert any("simulações" in fresh.title for fresh in parsed.fresh)
    assert not any("\ufffd" in fresh.title for fresh in parsed.fresh)


def is_sound(parsed: Parsed) -> bool:
    """What the store relies on, whatever the document was."""
    return all(
        fresh.url.startswith(("http://", "https://"))
        and (fresh.title or fresh.summary)
        and fresh.published_at <= NOW
        and len(fresh.title) <= 300
        and len(fresh.summary) <= 600
        and (fresh.url + fresh.title + fresh.summary).encode() is not None
        and "\0" not in fresh.url + fresh.title + fresh.summary
        for fresh in parsed.fresh
    )


broken = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.mark.data
@pytest.mark.skipif(not samples(), reason="the folder ../shared/data is absent")
@broken
@given(data=st.data(), trust=st.sampled_from([0, TRUSTED]))
def test_a_truncated_document_never_raises(data: st.DataObject, trust: int) -> None:
    body = data.draw(st.sampled_from(samples())).read_bytes()[:40_000]
    cut = data.draw(st.integers(0, len(body)))
    assert is_sound(read(body[:cut], trust))


@pytest.mark.data
@pytest.mark.skipif(not samples(), reason="the folder ../shared/data is absent")
@broken
@given(data=st.data(), trust=st.sampled_from([0, TRUSTED]))
def test_flipped_bits_never_raise(data: st.DataObject, trust: int) -> None:
    body = bytearray(data.draw(st.sampled_from(samples())).read_bytes()[:40_000])
    for at in data.draw(st.lists(st.integers(0, len(body) - 1), max_size=40)):
        body[at] ^= 1 << data.draw(st.integers(0, 7))
    assert is_sound(read(bytes(body), trust))


@broken
@given(body=st.binary(max_size=3000), head=st.sampled_from([b"", b"<rss>", b"<feed>", b"{", b"<"]))
def test_any_bytes_at_all_never_raise(body: bytes, head: bytes) -> None:
    assert is_sound(read(head + body))


@broken
@given(
    title=st.text(max_size=80), link=st.text(max_size=80), summary=st.text(max_size=200),
    ident=st.text(max_size=40), stamp=st.text(max_size=30),
)  # fmt: skip
def test_any_text_in_a_json_feed_is_made_sound(
    title: str, link: str, summary: str, ident: str, stamp: str
) -> None:
    import json

    one = {"id": ident, "url": f"https://x.example/{link}", "title": title}
    more = {"content_html": summary, "date_published": stamp}
    body = json.dumps({"items": [one | more]}).encode("utf-8", "surrogatepass")
    assert is_sound(read(body))


@pytest.mark.parametrize("trust", [0, TRUSTED])
def test_a_document_of_ten_megabytes_is_read_to_its_end(trust: int) -> None:
    entry = "<item><title>T{n}</title><link>https://x.example/{n}</link>"
    entry += f"<description>{'word ' * 1000}</description></item>"
    items = "".join(entry.replace("{n}", str(n)) for n in range(1900))
    body = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
    assert len(body) > 9_500_000
    assert len(read(body, trust).fresh) == 1900


def test_bytes_that_look_like_a_file_or_an_address_are_only_bytes(tmp_path: Path) -> None:
    real = tmp_path / "feed.xml"
    entry = "<item><title>Secret</title></item>"
    real.write_text(f"<rss version='2.0'><channel>{entry}</channel></rss>")
    with pytest.raises(NotAFeed):
        by_feedparser(str(real).encode())
