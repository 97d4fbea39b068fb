"""Which article a copy is a copy of."""

from hypothesis import given
from hypothesis import strategies as st

from rrmm.flashpoints.families import Told, originals

FIRE = "Fire destroys prayer room in the harbour, two groups call marches for Sunday"
STATUE = "Statue of the founder gone by morning, the mayor speaks of hatred"


def told(name: str, words: str, language: str = "en", is_copy: bool = False) -> Told:
    return Told(name, words, language, is_copy)


def test_a_copy_belongs_to_the_article_whose_words_it_has() -> None:
    story = [
        told("fire", FIRE),
        told("statue", STATUE),
        told("late", f"UPDATE: {STATUE}", is_copy=True),
        told("wire", f"{FIRE} (wire)", is_copy=True),
    ]
    assert originals(story) == {"late": "statue", "wire": "fire"}


def test_scripts_without_spaces_have_families_too() -> None:
    story = [told("a", "港口祈祷室被烧毁，两个团体号召周日游行", "zh"),
             told("b", "港口祈祷室被烧毁，两个团体号召周日游行。", "zh", is_copy=True)]  # fmt: skip
    assert originals(story) == {"b": "a"}


def test_a_copy_of_what_is_no_longer_there_belongs_to_nothing() -> None:
    assert originals([told("fire", FIRE), told("other", STATUE, is_copy=True)]) == {}
    assert originals([told("fire", FIRE), told("de", FIRE, "de", is_copy=True)]) == {}
    assert originals([]) == {}


@given(st.lists(st.tuples(st.text(max_size=30), st.booleans()), max_size=8))
def test_only_copies_have_originals_and_no_original_is_a_copy(
    story: list[tuple[str, bool]],
) -> None:
    listed = [told(str(n), words, is_copy=copy) for n, (words, copy) in enumerate(story)]
    copies = {one.id for one in listed if one.is_copy}
    found = originals(listed)
    assert found.keys() <= copies
    assert not copies & set(found.values())
