"""Reading a need or a profile: its concepts, its countries, its words. Pure."""

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from ahocorasick_rs import AhoCorasick

from experts.matching.names import country_codes, folded, place_name, regions
from models.language import detect

HERE = Path(__file__).parent
LIMIT = 4000
"""Characters of a text that are read: a need is a headline and a summary, a profile a page."""
STEM = 6
"""Letters after which a word is cut for comparing: enough to tell words apart, short enough
that inflected forms meet."""
_PROCLITICS = {"", "ال", "و", "وال", "ب", "بال", "ل", "لل", "ف", "فال", "ك", "كال", "ولل", "وب"}
_NOT_PLACES = {"مالي", "indie", "عمان", "inde"}
"""Names that are everyday words elsewhere: financial, independent, Amman, a beginning."""
_ISLES = {"RE", "JE", "GG", "IM", "NF", "CX", "CC", "BV", "HM", "AQ", "TF", "SJ", "IO", "UM", "GS"}
"""Places without experts of their own whose names would only mislead (`réunion`)."""
_WORD = re.compile(r"[^\W\d_]+(?:[\u0900-\u0963\u0981-\u09e3\u064b-\u065f]+[^\W\d_]*)*")
_HAN = re.compile(r"[\u3400-\u9fff]")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_STRANGE = re.compile(r"[\u0400-\u06ff\u0900-\u09ff]")
_STRANGE_LATIN = frozenset({"id", "sw"})
"""Letters and languages of the glossary."""
_HEBREW = re.compile(r"[\u05d0-\u05ea]")
_HEBREW_PROCLITICS = set("הבלומשכ")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_STOP_WORDS = (
    "about after against also and are been before between but can could for from had has have her "
    "him his how into its more most not off one our out over said says she should some such than "
    "that the their them then there they this those through under was were what when where which "
    "while who will with would you your de la le les des du un une et en est dans pour par sur au "
    "aux que qui avec pas plus son ses cette ces sont el los las del una por para con se su sus al "
    "como más entre o os da do das dos em na no nas nos um uma der die das den dem und ein eine "
    "einer ist im mit von zu auf für nach bei il lo gli di che per una della nel и в на не что по "
    "из за от для как это его она они при или في من على إلى عن أن مع ما هذا هذه التي الذي بين بعد "
    "ve bir bu için ile da de olarak dan den yang dan di ke dari untuk dengan pada ini itu का के "
    "की में से को है और पर ने यह कि हैं एक و در به از که را این با برای است آن professor prof "
    "expert works work working"
)
_STOP = frozenset(_STOP_WORDS.split())


@dataclass(frozen=True, slots=True)
class Word:
    """One entry of a list of words: what it stands for, what must follow, whether it may go on."""

    means: str
    rest: tuple[str, ...]
    whole: bool


Words = tuple[AhoCorasick, tuple[tuple[Word, ...], ...]]
"""An automaton that finds words, and what each of its patterns stands for."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says. concepts, countries, groups, areas (our regions):
    how often each was met; terms: words,
    cut; gloss: in English what its words say that the glossary knows, "" for most languages."""

    concepts: Counter[str]
    countries: Counter[str]
    terms: Counter[str]
    groups: Counter[str]
    areas: Counter[str]
    gloss: str


def read(text: str) -> Reading:
    """Concepts, countries (ISO 3166-1 alpha-2), groups and terms of a text in our languages; where
    the glossary knows its words, also those of their English."""
    plain = folded(text[:LIMIT])
    gloss = ", ".join(_met(plain, *glossary_words(), longest=False)) if _is_strange(plain) else ""
    english = folded(gloss)
    return Reading(
        _in_either(concept_words(), plain, english),
        _met(plain, *place_words(), longest=True),
        _terms(plain) + _terms(english),
        _in_either(group_words(), plain, english),
        _met(plain, *area_words(), longest=True),
        gloss,
    )


def _is_strange(plain: str) -> bool:
    """Whether a text may be in a language of the glossary: by its letters, or by its words."""
    return bool(_STRANGE.search(plain)) or detect(plain) in _STRANGE_LATIN


def _in_either(words: Words, plain: str, english: str) -> Counter[str]:
    """What either of two texts of one meaning says, once."""
    if not english:
        return _met(plain, *words, longest=False)
    return _met(plain, *words, longest=False) | _met(english, *words, longest=False)


@lru_cache(maxsize=4096)
def groups_in(text: str) -> frozenset[str]:
    """The groups that a text names."""
    return frozenset(_met(folded(text[:LIMIT]), *group_words(), longest=False))


def shingles(text: str, size: int = 4) -> Iterator[str]:
    """Character n-grams inside the words of a text: what stems and spellings share."""
    for word in _WORD.findall(folded(text[:LIMIT])):
        if word not in _STOP:
            framed = f" {word} "
            yield from (framed[i : i + size] for i in range(max(1, len(framed) - size + 1)))


@cache
def concepts() -> dict[str, dict[str, str]]:
    """The table of concepts: name -> language -> words, and `line`."""
    return tomllib.loads((HERE / "concepts.toml").read_text("utf-8"))


@cache
def concept_words() -> Words:
    """The automaton that finds concepts, and what each of its patterns stands for."""
    return _automaton(
        (word, name)
        for name, tongues in concepts().items()
        for tongue, words in tongues.items()
        if tongue != "line"
        for word in words.split(",")
    )


@cache
def groups() -> dict[str, dict[str, str]]:
    """The table of faiths and peoples: name -> `words`, `line`, and `of` (larger groups)."""
    return tomllib.loads((HERE / "groups.toml").read_text("utf-8"))


@cache
def group_words() -> Words:
    """The automaton that finds faiths and peoples."""
    table = groups().items()
    return _automaton((word, name) for name, row in table for word in row["words"].split(","))


@cache
def glossary_words() -> Words:
    """The automaton that finds words whose English the glossary tells."""
    table = tomllib.loads((HERE / "glossary.toml").read_text("utf-8")).items()
    return _automaton((word, english) for english, words in table for word in words.split(","))


@cache
def place_words() -> Words:
    """The automaton that finds countries, by name and by people."""
    peoples = tomllib.loads((HERE / "peoples.toml").read_text("utf-8"))
    told = ((word, code) for code, words in peoples.items() for word in words.split(","))
    return _automaton([*told, *_country_names()])


@cache
def area_words() -> Words:
    """The automaton that finds our regions, by whole names: "the Gulf States", "Sahel"."""
    named = ((name, code) for code, region in regions().items() for name in region.names)
    return _automaton((_whole(name), code) for name, code in named if _is_telling(name))


def _is_telling(name: str) -> bool:
    """Whether a region's name is no everyday word: not "horn", not "gulf"."""
    return len(name) > 4 or not name.isascii()


def _whole(name: str) -> str:
    return name + "$" if name.isascii() and " " not in name else name


def _country_names() -> Iterator[tuple[str, str]]:
    """One country per beginning of a word; the English name wins where two share one."""
    stems: dict[str, str] = {}
    for name, code in country_codes().items():
        if code not in _ISLES and name not in _NOT_PLACES and not _too_short(name):
            stems[_stem_of_name(name)] = code
    english = {_stem_of_name(folded(place_name(code))): code for code in set(stems.values())}
    yield from (stems | english).items()


def _too_short(name: str) -> bool:
    return len(name) < (2 if _HAN.search(name) else 3 if _ARABIC.search(name) else 4)


def _stem_of_name(name: str) -> str:
    """A country's name as a beginning of words: `tunisi` for Tunisia, Tunisian, tunisien."""
    if _ARABIC.search(name):
        return name.removeprefix("ال")
    if _HAN.search(name) or " " in name or len(name) < 5:
        return name if len(name) > 4 or not name.isascii() else name + "$"
    bare = name[:-1] if name[-1] in "aeiouyаяиый" else name
    return bare if len(bare) >= (4 if _CYRILLIC.search(name) else 5) else name


def _automaton(
    pairs: Iterable[tuple[str, str]],
) -> Words:
    by_start: dict[str, list[Word]] = {}
    for raw, means in pairs:
        first, *rest = folded(raw).removesuffix("$").split()
        whole = folded(raw).endswith("$") or bool(rest and len(first) < 4)
        by_start.setdefault(first, []).append(Word(means, tuple(rest), whole))
    return AhoCorasick(list(by_start)), tuple(tuple(words) for words in by_start.values())


def _met(
    plain: str, finder: AhoCorasick, words: tuple[tuple[Word, ...], ...], *, longest: bool
) -> Counter[str]:
    """What the words of a text stand for, once per place where a word begins. `longest`: of
    several that begin at one place only the longest counts (Niger, Nigeria)."""
    met: dict[int, dict[str, int]] = {}
    for which, start, end in finder.find_matches_as_indexes(plain, overlapping=True):
        if _begins(plain, start):
            for word in words[which]:
                if reached := _reach(plain, end, word):
                    here = met.setdefault(start, {})
                    here[word.means] = max(reached, here.get(word.means, 0))
    return Counter(means for here in met.values() for means in _kept(here, longest))


def _kept(here: dict[str, int], longest: bool) -> list[str]:
    return [m for m, reached in here.items() if not longest or reached == max(here.values())]


def _begins(plain: str, start: int) -> bool:
    """Whether a word begins here; Arabic writes "and", "in", "the" in front without a space."""
    if start == 0 or not _letter(plain[start - 1]) or _HAN.match(plain[start]):
        return True
    if _HEBREW.match(plain[start]):
        before = plain[max(0, start - 3) : start].rpartition(" ")[2]
        return len(before) < 3 and set(before) <= _HEBREW_PROCLITICS
    if not _ARABIC.match(plain[start]):
        return False
    back = start
    while back > 0 and plain[back - 1].isalpha() and start - back < 4:
        back -= 1
    return plain[back:start] in _PROCLITICS


def _reach(plain: str, end: int, word: Word) -> int:
    """Where the match of a word ends, its further words included; 0 where it does not match."""
    if word.whole and not word.rest and _goes_on(plain, end):
        return 0
    for part in word.rest:
        while _goes_on(plain, end):
            end += 1
        if plain[end : end + 1] != " ":
            return 0
        end += 1
        if not plain.startswith(part, end):
            bare = plain.startswith("ال" + part, end)
            if not bare:
                return 0
            end += 2
        end += len(part)
    return end


def _goes_on(plain: str, at: int) -> bool:
    return at < len(plain) and _letter(plain[at])


def _letter(character: str) -> bool:
    """Whether a character is a letter or a vowel sign of one (Devanagari, Bengali)."""
    if character.isascii():
        return character.isalpha()
    return character.isalpha() or unicodedata.category(character).startswith("M")


def _terms(plain: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for word in _WORD.findall(plain):
        if _HAN.match(word):
            found.update(word[i : i + 2] for i in range(max(1, len(word) - 1)))
        elif len(word) > 2 and word not in _STOP:
            found[_cut(word)] += 1
    return found


def _cut(word: str) -> str:
    bare = word.removeprefix("و").removeprefix("ال") if _ARABIC.match(word) else word
    return bare[:STEM] if len(bare) > 2 else word
