"""Who is asked for a case, with which brief, and what they answer."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from experts.models.registry import Expert


class MobilisationState(models.TextChoices):
    """preparing: the hold runs, nothing was sent. asking: places are open. filled: all taken.
    stopped: staff undid the confirmation. ended: the deadline has passed."""

    PREPARING = "preparing", _("preparing")
    ASKING = "asking", _("asking")
    FILLED = "filled", _("places filled")
    STOPPED = "stopped", _("withdrawn")
    ENDED = "ended", _("over")


class Mobilisation(models.Model):
    """The asking of experts for one case; the row that is locked for everything below it.

    case, case_number, place, topics: of the case that it serves, copied; no row of another app.
    filled: places taken; only ever raised by a conditional update (`services.accept`).
    extra: how many more are asked than places are open. answer_minutes: None: the rule decides.
    next_wave_at: when the clock looks again (the hold's end, an answer time, "ask me later").
    exhausted_at: since when nobody is left to ask while places are open.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.UUIDField(db_index=True)
    case_number = models.CharField(max_length=16)
    place = models.CharField(max_length=120, blank=True)
    topics = models.JSONField(default=list)
    kind = models.CharField(max_length=20, default="op-ed")
    state = models.CharField(
        max_length=10, choices=MobilisationState.choices, default=MobilisationState.PREPARING
    )
    slots = models.PositiveSmallIntegerField()
    filled = models.PositiveSmallIntegerField(default=0)
    extra = models.PositiveSmallIntegerField()
    answer_minutes = models.PositiveIntegerField(null=True, blank=True)
    languages = models.JSONField(default=list)
    deadline_at = models.DateTimeField()
    hold_until = models.DateTimeField()
    next_wave_at = models.DateTimeField(null=True, blank=True)
    wave = models.PositiveSmallIntegerField(default=0)
    exhausted_at = models.DateTimeField(null=True, blank=True)
    prepared_by = models.BigIntegerField()
    prepared_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    demo = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(filled__lte=F("slots")), name="experts_no_slot_twice"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_wave_at"],
                name="experts_wave_due",
                condition=Q(next_wave_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_number} ({self.state})"

    @property
    def open_slots(self) -> int:
        """Places that nobody holds."""
        return self.slots - self.filled


class Brief(models.Model):
    """One version of what experts read. Versions are added, never changed.

    sentences: `[{"text", "source": null | {"article", "title", "url", "outlet", "language",
    "at"}}]`; the time as ISO 8601.
    """

    mobilisation = models.ForeignKey(Mobilisation, models.CASCADE, related_name="briefs")
    version = models.PositiveSmallIntegerField()
    sentences = models.JSONField(default=list)
    ask_text = models.TextField()
    deadline_at = models.DateTimeField()
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(
                fields=["mobilisation", "version"], name="experts_brief_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.mobilisation_id} v{self.version}"


class Risk(models.TextChoices):
    """E10, first step: what may reach a person in this case."""

    ORDINARY = "ordinary", _("ordinary")
    DO_NOT_MAIL = "do_not_mail", _("do not mail")


class SlateEntry(models.Model):
    """A person whom staff want for this case, in their order. Removed ones stay, marked."""

    mobilisation = models.ForeignKey(Mobilisation, models.CASCADE, related_name="slate")
    expert = models.ForeignKey(Expert, models.CASCADE, related_name="+")
    rank = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    risk = models.CharField(max_length=12, choices=Risk.choices, default=Risk.ORDINARY)
    removed = models.BooleanField(default=False)

    class Meta:
        ordering = ["rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["mobilisation", "expert"], name="experts_on_slate_once")
        ]

    def __str__(self) -> str:
        return f"{self.rank} of {self.mobilisation_id}"


class AskState(models.TextChoices):
    """asked is the only open state; accepted holds a place; reserve may be asked again first."""

    ASKED = "asked", _("asked")
    ACCEPTED = "accepted", _("said yes")
    DECLINED = "declined", _("said no")
    EXPIRED = "expired", _("did not answer in time")
    STOOD_DOWN = "stood_down", _("stood down with thanks")
    RESERVE = "reserve", _("in reserve")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Why(models.TextChoices):
    """Why an ask stands where it stands, where that needs saying."""

    UNSAID = "", _("no reason given")
    NO_TIME = "no_time", _("no time")
    NOT_MY_SUBJECT = "not_my_subject", _("not their subject")
    UNSAFE = "unsafe", _("it would not be safe")
    LATER = "later", _("asked to be asked later")
    NEVER = "never", _("does not want to be asked again")
    UNDONE = "undone", _("took the yes back")
    FILLED = "filled", _("places were filled")
    STAFF = "staff", _("staff decided")
    OTHER = "other", _("another reason")


class Ask(models.Model):
    """One person asked for one case; asked again, the same row opens anew.

    due_at: until when an answer holds the turn. undo_until: until when the answer can be undone.
    ask_again_at: after "later". thanked_at: when the receipt of the present yes was queued.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mobilisation = models.ForeignKey(Mobilisation, models.CASCADE, related_name="asks")
    expert = models.ForeignKey(Expert, models.CASCADE, related_name="asks")
    wave = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=AskState.choices, default=AskState.ASKED)
    why = models.CharField(max_length=16, choices=Why.choices, blank=True)
    language = models.CharField(max_length=12, default="en")
    brief_version = models.PositiveSmallIntegerField(default=1)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    undo_until = models.DateTimeField(null=True, blank=True)
    ask_again_at = models.DateTimeField(null=True, blank=True)
    reserve_at = models.DateTimeField(null=True, blank=True)
    thanked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["mobilisation", "expert"], name="experts_asked_once")
        ]
        indexes = [models.Index(fields=["expert", "asked_at"], name="experts_asks_of_person")]

    def __str__(self) -> str:
        return f"{self.pk} ({self.state})"


class Purpose(models.TextChoices):
    """What a link may do. answer: see the ask and answer it. undo: take the answer back."""

    ANSWER = "answer"
    UNDO = "undo"


class Link(models.Model):
    """A link that a person got. The token is derived when the mail leaves; only its hash is here.

    nonce: 128 random bits, hex; with the secret key it gives the token (`experts.links`).
    revoked_at: the link still tells what happened, it answers nothing any more.
    posts, posts_since: how often something was sent through it lately (rate limit).
    """

    ask = models.ForeignKey(Ask, models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    nonce = models.CharField(max_length=32)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    posts = models.PositiveSmallIntegerField(default=0)
    posts_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["ask", "purpose"], name="experts_links_of_ask")]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.ask_id}"


class Suggestion(models.Model):
    """Somebody whom an expert named. For staff's eyes; nobody here is ever mailed by a machine."""

    ask = models.ForeignKey(Ask, models.CASCADE, related_name="suggestions")
    name = models.CharField(max_length=200)
    reach = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return str(self.pk)
