"""Which words of an article decided, as the article writes them."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from models.artifacts import Weights
from models.scoring import Scorer
from models.taxonomy import Taxonomy
from models.text import LIMIT, WORD, is_han, plain
from models.values import ReasonFound

FOR, AGAINST = 5, 2
"""How many reasons a person is shown for and against."""
LEAST = 0.05
COMMON = 0.35
"""Words with an inverse document frequency below this ("the", "says") explain nothing."""


@dataclass(frozen=True)
class _Span:
    start: int
    end: int
    bare: str
    ideas: frozenset[str]


class Explainer:
    """Shares the linear model's answer out among the words that caused it."""

    def __init__(self, model: Weights, scorer: Scorer, taxonomy: Taxonomy) -> None:
        self._model = model
        self._scorer = scorer
        self._taxonomy = taxonomy
        self._line_columns = [i for i, n in enumerate(model.outputs) if n.startswith("line:")]

    def reasons(self, text: str, slope: float) -> tuple[ReasonFound, ...]:
        """At most five reasons for and two against, the heaviest first, for before against.

        slope: what a margin of words counts in log-odds, in the text's group of languages.

        A word's weight is the log-odds it adds, with its share of the pairs and ideas that it
        is part of; neighbours that pull the same way are one reason.
        """
        text = text[:LIMIT]
        spans = self._spans(text)
        if not spans:
            return ()
        self._scorer.make_room(text)
        shares = self._shares(spans)
        found = self._phrases(text, spans, slope * shares[:, 0], shares)
        pro = sorted((r for r in found if r.weight >= LEAST), key=lambda r: -r.weight)
        con = sorted((r for r in found if r.weight <= -LEAST), key=lambda r: r.weight)
        return tuple(pro[:FOR] + con[:AGAINST])

    def _spans(self, text: str) -> list[_Span]:
        spans: list[_Span] = []
        for match in WORD.finditer(text):
            word, start = match.group(), match.start()
            if is_han(word):
                ends = range(max(1, len(word) - 1))
                spans += [self._span(start + i, word[i : i + 2]) for i in ends]
            else:
                spans.append(self._span(start, word))
        return spans

    def _span(self, start: int, word: str) -> _Span:
        bare = word if is_han(word) else plain(word)
        return _Span(start, start + len(word), bare, self._taxonomy.of_word(word))

    def _shares(self, spans: list[_Span]) -> np.ndarray:
        """Spans x outputs: what each place in the text adds."""
        holders = self._holders(spans)
        rows = [self._scorer.row(unit) for unit in holders]
        answers = self._scorer.answers([row for row in rows if row >= 0])
        places: list[int] = []
        sources: list[int] = []
        parts: list[float] = []
        known = (where for where, row in zip(holders.values(), rows, strict=True) if row >= 0)
        for source, where in enumerate(known):
            places += where
            sources += [source] * len(where)
            parts += [1 / len(where)] * len(where)
        shares = np.zeros((len(spans), answers.shape[1]))
        np.add.at(shares, places, answers[sources] * np.asarray(parts)[:, None])
        length = float(np.sqrt(max(float(answers[:, -1].sum()), 1e-12)))
        return np.asarray(shares[:, :-1] / length)

    def _holders(self, spans: list[_Span]) -> dict[str, list[int]]:
        """The units of the text, each with the spans that it comes from."""
        holders: dict[str, list[int]] = defaultdict(list)
        before: tuple[int, str] | None = None
        for i, span in enumerate(spans):
            for idea in span.ideas:
                holders[f"c:{idea}"].append(i)
            if is_han(span.bare):
                for gram in dict.fromkeys((*span.bare, span.bare)):
                    holders[f"w:{gram}"].append(i)
                continue
            holders[f"w:{span.bare}"].append(i)
            if before:
                holders[f"b:{before[1]} {span.bare}"] += [before[0], i]
                for idea in self._taxonomy.of_pair(before[1], span.bare):
                    holders[f"c:{idea}"] += [before[0], i]
            before = (i, span.bare)
        ideas = sorted(unit[2:] for unit in holders if unit[0] == "c")
        for a, b in combinations(ideas, 2):
            holders[f"d:{a} {b}"] = holders[f"c:{a}"] + holders[f"c:{b}"]
        return holders

    def _phrases(
        self, text: str, spans: list[_Span], pulls: np.ndarray, shares: np.ndarray
    ) -> list[ReasonFound]:
        """Neighbours with the same sign joined, the same words counted once."""
        groups: list[list[int]] = []
        for i, span in enumerate(spans):
            if not self._telling(span) or abs(pulls[i]) < LEAST:
                continue
            last = groups[-1][-1] if groups else -2
            near = last == i - 1 and not text[spans[last].end : span.start].strip(" '’-")
            if near and pulls[last] * pulls[i] > 0 and len(groups[-1]) < 3:
                groups[-1].append(i)
            else:
                groups.append([i])
        totals: dict[str, ReasonFound] = {}
        for group in groups:
            shown = text[spans[group[0]].start : spans[group[-1]].end]
            line = self._line([spans[i] for i in group], shares[group])
            weight = float(pulls[group].sum())
            before = totals.get(plain(shown))
            if before:
                weight += before.weight
            totals[plain(shown)] = ReasonFound(shown, round(weight, 3), line if weight > 0 else "")
        return list(totals.values())

    def _telling(self, span: _Span) -> bool:
        if span.ideas:
            return True
        shortest = 2 if is_han(span.bare) else 3  # "di", "en", "of": idf alone sees all languages
        if not any(char.isalpha() for char in span.bare) or len(span.bare) < shortest:
            return False
        column = self._model.vocabulary.index.get(f"w:{span.bare}")
        return column is None or float(self._model.vocabulary.idf[column]) >= COMMON

    def _line(self, spans: list[_Span], shares: np.ndarray) -> str:
        """The fault line that the words name, or else the one that they speak for."""
        named = [
            line
            for span in spans
            for idea in sorted(span.ideas)
            if (line := self._taxonomy.line_of[idea])
        ]
        if named:
            return named[0]
        sums = shares[:, self._line_columns].sum(axis=0)
        best = int(sums.argmax())
        if sums[best] <= 0:
            return ""
        return self._model.outputs[self._line_columns[best]].partition(":")[2]
