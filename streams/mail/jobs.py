"""Clock: nothing stays leased because a sender died."""

from django.utils import timezone

from streams.mail.models import Message, MessageState


def release_leases() -> int:
    """Puts messages whose lease ran out back into the queue; returns how many."""
    stuck = Message.objects.filter(state=MessageState.SENDING, lease_until__lt=timezone.now())
    return stuck.update(state=MessageState.QUEUED, lease_until=None, why="the sender stopped")
