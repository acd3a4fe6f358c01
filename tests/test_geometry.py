"""Area on the ellipsoid: exact against 40 digits, and the laws that any area obeys."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf
from shapely import affinity

from frontmap.errors import InputError
from frontmap.geometry.exact_area import (
    BLOCK,
    SINE_KM2,
    polygon_areas_km2,
    ragged_areas_km2,
    ring_areas_km2,
    segment_sums,
)
from frontmap.measure.area import area_km2

mp.dps = 40
SEMI_MAJOR_KM = mpf("6378.137")
FLATTENING = 1 / mpf("298.257223563")
SEMI_MINOR_KM = SEMI_MAJOR_KM * (1 - FLATTENING)
ECCENTRICITY = mp.sqrt(FLATTENING * (2 - FLATTENING))
EXACT = 1e-12


def zone_to_equator(lat):
    """Area between the equator and `lat` per radian of longitude, in closed form."""
    es = ECCENTRICITY * mp.sin(lat)
    return SEMI_MINOR_KM**2 / 2 * (mp.sin(lat) / (1 - es**2) + mp.atanh(es) / ECCENTRICITY)


def reference_km2(polygon):
    """40-digit area of a polygon whose edges are straight in longitude/latitude."""

    def ring(coordinates):
        radians = [(mp.radians(mpf(x)), mp.radians(mpf(y))) for x, y in coordinates]
        total = mpf(0)
        for (x0, y0), (x1, y1) in pairwise(radians):
            if x0 == x1:
                continue
            mean = (
                zone_to_equator(y0)
                if y0 == y1
                else mp.quad(zone_to_equator, mp.linspace(y0, y1, 3)) / (y1 - y0)
            )
            total += (x1 - x0) * mean
        return abs(total)

    return ring(polygon.exterior.coords) - sum(ring(hole.coords) for hole in polygon.interiors)


def near_circle(lon, lat, radius, vertices=12):
    angles = np.arange(vertices) * 2 * np.pi / vertices + 0.3
    return shapely.Polygon(
        np.column_stack([lon + radius * np.cos(angles), lat + radius * np.sin(angles)])
    )


def test_sine_series_is_the_ellipsoids_own():
    for place, coefficient in enumerate(SINE_KM2):
        order = 2 * place + 1

        def integrand(lat, order=order):
            return zone_to_equator(lat) * mp.sin(order * lat)

        exact = 4 / mp.pi * mp.quad(integrand, [0, mp.pi / 4, mp.pi / 2])
        assert abs(exact - mpf(coefficient)) < 1e-15 * abs(exact)


@pytest.mark.parametrize("lat", [0.0, -0.02, 51.2, -51.2, 69.0, 84.5, -88.9])
@pytest.mark.parametrize("radius", [6e-5, 0.001, 0.02, 0.3, 1.0])
def test_area_is_exact_at_every_size_and_latitude(lat, radius):
    polygon = near_circle(35.7, lat, radius)
    exact = reference_km2(polygon)
    assert abs(mpf(float(area_km2([polygon])[0])) - exact) < EXACT * exact


@pytest.mark.parametrize(
    ("bounds", "about_km2"),
    [
        ((35.0, 51.0, 35.0001, 51.000130), 0.0001),
        ((35.0, 51.0, 35.0010, 51.0013), 0.01),
        ((30.0, 45.0, 55.0, 70.0), 3.8e6),
        ((-20.0, -30.0, 20.0, 0.0), 1.3e7),
        ((-60.0, -60.0, 0.0, 75.0), 6.0e7),
    ],
)
def test_area_is_exact_from_a_garden_to_a_continent(bounds, about_km2):
    polygon = shapely.box(*bounds)
    skewed = affinity.skew(polygon, xs=8.0, origin=(bounds[0], bounds[1]))
    for shape in (polygon, skewed):
        exact = reference_km2(shape)
        assert float(exact) == pytest.approx(about_km2, rel=0.3)
        assert abs(mpf(float(area_km2([shape])[0])) - exact) < EXACT * exact


def test_whole_earth_is_the_ellipsoids_surface():
    longitudes = np.linspace(-180, 180, 5)
    west_to_east = [(lon, -90.0) for lon in longitudes]
    earth = shapely.Polygon(west_to_east + [(lon, 90.0) for lon in longitudes[::-1]])
    surface = 4 * mp.pi * zone_to_equator(mp.pi / 2)
    assert float(area_km2([earth])[0]) == pytest.approx(float(surface), rel=EXACT)


def test_polar_cap_is_exact_when_its_edges_are_short():
    longitudes = np.linspace(-180, 180, 13)
    south = [(lon, 89.5) for lon in longitudes]
    cap = shapely.Polygon(south + [(lon, 90.0) for lon in longitudes[::-1]])
    exact = 2 * mp.pi * (zone_to_equator(mp.pi / 2) - zone_to_equator(mp.radians(mpf("89.5"))))
    assert float(area_km2([cap])[0]) == pytest.approx(float(exact), rel=EXACT)


def test_polygon_that_runs_on_past_the_antimeridian_has_the_area_of_its_cut():
    through = area_km2([shapely.box(178.5, 65.0, 182.0, 67.0)])[0]
    cut = shapely.MultiPolygon([shapely.box(178.5, 65, 180, 67), shapely.box(-180, 65, -178, 67)])
    assert through == pytest.approx(area_km2([cut])[0], rel=EXACT)


HOLE = [(36.2, 48.2), (36.4, 48.2), (36.4, 48.5), (36.2, 48.5), (36.2, 48.2)]


@pytest.mark.parametrize("shell_turn", [1, -1])
@pytest.mark.parametrize("hole_turn", [1, -1])
def test_holes_are_subtracted_whichever_way_they_are_wound(shell_turn, hole_turn):
    shell = list(shapely.box(36, 48, 37, 49).exterior.coords)[::shell_turn]
    polygon = shapely.Polygon(shell, [HOLE[::hole_turn]])
    expected = area_km2([shapely.box(36, 48, 37, 49)])[0] - area_km2([shapely.Polygon(HOLE)])[0]
    assert area_km2([polygon])[0] == pytest.approx(expected, rel=EXACT)


def test_empty_missing_and_flat_polygons_have_no_area():
    flat = shapely.Polygon([(36, 48), (37, 49), (36, 48)])
    shapes = [shapely.Polygon(), None, shapely.MultiPolygon(), flat, shapely.box(36, 48, 37, 49)]
    assert area_km2(shapes)[:4].tolist() == [0.0, 0.0, 0.0, 0.0]
    assert area_km2(shapes)[4] == area_km2(shapes[4:])[0]
    assert area_km2([]).shape == (0,)
    assert area_km2([shapely.Polygon()]).tolist() == [0.0]


def test_shape_of_the_array_is_kept():
    shapes = np.array([[shapely.box(0, 0, 1, 1), None]], dtype=object)
    assert polygon_areas_km2(shapes).shape == (1, 2)


def test_ring_longer_than_a_block_is_measured_whole():
    many = near_circle(36.0, 51.0, 0.5, vertices=150_001)
    few = near_circle(36.0, 51.0, 0.5, vertices=1500)
    assert area_km2([many])[0] == pytest.approx(area_km2([few])[0], rel=1e-5)
    plain = near_circle(36.0, 51.0, 0.5)
    exact = reference_km2(plain)  # 40 digits of each edge: of 12, not of thousands
    split = shapely.segmentize(plain, 0.5 / 30_000)
    assert shapely.get_num_coordinates(split) > 2 * BLOCK
    assert area_km2([split])[0] == pytest.approx(float(exact), rel=EXACT)


def test_area_of_a_polygon_does_not_depend_on_its_neighbours():
    shapes = [
        near_circle(36.0, 51.0, 0.001, vertices=70_000),
        near_circle(36.0, 51.0, 0.5, vertices=9_000),
        near_circle(36.0, 0.0, 60.0, vertices=500),
        near_circle(36.0, -51.0, 5.0, vertices=20),
        shapely.box(36, 48, 37, 49),
    ]
    alone = [area_km2([shape])[0] for shape in shapes]
    assert area_km2(shapes).tolist() == alone
    assert area_km2(shapes[::-1]).tolist() == alone[::-1]


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (shapely.Point(36, 48), "geometry 0 is a Point"),
        (shapely.box(436000, 5480000, 437000, 5490000), "EPSG:4326"),
        (shapely.Polygon([(36, 48), (37, 48), (37, 90.5)]), r"\(37.000000, 90.500000\)"),
        (shapely.Polygon([(179, 65), (-179, 65), (-179, 67), (179, 67)]), "antimeridian"),
        (shapely.Polygon([(0, 80), (120, 80), (-120, 80)]), "RFC 7946"),
    ],
)
def test_what_cannot_be_measured_is_refused_with_place_and_remedy(shape, message):
    with pytest.raises(InputError, match=message):
        area_km2([shape])


@pytest.mark.parametrize("wrong", [(np.nan, 48.0), (37.0, np.nan), (np.inf, 48.0)])
def test_position_that_is_not_finite_is_refused(wrong):
    with pytest.raises(InputError, match="no longitude/latitude"):
        ring_areas_km2([(36, 48), wrong, (37, 49), (36, 48)], [0, 4])


def test_open_ring_is_refused():
    with pytest.raises(InputError, match=r"starts at \(36.000000, 48.000000\) is open"):
        ring_areas_km2([(36, 48), (37, 48), (37, 49)], [0, 3])


def test_empty_segments_sum_to_zero():
    sums = segment_sums(np.array([1.0, 2.0]), np.array([0, 0, 1, 1, 2, 2]))
    assert sums.tolist() == [0.0, 1.0, 0.0, 2.0, 0.0]


def test_ragged_layout_is_shapelys():
    holed = shapely.Polygon(shapely.box(36, 48, 37, 49).exterior.coords, [HOLE])
    shapes = [holed, shapely.MultiPolygon([holed, shapely.box(38, 48, 39, 49)]), None]
    _, coordinates, offsets = shapely.to_ragged_array(shapes)
    assert ragged_areas_km2(coordinates, offsets).tolist() == area_km2(shapes).tolist()


@st.composite
def star_polygons(draw):
    """Simple polygons around a centre, of any size from metres to a country."""
    lon = draw(st.floats(-170, 170))
    lat = draw(st.floats(-84, 84))
    size = 10.0 ** draw(st.floats(-4, 0.5))
    radii = np.array(draw(st.lists(st.floats(0.3, 1.0), min_size=5, max_size=25)))
    angles = np.arange(len(radii)) * 2 * np.pi / len(radii)
    ring = [lon, lat] + size * (radii * [np.cos(angles), np.sin(angles)]).T
    return shapely.Polygon(ring)


def assert_same_area(one, other, rel=EXACT):
    assert np.sum(area_km2(one)) == pytest.approx(np.sum(area_km2(other)), rel=rel)


@given(star_polygons(), st.integers(0, 30))
def test_area_does_not_depend_on_where_a_ring_starts(polygon, turn):
    ring = np.array(polygon.exterior.coords)[:-1]
    assert_same_area([shapely.Polygon(np.roll(ring, turn, axis=0))], [polygon])


@given(star_polygons())
def test_area_does_not_depend_on_direction_or_z_or_repeats(polygon):
    ring = np.array(polygon.exterior.coords)
    assert_same_area([shapely.Polygon(ring[::-1])], [polygon])
    assert_same_area([shapely.Polygon(np.repeat(ring, 2, axis=0))], [polygon])
    assert_same_area([shapely.force_3d(polygon, 180.0)], [polygon])


@given(star_polygons())
def test_area_does_not_change_when_an_edge_is_split(polygon):
    ring = np.array(polygon.exterior.coords)
    halves = np.insert(ring, np.arange(1, len(ring)), (ring[1:] + ring[:-1]) / 2, axis=0)
    # A middle rounded to the nearest double moves by up to 3e-14 degrees.
    slack = 1e-12 + 1e-13 / np.ptp(ring[:, 0])
    assert_same_area([shapely.Polygon(halves)], [polygon], rel=slack)


@given(star_polygons(), st.floats(0.1, 0.9))
def test_parts_of_a_cut_add_up(polygon, share):
    west, south, east, north = polygon.bounds
    middle = west + share * (east - west)
    parts = [
        polygon & shapely.box(west - 1, south - 1, middle, north + 1),
        polygon & shapely.box(middle, south - 1, east + 1, north + 1),
    ]
    assert_same_area(parts, [polygon], rel=1e-12 + 1e-12 / (east - west))
