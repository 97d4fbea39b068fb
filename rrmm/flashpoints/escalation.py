"""When a story becomes a case, how big it is, and how well it is known. Pure.

Two scores, never added up. Newsworthiness (0 to 100): speed against the usual level of that
country and fault line, severity, reach. Corroboration (0 to 100): independent owners, sources that
the reports name, a current date, agreement on the place. There is no rule of two sources: one
grave article of one source opens a case, which then shows that only one voice says so.

A story and its case:

    (none)     --newsworthiness reaches `open_at`, something fresh in it-->      open
    new        --anything more-->                                                 grow
    held       --severity rises-->                                                come_back
    held, confirmed --anything more-->                                            grow
    dismissed  --`cool_down` over, something really new-->                        come_back
    closed     --`cool_down` over, something really new-->                        open (a new case)

Really new: the severity rises, or the voices double and a language or country joins. In the
cool-down only a rise to severity 3 or more counts. A case dismissed as a duplicate only comes
back by severity. A case that comes back says why. Backfill never counts as speed and never opens
a case; copies count nowhere.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from rrmm.flashpoints.scores import (
    Parameters,
    Voice,
    corroboration_of,
    newsworthiness_of,
    scene_of,
    severity_of,
    voices_of,
)

Action = Literal["nothing", "open", "grow", "come_back"]


@dataclass(frozen=True, slots=True)
class Standing:
    """The story's newest case, `state` as in `models.State`.

    The last four are those at the decision, where one was taken.
    """

    state: str
    severity: int
    decided_at: datetime | None = None
    duplicate: bool = False
    decided_severity: int = 0
    decided_voices: int = 0
    decided_languages: frozenset[str] = frozenset()
    decided_countries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, and what the case shows. `rule`: what was seen, as codes with numbers; `why`:
    what is new since the decision, where the action is to come back."""

    action: Action
    newsworthiness: int
    corroboration: int
    severity: int
    voices: int
    copies: int
    country: str
    countries: tuple[str, ...]
    lines: tuple[str, ...]
    languages: tuple[str, ...]
    rule: tuple[dict[str, Any], ...]
    why: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class _Facts:
    severity: int
    voices: int
    languages: tuple[str, ...]
    countries: tuple[str, ...]
    newsworthiness: int


def decide(
    story: Sequence[Voice],
    usual: float,
    standing: Standing | None,
    now: datetime,
    parameters: Parameters,
) -> Decision:
    """The decision on a story as it stands.

    story: every article of it, copies and backfill too; at least one. usual: flagged articles an
    hour in that country and on that fault line, of the last days. now: aware.
    """
    own = [voice for voice in story if not voice.is_copy]
    scene = scene_of(own)
    severity, grave = severity_of(own, scene, now, parameters)
    newsworthiness, seen = newsworthiness_of(own, usual, min(severity, 3), now, parameters)
    corroboration, checked = corroboration_of(own, len(story) - len(own), scene, now, parameters)
    languages = _by_frequency([voice.language for voice in own])
    countries = _by_frequency([country for voice in own for country in voice.countries])
    voices = voices_of(own)
    facts = _Facts(severity, voices, languages, countries, newsworthiness)
    action = _action(own, facts, standing, now, parameters)
    return Decision(
        action=action,
        newsworthiness=newsworthiness,
        corroboration=corroboration,
        severity=severity,
        voices=voices,
        copies=len(story) - len(own),
        country=scene,
        countries=countries,
        lines=_lines(own),
        languages=languages,
        rule=(*seen, *grave, *checked),
        why=_why(facts, standing, now) if standing and action == "come_back" else (),
    )


def _action(
    own: Sequence[Voice],
    facts: _Facts,
    standing: Standing | None,
    now: datetime,
    parameters: Parameters,
) -> Action:
    fresh = any(not voice.backfill for voice in own)
    if standing is None:
        return "open" if fresh and facts.newsworthiness >= parameters.open_at else "nothing"
    if standing.state in ("new", "confirmed"):
        return "grow"
    if standing.state == "held":
        return "come_back" if fresh and facts.severity > standing.decided_severity else "grow"
    if not fresh or not _really_new(facts, standing, now, parameters):
        return "nothing"
    return "open" if standing.state == "closed" else "come_back"


def _really_new(
    facts: _Facts,
    standing: Standing,
    now: datetime,
    parameters: Parameters,
) -> bool:
    worse = facts.severity > standing.decided_severity
    since = now - standing.decided_at if standing.decided_at else timedelta.max
    if since < timedelta(hours=parameters.cool_down):
        return worse and facts.severity >= 3
    joined = any(_joined(facts, standing))
    return worse or (not standing.duplicate and _doubled(facts, standing) and joined)


def _doubled(facts: _Facts, standing: Standing) -> bool:
    return facts.voices >= 2 * max(1, standing.decided_voices)


def _joined(facts: _Facts, standing: Standing) -> tuple[list[str], list[str]]:
    """Languages and countries that joined since the decision, most frequent first."""
    languages = [code for code in facts.languages if code not in standing.decided_languages]
    countries = [code for code in facts.countries if code not in standing.decided_countries]
    return languages, countries


def _why(facts: _Facts, standing: Standing, now: datetime) -> tuple[dict[str, Any], ...]:
    """All that is new since the decision, also what alone would not have brought it back."""
    languages, countries = _joined(facts, standing)
    new: list[dict[str, Any]] = []
    if facts.severity > standing.decided_severity:
        new.append({"code": "rose", "was": standing.decided_severity, "now": facts.severity})
    if _doubled(facts, standing):
        new.append({"code": "doubled", "was": standing.decided_voices, "now": facts.voices})
    if languages:
        new.append({"code": "languages", "joined": languages})
    if countries:
        new.append({"code": "countries", "joined": countries})
    if standing.decided_at:
        minutes = int((now - standing.decided_at).total_seconds() // 60)
        new.append({"code": "after", "minutes": minutes, "state": standing.state})
    return tuple(new)


def _lines(own: Sequence[Voice]) -> tuple[str, ...]:
    """Fault lines by weight: the first of an article counts in full, later ones half; those that
    have less than a fifth of the weight of the first are left out."""
    weights: dict[str, float] = defaultdict(float)
    for voice in own:
        for at, line in enumerate(voice.lines):
            weights[line] += voice.score * (1.0 if at == 0 else 0.5)
    ranked = sorted(weights, key=lambda line: (-weights[line], line))
    return tuple(line for line in ranked if weights[line] >= 0.2 * weights[ranked[0]])


def _by_frequency(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(value for value, _n in Counter(v for v in values if v).most_common())
