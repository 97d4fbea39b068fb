"""Mailing staff without flooding them: one mail per case and kind in ten minutes."""

from datetime import datetime, timedelta

from django.utils import timezone

from rrmm.flashpoints.letters import Letter
from rrmm.flashpoints.models import Flashpoint, Told
from streams.mail.services import queue
from streams.tally import count

BUNDLE = timedelta(minutes=10)


def tell(letter: Letter) -> None:
    """Queue the letter, or note that the next one has to say it; in the caller's transaction.

    From severity 3 on nothing waits.
    """
    now = timezone.now()
    if not _there(letter):
        return
    told = Told.objects.filter(flashpoint_id=letter.case, kind=letter.kind).first()
    if told is not None and not letter.urgent and told.at > now - BUNDLE:
        Told.objects.filter(pk=told.pk).update(waiting=True)
        count("tell.bundled")
        return
    _send(letter, now)


def tell_bundled(letter: Letter) -> bool:
    """Send what waited ten minutes; False if somebody was faster. In the caller's transaction."""
    now = timezone.now()
    if not _there(letter):
        return False
    taken = Told.objects.filter(
        flashpoint_id=letter.case, kind=letter.kind, waiting=True, at__lte=now - BUNDLE
    ).update(waiting=False, at=now)
    if taken:
        _send(letter, now)
    return bool(taken)


def _there(letter: Letter) -> bool:
    """Whether there still is a case to tell of; locks its row."""
    there = Flashpoint.objects.select_for_update().filter(pk=letter.case).exists()
    count("tell.no_case", not there)
    return there


def _send(letter: Letter, now: datetime) -> None:
    Told.objects.update_or_create(
        flashpoint_id=letter.case, kind=letter.kind, defaults={"at": now, "waiting": False}
    )
    for mail in letter.mails:
        queue(mail)
    count(f"tell.{letter.kind}", len(letter.mails))
    if not letter.mails:
        count("tell.nobody_on_duty")
