"""What the grid of six decimals does to ground: nothing vanishes or splits without being said."""

from __future__ import annotations

import json
import math
import re
from itertools import pairwise
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

import frontmap
from frontmap.errors import InputError, MendedWarning
from frontmap.formats import canonical
from frontmap.geometry.exact_area import polygon_areas_km2
from frontmap.geometry.grid import GRID_DEGREES, on_grid, snap
from frontmap.intake.file_zones import read_zones
from frontmap.intake.ground import clean_ground
from fronts import grounds, new_archive, zone
from verbs import run

CELL = GRID_DEGREES
#: A cell is so high, and a little less wide.
CELL_KM = 0.11132
SQUARE = box(35, 51, 35.1, 51.1)


def thin(lon: float, lat: float, *, high: float = 0.05, wide: float = 0.3 * CELL) -> Polygon:
    return box(lon, lat, lon + wide, lat + high)


def flat(lon: float, lat: float, *, long: float = 0.1) -> Polygon:
    return box(lon, lat + 0.1 * CELL, lon + long, lat + 0.4 * CELL)


def ground_of(pieces: list[Any]) -> Any:
    return shapely.union_all(pieces)


def holed(*holes: Polygon) -> Polygon:
    return Polygon(SQUARE.exterior, [hole.exterior for hole in holes])


#: Ground of which something changes on the grid, and what is said of it.
CHANGES: dict[str, tuple[Any, dict[str, int]]] = {
    "a part": (MultiPolygon([SQUARE, thin(36, 51)]), {"part-vanished": 1}),
    "a part smaller than a cell": (
        MultiPolygon([SQUARE, thin(36, 51, high=0.2 * CELL)]),
        {"part-vanished": 1},
    ),
    "a part right beside another": (
        MultiPolygon([SQUARE, thin(35.1 + 0.2 * CELL, 51, wide=0.2 * CELL)]),
        {"part-vanished": 1},
    ),
    "many parts": (
        MultiPolygon([SQUARE, *(thin(36 + n / 100, 51) for n in range(9))]),
        {"part-vanished": 9},
    ),
    "a hole": (holed(thin(35.05, 51.02)), {"hole-filled": 1}),
    "a hole and a part": (
        MultiPolygon([holed(thin(35.05, 51.02)), thin(36, 51)]),
        {"hole-filled": 1, "part-vanished": 1},
    ),
    "a part with a hole in it": (
        shapely.difference(thin(36, 51), box(36 + 0.1 * CELL, 51.01, 36 + 0.2 * CELL, 51.02)),
        {"part-vanished": 1},
    ),
    "a neck": (
        ground_of([SQUARE, flat(35.1, 51.05), box(35.2, 51, 35.3, 51.1)]),
        {"strip-vanished": 1, "split": 1},
    ),
    "two necks": (
        ground_of([box(35 + n / 5, 51, 35.1 + n / 5, 51.1) for n in range(3)]
                          + [flat(35.1 + n / 5, 51.05) for n in range(2)]),
        {"strip-vanished": 2, "split": 2},
    ),
    "a spike": (ground_of([SQUARE, flat(35.1, 51.05)]), {"strip-vanished": 1}),
    "a notch": (shapely.difference(SQUARE, flat(35.02, 51.05)), {"gap-filled": 1}),
    "a cut through": (
        shapely.difference(SQUARE, flat(34.9, 51.05, long=1)),
        {"gap-filled": 1, "joined": 1},
    ),
    "a hole that comes to touch the shell": (
        holed(box(35 + 0.3 * CELL, 51.03, 35.05, 51.06)),
        {"strip-vanished": 1},
    ),
    "a hole from shell to shell": (
        holed(box(35 + 0.3 * CELL, 51.03, 35.1 - 0.3 * CELL, 51.06)),
        {"strip-vanished": 2, "split": 1},
    ),
    "two holes that come to touch": (
        holed(box(35.02, 51.03, 35.05, 51.06), box(35.05 + 0.3 * CELL, 51.03, 35.07, 51.06)),
        {"strip-vanished": 1},
    ),
    "a neck shorter than a cell": (
        Polygon([(35, 51), (35.1, 51 + 0.1 * CELL), (35.2, 51), (35.2, 51.1),
                 (35.1, 51 + 0.4 * CELL), (35, 51.1)]),
        {"split": 1},
    ),
    "a spike of one cell": (
        Polygon([(35, 51), (35.1, 51), (35.1, 51.05), (35.1 + CELL, 51.05 + 0.2 * CELL),
                 (35.1, 51.05 + 0.4 * CELL), (35.1, 51.1), (35, 51.1)]),
        {"touching": 1},
    ),
}  # fmt: skip
NET_SIGN = {"part-vanished": 1, "strip-vanished": 1, "hole-filled": -1, "gap-filled": -1}


def area_km2(*geometries: Any) -> float:
    return float(polygon_areas_km2(geometries).sum())


def said_km2(changes):
    return sum(NET_SIGN.get(change.rule, 0) * change.km2 for change in changes)


@pytest.mark.parametrize("what", CHANGES)
def test_what_the_grid_changes_is_told_with_its_number_and_km2(what):
    drawn, expected = CHANGES[what]
    assert drawn.is_valid
    ground, changes = snap(drawn)
    assert {change.rule: change.number for change in changes} == expected
    assert ground.is_valid
    assert on_grid(ground)
    missing_km2 = area_km2(drawn) - area_km2(ground)
    vertices_move_km2 = 0.003 if "shorter" in what else 0.0  # 13 km of lines, by 0.4 of a cell
    assert said_km2(changes) == pytest.approx(missing_km2, rel=1e-3, abs=vertices_move_km2 + 1e-7)
    for change in changes:
        assert shapely.dwithin(shapely.Point(change.position), drawn, CELL)


@pytest.mark.parametrize("what", CHANGES)
def test_a_file_is_mended_and_says_so_with_feature_and_place(what, tmp_path):
    drawn, expected = CHANGES[what]
    path = tmp_path / "zones.geojson"
    path.write_text(collection(("whole", SQUARE), ("a", drawn)))
    reading = read_zones(path)
    assert len(reading.repairs) == len(expected)
    for repair in reading.repairs:
        assert re.match(r"feature 2 \(a\): .* in rounding to six decimals: [0-9.]+ km² ", repair)
    left = {zone.id: zone.geometry for zone in reading.zones}
    assert all(ground.is_valid and not ground.is_empty for ground in left.values())
    assert [finding.rule for finding in frontmap.check_file(path) if finding.rule == "mended"]


@pytest.mark.parametrize("what", CHANGES)
def test_zones_given_as_objects_are_recorded_sound_and_a_warning_says_what_changed(what, tmp_path):
    drawn, expected = CHANGES[what]
    front = new_archive(tmp_path / "front")
    if snap(drawn).geometry.is_empty:
        with pytest.raises(InputError, match=r"'a': no ground is left.*km² near"):
            front.add("2024-08-31", [zone(SQUARE, "b"), zone(drawn)], reason="try")
        assert front.dates == ()
        return
    with pytest.warns(MendedWarning, match=r"2024-08-31: zone 'a': .*km² near") as warned:
        front.add("2024-08-31", [zone(drawn)], reason="try")
    assert str(warned[0].message).count("km²") == len(expected)
    assert front["2024-08-31"].zones[0].geometry.is_valid
    assert front.verify() == ()


@pytest.mark.parametrize("what", CHANGES)
def test_an_import_has_a_row_for_what_changed(what):
    drawn, expected = CHANGES[what]
    parts = [drawn_as(part) for part in shapely.get_parts(drawn)]
    made = clean_ground(parts, accuracy_m=500)
    rules = [note.rule for note in made.notes if "km²" in note.detail]
    assert set(rules) == (set(expected) if made.geometry is not None else {"vanished"})


def test_an_import_says_what_vanishes_where_it_cuts():
    region = box(35.1 - 0.3 * CELL, 50, 36, 52)
    made = clean_ground([drawn_as(SQUARE)], region, accuracy_m=500)
    assert made.geometry is None
    assert [note.rule for note in made.notes if "0.000234 km²" in note.detail] == ["vanished"]
    outside = clean_ground([drawn_as(SQUARE)], box(36, 50, 37, 52), accuracy_m=500)
    assert [note.rule for note in outside.notes] == ["outside"]


def test_a_feature_smaller_than_the_grid_is_left_out_and_said_and_the_rest_is_taken(tmp_path):
    path = tmp_path / "zones.geojson"
    path.write_text(collection(("a", SQUARE), ("speck", thin(36, 51))))
    reading = read_zones(path)
    assert [zone.id for zone in reading.zones] == ["a"]
    said = "left out: 1 part vanished in rounding to six decimals: 0.000117 km² near 36, 51.025"
    assert reading.repairs == (f"feature 2 (speck): {said}",)


def test_a_file_of_nothing_but_specks_is_refused_not_taken_for_nothing_held(tmp_path):
    path = tmp_path / "zones.geojson"
    path.write_text(collection(("speck", thin(36, 51))))
    with pytest.raises(InputError, match=r"no ground is left.*0\.000117 km²"):
        read_zones(path)


def test_add_and_correct_print_what_vanished(tmp_path):
    front, path = new_archive(tmp_path / "front"), tmp_path / "zones.geojson"
    path.write_text(collection(("a", CHANGES["a neck"][0])))
    for verb in ("add", "correct"):
        path.write_text(collection(("a", CHANGES["a neck" if verb == "add" else "a part"][0])))
        done = run(verb, "2024-08-31", str(path), "--reason=try", f"--archive={front.root}")
        assert done.returncode == 0
        assert re.search(r"mended: feature 1 \(a\): .* vanished in .*: 0\.000\d+ km²", done.stderr)


@pytest.mark.parametrize(
    "ground", [shapely.Point(35.12345678, 51), None, shapely.GeometryCollection()]
)
def test_what_is_no_ground_is_refused_by_every_verb_that_records(tmp_path, ground):
    front = new_archive(tmp_path / "front")
    front.add("2024-08-30", [zone(SQUARE)], reason="first")
    for record, day in ((front.add, "2024-08-31"), (front.correct, "2024-08-30")):
        with pytest.raises(InputError, match="zone 'a': the geometry is a"):
            record(day, [zone(ground)], reason="try")


@given(grounds())
def test_the_area_before_is_the_area_after_and_what_was_said(drawn):
    """Up to the rounding of vertices: half a cell, along all lines."""
    dented = ground_of([drawn, flat(35.05, 51.05, long=0.6), thin(34.7, 51.01)])
    for ground in (drawn, dented):
        after, changes = snap(ground)
        lines_km = 111.32 * (ground.length + after.length)
        missing_km2 = area_km2(ground) - area_km2(after)
        assert abs(missing_km2 - said_km2(changes)) <= lines_km * CELL_KM / 1000


@given(st.lists(st.integers(3, 400), min_size=2, max_size=9, unique=True).map(sorted),
       st.randoms(use_true_random=False))  # fmt: skip
def test_nothing_is_said_of_vertices_that_only_move(columns, chance):
    """Ground on the grid, each vertex a little off: it comes back as it was, without a word."""
    blocks = [
        box(35 + west * CELL, 51, 35 + east * CELL, 51 + chance.randint(3, 400) * CELL)
        for west, east in pairwise(columns)
    ]
    true = snap(ground_of(blocks)).geometry
    moved = shapely.transform(
        true, lambda degrees: degrees + 0.49 * CELL * math.sin(chance.random() * 6)
    )
    after, changes = snap(moved)
    assert changes == ()
    assert after.equals(true)


@given(st.integers(1, 60), st.floats(0.02, 0.45), st.floats(0.01, 0.4))
def test_teeth_thinner_than_the_grid_are_said_to_a_thousandth(teeth, width, height):
    comb = ground_of(
        [box(35, 51, 35.1, 51.1)]
        + [thin(35.001 + n / 1000, 51.1, high=height, wide=width * CELL) for n in range(teeth)]
    )
    after, changes = snap(comb)
    assert [(change.rule, change.number) for change in changes] == [("strip-vanished", teeth)]
    assert said_km2(changes) == pytest.approx(area_km2(comb) - area_km2(after), rel=1e-3)


def test_the_text_of_a_snapshot_is_never_that_of_invalid_ground():
    for drawn, _ in CHANGES.values():
        assert canonical.normal_geometry(drawn).is_valid


def test_a_large_bow_tie_of_an_import_is_no_speck():
    ring = [[39, 50], [39.1, 50.1], [39.1, 50], [39, 50.1], [39, 50]]
    with pytest.raises(InputError, match=r"several meanings: .*: 39\.8 km² near 39.05, 50.05"):
        clean_ground([[ring]], accuracy_m=500)


def drawn_as(ground):
    """Return the coordinates of a polygon as a file holds them: lists of lists."""
    return json.loads(shapely.to_geojson(ground))["coordinates"]


def collection(*named):
    properties = {"party": "UA", "status": "claimed", "confidence": "low", "accuracy_m": 500}
    features = [
        {
            "type": "Feature",
            "id": name,
            "properties": {**properties, "sources": "isw"},
            "geometry": shapely.geometry.mapping(ground),
        }
        for name, ground in named
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})
