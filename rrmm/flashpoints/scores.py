"""How newsworthy a story is, how severe, and how well corroborated. Pure; see `escalation`."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Self

from rrmm.flashpoints.attribution import OFFICIAL

VIOLENT = frozenset({"worship", "hatecrime", "violence"})


@dataclass(frozen=True, slots=True)
class Parameters:
    """Hours unless the name says otherwise; points add up to 100.

    open_at: newsworthiness from which a story is a case. sure_at: probability from which an
    article counts in full. doubt: power of that probability by which a less sure one counts less
    (it leaves borderline items out: of those at 0.5 most are borderline). speed_full: surprise
    (minus log10 of the Poisson tail) that gives all points of speed. severity_*: points of
    severity 1, 2 and 3.
    """

    open_at: float = 30.0
    sure_at: float = 0.95
    doubt: float = 4.0
    window: float = 2.0
    speed_points: float = 35.0
    speed_full: float = 7.0
    severity_1: float = 8.0
    severity_2: float = 24.0
    severity_3: float = 40.0
    reach_points: float = 25.0
    current: float = 48.0
    cool_down: float = 3.0

    @classmethod
    def of(cls, settings: Mapping[str, float]) -> Self:
        """From settings.ESCALATION. Raises ValueError that names an unknown parameter."""
        unknown = set(settings) - {found.name for found in fields(cls)}
        if unknown:
            raise ValueError(f"ESCALATION has no parameter {', '.join(sorted(unknown))}")
        return cls(**settings)


@dataclass(frozen=True, slots=True)
class Voice:
    """One flagged article of a story. owner: "" unknown; countries: where it happens, the scene;
    outlet_country: where it is printed; named: sources that it names (see `attribution`)."""

    owner: str
    language: str
    outlet_country: str
    countries: tuple[str, ...]
    lines: tuple[str, ...]
    trigger: str
    severity: int
    score: float
    published_at: datetime
    seen_at: datetime
    backfill: bool = False
    is_copy: bool = False
    named: tuple[str, ...] = ()


def voices_of(own: Sequence[Voice]) -> int:
    """Independent voices: each known owner is one, all unknown ones together are one."""
    return len({voice.owner for voice in own})


def scene_of(own: Sequence[Voice]) -> str:
    """The country in which most of the evidence says that it happens; "" where none is named."""
    weights: dict[str, float] = defaultdict(float)
    for voice in own:
        for country in voice.countries:
            weights[country] += voice.score
    return max(sorted(weights), key=weights.__getitem__, default="")


def surprise(articles: int, expected: float) -> float:
    """-log10 P(X >= articles) for a Poisson count of that expectation; 0 for no article."""
    if articles <= 0:
        return 0.0
    term = below = math.exp(-expected)
    for k in range(1, articles):
        term *= expected / k
        below += term
    tail = 1.0 - below
    if tail < 1e-9:
        tail = math.exp(articles * math.log(expected) - expected - math.lgamma(articles + 1))
    return -math.log10(max(tail, 1e-300))


def newsworthiness_of(
    own: Sequence[Voice], usual: float, severity: int, now: datetime, parameters: Parameters
) -> tuple[int, list[dict[str, Any]]]:
    span = timedelta(hours=parameters.window)
    fresh = [voice for voice in own if not voice.backfill]
    newest = max((voice.published_at for voice in fresh), default=now)
    quick = [voice for voice in fresh if voice.published_at > newest - span]
    expected = max(usual, 0.02) * parameters.window
    share = min(1.0, surprise(len(quick), expected) / parameters.speed_full)
    sure = min(1.0, max(voice.score for voice in own) / parameters.sure_at) ** parameters.doubt
    weight = (parameters.severity_1, parameters.severity_2, parameters.severity_3)[severity - 1]
    languages = {voice.language for voice in own}
    printed = {voice.outlet_country for voice in own if voice.outlet_country}
    reach = (voices_of(own) - 1) / 5 + (len(languages) - 1) / 3 + max(0, len(printed) - 1) / 5
    points = parameters.speed_points * share + weight + parameters.reach_points * min(1.0, reach)
    minutes = _minutes([voice.published_at for voice in quick])
    seen: list[dict[str, Any]] = [
        {
            "code": "speed",
            "articles": len(quick),
            "minutes": max(1, minutes),
            "usual": round(usual * parameters.window, 1),
        },
        {"code": "reach", "languages": len(languages), "countries": len(printed)},
    ]
    if sure < 1.0:
        best = max(voice.score for voice in own)
        seen.append({"code": "unsure", "percent": round(100 * best)})
    return round(min(100.0, points * sure)), seen


def severity_of(
    own: Sequence[Voice], scene: str, now: datetime, parameters: Parameters
) -> tuple[int, list[dict[str, Any]]]:
    """The second highest of the voices once there are three, so that one outlier does not decide;
    4 when deaths on a communal line, or spreading across borders, have two known owners."""
    highest: dict[str, int] = defaultdict(int)
    for voice in own:
        highest[voice.owner] = max(highest[voice.owner], voice.severity)
    told = sorted(highest.values(), reverse=True)
    severity = told[1] if len(told) > 2 else told[0]
    backing = sum(value >= severity for value in told)
    line = {"code": "severity", "severity": severity, "backing": backing, "voices": len(told)}
    limit = now - timedelta(hours=parameters.current)
    grave = [v for v in own if v.severity == 3 and v.owner and v.published_at >= limit]
    deaths = {v.owner for v in grave if v.trigger in VIOLENT and scene in v.countries}
    abroad: dict[str, set[str]] = defaultdict(set)
    for voice in grave:
        for country in voice.countries:
            abroad[country].add(voice.owner)
    spread = [owners for owners in abroad.values() if len(owners) > 1]
    if scene and len(deaths) > 1:
        return 4, [line, {"code": "grave", "why": "deaths", "owners": len(deaths)}]
    if len(spread) > 1:
        owners = len(set.union(*spread))
        return 4, [line, {"code": "grave", "why": "borders", "owners": owners}]
    return severity, [line]


def corroboration_of(
    own: Sequence[Voice], copies: int, scene: str, now: datetime, parameters: Parameters
) -> tuple[int, list[dict[str, Any]]]:
    known = len({voice.owner for voice in own if voice.owner})
    unknown = sum(not voice.owner for voice in own)
    named, sources = _sources(own)
    owners = known + (0.5 if unknown else 0.0) + named
    limit = now - timedelta(hours=parameters.current)
    old = sum(voice.published_at < limit for voice in own)
    placed = [voice for voice in own if voice.countries]
    same = sum(scene in voice.countries for voice in placed)
    current = 1.0 - 0.5 * old / len(own)
    agreed = 0.7 + 0.3 * (same / len(placed)) if placed else 0.7
    seen: list[dict[str, Any]] = [
        {"code": "owners", "known": known, "unknown": unknown, "copies": copies}
    ]
    seen += sources
    if voices_of(own) < 2:
        seen.append({"code": "one_voice"})
    if old:
        seen.append({"code": "not_current", "old": old, "articles": len(own)})
    if same < len(own):
        seen.append({"code": "place_unsure", "same": same, "articles": len(own)})
    return round(100.0 * (1.0 - 0.6**owners) * current * agreed), seen


def _sources(own: Sequence[Voice]) -> tuple[float, list[dict[str, Any]]]:
    """What named sources are worth, in owners: an office that speaks half of one, an agency a
    quarter, each once however many repeat it. That all have it from one agency speaks against."""
    official = sum(OFFICIAL in voice.named for voice in own)
    given = [{name for name in voice.named if name not in (OFFICIAL, voice.owner)} for voice in own]
    agencies = sorted(set().union(*given))
    seen: list[dict[str, Any]] = []
    if official or agencies:
        line = {"official": official, "agencies": agencies, "articles": len(own)}
        seen.append({"code": "sources", **line})
    shared = sorted(set.intersection(*given)) if given else []
    if shared and voices_of(own) > 1:
        seen.append({"code": "one_agency", "agency": shared[0], "articles": len(own)})
    return (0.5 if official else 0.0) + (0.25 if agencies else 0.0), seen


def _minutes(times: Sequence[datetime]) -> int:
    if not times:
        return 0
    return int((max(times) - min(times)).total_seconds() // 60)
