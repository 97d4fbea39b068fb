"""Helpers for tests of the page behind a link: the two steps as a person takes them."""

import re
from typing import Any

import time_machine
from django.test import Client
from django.utils import timezone

from experts.models import Ask, Expert, Link, Mobilisation, Purpose
from streams.models import Record
from tests import asking as a


def person(number: int) -> Expert:
    """Person 1, 2 or 3 of the slate."""
    return Expert.objects.get(name=f"Person {number}")


def url(made: Mobilisation, number: int = 1, purpose: Purpose = Purpose.ANSWER) -> str:
    return f"/a/{a.token(made, person(number), purpose)}/"


def field(html: str, name: str) -> str:
    """The value of a hidden field of the page."""
    found = re.search(rf'name="{name}" value="([^"]+)"', html)
    assert found, f"no field {name}"
    return found[1]


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def first_step(client: Client, address: str, answer: str) -> Any:
    step = field(client.get(address).content.decode(), "step")
    return client.post(address, {"answer": answer, "step": step})


def answered(client: Client, address: str, answer: str, **fields: str) -> Any:
    """Both steps as a person takes them; returns the page after them."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        asked = first_step(client, address, answer)
        assert asked.status_code == 200
        clock.shift(1)
        sure = field(asked.content.decode(), "sure")
        done = client.post(address, {"answer": answer, "sure": sure, **fields})
        assert done.status_code == 303, text(done)
        return client.get(address)


def facts() -> tuple[Any, ...]:
    """Everything that an answer could change."""
    asks = Ask.objects.values_list("state", "why", "answered_at", "undo_until")
    links = Link.objects.values_list("revoked_at", "used_at", "posts")
    return list(asks), list(links), Record.objects.count()
