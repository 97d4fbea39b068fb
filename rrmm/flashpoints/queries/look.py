"""A story as the escalation rule sees it now: the decision, and what its case would show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from rrmm.flashpoints import picture
from rrmm.flashpoints.attribution import named_in
from rrmm.flashpoints.escalation import Action, Decision, Standing, decide
from rrmm.flashpoints.models import Flag, Flashpoint, State, Story
from rrmm.flashpoints.picture import Telling
from rrmm.flashpoints.queries.level import usual_level
from rrmm.flashpoints.queries.stories import flags_of
from rrmm.flashpoints.scores import Parameters, Voice, scene_of

MOST_ARTICLES = 600
"""Articles of a story that are looked at, the newest; the counts are of these."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the rule decided on a story, standing on the case as it was (`version`, 0 for none).

    fields: of the case, as they shall be. text: public words for the matcher. why: what brings
    the case back, as `Flashpoint.rule`.
    """

    story: UUID
    action: Action
    case: UUID | None
    version: int
    fields: dict[str, Any]
    text: str
    demo: bool
    why: tuple[dict[str, Any], ...] = ()


def look(story_id: UUID, now: datetime) -> Seen | None:
    """The decision on a story (one that is no part of another) as its rows stand now; None while
    it has no article of its own words."""
    flags = _newest(flags_of(story_id))
    if all(flag.is_copy for flag in flags):
        return None
    case = newest_case(story_id)
    decision, fields, text = picture_of(flags, case, _standing(case), now)
    return Seen(
        story=story_id,
        action=decision.action,
        case=case.pk if case else None,
        version=case.version if case else 0,
        fields=fields,
        text=text,
        demo=Story.objects.filter(pk=story_id, demo=True).exists(),
        why=decision.why,
    )


def newest_case(story_id: UUID) -> Flashpoint | None:
    """The newest case of a story, of those that were not merged into another."""
    rows = Flashpoint.objects.filter(story_id=story_id).exclude(state=State.MERGED)
    return rows.order_by("-opened_at", "-pk").first()


def together(stories: Iterable[UUID], case: Flashpoint, now: datetime) -> dict[str, Any] | None:
    """What `case` would show if these stories (ids, parts included) were one; None where they
    have no article of its own words."""
    flags = _newest(Flag.objects.filter(story_id__in=list(stories)))
    if all(flag.is_copy for flag in flags):
        return None
    _decision, fields, _text = picture_of(flags, case, None, now)
    return fields


def picture_of(
    flags: Sequence[Flag], case: Flashpoint | None, standing: Standing | None, now: datetime
) -> tuple[Decision, dict[str, Any], str]:
    """The decision on these flags (articles selected, one at least no copy), the fields of the
    case, and the public words."""
    own = [flag for flag in flags if not flag.is_copy]
    voices = [voice_of(flag) for flag in flags]
    country = scene_of([voice for voice in voices if not voice.is_copy])
    usual = usual_level(country, _first_line(own), now)
    decision = decide(voices, usual, standing, now, Parameters.of(settings.ESCALATION))
    tellings = [_telling(flag) for flag in own]
    place = picture.place_of(tellings, decision.country)
    fields = _fields(decision, flags, tellings, place, case)
    return decision, fields, picture.public_words(tellings, place)


def voice_of(flag: Flag) -> Voice:
    """A flag (article selected) as the rule sees it."""
    return Voice(
        owner=flag.owner,
        language=flag.language,
        outlet_country=flag.outlet_country,
        countries=tuple(place["country"] for place in flag.places if place["main"]),
        lines=tuple(flag.lines),
        trigger=flag.trigger,
        severity=flag.severity,
        score=flag.score,
        published_at=flag.published_at,
        seen_at=flag.seen_at,
        backfill=flag.backfill,
        is_copy=flag.is_copy,
        named=named_in(flag.article.title, flag.article.summary, flag.language),
    )


def _newest(flags: Any) -> list[Flag]:
    rows = flags.select_related("article").defer("vector")
    return list(rows.order_by("-published_at", "-pk")[:MOST_ARTICLES])[::-1]


def _fields(
    decision: Decision,
    flags: Sequence[Flag],
    tellings: Sequence[Telling],
    place: str,
    case: Flashpoint | None,
) -> dict[str, Any]:
    times = [flag.published_at for flag in flags]
    headline = picture.headline_of(tellings, case.headline if case else "")
    growth, minutes = picture.growth_of(times)
    return {
        "headline": headline.words[:400],
        "headline_language": headline.language,
        "gist": headline.gist,
        "country": decision.country,
        "place": place[:120],
        "countries": list(decision.countries),
        "lines": list(decision.lines),
        "severity": decision.severity,
        "newsworthiness": decision.newsworthiness,
        "corroboration": decision.corroboration,
        "voices": decision.voices,
        "languages": list(decision.languages),
        "article_count": len(flags),
        "copies": decision.copies,
        "growth": growth,
        "growth_minutes": minutes,
        "reasons": picture.words_of(tellings),
        "rule": [dict(line) for line in decision.rule],
        "first_seen_at": min(times),
        "last_article_at": max(times),
    }


def _telling(flag: Flag) -> Telling:
    return Telling(
        title=flag.article.title,
        summary=flag.article.summary,
        language=flag.language,
        published_at=flag.published_at,
        score=flag.score,
        severity=flag.severity,
        places=tuple(flag.places),
        reasons=tuple(flag.reasons),
    )


def _first_line(own: Sequence[Flag]) -> str:
    lines = [flag.lines[0] for flag in own if flag.lines]
    return max(lines, key=lines.count, default="")


def _standing(case: Flashpoint | None) -> Standing | None:
    if case is None:
        return None
    facts = case.decided_facts
    return Standing(
        state=State(case.state).value,
        severity=case.severity,
        decided_at=case.decided_at,
        duplicate=case.dismissal == "duplicate",
        decided_severity=facts.get("severity", 0),
        decided_voices=facts.get("voices", 0),
        decided_languages=frozenset(facts.get("languages", ())),
        decided_countries=frozenset(facts.get("countries", ())),
    )
