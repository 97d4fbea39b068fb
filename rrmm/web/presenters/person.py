"""A person as staff see them where people are chosen: work, languages, awake or asleep, load."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from experts.matching import clock
from experts.queries.registry import WHY_NOT
from rrmm.web import words


@dataclass(frozen=True)
class Person:
    """`awake` is None where the zone is not known; `not_askable` says why not, "" where askable;
    `side` is a, b or "" (between, or not known)."""

    id: str
    name: str
    work: str
    country: str
    languages: tuple[str, ...]
    reasons: tuple[str, ...]
    communities: tuple[str, ...]
    awake: bool | None
    local_time: str
    zone: str
    load: str
    demo: bool
    not_askable: str
    risk: str = "ordinary"
    side: str = ""


def person(
    expert: Any,
    now: datetime,
    *,
    reasons: Sequence[str] = (),
    communities: Sequence[str] = (),
    asks: int = 0,
    risk: str = "ordinary",
    side: str = "",
) -> Person:
    """Draw an `experts.models.Expert` (contact and consent selected). asks: in 30 days."""
    local = clock.local(expert.timezone, now)
    why = str(expert.askable_at(now))
    return Person(
        id=str(expert.pk),
        name=expert.name,
        work=work(expert.title, expert.affiliation),
        country=words.country(expert.country),
        languages=tuple(expert.languages),
        reasons=tuple(reasons),
        communities=tuple(communities),
        awake=clock.awake(expert.timezone, now),
        local_time=f"{local:%H:%M}" if local else "",
        zone=expert.timezone,
        load=ngettext("%(n)d ask in 30 days", "%(n)d asks in 30 days", asks) % {"n": asks},
        demo=expert.demo,
        not_askable=str(WHY_NOT.get(why, why)),
        risk=risk,
        side=side,
    )


def work(title: str, affiliation: str) -> str:
    """ "sociologist, Istituto del Porto"; whatever of both is known."""
    return ", ".join(part for part in (title, affiliation) if part)


@dataclass(frozen=True)
class There:
    """A moment where people are: "Sat 18:00", "Tunis (2 people)"."""

    time: str
    where: str


def local_times(zones: Iterable[str], at: datetime | None) -> list[There]:
    """The moment in every zone, westernmost first; how many people where there is more than one."""
    if at is None:
        return []
    counted: dict[str, int] = {}
    for zone in zones:
        counted[zone] = counted.get(zone, 0) + 1
    found = [(clock.local(zone, at), zone, n) for zone, n in counted.items()]
    known = sorted(((t.replace(tzinfo=None), z, n) for t, z, n in found if t), key=lambda x: x[:2])
    return [There(_weekday(t), _where(zone, n)) for t, zone, n in known]


def _weekday(at: datetime) -> str:
    return f"{date_format(at, 'D')} {at:%H:%M}"


def _where(zone: str, n: int) -> str:
    city = zone.rpartition("/")[2].replace("_", " ")
    if n == 1:
        return _("in %(city)s") % {"city": city}
    return _("in %(city)s (%(n)d people)") % {"city": city, "n": n}


def balance(people: Sequence[Person]) -> str:
    """The slate as a set: languages and sides, in a sentence. No side is named here."""
    if not people:
        return ""
    spoken: dict[str, int] = {}
    for one in people:
        for code in one.languages:
            spoken[code] = spoken.get(code, 0) + 1
    parts = [", ".join(f"{code} {n}" for code, n in sorted(spoken.items(), key=lambda x: -x[1]))]
    a, b = (sum(one.side == side for one in people) for side in "ab")
    if a or b:
        between = len(people) - a - b
        said = {"a": a, "b": b, "between": between}
        parts.append(_("sides %(a)d and %(b)d, between %(between)d") % said)
    return "; ".join(part for part in parts if part)
