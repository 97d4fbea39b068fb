"""Why somebody stands where they stand, as reasons that can be checked. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from experts.matching.clock import awake, local
from experts.matching.need import Asked
from experts.matching.values import Load, Now, Profile, Reason

NO_LOAD = Load()
_SAID = {
    "islam": "muslim", "christianity": "christian", "judaism": "jewish", "hinduism": "hindu",
    "buddhism": "buddhist", "sikhism": "sikh", "roma": "roma", "kurds": "kurd",
    "rohingya": "rohingya", "indigenous": "indigenous", "refugees": "migrant",
    "migrants": "migrant", "uyghur_tibet": "uyghur",
}  # fmt: skip
"""Topics that say no more than a group that was named."""


@dataclass(frozen=True, slots=True)
class Why:
    """What need and person share. places: codes that the person knows well; spots: towns,
    groups, topics: that the profile names as the need does, weightiest first."""

    places: Sequence[str] = ()
    spots: Sequence[str] = ()
    groups: Sequence[str] = ()
    topics: Sequence[str] = ()


def reasons(profile: Profile, asked: Asked, now: Now, shared: Why) -> Iterable[Reason]:
    """Language first, then the matter, then time and load."""
    yield from _on_language(profile, asked)
    yield from _on_subject(profile, asked, shared)
    yield from _on_time(profile, now)


def _on_language(profile: Profile, asked: Asked) -> Iterable[Reason]:
    wished = asked.need.required or asked.need.wanted
    spoken = [code for code in wished if code in profile.languages]
    yield from (Reason("speaks", code) for code in spoken)
    for code in asked.local:
        if code in profile.languages and code not in spoken:
            spoken.append(code)
            yield Reason("speaks_local", code, asked.countries[0])
    own = asked.language
    if not wished and own != "en" and own in profile.languages and own not in spoken:
        yield Reason("speaks", own)


def _on_subject(profile: Profile, asked: Asked, shared: Why) -> Iterable[Reason]:
    line = next((line for line in asked.lines if line in profile.fault_lines), "")
    known = shared.places
    if line and known:
        yield Reason("line_place", line, known[0])
    elif line:
        yield Reason("line", line)
    if known and profile.country == known[0]:
        yield Reason("lives", known[0])
    elif known and not line:
        yield Reason("place", known[0])
    yield from (Reason("names", spot) for spot in shared.spots[:2])
    yield from (Reason("group", group) for group in shared.groups)
    topics = [topic for topic in shared.topics if _SAID.get(topic) not in shared.groups]
    yield from (Reason("topic", topic) for topic in topics[:3])


def _on_time(profile: Profile, now: Now) -> Iterable[Reason]:
    there = local(profile.timezone, now.at)
    if there:
        yield Reason("awake" if awake(profile.timezone, now.at) else "asleep", f"{there:%H:%M}")
    if now.loads is None:
        return
    load = now.loads.get(profile.id, NO_LOAD)
    if load.asks_90 > 1:
        yield Reason("asked", str(load.asks_90), str(load.asks_30))
    else:
        yield Reason("asked_once" if load.asks_90 else "not_asked")
    if load.over:
        yield Reason("answers", str(load.answered), str(load.over))
