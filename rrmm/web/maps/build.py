"""Builds the outlines: `python -m rrmm.web.maps.build FOLDER`, run by hand, never in service.

FOLDER holds countries-50m.json and countries-110m.json of the npm package world-atlas 2.0.2:
Natural Earth 4.1.0 (naturalearthdata.com, public domain) as TopoJSON. Written are

- static/rrmm/world.svg: the whole world, Equal Earth, for the map of sources; a land too small
  to have an outline at this size is a dot;
- static/rrmm/world-near.svg: Mercator, for looking at one country and its neighbours; not cut at
  the date line, so that a window across it can show the same outline once more, a turn away;
- maps/countries.tsv: per country its middle, its window and what can be seen in the window.

Ids are ISO 3166-1 alpha-2; XK is Kosovo, as CLDR and GeoNames have it. Areas without a code of
their own are drawn under an id that begins with "x-", as the data has them.
"""

import json
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from babel.core import get_global

from rrmm.web.maps import geometry as geo

HERE = Path(__file__).parent
STATIC = HERE.parent / "static" / "rrmm"
CREDIT = "<!-- Natural Earth 4.1.0, public domain; made by rrmm/web/maps/build.py -->"
KOSOVO = "Kosovo"
LEFT_OUT = {"AQ"}
WIDTH = 1920
"""Of the whole world; half a pixel where it is drawn 960 wide."""
DOT = 6
UNIT = 50.0
"""Of the near outlines, per degree at the equator."""
TOLERANCE = 2.5
SMALLEST = 14.0
"""Islands below this area (units squared) are left out, unless they are all there is."""
SHAPE = 280 / 160
FILLS = 0.72
"""How much of its window a country fills at most."""
KM = 1100.0
"""A window is at least so wide, so that neighbours are seen."""
WIDEST = 230.0
LONELY = 30.0
"""Degrees from which a window is not widened any more for the sake of a neighbour."""
Box = tuple[float, float, float, float]


@dataclass
class Land:
    """One country: `polygons` unrolled and projected, the first ring of each the outer one."""

    code: str
    polygons: list[list[geo.Ring]] = field(default_factory=list)

    @property
    def main(self) -> geo.Ring:
        """The outer ring of the largest part."""
        return max((polygon[0] for polygon in self.polygons), key=geo.area)


def lands(topology: dict[str, Any], arcs: list[geo.Ring], turn: float) -> dict[str, Land]:
    """Countries by code, parts of one code together, without Antarctica."""
    found: dict[str, Land] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        code = _code(shape)
        if code not in LEFT_OUT:
            land = found.setdefault(code, Land(code))
            land.polygons += geo.rings(shape, arcs, turn)
    return dict(sorted(found.items()))


def _code(shape: dict[str, Any]) -> str:
    name = str(shape["properties"]["name"])
    if "id" in shape:
        return str(get_global("territory_aliases")[shape["id"]][0])
    return "XK" if name == KOSOVO else "x-" + "".join(c for c in name if c.isalpha()).lower()


def main(folder: Path) -> None:
    """Read both resolutions, write the three files."""
    fine, coarse = (
        json.loads((folder / f"countries-{scale}.json").read_text()) for scale in ("50m", "110m")
    )
    near = _near(fine)
    _write("world-near.svg", _near_paths(near), "")
    table = sorted(_rows(near))
    head = "code\tx\ty\tspan\tleft\ttop\twidth\tseen"
    (HERE / "countries.tsv").write_text("\n".join([head, *table]) + "\n", encoding="utf-8")
    paths, height = _world(coarse, fine)
    _write("world.svg", paths, f' viewBox="0 0 {WIDTH} {height}"')


def _write(name: str, paths: dict[str, str], more: str) -> None:
    lines = [f'<path id="{code}" d="{d}"/>' for code, d in sorted(paths.items())]
    head = f'<svg xmlns="http://www.w3.org/2000/svg"{more}>'
    text = "\n".join([head, CREDIT, *lines, "</svg>"]) + "\n"
    (STATIC / name).write_text(text, encoding="utf-8")


def _near(topology: dict[str, Any]) -> dict[str, Land]:
    """All countries in Mercator units, simplified per arc so that borders stay common."""
    arcs = []
    for arc in geo.decoded(topology):
        plane = [geo.mercator(point) for point in geo.unrolled(arc, 360.0)]
        arcs.append(geo.simplified([(x * UNIT, y * UNIT) for x, y in plane], TOLERANCE))
    return lands(topology, arcs, 360.0 * UNIT)


def _near_paths(near: dict[str, Land]) -> dict[str, str]:
    paths = {}
    for code, land in near.items():
        main_ring = land.main
        parts = []
        for polygon in land.polygons:
            if geo.area(polygon[0]) >= SMALLEST or polygon[0] is main_ring:
                parts += [geo.whole(ring, lambda p: p) for ring in polygon]
        paths[code] = "".join(geo.path(part) for part in parts if part) or _dot(
            geo.centre(main_ring), 2
        )
    return paths


def _dot(at: geo.Point, radius: int) -> str:
    x, y, d = round(at[0]) - radius, round(at[1]), 2 * radius
    return f"M{x} {y}a{radius} {radius} 0 1 0 {d} 0a{radius} {radius} 0 1 0-{d} 0z"


def _rows(near: dict[str, Land]) -> Iterator[str]:
    for code, land in near.items():
        if not code.startswith("x-"):
            x, y = geo.centre(land.main)
            home = _home(land)
            window, seen = _view(near, land, home)
            span = max(home[2] - home[0], home[3] - home[1])
            figures = "\t".join(f"{value:.0f}" for value in (x, y, span, *window))
            yield f"{code}\t{figures}\t{' '.join(seen)}"


def _view(near: dict[str, Land], land: Land, home: Box) -> tuple[tuple[float, ...], list[str]]:
    """The smallest window in which a neighbour is seen (not just at the edge), or a wide one."""
    wider = 1.0
    while True:
        left, top, width = _window(home, wider)
        height, edge = width / SHAPE, width / 12
        inner = (left + edge, top + edge, left + width - edge, top + height - edge)
        others = {word.rpartition(":")[2] for word in _seen(near, inner)} - {land.code}
        if others or width > LONELY * UNIT:
            return (left, top, width), list(_seen(near, (left, top, left + width, top + height)))
        wider *= 1.4


def _home(land: Land) -> Box:
    """The box of the largest part and of what is large and near: no far islands."""
    parts = sorted((p[0] for p in land.polygons), key=_true_area, reverse=True)
    left, top, right, bottom = geo.box(parts[0])
    for part in parts[1:]:
        if _true_area(part) < 0.02 * _true_area(parts[0]):
            break
        a, b, c, d = geo.box(part)
        alike = _true_area(part) > 0.3 * _true_area(parts[0])
        reach = (0.8 if alike else 0.08) * max(right - left, bottom - top)
        if max(a - right, left - c, b - bottom, top - d) <= reach:
            left, top, right, bottom = min(left, a), min(top, b), max(right, c), max(bottom, d)
    return left, top, right, bottom


def _shrink(y: float) -> float:
    """How much smaller than on the map things are at this height (Mercator)."""
    return 1 / math.cosh(math.radians(y / UNIT))


def _true_area(ring: geo.Ring) -> float:
    return geo.area(ring) * _shrink(geo.centre(ring)[1]) ** 2


def _window(home: Box, wider: float) -> tuple[float, float, float]:
    """Left, top and width of the window on a country, so much wider than it need be."""
    left, top, right, bottom = home
    x, y = (left + right) / 2, (top + bottom) / 2
    least = KM / 111.32 * UNIT / _shrink(y)
    width = max((right - left) / FILLS, (bottom - top) / FILLS * SHAPE, least)
    width = min(width * wider, WIDEST * UNIT)
    north = geo.mercator((0, 84))[1] * UNIT
    return x - width / 2, max(y - width / SHAPE / 2, north), width


def _seen(near: dict[str, Land], window: Box) -> Iterator[str]:
    """Ids seen in the window; "18000:FJ" is an outline that is seen that much further right."""
    left, top, right, bottom = window
    for turn in (0, round(-360 * UNIT), round(360 * UNIT)):
        moved = (left - turn, top, right - turn, bottom)
        for code, land in near.items():
            if any(_reaches(polygon[0], moved) for polygon in land.polygons):
                yield f"{turn}:{code}" if turn else code


def _reaches(ring: geo.Ring, window: Box) -> bool:
    left, top, right, bottom = geo.box(ring)
    if right < window[0] or left > window[2] or bottom < window[1] or top > window[3]:
        return False
    return geo.area(geo.clipped(ring, window)) > SMALLEST


def _world(coarse: dict[str, Any], fine: dict[str, Any]) -> tuple[dict[str, str], int]:
    """Path data by code, and the height of the map."""
    large = lands(coarse, geo.decoded(coarse), 360.0)
    small = lands(fine, geo.decoded(fine), 360.0)
    plane = {
        code: [
            [geo.equal_earth(point) for point in part]
            for polygon in land.polygons
            for ring in polygon
            for part in geo.split(ring)
        ]
        for code, land in large.items()
    }
    left, top, right, bottom = geo.box(p for rings in plane.values() for r in rings for p in r)
    scale = WIDTH / (right - left)

    def place(point: geo.Point) -> geo.Point:
        return (point[0] - left) * scale, (point[1] - top) * scale

    paths = {
        code: "".join(geo.path(ring) for r in rings if (ring := geo.whole(r, place)))
        for code, rings in plane.items()
    }
    for code, land in small.items():
        if not paths.get(code) and not code.startswith("x-"):
            middle = geo.centre(land.main)
            paths[code] = _dot(place(geo.equal_earth(middle)), DOT)
    return paths, round((bottom - top) * scale)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
