"""The generated outlines, read once: the whole world, and the window on each country."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
WORLD = HERE.parent / "static" / "rrmm" / "world.svg"
NEAR = "rrmm/world-near.svg"
TABLE = HERE / "countries.tsv"
PATH = re.compile(r'<path id="([\w-]+)" d="([^"]+)"/>')
VIEW = re.compile(r'viewBox="([\d ]+)"')


@dataclass(frozen=True, slots=True)
class Seen:
    """An outline in a window, drawn `turn` units further right."""

    code: str
    turn: int


@dataclass(frozen=True, slots=True)
class Window:
    """The window on a country, in units of the near outlines.

    x, y: the country's middle; span: the longer side of its box; left, top, width: the window;
    seen: what can be seen there, the country itself included.
    """

    code: str
    x: int
    y: int
    span: int
    left: int
    top: int
    width: int
    seen: tuple[Seen, ...]


@cache
def windows() -> dict[str, Window]:
    """Every country's window by its code."""
    rows = TABLE.read_text(encoding="utf-8").splitlines()[1:]
    return {found.code: found for found in map(_window, rows)}


def _window(row: str) -> Window:
    code, *figures, seen = row.split("\t")
    x, y, span, left, top, width = map(int, figures)
    return Window(code, x, y, span, left, top, width, tuple(map(_seen, seen.split())))


def _seen(word: str) -> Seen:
    turn, _colon, code = word.rpartition(":")
    return Seen(code, int(turn or 0))


@cache
def world() -> tuple[str, tuple[tuple[str, str], ...]]:
    """The view box of the world and its outlines as (code, path data)."""
    text = WORLD.read_text(encoding="utf-8")
    view = VIEW.search(text)
    assert view is not None
    return view[1], tuple(PATH.findall(text))
