"""What holds for any registry and any need: found by trying many (hypothesis). Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from experts.matching.meaning import Floats, InMemory, Meaning
from experts.matching.names import FAULT_LINES
from experts.matching.rank import Index
from experts.matching.slate import SIZE, choose
from experts.matching.values import Load, Need, Now, Profile

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LANGUAGES = ("ar", "en", "fr", "hi", "tr", "ur")
WORDS = (
    *("mosque", "church", "caste", "मस्जिद", "مسجد", "کلیسا", "مهاجران", "清真寺", "migrants"),
    *("attacked", "in", "Tunisia", "Lyon", "India", "\u202e\u200f.", ";", "—", "14", "\x00", "🕌"),
)
texts = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
codes = st.lists(st.sampled_from(LANGUAGES), max_size=3, unique=True).map(tuple)
lines = st.lists(st.sampled_from(FAULT_LINES), max_size=2, unique=True).map(tuple)
places = st.sampled_from(("", "TN", "FR", "IN", "global", "north-africa"))


def _encode(found: Sequence[str]) -> Floats:
    """Counts of letters: near enough to a meaning for rules that hold whatever it says."""
    table = np.zeros((len(found), 16), np.float32)
    for row, text in enumerate(found):
        for letter in text:
            table[row, ord(letter) % 16] += letter.isalpha()
    length = np.linalg.norm(table, axis=1, keepdims=True)
    unit: Floats = (table / np.maximum(length, 1e-9)).astype(np.float32)
    return unit


meanings = st.sampled_from((None, InMemory(_encode, frozenset({"en", "fr", "ar"}))))
people = st.lists(
    st.builds(
        Profile,
        id=st.just(""),
        text=texts,
        country=places.filter(lambda place: len(place) == 2 or not place),
        languages=codes,
        regions=places.map(lambda place: (place,) if place else ()),
        fault_lines=lines,
        communities=st.lists(st.sampled_from(("Muslim", "Hindu", "x y")), max_size=2).map(tuple),
        gender=st.sampled_from(("", "woman", "man")),
        timezone=st.sampled_from(("", "Africa/Tunis", "Nowhere/Land")),
        refuses=lines.map(frozenset),
    ),
    max_size=14,
)
needs = st.builds(
    Need,
    text=texts,
    lines=lines,
    required=codes,
    wanted=codes,
    regions=places.map(lambda place: (place,) if place else ()),
)


def _named(found: Sequence[Profile]) -> list[Profile]:
    return [
        Profile(**{f: getattr(p, f) for f in p.__slots__ if f != "id"}, id=f"p{n}")
        for n, p in enumerate(found)
    ]


@settings(max_examples=150, deadline=None)
@given(found=people, need=needs, meaning=meanings, out=st.integers(0, 14))
def test_whatever_is_asked_the_rules_are_kept(
    found: list[Profile], need: Need, meaning: Meaning | None, out: int
) -> None:
    profiles = _named(found)
    index = Index(profiles, meaning=meaning)
    asked = index.understood(need)
    now = Now(NOON, {"p0": Load(9, 20, 0, 9)})
    ranking = index.rank(asked, now, most=20, without={f"p{out}"})
    chosen = choose(ranking, asked)
    may = {
        profile.id
        for profile in profiles
        if (not need.required or {*need.required} & {*profile.languages})
        and profile.id != f"p{out}"
        and not (asked.lines and asked.lines[0] in profile.refuses)
    }
    assert {match.profile.id for match in ranking} == may
    assert len(ranking) == len(may)
    scores = [match.score for match in ranking]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert len(chosen) == min(SIZE, len(may))
    assert {match.profile.id for match in chosen} <= may


@settings(max_examples=60, deadline=None)
@given(found=people, need=needs, meaning=meanings)
def test_the_same_question_has_the_same_answer_whatever_the_order_of_the_list(
    found: list[Profile], need: Need, meaning: Meaning | None
) -> None:
    profiles = _named(found)
    one = Index(profiles, meaning=meaning).rank(need, Now(NOON), most=20)
    other = Index(profiles[::-1], meaning=meaning).rank(need, Now(NOON), most=20)
    scores = {match.profile.id: match.score for match in one}
    assert {m.profile.id for m in other} == set(scores)
    assert all(abs(scores[m.profile.id] - m.score) <= 2e-4 for m in other)
