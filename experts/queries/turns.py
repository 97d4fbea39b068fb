"""What the rule of the waves needs to know: where a mobilisation stands, who could be asked."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings

from experts.models import Ask, AskState, Expert, Mobilisation, Proposal, Risk, Why
from experts.schedule import Candidate, Limits, Source, Standing, Wave, next_wave, wanted

RANKING_DEPTH = 50
"""How far down the ranking we look for the next best."""


def limits() -> Limits:
    """How often one person may be asked, as set."""
    return Limits(open_asks=settings.ASK_OPEN_MAX, asks=settings.ASK_MONTH_MAX)


def standing(mobilisation: Mobilisation, now: datetime) -> Standing:
    """Where it stands; asks whose time is over no longer count as open."""
    in_time = mobilisation.asks.filter(state=AskState.ASKED, due_at__gt=now).count()
    return Standing(
        now=now,
        slots=mobilisation.slots,
        filled=mobilisation.filled,
        open_asks=in_time,
        extra=mobilisation.extra,
        deadline_at=mobilisation.deadline_at,
        answer_minutes=mobilisation.answer_minutes,
        topics=frozenset(mobilisation.topics),
    )


def decide(mobilisation: Mobilisation, now: datetime) -> Wave:
    """Whom the rule asks now, and whom it passes over and why; looks at nobody when nobody is
    wanted."""
    here = standing(mobilisation, now)
    people = candidates_for(mobilisation, now) if wanted(here) else []
    return next_wave(here, people, limits(), settings.ASK_ANSWER_MINUTES)


def candidates_for(mobilisation: Mobilisation, now: datetime) -> list[Candidate]:
    """Everybody who could be asked: reserve, later, slate, ranking; nobody twice, nobody whom
    staff removed, nobody who has answered or let the time run out."""
    turns = _turns(mobilisation, now)
    people = _people(turns)
    busy = _load_of(turns, mobilisation, now)
    shielded = set(
        mobilisation.slate.filter(risk=Risk.DO_NOT_MAIL).values_list("expert_id", flat=True)
    )
    return [
        Candidate(
            expert=key,
            source=source,
            order=order,
            timezone=people[key].timezone,
            unaskable=people[key].askable_at(now).reason,
            do_not_mail=key in shielded,
            refuses=frozenset(people[key].do_not_ask),
            open_asks=busy[key][0],
            asks_lately=busy[key][1],
        )
        for key, (source, order) in turns.items()
        if key in people
    ]


def _turns(mobilisation: Mobilisation, now: datetime) -> dict[UUID, tuple[Source, int]]:
    """Where each person comes from, the best place of each."""
    turns: dict[UUID, tuple[Source, int]] = {}
    asks = list(mobilisation.asks.order_by("reserve_at", "ask_again_at"))
    for order, ask in enumerate(asks):
        if ask.state == AskState.RESERVE:
            turns[ask.expert_id] = ("reserve", order)
        elif _wants_it_now(ask, now):
            turns[ask.expert_id] = ("later", order)
    settled = {ask.expert_id for ask in asks if not _may_come_again(ask)}
    entries = list(mobilisation.slate.all())
    off = {entry.expert_id for entry in entries if entry.removed}
    for entry in entries:
        if entry.expert_id not in off | settled:
            turns.setdefault(entry.expert_id, ("slate", entry.rank))
    for order, key in enumerate(_ranking(mobilisation.case)):
        if key not in off | settled:
            turns.setdefault(key, ("ranking", order))
    return turns


def _wants_it_now(ask: Ask, now: datetime) -> bool:
    again = ask.state == AskState.DECLINED and ask.why == Why.LATER and ask.ask_again_at
    return bool(again and again <= now)


def _may_come_again(ask: Ask) -> bool:
    """Stood down because places were filled: the place that opens again may be theirs."""
    return ask.state == AskState.STOOD_DOWN and ask.why == Why.FILLED


def _ranking(case: UUID) -> list[UUID]:
    found = Proposal.objects.filter(case=case).values_list("ranking", flat=True).first()
    return [UUID(str(line["expert"])) for line in (found or [])[:RANKING_DEPTH]]


def _people(keys: Iterable[UUID]) -> dict[UUID, Expert]:
    wanted = Expert.objects.select_related("contact", "consent")
    return wanted.in_bulk(list(keys))


def _load_of(
    keys: Iterable[UUID], mobilisation: Mobilisation, now: datetime
) -> dict[UUID, tuple[int, int]]:
    """Open and recent asks of each person in other cases (of live mobilisations only, for open)."""
    people: Sequence[UUID] = list(keys)
    others = Ask.objects.filter(expert__in=people).exclude(mobilisation=mobilisation)
    open_now = Counter(
        others.filter(state=AskState.ASKED, due_at__gt=now).values_list("expert_id", flat=True)
    )
    since = now - limits().within
    lately = Counter(others.filter(asked_at__gt=since).values_list("expert_id", flat=True))
    return {key: (open_now[key], lately[key]) for key in people}
