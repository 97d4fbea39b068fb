"""Near-duplicates: the estimate against the truth, what is met, and real-looking agency copies."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.story_copies import (
    Copies,
    bands,
    resemblance,
    shingles,
    signatures,
    without_agency,
)
from models.story_words import read

BODY = (
    "Hundreds of residents gathered outside the prayer room in the harbour district on Monday "
    "after a fire destroyed the roof and injured three worshippers, police said. The mayor asked "
    "both communities to stay calm and announced an inquiry."
)


def pair(common: int, apart: int, dice: random.Random) -> tuple[frozenset[int], frozenset[int]]:
    """Two sets of hashes with `common` members in common and `apart` of its own in each."""
    drawn = dice.sample(range(2**32), common + 2 * apart)
    both = drawn[:common]
    return (
        frozenset(both + drawn[common : common + apart]),
        frozenset(both + drawn[common + apart :]),
    )


def agreement(one: frozenset[int], other: frozenset[int]) -> float:
    return float(np.mean(signatures([one]) == signatures([other])))


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 40), st.integers(0, 40), st.integers(0, 2**32))
def test_signatures_agree_in_about_the_share_that_the_sets_have_in_common(
    common: int, apart: int, seed: int
) -> None:
    one, other = pair(common, apart, random.Random(seed))
    # 48 draws: five standard deviations are 0.36 at most.
    assert abs(agreement(one, other) - resemblance_of(one, other)) <= 0.36


def resemblance_of(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / len(one | other)


@pytest.mark.parametrize(("common", "apart"), [(5, 20), (14, 7), (24, 3)])
def test_the_estimate_is_right_on_average(common: int, apart: int) -> None:
    dice = random.Random(3)
    pairs = [pair(common, apart, dice) for _ in range(400)]
    off = [agreement(one, other) - resemblance_of(one, other) for one, other in pairs]
    assert abs(float(np.mean(off))) < 0.015


@pytest.mark.parametrize(
    ("common", "apart", "least", "most"),
    [(21, 3, 0.99, 1.0), (18, 5, 0.95, 1.0), (4, 12, 0.0, 0.2), (2, 24, 0.0, 0.02)],
)
def test_bands_meet_what_is_alike_and_little_else(
    common: int, apart: int, least: float, most: float
) -> None:
    dice, met = random.Random(4), 0
    for _ in range(500):
        one, other = pair(common, apart, dice)
        met += bool(set(bands([one])[0]) & set(bands([other])[0]))
    assert least <= met / 500 <= most


@settings(max_examples=60, deadline=None)
@given(st.lists(st.frozensets(st.integers(0, 2**32 - 1), max_size=30), max_size=6))
def test_sets_taken_together_get_the_bands_that_each_gets_alone(sets: list[frozenset[int]]) -> None:
    assert bands(sets) == [bands([one])[0] for one in sets]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.frozensets(st.integers(0, 9), min_size=1, max_size=4), max_size=12))
def test_what_is_removed_leaves_nothing_behind(sets: list[frozenset[int]]) -> None:
    copies = Copies()
    kept = [(f"a{at}", keys) for at, keys in enumerate(bands(sets))]
    for ident, keys in kept:
        copies.add(ident, keys)
    for ident, keys in kept:
        assert ident in copies.like(keys, most=len(kept))
    for ident, keys in kept:
        copies.remove(ident, keys)
        assert ident not in copies.like(keys, most=len(kept))
    assert not copies.buckets


def likeness(one: str, other: str) -> float:
    return resemblance(read(one, "en").shingles, read(other, "en").shingles)


@pytest.mark.parametrize(
    "copy",
    [
        f"Fire guts hall used by worshippers — {BODY}",
        f"Prayer room burns — PORTO SERENO, May 4 (Reuters) - {BODY}",
        f"Prayer room burns — PORTO SERENO (AP) — {BODY}",
        f"Prayer room burns — {BODY[:150]}…",
        f"Inquiry into harbour fire — {BODY} (AFP)",
    ],
)
def test_a_copy_is_known_under_another_headline_and_agency_line(copy: str) -> None:
    assert likeness(f"Blaze in harbour prayer room — {BODY}", copy) >= 0.6


@pytest.mark.parametrize(
    "other",
    [
        "Blaze in harbour prayer room — Three people were hurt when flames tore through a hall "
        "used for worship near the docks; an inquiry has begun and the mayor called for calm.",
        f"Blaze in harbour prayer room — {BODY[150:]} Nobody has been arrested so far, they said.",
        "Blaze in harbour prayer room",
    ],
)
def test_another_report_of_the_event_is_no_copy(other: str) -> None:
    assert likeness(f"Blaze in harbour prayer room — {BODY}", other) < 0.6


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("LONDON, May 3 (Reuters) - Police said", "Police said"),
        ("PARIS (AFP) – Des milliers", "Des milliers"),
        ("МОСКВА, 4 мая. /ТАСС/. Полиция сообщила", "Полиция сообщила"),
        ("القاهرة (رويترز) - قالت الشرطة", "قالت الشرطة"),
        ("新华社北京3月2日电 警方表示", "警方表示"),
        ("JERUSALEM - Police said", "Police said"),
        ("Police said (AP)", "Police said"),
        ("Five people were hurt – two of them badly", "Five people were hurt – two of them badly"),
        ("He said (twice) that", "He said (twice) that"),
    ],
)
def test_agency_lines_are_taken_off(line: str, left: str) -> None:
    assert without_agency(line) == left


def test_short_texts_resemble_only_themselves() -> None:
    assert resemblance(frozenset({1}), frozenset({1})) == 1.0
    assert resemblance(frozenset({1, 2}), frozenset({1})) == 0.0
    assert resemblance(frozenset(), frozenset()) == 0.0
    assert shingles([], []) == frozenset()
    assert bands([frozenset()]) == [()]
