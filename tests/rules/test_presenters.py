"""What the desk says about a case, computed from plain values."""

from datetime import UTC, datetime, timedelta

import pytest

from rrmm.flashpoints.queries.rule import in_words
from rrmm.web.presenters.clock import clock
from rrmm.web.presenters.gauge import corroboration, newsworthiness
from rrmm.web.presenters.growth import growth, speed, trend
from rrmm.web.presenters.marks import Piece, pieces

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_words_are_marked_whole_and_the_longest_wins() -> None:
    text = "Fire in a prayer room near the room"
    found = pieces(text, [("room", ""), ("prayer room", "religion")])
    assert found == [
        Piece("Fire in a "),
        Piece("prayer room", "religion"),
        Piece(" near the "),
        Piece("room", ""),
    ]


def test_a_word_inside_another_is_not_marked() -> None:
    assert pieces("The marching band", [("march", "culture")]) == [Piece("The marching band")]


def test_marking_ignores_case_and_keeps_the_spelling() -> None:
    assert pieces("MOSQUE closed", [("mosque", "religion")])[0] == Piece("MOSQUE", "religion")


@pytest.mark.parametrize(
    ("text", "word"),
    [("老街庙会许可被撤销", "庙会"), ("حريق في مصلى الميناء", "مصلى"), ("मंदिर के पास", "मंदिर")],
)
def test_words_are_found_in_every_script(text: str, word: str) -> None:
    assert Piece(word, "religion") in pieces(text, [(word, "religion")])


@pytest.mark.parametrize("text", ["", "plain (text) [with] signs*", "a.b a.b"])
def test_the_pieces_together_are_the_text(text: str) -> None:
    assert "".join(p.text for p in pieces(text, [("a.b", "culture"), ("(text)", "")])) == text


@pytest.mark.parametrize(
    ("counts", "word"),
    [
        ([0, 0, 0], "quiet"),
        ([1, 1, 1, 1, 9, 9], "steep"),
        ([2, 2, 2, 2, 3, 3], "rising"),
        ([2, 2, 2, 2, 2, 2], "steady"),
        ([9, 9, 9, 9, 2, 2], "falling"),
        ([9, 9, 9, 9, 0, 0], "over"),
        ([], "quiet"),
    ],
)
def test_growth_has_a_word(counts: list[int], word: str) -> None:
    assert trend(counts) == word


def test_speed_names_articles_and_minutes() -> None:
    assert speed(14, at(0), at(28)) == "14 articles in 28 min"
    assert speed(1, at(0), at(0)) == "1 article in 1 min"
    assert growth([1, 1, 9], 11, at(0), at(90)) == "11 articles in 1 h 30, steep"


def test_newsworthiness_is_read_against_the_mark() -> None:
    assert newsworthiness(74, 50).startswith("High.")
    assert newsworthiness(55, 50).startswith("Over the mark.")
    assert newsworthiness(20, 50).startswith("Under the mark.")


def test_corroboration_names_copies_and_never_counts_them() -> None:
    words = corroboration(owners=6, languages=4, copies=8)
    assert words == "Good. 6 independent owners in 4 languages. 8 copies not counted."


def test_one_voice_is_called_one_voice() -> None:
    assert corroboration(1, 1, 0) == "One voice only. 1 independent owner in 1 language."
    assert corroboration(0, 0, 0) == "No outlet has it yet."


def test_the_clock_says_where_we_are() -> None:
    steps = clock(
        [("First", at(0)), ("Flagged", at(1)), ("Asked", at(33)), ("Yes", None), ("Next", None)],
        now=at(45),
        waits="3 people asked",
    )
    assert [s.state for s in steps] == ["done", "done", "running", "now", "planned"]
    assert [s.hop for s in steps] == ["1 min", "32 min", "12 min", "", ""]
    assert steps[3].note == "3 people asked"


def test_the_clock_leaves_out_what_was_passed_over() -> None:
    steps = clock([("First", None), ("Opened", at(0)), ("Confirmed", None)], now=at(5))
    assert [s.name for s in steps] == ["Opened", "Confirmed"]


def test_a_clock_at_its_end_has_nothing_open() -> None:
    assert [s.state for s in clock([("First", at(0)), ("Yes", at(3))], now=at(9))] == [
        "done",
        "done",
    ]


def test_one_copy_and_one_unknown_owner_are_said_in_the_singular() -> None:
    line = {"code": "owners", "known": 1, "unknown": 1, "copies": 1}
    (said,) = in_words([line])
    assert said.words == (
        "1 independent owner, 1 more article whose owner we do not know (one voice); "
        "1 copy not counted"
    )
