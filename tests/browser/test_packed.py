"""What the browser unpacks is what the archive holds: every zone of every date, every vertex."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest
import shapely

import frontmap
from browser.conftest import KURSK

pytestmark = pytest.mark.browser

# The page keeps vertices on the Mercator square; degrees are told apart to 1e-6 after the way back.
ZONES = """() => {
  const { model } = document.querySelector('.folium-map').frontmap;
  const { shapes } = model;
  const lon = (x) => (x - 0.5) * 360;
  const lat = (y) => (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI;
  const point = (id) => [lon(shapes.x[id]), lat(shapes.y[id])];
  const points = (ring) => [...shapes.rings[ring]].flatMap(point);
  return model.stops.map((stop, i) => Object.fromEntries(model.zonesAt(i).map((zone) => [zone.id, {
    status: zone.status,
    parts: shapes.shapes[zone.shape].map((part) => part.map(points)),
  }])));
}"""


def rings(polygon):
    return [shapely.get_coordinates(ring)[:-1] for ring in (polygon.exterior, *polygon.interiors)]


def test_every_zone_of_every_date_comes_back_to_the_digit(visit):
    unpacked = visit().run(ZONES)
    snapshots = list(frontmap.open(KURSK).snapshots())
    assert len(unpacked) == len(snapshots)
    for snapshot, found in zip(snapshots, unpacked, strict=True):
        assert found.keys() == {zone.id for zone in snapshot.zones}
        for zone in snapshot.zones:
            told = found[zone.id]
            assert told["status"] == zone.status
            parts = [rings(part) for part in shapely.get_parts(zone.geometry)]
            assert [len(part) for part in told["parts"]] == [len(part) for part in parts]
            for ring, points in zip(chain(*parts), chain(*told["parts"]), strict=True):
                np.testing.assert_array_equal(np.round(points, 6), ring.ravel())
