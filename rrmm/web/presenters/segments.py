"""A text cut where the words stand that spoke for or against a flag. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.text import WORD, plain

STRONG, CLEAR = 1.0, 0.4
"""Log-odds from which words spoke strongly (the odds rise 2.7 times), or clearly (1.5 times)."""

UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
"""Thai, Lao, Burmese, Khmer, Japanese, Chinese: words are not set apart by spaces."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text; `weight` in log-odds: above 0 it spoke for, below against, 0 is plain text.
    `line`: the fault line it spoke along, "" for none."""

    text: str
    weight: float = 0.0
    line: str = ""

    @property
    def side(self) -> str:
        return side(self.weight)

    @property
    def strength(self) -> str:
        return strength(self.weight)


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    weight: float
    line: str

    def meets(self, other: "_Hit") -> bool:
        return self.start < other.end and other.start < self.end

    def joined(self, other: "_Hit") -> "_Hit":
        heavier = max(self, other, key=lambda hit: abs(hit.weight))
        start, end = min(self.start, other.start), max(self.end, other.end)
        return _Hit(start, end, heavier.weight, heavier.line)


def side(weight: float) -> str:
    """ "for", "against", or "" for what said nothing."""
    return "for" if weight > 0 else "against" if weight < 0 else ""


def strength(weight: float) -> str:
    """ "strong", "clear" or "slight"; see STRONG and CLEAR."""
    heavy = abs(weight)
    return "strong" if heavy >= STRONG else "clear" if heavy >= CLEAR else "slight"


def segments(text: str, reasons: Sequence[Mapping[str, Any]]) -> list[Segment]:
    """`text`, cut at every occurrence of every reason (`{words, weight, line}`).

    Compared as the models compare: without case and accents, whole words only (any run where a
    script does not set words apart). Occurrences of one side that overlap become one; where the
    sides overlap, the longer, then the heavier, stays. The segments together are the text.
    """
    return _cut(text, _laid(text, reasons))


def not_shown(
    texts: Sequence[str], reasons: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """The reasons that mark nothing in any of the texts: cut off, written otherwise, or covered
    by words of the other side."""
    laid = [(_Folded(text), _laid(text, reasons)) for text in texts]
    return [
        reason
        for reason in reasons
        if not any(
            hit.meets(own) and side(hit.weight) == side(own.weight)
            for folded, hits in laid
            for own in folded.hits(reason)
            for hit in hits
        )
    ]


def _laid(text: str, reasons: Sequence[Mapping[str, Any]]) -> list[_Hit]:
    folded = _Folded(text)
    found = [hit for reason in reasons for hit in folded.hits(reason)]
    found.sort(key=lambda hit: (hit.start - hit.end, -abs(hit.weight), hit.start))
    laid: list[_Hit] = []
    for hit in found:
        met = [other for other in laid if other.meets(hit)]
        if any(side(other.weight) != side(hit.weight) for other in met):
            continue
        whole = hit
        for other in met:
            laid.remove(other)
            whole = whole.joined(other)
        laid.append(whole)
    return sorted(laid, key=lambda hit: hit.start)


def _cut(text: str, hits: Sequence[_Hit]) -> list[Segment]:
    cut: list[Segment] = []
    at = 0
    for hit in hits:
        if hit.start > at:
            cut.append(Segment(text[at : hit.start]))
        cut.append(Segment(text[hit.start : hit.end], hit.weight, hit.line))
        at = hit.end
    return [*cut, Segment(text[at:])] if at < len(text) else cut


def _bare(char: str) -> str:
    return plain(char).casefold()


class _Folded:
    """A text as the models compare it, with the way back to each character of the original."""

    def __init__(self, text: str) -> None:
        self._text = text
        pairs = [(bare, i) for i, char in enumerate(text) for bare in _bare(char)]
        self._bare = "".join(bare for bare, _i in pairs)
        self._at = [i for _bare, i in pairs]
        words = [match.span() for match in WORD.finditer(text)]
        self._starts = {start for start, _end in words}
        self._ends = {end for _start, end in words}

    def hits(self, reason: Mapping[str, Any]) -> list[_Hit]:
        """Where the reason's words stand, as positions in the original text."""
        wanted = "".join(_bare(char) for char in str(reason.get("words", "")).strip())
        weight = float(reason.get("weight", 0))
        if not wanted or not weight:
            return []
        found: list[_Hit] = []
        begin = self._bare.find(wanted)
        while begin >= 0:
            start, end = self._at[begin], self._end(begin + len(wanted))
            if self._whole(start, end):
                found.append(_Hit(start, end, weight, str(reason.get("line", ""))))
            begin = self._bare.find(wanted, begin + 1)
        return found

    def _end(self, after: int) -> int:
        """Accents and vowel signs that follow belong to the last letter."""
        return self._at[after] if after < len(self._at) else len(self._text)

    def _whole(self, start: int, end: int) -> bool:
        first, last = self._text[start], self._text[end - 1]
        begins = start in self._starts or bool(UNSPACED.match(first))
        return begins and (end in self._ends or bool(UNSPACED.match(last)))
