"""The ground that an archive without a reference of its own is given."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box
from typer.testing import CliRunner

import frontmap
from frontmap.cli import app
from frontmap.facts import read_reference, read_sources, read_state_border
from frontmap.facts.world import world_reference
from fronts import new_archive, zone

LEVANT = (35.0, 32.0, 36.5, 34.0)


def ground_of(bbox):
    return gpd.GeoDataFrame.from_features(json.loads(world_reference(bbox)), crs="EPSG:4326")


def near(frame, spot, deg):
    return frame[shapely.dwithin(frame.geometry.to_numpy(), shapely.Point(spot), deg)]


def test_an_archive_is_given_the_ground_of_its_theatre_with_sources_and_accuracy(tmp_path):
    made = new_archive(tmp_path / "front", bbox=LEVANT)
    made.add("2024-08-31", [zone(box(35.6, 33, 35.8, 33.2))], reason="first")
    before = frontmap.areas(made), frontmap.fronts(made)
    assert frontmap.fill_reference(made)
    ground = read_reference(made.root)
    assert set(ground["kind"]) == {"coast", "state_border", "country", "place"}
    assert set(ground["source"]) <= set(read_sources(made.root)["id"])
    assert (ground["license"] != "").all()
    assert (ground["attribution"] != "").all()
    assert (ground["accuracy_m"] >= 1000).all()
    assert (ground[ground["kind"] == "place"]["population"] >= 15_000).all()
    assert made.verify() == ()
    assert read_state_border(made.root) is None
    for one, other in zip(before, (frontmap.areas(made), frontmap.fronts(made)), strict=True):
        assert one.equals(other)


def test_a_reference_of_its_own_stays(tmp_path):
    made = new_archive(tmp_path / "front")
    own = b'{"type": "FeatureCollection", "features": []}'
    (made.root / "reference.geojson").write_bytes(own)
    sources = (made.root / "sources.csv").read_bytes()
    assert not frontmap.fill_reference(made)
    assert (made.root / "reference.geojson").read_bytes() == own
    assert (made.root / "sources.csv").read_bytes() == sources


def test_of_a_wide_theatre_it_is_the_ground_about_what_is_recorded(tmp_path):
    made = new_archive(tmp_path / "front", bbox=(-180, -90, 180, 90))
    assert not frontmap.fill_reference(made)
    made.add("2024-08-31", [zone(box(35.6, 33, 35.8, 33.2))], reason="first")
    assert frontmap.fill_reference(made)
    lines = read_reference(made.root)
    lines = lines[lines["kind"].isin(["coast", "state_border"])]
    assert box(34.5, 32, 37, 34.5).contains(box(*lines.total_bounds))


@pytest.mark.parametrize(
    ("spot", "disputed"),
    [
        ((33.62, 46.14), True),  # by one view of who has Crimea
        ((-8.67, 27.3), True),  # Western Sahara
        ((35.65, 33.0), True),  # about the Golan Heights
        ((48.95, 9.5), True),  # Somaliland
        ((74.1, 34.7), True),  # Kashmir
        ((14.7, 52.2), False),  # the Oder
        ((34.7, 30.2), False),  # the Negev
    ],
)
def test_a_border_on_which_states_disagree_is_disputed(spot, disputed):
    ground = ground_of((spot[0] - 1, spot[1] - 1, spot[0] + 1, spot[1] + 1))
    borders = near(ground[ground["kind"] == "state_border"], spot, 0.3)
    said = borders.get("disputed", [])
    assert len(borders)
    assert any(each is True for each in said) == disputed


def test_ground_in_dispute_is_no_countrys():
    ground = ground_of((33.0, 44.5, 36.0, 46.5))
    countries = ground[ground["kind"] == "country"].set_index("name_en")
    assert not countries.contains(shapely.Point(34.1, 45.2)).any()
    assert countries.loc["Ukraine", "geometry"].contains(shapely.Point(33.5, 47.5))
    assert countries.loc["Russia", "geometry"].contains(shapely.Point(39.7, 47.3))
    assert countries.loc["Ukraine", "name_uk"] == "Україна"


degrees = st.floats(-170, 170), st.floats(-80, 80), st.floats(0.5, 20), st.floats(0.5, 20)


@settings(max_examples=8)
@given(*degrees)
def test_any_theatre_has_the_same_ground_each_time_and_nothing_far_from_it(west, south, wide, high):
    bbox = (west, south, min(west + wide, 180), min(south + high, 90))
    text = world_reference(bbox)
    assert world_reference(bbox) == text
    assert len(text) < 1_500_000
    ground = ground_of(bbox) if json.loads(text)["features"] else None
    if ground is not None:
        assert (
            box(*bbox)
            .buffer(max(wide, high, 8) + 0.1, join_style="mitre")
            .contains(box(*ground.total_bounds))
        )
        assert ground.geometry.is_valid.all()


def test_init_fills_the_reference_unless_told_not_to(tmp_path):
    words = ["--title", "t", "--maker", "m", "--bbox", "35,32,36.5,34", "--party", "A=A"]
    filled = CliRunner().invoke(app, ["init", str(tmp_path / "a"), *words])
    assert (tmp_path / "a/reference.geojson").is_file()
    assert "filled" in filled.stderr
    bare = CliRunner().invoke(app, ["init", str(tmp_path / "b"), *words, "--no-reference"])
    assert bare.exit_code == filled.exit_code == 0
    assert not (tmp_path / "b/reference.geojson").exists()


def test_import_fills_the_reference_of_the_archive_that_it_makes(tmp_path):
    into = tmp_path / "deepstate"
    words = ["import", "deepstate", "tests/data/deepstate", "--into", str(into), "--yes"]
    done = CliRunner().invoke(app, [*words, "--no-reference"])
    assert done.exit_code == 0
    again = CliRunner().invoke(app, words)
    assert again.exit_code == 0
    assert not (into / "reference.geojson").exists()  # an archive that is there stays as it is
    other = CliRunner().invoke(app, [*words[:4], str(tmp_path / "other"), "--yes"])
    assert other.exit_code == 0, other.stderr
    assert set(read_reference(tmp_path / "other")["kind"]) >= {"state_border", "country", "place"}
