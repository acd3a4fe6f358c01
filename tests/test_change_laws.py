"""Gains and losses of two parties at once, every column by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from shapely import box, points, union_all

from frontmap.errors import UsageError
from frontmap.geometry.changed import held_faces
from frontmap.geometry.exact_area import METHOD
from frontmap.measure.area import area_km2
from frontmap.measure.change import changed_ground, changes
from fronts import Clock, new_archive, zone

WEST, EAST, NORTH = box(35, 51, 35.2, 51.2), box(35.2, 51, 35.4, 51.2), box(35, 51.2, 35.4, 51.4)
KM2_WEST, KM2_EAST, KM2_NORTH = area_km2([WEST, EAST, NORTH])


@pytest.fixture
def front(tmp_path):
    """The west is Ukraine's until it is doubted; the east changes hands, the north is taken."""
    made = new_archive(tmp_path / "front", Clock())
    made.add("2024-08-10", [zone(WEST, "a"), zone(EAST, "b", party="RU")], reason="first")
    made.add(
        "2024-08-14",
        [zone(WEST, "a"), zone(EAST, "b"), zone(NORTH, "c", party="RU")],
        reason="second",
    )
    made.add(
        "2024-08-24",
        [zone(WEST, "a", status="contested"), zone(EAST, "b"), zone(NORTH, "c", party="RU")],
        reason="third",
    )
    return made


STEPS = ["2024-08-14 RU", "2024-08-14 UA", "2024-08-24 RU", "2024-08-24 UA"]
CONTROLLED = {
    "start_km2": [KM2_EAST, KM2_WEST, KM2_NORTH, KM2_WEST + KM2_EAST],
    "gained_km2": [KM2_NORTH, KM2_EAST, 0, 0],
    "lost_km2": [KM2_EAST, 0, 0, KM2_WEST],
    "net_km2": [KM2_NORTH - KM2_EAST, KM2_EAST, 0, -KM2_WEST],
    "unchanged_km2": [0, KM2_WEST, KM2_NORTH, KM2_EAST],
    "end_km2": [KM2_NORTH, KM2_WEST + KM2_EAST, KM2_NORTH, KM2_EAST],
    "gained_km2_per_day": [KM2_NORTH / 4, KM2_EAST / 4, 0, 0],
    "lost_km2_per_day": [KM2_EAST / 4, 0, 0, KM2_WEST / 10],
    "net_km2_per_day": [(KM2_NORTH - KM2_EAST) / 4, KM2_EAST / 4, 0, -KM2_WEST / 10],
    "days": [4, 4, 10, 10],
}
HELD = {
    "lost_km2": [KM2_EAST, 0, 0, 0],
    "end_km2": [KM2_NORTH, KM2_WEST + KM2_EAST, KM2_NORTH, KM2_WEST + KM2_EAST],
}


def day(column):
    return pd.to_datetime(column).dt.strftime("%Y-%m-%d")


@pytest.mark.parametrize(("basis", "expected"), [("controlled", CONTROLLED), ("held", HELD)])
def test_every_step_has_a_row_for_each_party(front, basis, expected):
    table = changes(front, basis=basis)
    assert (day(table["to_date"]) + " " + table["party"]).tolist() == STEPS
    assert day(table["from_date"]).tolist() == ["2024-08-10"] * 2 + ["2024-08-14"] * 2
    assert set(table["basis"]) == {basis}
    assert set(table["from_maker"]) == set(table["to_maker"]) == {"us"}
    assert set(table["method"]) == {METHOD}
    for name, values in expected.items():
        assert table[name].tolist() == pytest.approx(values, abs=1e-9), name


def test_a_step_names_the_revisions_that_it_lies_between(front):
    first, second, third = (snapshot.digest for snapshot in front.snapshots())
    table = changes(front)
    assert table["from_digest"].tolist() == [first, first, second, second]
    assert table["to_digest"].tolist() == [second, second, third, third]


@pytest.mark.parametrize("basis", ["controlled", "held"])
def test_the_map_of_a_change_has_three_rows_for_each_party_and_the_tables_areas(front, basis):
    frame = changed_ground(front, "2024-08-10", "2024-08-24", basis=basis)
    assert list(frame.columns) == ["party", "kind", "area_km2", "geometry"]
    assert frame.crs == "EPSG:4326"
    kinds = ["gained", "lost", "unchanged"]
    assert frame["party"].tolist() == ["RU"] * 3 + ["UA"] * 3
    assert frame["kind"].tolist() == kinds * 2
    rows = changes(front, dates=["2024-08-10", "2024-08-24"], basis=basis)
    for party in ("RU", "UA"):
        row = rows[rows["party"] == party].iloc[0]
        own = frame[frame["party"] == party].set_index("kind")["area_km2"]
        assert own[kinds].tolist() == pytest.approx([row[f"{kind}_km2"] for kind in kinds])
    assert frame["area_km2"].tolist() == area_km2(frame.geometry.to_numpy()).tolist()


def test_the_map_of_a_change_shows_where_it_was(front):
    frame = changed_ground(front, "2024-08-10", "2024-08-24", basis="held")
    expected = [NORTH, EAST, None, EAST, None, WEST]
    for found, shape in zip(frame.geometry, expected, strict=True):
        assert found.is_empty if shape is None else found.equals(shape)


def test_a_map_of_days_without_a_snapshot_takes_those_before_when_asked(front):
    frame = changed_ground(front, "2024-08-12", "2024-08-20", fill="previous")
    gained = frame[frame["kind"] == "gained"].geometry.tolist()
    assert union_all(gained).equals(union_all([NORTH, EAST]))


def test_the_map_of_no_ground_is_an_empty_table(tmp_path):
    made = new_archive(tmp_path / "empty")
    for date in ("2024-08-10", "2024-08-14"):
        made.add(date, [], reason="nothing is held")
    frame = changed_ground(made, "2024-08-10", "2024-08-14")
    assert list(frame.columns) == ["party", "kind", "area_km2", "geometry"]
    assert frame.empty
    assert changes(made).empty


def test_what_was_known_then_is_compared_with_what_was_known_then(tmp_path):
    clock = Clock()
    made = new_archive(tmp_path / "corrected", clock)
    made.add("2024-08-10", [zone(WEST, "a")], reason="first")
    made.add("2024-08-14", [zone(WEST, "a")], reason="second")
    before = clock.now
    clock.now += dt.timedelta(days=1)
    made.correct("2024-08-14", [zone(WEST, "a"), zone(EAST, "b")], reason="more was held")
    assert changes(made)["gained_km2"].tolist() == pytest.approx([KM2_EAST])
    assert changes(made, known=before)["gained_km2"].tolist() == [0.0]
    then, since = (
        changed_ground(made, "2024-08-10", "2024-08-14", known=known) for known in (before, None)
    )
    assert then["area_km2"].tolist() == pytest.approx([0, 0, KM2_WEST])
    assert since["area_km2"].tolist() == pytest.approx([KM2_EAST, 0, KM2_WEST])


def test_a_basis_that_is_none_of_the_choices_is_refused(front):
    wrong: Any = "claimed"
    with pytest.raises(UsageError, match="basis"):
        changes(front, basis=wrong)
    with pytest.raises(UsageError, match="basis"):
        changed_ground(front, "2024-08-10", "2024-08-14", basis=wrong)


def test_ground_held_for_an_hour_has_a_rate_of_its_own(tmp_path):
    made = new_archive(tmp_path / "hours")
    for hour, shapes in ((6, [WEST]), (12, [WEST, EAST]), (12, [EAST])):
        at = dt.datetime(2024, 8, 31, hour, tzinfo=dt.UTC) + dt.timedelta(minutes=len(shapes))
        zones = [zone(shape, str(n)) for n, shape in enumerate(shapes)]
        made.add("2024-08-31", zones, reason="an hour's map", published=at)
    table = changes(made, per="snapshot")
    assert np.isfinite(table["net_km2_per_day"]).all()
    assert table["days"].sum() == pytest.approx((6 * 60 + 1) / (24 * 60))


def test_dates_are_whole_days_apart_at_whatever_hours_their_maps_were_published(tmp_path):
    made = new_archive(tmp_path / "dates")
    for day, hour in ((30, 6), (31, 18)):
        at = dt.datetime(2024, 8, day, hour, tzinfo=dt.UTC)
        made.add(f"2024-08-{day}", [zone(WEST, "a")], reason="a day's map", published=at)
    assert changes(made)["days"].tolist() == [1.0]


@st.composite
def days_apart(draw):
    """Zones on a lattice that lie over each other, and the day after, when some are drawn anew."""
    corner, size = (st.tuples(each, each) for each in (st.integers(0, 4), st.integers(1, 3)))
    labels = st.tuples(st.sampled_from("ABC"), st.sampled_from(["controlled", "contested"]))
    drawn = draw(st.lists(st.tuples(corner, size, labels), min_size=2, max_size=6))
    grown = [
        (place, draw(size) if draw(st.booleans()) else known, label)
        for place, known, label in drawn
    ]
    return drawn, draw(st.permutations(grown))[: draw(st.integers(1, len(grown)))]


def zones_on_lattice(drawn):
    return [
        zone(box(x, y, x + width, y + height), f"z{n}", party=party, status=status)
        for n, ((x, y), (width, height), (party, status)) in enumerate(drawn)
    ]


def holders(zones, spot, basis):
    """Who holds a spot, by the counting rule as it is written."""
    over = [each for each in zones if each.geometry.contains(spot)]
    controllers = {each.party for each in over if each.status == "controlled"}
    is_disputed = len(controllers) > 1 or any(each.status == "contested" for each in over)
    if basis == "held":
        return {each.party for each in over}
    return set() if is_disputed else controllers


A_WIDE, B_NARROW, B_GROWN, C_GONE = (
    ((1, 0), (6, 3), ("A", "controlled")),
    ((2, 1), (2, 3), ("B", "controlled")),
    ((2, 1), (3, 3), ("B", "controlled")),
    ((0, 0), (3, 2), ("C", "contested")),
)


@pytest.mark.parametrize("basis", ["controlled", "held"])
@example(days=([A_WIDE, B_NARROW, C_GONE], [A_WIDE, B_GROWN]))
@given(days=days_apart())
def test_what_overlapping_zones_gain_and_lose_is_what_each_spot_of_them_does(basis, days):
    before, after = map(zones_on_lattice, days)
    polygons, was, now = held_faces(before, after, "ABC", basis)
    for spot in points([(x + 0.5, y + 0.5) for x in range(7) for y in range(7)]):
        there = [n for n, face in enumerate(polygons) if face.contains(spot)]
        old, new = holders(before, spot, basis), holders(after, spot, basis)
        if there:
            (face,) = there
            assert {party for party, is_so in zip("ABC", was[face], strict=True) if is_so} == old
            assert {party for party, is_so in zip("ABC", now[face], strict=True) if is_so} == new
        else:
            assert old == new
