"""What the detector kept and how it grouped: flags, stories, usual levels."""

from typing import ClassVar

from django.db import models
from uuid_utils.compat import uuid7


class Story(models.Model):
    """Articles that the clusterer, or a person, grouped. `last_article_at` decides when it leaves
    the clusterer's memory. Where staff say that two tell of one event, one becomes `part_of` the
    other (never of a part): each keeps its articles, together they are one story."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    part_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="parts"
    )
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
