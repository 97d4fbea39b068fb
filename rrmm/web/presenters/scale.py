"""The slate as a set: who sits on which side of the divide, and which way the yeses lean."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext as _

LEAN = 3
"""How far one yes moves the beam's end, in SVG units."""


class Sitting(Protocol):
    """What is read of somebody asked (`rrmm.web.staff.asked.Asked`)."""

    @property
    def person(self) -> Any: ...
    @property
    def ask(self) -> Any: ...


@dataclass(frozen=True)
class Side:
    """One side with its people, in the order of the slate; `css` draws its rule."""

    code: str
    name: str
    css: str
    people: tuple[Any, ...]


@dataclass(frozen=True)
class Scale:
    """Sides a, between, b. beam: the path of the line, which leans to the side that said yes."""

    sides: tuple[Side, ...]
    beam: str
    words: str


def scale(people: Sequence[Sitting]) -> Scale | None:
    """Lay people out by side; None where fewer than two sides are known. No side is named:
    communities are need-to-know and stay on the confirm page."""
    a, b = (tuple(p for p in people if p.person.side == code) for code in "ab")
    if not a or not b:
        return None
    between = tuple(p for p in people if p.person.side not in {"a", "b"})
    sides = (
        Side("a", _("One side"), "side", a),
        Side("b", _("The other side"), "side side-b", b),
        Side("between", _("Between, or not said"), "side side-between", between),
    )
    yes_a, yes_b = _yes(a), _yes(b)
    return Scale(tuple(s for s in sides if s.people), _beam(yes_a - yes_b), _words(yes_a, yes_b))


def _yes(people: Sequence[Sitting]) -> int:
    return sum(p.ask is not None and p.ask.state == "accepted" for p in people)


def _beam(lean: int) -> str:
    """Heavier on the left (a) for a positive lean; level for 0."""
    tilt = max(-4, min(4, lean * LEAN))
    return f"M0 {5 + tilt} 600 {5 - tilt}"


def _words(yes_a: int, yes_b: int) -> str:
    if yes_a and yes_b:
        return _("Both sides have a yes")
    if yes_a or yes_b:
        return _("Only one side has a yes so far")
    return _("No yes so far")
