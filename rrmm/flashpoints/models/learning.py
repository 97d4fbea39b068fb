"""The tables of learning: what editors said, the examples it gave, model files, and replays."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7


class VerdictKind(models.TextChoices):
    """What was said. The first two of a case, the others of one article."""

    CONFIRMED = "confirmed", _("A case was confirmed")
    NOT_OURS = "not_ours", _("A case was dismissed: not along a fault line")
    NOT_FLASHPOINT = "not_flashpoint", _("Not a flashpoint")
    WRONG_PLACE = "wrong_place", _("Wrong place")
    WRONG_LINE = "wrong_line", _("Wrong fault line")
    WRONG_STORY = "wrong_story", _("Another event")


class Verdict(models.Model):
    """An editor's word on a case, or on one article of it. Who said it stands in the trail only.

    Taking it back deletes the row, and its examples with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=16, choices=VerdictKind)
    flashpoint = models.ForeignKey(
        "flashpoints.Flashpoint", null=True, on_delete=models.CASCADE, related_name="verdicts"
    )
    article = models.ForeignKey(
        "collectors.Article", null=True, on_delete=models.CASCADE, related_name="verdicts"
    )
    """The article that was marked; None where the word is on the whole case."""
    at = models.DateTimeField(db_index=True)
    demo = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["flashpoint"],
                condition=models.Q(article__isnull=True),
                name="verdict_once_a_case",
            ),
            models.UniqueConstraint(
                fields=["article", "kind"],
                condition=models.Q(article__isnull=False),
                name="verdict_once_an_article",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.flashpoint_id or self.article_id}"


class Example(models.Model):
    """What a verdict says of one article, or of two; never of the demo's.

    `rel`: 2 a flashpoint, 0 none, None not said; `lines`, `severity`, `country`: empty where not
    said; `other` with `same`: whether both articles tell of one event.
    """

    verdict = models.ForeignKey(Verdict, on_delete=models.CASCADE, related_name="examples")
    article = models.ForeignKey(
        "collectors.Article", on_delete=models.CASCADE, related_name="examples"
    )
    other = models.ForeignKey(
        "collectors.Article", null=True, on_delete=models.CASCADE, related_name="pairs"
    )
    rel = models.PositiveSmallIntegerField(null=True)
    lines = models.JSONField(default=list)
    severity = models.PositiveSmallIntegerField(null=True)
    country = models.CharField(max_length=2, blank=True)
    same = models.BooleanField(null=True)

    def __str__(self) -> str:
        return f"example {self.pk} on {self.article_id}"


class ModelState(models.TextChoices):
    CHALLENGER = "challenger", _("Challenger")
    CHAMPION = "champion", _("In use")
    RETIRED = "retired", _("Retired")


class ModelFile(models.Model):
    """A model file that was made or brought here. While none is champion, the shipped one works.

    `made_from`: counts of examples, and `groups`, the cases that it was given to learn from (others
    may measure it); `report`: `models.figures.Report` as a dict, or empty.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the file."""
    path = models.CharField(max_length=500, blank=True)
    """Where it was written or read when it was taken in; the content is in `ModelBytes`."""
    size = models.PositiveIntegerField()
    encoder = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()
    made_from = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=ModelState, default=ModelState.CHALLENGER)
    promoted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    promoted_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    """Why it was promoted although the rule spoke against it."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state="champion"), name="one_champion"
            )
        ]

    def __str__(self) -> str:
        return self.version


class ModelBytes(models.Model):
    """The content of a model file: workers on any machine take it from here."""

    model = models.OneToOneField(
        ModelFile, primary_key=True, on_delete=models.CASCADE, related_name="content"
    )
    content = models.BinaryField()

    class Meta:
        verbose_name_plural = "model bytes"

    def __str__(self) -> str:
        return f"content of {self.model_id}"


class ModelInUse(models.Model):
    """Which model a worker process works with, and what kept it from the champion."""

    process = models.CharField(max_length=120, primary_key=True)
    version = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, blank=True)
    """Empty for the shipped model."""
    trouble = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "models in use"

    def __str__(self) -> str:
        return f"{self.process}: {self.version}"


class ReplayState(models.TextChoices):
    RUNNING = "running", _("Running")
    STOPPED = "stopped", _("Stopped")
    FINISHED = "finished", _("Finished")
    FAILED = "failed", _("Broken off")


class Replay(models.Model):
    """Stored days read by the champion and a challenger, and what would have been different.

    `counts`: per language how many articles each flagged and what changed; `figures`: what the
    labelled examples say, and the findings of the rule (`rrmm.flashpoints.worse`), once finished.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    challenger = models.ForeignKey(ModelFile, on_delete=models.CASCADE, related_name="replays")
    champion_version = models.CharField(max_length=120)
    champion_digest = models.CharField(max_length=64)
    since = models.DateTimeField()
    until = models.DateTimeField()
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(null=True, blank=True)
    """When the first article that was read had been seen; `last_at`: the last one."""
    last_at = models.DateTimeField(null=True, blank=True)
    last_article = models.UUIDField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=ReplayState, default=ReplayState.RUNNING)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["challenger", "-started_at"], name="replay_of_challenger")
        ]

    def __str__(self) -> str:
        return f"replay {self.pk}: {self.done} of {self.total}"


class ReplayDifference(models.Model):
    """An article that both models see differently. `change`: flagged, unflagged, or, where both
    flag it, the first of lines, trigger, severity, place that differs; `old`, `new`: what each says
    as {score, flagged, lines, trigger, severity, country, place, words}."""

    replay = models.ForeignKey(Replay, on_delete=models.CASCADE, related_name="differences")
    article = models.ForeignKey(
        "collectors.Article", on_delete=models.CASCADE, related_name="differences"
    )
    language = models.CharField(max_length=8, blank=True)
    change = models.CharField(max_length=12)
    score = models.FloatField()
    """The higher of the two."""
    old = models.JSONField(default=dict)
    new = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["replay", "change", "language", "-score"], name="difference_shown")
        ]

    def __str__(self) -> str:
        return f"{self.change} {self.article_id}"
