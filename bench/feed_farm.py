"""A small HTTP server with many feeds on many loopback addresses, for the collector's bench.

Feed n lives at http://127.1.A.B:PORT/feed and has 30 entries; three are new in every round. It
answers conditional requests. Written against asyncio's protocols, so that the server takes as
little of the machine as possible from those who are measured.
"""

import argparse
import asyncio
import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

ENTRIES = 30
NEW = 3
_TEXT = (
    "after the council night police march church mosque temple village border minister said "
    "people street shop fire school court leader region talks group calls protest crowd security "
    "families older town river festival law decision report week under pressure new plan over"
)
WORDS = _TEXT.split()


def host(n: int) -> str:
    """The feed's own loopback address: to a collector, another host."""
    return f"127.1.{n // 250}.{n % 250 + 1}"


def _sentence(rng: random.Random, words: int) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(words)).capitalize()


def entry(n: int, number: int, start: datetime, atom: bool) -> str:
    rng = random.Random(n * 1_000_003 + number)
    at = start + timedelta(seconds=number * 5)
    link = f"https://news{n}.example/{at:%Y/%m}/{number}-story?utm_source=rss&amp;utm_medium=feed"
    title = escape(_sentence(rng, 11))
    text = escape(f"<p>{_sentence(rng, 34)}.</p><p><a href='{link}'>Read more</a></p>")
    if atom:
        return (
            f"<entry><id>tag:news{n}.example,2026:{number}</id><title>{title}</title>"
            f'<link rel="alternate" href="{link}"/><summary type="html">{text}</summary>'
            f"<published>{at.isoformat()}</published><updated>{at.isoformat()}</updated></entry>\n"
        )
    return (
        f'<item><guid isPermaLink="false">news{n}-{number}</guid><title>{title}</title>'
        f"<link>{link}</link><description>{text}</description>"
        f"<pubDate>{format_datetime(at)}</pubDate></item>\n"
    )


def document(n: int, turn: int, start: datetime) -> bytes:
    atom, newest = n % 3 == 0, ENTRIES + turn * NEW
    entries = [entry(n, number, start, atom) for number in range(newest, newest - ENTRIES, -1)]
    body = "".join(entries)
    if atom:
        head = '<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:x</id>'
        return (
            f'<?xml version="1.0" encoding="utf-8"?>{head}<title>N{n}</title>{body}</feed>'.encode()
        )
    head = f"<rss version='2.0'><channel><title>N{n}</title><link>https://news{n}.example/</link>"
    return f'<?xml version="1.0" encoding="utf-8"?>{head}{body}</channel></rss>'.encode()


class Farm:
    """All documents of the present round, ready to send."""

    def __init__(self, feeds: int) -> None:
        self.feeds = feeds
        self.start = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        self.turn = -1
        self.answers: dict[str, bytes] = {}
        self.next_turn()

    def next_turn(self) -> None:
        self.turn += 1
        self.etag = f'"{self.turn}"'.encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nETag: " + self.etag
        self.answers = {
            host(n): b"%s\r\nContent-Length: %d\r\n\r\n%s" % (head, len(body), body)
            for n in range(self.feeds)
            for body in [document(n, self.turn, self.start)]
        }


class Answering(asyncio.Protocol):
    def __init__(self, farm: Farm) -> None:
        self.farm, self.buffer = farm, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.host = transport.get_extra_info("sockname")[0]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            asked, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
            self.transport.write(self.answer(asked))
            if b"connection: close" in asked.lower():
                self.transport.close()

    def answer(self, asked: bytes) -> bytes:
        if asked.startswith(b"GET /next "):
            self.farm.next_turn()
            return b"HTTP/1.1 204 No Content\r\n\r\n"
        lowered = asked.lower()
        if b"if-none-match" in lowered and self.farm.etag in asked:
            return b"HTTP/1.1 304 Not Modified\r\nETag: " + self.farm.etag + b"\r\n\r\n"
        return self.farm.answers.get(
            self.host, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        )


async def serve(feeds: int, port: int) -> None:
    farm = Farm(feeds)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Answering(farm), "0.0.0.0", port, backlog=2048)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--feeds", type=int, default=500)
    options.add_argument("--port", type=int, default=8999)
    given = options.parse_args()
    asyncio.run(serve(given.feeds, given.port))
