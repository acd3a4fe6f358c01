"""The reference on the page: which lines are drawn, where names stand, how exact it says it is."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from shapely.geometry import box, mapping

from frontmap.facts import read_reference
from frontmap.page.payload.base_map import named_regions, reference_lines, sea_within
from frontmap.page.payload.gather import gather_payload
from fronts import SMALL, Clock, new_archive, zone

BOX = (34.0, 50.0, 36.0, 52.0)
WEST, EAST = box(20, 40, 35, 60), box(35, 40, 45, 60)
UNITS = box(35, 50, 35.5, 51), box(35.5, 50, 36, 51)
BORDER = shapely.LineString([(35, 49), (35, 51), (35, 53)])
FEATURES = [
    (WEST, {"kind": "country", "name_en": "Westland", "name_ar": "الغرب", "accuracy_m": 14000}),
    (EAST, {"kind": "country", "name_en": "Eastland", "accuracy_m": 14000}),
    (UNITS[0], {"kind": "unit", "name_en": "One", "accuracy_m": 100}),
    (UNITS[1], {"kind": "unit", "name_en": "", "name_uk": "Два", "accuracy_m": 100}),
    (BORDER, {"kind": "state_border", "accuracy_m": 3000}),
    (shapely.LineString([(34, 51), (36, 51.5)]), {"kind": "state_border", "disputed": True}),
    (shapely.Point(35.2, 50.4), {"kind": "place", "name_en": "Near", "population": 40000}),
    (shapely.Point(38, 50), {"kind": "place", "name_en": "Far", "population": 500000}),
]


@pytest.fixture
def archive(tmp_path):
    made = new_archive(tmp_path / "front", Clock(), bbox=BOX)
    made.add("2024-08-31", [zone(SMALL)], reason="for this test")
    features = [
        {"type": "Feature", "geometry": mapping(shape), "properties": properties}
        for shape, properties in FEATURES
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (made.root / "reference.geojson").write_text(text, "utf-8")
    return made


def test_each_line_is_drawn_once_as_what_it_is(archive):
    lines = list(reference_lines(read_reference(archive.root), BOX))
    assert [line.kind for line in lines] == [
        *("state_border", "disputed", "unit", "country", "country")
    ]
    units = next(line.shape for line in lines if line.kind == "unit")
    # what runs along the border is the border's; what two units share is there once
    assert units.length == pytest.approx(1 + 1 + 3 * 1 - 1, abs=0.1)
    assert units.distance(shapely.Point(35, 50.5)) > 0


def test_names_stand_in_their_country_beside_the_front_and_in_their_unit(archive):
    front = box(34.9, 50.9, 35.3, 51.2)
    found = named_regions(read_reference(archive.root), BOX, front, ["en", "ar"], "en")
    assert found["names"]["en"] == ["Westland", "Eastland", "One", "Два"]
    assert found["names"]["ar"] == ["الغرب", "", "", ""]
    for flat, ground in zip(found["spots"], (WEST, EAST, *UNITS), strict=True):
        spots = np.reshape(flat, (-1, 3))
        assert len(spots) > 1
        assert (spots[:, 2] > 0).all()
        rooms = shapely.buffer(shapely.points(spots[:, :2]), spots[:, 2] - 0.002)
        assert ground.contains(rooms).all()
    best = [shapely.Point(flat[:2]) for flat in found["spots"][:2]]
    assert not front.intersects(shapely.MultiPoint(best))


def test_a_page_has_towns_and_cities_beyond_and_says_how_exact_its_lines_are(archive):
    payload = gather_payload(archive)
    places = payload["places"]
    assert dict(zip(places["names"]["en"], places["kind"], strict=True)) == {
        "Near": "town",
        "Far": "city",
    }
    assert places["population"] == [40000, 500000]
    assert payload["lines_m"] == 3000
    assert payload["lines"]["kind"].count("country") == 2


def test_a_reference_without_any_of_it_says_nothing(tmp_path):
    made = new_archive(tmp_path / "front", Clock())
    made.add("2024-08-31", [zone(SMALL)], reason="for this test")
    payload = gather_payload(made)
    assert (payload["lines_m"], payload["lines"]["kind"]) == (0, [])
    assert payload["regions"]["spots"] == []


AROUND = box(0, 0, 10, 10)
ISLAND = box(7, 7, 8, 8)


@pytest.mark.parametrize(
    ("coasts", "countries", "sea"),
    [
        ([[(5, -1), (5, 11)]], [box(-9, -9, 5.2, 19)], box(5, 0, 10, 10)),
        (
            [[(5, -1), (5, 11)], ISLAND.exterior.coords],
            [box(-9, -9, 4.8, 19)],
            box(5, 0, 10, 10) - ISLAND,
        ),
        # Ground in dispute is nobody's, and land all the same: the coast says so.
        ([[(5, -1), (5, 11)]], [box(-9, -9, 5, 7)], box(5, 0, 10, 10)),
        # The reference ends at 9 degrees north, where its coasts were cut.
        ([[(5, -1), (5, 9)]], [box(-9, -9, 5, 9)], box(5, 0, 10, 9)),
        ([ISLAND.exterior.coords], [ISLAND], AROUND - ISLAND),
        ([], [box(-9, -9, 5, 9)], shapely.Polygon()),
        ([[(5, -1), (5, 11)]], [], shapely.Polygon()),
        ([[(5, -1), (5, 5), (8, 7), (7, 5)]], [box(-9, -9, 5, 9)], shapely.Polygon()),
    ],
    ids=["coast", "island", "dispute", "cut", "all sea", "no coast", "no land", "loose end"],
)
def test_the_sea_is_what_lies_on_the_other_side_of_the_coast(coasts, countries, sea):
    lines = [shapely.LineString(coast) for coast in coasts]
    found = sea_within(AROUND, lines, countries)
    assert found.symmetric_difference(sea).area < 1e-9


def test_only_features_that_are_drawn_are_credited(archive):
    path = archive.root / "reference.geojson"
    value = json.loads(path.read_bytes())
    near, far = [(34, 51), (36, 51.5)], [(60, 51), (61, 51.5)]
    around = box(0, 0, 80, 80)  # its outline is far, and a line of water is its outline
    extra = {
        "a river near": ("water", shapely.LineString(near)),
        "a river far": ("water", shapely.LineString(far)),
        "a sea around": ("water", around),
        "a unit near": ("unit", around),
        "a unit far": ("unit", box(60, 60, 61, 61)),
        "an islet": ("country", box(60, 60, 60.01, 60.01)),
        "a far country": ("country", box(60, 60, 65, 65)),
    }
    value["features"] += [
        {
            "type": "Feature",
            "geometry": mapping(shape),
            "properties": {"kind": kind, "name_en": "x", "attribution": owed},
        }
        for owed, (kind, shape) in extra.items()
    ]
    path.write_text(json.dumps(value), "utf-8")
    assert gather_payload(archive)["credits"] == ["a river near", "a unit near", "a far country"]
