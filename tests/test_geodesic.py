"""What geodesic edges would change, against pyproj's geodesics."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from shapely import affinity, box

from frontmap.geometry.geodesic import geodesic_difference_km2
from frontmap.measure.area import area_km2

GEOD = pyproj.Geod(ellps="WGS84")
SHAPES = [
    box(36, 48, 37, 49),
    box(-70, -40, -69.5, -39.9),
    affinity.rotate(box(20, 60, 21, 60.4), 30),
    shapely.Point(35.5, 51.2).buffer(0.4, quad_segs=3),
]


def leading_order_km2(shape):
    """Ground between each edge and the geodesic through its ends, to leading order in its length.

    d/3 (p² s (d/2)² + (2 M² s + p M') h²): d is the step in longitude and h half the step in
    latitude, s the sine of the middle latitude, p its parallel's radius, M the radius of curvature
    of the meridian and M' its derivative. From the equation of geodesics on a surface of
    revolution.
    """
    a, flattening = 6378.137, 1 / 298.257223563
    e2 = flattening * (2 - flattening)
    ring = np.radians(shapely.get_coordinates(shapely.orient_polygons(shape)))
    d, rise = np.diff(ring, axis=0).T
    middle, h = (ring[1:, 1] + ring[:-1, 1]) / 2, rise / 2
    s, w2 = np.sin(middle), 1 - e2 * np.sin(middle) ** 2
    p, m = a * np.cos(middle) / np.sqrt(w2), a * (1 - e2) / w2**1.5
    m_slope = 3 * m * e2 * s * np.cos(middle) / w2
    return -float(np.sum(d / 3 * (p**2 * s * (d / 2) ** 2 + (2 * m**2 * s + p * m_slope) * h**2)))


@pytest.mark.parametrize("shape", SHAPES)
def test_difference_is_that_which_the_equation_of_geodesics_gives(shape):
    assert geodesic_difference_km2([shape])[0] == pytest.approx(leading_order_km2(shape), rel=0.01)


@pytest.mark.parametrize("shape", SHAPES)
def test_difference_goes_with_the_square_of_the_length_of_edges(shape):
    finer = shapely.Polygon(halved(halved(shapely.get_coordinates(shape))))
    coarse_km2, fine_km2 = geodesic_difference_km2([shape, finer])
    assert fine_km2 == pytest.approx(coarse_km2 / 16, rel=0.01)


def halved(ring):
    return np.insert(ring, np.arange(1, len(ring)), (ring[1:] + ring[:-1]) / 2, axis=0)


@pytest.mark.parametrize("shape", SHAPES)
def test_difference_is_that_of_geodesic_areas(shape):
    geodesic_km2 = GEOD.geometry_area_perimeter(shapely.orient_polygons(shape))[0] / 1e6
    expected = geodesic_km2 - area_km2([shape])[0]
    assert geodesic_difference_km2([shape])[0] == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_difference_does_not_depend_on_winding_and_is_nothing_for_no_ground():
    there, back = SHAPES[0], shapely.reverse(SHAPES[0])
    assert geodesic_difference_km2([there]) == pytest.approx(geodesic_difference_km2([back]))
    assert geodesic_difference_km2([shapely.Polygon(), None]).tolist() == [0.0, 0.0]


def test_difference_of_a_multipolygon_is_the_sum_of_its_parts():
    both = shapely.MultiPolygon([SHAPES[0], SHAPES[1]])
    parts = geodesic_difference_km2(SHAPES[:2])
    assert geodesic_difference_km2([both])[0] == pytest.approx(np.sum(parts))
