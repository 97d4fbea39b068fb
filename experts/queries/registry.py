"""Looking for people, and what staff read about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from experts.matching.names import (
    FAULT_LINES,
    country_codes,
    folded,
    language_codes,
    line_codes,
    place_name,
)
from experts.matching.reasons import words
from experts.matching.values import Reason
from experts.models import NOTHING, Expert, Proposal
from experts.queries.profiles import askable, with_private

MOST = 50
WHY_NOT = {
    "inactive": gettext_lazy("taken out of the registry"),
    "no_email": gettext_lazy("no e-mail address"),
    "no_consent": gettext_lazy("no consent on record"),
    "paused": gettext_lazy("paused"),
    "do_not_ask": gettext_lazy("does not want to be asked"),
}
"""Why somebody cannot be asked, by the reason of `Askable`."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of people is narrowed by; empty means all. state: "askable", or a code of
    WHY_NOT."""

    q: str = ""
    line: str = ""
    language: str = ""
    country: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """One person of a proposal, with the reasons in the reader's language."""

    expert: Expert
    score: float
    reasons: tuple[str, ...]
    side: str


def search(q: str, most: int = MOST) -> list[Expert]:
    """People whose name, work, country, languages or subjects fit all the words; best names
    first. Empty words find nobody."""
    if not q.split():
        return []
    found = list(_fitting(with_private(), q)[: most * 4])
    plain = folded(q)
    return sorted(found, key=lambda one: plain not in folded(one.name))[:most]


def candidates(q: str, most: int = MOST) -> list[Expert]:
    """People who could be put on a slate. Those who cannot be asked are there too, last, so that
    nobody is looked for in vain: `Expert.askable` says why not."""
    return sorted(search(q, most), key=lambda one: not one.askable)


def listed(filters: Filters, now: datetime) -> QuerySet[Expert]:
    """The registry's list, by name."""
    people = _texts(with_private())
    if filters.q.split():
        people = _fitting(people, filters.q)
    if filters.line:
        people = people.filter(_lists("lines", filters.line))
    if filters.language:
        people = people.filter(_lists("languages", filters.language))
    if filters.country:
        people = people.filter(country=filters.country)
    return people.filter(_in_state(filters.state, now)).order_by("name", "ref")


def counts(now: datetime) -> dict[str, int]:
    """How many people there are, can be asked, and cannot, by reason."""
    states = ("askable", *WHY_NOT)
    numbers = {s: Expert.objects.filter(_in_state(s, now)).count() for s in states}
    return {"all": Expert.objects.count(), **numbers}


def codes_in_use() -> dict[str, list[str]]:
    """Countries and languages that people have, for the filters."""
    spoken = {
        code for codes in Expert.objects.values_list("languages", flat=True) for code in codes
    }
    countries = Expert.objects.order_by().values_list("country", flat=True).distinct()
    return {"countries": sorted(countries), "languages": sorted(spoken)}


def proposal(case: UUID) -> list[Proposed]:
    """The slate that the matcher proposes for a case, best first; nobody before it did."""
    found = Proposal.objects.filter(case=case).first()
    chosen = set(found.slate) if found else set()
    return [one for one in ranking(case) if str(one.expert.pk) in chosen]


def ranking(case: UUID) -> list[Proposed]:
    """Everybody whom the matcher ranked for a case, best first, as far as still there."""
    found = Proposal.objects.filter(case=case).first()
    lines = list(found.ranking) if found else []
    people = with_private().in_bulk([UUID(line["expert"]) for line in lines])
    return [
        Proposed(
            expert=people[UUID(line["expert"])],
            score=float(line["score"]),
            reasons=tuple(said_in_words(one) for one in line["reasons"]),
            side=str(line.get("side", "")),
        )
        for line in lines
        if UUID(line["expert"]) in people
    ]


def said_in_words(reason: Mapping[str, Any] | str) -> str:
    """A stored reason (`{"code", "about", "more"}`) as a phrase in the reader's language; a
    phrase stays as it is."""
    if isinstance(reason, str):
        return reason
    told = Reason(str(reason["code"]), str(reason.get("about", "")), str(reason.get("more", "")))
    return words(told, _, (get_language() or "en").split("-")[0])


def _texts(people: QuerySet[Expert]) -> QuerySet[Expert]:
    """Lists as text: SQLite cannot look into JSON lists."""
    return people.annotate(
        languages_text=Cast("languages", TextField()), lines_text=Cast("fault_lines", TextField())
    )


def _lists(what: str, code: str) -> Q:
    return Q((f"{what}_text__contains", f'"{code}"'))


def _fitting(people: QuerySet[Expert], q: str) -> QuerySet[Expert]:
    everywhere = (_word(word) for word in q.split()[:8])
    return _texts(people).filter(reduce(lambda a, b: a & b, everywhere)).order_by("name", "ref")


def _word(word: str) -> Q:
    """One word: in a text (also as written with a capital: SQLite folds only ASCII), or the name
    of a language, a country or a fault line."""
    found = Q()
    for written in {word, word.capitalize(), word.lower()}:
        for column in ("name", "title", "affiliation", "bio"):
            found |= Q(**{f"{column}__icontains": written})
    plain = folded(word)
    found |= Q(ref__iexact=word)
    if len(plain) > 2 and plain in language_codes():
        found |= _lists("languages", language_codes()[plain])
    if plain in country_codes():
        found |= Q(country=country_codes()[plain])
    if len(plain) > 1 and line_codes().get(plain) in FAULT_LINES:
        found |= _lists("lines", line_codes()[plain])
    return found


def _refusing() -> QuerySet[Expert]:
    told = Expert.objects.annotate(refused=Cast("do_not_ask", TextField()))
    return told.filter(refused__contains=f'"{NOTHING}"')


def _in_state(state: str, now: datetime) -> Q:
    """The condition of a state of WHY_NOT, in the order in which `Askable` looks; "" is all."""
    gone, paused = Q(active=False), Q(paused_until__gt=now)
    no_email = Q(contact__isnull=True) | Q(contact__email="")
    no_consent = Q(consent__isnull=True) | Q(consent__at__isnull=True) | Q(consent__source="")
    refused = Q(pk__in=_refusing().values("pk"))
    steps = {
        "inactive": gone,
        "no_email": no_email & ~gone,
        "no_consent": no_consent & ~no_email & ~gone,
        "paused": paused & ~no_consent & ~no_email & ~gone,
        "do_not_ask": refused & ~paused & ~no_consent & ~no_email & ~gone,
    }
    if state == "askable":
        return Q(pk__in=askable(now).values("pk"))
    return steps.get(state, Q())


def place(code: str) -> str:
    """A country or region in the reader's language."""
    return place_name(code, (get_language() or "en").split("-")[0])
