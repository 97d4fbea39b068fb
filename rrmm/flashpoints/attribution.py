"""Whom a report names as its source: an office that speaks for itself, an agency. Pure."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

OFFICIAL = "official"
TABLE = Path(__file__).with_name("attribution.toml")
APART = 60
"""Characters of one sentence that may stand between an office and its "said"."""
PREFIXED = frozenset({"ar", "fa", "ur"})
"""Languages whose words carry prefixes: a word may begin earlier, but ends where ours ends."""
UNSEPARATED = frozenset({"zh", "ja", "ko"})
"""Languages that do not separate words, or join endings to them: matched anywhere."""


@lru_cache(maxsize=4096)
def named_in(title: str, summary: str, language: str) -> tuple[str, ...]:
    """The sources that the words name: `OFFICIAL` first, then agencies by their name.

    Rules of words, no understanding: "police said" and "according to the ministry" count, a bare
    "police" does not. language: ISO 639-1; one that the table lacks yields agencies only.
    """
    text = f"{title}. {summary}"
    found = [OFFICIAL] if (rule := _official(language)) and rule.search(text) else []
    found += dict.fromkeys(hit.group().strip("()") for hit in _agencies().finditer(text))
    return tuple(found)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@cache
def _official(language: str) -> "re.Pattern[str] | None":
    row = _table().get(language)
    if not isinstance(row, dict):
        return None
    who, said = _any(row["who"], language), _any(row["said"], language)
    between = rf"[^.!?؟。！？।\n]{{0,{APART}}}?"
    ways = [f"{who}{between}{said}", f"{said}{between}{who}"]
    if row["by"]:
        by = _any(row["by"], language)
        ways += [f"{by}{between}{who}", f"{who}{between}{by}"]
    return re.compile("|".join(ways), re.IGNORECASE)


@cache
def _agencies() -> "re.Pattern[str]":
    names = sorted(_table()["agencies"], key=len, reverse=True)
    return re.compile("|".join(_whole(name) for name in names))


def _any(words: Sequence[str], language: str) -> str:
    return "(?:" + "|".join(_word(word, language) for word in words) + ")"


def _word(word: str, language: str) -> str:
    if language in UNSEPARATED:
        return re.escape(word)
    if language in PREFIXED:
        return rf"{re.escape(word)}(?!\w)"
    parts = r"\w*".join(re.escape(part) for part in word.split("*"))
    return rf"(?<!\w){parts}(?!\w)"


def _whole(name: str) -> str:
    """No hit inside a longer word, where the script separates words."""
    plain = re.escape(name)
    return rf"(?<!\w){plain}(?!\w)" if name[0].isalpha() and name[0] < "\u2e80" else plain
