"""A brief in several languages: who reads it, and a browser, can tell them apart."""

from experts.mail import numbered, paragraphs
from experts.plan import quoted_language

ARABIC = {
    "text": "حريق في مصلى.",
    "source": {"title": "حريق في مصلى", "url": "https://a.example/1", "language": "ar"},
}
ENGLISH = {
    "text": "A prayer room burnt.",
    "source": {"title": "A prayer room burnt", "url": "https://b.example/1", "language": "en"},
}
OURS = {"text": "Not known yet: what led to it.", "source": None}


def test_sentences_of_another_language_stand_in_a_paragraph_of_their_own() -> None:
    parts = paragraphs([ENGLISH, ARABIC, OURS])
    assert [part["language"] for part in parts] == ["en", "ar", ""]
    assert [part["text"] for part in parts] == [
        "A prayer room burnt. [1]", "حريق في مصلى. [2]", "Not known yet: what led to it.",
    ]  # fmt: skip


def test_neighbours_of_one_language_share_a_paragraph_and_no_brief_has_none() -> None:
    assert len(paragraphs([ENGLISH, ENGLISH])) == 1
    assert paragraphs([]) == []


def test_a_sentence_that_staff_rewrote_is_not_called_arabic() -> None:
    rewritten = {**ARABIC, "text": "A fire damaged a prayer room."}
    assert [one["language"] for one in numbered([rewritten])] == [""]
    assert numbered([rewritten])[0]["number"] == 1
    assert quoted_language("Feuer.", "Feuer", "de") == "de"
