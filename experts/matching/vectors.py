"""TF-IDF over one kind of feature, laid out by feature: a need reads only the people that share
something with it. Pure.

Weights are sublinear term frequency times smoothed inverse document frequency, rows of length one
(Manning, Raghavan, Schütze: Introduction to Information Retrieval, 2008, 6.4), so the score is
the cosine of need and profile.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

Floats = NDArray[np.float32]


class Vectors:
    """Rows of features. rarest: how many of a need's features, the weightiest first, are read;
    common: features of more than this share of all rows tell nothing and are left out."""

    def __init__(
        self, rows: Iterable[Mapping[str, int]], *, rarest: int, common: float = 1.0, rare: int = 1
    ) -> None:
        self._rarest = rarest
        counted = list(rows)
        holders = Counter(feature for row in counted for feature in row)
        limit = max(5.0, common * len(counted))
        kept = (name for name, n in holders.items() if rare <= n <= limit)
        self._columns = {name: at for at, name in enumerate(kept)}
        held = np.asarray([holders[name] for name in self._columns], dtype=np.float64)
        self._idf = np.log((1 + len(counted)) / (1 + held)) + 1
        self._table = self._weighed(counted)

    def scores(self, features: Mapping[str, int]) -> Floats:
        """The cosine of every row with these features, float32 of shape (rows,)."""
        total = np.zeros(self._table.shape[0], dtype=np.float32)
        for column, weight in self._chosen(features):
            low, high = self._table.indptr[column : column + 2]
            total[self._table.indices[low:high]] += weight * self._table.data[low:high]
        return total

    def shared(self, row: int, features: Mapping[str, int], most: int) -> list[str]:
        """The features that bring this row nearest to the need, weightiest first."""
        found: list[tuple[float, str]] = []
        for name in features:
            column = self._columns.get(name)
            if column is None:
                continue
            low, high = self._table.indptr[column : column + 2]
            at = low + int(np.searchsorted(self._table.indices[low:high], row))
            if at < high and self._table.indices[at] == row:
                found.append((float(self._idf[column]), name))
        return [name for _idf, name in sorted(found, key=lambda pair: (-pair[0], pair[1]))[:most]]

    def _weighed(self, rows: Sequence[Mapping[str, int]]) -> csc_array:
        lengths, columns, counts = [0], [], []
        for row in rows:
            known = [(self._columns[name], n) for name, n in row.items() if name in self._columns]
            columns += [column for column, _n in known]
            counts += [n for _column, n in known]
            lengths.append(len(columns))
        where = np.asarray(columns, dtype=np.int32)
        values = (1 + np.log(np.asarray(counts, dtype=np.float64))) * self._idf[where]
        of_row = np.repeat(np.arange(len(rows)), np.diff(lengths))
        norms = np.sqrt(np.bincount(of_row, values**2, minlength=len(rows)))
        values = (values / np.maximum(norms, 1e-9)[of_row]).astype(np.float32)
        shape = (len(rows), max(1, len(self._columns)))
        table = csc_array((values, (of_row, where)), shape=shape)
        table.sort_indices()
        return table

    def _chosen(self, features: Mapping[str, int]) -> list[tuple[int, np.float32]]:
        known = [(self._columns[name], n) for name, n in features.items() if name in self._columns]
        weighed = [(column, (1 + np.log(n)) * self._idf[column]) for column, n in known]
        best = sorted(weighed, key=lambda pair: -pair[1])[: self._rarest]
        norm = np.sqrt(sum(weight**2 for _column, weight in best)) or 1.0
        return [(column, np.float32(weight / norm)) for column, weight in best]
