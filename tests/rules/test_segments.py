"""Words that spoke for and against, found and marked in the article's own text."""

import pytest

from rrmm.web.presenters.segments import Segment, not_shown, segments, strength


def reason(words: str, weight: float = 1.0, line: str = "religion") -> dict[str, object]:
    return {"words": words, "weight": weight, "line": line}


def marked(text: str, *reasons: dict[str, object]) -> list[tuple[str, str]]:
    return [(part.text, part.side) for part in segments(text, reasons) if part.side]


def test_for_and_against_are_told_apart_and_the_rest_is_plain() -> None:
    found = segments("Fire in a prayer room", [reason("fire", -0.5, ""), reason("prayer room")])
    assert found == [
        Segment("Fire", -0.5, ""),
        Segment(" in a "),
        Segment("prayer room", 1.0, "religion"),
    ]
    assert [part.side for part in found] == ["against", "", "for"]


def test_every_occurrence_is_marked_whatever_its_case_and_accents() -> None:
    text = "Mosquée brûlée: la MOSQUEE reste fermée"
    assert marked(text, reason("mosquée")) == [("Mosquée", "for"), ("MOSQUEE", "for")]


def test_a_letter_that_folds_into_two_keeps_its_place() -> None:
    assert marked("Straße und STRASSE", reason("straße")) == [("Straße", "for"), ("STRASSE", "for")]


def test_an_accent_written_apart_stays_with_its_letter() -> None:
    assert marked("La moske\u0301 brule", reason("moské")) == [("moske\u0301", "for")]


def test_a_word_inside_another_is_not_marked() -> None:
    assert marked("The marching band", reason("march")) == []


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("حريق في مُصَلّى الميناء", "مصلى", "مُصَلّى"),
        ("मंदिर के पास आग", "मंदिर", "मंदिर"),
        ("老街庙会许可被撤销", "庙会", "庙会"),
        ("โจมตีมัสยิดในเมือง", "มัสยิด", "มัสยิด"),
    ],
)
def test_words_are_found_in_every_script(text: str, words: str, found: str) -> None:
    assert marked(text, reason(words)) == [(found, "for")]


def test_a_hindi_word_with_another_vowel_sign_is_another_word() -> None:
    assert marked("मंदिरा के पास", reason("मंदिर")) == []


def test_pairs_of_chinese_characters_that_overlap_become_one_mark() -> None:
    found = segments("清真寺遭纵火", [reason("真寺", 0.4, ""), reason("清真", 1.2)])
    assert found[0] == Segment("清真寺", 1.2, "religion")


def test_where_the_sides_overlap_the_longer_stays() -> None:
    words = (reason("room", -2.0, ""), reason("prayer room", 0.6))
    assert marked("A prayer room, a room", *words) == [("prayer room", "for"), ("room", "against")]


def test_of_two_as_long_the_heavier_stays() -> None:
    words = (reason("清真", 0.3), reason("真寺", -0.9, ""))
    assert marked("清真寺", *words) == [("真寺", "against")]


def test_words_that_were_cut_off_are_named_and_mark_nothing() -> None:
    words = [reason("imam"), reason("prayer room")]
    assert not_shown(["Fire in a prayer room", "Police"], words) == [words[0]]


def test_words_covered_by_the_other_side_are_named_too() -> None:
    words = [reason("room", -2.0, ""), reason("prayer room", 0.6)]
    assert not_shown(["A prayer room"], words) == [words[0]]


@pytest.mark.parametrize(
    "text", ["", "İstanbul'da cami", "a.b (c) [d]*", "الميناء", "清真寺", "ﬃ ß \u0301 x"]
)
def test_the_segments_together_are_the_text(text: str) -> None:
    words = [reason(text[at : at + 3], 1.0 - at) for at in range(len(text))]
    assert "".join(part.text for part in segments(text, words)) == text


def test_empty_words_and_words_without_weight_mark_nothing() -> None:
    assert marked("a b c", reason(""), reason(" "), reason("\u0301"), reason("b", 0.0)) == []


@pytest.mark.parametrize(
    ("weight", "word"), [(2.0, "strong"), (-1.0, "strong"), (0.5, "clear"), (-0.1, "slight")]
)
def test_weights_are_words(weight: float, word: str) -> None:
    assert strength(weight) == word
