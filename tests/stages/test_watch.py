"""A worker that stands still for good ends by itself, so that another takes its place."""

import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from django.conf import settings

from streams.faust_app import Watch

CODE = """
import os, time, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
from types import SimpleNamespace
from streams.faust_app import Watch
watch = Watch(SimpleNamespace(rebalancing={rebalancing}), 0.5)
end = time.monotonic() + 30
def standing_still():
    while time.monotonic() < end:
        {what}
        time.sleep(0.1)
watch.start()
standing_still()
"""


@pytest.mark.parametrize(
    ("rebalancing", "what", "why"),
    [
        (False, "pass", "the worker made no turn for 0.5 s"),
        (True, "watch.turn()", "the worker has been in a rebalance for 0.5 s"),
    ],
)
def test_a_stuck_worker_says_where_it_stands_and_ends(
    rebalancing: bool, what: str, why: str
) -> None:
    code = CODE.format(rebalancing=rebalancing, what=what)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=settings.ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert why in done.stderr
    assert "standing_still" in done.stderr


def test_a_worker_that_turns_goes_on() -> None:
    watch = Watch(SimpleNamespace(rebalancing=False), patience=0.2)
    for _ in range(4):
        watch.turn()
        time.sleep(0.1)
        assert watch.stuck() == ""
