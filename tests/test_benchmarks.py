"""The benchmarks need what frontmap and its extra ``bench`` install, and read files rightly."""

from __future__ import annotations

import ast
import datetime as dt
import json
import re
import sys
import tomllib
from pathlib import Path

import numpy as np
import orjson
import pandas as pd
import pytest
import shapely
from benchmarks.left_out_lines import Stretch, interval_km, sums
from benchmarks.left_out_lines import coverage as line_coverage
from benchmarks.left_out_lines import length_km as length_km_of
from benchmarks.left_out_sectors import coverage as area_coverage
from benchmarks.stream import read_collections

from frontmap.errors import InputError, NotFoundError
from frontmap.geometry.uncertainty import CORRELATION_KM
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


def wandering(length_km, count=60, step_km=1.0):
    """Lines of which points err together over a length: their correlation falls as a triangle."""
    random = np.random.default_rng(0)
    window = round(length_km / step_km)
    for n in range(count):
        moved = np.convolve(random.normal(size=200 + window), np.ones(window), "valid")[:200]
        along = np.arange(200) + random.uniform(size=200)
        points = np.column_stack([along * step_km, np.zeros(200)])
        date = dt.date(2024, 8, 31) + dt.timedelta(30 * (n % 3))
        yield Stretch(date, "held", (0, n), points, moved, np.ones(200), np.zeros(200, int))


@pytest.mark.parametrize("length_km", [6, 16])
def test_the_length_over_which_lines_err_together_is_found(length_km):
    by_unit = sums(wandering(length_km))
    assert length_km_of(by_unit.values()) == pytest.approx(length_km, rel=0.25)
    low, high = interval_km(by_unit)
    assert 0.9 * low < length_km < high < 2 * length_km


def test_lines_lie_within_as_many_errors_as_they_do():
    moved, place = np.array([0.5, 0.5, -1.5, -2.5]), np.array([1, 1, 2, 3])
    date = dt.date(2024, 8, 31)
    each = Stretch(date, "held", (0, 0), np.zeros((4, 2)), moved, np.ones(4), place)
    (row,) = line_coverage([each]).to_dict("records")
    assert (row["lines"], row["within_1"], row["within_2"]) == (3, 1 / 3, 2 / 3)


def test_an_error_that_is_wider_than_it_needs_to_be_scores_worse():
    areas = pd.DataFrame(
        {"basis": "held", "length_km": [1.0, 1.0, 2.0, 2.0, 3.0, 3.0], "off_km2": [8.0, -10.0] * 3,
         "error_km2": [1.0, 1.0, 10.0, 10.0, 99.0, 99.0]}
    )  # fmt: skip
    small, right, wide = area_coverage(areas, "basis").to_dict("records")
    assert (small["within_1"], right["within_1"], wide["within_1"]) == (0, 1, 1)
    assert right["score_km2"] < min(small["score_km2"], wide["score_km2"])


def test_the_length_that_errors_are_worked_out_with_is_the_one_that_the_docs_measured():
    page = (ROOT / "docs/method.md").read_text("utf-8")
    low, high = re.search(r"controlled and held: [\d.]+ km \(90 %: (\d+) to (\d+)\)", page).groups()
    assert float(low) < CORRELATION_KM < float(high)
