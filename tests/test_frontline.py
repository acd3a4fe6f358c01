"""The line of contact: without the border, at declared scales, and how far it moved."""

from __future__ import annotations

import datetime as dt
import json
from functools import partial

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Polygon, box
from typer.testing import CliRunner

from frontmap.cli import app
from frontmap.errors import UsageError
from frontmap.geometry.contact_lines import contact_line, generalised, length_km, movement
from frontmap.measure.frontline import COLUMNS, front_lines, fronts
from fronts import new_archive, zone

KM_NORTH, KM_EAST = 1 / 111.25, 1 / 70.1  # degrees, at 51 degrees north
BORDER = LineString([(34.2, 51.0), (37.8, 51.0)])
NO_LINE = MultiLineString()


def block(east_km, north_km, from_km=0.0):
    """Ground of that size north of the border, `from_km` to the east of 35 degrees."""
    west = 35 + from_km * KM_EAST
    return box(west, 51, west + east_km * KM_EAST, 51 + north_km * KM_NORTH)


def test_line_of_contact_leaves_the_border_out():
    assert length_km(contact_line(block(20, 10), BORDER)) == pytest.approx(40, abs=0.3)
    assert length_km(contact_line(block(20, 10), NO_LINE)) == pytest.approx(60, rel=0.001)


def test_ground_within_its_border_on_all_sides_has_no_line_of_contact():
    assert contact_line(block(20, 10), block(20, 10).exterior).is_empty
    assert contact_line(Polygon(), BORDER).is_empty
    assert length_km(NO_LINE) == 0.0


def test_generalised_line_loses_what_is_smaller_than_its_scale():
    teeth = [(35 + x * KM_EAST, 51.2 + (x % 2) * 0.5 * KM_NORTH) for x in range(21)]
    line = LineString(teeth)
    assert length_km(generalised(line, 0)) == pytest.approx(20 * np.hypot(1, 0.5), rel=0.01)
    assert length_km(generalised(line, 1)) == pytest.approx(20, rel=0.01)


@given(
    st.lists(
        st.tuples(st.floats(35, 36), st.floats(51, 51.6)), min_size=2, max_size=30, unique=True
    ),
    st.floats(0.1, 20),
)
def test_line_is_never_longer_at_a_coarser_scale(points, scale_km):
    line = LineString(points)
    assert length_km(generalised(line, scale_km)) <= length_km(line) * 1.001 + 1e-6


def test_movement_tells_mean_and_greatest_with_direction():
    before, after = block(20, 10), block(20, 14)
    moved = movement(contact_line(after, BORDER), contact_line(before, BORDER), before)
    assert moved.moved_most_km == pytest.approx(4, rel=0.001)
    assert moved.moved_most_bearing_deg == pytest.approx(0, abs=2) or (
        moved.moved_most_bearing_deg == pytest.approx(360, abs=2)
    )
    assert moved.moved_most_lat == pytest.approx(51 + 14 * KM_NORTH, abs=0.001)
    # Of 48 km of line, 20 km moved by 4 km and 8 km by 2 km in the mean.
    assert moved.moved_mean_km == pytest.approx((20 * 4 + 8 * 2) / 48, rel=0.05)


def test_movement_back_is_negative():
    before, after = block(20, 14), block(20, 10)
    moved = movement(contact_line(after, BORDER), contact_line(before, BORDER), before)
    assert moved.moved_most_km == pytest.approx(-4, rel=0.001)
    assert moved.moved_most_bearing_deg == pytest.approx(180, abs=2)


def test_line_that_stayed_did_not_move():
    line = contact_line(block(20, 10), BORDER)
    moved = movement(line, line, block(20, 10))
    assert moved.moved_mean_km == pytest.approx(0, abs=1e-6)
    assert movement(line, NO_LINE, Polygon()) is None


@pytest.fixture
def front(tmp_path):
    made = new_archive(tmp_path / "front")
    border = {"type": "Feature", "properties": {"kind": "state_border"}}
    border["geometry"] = shapely.geometry.mapping(BORDER)
    reference = {"type": "FeatureCollection", "features": [border]}
    (made.root / "reference.geojson").write_text(json.dumps(reference), "utf-8")
    made.add("2024-08-10", [zone(block(20, 10))], reason="first")
    made.add("2024-08-12", [zone(block(20, 14))], reason="second")
    made.add("2024-08-20", [zone(block(20, 14), status="contested")], reason="in doubt")
    return made


def test_table_has_a_row_for_each_date_and_scale(front):
    table = fronts(front, scales_km=[0, 2])
    assert tuple(table.columns) == COLUMNS
    assert table["scale_km"].tolist() == [0, 2, 0, 2]
    assert table["length_km"].tolist() == pytest.approx([40, 40, 48, 48], abs=0.3)
    assert table["depth_max_km"].tolist() == pytest.approx([10, 10, 14, 14], rel=0.01)
    assert table["moved_most_km"].tolist()[2:] == pytest.approx([4, 4], rel=0.01)
    assert pd.isna(table["moved_mean_km"][:2]).all()
    assert table["since"].dt.date.tolist()[2] == dt.date(2024, 8, 10)
    held = fronts(front, basis="held", scales_km=[0])
    assert held["date"].dt.date.tolist()[-1] == dt.date(2024, 8, 20)
    assert held["moved_mean_km"].tolist()[-1] == pytest.approx(0, abs=1e-6)


def test_edge_of_the_theatre_is_no_line_of_contact(tmp_path):
    made = new_archive(tmp_path / "cut", bbox=(35, 50, 38, 53))
    made.add("2024-08-10", [zone(block(20, 10))], reason="first")
    table = fronts(made, scales_km=[0])
    assert table["length_km"].tolist() == pytest.approx([50], abs=0.3)
    assert table["depth_max_km"].isna().all()


def test_lines_are_drawn_at_each_scale(front):
    lines = front_lines(front, "2024-08-12", scales_km=[0, 2])
    assert lines["scale_km"].tolist() == [0, 2]
    assert lines.crs == "EPSG:4326"
    assert lines["length_km"].tolist() == fronts(front, scales_km=[0, 2])["length_km"].tolist()[2:]


def test_verb_prints_table_and_line(front):
    def printed(*words):
        done = CliRunner().invoke(app, ["front", "--archive", str(front.root), *words])
        assert done.exit_code == 0, done.output
        return done.stdout

    assert len(json.loads(printed("--format", "json"))) == 6
    drawn = json.loads(printed("2024-08-12", "--scale", "2", "--format", "geojson"))
    assert [f["properties"]["scale_km"] for f in drawn["features"]] == [2.0]
    assert "length_km" in printed()


@pytest.mark.parametrize("scales_km", [-1, [0, -0.5], [float("nan")], [float("inf")], ["5"]])
def test_a_scale_is_a_length_in_kilometres(scales_km, front):
    for measure in (fronts, partial(front_lines, date="2024-08-12")):
        with pytest.raises(UsageError, match="give kilometres, 0 or more"):
            measure(front, scales_km=scales_km)


def test_one_scale_is_taken_as_one(front):
    assert set(fronts(front, scales_km=2)["scale_km"]) == {2}
