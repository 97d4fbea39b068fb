"""What one feed, article, flagged article, mail, expert and stored day cost on the distributed
runtime: processor time by process, bytes in PostgreSQL by table, bytes in Kafka, memory.

The figures of docs/scaling.md. Processor time is that of the processes themselves (user + system,
from /proc), so other work on the machine changes it little.
"""

import argparse
import os
import tempfile
import threading
import time
from itertools import islice
from pathlib import Path

from aiosmtpd.controller import Controller

from bench.bench_memory import descendants, experts
from bench.bench_pipeline import PER_FEED, PORT, Feeds
from bench.house import House, real_items, rss, wait
from bench.servers import servers, settings

TICK = os.sysconf("SC_CLK_TCK")
MAILS = """
from django.db import transaction
from django.contrib.auth import get_user_model
from streams.mail import services
from streams.mail.outgoing import Outgoing
staff = get_user_model().objects.create(username="bench", email="bench@rrmm-bench.net",
    is_active=True)
for _ in range(%d):
    with transaction.atomic():
        services.queue(Outgoing(to_ref=f"staff:{staff.pk}", subject="Bench", text="Text. " * 200,
                                html="<p>Text.</p>" * 100, reason="sample:1"))
"""
OLD = """
import time
from django.db import connection
from streams import pruning
with connection.cursor() as cursor:
    cursor.execute("INSERT INTO streams_record (id, kind, key, at, demo, payload, to_relay) "
        "SELECT (lpad(to_hex((extract(epoch FROM now() - interval '30 days') * 1000)::bigint), "
        "12, '0') || '7000' || '8' || lpad(to_hex(n), 15, '0'))::uuid, 'ArticleFetched', "
        "n::text, now() - interval '30 days', false, repeat('x', 500), false "
        "FROM generate_series(1, 100000) n")
    cursor.execute("INSERT INTO streams_delivery (record_id, stage, key, state, attempts, error, "
        "done_at) SELECT id, 'assess', key, 2, 0, '', at FROM streams_record "
        "WHERE at < now() - interval '20 days'")
    cursor.execute("ANALYZE")
pruning.PATIENCE = 60
began = time.monotonic()
print(pruning.prune() / (time.monotonic() - began))
"""
VACUUM = "from django.db import connection; connection.cursor().execute('VACUUM ANALYZE')"
SIZES = """SELECT relname, pg_total_relation_size(c.oid), reltuples::bigint FROM pg_class c
JOIN pg_namespace n ON n.oid = relnamespace AND nspname = 'public' WHERE relkind = 'r'"""


class Sink:
    """A mail server that takes everything."""

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802  aiosmtpd's name
        return "250 taken"


def cpu(pids: list[int]) -> float:
    """Seconds of processor time of these processes so far; those that ended count nothing."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / TICK


class Meter:
    """Processor time by part between two looks."""

    def __init__(self, parts: dict[str, list[int]]) -> None:
        self.roots = parts
        self.start = self._now()

    def _now(self) -> dict[str, float]:
        return {
            name: cpu([pid for root in roots for pid in descendants(root)])
            for name, roots in self.roots.items()
        }

    def used(self) -> dict[str, float]:
        now = self._now()
        return {name: now[name] - self.start[name] for name in now}


def main(articles: int, mails: int) -> int:
    feeds, items = articles // PER_FEED, real_items()
    documents = [rss(list(islice(items, PER_FEED)), f"c{n}") for n in range(feeds)]
    server = Feeds(documents)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sink = Controller(Sink(), hostname="127.0.0.1", port=8109)
    sink.start()
    with servers() as (postgres, broker), tempfile.TemporaryDirectory() as folder:
        house = House(
            Path(folder), COLLECT_ALLOW=f"127.0.0.1:{PORT}", COLLECT_HOST_GAP_MS="0",
            MAIL_BACKEND="smtp", SMTP_HOST="127.0.0.1", SMTP_PORT="8109",
            MAIL_FROM="Desk <desk@rrmm-bench.net>", **settings(postgres, broker),
        )  # fmt: skip
        try:
            house.manage("import_experts", str(experts(Path(folder))))
            empty = sizes(house)
            house.add_feeds(PORT, feeds)
            started = {name: house.start("manage.py", *words).pid for name, words in {
                "relay": ("relay",), "work 1": ("faust", "work"), "work 2": ("faust", "work"),
                "mail": ("faust", "mail")}.items()}  # fmt: skip
            time.sleep(40)
            parts = {
                "relay": [started["relay"]],
                "workers": [started["work 1"], started["work 2"]],
                "mail": [started["mail"]],
                "broker": [broker.process.pid] if broker.process else [],
                "database": [postmaster(postgres.folder)],
            }
            idle = measure(parts, lambda: time.sleep(20))
            said("idle, 20 s", idle, 20, "s", 1000)
            flow(house, parts, articles, feeds, server, Path(broker.folder), empty)
            post(house, parts, mails)
            print(f"pruning the log: {float(house.python(OLD).splitlines()[-1]):,.0f} rows/s")
        except SystemExit:
            print((Path(folder) / "out.log").read_text()[-3000:])
            raise
        finally:
            house.end()
            server.shutdown()
            sink.stop()
    return 0


def flow(house: House, parts: dict, articles: int, feeds: int, server: Feeds, kafka: Path,
         empty: dict[str, int]) -> None:  # fmt: skip
    collect = house.start("manage.py", "collect")
    before = logs(kafka)

    def settle() -> None:
        done = "SELECT count(*) FROM streams_delivery WHERE stage='assess' AND state >= 2"
        wait(lambda: house.one(done) >= articles * 0.97, 900, what="most articles assessed")
        wait(lambda: house.one("SELECT count(*) FROM streams_delivery WHERE state IN (0, 1)") == 0,
             600, what="everything settled")  # fmt: skip

    used = measure({"collector": [collect.pid], **parts}, settle)
    stored = house.one("SELECT count(*) FROM collectors_article")
    flagged = house.one("SELECT count(*) FROM flashpoints_flag")
    print(f"{stored:,} articles of {feeds} feeds, {flagged} flagged")
    said("an article, from its feed to its story", used, stored, "article", 1000)
    house.manage("shell", "--no-imports", "-c", VACUUM)
    grown = {name: size - empty.get(name, 0) for name, size in sizes(house).items()}
    grown = {name: size for name, size in grown.items() if size > 10 * stored}
    ordered = sorted(grown.items(), key=lambda pair: -pair[1])
    told = ", ".join(f"{name} {size / stored:,.0f}" for name, size in ordered)
    print(f"  PostgreSQL: {sum(grown.values()) / stored:,.0f} bytes an article: {told}")
    print(f"  Kafka: {(logs(kafka) - before) / stored:,.0f} bytes an article")
    print(f"  an expert: {empty['experts_expert'] / 3000:,.0f} bytes in experts_expert")


def post(house: House, parts: dict, mails: int) -> None:
    waiting = "SELECT count(*) FROM mail_message WHERE state <> 'sent'"
    before = house.one("SELECT count(*) FROM mail_message WHERE state = 'sent'")

    def settle() -> None:
        house.python(MAILS % mails)
        wait(lambda: house.one(waiting) == 0, 600, what="all mail sent")

    began = time.monotonic()
    used = measure(parts, settle)
    seconds = time.monotonic() - began
    sent = house.one("SELECT count(*) FROM mail_message WHERE state = 'sent'") - before
    said(f"a mail, queue to SMTP ({sent} sent, {sent / seconds:.0f}/s)", used, sent, "mail", 1000)


def measure(parts: dict, what) -> dict[str, float]:
    meter = Meter(parts)
    what()
    return meter.used()


def said(what: str, used: dict[str, float], n: int, unit: str, scale: float) -> None:
    told = ", ".join(f"{name} {seconds / n * scale:.2f}" for name, seconds in used.items())
    total = sum(used.values()) / n * scale
    print(f"{what}: {total:.2f} ms of one core per {unit} ({told})")


def sizes(house: House) -> dict[str, int]:
    return {name: int(size) for name, size, _ in house.rows(SIZES)}


def logs(folder: Path) -> int:
    return sum(f.stat().st_size for f in (folder / "log").rglob("*.log"))


def postmaster(folder: Path) -> int:
    return int((folder / "db" / "postmaster.pid").read_text().split()[0])


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=9000)
    options.add_argument("--mails", type=int, default=500)
    given = options.parse_args()
    raise SystemExit(main(given.articles, given.mails))
