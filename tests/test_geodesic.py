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


@pytest.mark.parametrize("shape", SHAPES)
def test_difference_is_that_of_geodesic_areas(shape):
    geodesic_km2 = GEOD.geometry_area_perimeter(shapely.orient_polygons(shape))[0] / 1e6
    expected = geodesic_km2 - area_km2([shape])[0]
    assert geodesic_difference_km2([shape])[0] == pytest.approx(expected, rel=0.01)


def test_difference_does_not_depend_on_winding_and_is_nothing_for_no_ground():
    there, back = SHAPES[0], shapely.reverse(SHAPES[0])
    assert geodesic_difference_km2([there]) == pytest.approx(geodesic_difference_km2([back]))
    assert geodesic_difference_km2([shapely.Polygon(), None]).tolist() == [0.0, 0.0]


def test_difference_of_a_multipolygon_is_the_sum_of_its_parts():
    both = shapely.MultiPolygon([SHAPES[0], SHAPES[1]])
    parts = geodesic_difference_km2(SHAPES[:2])
    assert geodesic_difference_km2([both])[0] == pytest.approx(np.sum(parts))
