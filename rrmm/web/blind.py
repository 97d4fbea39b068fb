"""Where we are blind: countries and languages without a source, and sources that fell quiet."""

import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from threading import Lock

from babel.languages import get_official_languages
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rrmm.web import words
from rrmm.web.maps.outlines import windows
from streams.collectors.seen import Sight, sights, watched
from streams.collectors.usual import STATES

KEEP_SECONDS = 30.0
NAMED = 3
"""Places that a line names before it counts the rest."""
ONE_LANGUAGE = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "fil": "tl"}
"""Codes that sources and the tables of CLDR write differently."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A country where some official languages (CLDR) have no source; `whole`: it has none."""

    country: str
    languages: tuple[str, ...]
    whole: bool

    @property
    def name(self) -> str:
        return words.country(self.country)

    @property
    def language_names(self) -> str:
        named = ((code, words.language(code)) for code in self.languages)
        return ", ".join(name for code, name in named if name != code)


@dataclass(frozen=True, slots=True)
class Blind:
    """sights: what is watched, the most missing first; gaps: what is not, by name."""

    sights: tuple[Sight, ...]
    gaps: tuple[Gap, ...]

    def of(self, *states: str) -> list[Sight]:
        return [sight for sight in self.sights if sight.state in states]

    @property
    def counts(self) -> dict[str, int]:
        return dict(Counter(sight.state for sight in self.sights))

    @property
    def whole(self) -> list[Gap]:
        """Countries without any source."""
        return [gap for gap in self.gaps if gap.whole]

    @property
    def partly(self) -> list[Gap]:
        """Countries that we see in some of their languages only."""
        return [gap for gap in self.gaps if not gap.whole]

    @property
    def learning(self) -> bool:
        """Whether nothing was counted long enough to know what is usual."""
        return bool(self.sights) and all(sight.state == "learning" for sight in self.sights)


def found(seen: Iterable[Sight], countries: Collection[str]) -> Blind:
    """Sorts what is watched and finds the gaps; countries: the codes that should be covered."""
    rows = sorted(
        seen,
        key=lambda s: (STATES.index(s.state), -(s.expected or 0), words.country(s.country)),
    )
    covered: dict[str, set[str]] = defaultdict(set)
    for sight in rows:
        covered[sight.country].add(_same(sight.language))
    gaps = [_gap(code, covered.get(code)) for code in countries]
    named = sorted((gap for gap in gaps if gap), key=lambda gap: gap.name)
    return Blind(tuple(rows), tuple(named))


def _gap(country: str, covered: set[str] | None) -> Gap | None:
    official = official_languages(country)
    if covered is None:
        return Gap(country, official, whole=True)
    missing = tuple(code for code in official if code not in covered)
    return Gap(country, missing, whole=False) if missing and "" not in covered else None


@cache
def official_languages(country: str) -> tuple[str, ...]:
    """Languages official in a country by CLDR; for those without any by law the customary ones."""
    codes = get_official_languages(country) or get_official_languages(country, de_facto=True)
    return tuple(dict.fromkeys(_same(code.partition("_")[0]) for code in codes))


def _same(code: str) -> str:
    return ONE_LANGUAGE.get(code, code)


def in_a_line(blind: Blind) -> str:
    """One sentence to stand beside "no flashpoints"."""
    if not blind.sights:
        return _("No source is watched: we see nothing anywhere.")
    without = _countries(len(blind.whole))
    if blind.learning:
        said = _("What is usual is still being counted, so nobody can say yet who is quieter.")
        return f"{said} {without}"
    silent, quiet = blind.of("silent"), blind.of("quiet")
    parts = []
    if silent:
        parts.append(_("Silent for a day: %(places)s.") % {"places": _places(silent)})
    if quiet:
        parts.append(_("Quieter than usual: %(places)s.") % {"places": _places(quiet)})
    if not parts:
        parts.append(_("Wherever we can tell, as much came as usual."))
    return " ".join([*parts, without])


def _countries(without: int) -> str:
    return ngettext(
        "In %(n)s country we have no source at all.",
        "In %(n)s countries and territories we have no source at all.",
        without,
    ) % {"n": without}


def _places(found_: list[Sight]) -> str:
    names = [place(sight) for sight in found_[:NAMED]]
    rest = len(found_) - len(names)
    more = [ngettext("%(n)s more", "%(n)s more", rest) % {"n": rest}] if rest else []
    return ", ".join([*names, *more])


def place(sight: Sight) -> str:
    """ "Mali (French)"; what the sources do not say is said to be missing."""
    country = words.country(sight.country) or _("no country named")
    language = words.language(sight.language) or _("no language named")
    return f"{country} ({language})"


class _Kept:
    at: float = float("-inf")
    sources: int = -1
    reading: Blind | None = None
    lock = Lock()


def read() -> Blind:
    """At most KEEP_SECONDS old, and anew when a source came or went."""
    with _Kept.lock:
        fresh, sources = time.monotonic() - _Kept.at < KEEP_SECONDS, watched()
        if _Kept.reading is None or not fresh or sources != _Kept.sources:
            _Kept.reading, _Kept.at = found(sights(), windows()), time.monotonic()
            _Kept.sources = sources
        return _Kept.reading


def forget() -> None:
    """The next `read` looks anew."""
    _Kept.reading = None
