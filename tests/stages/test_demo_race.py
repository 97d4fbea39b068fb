"""The demonstration is removed while somebody is at work on it: nothing of it is left behind."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models.signals import post_delete
from django.utils import timezone

from rrmm import demo
from rrmm.flashpoints import jobs, letters, services
from rrmm.flashpoints.models import Flashpoint, Told
from streams import trail
from streams.delivery import deliver, due
from streams.mail.outgoing import Outgoing
from streams.mail.services import queue
from streams.wiring import topology
from tests.builders import drain
from tests.regrouping import ALTWIEDEN, STATUE
from tests.stages.test_flashpoints_race import _on_a_file
from tests.watching import FIRE, case, flagged, staff

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["_on_a_file"]
PATIENCE = 0.5
"""Seconds after which nobody waits for a lock: SQLite's wait cannot be seen."""


def left() -> dict[str, int]:
    """Rows that carry the mark of the demo, by table; none are left out."""
    marked = [
        model
        for model in apps.get_models()
        if any(field.name == "demo" for field in model._meta.get_fields())
    ]
    assert len(marked) > 5
    found = {model._meta.db_table: model._default_manager.filter(demo=True) for model in marked}
    return {table: n for table, rows in found.items() if (n := rows.count())}


def until_somebody_waits() -> None:
    """Until another transaction waits for a lock."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone()[0]:
                    return
        time.sleep(0.02)


def beside(removal: Callable[[], Any], work: Callable[[], Any]) -> None:
    """`work` is done by another, who commits only when the removal has begun, or waits for it."""
    done = threading.Event()

    def at_work() -> None:
        try:
            with transaction.atomic():
                work()
                done.set()
                until_somebody_waits()
        finally:
            done.set()
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(at_work)
        assert done.wait(20)
        removal()
        working.result()


def remove() -> None:
    demo.remove(trail.MACHINE)


def meet(stage: str) -> None:
    """The stage does the one thing that there is to do for it."""
    found = topology().stage(stage)
    assert deliver(found, due(found, timezone.now(), 10)).done == 1


def test_what_a_stage_writes_while_the_demo_goes_goes_too() -> None:
    flagged(demo=True)
    beside(remove, lambda: meet("cluster"))
    assert left() == {}


def test_a_mail_that_is_sent_while_the_demo_goes_leaves_no_word() -> None:
    with transaction.atomic():
        queue(Outgoing("expert:nobody", "Subject", "Text", "", f"ask:{UUID(int=1)}", demo=True))
    beside(remove, lambda: meet("send"))
    assert left() == {}


def test_a_case_that_somebody_takes_while_the_demo_goes_goes_too() -> None:
    me = staff()
    found = case(me, demo=True)
    beside(remove, lambda: services.take(found.pk, me))
    assert left() == {}


def test_a_bundled_letter_that_leaves_while_the_demo_goes_is_not_left() -> None:
    me = staff(on_duty=True)
    found = case(me, demo=True)
    long_ago = timezone.now() - 2 * services.BUNDLE
    Told.objects.create(flashpoint=found, kind=letters.OPENED, at=long_ago, waiting=True)
    told: list[int] = []
    beside(remove, lambda: told.append(jobs.tell_waiting()))
    assert told == [1]
    assert left() == {}


def test_a_merge_and_the_removal_do_not_wait_for_each_other() -> None:
    """The merge begins when the removal has deleted the first rows."""
    me = staff()
    flagged(FIRE, severity=3, demo=True)
    flagged(STATUE, severity=3, places=ALTWIEDEN, trigger="heritage", demo=True)
    drain(["cluster", "escalate"])
    one, other = Flashpoint.objects.all()
    begun = threading.Event()
    came: list[str] = []

    def merge() -> None:
        begun.wait(20)
        try:
            services.merge(one.pk, other.pk, me)
        except Flashpoint.DoesNotExist:
            came.append("gone")
        finally:
            connection.close()

    def first_gone(**_given: Any) -> None:
        if not begun.is_set():
            begun.set()
            until_somebody_waits()

    post_delete.connect(first_gone, Flashpoint)
    try:
        with ThreadPoolExecutor(1) as pool:
            merging = pool.submit(merge)
            remove()
            merging.result()
    finally:
        begun.set()
        post_delete.disconnect(first_gone, Flashpoint)
    assert came == ["gone"]
    assert left() == {}
