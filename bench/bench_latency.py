"""From a report pushed by a hub to the experts' mails in the outbox, one article at a time.

Web, collector, worker and clock run as in `make run`; the bench plays the hub (a signed push over
HTTP) and the person who confirms (the desk's own pages over HTTP). Invented reports, each in
another town, so that each opens a case of its own. ASK_HOLD is 0: the hold is a person's time.
"""

import argparse
import http.cookiejar
import tempfile
import time
import urllib.parse
import urllib.request
import uuid
from contextlib import ExitStack
from pathlib import Path

from lxml import html

from bench.house import House, percentile, wait
from bench.hub import hub_feeds, push
from bench.reports import REPORTS
from bench.servers import distributed

PORT = 8101
BASE = f"http://127.0.0.1:{PORT}"
NO_CASE = 10.0
"""Seconds after which a report is taken to open no case."""
MAILS = "SELECT count(*) FROM mail_message WHERE to_ref LIKE 'expert:%'"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Takes a redirect for the answer, so that only the write itself is timed."""

    def http_error_302(self, request: object, reply: object, *_: object) -> object:
        return reply

    http_error_303 = http_error_302


class Staff:
    """Signs in with the one-time link and confirms cases through the pages."""

    def __init__(self, house: House) -> None:
        said = house.python(
            "from django.core.management import call_command\ncall_command('signin_link')"
        )
        self.jar = http.cookiejar.CookieJar()
        cookies = urllib.request.HTTPCookieProcessor(self.jar)
        self.opener = urllib.request.build_opener(cookies)
        self.plain = urllib.request.build_opener(cookies, NoRedirect)
        self.submit(said.splitlines()[-1].strip(), {})

    def submit(self, address: str, more: dict[str, str]) -> None:
        page = html.fromstring(
            self.opener.open(address, timeout=30).read().decode(), base_url=address
        )
        form = next(
            f
            for f in page.forms
            if f.method == "POST"
            and "sign" not in (f.get("id") or "")
            and (not more or f.get("id") == "plan")
        )
        fields = [*form.form_values(), *more.items()]
        target = urllib.parse.urljoin(address, form.action or address)
        request = urllib.request.Request(target, urllib.parse.urlencode(fields).encode())
        request.add_header("Referer", address)
        request.add_header("Origin", BASE)
        self.opener.open(request, timeout=30).read()

    def post(self, address: str, page: str) -> None:
        """A bare POST with the token of the cookie, as the page's own form sends it."""
        token = next(cookie.value for cookie in self.jar if cookie.name == "csrftoken")
        fields = urllib.parse.urlencode({"csrfmiddlewaretoken": token}).encode()
        request = urllib.request.Request(address, fields)
        request.add_header("Referer", page)
        self.plain.open(request, timeout=30).close()

    def confirm(self, case: str) -> None:
        self.submit(f"{BASE}/cases/{uuid.UUID(case)}/confirm/", {"do": "confirm"})


def main(reports: int, kafka: bool = False) -> int:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        env = stack.enter_context(distributed()) if kafka else {}
        house = House(Path(folder), BASE_URL=BASE, PORT=str(PORT), ASK_HOLD="0", **env)
        house.manage("demo_network")
        feeds = hub_feeds(house)
        try:
            house.web(PORT)
            house.work()
            for command in ("beat", "collect"):
                house.start("manage.py", command)
            staff, times = Staff(house), []
            time.sleep(25 if kafka else 12)  # models are loaded once, before the clock starts
            for town, text in REPORTS[:reports]:
                found = one(house, staff, feeds, town, text)
                times += [found] if found else []
        except SystemExit:
            print(f"after {len(times)} reports")
            print((Path(folder) / "out.log").read_text()[-3000:])
            raise
        finally:
            house.end()
    case, total = [t[0] for t in times], [t[1] for t in times]
    runtime = "Kafka + PostgreSQL, two workers" if kafka else "embedded"
    print(
        f"{runtime}: report pushed to case on the desk: median {percentile(case, 0.5):.2f} s, "
        f"worst {max(case):.2f} s "
        f"({len(times)} of {reports} reports; the others opened no case of their own)"
    )
    print(
        f"{runtime}: report pushed to mails queued (with the page's own time): median "
        f"{percentile(total, 0.5):.2f} s, p99 {percentile(total, 0.99):.2f} s "
        f"(goals {'2 s and 5 s' if kafka else '1 s and 3 s'})"
    )
    return 0


def one(
    house: House, staff: Staff, feeds: list[str], town: str, text: str
) -> tuple[float, float] | None:
    """Seconds to the case and to the mails; None for a report that opened no case of its own
    (the model let it pass, or took it for a part of another story)."""
    cases = house.one("SELECT count(*) FROM flashpoints_flashpoint")
    mails = house.one(MAILS)
    began = time.monotonic()
    push(BASE, feeds[len(town) % 3], [{"id": town.replace(" ", "-"), "text": text}])
    while house.one("SELECT count(*) FROM flashpoints_flashpoint") == cases:
        if time.monotonic() > began + NO_CASE:
            return None
        time.sleep(0.005)
    seen = time.monotonic() - began
    latest = "SELECT id FROM flashpoints_flashpoint ORDER BY id DESC LIMIT 1"
    case = str(house.rows(latest)[0][0])
    proposal = 'SELECT count(*) FROM experts_proposal WHERE "case" = ?'
    wait(lambda: house.one(proposal, case) > 0, 60, 0.005, "a slate")
    staff.confirm(case)
    wait(lambda: house.one(MAILS) > mails, 60, 0.005, "mails")
    return seen, time.monotonic() - began


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--reports", type=int, default=len(REPORTS))
    options.add_argument("--kafka", action="store_true", help="the distributed runtime")
    given = options.parse_args()
    raise SystemExit(main(given.reports, given.kafka))
