"""What the desk decides on: cases, who saw them, who was told."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from uuid_utils.compat import uuid7

from rrmm.flashpoints.models.choices import Dismissal, Origin, State
from rrmm.flashpoints.models.stories import Story


class Flashpoint(models.Model):
    """A case on the desk.

    `newsworthiness` (0 to 100) and `corroboration` (0 to 100) are two scores and are never
    added; `voices` counts independent owners. `growth` holds articles per bucket of
    `growth_minutes`, the last bucket ending at `last_article_at`. `version` rises with each
    change that a reader could see.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=16, unique=True)
    state = models.CharField(max_length=12, choices=State, default=State.NEW)
    story = models.ForeignKey(
        Story, null=True, blank=True, on_delete=models.SET_NULL, related_name="flashpoints"
    )
    headline = models.CharField(max_length=400)
    gist = models.TextField(blank=True)
    headline_language = models.CharField(max_length=8, blank=True)
    country = models.CharField(max_length=2, blank=True)
    place = models.CharField(max_length=120, blank=True)
    countries = models.JSONField(default=list)
    lines = models.JSONField(default=list)
    severity = models.PositiveSmallIntegerField(default=1)
    severity_by_hand = models.BooleanField(default=False)
    """Set by a person: the machine no longer changes it."""
    newsworthiness = models.PositiveSmallIntegerField(default=0)
    corroboration = models.PositiveSmallIntegerField(default=0)
    voices = models.PositiveIntegerField(default=0)
    languages = models.JSONField(default=list)
    article_count = models.PositiveIntegerField(default=0)
    copies = models.PositiveIntegerField(default=0)
    growth = models.JSONField(default=list)
    growth_minutes = models.PositiveIntegerField(default=0)
    reasons = models.JSONField(default=list)
    rule = models.JSONField(default=list)
    """What the escalation rule saw, as `[{code, ...numbers}]`; `queries` puts it into words."""
    first_seen_at = models.DateTimeField()
    last_article_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    opened_by_hand = models.BooleanField(default=False)
    origin = models.CharField(max_length=16, choices=Origin, default=Origin.MACHINE)
    note = models.TextField(blank=True)
    """What staff wrote when opening it by hand. Staff only; never in an event or a mail."""
    held_until = models.DateTimeField(null=True, blank=True)
    held_for = models.CharField(max_length=200, blank=True)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    held_lease_until = models.DateTimeField(null=True, blank=True)
    mobilisation = models.UUIDField(null=True, blank=True, db_index=True)
    dismissal = models.CharField(max_length=12, choices=Dismissal, blank=True)
    dismissed_words = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_facts = models.JSONField(default=dict)
    """Severity, voices and languages when it was decided: what "something new" is held against."""
    back_because = models.JSONField(default=list)
    """Why the watch brought it back, as `rule`; empty once somebody has decided again."""
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged"
    )
    version = models.PositiveIntegerField(default=1)
    demo = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "-last_article_at"], name="case_by_state"),
            models.Index(
                fields=["held_until"], name="case_to_wake", condition=models.Q(state="held")
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Seen(models.Model):
    """A member of staff has opened a case; an older `version` than the case's means: news."""

    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="seen_flashpoints"
    )
    flashpoint = models.ForeignKey(Flashpoint, on_delete=models.CASCADE, related_name="seen")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["staff", "flashpoint"], name="seen_once")
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} saw {self.flashpoint_id}"


class Told(models.Model):
    """When staff were last mailed about a case, and whether something waits for the next mail."""

    flashpoint = models.ForeignKey(Flashpoint, on_delete=models.CASCADE, related_name="told")
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    waiting = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["flashpoint", "kind"], name="told_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["at"], name="told_waiting", condition=models.Q(waiting=True))
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.flashpoint_id}"


class DayNumber(models.Model):
    """The last case number given on a UTC day."""

    day = models.DateField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.day}: {self.last}"
