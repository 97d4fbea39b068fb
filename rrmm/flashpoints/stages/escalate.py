"""StoryMoved -> FlashpointOpened, FlashpointGrew: which stories staff must look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from rrmm.flashpoints import picture, queries, services
from rrmm.flashpoints.escalation import Decision, Standing, decide
from rrmm.flashpoints.models import Flag, Flashpoint, State, Story
from rrmm.flashpoints.picture import Telling
from rrmm.flashpoints.scores import Parameters, Voice, scene_of
from streams.events import StoryMoved

MOST_ARTICLES = 600
"""Articles of a story that are looked at, the newest; the counts are of these."""


@dataclass(frozen=True, slots=True)
class Escalated:
    """What was decided on each story of the batch."""

    seen: tuple[services.Seen, ...]


def prepare(events: Sequence[StoryMoved]) -> Escalated:
    """Scores and pictures of the stories as their rows stand now."""
    now = timezone.now()
    parameters = Parameters.of(settings.ESCALATION)
    stories = dict.fromkeys(event.story for event in events)
    found = [_look(story, now, parameters) for story in stories]
    return Escalated(tuple(seen for seen in found if seen is not None))


def apply(prepared: Escalated) -> None:
    """Opens, grows and brings back cases."""
    for seen in prepared.seen:
        services.follow(seen)


def _look(story_id: UUID, now: datetime, parameters: Parameters) -> services.Seen | None:
    rows = Flag.objects.filter(story_id=story_id).select_related("article")
    flags = list(rows.order_by("-published_at", "-pk")[:MOST_ARTICLES])[::-1]
    own = [flag for flag in flags if not flag.is_copy]
    if not own:
        return None
    demo = Story.objects.filter(pk=story_id, demo=True).exists()
    case = Flashpoint.objects.filter(story_id=story_id).order_by("-opened_at").first()
    voices = [voice_of(flag) for flag in flags]
    country = scene_of([voice for voice in voices if not voice.is_copy])
    usual = queries.usual_level(country, _first_line(own), now)
    decision = decide(voices, usual, _standing(case), now, parameters)
    tellings = [_telling(flag) for flag in own]
    place = picture.place_of(tellings, decision.country)
    return services.Seen(
        story=story_id,
        action=decision.action,
        case=case.pk if case else None,
        version=case.version if case else 0,
        fields=_fields(decision, flags, tellings, place, case),
        text=picture.public_words(tellings, place),
        demo=demo,
    )


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


def voice_of(flag: Flag) -> Voice:
    """A flag as the rule sees it."""
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
    )


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
