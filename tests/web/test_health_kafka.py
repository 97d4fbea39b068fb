"""The health page over Kafka: lag by partition, the broker, the relay, the groups of workers."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from config.topology import TOPOLOGY
from rrmm.web import drawing
from streams.events import StoryMoved
from streams.log import append
from streams.models import Heartbeat, Record
from tests.browser import DESKTOP, PHONE, Watched, chromium_at, sign_in, watched
from tests.postgres import Postgres
from tests.server import WebServer
from tests.staff import make_staff, signed_in

TOPICS = {
    "work": ("articles", "flags", "stories", "flashpoints", "slates", "mobilisations"),
    "mail": ("mail",),
}
BUSY = """
from django.utils import timezone
from streams.models import Heartbeat
lag = [["rrmm." + g, "rrmm." + t, p, 7 * p, p] for g, t in {pairs} for p in range({partitions})]
Heartbeat.objects.all().delete()
for name, says in (("kafka@b:1", dict(lag=lag)), ("relay@a:1", dict()), ("work@a:2", dict())):
    Heartbeat.objects.create(name=name, at=timezone.now(), says=says)
"""


@pytest.fixture
def client(db: None) -> Client:
    return signed_in(make_staff())


@pytest.fixture
def distributed(settings: Any) -> None:
    settings.KAFKA_URL = "kafka://broker.example:9092"


def beat(name: str, seconds: float = 0.0, **says: object) -> None:
    at = timezone.now() - timedelta(seconds=seconds)
    Heartbeat.objects.create(name=name, at=at, says=says)


def seen(
    partitions: int, unread: Sequence[int] = (), topic: str = "stories", ago: float = 1
) -> None:
    """The broker as the relay saw it: every topic empty but one."""
    lag = [
        [f"rrmm.{group}", f"rrmm.{name}", at, 100 + _nth(unread, at) * (name == topic), 100]
        for group, names in TOPICS.items()
        for name in names
        for at in range(partitions)
    ]
    beat("kafka@broker.example:9092", ago, lag=lag)


def _nth(numbers: Sequence[int], at: int) -> int:
    return numbers[at] if at < len(numbers) else 0


def everybody() -> None:
    for name in ("relay@a:1", "work@a:2", "work@b:3", "work-mail@a:4", "beat@a:5", "collect@a:6"):
        beat(name)


def flow(client: Client) -> str:
    """The part of the page, without its markup's line ends and with plain spaces."""
    page = client.get("/health/flow/").content.decode()
    return re.sub(r"\s+", " ", page)


def words(client: Client) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", flow(client)))


def test_embedded_nothing_of_this_shows(client: Client) -> None:
    seen(4, [1, 2, 3, 4])
    beat("work@a:2")
    page = flow(client)
    for word in ("kafka", "relay", "strip", "group", "on a,", "No worker"):
        assert word.lower() not in page.lower()


@pytest.mark.usefixtures("distributed")
@pytest.mark.parametrize("partitions", [1, 4, 12, 48])
def test_each_stage_has_a_bar_for_each_partition(client: Client, partitions: int) -> None:
    seen(partitions, [9])
    everybody()
    page = flow(client)
    stages = page.split('<li class="stage">')[1:]
    assert len(stages) == len(TOPOLOGY.stages)
    for stage in stages:
        assert stage.count("<title>Partition ") == partitions
    escalate = next(stage for stage in stages if "<b>Escalate</b>" in stage)
    assert "Partition 0: 9</title>" in escalate
    others = f", the other {partitions - 1}: none" if partitions > 1 else ""
    assert f'aria-label="Unread messages: partition 0: 9{others}"' in escalate
    assert "the most in one is 9" in page


@pytest.mark.usefixtures("distributed")
def test_stages_that_read_one_topic_in_one_group_show_the_same_bars(client: Client) -> None:
    seen(4, [0, 3], topic="flashpoints")
    page = flow(client)
    assert page.count('aria-label="Unread messages: partition 1: 3, the other 3: none"') == 2


@pytest.mark.usefixtures("distributed")
def test_the_broker_was_last_seen_then(client: Client) -> None:
    everybody()
    seen(4, [5], ago=40)
    page = words(client)
    assert "Broker last seen 40 s ago; the small bars are how it was then" in page
    assert 'class="strip strip-old"' in flow(client)


@pytest.mark.usefixtures("distributed")
def test_a_relay_that_looks_seldom_is_believed_longer(client: Client, settings: Any) -> None:
    everybody()
    seen(4, [5], ago=40)
    settings.KAFKA_SWEEP_SECONDS = 30
    assert "Broker seen 40 s ago" in words(client)


@pytest.mark.usefixtures("distributed")
def test_before_the_first_look_nothing_is_claimed(client: Client) -> None:
    page = words(client)
    assert "not seen yet: the relay looks at it while it runs" in page
    assert "messages not counted yet" in page
    assert "small bars" not in page
    assert "strip" not in flow(client)


@pytest.mark.usefixtures("distributed")
def test_without_a_relay_the_page_says_what_to_start(client: Client) -> None:
    beat("relay@a:1", seconds=60)
    with transaction.atomic():
        append(StoryMoved(story=uuid4()))
    Record.objects.update(at=timezone.now() - timedelta(minutes=3))
    page = words(client)
    assert "No relay gives a sign of life." in page
    assert "manage.py relay" in page
    assert "Relay none runs; 1 record waits for it, for 3 min" in page


@pytest.mark.usefixtures("distributed")
def test_a_relay_that_stands_by_is_told_from_the_one_that_carries(client: Client) -> None:
    everybody()
    beat("relay@b:9", standby=True)
    page = words(client)
    assert "Relay carries records to Kafka; 1 more stands by; nothing waits for it" in page
    assert re.search(r"relay on b, seen [\d.]+ s ago, stands by", page)
    Heartbeat.objects.filter(name="relay@a:1").delete()
    assert "Relay stands by, and none carries" in words(client)


@pytest.mark.usefixtures("distributed")
def test_a_relay_whose_broker_does_not_answer_does_not_claim_to_carry(client: Client) -> None:
    beat("relay@a:1", stuck=True)
    page = words(client)
    assert "Relay waits for an answer of the broker; nothing waits for it" in page
    assert "No relay gives a sign of life" not in page


@pytest.mark.usefixtures("distributed")
def test_a_group_without_a_worker_is_named_with_the_command(client: Client) -> None:
    seen(4)
    everybody()
    Heartbeat.objects.filter(name__startswith="work@").delete()
    with transaction.atomic():
        append(StoryMoved(story=uuid4()))
    page = words(client)
    assert "No worker of the group “work” gives a sign of life. Nothing is lost; 1 event" in page
    assert "manage.py faust work" in page
    assert "manage.py faust mail" not in page
    assert "Group “mail” 1 worker; no message unread; runs Send mail" in page


@pytest.mark.usefixtures("distributed")
def test_workers_are_counted_by_group_and_shown_with_their_machine(client: Client) -> None:
    seen(4, [2, 2])
    everybody()
    page = words(client)
    assert "Group “work” 2 workers; 4 messages unread; runs Assess, Read pages, Cluster" in page
    assert "No worker" not in page
    assert "work on b, seen" in page
    assert "broker.example" not in page


def test_few_partitions_take_little_room_and_many_no_more_than_a_phone_has() -> None:
    def width(strip: str) -> float:
        return float(re.findall(r'<svg class="strip" width="([\d.]+)"', strip)[0])

    assert width(drawing.partitions([0], 0)) == 8
    assert width(drawing.partitions([1] * 12, 5)) == 96
    assert width(drawing.partitions([1] * 48, 5)) == 240
    assert width(drawing.partitions([1] * 200, 5)) <= 240


def test_one_message_is_seen_beside_many_and_few_do_not_look_like_many() -> None:
    def tall(strip: str) -> list[int]:
        bars = re.findall(r'<rect(?! class="column")[^>]*height="(\d+)"', strip)
        return [int(height) for height in bars]

    assert tall(drawing.partitions([1, 1000, 0], 1000)) == [2, 16, 1]
    assert tall(drawing.partitions([1], 1)) == [2]


@pytest.fixture(scope="module")
def opened(
    tmp_path_factory: pytest.TempPathFactory, chromium: str
) -> Iterator[tuple[Watched, WebServer]]:
    """The health page of a desk over Kafka, in a browser."""
    postgres = Postgres()
    own = {"DATABASE_URL": postgres.fresh_database(), "KAFKA_URL": "kafka://b:1", "DEMO": "0"}
    server = WebServer(Path(tmp_path_factory.mktemp("kafka")), settings=own)
    try:
        server.start()
        with chromium_at(chromium) as program:
            context = program.new_context(viewport=DESKTOP)
            sign_in(context, server.signin_link())
            yield watched(context, server.url), server
    finally:
        server.stop()
        postgres.remove()


@pytest.mark.browser
@pytest.mark.postgres
@pytest.mark.parametrize("partitions", [4, 48])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_strips_fit_and_speak(
    opened: tuple[Watched, WebServer], size: Any, partitions: int
) -> None:
    page, server = opened
    pairs = [(group, name) for group, names in TOPICS.items() for name in names]
    server.run(BUSY.format(pairs=pairs, partitions=partitions))
    page.page.set_viewport_size(size)
    page.page.goto(f"{server.url}/health/")
    strip = page.page.locator("#flow .strip").first
    box = strip.bounding_box()
    assert box
    assert box["x"] + box["width"] <= size["width"]
    assert page.page.get_by_role("img", name="Unread messages: partition 1").count() == len(
        TOPOLOGY.stages
    )
    assert page.problems() == []
    assert page.axe() == []
