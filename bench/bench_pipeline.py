"""The whole pipeline, from feed bytes to stories, with real items in nine languages.

Embedded, collector and worker run as they do in `make run`, each a process of its own, on one
SQLite file; `--kafka` runs collector, relay and two faust workers beside a real broker and a real
PostgreSQL on the same machine. The rate is taken from the first request to the last settled
delivery.
"""

import argparse
import http.server
import tempfile
import threading
import time
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from bench.house import House, real_items, rss, wait
from bench.servers import distributed

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


def main(articles: int, kafka: bool = False, workers: int = 2) -> int:
    feeds = articles // PER_FEED
    items = real_items()
    documents = [rss(list(islice(items, PER_FEED)), f"n{n}") for n in range(feeds)]
    server = Feeds(documents)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        env = stack.enter_context(distributed()) if kafka else {}
        allow = {"COLLECT_ALLOW": f"127.0.0.1:{PORT}", "COLLECT_HOST_GAP_MS": "0"}
        house = House(Path(folder), **allow, **env)
        house.add_feeds(PORT, feeds)
        try:
            house.work(workers)
            time.sleep(20 if kafka else 6)  # models are loaded once, before the clock starts
            house.start("manage.py", "collect")
            settled = "SELECT count(*) FROM streams_delivery WHERE stage='assess' AND state >= 2"
            wait(lambda: house.one(settled) >= articles * 0.97, 600, what="most articles assessed")
            wait(lambda: house.open_deliveries() == 0, 600, what="everything settled")
            seconds = time.monotonic() - server.first
            stored = house.one("SELECT count(*) FROM collectors_article")
            flags = house.one("SELECT count(*) FROM flashpoints_flag")
            stories = house.one("SELECT count(*) FROM flashpoints_story")
            counts = house.rows("SELECT name, n FROM streams_tally ORDER BY name")
        except SystemExit:
            print((Path(folder) / "out.log").read_text()[-3000:])
            raise
        finally:
            house.end()
            server.shutdown()
    runtime = f"Kafka + PostgreSQL, {workers} workers" if kafka else "embedded"
    print(
        f"whole pipeline, {runtime}: {stored} articles of {feeds} feeds, {flags} flagged, "
        f"{stories} stories in {seconds:.1f} s: {stored / seconds:.0f} articles/s "
        f"(goal {500 if kafka else 1000})"
    )
    wanted = ("relay.", "sweeper.", "faust.", "assess.", "cluster.")
    print("  " + ", ".join(f"{name} {n}" for name, n in counts if name.startswith(wanted)))
    return 0


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=12000)
    options.add_argument("--kafka", action="store_true", help="the distributed runtime")
    options.add_argument("--workers", type=int, default=2)
    given = options.parse_args()
    raise SystemExit(main(given.articles, given.kafka, given.workers))
