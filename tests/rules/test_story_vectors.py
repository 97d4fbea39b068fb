"""Vectors of open stories: sums without a rest, the nearest, and one result however it is cut."""

import itertools
import json
import random
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.stories import Decision, StoryItem, advance, empty, restore, understood
from models.story_vectors import FLOOR, Encoded, Vectors, encoded

ACROSS = Path(__file__).resolve().parents[1] / "data" / "stories" / "across.jsonl"


def drawn(many: int, seed: int, size: int = 512) -> list[Encoded]:
    """Unit vectors, in tens around a common direction."""
    dice = np.random.default_rng(seed)
    middles = dice.standard_normal((many // 10 + 1, size))
    found = np.repeat(middles, 10, axis=0)[:many] + 0.5 * dice.standard_normal((many, size))
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return [one for one in encoded(list(found.astype(np.float32))) if one is not None]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 29), st.integers(0, 4)), max_size=40), st.randoms())
def test_what_is_taken_back_leaves_nothing_behind(
    added: list[tuple[int, int]], dice: random.Random
) -> None:
    pool, vectors = drawn(30, 1), Vectors()
    vectors.add("kept", pool[0])
    before = vectors.cosines(["kept"], pool[1])
    for at, story in added:
        vectors.add(f"s{story}", pool[at])
        vectors.add("kept", pool[at])
    dice.shuffle(added)
    for at, story in added:
        vectors.take(f"s{story}", pool[at])
        vectors.take("kept", pool[at])
    assert vectors.cosines(["kept"], pool[1]) == before
    assert list(vectors.rows) == ["kept"]


@pytest.mark.parametrize("size", [512, 24])
def test_the_nearest_are_those_of_a_full_comparison(size: int) -> None:
    pool, vectors = drawn(300, 2, size), Vectors()
    for at, one in enumerate(pool[:250]):
        vectors.add(f"s{at}", one)
    for query in pool[240:]:
        full = vectors.cosines([f"s{at}" for at in range(250)], query)
        best = max(full, key=full.__getitem__)
        if full[best] > FLOOR + 0.25:
            assert best in vectors.nearest(query, 6)


def test_a_block_looked_at_together_gives_what_each_gives_alone() -> None:
    pool, together, alone = drawn(90, 3), Vectors(), Vectors()
    for at, one in enumerate(pool[:30]):
        together.add(f"s{at}", one)
        alone.add(f"s{at}", one)
    together.look(pool[30:90])
    for at, one in enumerate(pool[30:90]):
        assert together.nearest(one, 6) == alone.nearest(one, 6)
        together.add(f"n{at}", one)
        alone.add(f"n{at}", one)


def test_a_vector_of_another_size_is_refused() -> None:
    vectors = Vectors()
    vectors.add("a", drawn(1, 4, 24)[0])
    other = drawn(1, 4, 16)[0]
    assert vectors.nearest(other, 3) == []
    assert vectors.cosines(["a"], other) == {}
    with pytest.raises(ValueError, match="16 numbers"):
        vectors.add("b", other)


def test_an_encoder_is_not_asked_about_languages_that_it_does_not_know() -> None:
    known = StoryItem("a", "Fire", 0.0, "en", vector=(1.0, 0.0))
    assert understood(known) is not None
    for language in ("fa", "hi", "id", "ur", ""):
        assert understood(replace(known, language=language)) is None
    assert encoded([None, (0.0, 0.0)]) == [None, None]


def reports() -> list[StoryItem]:
    """Invented reports, with vectors that lie near each other within an event."""
    items = []
    for line in ACROSS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        event = np.random.default_rng(list(row["story"].encode())).standard_normal(512)
        own = np.random.default_rng(list(row["id"].encode())).standard_normal(512)
        vector = (event + 0.8 * own).astype(np.float32)
        at = datetime.fromisoformat(row["at"]).timestamp()
        items.append(
            StoryItem(row["id"], row["text"], at, row["lang"],
                      vector=vector / np.linalg.norm(vector))
        )  # fmt: skip
    return items


REPORTS = reports()


def in_one_go(items: list[StoryItem]) -> list[Decision]:
    names = itertools.count()
    return advance(empty(), items, lambda: str(next(names)))[0]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 170), st.integers(2, 60), st.data())
def test_restoring_and_going_on_is_one_run(begin: int, many: int, data: st.DataObject) -> None:
    items = REPORTS[begin : begin + many]
    # What memory has lost in time weighs no more: one run is compared within its 72 hours.
    items = [item for item in items if item.at <= items[0].at + 72 * 3600.0]
    cut = data.draw(st.integers(0, len(items)))
    whole = in_one_go(items)
    rows = [
        (item, decision.story, decision.is_copy)
        for item, decision in zip(items[:cut], whole[:cut], strict=True)
    ]
    names = itertools.count(len({story for _item, story, _copy in rows}))
    rest, _ = advance(restore(rows), items[cut:], lambda: str(next(names)))
    assert rest == whole[cut:]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 160), st.lists(st.integers(1, 30), min_size=1, max_size=6))
def test_batches_of_any_size_give_the_same_stories(begin: int, sizes: list[int]) -> None:
    items = REPORTS[begin : begin + sum(sizes)]
    names, state, found = itertools.count(), empty(), list[Decision]()
    for size in sizes:
        batch, items = items[:size], items[size:]
        decided, state = advance(state, batch, lambda: str(next(names)))
        found += decided
    assert found == in_one_go(REPORTS[begin : begin + sum(sizes)])
