"""The usual level of flagged articles, against which speed is measured."""

from datetime import datetime, timedelta

from django.db.models import Min, Sum

from rrmm.flashpoints.models import Level

REACH = timedelta(days=7)
LATELY = timedelta(hours=6)
"""Left out, so that an event that runs since hours does not pass for the usual."""


def usual_level(country: str, line: str, now: datetime) -> float:
    """Flagged articles an hour of this country ("" unknown) and fault line over the last 7 days.

    While less has been watched, half an article in a day is assumed beside what was seen.
    """
    until = now - LATELY
    rows = Level.objects.filter(hour__gte=now - REACH, hour__lt=until)
    begun = rows.aggregate(at=Min("hour"))["at"]
    hours = (until - begun).total_seconds() / 3600 if begun else 0.0
    articles = rows.filter(country=country, line=line).aggregate(n=Sum("articles"))["n"] or 0
    return float((articles + 0.5) / (hours + 24.0))
