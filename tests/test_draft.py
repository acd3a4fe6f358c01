"""Drafted ground: cells around places, cut at the border, smoothed, parted."""

import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

import frontmap
import three_parties
from frontmap.draft import draft_snapshot, feature_collection
from frontmap.draft.cells import ground_cells, smooth, without_slivers
from frontmap.draft.reasons import reason
from frontmap.draft.reviewing import review
from frontmap.draft.shapes import accuracy_m, grounds
from frontmap.draft.surface import above
from frontmap.intake.file_zones import read_zones
from frontmap.intake.zone_words import Defaults
from frontmap.places import SettlementTables, read_evidence, status_table

KURSK = Path(__file__).parent.parent / "geodata" / "kursk"
DAY = dt.date(2024, 8, 31)


@pytest.fixture(scope="module")
def zones():
    return draft_snapshot(frontmap.open(KURSK), DAY)


points = st.lists(
    st.tuples(st.integers(1, 99), st.integers(1, 99)), min_size=1, max_size=30, unique=True
)


@given(points)
def test_cells_cover_the_ground_once_and_hold_their_own_point(places):
    ground = box(0, 0, 100, 100)
    found = ground_cells(np.array(places, dtype=float), ground)
    assert shapely.area(found).sum() == pytest.approx(ground.area)
    assert shapely.area(shapely.union_all(found)) == pytest.approx(ground.area)
    assert shapely.distance(found, shapely.points(np.array(places))).max() < 1e-6


def test_of_two_places_at_one_point_the_first_takes_the_cell():
    found = ground_cells(np.array([[5.0, 5], [5, 5], [8, 5]]), box(0, 0, 10, 10))
    assert [cell.is_empty for cell in found] == [False, True, False]


@given(points)
def test_smoothing_moves_the_line_by_no_more_than_its_radius(places):
    ground = shapely.union_all(
        ground_cells(np.array(places, dtype=float), box(0, 0, 100, 100))[::2]
    )
    smoothed = smooth(ground, 0.7)
    changed = shapely.symmetric_difference(ground, smoothed)
    assert shapely.difference(changed, ground.boundary.buffer(3)).area < 1e-6


def test_slivers_and_small_holes_go():
    holed = shapely.Polygon(box(0, 0, 10, 10).exterior, [box(4, 4, 5, 5).exterior])
    left = without_slivers(shapely.union_all([holed, box(20, 0, 21, 1)]), 3)
    assert left.area == pytest.approx(100)


def test_controlled_and_contested_ground_do_not_overlap(zones):
    controlled, contested = (
        shapely.union_all([z.geometry for z in zones if z.status == status])
        for status in ("controlled", "contested")
    )
    overlap = shapely.intersection(controlled, contested)
    assert overlap.area < 1e-6, "square degrees: under 1 ha"


def test_drafted_ground_stays_on_one_side_of_the_border(zones):
    sumy = shapely.Point(34.8, 50.9)
    assert not any(zone.geometry.contains(sumy) for zone in zones)


def test_each_zone_has_sources_and_an_accuracy_no_better_than_its_places(zones):
    assert zones
    for zone in zones:
        assert zone.sources
        assert zone.accuracy_m >= 500


def test_a_held_settlement_lies_in_controlled_ground(zones):
    sudzha = shapely.Point(35.27194, 51.19194)
    assert [zone.status for zone in zones if zone.geometry.contains(sudzha)] == ["controlled"]


def test_before_the_first_day_no_ground_is_drafted():
    assert draft_snapshot(frontmap.open(KURSK), dt.date(2024, 8, 5)) == ()


def test_a_draft_can_be_edited_with_pyogrio_and_added(zones, tmp_path):
    drafted, edited = tmp_path / "draft.geojson", tmp_path / "edited.geojson"
    drafted.write_text(feature_collection(zones), encoding="utf-8")
    frame = gpd.read_file(drafted, engine="pyogrio")
    frame[frame["status"] == "controlled"].to_file(edited, driver="GeoJSON", engine="pyogrio")
    reading = read_zones(edited, date=DAY, defaults=Defaults())
    assert {zone.status for zone in reading.zones} == {"controlled"}
    assert len(json.loads(drafted.read_text(encoding="utf-8"))["features"]) == len(zones)


def test_the_surface_is_cut_where_the_odds_are_two_to_one():
    row = np.array([[0.0, 0], [0, 3], [9, 0], [9, 3]])
    held, not_held = np.array([1.0, 1, -1, -1]), -1 / 3
    assert above(row, held, 1 / 3).bounds == pytest.approx((0, 0, 3, 3))
    assert above(row, held, not_held).bounds == pytest.approx((0, 0, 6, 3))


@given(points, st.data())
def test_ground_above_a_level_holds_the_places_above_it_and_no_other(places, data):
    spots = np.array([*places, (0, 0), (0, 100), (100, 0), (100, 100)], dtype=float)
    values = np.array(
        data.draw(st.lists(st.sampled_from([1.0, 0, -1]), min_size=len(spots), max_size=len(spots)))
    )
    ground = above(spots, values, 1 / 3).buffer(1e-3)
    inside = shapely.intersects(ground, shapely.points(spots))
    assert (inside == (values > 1 / 3)).all()


def test_without_held_or_contested_places_there_is_no_ground():
    places = pd.DataFrame({"status": ["not held"] * 3, "party": ""})
    found = grounds(places, np.array([[1.0, 1], [2, 5], [7, 3]]), box(0, 0, 10, 10))
    assert all(ground.is_empty for ground in found.values())


def test_a_contested_strip_lies_between_held_ground_and_the_rest():
    spots = np.array([[x, y] for x in (5.0, 20.0) for y in range(1, 30, 4)])
    held = spots[:, 0] < 10
    places = pd.DataFrame(
        {"status": np.where(held, "controlled", "not held"), "party": np.where(held, "GOV", "")}
    )
    found = grounds(places, spots, box(0, 0, 30, 30))
    strip = found["contested", "GOV"].intersection(box(0, 10, 30, 20))
    assert (strip.bounds[0], strip.bounds[2]) == pytest.approx((10, 15), abs=0.8)
    assert found["controlled", "GOV"].bounds[0] == pytest.approx(0, abs=1e-6)


def test_a_source_is_reviewed_against_the_map_of_its_week():
    tables = SettlementTables.read(frontmap.open(KURSK))
    everything = read_evidence(tables)
    first = read_evidence(tables, published_by=DAY + dt.timedelta(days=7))
    found = review(tables, first, everything, DAY)
    week = tables.events["date"].between("2024-08-25", "2024-08-31")
    assert set(found["source"]) == {w for s in tables.events.loc[week, "source"] for w in s.split()}
    assert set(found["verdict"]) <= {"agrees", "changed", "left"}
    assert (found["note"] != "").equals(found["verdict"] == "left")


@pytest.mark.parametrize(
    ("event", "party", "agrees"),
    [
        ("enters", "UA", {"controlled", "contested"}),
        ("enters", "RU", {"not held", "contested"}),
        ("stays", "RU", {"not held", "claimed"}),
        ("stays", "UA", {"controlled"}),
        ("retakes", "RU", {"not held"}),
        ("contested", "RU UA", {"contested"}),
        ("contested", "RU XX", {"not held", "claimed"}),
    ],
)
def test_which_statuses_a_report_agrees_with_depends_on_whose_event_it_is(event, party, agrees):
    tables = SettlementTables.read(frontmap.open(KURSK))
    evidence = read_evidence(tables)
    statuses = status_table(evidence, DAY).set_index("place_id")["status"]
    for status in ("controlled", "contested", "not held"):
        place = statuses.index[statuses == status][0]
        row = tables.events.head(1).assign(
            place_id=place, date=pd.Timestamp(DAY), event=event, party=party
        )
        (verdict,) = review(replace(tables, events=row), evidence, evidence, DAY)["verdict"]
        assert verdict == ("agrees" if status in agrees else "left"), status


def test_a_report_names_its_party():
    tables = SettlementTables.read(frontmap.open(KURSK))
    evidence = read_evidence(tables)
    row = tables.events.head(1).assign(date=pd.Timestamp(DAY), event="stays", party="XX")
    (says,) = review(replace(tables, events=row), evidence, evidence, DAY)["says"]
    assert says.endswith(": XX-held")


def test_the_reason_of_a_second_pass_names_the_later_sources():
    tables = SettlementTables.read(frontmap.open(KURSK))
    by = DAY + dt.timedelta(days=7)
    first, second = read_evidence(tables, published_by=by), read_evidence(tables)
    why = reason(tables, second, DAY, published_by=by, first=first, since=dt.date(2024, 8, 12))
    assert why.text.startswith(f"Second pass: sources published after {by} change ")
    assert "Since 2024-08-12: " in why.text
    published = tables.events.set_index("source")["published"].astype(str)
    assert why.sources
    assert all((published.loc[[source]] > str(by)).any() for source in why.sources)


@pytest.mark.parametrize(
    ("line", "metres"),
    [
        pytest.param([[(2, -1), (2, 1)]], 2100, id="spots 2, 2.1 and 2.2 km away: the middle one"),
        pytest.param([[(2, -1), (2, 1)], [(2, 30), (2, 30.4)]], 2200, id="a far end weighs little"),
        pytest.param([[(3, 0), (3, 0.1)], [(1, 0), (1, 0.1)]], 2000, id="half of both distances"),
        pytest.param([[(9, 0), (9, 0.1)]], 7000, id="beyond both places"),
        pytest.param([], 500, id="no line"),
    ],
)
def test_accuracy_is_that_of_the_middle_spot_of_a_line(line, metres):
    places = np.array([[0.0, 0.0], [4.0, 0.0]])
    own = np.array([True, False])
    assert accuracy_m(shapely.MultiLineString(line), own, places) == metres


def test_accuracy_is_no_better_than_that_of_the_places():
    places = np.array([[0.0, 0.0], [0.4, 0.0]])
    line = shapely.LineString([(0.2, -0.1), (0.2, 0.1)])
    assert accuracy_m(line, np.array([True, False]), places) == 500
    assert accuracy_m(line, np.array([True, True]), places * 100) == 500


def test_a_draft_ends_where_the_maker_maps_nothing(tmp_path):
    root = shutil.copytree(KURSK, tmp_path / "kursk", ignore=shutil.ignore_patterns("revisions"))
    about = json.loads((root / "archive.json").read_bytes())
    (root / "archive.json").write_text(json.dumps({**about, "covered": "covered.geojson"}), "utf-8")
    covered = shapely.box(34.9, 51, 35.3, 51.3)
    (root / "covered.geojson").write_text(shapely.to_geojson(covered), "utf-8")
    zones = frontmap.draft_snapshot(frontmap.open(root), "2024-08-31")
    assert zones
    assert all(covered.covers(zone.geometry) for zone in zones)
    whole = frontmap.draft_snapshot(frontmap.open(KURSK), "2024-08-31")
    assert not all(covered.covers(zone.geometry) for zone in whole)


def test_three_parties_ground_is_drafted_as_one_coverage(tmp_path):
    archive = three_parties.island(tmp_path / "island")
    zones = draft_snapshot(archive, three_parties.LATER)
    assert {(zone.party, zone.status) for zone in zones} == {
        (party, status) for party in three_parties.PARTIES for status in ("controlled", "contested")
    }
    assert shapely.coverage_is_valid([zone.geometry for zone in zones])
    spots = {name: shapely.Point(spot) for name, spot in three_parties.PLACES.items()}
    held_by = {
        name: [zone.party for zone in zones if zone.geometry.contains(spot)]
        for name, spot in spots.items()
    }
    expected = ["GOV"] * 2 + ["REB"] * 4 + ["NSF"] * 3
    assert held_by == {name: [party] for name, party in zip(spots, expected, strict=True)}


def test_a_draft_of_three_parties_is_recorded_checked_and_explained(tmp_path):
    archive = three_parties.with_two_dates(tmp_path / "island")
    assert [
        finding.rule for finding in frontmap.check_archive(archive) if finding.rule == "settlement"
    ] == []
    tables = SettlementTables.read(archive)
    evidence = read_evidence(tables)
    day, later = map(dt.date.fromisoformat, (three_parties.DAY, three_parties.LATER))
    why = reason(tables, evidence, later, published_by=later, since=day)
    assert "controlled by GOV to controlled by REB: Village C" in why.text
    (verdict,) = review(tables, evidence, evidence, later)["verdict"]
    assert verdict in {"agrees", "left"}


def test_a_settlement_in_another_party_s_zone_is_a_finding(tmp_path):
    archive = three_parties.island(tmp_path / "island")
    right = draft_snapshot(archive, three_parties.DAY)
    wrong = [replace(zone, party="REB" if zone.party == "NSF" else zone.party) for zone in right]
    archive.add(three_parties.DAY, wrong, reason="The north is mistaken", sources=["post-1"])
    archive.add("2020-05-11", right, reason="The north is right", sources=["post-1"])
    found = [f for f in frontmap.check_archive(archive) if f.rule == "settlement"]
    assert [(str(f.date), f.zone) for f in found] == [(three_parties.DAY, n) for n in "ghi"]
