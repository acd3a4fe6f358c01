"""The benchmarks need what frontmap and its extra ``bench`` install, and read files rightly."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from pathlib import Path

import numpy as np
import orjson
import pytest
import shapely
from benchmarks.stream import read_collections

from frontmap.errors import InputError, NotFoundError
from frontmap.measure.area import area_km2

ROOT = Path(__file__).parents[1]


def names(requirements):
    return {re.split(r"[^\w-]", one)[0] for one in requirements}


def test_benchmarks_import_nothing_that_the_extra_does_not_install():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = set()
    for path in (ROOT / "benchmarks").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                needed |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                needed.add(node.module.partition(".")[0])
    needed -= {*sys.stdlib_module_names, "frontmap", "benchmarks"}
    core, extra = names(project["dependencies"]), names(project["optional-dependencies"]["bench"])
    assert {"pyproj", "shapely", "folium"} <= needed
    assert needed <= core | extra
    assert extra <= needed


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


@pytest.mark.parametrize("written", [json.dumps, lambda value: json.dumps({**value, "name": "x"})])
def test_the_form_of_the_text_does_not_matter(tmp_path, written):
    paths = []
    for path in DEEPSTATE:
        paths.append(tmp_path / path.name)
        paths[-1].write_text(written(json.loads(path.read_bytes())), "utf-8")
    one, other = read_collections(DEEPSTATE), read_collections(paths)
    assert one.areas_km2().tolist() == other.areas_km2().tolist()
    assert list(map(len, one.members)) == list(map(len, other.members))


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
