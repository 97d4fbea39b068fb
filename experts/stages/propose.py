"""Stage propose: a case came or grew; rank people for it, and choose five as a set."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from experts import memory
from experts.matching import text
from experts.matching.rank import Index
from experts.matching.sides import letters
from experts.matching.slate import choose
from experts.matching.values import Match, Need, Now
from experts.models import Expert, Proposal
from experts.queries.profiles import askable, loads
from streams.events import CaseFacts, SlateProposed
from streams.log import append

KEPT = 50
"""How many people of a ranking are kept: enough for many waves."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A case with its ranking and slate, as rows keep them."""

    case: UUID
    ranking: list[dict[str, Any]]
    slate: list[str]
    demo: bool


def prepare(events: Sequence[CaseFacts]) -> list[Ranked]:
    """Ranks for the latest state of every case among the events."""
    latest = {event.flashpoint: event for event in events}
    return [_ranked(event) for event in latest.values()]


def warm() -> None:
    """Reads names, gazetteer and encoder before the first case comes: it would wait for them."""
    text.read("")
    memory.warm()


def apply(prepared: Sequence[Ranked]) -> None:
    """Stores what is new; who left the registry meanwhile is left out."""
    named = {line["expert"] for ranked in prepared for line in ranked.ranking}
    there = {str(pk) for pk in Expert.objects.filter(pk__in=named).values_list("pk", flat=True)}
    for ranked in prepared:
        ranking = [line for line in ranked.ranking if line["expert"] in there]
        _store(ranked, ranking, [person for person in ranked.slate if person in there])


def _ranked(event: CaseFacts) -> Ranked:
    now = timezone.now()
    people = _people_for(event)
    allowed = {str(pk) for pk in askable(now).values_list("pk", flat=True)}
    out = [profile.id for profile in people.profiles if profile.id not in allowed]
    need = Need(
        text=event.text, lines=event.lines, countries=event.countries, wanted=event.languages
    )
    asked = people.understood(need)
    ranking = people.rank(asked, Now(now, loads(now)), most=KEPT, without=out)
    side = letters(ranking, asked)
    lines = [_line(match, side[match.profile.id]) for match in ranking]
    slate = [match.profile.id for match in choose(ranking, asked)]
    return Ranked(event.flashpoint, lines, slate, event.demo)


def _people_for(event: CaseFacts) -> Index:
    """Nobody real is ever proposed for an invented case. For a real one the invented people stand
    in only as long as the registry holds nobody else; they are marked wherever they appear."""
    if event.demo:
        return memory.index(demo=True)
    real = memory.index(demo=False)
    return real if len(real) else memory.index(demo=True)


def _line(match: Match, side: str) -> dict[str, Any]:
    return {
        "expert": match.profile.id,
        "score": match.score,
        "reasons": [asdict(reason) for reason in match.reasons],
        "side": side,
    }


def _store(ranked: Ranked, ranking: list[dict[str, Any]], slate: list[str]) -> None:
    """A new generation, and its event, only where people or their order changed."""
    fresh = {"ranking": ranking, "slate": slate, "at": timezone.now(), "demo": ranked.demo}
    Proposal.objects.get_or_create(case=ranked.case, defaults=fresh | {"generation": 0})
    held = Proposal.objects.select_for_update().get(case=ranked.case)
    moved = held.generation == 0 or _people(held.ranking) != _people(ranking) or held.slate != slate
    for name, value in fresh.items():
        setattr(held, name, value)
    held.generation += moved
    held.save()
    if moved:
        append(SlateProposed(case=ranked.case, demo=ranked.demo))


def _people(ranking: Sequence[dict[str, Any]]) -> list[str]:
    return [line["expert"] for line in ranking]
