"""What Prometheus reads: who may, what it finds, and what a look costs."""

import logging
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from streams import tally
from streams.collectors.models import Feed
from streams.events import StoryMoved
from streams.log import append
from streams.mail.models import Message
from streams.mail.outgoing import Outgoing
from streams.mail.services import queue
from streams.models import Delivery, Heartbeat, Lease, Record, State
from streams.pruning import KEEP_TALLY_DAYS, prune

pytestmark = pytest.mark.django_db
TOKEN = "invented-for-the-test-0123456789"


@pytest.fixture(autouse=True)
def _open(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


@pytest.fixture
def distributed(settings: Any) -> None:
    settings.KAFKA_URL = "kafka://broker.example:9092"


def scrape() -> str:
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return answer.content.decode()


def families(page: str | None = None) -> dict[str, Metric]:
    return {found.name: found for found in text_string_to_metric_families(page or scrape())}


def values(name: str) -> dict[tuple[str, ...], float]:
    """Every sample of a family by the values of its labels (in the order of the labels' names)."""
    return {
        tuple(sample.labels.values()): sample.value
        for found in families().values()
        for sample in found.samples
        if sample.name == name
    }


def write(n: int = 1) -> None:
    with transaction.atomic():
        for _ in range(n):
            append(StoryMoved(story=uuid4()))


def beat(name: str, seconds: float = 0.0, **says: object) -> None:
    at = timezone.now() - timedelta(seconds=seconds)
    Heartbeat.objects.create(name=name, at=at, says=says)


def test_without_a_token_in_the_settings_there_is_no_such_page(settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert Client().get("/metrics").status_code == 404
    assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN])
def test_who_does_not_send_the_token_is_told_how(sent: str) -> None:
    answer = Client().get("/metrics", headers={"Authorization": sent} if sent else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "rrmm_" not in answer.content.decode()


def test_the_token_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        scrape()
        Client().get("/metrics", headers={"Authorization": f"Basic {TOKEN}"})
        Client().post("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert caplog.records
    assert TOKEN not in caplog.text


@pytest.mark.usefixtures("distributed")
def test_every_metric_says_what_it_is_under_a_name_as_prometheus_wants() -> None:
    tally.count("mail.sent", 3)
    found = families()
    assert len(found) > 15
    for name, family in found.items():
        assert name.startswith("rrmm")
        assert family.documentation.endswith(".")
        assert family.type in {"gauge", "counter"}
        assert ("age" in name.split("_")) == (name.endswith("_age_seconds"))
    assert all(sample.name.endswith("_total") for sample in found["rrmm_events"].samples)


def test_deliveries_are_told_by_stage_and_state_with_the_age_of_the_oldest() -> None:
    write(4)
    rows = list(Delivery.objects.filter(stage="escalate").order_by("record_id"))
    Delivery.objects.filter(pk=rows[0].pk).update(state=State.RETRY)
    Delivery.objects.filter(pk=rows[1].pk).update(state=State.BURIED)
    Delivery.objects.filter(pk=rows[2].pk).update(state=State.DONE)
    Record.objects.filter(pk=rows[0].record_id).update(at=timezone.now() - timedelta(minutes=5))
    found = values("rrmm_deliveries")
    assert found["escalate", "waiting"] == 1
    assert found["escalate", "retrying"] == 1
    assert found["escalate", "buried"] == 1
    assert found["send", "waiting"] == 0
    ages = values("rrmm_oldest_open_delivery_age_seconds")
    assert 300 <= ages["escalate",] < 310
    assert ages["send",] == 0


def test_embedded_there_is_nothing_about_kafka() -> None:
    page = scrape()
    assert 'runtime="embedded"' in page
    assert "kafka" not in page
    assert "rrmm_relay" not in page
    assert ("relay",) not in values("rrmm_processes")


@pytest.mark.usefixtures("distributed")
def test_a_broker_that_was_never_seen_has_an_infinite_age() -> None:
    assert values("rrmm_kafka_view_age_seconds")[()] == float("inf")
    assert values("rrmm_kafka_lag_messages") == {}


@pytest.mark.usefixtures("distributed")
def test_lag_is_told_by_group_topic_and_partition() -> None:
    lag = [["rrmm.work", "rrmm.story", 0, 120, 100], ["rrmm.work", "rrmm.story", 1, 7, None]]
    beat("kafka@broker.example:9092", seconds=40, lag=lag)
    found = values("rrmm_kafka_lag_messages")
    assert found["work", "0", "story"] == 20
    assert found["work", "1", "story"] == 7
    assert 40 <= values("rrmm_kafka_view_age_seconds")[()] < 45


@pytest.mark.usefixtures("distributed")
def test_the_relays_backlog_is_counted_with_its_age() -> None:
    assert values("rrmm_relay_oldest_record_age_seconds")[()] == 0
    write(3)
    Record.objects.update(at=timezone.now() - timedelta(seconds=70))
    assert values("rrmm_relay_backlog_records")[()] == 3
    assert 70 <= values("rrmm_relay_oldest_record_age_seconds")[()] < 75


@pytest.mark.usefixtures("distributed")
def test_every_kind_of_process_is_there_also_where_none_lives() -> None:
    for name in ("work@a:1", "work@b:2", "relay@a:3"):
        beat(name)
    beat("work-mail@a:4", seconds=300)
    beat("stranger@a:5")
    assert values("rrmm_processes") == {
        ("collect",): 0, ("relay",): 1, ("work",): 2, ("work-mail",): 0, ("beat",): 0,
    }  # fmt: skip
    ages = values("rrmm_process_last_beat_age_seconds")
    assert 300 <= ages["work-mail",] < 305
    assert ages["beat",] == float("inf")


def test_a_job_that_failed_is_seen_and_one_that_never_ran_too() -> None:
    ran = timezone.now() - timedelta(seconds=30)
    Lease.objects.create(name="waves", next_at=ran, ran_at=ran, error="ValueError: no")
    Lease.objects.create(name="job-of-an-older-version", next_at=ran, ran_at=ran)
    assert values("rrmm_job_failed")["waves",] == 1
    assert 30 <= values("rrmm_job_last_run_age_seconds")["waves",] < 35
    assert values("rrmm_job_last_run_age_seconds")["websub",] == float("inf")
    assert values("rrmm_job_interval_seconds")["websub",] == 300
    assert ("job-of-an-older-version",) not in values("rrmm_job_failed")


def test_feeds_and_mail_are_counted_by_state() -> None:
    Feed.objects.create(url="https://a.example/rss", last_fetched_at=timezone.now())
    Feed.objects.create(url="https://b.example/rss", last_error="timeout")
    Feed.objects.create(url="https://c.example/rss", active=False)
    with transaction.atomic():
        queue(Outgoing("expert:1", "s", "t", "", "test:1"))
    Message.objects.update(queued_at=timezone.now() - timedelta(seconds=90))
    feeds = values("rrmm_feeds")
    assert feeds["answering",] == feeds["failing",] == feeds["off",] == 1
    assert sum(feeds.values()) == Feed.objects.count()
    assert values("rrmm_mail_messages")["waiting",] == 1
    assert 90 <= values("rrmm_mail_oldest_waiting_age_seconds")[()] < 95


@pytest.mark.django_db(transaction=True)
def test_a_count_only_ever_grows_also_when_its_old_days_are_pruned() -> None:
    today = timezone.now().date()
    old = today - timedelta(days=KEEP_TALLY_DAYS + 1)
    tally._add_up([("mail.sent", old, 40), ("mail.sent", old - timedelta(days=1), 50)])
    tally._add_up([("mail.sent", today, 3)])
    assert values("rrmm_events_total")["mail.sent",] == 93
    for _ in range(2):
        prune()
        assert values("rrmm_events_total")["mail.sent",] == 93
    assert tally.of_day()["mail.sent"] == 3
    assert tally.of_day(old) == {}


@pytest.mark.usefixtures("distributed")
def test_a_look_costs_the_same_however_much_there_is() -> None:
    write(1)
    with CaptureQueriesContext(connection) as few:
        scrape()
    write(300)
    for n in range(50):
        beat(f"work@host:{n}")
        tally._add_up([(f"some.name{n}", timezone.now().date(), 1)])
    beat("kafka@b:1", lag=[["rrmm.work", f"rrmm.t{n}", n, 5, 1] for n in range(200)])
    with CaptureQueriesContext(connection) as many:
        scrape()
    assert len(few) == len(many)
    assert len(many) <= 15


def test_a_database_that_is_away_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("connection refused at postgresql://rrmm:secret@db")

    monkeypatch.setattr("rrmm.web.metrics.flow.stage_lags", away)
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 503
    assert answer.content == b"The database does not answer.\n"


@pytest.mark.usefixtures("distributed")
def test_alerts_and_manual_name_only_what_is_measured() -> None:
    docs = Path(settings.ROOT) / "docs"
    rules = (docs / "prometheus" / "alerts.yml").read_text()
    measured = set(families()) | {"rrmm_events_total", "rrmm_info"}
    expressions = [rule["expr"] for rule in yaml.safe_load(rules)["groups"][0]["rules"]]
    named = set(re.findall(r"rrmm_\w+", " ".join(expressions)))
    told = set(re.findall(r"`(rrmm_\w+)`", (docs / "operations.md").read_text()))
    assert len(named) > 10
    assert named <= measured
    assert told == measured - {"rrmm", "rrmm_events"}, "and the manual names every metric"


def test_nobodys_address_or_words_are_among_the_labels() -> None:
    with transaction.atomic():
        queue(Outgoing("expert:1", "A private matter", "t", "", "ask:1"))
    Feed.objects.create(url="https://outlet.example/rss?key=abc", outlet="The Outlet")
    page = scrape()
    for word in ("private", "expert:1", "outlet", "@", "http"):
        assert word not in page.lower()
