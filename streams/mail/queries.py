"""What the pages say about outgoing mail."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from streams.mail.models import Message, MessageState


@dataclass(frozen=True, slots=True)
class Outbox:
    """Waiting messages, the oldest of them, and those that ended badly in all days kept."""

    waiting: int
    oldest_at: datetime | None
    refused: int


def outbox() -> Outbox:
    """The state of the outbox now."""
    open_ones = Message.objects.filter(state__in=(MessageState.QUEUED, MessageState.SENDING))
    found = open_ones.aggregate(n=Count("id"), oldest=Min("queued_at"))
    bad = Message.objects.filter(state__in=(MessageState.REFUSED, MessageState.FAILED)).count()
    return Outbox(found["n"], found["oldest"], bad)
