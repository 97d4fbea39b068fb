"""With which case another may be one: open ones that are near it, and what both would be."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from rrmm.flashpoints.models import Dismissal, Flashpoint, State
from rrmm.flashpoints.queries.look import together
from rrmm.flashpoints.queries.stories import stories_of

NUMBER = re.compile(r"\b\d{2}-\d{4}-\d{2,}\b")
DUPLICATES_FOR = timedelta(hours=72)
NEAR = timedelta(hours=12)
MOST = 300
"""Cases that are looked at, those with the newest articles."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case and why it may be the same: named (in a dismissal), place, country, line, time."""

    case: Flashpoint
    why: tuple[str, ...]


def candidates(
    case: Flashpoint, now: datetime, q: str = "", *, dismissed: bool = True
) -> Sequence[Candidate]:
    """Cases that may be merged with this one, likeliest first. q: words that must occur.

    dismissed: also those dismissed as duplicates lately.
    """
    rows = _pool(case, now, dismissed=dismissed)
    for word in q.split()[:8]:
        rows = rows.filter(
            Q(number__icontains=word) | Q(headline__icontains=word) | Q(place__icontains=word)
            | Q(country__iexact=word) | Q(gist__icontains=word)
        )  # fmt: skip
    found = [Candidate(row, _why(case, row)) for row in rows[:MOST]]
    return sorted(found, key=lambda one: -sum(_WEIGHT[code] for code in one.why))


def both(one: Flashpoint, other: Flashpoint, now: datetime) -> dict[str, Any] | None:
    """What `one` would show if both were one case; None where neither has an article."""
    roots = [case.story_id for case in (one, other) if case.story_id]
    return together({story for root in roots for story in stories_of(root)}, one, now)


_WEIGHT = {"named": 10, "place": 4, "country": 2, "time": 1, "line": 1}


def _pool(case: Flashpoint, now: datetime, *, dismissed: bool) -> "QuerySet[Flashpoint]":
    wanted = Q(state__in=(State.NEW, State.HELD, State.CONFIRMED))
    if dismissed:
        wanted |= Q(
            state=State.DISMISSED,
            dismissal=Dismissal.DUPLICATE,
            decided_at__gte=now - DUPLICATES_FOR,
        )
    rows = Flashpoint.objects.filter(wanted, demo=case.demo).exclude(pk=case.pk)
    return rows.select_related("holder", "decided_by").order_by("-last_article_at")


def _why(case: Flashpoint, other: Flashpoint) -> tuple[str, ...]:
    named = {*NUMBER.findall(case.dismissed_words), *NUMBER.findall(other.dismissed_words)}
    apart = max(
        case.first_seen_at - other.last_article_at, other.first_seen_at - case.last_article_at
    )
    same = {
        "named": bool(named & {case.number, other.number}),
        "place": bool(case.place) and (case.place, case.country) == (other.place, other.country),
        "country": bool(case.country) and case.country == other.country,
        "line": bool(set(case.lines) & set(other.lines)),
        "time": apart < NEAR,
    }
    return tuple(code for code, so in same.items() if so)
