"""Flags (what the detector kept), stories (how it grouped), cases (what the desk decides)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7


class FaultLine(models.TextChoices):
    RELIGION = "religion", _("Religion")
    ETHNICITY = "ethnicity", _("Ethnicity")
    MIGRATION = "migration", _("Migration")
    CULTURE = "culture", _("Culture")


class State(models.TextChoices):
    """Where a case stands. Who may move it where: see `services`."""

    NEW = "new", _("New")
    HELD = "held", _("Held")
    CONFIRMED = "confirmed", _("Confirmed")
    DISMISSED = "dismissed", _("Dismissed")
    CLOSED = "closed", _("Closed")


class Dismissal(models.TextChoices):
    NOT_REAL = "not_real", _("Corrected at its source, or not real")
    NOT_OURS = "not_ours", _("Not along a fault line")
    OLD = "old", _("Old story again")
    DUPLICATE = "duplicate", _("Another case has it")
    OTHER = "other", _("Another reason")


class Origin(models.TextChoices):
    """Who brought a case: the machine, or the kind of person who called or wrote."""

    MACHINE = "machine", _("The watch")
    STAFF = "staff", _("Staff")
    PARTNER = "partner", _("A partner")
    FOCAL_POINT = "focal_point", _("A focal point")
    EXPERT = "expert", _("An expert")


class Story(models.Model):
    """Articles on one event. `last_article_at` decides when it leaves the clusterer's memory."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    opened_at = models.DateTimeField()
    last_article_at = models.DateTimeField(db_index=True)
    articles = models.PositiveIntegerField(default=0)
    demo = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "stories"

    def __str__(self) -> str:
        return f"Story {self.pk}"


class Flag(models.Model):
    """An article that the classifier holds for a possible flashpoint, and why.

    `score` is the calibrated probability; `severity` is the article's (1 to 3); `places` is
    `[{country, name, main}]`, `reasons` is `[{words, weight, line}]`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    article = models.OneToOneField(
        "collectors.Article", on_delete=models.CASCADE, related_name="flag"
    )
    story = models.ForeignKey(Story, null=True, on_delete=models.SET_NULL, related_name="flags")
    is_copy = models.BooleanField(default=False)
    """Nearly the same text as an earlier article of the story: no voice of its own."""
    score = models.FloatField()
    lines = models.JSONField(default=list)
    trigger = models.CharField(max_length=16, default="other")
    severity = models.PositiveSmallIntegerField(default=1)
    places = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    language = models.CharField(max_length=8)
    model_version = models.CharField(max_length=64)
    vector = models.BinaryField(default=b"")
    """Of headline and summary, as `models.encoder.packed` keeps it; empty for none."""
    encoder = models.CharField(max_length=80, blank=True)
    """Whose vector it is: those of different encoders cannot be compared."""
    outlet = models.CharField(max_length=200)
    owner = models.CharField(max_length=200, blank=True)
    outlet_country = models.CharField(max_length=2, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    backfill = models.BooleanField(default=False)
    published_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    at = models.DateTimeField(auto_now_add=True)
    demo = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["story", "published_at"], name="flag_of_story")]

    def __str__(self) -> str:
        return f"Flag {self.score:.2f} on {self.article_id}"


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


class Level(models.Model):
    """Flagged articles of one country, fault line and hour: the usual level is read off these.

    Neither copies, nor backfill, nor the demo are in it.
    """

    country = models.CharField(max_length=2, blank=True)
    line = models.CharField(max_length=12)
    hour = models.DateTimeField(db_index=True)
    articles = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["country", "line", "hour"], name="level_once")
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.line} {self.hour:%Y-%m-%d %H}: {self.articles}"


class Generation(models.Model):
    """Counts the states of the clusterer: whoever computed on an older one computes again."""

    name = models.CharField(max_length=16, primary_key=True)
    number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class DayNumber(models.Model):
    """The last case number given on a UTC day."""

    day = models.DateField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.day}: {self.last}"
