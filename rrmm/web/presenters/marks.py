"""The words that were looked for, marked inside the line they stand in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """A run of text; `line` names its fault line, "" a word of none, None plain text."""

    text: str
    line: str | None = None


def pieces(text: str, words: Iterable[tuple[str, str]], inside: bool = False) -> list[Piece]:
    """Cut `text` at every occurrence of the given (words, fault line), longest first.

    Matching ignores case. Where two overlap, the longer one wins. The pieces together are the
    text, unchanged. inside: also mark a hit within a longer word, as a search finds it.
    """
    lines = {found.casefold(): line for found, line in words if found.strip()}
    if not lines:
        return [Piece(text)] if text else []
    longest = sorted(lines, key=len, reverse=True)
    either = "|".join(re.escape(word) if inside else _whole(word) for word in longest)
    pattern = re.compile(either, re.IGNORECASE)
    cut: list[Piece] = []
    at = 0
    for hit in pattern.finditer(text):
        if hit.start() > at:
            cut.append(Piece(text[at : hit.start()]))
        cut.append(Piece(hit.group(), lines.get(hit.group().casefold(), "")))
        at = hit.end()
    return [*cut, Piece(text[at:])] if at < len(text) else cut


def _whole(word: str) -> str:
    """No match inside a longer word where the script separates words; Chinese does not."""
    escaped = re.escape(word)
    if not word.isascii() and not word[0].isalpha():
        return escaped
    if re.match(r"[\u0E00-\u0E7F\u3040-\u30FF\u4E00-\u9FFF]", word):
        return escaped
    return rf"(?<!\w){escaped}(?!\w)"
