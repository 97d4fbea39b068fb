"""The demonstration's press: served as old news first, then as it happens, and marked."""

from datetime import timedelta

import feedparser

from streams.collectors.demo.scenario import recorded
from streams.collectors.demo.server import running
from tests.eventually import eventually
from tests.press import ITALIAN, LATER, Clock, get, read


async def test_every_feed_parses_and_names_its_hub() -> None:
    async with running(clock=Clock()) as server:
        for outlet in recorded().outlets:
            status, body, headers = await get(server.press.feed_url(outlet.slug))
            found = feedparser.parse(body, response_headers=headers)

            assert (status, found.bozo) == (200, False), outlet.slug
            assert found.feed.title == outlet.name
            rels = {link.rel: link.href for link in found.feed.links}
            assert rels["hub"] == f"{server.address}/hub"
            assert rels["self"] == server.press.feed_url(outlet.slug)
            assert f'<{server.address}/hub>; rel="hub"' in headers["link"]
            for entry in found.entries:
                assert entry.title
                assert entry.summary
                assert entry.id
                assert entry.link.startswith(f"{server.address}/{outlet.slug}/")
                assert entry.published_parsed


async def test_the_first_look_shows_old_and_ordinary_news_only() -> None:
    old = {item.title for item in recorded().items if item.at < 0}
    async with running(clock=Clock()) as server:
        for outlet in recorded().outlets:
            titles = await read(server, outlet.slug)

            assert titles
            assert set(titles) <= old


async def test_news_appears_when_its_time_has_come() -> None:
    clock = Clock()
    async with running(clock=clock) as server:
        before = await read(server)
        clock.now += timedelta(seconds=4)
        assert server.press.publish_due(clock()) == set()

        clock.now += timedelta(seconds=2)
        await eventually(lambda: server.press.has_news(ITALIAN))

        assert (await read(server))[1:] == before


async def test_the_clock_waits_for_the_first_reader() -> None:
    clock = Clock()
    async with running(clock=clock) as server:
        clock.now += timedelta(hours=1)
        assert server.press.publish_due(clock()) == set()

        await read(server)

        assert server.press.publish_due(clock()) == set()


async def test_an_outlet_that_nobody_has_read_keeps_its_news_back() -> None:
    """So that the first poll of a feed, which is backfill, never holds the event itself."""
    clock = Clock()
    async with running(clock=clock) as server:
        await read(server)
        clock.now += LATER
        await eventually(lambda: server.press.has_news(ITALIAN))
        assert not server.press.has_news("harbour-wire")

        old = await read(server, "harbour-wire")
        await eventually(lambda: server.press.has_news("harbour-wire"))

        assert len(await read(server, "harbour-wire")) == len(old) + 1


async def test_an_unchanged_feed_is_answered_with_304() -> None:
    clock = Clock()
    async with running(clock=clock) as server:
        address = server.press.feed_url(ITALIAN)
        _, _, first = await get(address)
        tag, modified = first["etag"], first["last-modified"]

        assert (await get(address, **{"If-None-Match": tag}))[0] == 304
        assert (await get(address, **{"If-Modified-Since": modified}))[0] == 304
        both = {"If-None-Match": '"another"', "If-Modified-Since": modified}
        assert (await get(address, **both))[0] == 200

        clock.now += LATER
        await eventually(lambda: server.press.has_news(ITALIAN))
        status, _, second = await get(address, **{"If-None-Match": tag})
        assert (status, second["etag"] != tag) == (200, True)
        assert (await get(address, **{"If-Modified-Since": modified}))[0] == 200


async def test_every_page_says_that_it_is_invented() -> None:
    clock = Clock()
    scenario = recorded()
    async with running(clock=clock) as server:
        for outlet in scenario.outlets:
            await read(server, outlet.slug)
        clock.now += timedelta(minutes=11)
        await eventually(
            lambda: all(server.press.article(i.outlet, i.slug) for i in scenario.items)
        )
        for item in scenario.items:
            status, page, headers = await get(f"{server.address}/{item.outlet}/{item.slug}")

            assert status == 200
            assert "Invented article of the demonstration" in page.decode()
            notice = scenario.notices[scenario.outlet(item.outlet).language]
            assert notice.replace("'", "&#x27;") in page.decode() or notice.startswith("Invented")
            assert headers["content-security-policy"] == "default-src 'none'"


async def test_what_has_not_happened_yet_and_what_never_will_is_not_there() -> None:
    async with running(clock=Clock()) as server:
        assert (await get(f"{server.address}/{ITALIAN}/harbour-it-1"))[0] == 404
        assert (await get(f"{server.address}/feeds/nobody.xml"))[0] == 404
        status, page, _ = await get(f"{server.address}/")
        assert (status, b"invented" in page) == (200, True)
