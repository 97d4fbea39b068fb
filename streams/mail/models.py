"""Outgoing mail: one row a message, without the address."""

from django.db import models
from uuid_utils.compat import uuid7


class MessageState(models.TextChoices):
    """Of a message; the last four are final."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    FAILED = "failed"


class Message(models.Model):
    """A mail from the moment it was asked for; `demo` ones never leave the machine."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    to_ref = models.CharField(max_length=60)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    language = models.CharField(max_length=8, default="en")
    reason = models.CharField(max_length=60)
    thread = models.CharField(max_length=120, blank=True)
    reply_to = models.CharField(max_length=120, blank=True)
    sensitive = models.BooleanField(default=True)
    demo = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.QUEUED)
    why = models.CharField(max_length=300, blank=True)
    """In plain words why it was withdrawn, refused or has to wait."""
    kept_here = models.BooleanField(default=False)
    """Sent into the mailbox of this machine only."""
    message_id = models.CharField(max_length=120, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-queued_at"], name="message_recent"),
            models.Index(
                fields=["state"],
                name="message_open",
                condition=models.Q(state__in=["queued", "sending"]),
            ),
            models.Index(fields=["reason"], name="message_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.id}"
