"""What geometry must do whatever the ground: by hand, on the plane, and cell by cell."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import (
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPolygon,
    Point,
    Polygon,
    box,
)

from frontmap.errors import InputError
from frontmap.geometry.contact_lines import contact_line
from frontmap.geometry.counted_once import PieceCache, pieces
from frontmap.geometry.exact_area import polygon_areas_km2, ring_areas_km2
from frontmap.geometry.fixed_lines import FixedLines
from frontmap.geometry.overlay import changed_faces
from frontmap.geometry.plane import Plane, plane_about
from frontmap.geometry.polygons import polygonal
from frontmap.geometry.uncertainty import CORRELATION_KM, Outline, area_uncertainty
from frontmap.model import Revision, Snapshot
from fronts import zone

GEOD = pyproj.Geod(ellps="WGS84")
MIDDLE = Plane(51, 35)


def ground(*corners_km, holes=()):
    """A polygon in degrees, of corners in kilometres from 51° N 35° E on the plane."""
    shape = Polygon(corners_km, holes)
    return MIDDLE.degrees(shapely.transform(shape, lambda km: km * 1000))


def square(side_km, west_km=0.0, south_km=0.0):
    return ground(*box(west_km, south_km, west_km + side_km, south_km + side_km).exterior.coords)


def line(*points_km):
    km = LineString(points_km)
    return MIDDLE.degrees(shapely.transform(shapely.segmentize(km, 1), lambda at: at * 1000))


# How far an area may be off


def test_a_hole_that_may_be_larger_adds_more_than_one_that_may_be_smaller():
    hole = box(4, 4, 6, 6).exterior.coords
    drawn = ground((0, 0), (10, 0), (10, 10), (0, 10), holes=[hole])
    sure, doubtful = Outline(square(10), 0.0), Outline(square(2, 4, 4), 500.0)
    found = area_uncertainty(drawn, [sure, doubtful])
    outward = 4 * 2 * 0.5 - 4 * 0.5**2
    inward = 4 * 2 * 0.5 + math.pi * 0.5**2
    assert found.bound_km2 == pytest.approx(inward, rel=0.005)
    assert found.bound_km2 > 1.4 * outward


def test_line_that_two_zones_share_is_as_doubtful_as_the_worse_of_them():
    drawn = square(10)
    outlines = [Outline(drawn, 200.0), Outline(drawn, 400.0)]
    assert area_uncertainty(drawn, outlines) == area_uncertainty(drawn, outlines[1:])
    assert area_uncertainty(drawn, outlines[::-1]) == area_uncertainty(drawn, outlines[1:])


def test_a_line_that_is_known_exactly_adds_nothing():
    assert area_uncertainty(square(10), [Outline(square(10), 0.0)]) == (0.0, 0.0)


def test_a_border_further_off_than_two_degrees_plays_no_part():
    drawn = [Outline(square(10), 500.0)]
    far = line((-300, 300), (300, 300))
    assert area_uncertainty(square(10), drawn, far) == area_uncertainty(square(10), drawn)


def test_ground_that_a_moved_line_would_sweep_ends_at_the_border():
    # 10 km square, its north edge 450 m short of a border that the line cannot cross.
    found = area_uncertainty(
        square(10), [Outline(square(10), 500.0)], line((-20, 10.45), (30, 10.45))
    )
    cut_corner = 0.45 / 2 * math.sqrt(0.5**2 - 0.45**2) + 0.5**2 / 2 * math.asin(0.45 / 0.5)
    outward = 3 * 10 * 0.5 + 10 * 0.45 + 2 * math.pi * 0.5**2 / 4 + 2 * cut_corner
    assert found.bound_km2 == pytest.approx(outward, rel=0.003)
    assert found.error_km2 == pytest.approx(0.5 * math.sqrt(CORRELATION_KM * 40), rel=0.005)


@given(
    st.lists(
        st.tuples(st.floats(1, 90), st.floats(-90, 90), st.floats(-90, 90)),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=25)
def test_a_border_that_is_widened_once_answers_every_ground_of_a_series(squares_km):
    border = MultiLineString(
        [line((-400, 10), (400, 10.3)), line((-60, -400), (-60.2, 400)), line((0, 0), (40, 40))]
    )
    kept = FixedLines(border)
    for drawn in (square(*each) for each in squares_km):
        outlines = [Outline(drawn, 700.0)]
        alone = area_uncertainty(drawn, outlines, border)
        assert area_uncertainty(drawn, outlines, kept) == alone
        assert contact_line(drawn, kept).equals_exact(contact_line(drawn, border))


def test_line_within_a_hundred_metres_of_the_border_is_the_border():
    drawn = [Outline(square(10), 500.0)]
    for offset_km, moving_km in ((0.08, 30), (0.12, 40)):
        border = line((-20, 10 + offset_km), (30, 10 + offset_km))
        found = area_uncertainty(square(10), drawn, border)
        assert found.error_km2 == pytest.approx(
            0.5 * math.sqrt(CORRELATION_KM * moving_km), rel=0.01
        )


def test_islands_are_independent_of_each_other():
    one, other = square(2), square(2, 20, 0)
    outlines = [Outline(one, 100.0), Outline(other, 100.0)]
    alone = area_uncertainty(one, outlines[:1])
    both = area_uncertainty(MultiPolygon([one, other]), outlines)
    assert both.error_km2 == pytest.approx(math.sqrt(2) * alone.error_km2, rel=1e-3)
    assert both.bound_km2 == pytest.approx(2 * alone.bound_km2, rel=1e-3)


def test_error_is_never_more_than_the_worst_case():
    # A strip 300 m wide between two borders, 150 m off to either side.
    strip = ground((0, 0), (20, 0), (20, 0.3), (0, 0.3))
    border = MultiLineString([line((-20, -0.15), (40, -0.15)), line((-20, 0.45), (40, 0.45))])
    found = area_uncertainty(strip, [Outline(strip, 2000.0)], border)
    assert found.bound_km2 == pytest.approx(2 * 20 * 0.15 + 2 * 2 * 0.6, rel=0.01)
    assert found.error_km2 == found.bound_km2


def test_a_ragged_line_counts_with_its_length_at_the_scale_of_its_accuracy():
    teeth = [(x / 10, 0.1 * (x % 2)) for x in range(101)]
    ragged, plain = ground(*teeth, (10, 10), (0, 10)), square(10)
    found, smooth = (area_uncertainty(g, [Outline(g, 500.0)]) for g in (ragged, plain))
    assert found.error_km2 == pytest.approx(smooth.error_km2, rel=0.01)


# The plane


@settings(max_examples=15)
@given(st.integers(-60, 60), st.integers(-170, 170), st.floats(0.05, 2), st.floats(0.05, 2))
def test_area_on_the_plane_is_the_area_on_the_ellipsoid(lat, lon, width, height):
    shape = box(lon - width / 3, lat - height / 3, lon + width, lat + height)
    flat = plane_about(shape).flat(shape)
    assert flat.area / 1e6 == pytest.approx(polygon_areas_km2([shape])[0], rel=1e-6)


@given(st.floats(0, 360), st.floats(1, 400))
def test_length_within_500_km_is_right_to_a_thousandth(bearing, length_km):
    lon, lat, _ = GEOD.fwd(35, 51, bearing, length_km * 1000)
    flat = MIDDLE.flat(LineString([(35, 51), (lon, lat)]))
    ends = [Point(flat.coords[0]), Point(flat.coords[-1])]
    assert ends[0].distance(ends[1]) == pytest.approx(length_km * 1000, rel=0.001)


@given(st.floats(33, 37), st.floats(49, 53))
def test_the_way_there_and_back_is_short_of_a_millimetre(lon, lat):
    back = MIDDLE.degrees(MIDDLE.flat(Point(lon, lat)))
    (position,) = shapely.get_coordinates(back)
    assert position == pytest.approx((lon, lat), abs=1e-8)
    assert position.tolist() == position.round(9).tolist()


def test_the_plane_is_about_the_middle_of_all_that_is_given():
    assert plane_about(box(34, 50, 35, 51.2)) == Plane(51, 34)
    assert plane_about(box(34, 50, 35, 51), box(38, 54, 39, 55)) == Plane(52, 36)
    assert plane_about(Polygon(), box(-71, -41, -69.5, -39)) == Plane(-40, -70)


# Areas


@given(st.floats(-60, 0), st.floats(1, 60), st.floats(-60, 60), st.floats(-20, 20))
def test_a_tall_polygon_has_the_area_of_its_slices(west, east, top, middle):
    # Two ways to one area: by the sine series of the whole, by Taylor series for each slice.
    tall = Polygon([(west, middle), (east, -70), (top, 75)])
    slices = [tall & box(-90, south, 90, south + 5) for south in range(-85, 85, 5)]
    assert polygon_areas_km2([tall])[0] == pytest.approx(
        polygon_areas_km2([polygonal(each) for each in slices]).sum(), rel=1e-9
    )


@pytest.mark.parametrize("lat", [-41, 0, 47])
@pytest.mark.parametrize("height", [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 40])
def test_a_polygon_of_any_height_has_the_area_of_its_slices(lat, height):
    shape = Polygon([(-9, lat), (7, lat - height), (2, lat + height)])
    slices = [shape & box(-90, south, 90, south + 1) for south in range(-85, 93)]
    assert polygon_areas_km2([shape])[0] == pytest.approx(
        polygon_areas_km2([polygonal(each) for each in slices]).sum(), rel=1e-10
    )


@pytest.mark.parametrize("last", [(36, 49), (35, 48)])
def test_a_ring_that_comes_back_to_one_coordinate_only_is_open(last):
    with pytest.raises(InputError, match=r"starts at \(36\.000000, 48\.000000\) is open"):
        ring_areas_km2([(36, 48), (37, 48), (37, 49), last], [0, 4])


def test_an_edge_that_is_too_long_is_named_by_where_it_starts():
    with pytest.raises(InputError, match=r"edge from \(100\.000000, 60\.000000\) spans more"):
        ring_areas_km2([(0, 60), (100, 60), (-100, 60), (0, 60)], [0, 4])


def test_of_several_rings_the_one_that_is_open_is_named():
    closed = [(36, 48), (37, 48), (37, 49), (36, 48)]
    with pytest.raises(InputError, match=r"starts at \(38\.000000, 48\.000000\) is open"):
        ring_areas_km2([*closed, (38, 48), (39, 48), (39, 49)], [0, 4, 7])


def test_a_ring_without_positions_has_no_area_and_takes_none():
    square = [(36, 48), (37, 48), (37, 49), (36, 49), (36, 48)]
    (alone,) = ring_areas_km2(square, [0, 5])
    assert ring_areas_km2([*square, *square], [0, 0, 5, 5, 10, 10]).tolist() == [
        *(0.0, alone, 0.0, alone, 0.0)
    ]


@pytest.mark.parametrize("turns", [-1, 1])
def test_a_polygon_may_run_on_for_a_turn_and_no_further(turns):
    west, east = sorted((turns * 359, turns * 360))
    assert polygon_areas_km2([box(west, 48, east, 49)])[0] > 8000
    with pytest.raises(InputError, match=f"position \\({turns * 361}"):
        polygon_areas_km2([box(west + turns, 48, east + turns, 49)])


# Polygons


LEFT, RIGHT = box(0, 0, 1, 1), box(2, 0, 3, 1)
EDGE = LineString([(0, 5), (1, 5)])


@pytest.mark.parametrize(
    ("mixture", "expected"),
    [
        (LEFT, LEFT),
        (EDGE, MultiPolygon()),
        (GeometryCollection([EDGE, LEFT]), LEFT),
        (GeometryCollection([LEFT, EDGE, RIGHT]), MultiPolygon([LEFT, RIGHT])),
        (GeometryCollection([EDGE, MultiPolygon([LEFT, RIGHT])]), MultiPolygon([LEFT, RIGHT])),
    ],
)
def test_only_ground_is_left_of_a_mixture(mixture, expected):
    assert shapely.equals_identical(polygonal(mixture), expected)


# Ground counted once, cell by cell

#: A point in each cell, on no edge and on no diagonal.
CELLS = [Point(x + 0.37, y + 0.58) for x in range(6) for y in range(6)]
GRID = st.integers(0, 4)


@st.composite
def shapes(draw):
    """Shapes that share edges and boxes: whole ones, halves along a diagonal, frames, pairs."""
    west, south = draw(GRID), draw(GRID)
    east = min(west + draw(st.integers(1, 4)), 6)
    north = min(south + draw(st.integers(1, 4)), 6)
    whole = box(west, south, east, north)
    kind = draw(st.sampled_from(["whole", "whole", "lower", "upper", "frame", "pair"]))
    if kind == "lower":
        return Polygon([(west, south), (east, south), (west, north)])
    if kind == "upper":
        return Polygon([(east, south), (east, north), (west, north)])
    if kind == "frame" and min(east - west, north - south) > 2:
        hole = box(west + 1, south + 1, east - 1, north - 1)
        return Polygon(whole.exterior, [hole.exterior])
    if kind == "pair" and east - west > 2:
        return MultiPolygon([box(west, south, west + 1, north), box(east - 1, south, east, north)])
    return whole


ZONES = st.lists(
    st.tuples(
        shapes(),
        st.sampled_from(["controlled", "controlled", "contested", "claimed"]),
        st.sampled_from(["UA", "RU"]),
    ),
    max_size=6,
).map(
    lambda drawn: tuple(
        zone(shape, str(n), status=status, party=party)
        for n, (shape, status, party) in enumerate(drawn)
    )
)


def snapshot(zones):
    return Snapshot(
        Revision(
            date=dt.date(2024, 8, 31),
            recorded=dt.datetime(2024, 9, 1, tzinfo=dt.UTC),
            kind="snapshot",
            maker="m",
            author="a",
            license="MIT",
            reason="r",
        ),
        zones,
    )


def counted_at(point, zones):
    """What one point counts for, by the words of the rule: (zone, status) of each party."""
    there = [z for z in zones if z.geometry.contains(point)]
    found = set()
    for party in ("UA", "RU"):
        own = {
            status: [z.id for z in there if (z.party, z.status) == (party, status)]
            for status in ("controlled", "contested", "claimed")
        }
        disputed = any(
            z.status == "contested" or (z.status == "controlled" and z.party != party)
            for z in there
        )
        if own["contested"]:
            found.add((min(own["contested"]), "contested"))
        elif own["controlled"]:
            found.add((min(own["controlled"]), "contested" if disputed else "controlled"))
        if own["claimed"]:
            found.add((min(own["claimed"]), "claimed"))
    return found


@given(ZONES)
def test_every_point_counts_once_for_each_party_and_for_its_first_zone(zones):
    parts = pieces(snapshot(zones))
    for point in CELLS:
        here = [(p.zone.id, p.status) for p in parts if p.geometry.contains(point)]
        assert sorted(here) == sorted(counted_at(point, zones))


@given(st.lists(ZONES, max_size=4))
def test_a_cache_of_the_snapshots_before_changes_no_piece(series):
    cache = PieceCache()
    for zones in [*series, *series]:
        found, fresh = pieces(snapshot(zones), cache), pieces(snapshot(zones))
        assert [(p.zone, p.status, p.geometry.wkb) for p in found] == [
            (p.zone, p.status, p.geometry.wkb) for p in fresh
        ]


def test_what_is_cut_again_is_looked_up():
    zones = (zone(box(0, 0, 2, 2), "a"), zone(box(1, 0, 3, 2), "b", party="RU"))
    cache = PieceCache()
    first = pieces(snapshot(zones), cache)
    again = pieces(snapshot(zones), cache)
    assert [p.geometry for p in first] == [p.geometry for p in again]
    assert all(one.geometry is other.geometry for one, other in zip(first, again, strict=True))


# Ground that two snapshots label differently, cell by cell


def labels(point, zones):
    return Counter((z.party, z.status) for z in zones if z.geometry.contains(point))


@given(ZONES, ZONES, st.integers(0, 4))
def test_every_point_whose_label_changes_lies_in_one_face_that_knows_its_zones(old, new, common):
    new = (*old[:common], *new)
    faces = changed_faces(old, new)
    assert len(faces.before) == len(faces.after) == len(faces.polygons)
    for point in CELLS:
        (inside,) = np.nonzero([face.contains(point) for face in faces.polygons])
        assert len(inside) <= 1
        if set(labels(point, old)) != set(labels(point, new)):
            assert len(inside) == 1
        for face in inside:
            assert faces.before[face].tolist() == [z.geometry.contains(point) for z in old]
            assert faces.after[face].tolist() == [z.geometry.contains(point) for z in new]


def test_many_places_that_change_at_once_are_found_as_each_alone():
    # More boxes than are sieved one by one, each with an old edge through it.
    steps = range(0, 160, 4)
    old = tuple(zone(box(x, 0, x + 2, 2), f"{x:03}") for x in steps)
    stays = zone(box(0, 1, 200, 9), "z", status="contested")
    new = tuple(zone(box(x, 0, x + 3, 2), f"{x:03}") for x in steps)
    faces = changed_faces((*old, stays), (*new, stays))
    found = sorted(face.bounds for face in faces.polygons)
    assert found == sorted((x + 2, y, x + 3, y + 1) for x in steps for y in (0, 1))
