"""A permanent backlog in the worker beside a web writer, on one SQLite file.

Counts refused writes ("database is locked") and times 400 requests that write (marking a case
taken and given back), while the worker has more events than it can do. PostgreSQL is not measured
here: its writers do not wait for each other.
"""

import tempfile
import time
from itertools import islice
from pathlib import Path

from bench.bench_latency import PORT as WEB
from bench.bench_latency import Staff
from bench.bench_pipeline import PER_FEED, PORT, Feeds
from bench.house import House, percentile, real_items, rss, wait

BASE = f"http://127.0.0.1:{WEB}"
REQUESTS = 400
CASE = """
from django.contrib.auth import get_user_model
from rrmm.flashpoints import services
staff = get_user_model().objects.first()
print(services.open_by_hand(staff, headline="Bench", country="FR", place="", lines=("religion",),
    severity=2, note="", origin="staff", languages=("en",)))
"""


def main() -> int:
    import threading

    items = real_items()
    documents = [rss(list(islice(items, PER_FEED)), f"w{n}") for n in range(200)]
    server = Feeds(documents)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        house = House(
            Path(folder),
            BASE_URL=BASE,
            PORT=str(WEB),
            COLLECT_ALLOW=f"127.0.0.1:{PORT}",
            COLLECT_HOST_GAP_MS="0",
        )
        house.add_feeds(PORT, 200)
        try:
            house.web(WEB)
            staff = Staff(house)
            case = house.python(CASE).splitlines()[-1].strip()
            house.start("manage.py", "collect")
            wait(lambda: house.open_deliveries() > 1000, 120)
            house.start("manage.py", "work")
            time.sleep(8)
            times, backlog = measure(house, staff, case)
            log = "seen" if b"locked" in (Path(folder) / "out.log").read_bytes() else "none"
        finally:
            house.end()
            server.shutdown()
    print(report(times, backlog, log))
    return 0


def measure(house: House, staff: Staff, case: str) -> tuple[list[float], int]:
    times, least = [], 10**9
    for n in range(REQUESTS):
        least = min(least, house.open_deliveries()) if n % 50 == 0 else least
        act = "take" if n % 2 == 0 else "release"
        began = time.monotonic()
        staff.post(f"{BASE}/cases/{case}/{act}/", f"{BASE}/cases/{case}/")
        times.append(time.monotonic() - began)
    return times, least


def report(times: list[float], backlog: int, locked: str) -> str:
    return (
        f"{len(times)} web writes beside a backlog of {backlog} or more: median "
        f"{percentile(times, 0.5) * 1000:.0f} ms, p99 {percentile(times, 0.99) * 1000:.0f} ms "
        f'(goal 100 ms); "database is locked": {locked}'
    )


if __name__ == "__main__":
    raise SystemExit(main())
