"""The only door to Record: append what became true, load what was written."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection

from streams import rows
from streams.event import Event
from streams.models import Delivery, Record, State
from streams.wiring import topology

Payload = dict[str, Any]
Hydrator = Callable[[list[Payload]], list[Payload]]

CHUNK = 500
RECORD = ("id", "kind", "key", "at", "demo", "payload", "to_relay")
DELIVERY = ("record", "stage", "key", "state", "attempts", "error")
_hydrators: dict[str, Hydrator] = {}


class NoTransaction(Exception):
    """`append` was called outside a transaction: the fact and the row that makes it true would
    not be written together. Wrap both in `transaction.atomic()`."""


class Unreadable(Exception):
    """A record that this version of the vocabulary cannot load."""


def hydrator(kind: str) -> Callable[[Hydrator], Hydrator]:
    """Registers the function that fills an event's `by_reference` fields from their rows.

    It gets the stored payloads (any number) and returns them in the same order, completed.
    """

    def register(function: Hydrator) -> Hydrator:
        _hydrators[kind] = function
        return function

    return register


def append(event: Event) -> None:
    """Writes one event into the log, in the caller's transaction.

    Lock the aggregate's row first, so that the records of one key are in commit order.
    Raises NoTransaction outside `transaction.atomic()`.
    """
    append_many([event])


def append_many(events: Sequence[Event]) -> None:
    """Writes events in the given order, each with one open delivery per consuming stage."""
    if not connection.in_atomic_block:
        raise NoTransaction(f"append({events[0].kind() if events else ''}) needs a transaction")
    if not events:
        return
    flow, relay = topology(), bool(settings.KAFKA_URL)
    records: list[tuple[Any, ...]] = []
    deliveries: list[tuple[Any, ...]] = []
    for event in events:
        stages, key = flow.consumers(event.kind()), event.key
        records.append(_record(event, key, relay and bool(stages)))
        deliveries += [(event.id, stage.name, key, State.PENDING.value, 0, "") for stage in stages]
    rows.insert(Record, RECORD, records)
    rows.insert(Delivery, DELIVERY, deliveries)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('rrmm_log', '')")


def _record(event: Event, key: str, to_relay: bool) -> tuple[Any, ...]:
    stored = event.model_dump_json(exclude=set(event.by_reference), exclude_defaults=False)
    return (event.id, event.kind(), key, event.at, event.demo, stored, to_relay)


def load(records: Iterable[Record]) -> list[Event]:
    """The events of the records, in their order. Raises Unreadable for one that it cannot read."""
    found = list(records)
    payloads: list[Payload] = [_payload(row) for row in found]
    by_kind: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(found):
        if row.kind in _hydrators:
            by_kind[row.kind].append(at)
    for kind, places in by_kind.items():
        filled = _hydrators[kind]([payloads[at] for at in places])
        for at, payload in zip(places, filled, strict=True):
            payloads[at] = payload
    return [_event(row, payload) for row, payload in zip(found, payloads, strict=True)]


def replay(kinds: Iterable[type[Event]], since: Any = None) -> Iterable[Event]:
    """Stored events of these kinds in the order of their ids, from `since` (aware datetime) on."""
    found = Record.objects.filter(kind__in=[kind.kind() for kind in kinds]).order_by("id")
    if since is not None:
        found = found.filter(at__gte=since)
    stored = found.iterator(chunk_size=CHUNK)
    while chunk := list(islice(stored, CHUNK)):
        yield from load(chunk)


def _payload(row: Record) -> Payload:
    try:
        payload = json.loads(row.payload)
    except ValueError as error:
        raise Unreadable(f"{row.kind} {row.id}: the payload is not JSON ({error})") from error
    if not isinstance(payload, dict):
        raise Unreadable(f"{row.kind} {row.id}: the payload is not an object")
    return payload


def _event(row: Record, payload: Payload) -> Event:
    known = Event.vocabulary().get(row.kind)
    if known is None:
        raise Unreadable(f"{row.kind} {row.id}: this version does not know such an event")
    try:
        return known.model_validate(payload)
    except ValueError as error:
        raise Unreadable(f"{row.kind} {row.id}: {error}") from error
