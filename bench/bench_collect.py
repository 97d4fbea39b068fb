"""Collecting against lemon24/reader: 500 feeds of 30 entries on loopback, in the same run.

Rows: three entries new in every feed, fetched, parsed, deduplicated, stored, in the log; and
nothing new (304 everywhere). Both are measured in their steady state, in turns, each in a process
and a database of its own; the best of the turns counts for either.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.feed_farm import host  # noqa: E402

PORT = 8999
WARM = 4
"""Rounds before measuring: the fast parser has to earn its trust."""


# --- those who are measured: one line in, one line out -------------------------------------------


def peer(feeds: int, folder: Path) -> None:
    """lemon24/reader at its best: update_feeds(workers=4)."""
    import reader

    made = reader.make_reader(str(folder / "reader.sqlite"), feed_root="")
    for n in range(feeds):
        made.add_feed(url(n))
    print("ready", flush=True)
    for _line in sys.stdin:
        before = made.get_entry_counts().total
        started, busy = time.perf_counter(), cpu()
        made.update_feeds(scheduled=False, workers=4)
        seconds = time.perf_counter() - started
        answer = [seconds, made.get_entry_counts().total - before, cpu() - busy]
        print(json.dumps(answer), flush=True)


def ours(feeds: int, folder: Path, profile: bool) -> None:
    """Our collector, from due feeds in the database to events in the log."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATA_DIR": str(folder),
        "COLLECT_ALLOW": ",".join(f"{host(n)}:{PORT}" for n in range(feeds)),
        "COLLECT_HOST_GAP_MS": "0",
    }
    import django

    django.setup()
    from django.core.management import call_command

    from streams.collectors.models import Feed

    call_command("migrate", verbosity=0)
    Feed.objects.bulk_create([Feed(url=url(n), outlet=f"News {n}") for n in range(feeds)])
    asyncio.run(_ours(feeds, profile))


async def _ours(feeds: int, profile: bool) -> None:
    import cProfile

    from django.conf import settings
    from django.utils import timezone

    from streams.collectors import due
    from streams.collectors.collector import Collector, in_database
    from streams.collectors.fetch import Fetcher
    from streams.collectors.limits import from_settings
    from streams.collectors.models import Feed
    from streams.collectors.workers import Parsers
    from streams.models import Record

    loop = asyncio.get_running_loop()
    async with Fetcher(from_settings()) as fetcher, Parsers(settings.COLLECT_PARSERS) as parsers:
        print("ready", flush=True)
        turn = 0
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            turn += 1
            await in_database(Feed.objects.update, next_at=timezone.now())
            before = await in_database(Record.objects.count)
            watch = cProfile.Profile() if profile and turn > WARM else None
            started, busy = time.perf_counter(), cpu()
            if watch:
                watch.enable()
            found = await in_database(due.feeds, timezone.now(), feeds, ())
            await Collector(fetcher, parsers).poll_once(found)
            if watch:
                watch.disable()
                watch.dump_stats(f"/tmp/collect-{line.strip()}.prof")
            seconds = time.perf_counter() - started
            new = await in_database(Record.objects.count) - before
            print(json.dumps([seconds, new, cpu() - busy]), flush=True)


def cpu() -> float:
    """Processor seconds of this process and those that it started, up to now."""
    pids = [
        os.getpid(),
        *map(int, Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()),
    ]
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def url(n: int) -> str:
    return f"http://{host(n)}:{PORT}/feed"


# --- the run ------------------------------------------------------------------------------------


class Runner:
    """A process that polls all feeds once for every line that it gets."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._line()

    def go(self, word: str) -> tuple[float, int, float]:
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        seconds, new, busy = json.loads(self._line())
        return seconds, new, busy

    def _line(self) -> str:
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("a measured process ended")
        return line

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait(20)


def main(feeds: int, rounds: int, profile: bool, alone: bool) -> int:
    farm = subprocess.Popen(
        [sys.executable, str(ROOT / "bench/feed_farm.py"), f"--feeds={feeds}", f"--port={PORT}"],
        stdout=subprocess.PIPE,
    )
    farm.stdout.readline()
    try:
        with tempfile.TemporaryDirectory() as folder:
            named = {"ours": ["--as=ours", *(["--profile"] if profile else [])]}
            if not alone:
                named["reader"] = ["--as=reader"]
            runners = {
                name: Runner(*given, f"--feeds={feeds}", f"--folder={folder}")
                for name, given in named.items()
            }
            report(measure(runners, rounds, feeds), feeds)
            for runner in runners.values():
                runner.end()
    finally:
        farm.terminate()
        farm.wait(10)
    return 0


def measure(runners: dict[str, Runner], rounds: int, feeds: int) -> dict[str, dict[str, list]]:
    for _ in range(WARM):
        for runner in runners.values():
            runner.go("warm")
        _next()
    times: dict[str, dict[str, list]] = {name: {"new": [], "304": []} for name in runners}
    for _ in range(rounds):
        for name, runner in runners.items():
            seconds, new, busy = runner.go("new")
            assert new == 3 * feeds, f"{name} took {new} new entries, not {3 * feeds}"
            times[name]["new"].append((seconds, busy))
        for name, runner in runners.items():
            seconds, new, busy = runner.go("304")
            assert new == 0, f"{name} took {new} entries of nothing new"
            times[name]["304"].append((seconds, busy))
        _next()
    return times


def _next() -> None:
    urllib.request.urlopen(f"http://127.0.0.1:{PORT}/next", timeout=60).read()


def report(times: dict[str, dict[str, list]], feeds: int) -> None:
    goals = {"new": ("3 new in each feed", 12), "304": ("nothing new (304)", 5)}
    for kind, (words, goal) in goals.items():
        print(f"collect, {words}:")
        for what, at in (("wall", 0), ("processor", 1)):
            best = {name: feeds / min(t[at] for t in found[kind]) for name, found in times.items()}
            line = ", ".join(f"{name} {rate:,.0f} feeds/s" for name, rate in best.items())
            ratio = best["ours"] / best["reader"] if "reader" in best else float("nan")
            print(f"  {what} time: {line}; ratio {ratio:.1f} (goal {goal})")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--feeds", type=int, default=500)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--profile", action="store_true", help="write /tmp/collect-*.prof")
    options.add_argument("--alone", action="store_true", help="without the peer")
    options.add_argument("--as", dest="role", choices=("ours", "reader"))
    options.add_argument("--folder", type=Path)
    given = options.parse_args()
    if given.role == "reader":
        peer(given.feeds, given.folder)
    elif given.role == "ours":
        ours(given.feeds, given.folder, given.profile)
    else:
        sys.exit(main(given.feeds, given.rounds, given.profile, given.alone))
