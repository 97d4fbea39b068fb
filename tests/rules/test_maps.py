"""The outlines: projections, the date line, what the generated files hold, who counts where."""

import math
import re

import pytest
from django.conf import settings

from rrmm.web.maps import geometry as geo
from rrmm.web.maps.coverage import Country, drawn
from rrmm.web.maps.outlines import WORLD, windows, world

NEAR = WORLD.with_name("world-near.svg")
SQUARE = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)]


def test_arcs_are_summed_scaled_and_moved() -> None:
    topology = {
        "transform": {"scale": [0.5, 2.0], "translate": [-180, -90]},
        "arcs": [[[10, 5], [2, -1]]],
    }
    assert geo.decoded(topology) == [[(-175.0, -80.0), (-174.0, -82.0)]]


def test_rings_join_arcs_and_turn_those_that_are_used_backwards() -> None:
    arcs = [[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)], [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0)]]
    polygons = geo.rings({"type": "Polygon", "arcs": [[0, ~1]]}, arcs, 360.0)
    assert polygons == [[[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)]]]


def test_a_ring_over_the_date_line_is_unrolled_and_cut_there() -> None:
    ring = geo.unrolled([(178.0, 60.0), (-178.0, 60.0), (-178.0, 64.0), (178.0, 64.0)], 360.0)
    assert max(x for x, _y in ring) == 182.0
    west, east = sorted(geo.split(ring), key=lambda part: part[0][0])
    assert geo.box(west) == (-180.0, 60.0, -178.0, 64.0)
    assert geo.box(east) == (178.0, 60.0, 180.0, 64.0)


def test_simplifying_keeps_what_stands_out_and_both_ends() -> None:
    line = [(0.0, 0.0), (1.0, 0.1), (2.0, 5.0), (3.0, 0.1), (4.0, 0.0)]
    assert geo.simplified(line, 1.0) == [(0.0, 0.0), (2.0, 5.0), (4.0, 0.0)]


def test_a_closed_line_is_not_simplified_away() -> None:
    assert len(geo.simplified([*SQUARE, SQUARE[0]], 1.0)) >= 3


def test_equal_earth_gives_equal_areas_equal_room() -> None:
    def strip(south: float, north: float) -> float:
        edge = [(0.0, south), (1.0, south), (1.0, north), (0.0, north)]
        sphere = math.sin(math.radians(north)) - math.sin(math.radians(south))
        return geo.area([geo.equal_earth(p) for p in edge]) / sphere

    assert strip(0, 1) == pytest.approx(strip(60, 61), rel=0.01)


def test_mercator_puts_the_north_up_and_stays_finite() -> None:
    assert geo.mercator((10.0, 0.0)) == pytest.approx((10.0, 0.0))
    assert geo.mercator((0.0, 60.0))[1] == pytest.approx(-75.456, abs=0.01)
    assert math.isfinite(geo.mercator((0.0, 90.0))[1])


def test_clipping_keeps_the_part_inside() -> None:
    assert geo.area(geo.clipped(SQUARE, (2.0, 2.0, 9.0, 9.0))) == pytest.approx(4.0)
    assert geo.clipped(SQUARE, (5.0, 5.0, 9.0, 9.0)) == []


def test_the_middle_of_a_square_is_its_middle() -> None:
    assert geo.centre(SQUARE) == pytest.approx((2.0, 2.0))


def test_path_data_says_the_same_points_in_steps() -> None:
    points = geo.whole([(0.2, 0.1), (4.0, 0.0), (2.0, 0.0), (4.1, 3.9), (-3.0, 4.0)], lambda p: p)
    found = geo.path(points)
    numbers = [int(n) for n in re.findall(r"-?\d+", found)]
    x, y = numbers[:2]
    walked = [(x, y)]
    for dx, dy in zip(numbers[2::2], numbers[3::2], strict=True):
        x, y = x + dx, y + dy
        walked.append((x, y))
    assert walked == points
    assert found.endswith("z")


def test_a_sliver_without_room_is_left_out() -> None:
    assert geo.whole([(0.0, 0.0), (0.3, 0.1), (0.2, 0.4)], lambda p: p) == []


# --- what was generated ------------------------------------------------------------------------


def test_the_outlines_stay_small_enough_to_load() -> None:
    table = WORLD.parents[2] / "maps" / "countries.tsv"
    assert sum(path.stat().st_size for path in (WORLD, NEAR, table)) < 250_000


def test_every_window_shows_its_country_and_only_what_has_an_outline() -> None:
    outlined = set(re.findall(r'id="([\w-]+)"', NEAR.read_text(encoding="utf-8")))
    for window in windows().values():
        seen = {found.code for found in window.seen}
        assert window.code in seen or window.span < 100, window.code
        assert seen <= outlined, window.code


def test_a_country_lies_in_its_window_and_does_not_fill_it() -> None:
    for window in windows().values():
        across = (window.x - window.left) / window.width
        down = (window.y - window.top) / (window.width * 160 / 280)
        assert 0 < across < 1, window.code
        assert 0 < down < 1, window.code
        assert window.span <= window.width * 0.8, window.code


def test_hardly_a_country_is_seen_without_neighbours() -> None:
    alone = {w.code for w in windows().values() if {s.code for s in w.seen} <= {w.code}}
    assert len(alone) <= 5
    assert "MV" not in alone


def test_italy_is_seen_with_its_neighbours() -> None:
    seen = {found.code for found in windows()["IT"].seen}
    assert {"FR", "CH", "AT", "SI", "SM"} <= seen
    assert "US" not in seen


def test_lands_on_both_sides_of_the_date_line_are_seen_a_turn_away() -> None:
    assert any(found.turn and found.code == "FJ" for found in windows()["FJ"].seen)
    assert windows()["US"].width < 9_000  # the window is not stretched by Alaska


def test_the_world_has_a_path_for_every_country_of_the_table() -> None:
    view, paths = world()
    assert view.startswith("0 0 1920 ")
    assert set(windows()) <= {code for code, _path in paths}
    assert all(path.startswith("M") and path.endswith("z") for _code, path in paths)


def test_no_country_is_a_whole_map_wide() -> None:
    """The mark of a ring that was not cut at the date line: it runs from edge to edge."""
    for code, path in world()[1]:
        for ring in path.split("z")[:-1]:
            if "a" not in ring:
                numbers = [int(n) for n in re.findall(r"-?\d+", ring)]
                x, most, least = numbers[0], numbers[0], numbers[0]
                for dx in numbers[2::2]:
                    x += dx
                    most, least = max(most, x), min(least, x)
                assert most - least < 1_000, code


def test_the_outlines_hold_shapes_and_nothing_that_runs() -> None:
    for path in (WORLD, NEAR):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"script|style|href|\son\w+=", text)
        assert "Natural Earth" in text


def test_the_notice_names_whose_outlines_they_are() -> None:
    assert "Natural Earth" in (settings.ROOT / "NOTICE").read_text(encoding="utf-8")


# --- who counts where --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "state"),
    [
        (Country("IT"), "none"),
        (Country("IT", off=3), "none"),
        (Country("IT", failing=2, waiting=1), "fails"),
        (Country("IT", answering=5, failing=1), "part"),
        (Country("IT", waiting=1), "waits"),
        (Country("IT", answering=1, waiting=1), "answers"),
    ],
)
def test_a_country_is_as_well_off_as_its_sources(country: Country, state: str) -> None:
    assert country.state == state


def test_a_country_without_a_source_counts_as_missing() -> None:
    found = drawn([Country("IT", answering=1), Country("", answering=2)])
    missing = {country.code for country in found.of("none")}
    assert "FR" in missing
    assert "IT" not in missing
    assert found.nowhere == 2


def test_a_source_in_a_land_without_an_outline_is_not_lost() -> None:
    found = drawn([Country("GF", failing=1)])
    assert [country.code for country in found.of("fails")] == ["GF"]


def test_most_failing_come_first() -> None:
    found = drawn([Country("IT", failing=1), Country("DE", failing=3), Country("FR", failing=1)])
    assert [country.code for country in found.of("fails")] == ["DE", "FR", "IT"]
