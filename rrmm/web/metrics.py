"""What Prometheus reads: the state of the flow, as the database has it at the time of asking.

Every number comes from the database, so whichever web process is asked gives the same answer.
Labels are stages, topics, kinds and names of ours: no address, no person, nothing unbounded.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from rrmm.web.staff import machine
from streams import queries as flow
from streams import tally
from streams.collectors import queries as collected
from streams.mail import queries as mail
from streams.wiring import jobs

NEVER = float("inf")
"""The age of what never was."""
FEED_STATES = ("answering", "failing", "muted", "off", "waiting")
PLAIN = "text/plain; charset=utf-8"


@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """All metrics; 404 while METRICS_TOKEN is empty, 401 without it, 503 without a database."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if not _may_read(request):
        words = "Send the token that METRICS_TOKEN holds: Authorization: Bearer ...\n"
        return HttpResponse(
            words, content_type=PLAIN, status=401, headers={"WWW-Authenticate": "Bearer"}
        )
    try:
        found = generate_latest(Flow())
    except DatabaseError:
        return HttpResponse("The database does not answer.\n", content_type=PLAIN, status=503)
    return HttpResponse(found, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _may_read(request: HttpRequest) -> bool:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and constant_time_compare(
        token.strip(), settings.METRICS_TOKEN
    )


class Flow(Collector):
    """Reads everything anew each time it is asked."""

    def collect(self) -> Iterable[Metric]:
        """The families in flow order."""
        facts = InfoMetricFamily("rrmm", "Version and runtime of the mechanism.")
        facts.add_metric([], {"version": machine.version(), "runtime": _runtime()})
        yield facts
        yield from _feeds()
        yield from _stages()
        if settings.KAFKA_URL:
            yield from _kafka()
            yield from _relay()
        yield from _mail()
        yield from _processes()
        yield from _clock()
        yield _counts()


def _runtime() -> str:
    return "kafka" if settings.KAFKA_URL else "embedded"


def _age(at: datetime | None, missing: float = NEVER) -> float:
    return missing if at is None else max(0.0, (timezone.now() - at).total_seconds())


def _feeds() -> Iterator[Metric]:
    counts = collected.feed_counts()
    states = GaugeMetricFamily(
        "rrmm_feeds", "Feeds by how they do; the states add up to all.", labels=["state"]
    )
    for state in FEED_STATES:
        states.add_metric([state], counts[state])
    yield states
    yield GaugeMetricFamily(
        "rrmm_feeds_silent", "Feeds that answer and had nothing new for a day.", counts["silent"]
    )
    yield GaugeMetricFamily(
        "rrmm_feeds_pushed", "Feeds whose hub pushes (WebSub).", counts["pushed"]
    )
    yield GaugeMetricFamily(
        "rrmm_newest_article_age_seconds",
        "Seconds since an article last arrived; +Inf before the first.",
        _age(collected.newest_at()),
    )


def _stages() -> Iterator[Metric]:
    lags = flow.stage_lags()
    open_ones = GaugeMetricFamily(
        "rrmm_deliveries",
        "Deliveries of events to stages that are not done: waiting (never tried), retrying, or "
        "buried (dead letters).",
        labels=["stage", "state"],
    )
    oldest = GaugeMetricFamily(
        "rrmm_oldest_open_delivery_age_seconds",
        "Age of the oldest event that the stage has still to meet; 0 when there is none.",
        labels=["stage"],
    )
    for lag in lags:
        for state in ("waiting", "retrying", "buried"):
            open_ones.add_metric([lag.name, state], getattr(lag, state))
        oldest.add_metric([lag.name], _age(lag.oldest_at, missing=0.0))
    yield open_ones
    yield oldest


def _kafka() -> Iterator[Metric]:
    view = flow.broker()
    lag = GaugeMetricFamily(
        "rrmm_kafka_lag_messages",
        "Messages that a group of workers has not acknowledged, as the relay last saw it.",
        labels=["group", "topic", "partition"],
    )
    for part in view.partitions:
        lag.add_metric([part.group, part.topic, str(part.partition)], part.lag)
    yield lag
    yield GaugeMetricFamily(
        "rrmm_kafka_view_age_seconds",
        "Seconds since the relay last saw the broker; +Inf when it never did.",
        _age(view.at),
    )


def _relay() -> Iterator[Metric]:
    backlog = flow.relay_backlog()
    yield GaugeMetricFamily(
        "rrmm_relay_backlog_records",
        "Records that wait to be carried to Kafka (counted up to 100000).",
        backlog.waiting,
    )
    yield GaugeMetricFamily(
        "rrmm_relay_oldest_record_age_seconds",
        "Age of the oldest record that waits to be carried to Kafka; 0 when none waits.",
        _age(backlog.oldest_at, missing=0.0),
    )


def _mail() -> Iterator[Metric]:
    box = mail.outbox()
    letters = GaugeMetricFamily(
        "rrmm_mail_messages",
        "Outgoing mail that waits, or that could not be delivered (in the days that mail is kept).",
        labels=["state"],
    )
    letters.add_metric(["waiting"], box.waiting)
    letters.add_metric(["undelivered"], box.refused)
    yield letters
    yield GaugeMetricFamily(
        "rrmm_mail_oldest_waiting_age_seconds",
        "Age of the oldest mail that waits; 0 when none does.",
        _age(box.oldest_at, missing=0.0),
    )


def _processes() -> Iterator[Metric]:
    alive = GaugeMetricFamily(
        "rrmm_processes",
        "Processes that gave a sign of life in the last 20 seconds.",
        labels=["kind"],
    )
    beat = GaugeMetricFamily(
        "rrmm_process_last_beat_age_seconds",
        "Seconds since a process of the kind last gave a sign of life; +Inf after an hour.",
        labels=["kind"],
    )
    for kind in flow.kinds():
        alive.add_metric([kind.name], kind.alive)
        beat.add_metric([kind.name], _age(kind.last_at))
    yield alive
    yield beat


def _clock() -> Iterator[Metric]:
    every = GaugeMetricFamily(
        "rrmm_job_interval_seconds", "How often the clock means to run the job.", labels=["job"]
    )
    ran = GaugeMetricFamily(
        "rrmm_job_last_run_age_seconds",
        "Seconds since the job last ran to its end; +Inf before the first time.",
        labels=["job"],
    )
    failed = GaugeMetricFamily(
        "rrmm_job_failed", "1 when the job's last run failed, else 0.", labels=["job"]
    )
    rows = {row.name: row for row in flow.clock_jobs()}
    for job in jobs():
        row = rows.get(job.name)
        every.add_metric([job.name], job.every.total_seconds())
        ran.add_metric([job.name], _age(row.ran_at if row else None))
        failed.add_metric([job.name], float(bool(row and row.error)))
    yield from (every, ran, failed)


def _counts() -> Metric:
    counts = CounterMetricFamily(
        "rrmm_events",
        "Things done and dropped, by name, since the desk began: what the health page counts.",
        labels=["name"],
    )
    for name, n in tally.total().items():
        counts.add_metric([name], n)
    return counts
