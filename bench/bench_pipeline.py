"""The whole pipeline, embedded: from feed bytes to stories, with real items in nine languages.

Collector and worker run as they do in `make run`, each a process of its own, on one SQLite file;
the rate is taken from the first request to the last settled delivery.
"""

import argparse
import http.server
import tempfile
import threading
import time
from itertools import islice
from pathlib import Path

from bench.house import House, real_items, rss, wait

PORT = 8997
PER_FEED = 60


class Feeds(http.server.ThreadingHTTPServer):
    """Serves prepared documents; notes when the first was asked for."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, documents: list[bytes]) -> None:
        super().__init__(("127.0.0.1", PORT), Handler)
        self.documents, self.first = documents, 0.0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Feeds

    def do_GET(self) -> None:
        self.server.first = self.server.first or time.monotonic()
        body = self.server.documents[int(self.path.strip("/"))]
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def main(articles: int) -> int:
    feeds = articles // PER_FEED
    items = real_items()
    documents = [rss(list(islice(items, PER_FEED)), f"n{n}") for n in range(feeds)]
    server = Feeds(documents)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder), COLLECT_ALLOW=f"127.0.0.1:{PORT}", COLLECT_HOST_GAP_MS="0")
        house.add_feeds(PORT, feeds)
        try:
            house.start("manage.py", "work")
            time.sleep(6)  # its models are loaded once, before the clock starts
            house.start("manage.py", "collect")
            settled = "SELECT count(*) FROM streams_delivery WHERE stage='assess' AND state >= 2"
            wait(lambda: house.one(settled) >= articles * 0.97, 600)
            wait(lambda: house.open_deliveries() == 0, 600)
            seconds = time.monotonic() - server.first
            stored = house.one("SELECT count(*) FROM collectors_article")
            flags = house.one("SELECT count(*) FROM flashpoints_flag")
            stories = house.one("SELECT count(*) FROM flashpoints_story")
        finally:
            house.end()
            server.shutdown()
    print(
        f"whole pipeline, embedded: {stored} articles of {feeds} feeds, {flags} flagged, "
        f"{stories} stories in {seconds:.1f} s: {stored / seconds:.0f} articles/s (goal 1,000)"
    )
    return 0


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=12000)
    raise SystemExit(main(options.parse_args().articles))
