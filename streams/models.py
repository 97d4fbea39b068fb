"""The log (Record), who has met what (Delivery), and small books: leases, tallies, trail."""

from typing import Any

from django.db import models
from uuid_utils.compat import uuid7


class Record(models.Model):
    """One event, as written in the transaction that made it true: log and outbox in one."""

    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    at = models.DateTimeField()
    demo = models.BooleanField(default=False)
    payload = models.TextField()
    """The event as JSON, without the fields that a row elsewhere holds."""
    to_relay = models.BooleanField(default=False)
    """Whether a relay still has to carry it to Kafka."""
    partition = models.IntegerField(null=True)
    offset = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="record_to_relay", condition=models.Q(to_relay=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class State(models.IntegerChoices):
    """Of a delivery."""

    PENDING = 0
    RETRY = 1
    DONE = 2
    BURIED = 3


class Literal(models.Value):
    """A number that stands in the SQL itself, not beside it as a parameter.

    SQLite compares the lists of IN with those of a partial index before parameters have values,
    so `state IN (?, ?)` reads the whole table.
    """

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        return str(int(self.value)), ()


OPEN: Any = (Literal(State.PENDING), Literal(State.RETRY))
"""For `state__in`: deliveries that are still to be made."""


class Delivery(models.Model):
    """One record and one stage that has to meet it."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="deliveries", db_index=False)
    stage = models.CharField(max_length=30)
    key = models.CharField(max_length=64)
    state = models.PositiveSmallIntegerField(choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    """When a retry may be made; empty for a delivery that was never tried."""
    error = models.TextField(default="", blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "stage"], name="delivery_once"),
        ]
        indexes = [
            models.Index(
                fields=["stage", "record"],
                name="delivery_open",
                condition=models.Q(state__in=(State.PENDING, State.RETRY)),
            ),
            models.Index(
                fields=["stage", "key", "record"],
                name="delivery_open_key",
                condition=models.Q(state__in=(State.PENDING, State.RETRY)),
            ),
            models.Index(
                fields=["stage", "record"],
                name="delivery_buried",
                condition=models.Q(state=State.BURIED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage} meets {self.record_id}"


class Lease(models.Model):
    """Who may do a named thing, until when; also when a job of the clock runs next."""

    name = models.CharField(primary_key=True, max_length=60)
    holder = models.CharField(max_length=80, default="", blank=True)
    until = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    ran_at = models.DateTimeField(null=True)
    did = models.IntegerField(default=0)
    error = models.TextField(default="", blank=True)

    def __str__(self) -> str:
        return self.name


class Heartbeat(models.Model):
    """A process that is alive, and what it says of itself."""

    name = models.CharField(primary_key=True, max_length=80)
    at = models.DateTimeField()
    says = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name


class Tally(models.Model):
    """How often something happened on a day; every drop has a name here."""

    name = models.CharField(max_length=80)
    day = models.DateField()
    n = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "day"], name="tally_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.day}: {self.n}"


class Trail(models.Model):
    """Who decided what, when: rows are only ever added (the database refuses anything else).

    No names and no addresses: actor is "staff:ID", "expert:UUID" or "machine".
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    act = models.CharField(max_length=60)
    subject = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)
    demo = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["subject", "at"], name="trail_subject")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.act}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("a row of the trail cannot be changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly("a row of the trail cannot be deleted")


class AppendOnly(Exception):
    """Somebody tried to change or delete a row of the trail."""
