"""How fast the relay carries a backlog of real articles to the broker, one process.

The peer in the same run is kafka-python's bare producer with the same settings, sending the same
payloads from memory: what is missing to it is the log's reading and the offsets' writing.
"""

import argparse
import json
import tempfile
import time
from itertools import islice
from pathlib import Path

from kafka import KafkaProducer

from bench.house import House, real_items, wait
from bench.servers import servers, settings

WRITE = """
import json, sys, uuid
from datetime import datetime, timezone
from django.db import transaction
from streams.collectors.models import Article, Feed
from streams.events import ArticleFetched
from streams.log import append_many
feed = Feed.objects.create(url="http://bench.example/feed", outlet="Bench")
now = datetime.now(timezone.utc)
items = json.load(open(%r))
for at in range(0, len(items), 500):
    events = []
    with transaction.atomic():
        for n, text in enumerate(items[at : at + 500], at):
            title, _, summary = text.partition(" — ")
            article = Article.objects.create(feed=feed, url=f"http://bench.example/{n}",
                url_key=n, title=title[:300], summary=summary, published_at=now, seen_at=now)
            events.append(ArticleFetched(article=article.pk, feed=feed.pk, outlet="Bench",
                url=article.url, title=title, summary=summary, published_at=now, seen_at=now))
        append_many(events)
"""


def main(records: int) -> int:
    with servers() as (postgres, broker), tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder), **settings(postgres, broker))
        texts = [item["text"] for item in islice(real_items(), records)]
        file = Path(folder) / "items.json"
        file.write_text(json.dumps(texts))
        house.python(WRITE % str(file))
        house.manage("topics")
        try:
            began = time.monotonic()
            house.start("manage.py", "relay")
            sent = "SELECT coalesce(sum(n), 0) FROM streams_tally WHERE name = 'relay.sent'"
            first = 'SELECT count(*) FROM streams_record WHERE "offset" IS NOT NULL'
            wait(lambda: house.one(first) > 0, 60, 0.005, "the first record sent")
            began, before = time.monotonic(), house.one(first)
            waiting = "SELECT count(*) FROM streams_record WHERE to_relay"
            wait(lambda: house.one(waiting) == 0, 600, 0.02, "everything sent")
            rate = (records - before) / (time.monotonic() - began)
            wait(lambda: house.one(sent) == records, 30, what="the count")
        finally:
            house.end()
        bare = peer(broker.url.split("//")[1], texts)
    print(f"relay: {rate:,.0f} records/s; bare producer {bare:,.0f} messages/s in the same run "
          f"({rate / bare:.2f} of it)")  # fmt: skip
    return 0


def peer(server: str, texts: list[str]) -> float:
    producer = KafkaProducer(bootstrap_servers=[server], acks="all", enable_idempotence=True,
                             linger_ms=5, batch_size=65_536)  # fmt: skip
    payloads = [text.encode() for text in texts]
    began = time.monotonic()
    for at in range(0, len(payloads), 500):
        for n, payload in enumerate(payloads[at : at + 500], at):
            producer.send("rrmm.articles", key=str(n).encode(), value=payload)
        producer.flush()
    seconds = time.monotonic() - began
    producer.close()
    return len(payloads) / seconds


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=20_000)
    raise SystemExit(main(options.parse_args().records))
