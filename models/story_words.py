"""From a news item to what stories are told apart by: words, names, shingles.

Words are folded (no accents, lower case) and cut to six letters, which serves as a stem in every
alphabet; Chinese, Japanese and Thai give pairs of characters. Names are consonant skeletons in
Latin letters, so that "Нетаньяху", "نتنياهو" and "Netanyahu" can meet. How common a word is comes
from a table of document frequencies per language (`story_words.npz`, counted by `build`).
"""

import functools
import gzip
import json
import math
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from models.story_copies import shingles, without_agency

TABLE = Path(__file__).parent / "data" / "story_words.npz"
STEM = 6
PROFILE = 400
"""Characters of an item that are read."""
_WORD = re.compile(r"[^\W_]+")
_CHARS = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")
_TITLE_END = " — "

_LATIN = {
    # Cyrillic
    **dict(zip("бвгдзклмнпрстфхцжчшщћђљњџґ", "bvgdzklmnprstf-sgSSStglngg", strict=True)),
    # Greek
    **dict(zip("βγδζθκλμνξπρσςτφχψ", "bgdstklmnkprsstf-s", strict=True)),
    # Arabic, Persian, Urdu
    **dict(zip("بپتثجچحخدذرزژسشصضطظع", "bbttgS--ddrsgsSsdtd-", strict=True)),
    **dict(zip("غفقكکگلمنٹڈڑ", "gfkkkglmntdr", strict=True)),
    # Hebrew
    **dict(zip("בגדזטכךלמםנןספףצץקרשת", "bgdstkklmmnnsffsskrSt", strict=True)),
    # Devanagari
    **dict(zip("कखगघचछजझटठडढतथदधनणपफबभमरलळवशषसड", "kkggSSggttddttddnnbfbbmrllvSSsd", strict=True)),
}  # fmt: skip
_PAIRS = (("sch", "S"), ("sh", "S"), ("ch", "S"), ("ş", "S"), ("ç", "S"), ("kh", "h"),
          ("gh", "g"), ("zh", "g"), ("ph", "f"), ("th", "t"), ("dh", "d"), ("ts", "s"),
          ("ck", "k"), ("qu", "k"))  # fmt: skip
_CLASSES = str.maketrans("pvcqzjx", "bfkksgk")
_VOWELS = re.compile(r"[^bdfgklmnrstS]")
_DOUBLES = re.compile(r"(.)\1+")
_CAPITALS = ("LATIN", "CYRILLIC", "GREEK")

_COMMON = {
    "fa": "در به از که این با را است برای آن یک خود تا کرد بر هم نیز گفت شده شد های می اما پس",
    "hi": "के में की है से को का ने और पर कि यह भी एक नहीं हैं लिए था हो कर गया इस साथ ही बाद",
    "id": "yang di dan dengan untuk dari ini itu pada dalam tidak akan oleh ke juga telah saat "
    "sebagai adalah karena bisa ada mereka atas warga",
    "it": "di che il la e in un per del con una non i le si da dei della al gli nel sono alla come "
    "più anche dopo",
    "nl": "de het een van en in op te dat is voor met zijn niet aan er door ook na om bij uit",
    "ur": "کے میں کی ہے سے کو کا نے اور پر کہ یہ بھی ایک نہیں ہیں لیے تھا کر گیا اس ساتھ",
    "ms": "yang di dan dengan untuk dari ini itu pada dalam tidak akan oleh ke juga telah",
    "uk": "в на і що за до про у з та не як від після для це його",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What an item says. `words`: stem -> weight by position (title 2, rest 1); `names`:
    skeleton -> 1 or 2 (long ones say more); `shingles`: what copies are known by."""

    language: str
    words: dict[str, float]
    names: dict[str, float]
    shingles: frozenset[int]


def read(text: str, language: str = "") -> Words:
    """Take an item apart. language: ISO 639-1; empty: guessed by its commonest words."""
    title, _, rest = text[:PROFILE].partition(_TITLE_END)
    rest = without_agency(rest)
    words: dict[str, float] = {}
    names: dict[str, float] = {}
    runs: tuple[list[str], list[str]] = [], []
    for part, weight, run in ((title, 2.0, runs[0]), (rest, 1.0, runs[1])):
        for stem in _stems(part):
            if weight > words.get(stem, 0.0):
                words[stem] = weight
            run.append(stem)
        for name in _names(part):
            names[name] = 2.0 if len(name) > 3 else 1.0
    return Words(language or guess(words), words, names, shingles(*runs))


def _stems(part: str) -> Iterator[str]:
    return chain.from_iterable(map(_stems_of, _WORD.findall(part.replace("\u200c", ""))))


@functools.lru_cache(maxsize=100_000)
def _stems_of(token: str) -> tuple[str, ...]:
    if _CHARS.search(token):
        pairs = (token[i : i + 2] for i in range(max(1, len(token) - 1)))
        return tuple(_fold(pair)[:STEM] for pair in pairs)
    return (_fold(token)[:STEM],) if len(token) > 1 else ()


def _fold(token: str) -> str:
    if token.isascii():
        return token.lower()
    parts = unicodedata.normalize("NFKD", token.lower())
    return "".join(c for c in parts if unicodedata.category(c) != "Mn" or "\u0900" <= c <= "\u0dff")


def _names(part: str) -> Iterator[str]:
    for at, token in enumerate(_WORD.findall(part)):
        name = _name_of(token)
        if name and (at or name[0] == "#"):
            yield name


@functools.lru_cache(maxsize=100_000)
def _name_of(token: str) -> str:
    """The mark of a number, or of what is written like a name; empty for anything else."""
    if token.isdecimal():
        return f"#{int(token)}" if len(token) > 1 else ""
    if len(token) > 3 and (token[0].isupper() or token.lower() == token.upper()):
        name = skeleton(token)
        return f"~{name}" if len(name) > 2 else ""
    return ""


def skeleton(token: str) -> str:
    """The consonants of a name in Latin letters; sounds that scripts confuse are one letter."""
    word = token.lower().removeprefix("وال").removeprefix("ال")
    for pair, letter in _PAIRS:
        word = word.replace(pair, letter)
    word = "".join(_LATIN.get(c, c) for c in word)
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if c.isascii())
    return _DOUBLES.sub(r"\1", _VOWELS.sub("", plain.translate(_CLASSES)))


class Commonness:
    """How many of `documents[language]` items hold a word, from the table and a few lists."""

    def __init__(self, tables: Mapping[str, tuple[int, dict[int, int]]]) -> None:
        self.documents = {language: n for language, (n, _) in tables.items()}
        self._counts = {language: counts for language, (_, counts) in tables.items()}
        for language, listed in _COMMON.items():
            if language not in self.documents:
                self.documents[language] = 400
                self._counts[language] = {key(_fold(word)[:STEM]): 80 for word in listed.split()}

    @classmethod
    def load(cls, path: Path = TABLE) -> "Commonness":
        """The packaged table; OSError if it is not there."""
        with np.load(path, allow_pickle=False) as found:
            languages = sorted(name[:-5] for name in found.files if name.endswith("_keys"))
            return cls({
                language: (
                    int(found[f"{language}_n"]),
                    dict(zip(found[f"{language}_keys"].tolist(),
                             found[f"{language}_df"].tolist(), strict=True)),
                )
                for language in languages
            })  # fmt: skip

    def of(self, language: str) -> tuple[int, dict[int, int]]:
        """Documents counted and counts by key; a language without a table has (400, nothing)."""
        return self.documents.get(language, 400), self._counts.get(language, {})

    def languages(self) -> Iterable[str]:
        """The languages with a table or a list."""
        return self.documents


@functools.lru_cache(maxsize=200_000)
def key(stem: str) -> int:
    """The table's key of a word."""
    return zlib.crc32(stem.encode())


@functools.cache
def commonness() -> Commonness:
    """The packaged table, loaded once per process."""
    return Commonness.load()


def guess(words: Mapping[str, float]) -> str:
    """The language whose common words cover most of the item; "" where none does."""
    table, best, language = commonness(), 0.0, ""
    keys = [key(stem) for stem in words]
    for found in table.languages():
        n, counts = table.of(found)
        cover = sum(math.sqrt(counts.get(value, 0) / n) for value in keys)
        if cover > best:
            best, language = cover, found
    return language


def build(folder: Path, out: Path = TABLE, at_most: int = 20_000, at_least: int = 4) -> None:
    """Count document frequencies in `folder`/LANG.jsonl.gz and write the table."""
    arrays: dict[str, object] = {}
    for path in sorted(folder.glob("*.jsonl.gz")):
        language, counts, n = path.name.split(".")[0], Counter[int](), 0
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                if n == at_most:
                    break
                text = json.loads(line)["text"][:PROFILE]
                counts.update({key(stem) for stem in _stems(text)})
                n += 1
        kept = sorted((k, c) for k, c in counts.items() if c >= at_least)
        arrays[f"{language}_keys"] = np.array([k for k, _ in kept], dtype=np.uint32)
        arrays[f"{language}_df"] = np.array([c for _, c in kept], dtype=np.uint16)
        arrays[f"{language}_n"] = np.array(n)
    np.savez_compressed(out, **arrays)  # type: ignore[arg-type]
