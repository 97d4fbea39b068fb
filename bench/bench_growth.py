"""Does it slow down as it fills? The worker's and the collector's rate with 1,000,000 articles
stored against 10,000, in the same run; and how large the file is.

The rows are made in bulk from real texts, settled as they would be; then the same new articles
are stored and assessed on either.
"""

import argparse
import os
import sys
import tempfile
import time
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streams.collectors.models import Article, Feed
    from streams.events import ArticleFetched

NEW = 3000


def main(large: int, small: int) -> int:
    rates = {}
    for stored in (small, large):
        with tempfile.TemporaryDirectory() as folder:
            pid = os.fork()
            if pid == 0:
                os._exit(child(Path(folder), stored))
            os.waitpid(pid, 0)
            rates[stored] = tuple(map(float, (Path(folder) / "rates").read_text().split()))
    for n, what in enumerate(("stored", "assessed")):
        few, many = rates[small][n], rates[large][n]
        print(
            f"{what}: {few:.0f} articles/s with {small:,} stored, {many:.0f} with {large:,}: "
            f"ratio {many / few:.2f} (goal 0.9)"
        )
    print(f"file with {large:,} articles: {rates[large][2] / 2**20:.0f} MiB")
    return 0


def child(folder: Path, stored: int) -> int:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
        "LOG_LEVEL": "ERROR",
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from bench.house import real_items

    items = list(islice(real_items(), 20_000))
    fill(items, stored)
    busy = time.process_time()
    add(items, stored, NEW, settled=False)
    store = NEW / (time.process_time() - busy)
    from streams.wiring import topology
    from streams.work import Worker

    worker = Worker([topology().stage("assess")])
    worker.once()
    busy = time.process_time()
    while worker.once():
        pass
    assess = (NEW - 200) / (time.process_time() - busy)
    size = (folder / "bench.sqlite3").stat().st_size
    (folder / "rates").write_text(f"{store} {assess} {size}")
    return 0


def fill(items: list[dict], n: int) -> None:
    for start in range(0, n, 5000):
        add(items, start, min(5000, n - start), settled=True)
        if sys.stdout.isatty():
            print(f"\r{start:,} of {n:,}", end="", flush=True)


def add(items: list[dict], start: int, n: int, *, settled: bool) -> None:
    """Stores n articles with their events, and marks their deliveries done where wanted."""
    from django.db import transaction
    from django.utils import timezone

    from streams.collectors.models import Article, Feed
    from streams.log import append_many
    from streams.models import Delivery, State

    feed, _ = Feed.objects.get_or_create(url="http://bench.example/", outlet="Bench")
    now = timezone.now()
    for low in range(start, start + n, 500):
        numbers = range(low, min(low + 500, start + n))
        articles = [article(feed, items[k % len(items)], k, now) for k in numbers]
        events = [fetched(row) for row in articles]
        with transaction.atomic():
            Article.objects.bulk_create(articles)
            append_many(events)
            if settled:
                ids = [event.id for event in events]
                Delivery.objects.filter(record_id__in=ids).update(state=State.DONE, done_at=now)


def article(feed: "Feed", item: dict, k: int, now: datetime) -> "Article":
    from uuid_utils.compat import uuid7

    from streams.collectors.models import Article

    title, _, summary = item["text"].partition(" — ")
    return Article(
        id=uuid7(), feed=feed, url=f"http://bench.example/{k}", url_key=k, title=title,
        summary=summary, language=item["lang"], published_at=now - timedelta(hours=1),
        seen_at=now, fingerprint=f"{k:016x}",
    )  # fmt: skip


def fetched(row: "Article") -> "ArticleFetched":
    from streams.events import ArticleFetched

    return ArticleFetched(
        article=row.id, feed=row.feed_id, outlet="Bench", language=row.language, url=row.url,
        title=row.title, summary=row.summary, published_at=row.published_at, seen_at=row.seen_at,
        fingerprint=row.fingerprint,
    )  # fmt: skip


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--large", type=int, default=1_000_000)
    options.add_argument("--small", type=int, default=10_000)
    given = options.parse_args()
    raise SystemExit(main(given.large, given.small))
