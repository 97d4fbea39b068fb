"""Plane geometry for outlines: topologies, projections, simplifying, clipping, paths."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Point = tuple[float, float]
Ring = list[Point]
EQUAL_EARTH = (1.340264, -0.081106, 0.000893, 0.003796)
"""Šavrič, Patterson and Jenny, The Equal Earth map projection, 2018."""


def decoded(topology: dict[str, Any]) -> list[Ring]:
    """The arcs of a TopoJSON topology in degrees (longitude, latitude)."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points: Ring = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            points.append((x * kx + dx, y * ky + dy))
        arcs.append(points)
    return arcs


def unrolled(points: Iterable[Point], turn: float, start: Point | None = None) -> Ring:
    """The points without jumps over the date line: they may leave it by up to one `turn`."""
    line: Ring = []
    before = start
    for x, y in points:
        at = x if before is None else x - turn * round((x - before[0]) / turn)
        before = (at, y)
        line.append(before)
    return line


def rings(geometry: dict[str, Any], arcs: Sequence[Ring], turn: float) -> list[list[Ring]]:
    """Polygons as lists of rings (the first is the outer one), each unrolled."""
    polygons = geometry["arcs"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    return [[_joined(ring, arcs, turn) for ring in polygon] for polygon in polygons]


def _joined(indices: Sequence[int], arcs: Sequence[Ring], turn: float) -> Ring:
    line: Ring = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        line += unrolled(arc[1:] if line else arc, turn, line[-1] if line else None)
    return line


def simplified(line: Ring, tolerance: float) -> Ring:
    """Douglas and Peucker: no point that is left out was further away than `tolerance`."""
    kept = {0, len(line) - 1}
    open_parts = [(0, len(line) - 1)]
    while open_parts:
        first, last = open_parts.pop()
        if last - first < 2:
            continue
        between = range(first + 1, last)
        far = max(between, key=lambda n: _distance(line[n], line[first], line[last]))
        if _distance(line[far], line[first], line[last]) > tolerance:
            kept.add(far)
            open_parts += [(first, far), (far, last)]
    return [line[n] for n in sorted(kept)]


def _distance(point: Point, a: Point, b: Point) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    along = ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / length if length else 0.0
    along = min(1.0, max(0.0, along))
    return math.hypot(point[0] - a[0] - along * dx, point[1] - a[1] - along * dy)


def mercator(point: Point) -> Point:
    """Degrees to degrees at the equator; y grows to the south. Keeps shapes, not sizes."""
    latitude = math.radians(max(-84.0, min(84.0, point[1])))
    return point[0], -math.degrees(math.asinh(math.tan(latitude)))


def equal_earth(point: Point) -> Point:
    """Degrees to the plane of radius 1; y grows to the south. No land looks larger than it is."""
    a1, a2, a3, a4 = EQUAL_EARTH
    t = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(point[1])))
    t2, t6 = t * t, t**6
    slope = a1 + 3 * a2 * t2 + t6 * (7 * a3 + 9 * a4 * t2)
    x = 2 * math.sqrt(3) * math.radians(point[0]) * math.cos(t) / (3 * slope)
    return x, -t * (a1 + a2 * t2 + t6 * (a3 + a4 * t2))


def box(points: Iterable[Point]) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def area(ring: Ring) -> float:
    """The area of a ring, never negative."""
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def centre(ring: Ring) -> Point:
    """The centre of gravity; the middle of the box where a ring has no area."""
    pairs = list(zip(ring, ring[1:] + ring[:1], strict=True))
    cross = [a[0] * b[1] - b[0] * a[1] for a, b in pairs]
    whole = sum(cross)
    if abs(whole) < 1e-9:
        left, top, right, bottom = box(ring)
        return (left + right) / 2, (top + bottom) / 2
    x = sum((a[0] + b[0]) * c for (a, b), c in zip(pairs, cross, strict=True))
    y = sum((a[1] + b[1]) * c for (a, b), c in zip(pairs, cross, strict=True))
    return x / (3 * whole), y / (3 * whole)


def clipped(ring: Ring, within: tuple[float, float, float, float]) -> Ring:
    """The part of a ring inside a box (Sutherland and Hodgman); empty where there is none."""
    left, top, right, bottom = within
    for axis, limit, sign in ((0, left, 1), (0, right, -1), (1, top, 1), (1, bottom, -1)):
        ring = _cut(ring, axis, limit, sign)
    return ring


def _cut(ring: Ring, axis: int, limit: float, sign: int) -> Ring:
    kept: Ring = []
    for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
        inside, next_inside = (sign * (p[axis] - limit) >= 0 for p in (a, b))
        if inside:
            kept.append(a)
        if inside != next_inside:
            share = (limit - a[axis]) / (b[axis] - a[axis])
            kept.append((a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])))
    return kept


def split(ring: Ring) -> list[Ring]:
    """A ring in degrees, cut at the date line: every part lies within -180 to 180."""
    world = (-180.0, -91.0, 180.0, 91.0)
    moved = ([(x + turn, y) for x, y in ring] for turn in (-360.0, 0.0, 360.0))
    return [part for copy in moved if (part := clipped(copy, world)) and area(part) > 0]


def whole(ring: Ring, place: Callable[[Point], Point]) -> list[tuple[int, int]]:
    """The ring on whole numbers, without points that repeat or lie on a straight line."""
    kept: list[tuple[int, int]] = []
    for x, y in map(place, ring):
        point = (round(x), round(y))
        if kept and kept[-1] == point:
            continue
        if len(kept) > 1:
            (ax, ay), (bx, by) = kept[-2:]
            if (bx - ax) * (point[1] - by) == (by - ay) * (point[0] - bx):
                kept.pop()
        kept.append(point)
    if len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    return kept if len(kept) > 2 else []


def path(ring: Sequence[tuple[int, int]]) -> str:
    """The ring as SVG path data, in steps from point to point."""
    x, y = ring[0]
    steps = []
    for ax, ay in ring[1:]:
        dx, dy, x, y = ax - x, ay - y, ax, ay
        steps.append(f"{dx}{dy}" if dy < 0 else f"{dx} {dy}")
    line = "".join(s if s[0] == "-" or not n else f" {s}" for n, s in enumerate(steps))
    return f"M{ring[0][0]} {ring[0][1]}l{line}z"
