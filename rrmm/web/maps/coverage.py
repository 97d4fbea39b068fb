"""Where our sources sit: per country how many answer, how many do not, and where there is none."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from rrmm.web import words
from rrmm.web.maps.outlines import windows
from streams.collectors.models import Feed
from streams.collectors.queries import FAILING

STATES = ("none", "fails", "part", "waits", "answers")
"""What a country can be, the most missing first: no source; none answers; some do not; none was
asked yet; all that were asked answer."""


@dataclass(frozen=True, slots=True)
class Country:
    """The sources of one country. A source that is switched off counts in `off` alone."""

    code: str
    answering: int = 0
    failing: int = 0
    waiting: int = 0
    off: int = 0

    @property
    def name(self) -> str:
        return words.country(self.code)

    @property
    def watched(self) -> int:
        """Sources that are not switched off."""
        return self.answering + self.failing + self.waiting

    @property
    def state(self) -> str:
        """One of `STATES`."""
        if not self.watched:
            return "none"
        if self.failing:
            return "part" if self.answering else "fails"
        return "answers" if self.answering else "waits"


@dataclass(frozen=True, slots=True)
class Coverage:
    """All countries with an outline or a source, by name; sources that say no country."""

    countries: tuple[Country, ...]
    nowhere: int

    def of(self, state: str) -> list[Country]:
        """The countries in a state, those with the most sources that fail first."""
        found = [country for country in self.countries if country.state == state]
        return sorted(found, key=lambda country: -country.failing)


def coverage() -> Coverage:
    """Counts of today, without the demo's sources (nothing of the demo counts as evidence)."""
    live = Q(active=True, muted_at__isnull=True, last_error="")
    rows = (
        Feed.objects.filter(demo=False)
        .values("country")
        .annotate(
            answering=Count("pk", filter=live & Q(last_fetched_at__isnull=False)),
            failing=Count("pk", filter=FAILING | Q(active=True, muted_at__isnull=False)),
            waiting=Count("pk", filter=live & Q(last_fetched_at__isnull=True)),
            off=Count("pk", filter=Q(active=False)),
        )
        .order_by()
    )
    return drawn(
        Country(row["country"], row["answering"], row["failing"], row["waiting"], row["off"])
        for row in rows
    )


def drawn(found: Iterable[Country]) -> Coverage:
    """The coverage of these countries; every outline that is not among them has no source."""
    known = {country.code: country for country in found}
    nowhere = known.pop("", Country("")).watched
    missing = (Country(code) for code in windows() if code not in known)
    every = sorted((*known.values(), *missing), key=lambda country: country.name)
    return Coverage(tuple(every), nowhere)
