"""Real files of other makers import whole, and every verb runs on what they become."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

import frontmap
from frontmap.geometry.counted_once import counted_km2, pieces
from frontmap.imports.choices import Choices
from frontmap.imports.foreign import How, foreign_reader
from frontmap.imports.importing import import_files, read_repairs, sources_in
from frontmap.intake.profiles import read_profile
from frontmap.measure.area import area_km2, areas
from frontmap.measure.cache import measured_revisions
from frontmap.model import STATUSES


@pytest.fixture(scope="module")
def sources(real):
    return sources_in([real / "deepstate"], "deepstate")


@pytest.fixture(scope="module")
def root(sources, tmp_path_factory):
    folder = tmp_path_factory.mktemp("real") / "deepstate"
    list(import_files(sources, folder, maker="deepstate"))
    return folder


@pytest.fixture(scope="module")
def kml_root(real, tmp_path_factory):
    folder = tmp_path_factory.mktemp("real") / "uacontrolmap"
    list(import_files(sources_in([real / "uacontrolmap"], "uacontrolmap"), folder,
                      maker="uacontrolmap"))  # fmt: skip
    return folder


def snapshots(root):
    return {snapshot.revision.published: snapshot for snapshot in frontmap.open(root).snapshots()}


def drawn_km2(geometry):
    """Shells less holes of all polygons of a GeoJSON geometry, whatever their winding."""
    if geometry["type"] == "GeometryCollection":
        return sum(drawn_km2(member) for member in geometry["geometries"])
    if geometry["type"] != "Polygon":
        return 0.0
    rings = [shapely.Polygon([p[:2] for p in ring]) for ring in geometry["coordinates"]]
    shell, *holes = area_km2(rings)
    return shell - sum(holes)


def test_every_file_becomes_a_snapshot_of_the_area_that_it_has(sources, root):
    found = snapshots(root)
    assert len(found) == len(sources)
    for source in sources:
        features = json.loads(source.path.read_bytes())["features"]
        expected = sum(drawn_km2(feature["geometry"]) for feature in features)
        zones = found[source.published].zones
        assert sum(area_km2([z.geometry for z in zones])) == pytest.approx(expected, rel=1e-6)


def test_nothing_is_left_out_without_a_row(sources, root):
    found = snapshots(root)
    for source in sources:
        rules: dict[str, int] = {}
        for repair in read_repairs(root, source):
            rules[repair.rule] = rules.get(repair.rule, 0) + repair.count
        features = json.loads(source.path.read_bytes())["features"]
        left_out = rules.get("not-ground", 0) + rules.get("vanished", 0)
        assert len(features) == len(found[source.published].zones) + left_out


def test_importing_again_changes_nothing(sources, root):
    again = import_files(sources, root, maker="deepstate")
    assert {outcome.step for outcome in again} == {"unchanged"}


def test_the_cache_gives_the_areas_of_the_plain_files(root):
    archive = frontmap.open(root)
    cached = areas(archive, errors="none").set_index(["date", "party"])
    for snapshot in map(archive.as_of, archive.dates[-3:]):
        parts = pieces(snapshot)
        for party, status in product({zone.party for zone in snapshot.zones}, STATUSES):
            plain_km2 = counted_km2(parts, status, party=party)
            km2 = cached.loc[(pd.Timestamp(snapshot.date), party), f"{status}_km2"]
            assert km2 == pytest.approx(plain_km2, rel=1e-12)
    assert len(measured_revisions(root).revisions) == len(archive.revisions())


def test_a_cut_holds_what_lies_inside(sources, tmp_path):
    box = shapely.box(36, 47, 38, 49)
    profile = read_profile("deepstate")
    whole, inside = (
        foreign_reader(How(profile, Choices(region=region)))(sources[-1]).zones
        for region in (None, box)
    )
    expected = shapely.intersection(np.array([z.geometry for z in whole]), box)
    polygonal = [g for g in expected if g.geom_type in {"Polygon", "MultiPolygon"}]
    assert sum(area_km2([z.geometry for z in inside])) == pytest.approx(
        sum(area_km2(polygonal)), rel=1e-6
    )


@pytest.mark.parametrize(
    "words",
    [
        ["area", "2024-08-04", "2024-08-03"],
        ["area", "--errors", "none"],
        ["area", "2024-08-04", "--by", "zone"],
        ["change", "2024-08-01", "2024-08-04"],
        ["front", "2024-08-04"],
        ["log"],
        ["show", "2024-08-04"],
    ],
    ids=" ".join,
)
def test_the_verbs_run_on_an_imported_archive(root, words):
    done = ask(*words, "--archive", root)
    assert done.returncode in {0, 1}, done.stderr
    assert "bug in frontmap" not in done.stderr


def test_two_makers_are_compared(root, kml_root):
    done = ask("makers", kml_root, "2026-02-01", "--fill", "previous", "--archive", root)
    assert done.returncode in {0, 1}, done.stderr
    assert "bug in frontmap" not in done.stderr


def test_the_kml_files_import_whole(kml_root):
    zones = frontmap.open(kml_root).as_of("2026-02-01").zones
    assert {(z.party, z.status) for z in zones} == {
        ("RU", "controlled"),
        ("UA", "controlled"),
        ("RU", "contested"),
    }
    assert len(zones) == 136


def ask(*words):
    command = Path(sys.executable).with_name("frontmap")
    return subprocess.run(
        [command, *map(str, words)], capture_output=True, text=True, check=False, timeout=300
    )
