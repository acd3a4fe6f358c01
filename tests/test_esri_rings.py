"""Rings of Esri's formats, which say by their winding alone which are holes."""

from __future__ import annotations

import itertools
import json

import pytest
import shapely
from shapely import Polygon, box

from frontmap.errors import InputError
from frontmap.formats.files import read_features
from frontmap.intake.ground import clean_ground

OUTER, LAKE, ISLAND = box(36, 48, 37, 49), box(36.2, 48.2, 36.8, 48.8), box(36.4, 48.4, 36.6, 48.6)
BESIDE, ACROSS = box(38, 48, 39, 49), box(36.9, 48.4, 37.1, 48.6)
SPECK = box(36.5, 48.5, 36.51, 48.51)


def clockwise(shape):
    return [list(p) for p in shapely.orient_polygons(shape, exterior_cw=True).exterior.coords]


def anticlockwise(shape):
    return clockwise(shape)[::-1]


def feature_of(tmp_path, rings):
    path = tmp_path / "zones.json"
    value = {"geometryType": "esriGeometryPolygon", "features": [
        {"attributes": {}, "geometry": {"rings": rings}}]}  # fmt: skip
    path.write_text(json.dumps(value))
    return read_features(path, lambda feature: feature).features[0]


WOUND_AGAINST = {
    "one": [OUTER],
    "a lake": [OUTER, LAKE],
    "a lake with an island": [OUTER, LAKE, ISLAND],
    "two, one with a lake": [BESIDE, OUTER, LAKE],
}
MEANT = {
    "one": OUTER,
    "a lake": OUTER - LAKE,
    "a lake with an island": OUTER - LAKE | ISLAND,
    "two, one with a lake": OUTER - LAKE | BESIDE,
}


@pytest.mark.parametrize("first", [clockwise, anticlockwise])
@pytest.mark.parametrize("what", WOUND_AGAINST)
def test_rings_wound_against_each_other_have_one_meaning(tmp_path, what, first):
    second = anticlockwise if first is clockwise else clockwise
    inner = {LAKE: second}
    rings = [inner.get(shape, first)(shape) for shape in WOUND_AGAINST[what]]
    for order in itertools.permutations(rings):
        feature = feature_of(tmp_path, list(order))
        made = clean_ground(feature.polygons, accuracy_m=500)
        assert made.geometry.symmetric_difference(MEANT[what]).area == 0


def test_a_part_beside_others_may_be_wound_the_other_way(tmp_path):
    rings = [clockwise(OUTER), anticlockwise(LAKE), anticlockwise(BESIDE)]
    made = clean_ground(feature_of(tmp_path, rings).polygons, accuracy_m=500)
    assert made.geometry.equals((OUTER - LAKE).union(BESIDE))


@pytest.mark.parametrize("wound", [clockwise, anticlockwise])
@pytest.mark.parametrize("shapes", [[OUTER, LAKE], [LAKE, OUTER], [OUTER, ISLAND, BESIDE]])
def test_a_ring_in_another_of_the_same_winding_is_refused(tmp_path, shapes, wound):
    assert feature_of(tmp_path, [wound(each) for each in shapes]).flaw.startswith(
        "of several meanings: a ring lies in another and runs the same way, near 36.2, 48.2"
        if ISLAND not in shapes
        else "of several meanings: a ring lies in another and runs the same way, near 36.4, 48.4"
    )


@pytest.mark.parametrize("wound", [clockwise, anticlockwise])
def test_a_ring_of_the_same_winding_counts_once_where_it_is_tiny_or_across(tmp_path, wound):
    for other in (SPECK, ACROSS):
        feature = feature_of(tmp_path, [wound(OUTER), wound(other)])
        made = clean_ground(feature.polygons, accuracy_m=500)
        assert made.geometry.symmetric_difference(OUTER | other).area == 0


def test_rings_that_are_none_are_left_to_whoever_takes_them(tmp_path):
    feature = feature_of(tmp_path, [clockwise(OUTER), [], [[36, 48]], [["a", 48]] * 4])
    assert len(feature.polygons) == 4
    with pytest.raises(InputError):
        clean_ground(feature.polygons, accuracy_m=500)


def test_a_ring_that_crosses_itself_is_left_to_whoever_takes_it(tmp_path):
    bow = [[36, 48], [37, 49], [37, 48], [36, 49], [36, 48]]
    assert not Polygon(bow).is_valid
    feature = feature_of(tmp_path, [bow, clockwise(BESIDE)])
    with pytest.raises(InputError, match="several meanings"):
        clean_ground(feature.polygons, accuracy_m=500)
