"""Whom a report names as its source, in the languages that we read."""

import pytest

from rrmm.flashpoints.attribution import named_in


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Two were hurt, police said on Friday"),
        ("en", "According to the interior ministry the march was banned"),
        ("fr", "Deux blessés, selon le parquet de Nice"),
        ("de", "Wie die Polizei mitteilte, brannte es in der Nacht"),
        ("es", "La policía informó de tres detenidos"),
        ("it", "I vigili del fuoco: la procura ha confermato il rogo"),
        ("pt", "Segundo a polícia, ninguém ficou ferido"),
        ("nl", "Volgens de politie was het brandstichting"),
        ("ru", "В полиции сообщили о пожаре"),
        ("tr", "Valilik yaralıları açıkladı"),
        ("ar", "قالت الشرطة إن الحريق متعمد"),
        ("zh", "警方通报称无人受伤"),
        ("ja", "警察によるとけが人はいない"),
        ("ko", "경찰은 부상자가 없다고 밝혔다"),
        ("hi", "पुलिस ने बताया कि दो लोग घायल हैं"),
        ("id", "Polisi mengatakan dua orang terluka"),
    ],
)
def test_an_office_that_speaks_is_an_official_source(language: str, words: str) -> None:
    assert named_in("A headline", words, language) == ("official",)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Neighbours said they saw smoke. The police station is next door"),
        ("en", "Protesters burn a police car"),
        ("de", "Die Polizeistation wurde umgebaut"),
        ("ar", "حريق في سوق المدينة"),
        ("ar", "محافظة حمص، بحسب الجيران"),
    ],
)
def test_an_office_that_is_only_mentioned_is_none(language: str, words: str) -> None:
    assert named_in("A headline", words, language) == ()


def test_agencies_are_named_in_every_language_and_not_inside_words() -> None:
    assert named_in("Brand im Hafen", "(dpa)", "de") == ("dpa",)
    assert named_in("حريق", "رويترز", "ar") == ("رويترز",)
    assert named_in("起火", "据新华社报道", "zh") == ("新华社",)
    assert named_in("Chefe do CAFPA", "", "pt") == ()


def test_a_language_without_rules_yields_agencies_only() -> None:
    assert named_in("Two hurt", "police said, Reuters", "xx") == ("Reuters",)
