"""Clock: nothing stays leased or waiting because a sender died, and old mail goes."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from streams import tally
from streams.mail.models import Message, MessageState
from streams.models import Delivery, State

BATCH = 500


def release_leases() -> int:
    """Puts messages whose lease ran out back into the queue; returns how many."""
    stuck = Message.objects.filter(state=MessageState.SENDING, lease_until__lt=timezone.now())
    return stuck.update(state=MessageState.QUEUED, lease_until=None, why="the sender stopped")


def note_failed() -> int:
    """Says of messages whose sending was given up that they failed; returns how many.

    The event lies in the dead letters; taking it out again sends the message all the same.
    """
    buried = Delivery.objects.filter(stage="send", state=State.BURIED)
    keys = list(buried.values_list("key", flat=True)[:BATCH])
    waiting = Message.objects.filter(pk__in=keys, state=MessageState.QUEUED)
    return waiting.update(state=MessageState.FAILED)


def prune() -> int:
    """Deletes mail that ended longer ago than KEEP_MAIL_DAYS; returns how many."""
    old = timezone.now() - timedelta(days=settings.KEEP_MAIL_DAYS)
    ended = Message.objects.filter(queued_at__lt=old).exclude(
        state__in=(MessageState.QUEUED, MessageState.SENDING)
    )
    ids = list(ended.values_list("pk", flat=True)[:BATCH])
    gone = Message.objects.filter(pk__in=ids).delete()[0] if ids else 0
    tally.count("prune.mail", gone)
    return gone
