"""How well people know a place: what lives, works and is named there, as one number. Pure."""

from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from experts.matching.names import countries_of, regions, regions_of
from experts.matching.values import Profile

LIVES = 1.0
LISTED = 0.95
NAMED = 0.75
NEIGHBOUR = 0.25
EVERYWHERE = 0.12
_NEAR = ("north-africa", "west-africa", "east-africa", "central-africa", "southern-africa",
         "middle-east", "western-europe", "northern-europe", "southern-europe", "eastern-europe",
         "balkans", "caucasus", "central-asia", "south-asia", "southeast-asia", "east-asia",
         "oceania", "north-america", "central-america", "caribbean", "south-america")  # fmt: skip
"""Regions small enough that a neighbour's knowledge helps."""

Floats = NDArray[np.float32]


class Places:
    """People by places: a sparse table with one column per country and region."""

    def __init__(self, profiles: Iterable[Profile], named: Iterable[Iterable[str]]) -> None:
        """named: the countries that each profile's text names."""
        rows: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        self._columns: dict[str, int] = {}
        everywhere: list[bool] = []
        for row, (profile, mentioned) in enumerate(zip(profiles, named, strict=True)):
            known = _known(profile, mentioned)
            rows += [row] * len(known)
            columns += [self._columns.setdefault(code, len(self._columns)) for code in known]
            values += known.values()
            everywhere.append("global" in profile.regions)
        shape = (len(everywhere), max(1, len(self._columns)))
        data = np.asarray(values, dtype=np.float32)
        self._table = csc_array((data, (rows, columns)), shape=shape, dtype=np.float32)
        self._table.sort_indices()
        self._everywhere = EVERYWHERE * np.asarray(everywhere, dtype=np.float32)

    def scores(self, codes: Iterable[str]) -> Floats:
        """How well each person knows the best-known of the places, 0 to 1; the first place counts
        in full, each further one a fifth less."""
        best = self._everywhere.copy()
        for rank, code in enumerate(codes):
            column = self._columns.get(code)
            if column is None:
                continue
            low, high = self._table.indptr[column : column + 2]
            who, weight = self._table.indices[low:high], max(0.4, 1 - rank / 5)
            best[who] = np.maximum(best[who], weight * self._table.data[low:high])
        return best

    def of(self, row: int, code: str) -> float:
        """How well one person knows one place."""
        column = self._columns.get(code)
        if column is None:
            return 0.0
        low, high = self._table.indptr[column : column + 2]
        at = low + int(np.searchsorted(self._table.indices[low:high], row))
        held = at < high and self._table.indices[at] == row
        return float(self._table.data[at]) if held else 0.0


def _known(profile: Profile, mentioned: Iterable[str]) -> dict[str, float]:
    known = dict(_claimed(profile.country, profile.regions))
    for code in mentioned:
        _raise(known, _country(code, NAMED))
    return known


@cache
def _claimed(country: str, listed: tuple[str, ...]) -> Mapping[str, float]:
    known: dict[str, float] = {}
    if country:
        _raise(known, _country(country, LIVES))
        for near in regions_of(country).intersection(_NEAR):
            _raise(known, dict.fromkeys(countries_of(near), NEIGHBOUR))
    for code in listed:
        _raise(known, _region(code))
    return known


def _raise(known: dict[str, float], more: Mapping[str, float]) -> None:
    for code, weight in more.items():
        known[code] = max(weight, known.get(code, 0))


@cache
def _country(code: str, weight: float) -> Mapping[str, float]:
    return dict.fromkeys(regions_of(code), 0.9 * weight) | {code: weight}


@cache
def _region(code: str) -> Mapping[str, float]:
    if code not in regions():
        return _country(code, LISTED)
    members = countries_of(code)
    return dict.fromkeys(members, _for_size(len(members))) | {code: LISTED}


def _for_size(countries: int) -> float:
    """The larger the region somebody claims, the less it says about one country of it."""
    return 0.7 if countries <= 8 else 0.6 if countries <= 16 else 0.4
