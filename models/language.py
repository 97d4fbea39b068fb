"""The language of a text: by its letters, by the feed's word, by py3langid for the rest."""

import re
import unicodedata
from functools import cache

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

LANGUAGES = (
    *("en", "fr", "es", "ar", "ru", "zh", "pt", "de", "tr", "fa", "hi", "id"),
    *("it", "nl", "uk", "ja", "ko", "ur", "he", "bn", "sw"),
)
LATIN = frozenset({"en", "fr", "es", "pt", "de", "tr", "id", "it", "nl", "sw"})
READ = 160
"""Characters that decide: a headline is enough, and reading more costs time."""
PRIOR = 0.9
"""Probability of the feed's declared language before a word is read; at least this much
evidence (odds of 9 to 1 against each other language's share) must speak against it."""
SHORTEST = 4

_FOREIGN = re.compile(r"[^\x00-\u024f\u2010-\u203a]")
_TWO_LETTERS = re.compile(r"[a-zA-Z]{2}")
_KANA = re.compile(r"[\u3040-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_DEVANAGARI = re.compile(r"[\u0900-\u097f]")
_BENGALI = re.compile(r"[\u0980-\u09ff]")
_HEBREW = re.compile(r"[\u05d0-\u05ea]")
_ARABIC = re.compile(r"[\u0620-\u06ff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[a-zA-Z\u00c0-\u024f]")
_URDU = re.compile(r"[\u0679\u0688\u0691\u06ba\u06be\u06c1\u06d2]")
_PERSIAN = re.compile(r"[\u067e\u0686\u0698\u06a9\u06af\u06cc]")
_ARABIC_ONLY = re.compile(r"[\u0629\u0649\u064a\u0643\u0623\u0625]")
_UKRAINIAN = re.compile(r"[\u0456\u0457\u0454\u0491]")
_RUSSIAN_ONLY = re.compile(r"[\u044b\u044d\u0451\u044a]")


@cache
def _identifier() -> LanguageIdentifier:
    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages(LANGUAGES)
    return found


def detect(text: str, declared: str = "") -> str:
    """ISO 639-1 code of the text's language, one of LANGUAGES, or "" if it holds no letters.

    `declared` is what the feed says of itself (a code, a region after it is ignored); it decides
    close cases and texts too short to tell, and is overruled by plain evidence.
    """
    told = declared.lower().replace("_", "-").split("-")[0]
    told = told if told in LANGUAGES else ""
    head = unicodedata.normalize("NFC", text[:READ]).strip()
    # Latin letters and nothing foreign: most texts, told from others at a glance.
    latin = not _FOREIGN.search(head) and _TWO_LETTERS.search(head)
    by_script = "" if latin else _by_script(head)
    if by_script is None:
        return told
    return by_script or _by_words(head, told)


def _by_script(head: str) -> str | None:
    """The language that the letters alone give; "" Latin or unclear; None: no letters."""
    counts = {
        "latin": len(_LATIN.findall(head)),
        "cyrillic": len(_CYRILLIC.findall(head)),
        "arabic": len(_ARABIC.findall(head)),
        # One Chinese character says about as much as three letters.
        "han": 3 * len(_HAN.findall(head)),
        "hi": len(_DEVANAGARI.findall(head)),
        "bn": len(_BENGALI.findall(head)),
        "he": len(_HEBREW.findall(head)),
        "ko": 3 * len(_HANGUL.findall(head)),
        "kana": 3 * len(_KANA.findall(head)),
    }
    script = max(counts, key=lambda name: counts[name])
    if not counts[script]:
        return None
    if script == "han" and counts["kana"] * 8 > counts["han"]:
        return "ja"
    fixed = {"han": "zh", "kana": "ja", "hi": "hi", "bn": "bn", "he": "he", "ko": "ko"}
    if script == "arabic":
        return _arabic_letters(head)
    if script == "cyrillic":
        return "uk" if len(_UKRAINIAN.findall(head)) > len(_RUSSIAN_ONLY.findall(head)) else "ru"
    return fixed.get(script, "")


def _arabic_letters(head: str) -> str:
    """Urdu has letters that Persian lacks, Persian some that Arabic lacks."""
    urdu = len(_URDU.findall(head))
    if urdu >= 2:
        return "ur"
    return "fa" if len(_PERSIAN.findall(head)) > len(_ARABIC_ONLY.findall(head)) else "ar"


def _by_words(head: str, told: str) -> str:
    if len(head) < SHORTEST:
        return told
    identifier = _identifier()
    scores = np.asarray(identifier._decide(head), dtype=np.float64)
    scores = scores * [code in LATIN for code in identifier.nb_classes]
    if told in LATIN:
        prior = np.full(len(scores), (1 - PRIOR) / (len(scores) - 1))
        prior[list(identifier.nb_classes).index(told)] = PRIOR
        scores = scores * prior
    return str(identifier.nb_classes[int(scores.argmax())])
