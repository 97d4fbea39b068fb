"""`manage.py alive`: what a container's health check asks."""

import socket
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError
from django.utils import timezone

from streams.heartbeat import Pulse, worker_kind
from streams.models import Heartbeat

pytestmark = pytest.mark.django_db
KINDS = {
    "collect": "collect",
    "relay": "relay",
    "work": "work",
    "mail": "work-mail",
    "beat": "beat",
}


@pytest.mark.parametrize("name", KINDS)
def test_a_process_that_beats_is_alive(name: str) -> None:
    Pulse(KINDS[name]).beat()
    call_command("alive", name)


@pytest.mark.parametrize("name", KINDS)
def test_the_others_signs_of_life_are_not_its_own(name: str) -> None:
    for other in KINDS.values():
        if other != KINDS[name]:
            Pulse(other).beat()
    with pytest.raises(CommandError, match=f"{name} gave no sign of life on this machine"):
        call_command("alive", name)


def test_the_same_process_on_another_machine_does_not_count() -> None:
    beat("relay@another-machine:12", 1)
    beat(f"relay@{socket.gethostname()}-2:12", 1)
    with pytest.raises(CommandError, match="no sign of life"):
        call_command("alive", "relay")


def test_one_that_fell_silent_is_told_with_its_age() -> None:
    beat(f"relay@{socket.gethostname()[:50]}:12", 29)
    call_command("alive", "relay")
    Heartbeat.objects.update(at=timezone.now() - timedelta(seconds=47))
    with pytest.raises(CommandError, match=r"relay gave its last sign of life 4[78] s ago\."):
        call_command("alive", "relay")


def test_a_process_that_was_started_anew_counts() -> None:
    beat(f"relay@{socket.gethostname()[:50]}:12", 47)
    beat(f"relay@{socket.gethostname()[:50]}:13", 2)
    call_command("alive", "relay")


def test_a_database_that_is_away_is_said_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("connection refused\n")

    monkeypatch.setattr(Heartbeat.objects, "filter", away)
    with pytest.raises(CommandError, match=r"^the database does not answer: connection refused$"):
        call_command("alive", "relay")


def test_only_processes_that_beat_can_be_asked_for() -> None:
    with pytest.raises(CommandError, match="invalid choice: 'web'"):
        call_command("alive", "web")


def test_a_machine_with_a_long_name_beats_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "h" * 64)
    Pulse(worker_kind("mail")).beat()
    assert len(Heartbeat.objects.get().name) <= 80
    call_command("alive", "mail")


def beat(name: str, seconds: float) -> None:
    Heartbeat.objects.create(name=name, at=timezone.now() - timedelta(seconds=seconds))
