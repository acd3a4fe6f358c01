"""Reading many GeoJSON files at once gives what reading each by itself gives, whatever its form."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import orjson
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from frontmap.errors import InputError, NotFoundError
from frontmap.formats.splitting import Remembered, each_feature, parse_feature, split_features
from frontmap.formats.stream import read_collections
from frontmap.measure.area import area_km2

DEEPSTATE = sorted((Path(__file__).parent / "data" / "deepstate").glob("*.geojson"))


def by_the_ordinary_way(path):
    shapes = [
        shapely.geometry.shape(f["geometry"]) for f in json.loads(path.read_bytes())["features"]
    ]
    polygons = [p for p in shapely.get_parts(shapely.get_parts(shapes)) if p.geom_type == "Polygon"]
    shells = [shapely.Polygon(p.exterior) for p in polygons]
    holes = [shapely.Polygon(hole) for p in polygons for hole in p.interiors]
    return area_km2(shells).sum() - area_km2(holes).sum()


def test_each_file_has_the_area_that_reading_it_by_itself_gives():
    expected = [by_the_ordinary_way(path) for path in DEEPSTATE]
    np.testing.assert_allclose(read_collections(DEEPSTATE).areas_km2(), expected, rtol=1e-12)


def dumped(value, form):
    return {
        "minified": lambda: json.dumps(value, separators=(",", ":")),
        "spaced": lambda: json.dumps(value),
        "indented": lambda: json.dumps(value, indent=2),
        "keys the other way round": lambda: json.dumps(
            {
                "features": [dict(reversed(f.items())) for f in value["features"]],
                "type": value["type"],
            }
        ),
        "a member after the features": lambda: json.dumps({**value, "name": "x"}),
    }[form]()


FORMS = (
    "minified", "spaced", "indented", "keys the other way round", "a member after the features"
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_the_form_of_the_text_does_not_matter(tmp_path, form):
    paths = []
    for path in DEEPSTATE:
        paths.append(tmp_path / path.name)
        paths[-1].write_text(dumped(json.loads(path.read_bytes()), form), "utf-8")
    one, other = read_collections(DEEPSTATE), read_collections(paths)
    assert one.areas_km2().tolist() == other.areas_km2().tolist()
    assert list(map(len, one.members)) == list(map(len, other.members))


def mappings(inner):
    return st.dictionaries(st.text(max_size=4), inner, max_size=3)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text('{}[],:"\\ aFeatureтyp', max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
features = st.fixed_dictionaries(
    {
        "type": st.just("Feature"),
        "properties": st.dictionaries(st.text(max_size=4), values, max_size=3),
    },
    optional={"id": st.integers(), "inner": st.just({"type": "Feature", "id": 1})},
)


@given(st.lists(features, max_size=5), st.sampled_from(FORMS))
def test_splitting_sees_what_the_parser_sees(several, form):
    text = dumped({"type": "FeatureCollection", "features": several}, form).encode()
    assert each_feature(text, lambda texts: [parse_feature(t) for t in texts]) == several


def test_a_feature_inside_another_is_not_split_off():
    inner = {"type": "Feature", "properties": {"x": [1, {"type": "Feature", "id": 2}, 3]}}
    text = orjson.dumps({"type": "FeatureCollection", "features": [inner, inner]})
    assert len(split_features(text) or []) != 2
    assert each_feature(text, lambda texts: [parse_feature(t) for t in texts]) == [inner, inner]


@pytest.mark.parametrize(
    ("coordinates", "message"),
    [
        ([[[36, 48], [37, "x"], [37, 49], [36, 48]]], "polygons in longitude/latitude"),
        ([[[36, 48], [37], [37, 49], [36, 48]]], "polygons in longitude/latitude"),
        ([[[36, 48], None, [36, 48]]], "polygons in longitude/latitude"),
    ],
)
def test_coordinates_that_are_no_numbers_name_the_file(tmp_path, coordinates, message):
    feature = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": coordinates}}
    path = tmp_path / "bad.geojson"
    path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(InputError, match=rf"bad\.geojson.*{message}"):
        read_collections([*DEEPSTATE, path])


def test_a_missing_file_is_not_found(tmp_path):
    with pytest.raises(NotFoundError, match=r"none\.geojson"):
        read_collections([tmp_path / "none.geojson"])


def test_no_files_are_no_areas():
    assert read_collections([]).areas_km2().tolist() == []


def test_what_is_remembered_is_bounded_and_made_again_after():
    made: list[str] = []

    def make(key):
        made.append(key)
        return key

    remembered = Remembered(make, size=len, limit_bytes=10)
    for number in range(100):
        assert remembered(f"key {number:03}") == f"key {number:03}"
        assert remembered("key 000") == "key 000"
    assert made.count("key 000") == 1
    assert remembered("key 001") == "key 001"
    assert made.count("key 001") == 2


def test_the_reader_loads_nothing_heavy():
    code = "import frontmap.formats.stream, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"shapely", "pandas", "geopandas", "pyproj"} & set(loaded)
