"""What the assessor takes and gives."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Item:
    """A news item: headline and summary; `language` is the feed's declared one, "" unknown."""

    text: str
    language: str = ""


@dataclass(frozen=True)
class PlaceFound:
    """A place: ISO 3166-1 alpha-2 country, canonical English name; `main`: where it happens.

    `weak`: nothing in the text tells; the country where its language is at home.
    """

    country: str
    name: str
    main: bool
    weak: bool = False


@dataclass(frozen=True)
class ReasonFound:
    """Words as the article writes them; `weight` in log-odds, below 0 against the flag."""

    words: str
    weight: float
    line: str


@dataclass(frozen=True)
class Assessment:
    """`score`: calibrated probability of a flashpoint; `severity` 1 to 3, 0 where not computed."""

    language: str
    score: float
    flagged: bool
    lines: tuple[str, ...]
    trigger: str
    severity: int
    places: tuple[PlaceFound, ...]
    reasons: tuple[ReasonFound, ...]
    version: str
    vector: "NDArray[np.float32] | None" = field(default=None, repr=False, compare=False)
    """The encoder's vector of the text, where one was made: always for flagged items."""


class UnreadableModel(ValueError):
    """The file is no model of ours; the message says what is wrong and how to make a new one."""
