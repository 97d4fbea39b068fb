"""The taxonomy of fault lines and triggers, and the ideas known by words in many languages."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from models.text import is_han, plain, words

SOURCE = Path(__file__).parent / "data" / "fault_lines.toml"
SHORTEST_STEM = 2
REMEMBERED = 200_000
NO_IDEAS: frozenset[str] = frozenset()
# Arabic writes "and", "with", "for", "the" onto the word: tried without them, longest first.
CLITICS = ("وبال", "وال", "بال", "فال", "كال", "ولل", "لل", "ال", "و", "ب", "ل", "ف")


@dataclass(frozen=True)
class Taxonomy:
    """`lines` and `triggers`: code to plain name; `letters`: codebook letter to line code."""

    lines: dict[str, str]
    letters: dict[str, str]
    triggers: dict[str, str]
    ideas: tuple[str, ...]
    line_of: dict[str, str]
    exact: dict[str, frozenset[str]]
    stems: dict[str, frozenset[str]]
    phrases: dict[tuple[str, str], frozenset[str]]
    openings: frozenset[str]
    han: dict[str, frozenset[str]]
    _met: dict[str, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)

    def of_word(self, word: str) -> frozenset[str]:
        """Ideas that one word (in any case and spelling) names; remembered per word."""
        found = self._met.get(word)
        if found is None:
            if len(self._met) >= REMEMBERED:
                self._met.clear()
            found = self._met[word] = self._find(word)
        return found

    def _find(self, word: str) -> frozenset[str]:
        if is_han(word):
            return frozenset(self._in_run(word))
        bare = plain(word)
        found = self._of_form(bare)
        for form in _without_clitic(bare):
            found |= self._of_form(form)
        return found

    def of_pair(self, first: str, second: str) -> frozenset[str]:
        """Ideas that two words in a row name."""
        start, after = plain(first), plain(second)
        if start not in self.openings:
            return NO_IDEAS
        ends = (after[:end] for end in range(SHORTEST_STEM, len(after) + 1))
        return frozenset().union(*(self.phrases.get((start, end), ()) for end in ends))

    def _of_form(self, bare: str) -> frozenset[str]:
        found = self.exact.get(bare, NO_IDEAS)
        for end in range(SHORTEST_STEM, len(bare) + 1):
            if ideas := self.stems.get(bare[:end]):
                found |= ideas
        return found

    def _in_run(self, run: str) -> Iterator[str]:
        for start in range(len(run)):
            for size in range(1, 5):
                yield from self.han.get(run[start : start + size], ())


def _without_clitic(bare: str) -> Iterator[str]:
    """An Arabic word without the article or preposition written onto it, if it has one."""
    if bare and "\u0600" <= bare[0] <= "\u06ff":
        for clitic in CLITICS:
            if bare.startswith(clitic) and len(bare) - len(clitic) >= 3:
                yield bare[len(clitic) :]
                return


@cache
def taxonomy() -> Taxonomy:
    """The shipped taxonomy, read once."""
    data = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    tables: dict[str, dict[object, set[str]]] = {k: {} for k in ("exact", "stems", "pairs", "han")}
    for idea, entry in data["ideas"].items():
        for raw in entry["words"].split(","):
            _file(tables, raw.strip(), idea)
    frozen = {
        name: {key: frozenset(ideas) for key, ideas in table.items()}
        for name, table in tables.items()
    }
    return Taxonomy(
        lines={code: line["name"] for code, line in data["lines"].items()},
        letters={line["letter"]: code for code, line in data["lines"].items()},
        triggers=dict(data["triggers"]),
        ideas=tuple(data["ideas"]),
        line_of={idea: entry.get("line", "") for idea, entry in data["ideas"].items()},
        exact=frozen["exact"],  # type: ignore[arg-type]
        stems=frozen["stems"],  # type: ignore[arg-type]
        phrases=frozen["pairs"],  # type: ignore[arg-type]
        openings=frozenset(pair[0] for pair in frozen["pairs"]),  # type: ignore[index]
        han=frozen["han"],  # type: ignore[arg-type]
    )


def _file(tables: dict[str, dict[object, set[str]]], raw: str, idea: str) -> None:
    """Put one entry of the list into the table that finds it."""
    parts = [plain(part) for part in words(raw)]
    if not parts:
        return
    if is_han(parts[0]):
        tables["han"].setdefault(parts[0], set()).add(idea)
    elif len(parts) > 1:
        tables["pairs"].setdefault((parts[0], parts[1]), set()).add(idea)
    else:
        table = "stems" if raw.endswith("*") else "exact"
        tables[table].setdefault(parts[0], set()).add(idea)
