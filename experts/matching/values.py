"""What the matcher takes and gives. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Profile:
    """What the matcher knows of a person. Lists are codes (`names`), `text` is title, affiliation,
    biography, in any language. Communities only balance a slate; they are never searched."""

    id: str
    text: str
    country: str = ""
    languages: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    fault_lines: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    gender: str = ""
    affiliation: str = ""
    timezone: str = ""
    refuses: frozenset[str] = frozenset()
    """Fault lines on which this person does not want to be asked."""


@dataclass(frozen=True, slots=True)
class Need:
    """What is looked for. Lines, most important first, and countries are read from the text where
    they are not given. required: only who speaks one of these languages may be proposed.
    wanted: languages that are good to have. regions: region or country codes."""

    text: str
    lines: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Load:
    """How much a person was asked lately, and how often an answer came."""

    asks_30: int = 0
    asks_90: int = 0
    answered: int = 0
    """Of the asks of the last 90 days that are over: answered with yes or no."""
    over: int = 0


@dataclass(frozen=True, slots=True)
class Now:
    """The state of the world at the moment of ranking: an aware time, and the load of everybody
    who was asked lately; None where nobody keeps count."""

    at: datetime
    loads: Mapping[str, Load] | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody stands where they stand: a code of `reasons.TEMPLATES` and what it is about."""

    code: str
    about: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """One person of a ranking: score 0 to 1, and the reasons that can be checked."""

    profile: Profile
    score: float
    reasons: tuple[Reason, ...] = ()
