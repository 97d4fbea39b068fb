"""People as the matcher and the import see them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet, TextField
from django.db.models.functions import Cast

from experts.importing.rows import Row
from experts.matching.names import FAULT_LINES
from experts.matching.values import Load, Profile
from experts.models import NOTHING, Ask, AskState, Edition, Expert

LATELY = timedelta(days=30)
LONGER = timedelta(days=90)
Mark = tuple[int, int, str]


def mark() -> Mark:
    """Changes whenever the registry does: its edition, how many people, the latest change. (The
    two others notice rows that were written past the services.)"""
    number = Edition.objects.aggregate(top=Max("number"))["top"] or 0
    state = Expert.objects.aggregate(many=Count("pk"), last=Max("changed_at"))
    return number, state["many"], str(state["last"])


def with_private() -> QuerySet[Expert]:
    """People with what says whether they may be asked."""
    return Expert.objects.select_related("contact", "consent")


def askable(now: datetime) -> QuerySet[Expert]:
    """People who may be asked: the rule of `Expert.askable_at`, in the database."""
    told = Expert.objects.annotate(refused=Cast("do_not_ask", TextField()))
    return told.filter(
        Q(paused_until__isnull=True) | Q(paused_until__lte=now),
        active=True,
        consent__at__isnull=False,
        consent__source__gt="",
        contact__email__gt="",
    ).exclude(refused__contains=f'"{NOTHING}"')


def profiles(*, demo: bool) -> list[Profile]:
    """Everybody who was not taken out of the registry, as the matcher reads them."""
    people = Expert.objects.filter(active=True, demo=demo).order_by("ref")
    return [profile(one) for one in people.prefetch_related("communities").iterator(2000)]


def profile(expert: Expert) -> Profile:
    """One person, as the matcher reads them."""
    told = (expert.title, expert.affiliation, expert.bio, expert.media_experience)
    return Profile(
        id=str(expert.pk),
        text=". ".join(part for part in told if part),
        country=expert.country,
        languages=tuple(expert.languages),
        regions=tuple(expert.regions),
        fault_lines=tuple(expert.fault_lines),
        communities=tuple(c.name for c in expert.communities.all()),
        gender=expert.gender,
        affiliation=expert.affiliation,
        timezone=expert.timezone,
        refuses=_refused(expert.do_not_ask),
    )


def loads(now: datetime, people: Iterable[UUID] | None = None) -> dict[str, Load]:
    """How much everybody (or these people) was asked lately; only those who were."""
    asks = Ask.objects.filter(asked_at__gt=now - LONGER)
    if people is not None:
        asks = asks.filter(expert__in=people)
    counted = asks.values(person=F("expert")).annotate(
        lately=Count("pk", filter=Q(asked_at__gt=now - LATELY)),
        all=Count("pk"),
        answered=Count("pk", filter=Q(answered_at__isnull=False)),
        unanswered=Count("pk", filter=Q(state=AskState.EXPIRED)),
    )
    return {
        str(row["person"]): Load(
            row["lately"], row["all"], row["answered"], row["answered"] + row["unanswered"]
        )
        for row in counted
    }


def rows(refs: Iterable[str] | None = None) -> dict[str, Row]:
    """People as a list has them, by id: what an import compares with."""
    people = with_private().prefetch_related("communities")
    if refs is not None:
        people = people.filter(ref__in=list(refs))
    return {one.ref: row(one) for one in people}


def row(expert: Expert) -> Row:
    """One person as a list has them, address and communities included."""
    consent = getattr(expert, "consent", None)
    return Row(
        id=expert.ref,
        name=expert.name,
        title=expert.title,
        affiliation=expert.affiliation,
        country=expert.country,
        languages=tuple(expert.languages),
        regions=tuple(expert.regions),
        fault_lines=tuple(expert.fault_lines),
        communities=tuple(c.name for c in expert.communities.all()),
        gender=expert.gender,
        bio=expert.bio,
        email=expert.contact.email if hasattr(expert, "contact") else "",
        timezone=expert.timezone,
        consented_at=consent.at if consent else None,
        consent_source=consent.source if consent else "",
        media_experience=expert.media_experience,
        do_not_ask=tuple(expert.do_not_ask),
    )


def _refused(do_not_ask: Iterable[str]) -> frozenset[str]:
    refused = frozenset(do_not_ask)
    return frozenset(FAULT_LINES) if NOTHING in refused else refused & frozenset(FAULT_LINES)
