"""The people of a confirm page or a case: proposed, chosen, looked for, drawn as staff see them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from experts.models import Ask, Expert, Proposal
from experts.queries import registry
from rrmm.web.presenters.person import Person, balance, person
from rrmm.web.staff.brief import Pick
from streams.trail import note
from streams.trail import staff as actor

MOST_FOUND = 12
SHOWN = {"speaks", "awake", "asleep", "not_asked", "asked_once", "asked"}
"""Codes of reasons that stand beside the name anyway: languages, local time, load."""
LATELY = timedelta(days=30)


def drawn(
    ids: Iterable[str | UUID],
    case: UUID,
    now: datetime,
    risks: Mapping[str, str] | None = None,
    communities: bool = False,
) -> list[Person]:
    """People in the order given; ids that nobody has are left out.

    communities: also what they said about themselves (need-to-know: note the view in the trail).
    """
    wanted = [UUID(str(one)) for one in ids]
    rows = Expert.objects.select_related("contact", "consent").prefetch_related("communities")
    found = rows.in_bulk(wanted)
    told, asks = _proposal(case), _asks(wanted, now)
    return [
        person(
            found[key],
            now,
            reasons=told.reasons(str(key)),
            communities=[c.name for c in found[key].communities.all()] if communities else (),
            asks=asks[key],
            risk=(risks or {}).get(str(key), "ordinary"),
            side=told.side(str(key)),
        )
        for key in wanted
        if key in found
    ]


def chosen(case: UUID, picks: Sequence[Pick], now: datetime) -> list[Person]:
    """The slate of a draft."""
    risks = {pick.expert: pick.risk for pick in picks}
    return drawn(risks, case, now, risks, communities=True)


def proposed(case: UUID) -> list[str]:
    """The ids of the proposed slate, best first; empty while nothing is proposed."""
    found = Proposal.objects.filter(case=case).values_list("slate", flat=True).first()
    return [str(one) for one in found or []]


def has_proposal(case: UUID) -> bool:
    """Whether the matcher has said anything about the case."""
    return Proposal.objects.filter(case=case).exists()


def reasons(case: UUID, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The phrases beside each name, as far as the matcher ranked the person."""
    told = _proposal(case)
    return {key: told.reasons(key) for key in ids}


def candidates(case: UUID, q: str, taken: Sequence[str], now: datetime) -> list[Person]:
    """People who fit the words, without those already chosen."""
    if not q:
        return []
    found = registry.candidates(q)
    left = [str(one.pk) for one in found if str(one.pk) not in set(taken)]
    return drawn(left[:MOST_FOUND], case, now)


def sums(people: Sequence[Person]) -> str:
    """The slate as a set, in a sentence."""
    return balance(people)


def note_view(reader: User, case: UUID) -> None:
    """Communities are need-to-know: every view of them is in the trail (E6)."""
    with transaction.atomic():
        note(actor(reader.pk), "communities.viewed", case)


class _Told:
    """What the matcher said about a case, by person."""

    def __init__(self, ranking: Sequence[Mapping[str, object]]) -> None:
        self._lines = {str(line["expert"]): line for line in ranking}

    def reasons(self, expert: str) -> tuple[str, ...]:
        said = self._lines.get(expert, {}).get("reasons")
        told = said if isinstance(said, list) else []
        return tuple(registry.said_in_words(one) for one in told if _code(one) not in SHOWN)

    def side(self, expert: str) -> str:
        return str(self._lines.get(expert, {}).get("side", ""))


def _code(reason: object) -> str:
    return str(reason.get("code", "")) if isinstance(reason, dict) else ""


def _proposal(case: UUID) -> _Told:
    found = Proposal.objects.filter(case=case).values_list("ranking", flat=True).first()
    return _Told(found or [])


def _asks(people: Sequence[UUID], now: datetime) -> Counter[UUID]:
    rows = Ask.objects.filter(expert__in=people, asked_at__gt=now - LATELY)
    return Counter(rows.values_list("expert_id", flat=True))
