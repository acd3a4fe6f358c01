"""Real files of other makers import whole, and every verb runs on what they become."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

import frontmap
from frontmap.formats.geojson import feature_of
from frontmap.geometry.counted_once import counted_km2, pieces
from frontmap.imports.choices import Choices
from frontmap.imports.foreign import How, foreign_reader
from frontmap.imports.importing import import_files, read_repairs, sources_in
from frontmap.intake.meanings import decide
from frontmap.intake.profiles import read_profile
from frontmap.intake.rules import parse_about
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
    new = (parse_about("folder=Untitled layer"), parse_about("folder=Infiltration zone"))
    known = read_profile("uacontrolmap")
    profile = replace(known, rules=(*new, *known.rules))
    list(import_files(sources_in([real / "uacontrolmap"], profile), folder, maker=profile))
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


def is_left_out(feature):
    decision = decide(feature_of(feature), read_profile("deepstate"))
    return decision is not None and decision.rule.meaning is None


def test_every_file_becomes_a_snapshot_of_the_area_that_it_has(sources, root):
    found = snapshots(root)
    assert len(found) == len(sources)
    for source in sources:
        features = json.loads(source.path.read_bytes())["features"]
        expected = sum(drawn_km2(f["geometry"]) for f in features if not is_left_out(f))
        zones = found[source.published].zones
        assert sum(area_km2([z.geometry for z in zones])) == pytest.approx(expected, rel=1e-6)


def test_nothing_is_left_out_without_a_row(sources, root):
    found = snapshots(root)
    for source in sources:
        rules: dict[str, int] = {}
        for repair in read_repairs(root, source):
            rules[repair.rule] = rules.get(repair.rule, 0) + repair.count
        features = json.loads(source.path.read_bytes())["features"]
        left_out = sum(rules.get(rule, 0) for rule in ("left-out", "not-ground", "vanished"))
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
    done = ask("makers", kml_root, "--date", "2026-02-01", "--fill", "previous", "--archive", root)
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


ASSUMED = ["--accuracy", "2000", "--confidence", "low"]
#: How each maker's files go into an archive by one command, and what it then holds: snapshots, and
#: km² by party and status on the last of them.
WHOLE = {
    "isw/20230518.geojson": (
        ["--maker", "ISW", "--rule", "layer=ロシア軍支配エリア => RU controlled",
         "--rule", "layer=ロシア軍侵攻エリア => RU contested",
         "--rule", "layer=ウクライナ軍反撃エリア => UA claimed", *ASSUMED],
        1,
    ),
    "isw/20220410_*": (
        ["--maker", "ISW", "--dates", "{yyyy}{mm}{dd}_*", "--join-day",
         "--rule", "file=*AssessedCoT* => RU controlled",
         "--rule", "file=*AssessedAdvance* => RU contested",
         "--rule", "file=*RussianClaimed* => RU claimed",
         "--rule", "file=*CounterOffensives* => UA claimed", *ASSUMED],
        1,
    ),
    "nzz": (
        ["--maker", "NZZ", "--rule", "type=nochange => RU controlled",
         "--rule", "type=gains => RU controlled", "--leave-out", "type=losses", *ASSUMED],
        2,
    ),
    "basemaps, claimed": (
        ["--maker", "Historical basemaps", "--dates", "world_{yyyy} => {yyyy}-12-31",
         "--rule", "file=* => XX claimed", *ASSUMED],
        2,
    ),
    "basemaps, controlled": (
        ["--maker", "Historical basemaps", "--dates", "world_{yyyy} => {yyyy}-12-31",
         "--rule", "file=* => XX controlled", *ASSUMED],
        2,
    ),
    "uacontrolmap": (
        ["--profile", "uacontrolmap", "--leave-out", "folder=Untitled layer",
         "--rule", "folder=Infiltration zone => RU contested"],
        4,
    ),
    "deepstate": (["--profile", "deepstate"], 78),
}  # fmt: skip


@pytest.mark.parametrize("maker", WHOLE)
def test_every_whole_file_goes_in_by_one_command_and_twice_changes_nothing(real, tmp_path, maker):
    words, count = WHOLE[maker]
    paths = sorted(real.glob(maker.partition(",")[0]))
    into = tmp_path / "archive"
    done = ask("import", *paths, "--into", into, *words)
    assert done.returncode == 0, done.stderr
    assert f"{count} added, 0 corrected, 0 unchanged" in done.stderr
    again = ask("import", *paths, "--into", into, *words)
    assert f"0 added, 0 corrected, {count} unchanged" in again.stderr
    assert ask("area", "--errors", "none", "--archive", into).returncode == 0
    assert ask("verify", "--archive", into).returncode == 0


def ask(*words):
    command = Path(sys.executable).with_name("frontmap")
    return subprocess.run(
        [command, *map(str, words)], capture_output=True, text=True, check=False, timeout=300
    )


def test_the_profile_of_deepstate_takes_this_wars_ground_as_before_and_leaves_out_the_rest(
    sources, root
):
    """The numbers are those of the rules that the profile was made from."""
    zones = [zone for snapshot in frontmap.open(root).snapshots() for zone in snapshot.zones]
    assert Counter(f"{zone.party} {zone.status}" for zone in zones) == {
        "UA controlled": 4636,
        "RU contested": 1035,
        "RU controlled": 1002,
    }
    left_out: Counter[str] = Counter()
    for source in sources:
        for repair in read_repairs(root, source):
            if repair.rule == "left-out":
                left_out[repair.detail] += repair.count
    assert left_out.total() == 849 + 4  # four say Transnistria by its Ukrainian name alone
