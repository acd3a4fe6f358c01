"""Gains and losses: gross and net, between any two dates, and they add up."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, affinity, box, union_all
from typer.testing import CliRunner

from frontmap import archive
from frontmap.cli import app
from frontmap.errors import NotFoundError, UsageError
from frontmap.geometry import edges
from frontmap.geometry.changed import ground_changes
from frontmap.geometry.overlay import changed_faces
from frontmap.measure.area import area_km2, areas
from frontmap.measure.change import COLUMNS, changed_ground, changes
from frontmap.model import Zone
from frontmap.parallel import executor_for
from fronts import new_archive

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
WEST, EAST = box(35, 51, 35.2, 51.2), box(35.2, 51, 35.4, 51.2)
KM2_WEST, KM2_EAST = area_km2([WEST, EAST])


def zone(name, geometry, status="controlled", party="UA"):
    return Zone(
        id=name,
        party=party,
        status=status,
        geometry=geometry,
        sources=("s",),
        confidence="medium",
        accuracy_m=500.0,
    )


@pytest.fixture
def front(tmp_path):
    made = new_archive(tmp_path / "front")
    made.add("2024-08-10", [zone("a", WEST)], reason="first")
    made.add("2024-08-12", [zone("a", WEST), zone("b", EAST)], reason="advance")
    made.add("2024-08-22", [zone("b", EAST), zone("a", WEST, "contested")], reason="doubt")
    made.add("2024-09-01", [], reason="nothing is held any more")
    return made


def test_series_tells_gross_gains_and_losses_and_true_days(front):
    table = changes(front)
    assert tuple(table.columns) == COLUMNS
    assert table["days"].tolist() == [2.0, 10.0, 10.0]
    assert table["gained_km2"].tolist() == pytest.approx([KM2_EAST, 0, 0])
    assert table["lost_km2"].tolist() == pytest.approx([0, KM2_WEST, KM2_EAST])
    assert table["net_km2_per_day"].tolist() == pytest.approx(
        [KM2_EAST / 2, -KM2_WEST / 10, -KM2_EAST / 10]
    )
    assert table["unchanged_km2"].tolist() == pytest.approx([KM2_WEST, KM2_EAST, 0])
    assert table["end_km2"].tolist() == areas(front)["controlled_km2"].tolist()[1:]


def test_held_ground_does_not_shrink_when_it_becomes_contested(front):
    table = changes(front, basis="held")
    assert table["lost_km2"].tolist() == pytest.approx([0, 0, KM2_WEST + KM2_EAST])


def test_change_between_two_dates_is_a_map_that_adds_up(front):
    frame = changed_ground(front, "2024-08-10", "2024-08-22")
    assert frame["kind"].tolist() == ["gained", "lost", "unchanged"]
    assert frame.crs == "EPSG:4326"
    gained, lost, unchanged = frame.geometry
    assert gained.equals(EAST)
    assert lost.equals(WEST)
    assert unchanged.is_empty
    assert frame["area_km2"].tolist() == pytest.approx([KM2_EAST, KM2_WEST, 0.0])


def test_change_over_chosen_dates_skips_what_lies_between(front):
    table = changes(front, dates=["2024-08-10", "2024-09-01"])
    assert table["days"].tolist() == [22.0]
    assert table["lost_km2"].tolist() == pytest.approx([KM2_WEST])
    with pytest.raises(NotFoundError):
        changes(front, dates=["2024-08-10", "2024-08-11"])
    filled = changes(front, dates=["2024-08-10", "2024-08-11"], fill="previous")
    assert filled["net_km2"].tolist() == [0.0]
    assert np.isnan(filled["net_km2_per_day"]).all()


def test_change_of_maker_is_never_a_change_on_the_ground(front):
    about = (front.root / "archive.json").read_text("utf-8")
    (front.root / "archive.json").write_text(about.replace('"us"', '"them"'), "utf-8")
    other = archive.open_archive(front.root, clock=lambda: NOW)
    other.add("2024-09-10", [zone("a", WEST)], reason="another maker's first")
    last = changes(other).iloc[-1]
    assert (last["from_maker"], last["to_maker"]) == ("us", "them")
    assert np.isnan([last["gained_km2"], last["lost_km2"], last["net_km2"]]).all()
    with pytest.raises(UsageError, match="change of maker"):
        changed_ground(other, "2024-09-01", "2024-09-10")


def test_instants_of_one_day_are_steps_of_part_of_a_day(tmp_path):
    many = new_archive(tmp_path / "many")
    for hour, ground in ((6, WEST), (18, union_all([WEST, EAST]))):
        at = dt.datetime(2024, 8, 31, hour, tzinfo=dt.UTC)
        many.add("2024-08-31", [zone("a", ground)], reason="an hour's map", published=at)
    step = changes(many, per="snapshot").iloc[0]
    assert step["days"] == 0.5
    assert step["gained_km2_per_day"] == pytest.approx(2 * KM2_EAST)


GRID = st.integers(0, 8).map(lambda n: 35 + n / 10)


@st.composite
def grounds(draw):
    """Zones of any overlap: boxes on a grid (shared edges), and turned ones (crossing edges)."""
    west, south = draw(GRID), draw(GRID) + 16
    shape = box(
        west, south, west + draw(st.integers(1, 5)) / 10, south + 0.1 * draw(st.integers(1, 5))
    )
    turn = draw(st.sampled_from([0, 0, 17, 45]))
    return affinity.rotate(shape, turn)


SITUATIONS = st.lists(
    st.tuples(
        grounds(),
        st.sampled_from(["controlled", "contested", "claimed"]),
        st.sampled_from(["UA", "RU"]),
    ),
    max_size=5,
).map(lambda found: [zone(str(n), g, s, p) for n, (g, s, p) in enumerate(found)])


def plainly(zones, party, basis):
    """Ground of a party by unions and differences of everything: slow, and plain to see."""

    def ground(wanted):
        return union_all([z.geometry for z in zones if wanted(z)])

    controlled = ground(lambda z: (z.party, z.status) == (party, "controlled"))
    if basis == "held":
        return controlled | ground(lambda z: (z.party, z.status) == (party, "contested"))
    return controlled - ground(
        lambda z: z.status == "contested" or (z.party != party and z.status == "controlled")
    )


def km2(geometry):
    parts = [p for p in getattr(geometry, "geoms", [geometry]) if isinstance(p, Polygon)]
    return float(area_km2(parts).sum())


@settings(deadline=None)
@given(SITUATIONS, SITUATIONS, st.integers(0, 3), st.sampled_from(["controlled", "held"]))
def test_changed_edges_find_what_unions_and_differences_find(before, after, kept, basis):
    after = after + [zone(f"k{z.id}", z.geometry, z.status, z.party) for z in before[:kept]]
    for party in ("UA", "RU"):
        moved = ground_changes(before, after, [party], basis)[party]
        was, now = plainly(before, party, basis), plainly(after, party, basis)
        assert area_km2(moved.gained).sum() == pytest.approx(km2(now - was), abs=1e-6)
        assert area_km2(moved.lost).sum() == pytest.approx(km2(was - now), abs=1e-6)
        assert km2(was) + area_km2(moved.gained).sum() - area_km2(moved.lost).sum() == (
            pytest.approx(km2(now), abs=1e-6)
        )


def test_edges_whose_sums_fall_together_are_still_told_apart(monkeypatch):
    monkeypatch.setattr(edges, "WEIGHTS", (0.0,) * 5)
    moved = ground_changes([zone("a", WEST)], [zone("a", EAST)], ["UA"], "controlled")["UA"]
    assert union_all(moved.gained).equals(EAST)
    assert union_all(moved.lost).equals(WEST)


def test_zone_lost_around_one_that_shares_its_edge_is_found():
    large, small = box(35, 51, 36, 52), box(35, 51, 35.5, 51.5)
    less = box(35, 51, 35.5, 51.4)
    before, after = [zone("a", large), zone("b", small)], [zone("b", less)]
    moved = ground_changes(before, after, ["UA"], "controlled")["UA"]
    assert union_all(moved.lost).equals(large - less)


@given(SITUATIONS)
def test_nothing_changes_between_a_snapshot_and_itself(situation):
    assert changed_faces(situation, situation[::-1]).polygons.size == 0


def test_kursk_adds_up_over_its_whole_series():
    kursk = archive.open_archive("geodata/kursk")
    for basis in ("controlled", "held"):
        table = changes(kursk, basis=basis)
        assert len(table) >= 5
        sums = table["start_km2"] + table["gained_km2"] - table["lost_km2"]
        assert np.abs(sums - table["end_km2"]).max() < 1e-9


def run(*words):
    done = CliRunner().invoke(app, ["change", *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_series_is_the_same_to_the_bit_on_several_cores(front):
    opened = archive.open_archive(front.root)
    with executor_for(jobs=2) as pool:
        for measure in (areas, changes):
            shared = measure(opened, executor=pool)
            pd.testing.assert_frame_equal(shared, measure(opened), check_exact=True)


def test_verb_prints_table_and_map(front):
    where = ("--archive", str(front.root))
    assert f"{KM2_EAST:.1f}" in run(*where)
    rows = json.loads(run(*where, "--format", "json"))
    assert [row["from_date"] for row in rows] == ["2024-08-10", "2024-08-12", "2024-08-22"]
    drawn = json.loads(run("2024-08-10", "2024-08-12", *where, "--format", "geojson"))
    kinds = [feature["properties"]["kind"] for feature in drawn["features"]]
    assert kinds == ["gained", "lost", "unchanged"]


def test_verb_wants_two_dates_for_a_map(front):
    done = CliRunner().invoke(app, ["change", "--archive", str(front.root), "--format", "geojson"])
    assert isinstance(done.exception, UsageError)
