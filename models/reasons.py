"""Which words of an article decided, as the article writes them."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from models.artifacts import Weights
from models.features import features
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

    def __init__(self, model: Weights, taxonomy: Taxonomy) -> None:
        self._model = model
        self._taxonomy = taxonomy
        self._line_columns = [i for i, n in enumerate(model.outputs) if n.startswith("line:")]

    def reasons(self, text: str) -> tuple[ReasonFound, ...]:
        """At most five reasons for and two against, the heaviest first, for before against.

        A word's weight is the log-odds it adds, with its share of the pairs and ideas that it
        is part of; neighbours that pull the same way are one reason.
        """
        text = text[:LIMIT]
        spans = self._spans(text)
        if not spans:
            return ()
        shares = self._shares(spans)
        found = self._phrases(text, spans, shares)
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
        holders: dict[str, list[int]] = defaultdict(list)
        for i, span in enumerate(spans):
            holders[f"w:{span.bare}"].append(i)
            for idea in span.ideas:
                holders[f"c:{idea}"].append(i)
            if i and not is_han(span.bare) and not is_han(spans[i - 1].bare):
                pair = f"b:{spans[i - 1].bare} {span.bare}"
                holders[pair] += [i - 1, i]
                for idea in self._taxonomy.of_pair(spans[i - 1].bare, span.bare):
                    holders[f"c:{idea}"] += [i - 1, i]
        ideas = sorted(unit[2:] for unit in holders if unit[0] == "c")
        for a, b in combinations(ideas, 2):
            holders[f"d:{a} {b}"] = holders[f"c:{a}"] + holders[f"c:{b}"]
        shares = np.zeros((len(spans), len(self._model.outputs)))
        square = 0.0
        for unit, where in holders.items():
            answer, length = self._answer(unit)
            square += length
            for i in where:
                shares[i] += answer / len(where)
        return shares / np.sqrt(max(square, 1e-12))

    def _answer(self, unit: str) -> tuple[np.ndarray, float]:
        vocabulary, weights = self._model.vocabulary, self._model.weights
        total, square = np.zeros(weights.shape[1]), 0.0
        for name, weight in features(unit):
            if (column := vocabulary.index.get(name)) is not None:
                value = weight * float(vocabulary.idf[column])
                total += value * weights[column]
                square += value * value
            elif unit[0] == "w":
                square += weight * weight
        return total, square

    def _phrases(self, text: str, spans: list[_Span], shares: np.ndarray) -> list[ReasonFound]:
        """Neighbours with the same sign joined, the same words counted once."""
        pulls = self._model.slope * shares[:, 0]
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
        if not any(char.isalpha() for char in span.bare) or len(span.bare) < 2:
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
