"""What the browser unpacks is what the archive holds: every zone of every date, every vertex."""

from __future__ import annotations

import random
from itertools import chain, combinations
from pathlib import Path

import numpy as np
import pytest
import shapely

import frontmap
from conftest import KURSK
from frontmap import page
from frontmap.geometry.changed import ground_changes
from frontmap.imports.importing import import_files, sources_in
from frontmap.measure.area import area_km2

pytestmark = pytest.mark.browser

DEEPSTATE = Path(__file__).parents[1] / "data" / "deepstate"

# The page keeps vertices on the Mercator square; degrees are told apart to 1e-6 after the way back.
ZONES = """() => {
  const { model } = document.querySelector('.folium-map').frontmap;
  const { shapes } = model;
  const lon = (x) => (x - 0.5) * 360;
  const lat = (y) => (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI;
  const point = (id) => [lon(shapes.x[id]), lat(shapes.y[id])];
  const points = (ring) => [...shapes.ring(ring)].flatMap(point);
  return model.snapshots.map((_, i) => Object.fromEntries(model.zonesAt(i).map((zone) => [zone.id, {
    status: zone.status,
    parts: shapes.parts(zone.shape).map((part) => [...part].map(points)),
  }])));
}"""
CHANGES = """(pairs) => {
  const { model } = document.querySelector('.folium-map').frontmap;
  return pairs.map(([from, to]) => {
    const { gained, lost } = model.change('UA', from, to);
    return [gained, lost];
  });
}"""
RIGHT_TO_KM2 = 0.02


def rings(polygon):
    return [shapely.get_coordinates(ring)[:-1] for ring in (polygon.exterior, *polygon.interiors)]


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """An archive of another maker's files, whose ids an importer made."""
    folder = tmp_path_factory.mktemp("imported")
    list(import_files(sources_in([DEEPSTATE], "deepstate"), folder / "archive", maker="deepstate"))
    page.save_page(frontmap.open(folder / "archive"), folder / "page.html")
    return folder


@pytest.mark.parametrize("archive", ["shipped", "imported"])
def test_every_zone_of_every_date_comes_back_to_the_digit(look, archive, imported):
    shipped = archive == "shipped"
    unpacked = look(path=None if shipped else imported / "page.html").run(ZONES)
    snapshots = list(frontmap.open(KURSK if shipped else imported / "archive").snapshots())
    assert len(unpacked) == len(snapshots)
    for snapshot, found in zip(snapshots, unpacked, strict=True):
        assert found.keys() == {zone.id for zone in snapshot.zones}
        for zone in snapshot.zones:
            told = found[zone.id]
            assert told["status"] == zone.status
            parts = [rings(part) for part in shapely.get_parts(zone.geometry)]
            assert [[len(ring) for ring in part] for part in told["parts"]] == [
                [2 * len(ring) for ring in part] for part in parts
            ]
            points = np.concatenate(list(chain(*told["parts"])))
            assert (np.round(points, 6) == np.concatenate(list(chain(*parts))).ravel()).all()


def test_gained_and_lost_between_any_two_dates_are_as_measured(look):
    snapshots = list(frontmap.open(KURSK).snapshots())
    pairs = random.Random(1).sample(list(combinations(range(len(snapshots)), 2)), 30)  # noqa: S311  a fixed choice
    told = look().run(CHANGES, pairs)
    for (start, end), found in zip(pairs, told, strict=True):
        moved = ground_changes(snapshots[start].zones, snapshots[end].zones, ["UA"], "controlled")[
            "UA"
        ]
        measured = [float(area_km2(faces).sum()) for faces in (moved.gained, moved.lost)]
        assert found == pytest.approx(measured, abs=RIGHT_TO_KM2)
