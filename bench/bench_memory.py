"""Memory of `make run`: proportional set size (PSS) of all processes, 3,000 experts in the
registry, while a flow of real articles goes through. A whole day of 300,000 articles is reached
with --articles 300000; the default shows where it settles.
"""

import argparse
import csv
import signal
import tempfile
import threading
import time
from itertools import islice
from pathlib import Path

from bench.bench_pipeline import PER_FEED, PORT, Feeds
from bench.house import ROOT, House, real_items, rss, wait


def pss(leader: int) -> tuple[float, dict[str, float]]:
    """MiB of a process and all below it, in all and by command."""
    family, found = descendants(leader), {}
    for pid in family:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        name = next((w.decode() for w in words if w in NAMES), "parser")
        size = sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        found[name] = found.get(name, 0.0) + size / 1024
    return sum(found.values()), found


NAMES = {b"up", b"work", b"faust", b"relay", b"beat", b"collect", b"demo_feeds", b"uvicorn"}


def descendants(leader: int) -> list[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(
                    (entry / "stat").read_text().rpartition(")")[2].split()[1]
                )
            except OSError:
                continue
    family, todo = [], [leader]
    while todo:
        pid = todo.pop()
        family.append(pid)
        todo += [child for child, parent in parents.items() if parent == pid]
    return family


def experts(folder: Path) -> Path:
    """3,000 invented experts: the demonstration's, many times over."""
    rows = list(csv.DictReader((ROOT / "experts/data/demo_experts.csv").open()))
    target = folder / "experts.csv"
    with target.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        for n in range(3000):
            row = rows[n % len(rows)] | {"id": f"bench-{n}"}
            if row.get("email"):
                row["email"] = f"bench{n}@bench.example"
            writer.writerow(row)
    return target


def main(articles: int) -> int:
    feeds, items = articles // PER_FEED, real_items()
    documents = [rss(list(islice(items, PER_FEED)), f"m{n}") for n in range(feeds)]
    server = Feeds(documents)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        house = House(
            Path(folder),
            PORT="8103",
            BASE_URL="http://127.0.0.1:8103",
            DEMO_PORT="8104",
            DEMO="1",
            COLLECT_ALLOW=f"127.0.0.1:{PORT}",
            COLLECT_HOST_GAP_MS="0",
        )
        house.manage("import_experts", str(experts(Path(folder))))
        house.add_feeds(PORT, feeds)
        up = house.start("manage.py", "up")
        try:
            settled = "SELECT count(*) FROM streams_delivery WHERE stage='assess' AND state >= 2"
            wait(lambda: house.one(settled) >= articles * 0.95, 3600, 1.0)
            time.sleep(5)
            total, parts = pss(up.pid)
        finally:
            up.send_signal(signal.SIGINT)
            house.end()
            server.shutdown()
    shown = ", ".join(f"{name} {size:.0f}" for name, size in sorted(parts.items()))
    print(
        f"memory after {articles:,} articles, 3,000 experts: {total:.0f} MiB ({shown}) (goal 1,024)"
    )
    return 0


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=12_000)
    raise SystemExit(main(options.parse_args().articles))
