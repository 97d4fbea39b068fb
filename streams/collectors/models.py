"""What the collector remembers: feeds, their polls, known entries, and the articles."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from streams.collectors.decide import MOVES_NEEDED


class FailureClass(models.TextChoices):
    """How a failing feed is treated (see `decide`)."""

    NONE = "", _("none")
    SOFT = "soft", _("soft")
    TEMPORARY = "temporary", _("temporary")
    HARD = "hard", _("hard")


class WebSubState(models.TextChoices):
    """Where a subscription stands."""

    NONE = "", _("polled only")
    ASKED = "asked", _("asked the hub")
    LIVE = "live", _("the hub pushes")
    REFUSED = "refused", _("the hub refused")


class Feed(models.Model):
    """One address that is polled, what we know of its outlet, and how the polling goes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    url = models.CharField(max_length=1000, unique=True)
    outlet = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True)
    language = models.CharField(max_length=8, blank=True)
    owner = models.CharField(max_length=200, blank=True)
    owner_source = models.CharField(max_length=500, blank=True)
    checked = models.CharField(max_length=200, blank=True)
    demo = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    etag = models.CharField(max_length=500, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    body_hash = models.BinaryField(default=bytes, blank=True)
    window = models.BinaryField(default=bytes, blank=True)
    """Keys (8 bytes each, big endian, signed) of the entries in the last document."""
    parser_trust = models.SmallIntegerField(default=0)
    """Documents in a row on which the fast parser agreed with the arbiter; see `parse`."""

    next_at = models.DateTimeField(default=timezone.now)
    interval_s = models.PositiveIntegerField(default=300)
    floor_s = models.PositiveIntegerField(default=0)
    """Lower bound of the interval that the server asked for (ttl, max-age, updatePeriod)."""
    failures = models.PositiveIntegerField(default=0)
    """Failures in a row."""
    failure_class = models.CharField(max_length=10, blank=True, choices=FailureClass.choices)
    failing_since_at = models.DateTimeField(null=True, blank=True)
    last_status = models.CharField(max_length=30, blank=True)
    """Code of the last poll: ok, unchanged, or the failure's code (see `words`)."""
    last_error = models.CharField(max_length=30, blank=True)
    """Code of the failure that lasts; empty while the feed answers."""
    last_error_detail = models.CharField(max_length=300, blank=True)
    last_tried_at = models.DateTimeField(null=True, blank=True)
    last_fetched_at = models.DateTimeField(null=True, blank=True)
    """Last good answer (200 or 304)."""
    last_full_at = models.DateTimeField(null=True, blank=True)
    """Last whole document (200)."""
    last_new_at = models.DateTimeField(null=True, blank=True)
    last_article_at = models.DateTimeField(null=True, blank=True)
    """Newest publication time seen."""
    muted_at = models.DateTimeField(null=True, blank=True)
    """Since when the server says 410: gone for good."""
    moved_to = models.CharField(max_length=1000, blank=True)
    moves = models.PositiveSmallIntegerField(default=0)
    """Permanent redirects to `moved_to` seen in a row; see `address`."""

    hub_url = models.CharField(max_length=1000, blank=True)
    topic_url = models.CharField(max_length=1000, blank=True)
    websub_state = models.CharField(max_length=10, blank=True, choices=WebSubState.choices)
    websub_token = models.CharField(max_length=64, blank=True)
    """Part of the callback's path; never logged."""
    websub_secret = models.CharField(max_length=64, blank=True)
    websub_asked_at = models.DateTimeField(null=True, blank=True)
    websub_lease_until_at = models.DateTimeField(null=True, blank=True)
    websub_error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at"],
                name="feed_due",
                condition=models.Q(active=True, muted_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.outlet or self.url

    @property
    def address(self) -> str:
        """Where the feed is asked: where it moved to, once that is certain; `url` stays what we
        were given, so that the feed is known again in every list."""
        return self.moved_to if self.moves >= MOVES_NEEDED else self.url


class Poll(models.Model):
    """One poll that mattered: it brought something, failed, or ended a failure."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="polls")
    at = models.DateTimeField()
    code = models.CharField(max_length=30)
    status = models.PositiveSmallIntegerField(default=0)
    """HTTP status; 0 where no answer came."""
    new = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    dropped = models.PositiveIntegerField(default=0)
    ms = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField(default=0)
    """Bytes of the document after decompression."""
    detail = models.CharField(max_length=300, blank=True)
    pushed = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["feed", "-at"], name="poll_history")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.code}"


class Entry(models.Model):
    """An entry that a feed has shown: enough to know it again, and no more."""

    key = models.BigIntegerField(primary_key=True)
    """Signed 64-bit BLAKE2b of feed and raw id (or link)."""
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="+", db_index=False)
    seen_at = models.DateTimeField(db_index=True)
    """When it was last seen entering or leaving its feed's document."""

    def __str__(self) -> str:
        return f"{self.key:x}"


class Article(models.Model):
    """One article, under its canonical address; its text is stored here and nowhere else."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="articles")
    url = models.CharField(max_length=2000)
    url_key = models.BigIntegerField(unique=True)
    """Signed 64-bit BLAKE2b of `url`: a tenth of the index that the address itself would need."""
    title = models.CharField(max_length=500)
    summary = models.TextField(blank=True)
    language = models.CharField(max_length=8, blank=True)
    """As the feed declares it (ISO 639-1)."""
    published_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    fingerprint = models.CharField(max_length=16, blank=True, db_index=True)
    backfill = models.BooleanField(default=False)
    demo = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["feed", "-seen_at"], name="article_feed_seen")]

    def __str__(self) -> str:
        return self.title


class Page(models.Model):
    """The text of a flagged article's page, or why there is none; goes with its article.

    code: "" while it was not tried, ok, or what went wrong (see `pages`, `extract`); next_at:
    when it is due, None once it is settled.
    """

    article = models.OneToOneField(
        Article, primary_key=True, on_delete=models.CASCADE, related_name="page"
    )
    code = models.CharField(max_length=30, blank=True)
    text = models.TextField(blank=True)
    fetched_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at"], name="page_due", condition=models.Q(next_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"page of {self.article_id}"


class FeedDay(models.Model):
    """New articles of one feed on one UTC day, without those of a first poll or after a gap (they
    are not news of that day). What is usual is read off these; see `usual`."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField(db_index=True)
    articles = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "day"], name="feed_day_once")]

    def __str__(self) -> str:
        return f"{self.day}: {self.articles}"


class FeedHour(models.Model):
    """The same by hour, of the last day only: what came, without counting articles."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="+", db_index=False)
    hour = models.DateTimeField(db_index=True)
    articles = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "hour"], name="feed_hour_once")]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H}: {self.articles}"


class Inbox(models.Model):
    """A document that a hub pushed, until the collector has stored what is in it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="+")
    body = models.BinaryField()
    content_type = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "inbox"

    def __str__(self) -> str:
        return str(self.id)
