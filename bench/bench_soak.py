"""A steady flow through the distributed runtime for a while, with the broker away in the middle.

Real items are pushed at a fixed rate (10 a second are about three times 300,000 a day) through
web, inbox, collector, relay, broker and two workers, all on this machine. Every few seconds: how
many deliveries are open, how old the oldest is, and the memory (PSS) of `up` and all below it.
`--minutes 60 --away 10` is the long run; the default is a short one.
"""

import argparse
import contextlib
import signal
import tempfile
import threading
import time
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from bench.bench_memory import pss
from bench.house import House, answers, percentile, real_items, wait
from bench.hub import hub_feeds, push
from bench.servers import servers, settings

PORT = 8107
BASE = f"http://127.0.0.1:{PORT}"
EVERY = 5.0
"""Seconds between two looks."""
OPEN = "SELECT count(*) FROM streams_delivery WHERE state IN (0, 1)"
OLDEST = """SELECT coalesce(extract(epoch FROM now() - min(r.at)), 0) FROM streams_record r
WHERE r.id = (SELECT record_id FROM streams_delivery WHERE state IN (0, 1)
ORDER BY record_id LIMIT 1)"""


@dataclass
class Flow:
    """Pushes `rate` items a second from a thread of its own, and counts what was taken."""

    feeds: list[str]
    rate: float
    taken: int = 0
    refused: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        items, n = real_items(), 0
        began = time.monotonic()
        while not self.ended.wait(max(0.0, began + n / 2 - time.monotonic())):
            some = list(islice(items, max(1, round(self.rate / 2))))
            try:
                push(BASE, self.feeds[n % 3], some)
                self.taken += len(some)
            except OSError:
                self.refused += len(some)
            n += 1


@dataclass
class Sample:
    """One look. at: seconds since the flow began; memory in MiB."""

    at: float
    open: int
    oldest: float
    memory: float


def main(minutes: float, rate: float, away: float) -> int:
    with servers() as (postgres, broker), tempfile.TemporaryDirectory() as folder:
        env = settings(postgres, broker)
        house = House(Path(folder), BASE_URL=BASE, PORT=str(PORT), **env)
        house.manage("demo_network")
        flow = Flow(hub_feeds(house), rate)
        up = house.start("manage.py", "up", "--no-demo", "--workers", "2")
        try:
            wait(lambda: answers(f"{BASE}/healthz"), 120, what="the web")
            time.sleep(25)
            threading.Thread(target=flow.run, daemon=True).start()
            began = time.monotonic()
            before = watch(house, up.pid, began, until=0.4 * minutes * 60)
            broker.kill()
            lost_at = time.monotonic() - began
            during = watch(house, up.pid, began, until=lost_at + away * 60)
            waiting = house.one("SELECT count(*) FROM streams_record WHERE to_relay")
            broker.start()
            back_at = time.monotonic() - began
            after = watch(house, up.pid, began, until=minutes * 60)
            flow.ended.set()
            wait(lambda: house.one(OPEN) == 0, 300, what="everything settled")
            stored = house.one("SELECT count(*) FROM collectors_article")
            counts = dict(house.rows("SELECT name, sum(n) FROM streams_tally GROUP BY name"))
        except SystemExit:
            print((Path(folder) / "out.log").read_text()[-3000:])
            raise
        finally:
            flow.ended.set()
            up.send_signal(signal.SIGINT)
            with contextlib.suppress(Exception):
                up.wait(30)
            house.end()
    print(f"{flow.taken:,} items taken ({flow.refused} refused), {stored:,} articles stored, "
          f"{minutes:g} minutes at {rate:g}/s")  # fmt: skip
    say("before", before)
    say(f"broker away for {away:g} min", during)
    caught_up = next((s.at - back_at for s in after if s.oldest < 5), None)
    soon = f"{caught_up:.0f} s after it was back" if caught_up is not None else "never"
    print(f"  {waiting:,} records waited for the broker; caught up (oldest under 5 s) {soon}")
    say("after it had caught up", [s for s in after if s.at - back_at > (caught_up or 0) + 10])
    names = ("relay.sent", "relay.too_big", "assess.done", "faust.unreadable")
    told = {**{name: counts.get(name, 0) for name in names},
            **{name: n for name, n in counts.items() if name.startswith("sweeper.")}}  # fmt: skip
    print("  counts: " + ", ".join(f"{name} {n}" for name, n in sorted(told.items())))
    return 0


def watch(house: House, pid: int, began: float, until: float) -> list[Sample]:
    found = []
    while (now := time.monotonic() - began) < until:
        memory, _ = pss(pid)
        found.append(Sample(now, house.one(OPEN), float(house.rows(OLDEST)[0][0]), memory))
        time.sleep(min(EVERY, max(0.1, until - now)))
    return found


def say(when: str, samples: list[Sample]) -> None:
    if not samples:
        print(f"  {when}: too short to say")
        return
    ages, opened = [s.oldest for s in samples], [float(s.open) for s in samples]
    print(
        f"  {when}: oldest open median {percentile(ages, 0.5):.2f} s, p99 "
        f"{percentile(ages, 0.99):.2f} s, worst {max(ages):.1f} s; open median "
        f"{percentile(opened, 0.5):.0f}, worst {max(opened):.0f}; memory {samples[0].memory:.0f} "
        f"MiB at first, {samples[-1].memory:.0f} at last, most {max(s.memory for s in samples):.0f}"
    )


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=4)
    options.add_argument("--rate", type=float, default=10, help="articles a second")
    options.add_argument("--away", type=float, default=0.5, help="minutes without a broker")
    given = options.parse_args()
    raise SystemExit(main(given.minutes, given.rate, given.away))
