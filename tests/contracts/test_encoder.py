"""What every encoder keeps: the default one, and any named by ENCODER_UNDER_TEST (such as
"sentence-transformers:MODEL", where that library and model are installed)."""

import os

import numpy as np
import pytest

from models.encoder import DEFAULT, Encoder, UnknownEncoder, encoder, packed, unpacked

NAMES = [DEFAULT, *filter(None, [os.environ.get("ENCODER_UNDER_TEST")])]
TEXTS = [
    "Mosque set on fire in Lyon",
    "Une mosquée incendiée à Lyon",
    "إحراق مسجد في مدينة ليون",
    "The central bank raised interest rates",
    "",
    "  \n\t ",
    "— !? 🕌 …",
    "清真寺",
    "x" * 5000,
    "मस्जिद में आग",
]
SILENT = [4, 5, 6]


@pytest.fixture(params=NAMES, scope="module")
def tool(request: pytest.FixtureRequest) -> Encoder:
    return encoder(request.param)


def test_there_is_one_row_of_floats_for_each_text(tool: Encoder) -> None:
    vectors = tool.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), tool.size)
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()
    assert tool.encode([]).shape == (0, tool.size)


def test_rows_have_length_one_and_texts_without_words_are_zero(tool: Encoder) -> None:
    lengths = np.linalg.norm(tool.encode(TEXTS), axis=1)
    told = [n for n in range(len(TEXTS)) if n not in SILENT]
    assert lengths[told] == pytest.approx(1.0, abs=1e-3)
    assert (lengths[SILENT] == 0).all()


def test_a_text_has_the_same_vector_whatever_stands_beside_it(tool: Encoder) -> None:
    together = tool.encode(TEXTS)
    alone = np.concatenate([tool.encode([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=2e-3)


def test_rows_keep_the_order_of_the_texts(tool: Encoder) -> None:
    turned = tool.encode(TEXTS[::-1])[::-1]
    np.testing.assert_allclose(turned, tool.encode(TEXTS), atol=2e-3)


def test_what_follows_the_first_1200_characters_is_not_read(tool: Encoder) -> None:
    start = "Two communities meet after the fire. " * 40
    one, other = tool.encode([start + "a wedding", start + "a war"])
    np.testing.assert_allclose(one, other, atol=2e-3)


def test_the_same_news_in_another_known_language_is_nearer_than_other_news(tool: Encoder) -> None:
    english, french, arabic, bank, *_rest = tool.encode(TEXTS)
    if "fr" in tool.languages:
        assert english @ french > english @ bank + 0.2
    if "ar" in tool.languages:
        assert english @ arabic > english @ bank + 0.2


def test_an_encoder_says_who_it_is(tool: Encoder) -> None:
    assert tool.name
    assert tool.size > 0
    assert all(len(code) == 2 and code.islower() for code in tool.languages)


def test_a_name_that_nobody_has_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(UnknownEncoder, match=DEFAULT):
        encoder("nobody")


def test_a_kept_vector_comes_back_as_it_was(tool: Encoder) -> None:
    vector = tool.encode(TEXTS[:1])[0]
    back = unpacked(packed(vector))
    assert back is not None
    assert float(vector @ back) == pytest.approx(1.0, abs=1e-3)
    assert unpacked(packed(None)) is None
