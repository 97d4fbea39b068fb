"""The language of a text: letters, words, and what the feed says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.language import LANGUAGES, detect

GOLDEN = {
    "en": "Residents gather after stones were thrown at the village chapel",
    "fr": "Les habitants se rassemblent après des jets de pierres contre la chapelle",
    "es": "Los vecinos se reúnen tras las pedradas contra la capilla del pueblo",
    "pt": "Os moradores reúnem-se depois das pedradas contra a capela da aldeia",
    "de": "Die Bewohner versammeln sich nach Steinwürfen auf die Dorfkapelle",
    "it": "Gli abitanti si riuniscono dopo il lancio di pietre contro la cappella",
    "tr": "Köy şapeline taş atılmasının ardından sakinler bir araya geldi",
    "id": "Warga berkumpul setelah kapel desa mereka dilempari batu",
    "nl": "Bewoners komen bijeen nadat er stenen naar de dorpskapel waren gegooid",
    "ru": "Жители собрались после того, как часовню забросали камнями",
    "uk": "Мешканці зібралися після того, як каплицю закидали камінням",
    "ar": "السكان يتجمعون بعد رشق الكنيسة بالحجارة في القرية",
    "fa": "ساکنان پس از پرتاب سنگ به کلیسای روستا گرد هم آمدند",
    "ur": "گاؤں کے گرجا گھر پر پتھراؤ کے بعد رہائشی جمع ہو گئے",
    "hi": "गाँव के गिरजाघर पर पथराव के बाद निवासी इकट्ठा हुए",
    "zh": "村里的小教堂遭人投掷石块后居民聚集",
    "ja": "村の礼拝堂に石が投げられ、住民が集まった",
    "ko": "마을 예배당에 돌이 던져진 뒤 주민들이 모였다",
    "he": "התושבים התאספו לאחר יידוי אבנים על הקפלה בכפר",
}


@pytest.mark.parametrize("language", GOLDEN)
def test_a_sentence_is_known_by_its_letters_and_words(language: str) -> None:
    assert detect(GOLDEN[language]) == language


def test_the_feeds_word_decides_when_the_text_is_too_short() -> None:
    assert detect("OK", "tr") == "tr"
    assert detect("OK") == ""


def test_plain_evidence_overrules_the_feeds_word() -> None:
    assert detect(GOLDEN["en"], "fr") == "en"
    assert detect(GOLDEN["ru"], "en") == "ru"


def test_a_region_in_the_feeds_word_is_ignored() -> None:
    assert detect("Real Madrid", "es-MX") == detect("Real Madrid", "es_MX") == "es"


def test_without_letters_only_the_feed_can_tell() -> None:
    assert detect("2026 — 11 :-) 😀") == ""
    assert detect("2026 — 11 :-) 😀", "pt") == "pt"


def test_a_language_that_is_not_ours_is_no_prior() -> None:
    assert detect(GOLDEN["de"], "tlh") == "de"


@settings(deadline=None)
@given(st.text(max_size=400), st.sampled_from(["", "en", "ar", "zz", "😀"]))
def test_no_text_breaks_it(text: str, declared: str) -> None:
    assert detect(text, declared) in {"", *LANGUAGES}
