"""How a case comes onto the desk: by hand, or by the watch."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rrmm.flashpoints.models import DayNumber, FaultLine, Flashpoint, Origin
from rrmm.flashpoints.services.guard import Conflict
from streams.events import FlashpointOpened
from streams.log import append
from streams.trail import note as trail


def open_by_hand(
    staff: AbstractBaseUser,
    *,
    headline: str,
    country: str,
    place: str,
    lines: Sequence[str],
    severity: int,
    note: str,
    origin: str,
    languages: Sequence[str],
    demo: bool = False,
) -> UUID:
    """Open a case from a call, a mail or a form; returns its id.

    It has no articles and no voices: who told us is kept in `note`, apart from corroboration,
    and goes into no event. Raises Conflict, with the field's fault in words.
    """
    headline, lines = headline.strip(), [line for line in FaultLine.values if line in lines]
    _refuse_unusable(headline, country, lines, severity, origin)
    now = timezone.now()
    with transaction.atomic():
        case = Flashpoint.objects.create(
            number=next_number(now),
            headline=headline[:400],
            country=country.upper(),
            countries=[country.upper()],
            place=place.strip()[:120],
            lines=lines,
            severity=severity,
            severity_by_hand=True,
            note=note.strip(),
            origin=origin,
            languages=list(dict.fromkeys(languages)),
            first_seen_at=now,
            last_article_at=now,
            opened_at=now,
            opened_by_hand=True,
            demo=demo,
        )
        append(_opened(case))
        trail(f"staff:{staff.pk}", "flashpoint.opened_by_hand", case.pk, demo=demo, origin=origin)
    return case.pk


def _opened(case: Flashpoint) -> FlashpointOpened:
    """The event of a case opened by hand: codes only, no words of whoever told us."""
    return FlashpointOpened(
        flashpoint=case.pk,
        severity=case.severity,
        lines=tuple(case.lines),
        countries=(case.country,),
        languages=tuple(case.languages),
        by_hand=True,
        demo=case.demo,
    )


def next_number(now: datetime) -> str:
    """UTC date and running number of the day, "26-1121-04"; inside a transaction."""
    DayNumber.objects.get_or_create(day=now.date())
    row = DayNumber.objects.select_for_update().get(day=now.date())
    row.last += 1
    row.save(update_fields=["last"])
    return f"{now:%y-%m%d}-{row.last:02d}"


def _refuse_unusable(
    headline: str, country: str, lines: Sequence[str], severity: int, origin: str
) -> None:
    faults = {
        _("Say in one line what happened."): not headline,
        _("Say in which country."): len(country) != 2 or not country.isalpha(),
        _("Choose at least one fault line."): not lines,
        _("Severity goes from 1 to 4."): severity not in (1, 2, 3, 4),
        _("Say who told us."): origin not in Origin.values or origin == Origin.MACHINE,
    }
    found = [words for words, wrong in faults.items() if wrong]
    if found:
        raise Conflict(" ".join(found))
