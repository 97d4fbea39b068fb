"""Clock: sessions that ended and old sign-in attempts go."""

from datetime import timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.utils import timezone

KEPT = timedelta(days=90)


def prune() -> int:
    """Deletes expired sessions, and attempts older than 90 days; returns how many rows."""
    now = timezone.now()
    gone = Session.objects.filter(expire_date__lt=now).delete()[0]
    for book in (AccessAttempt, AccessFailureLog, AccessLog):
        gone += book.objects.filter(attempt_time__lt=now - KEPT).delete()[0]
    return int(gone)
