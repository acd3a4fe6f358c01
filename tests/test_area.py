"""What a party holds on a date: ground counts once, and every figure has its error."""

from __future__ import annotations

import datetime as dt
import io
import json
import math
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Polygon, box, union_all
from typer.testing import CliRunner

from frontmap import facts
from frontmap.cli import app
from frontmap.errors import NotFoundError, UsageError
from frontmap.geometry.counted_once import merged, pieces
from frontmap.geometry.exact_area import METHOD
from frontmap.geometry.uncertainty import CORRELATION_KM, Outline, area_uncertainty
from frontmap.measure.area import COLUMNS, area_km2, areas
from frontmap.measure.area_by_zone import COLUMNS as ZONE_COLUMNS
from frontmap.measure.area_by_zone import zone_areas
from frontmap.measure.change import changed_ground, changes
from frontmap.measure.frontline import front_lines, fronts
from frontmap.measure.held_days import days_held
from frontmap.measure.makers import compare_makers
from frontmap.model import Revision, Snapshot, Zone
from fronts import new_archive

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def zone(name, geometry, status="controlled", party="UA", accuracy_m=500.0):
    return Zone(
        id=name,
        party=party,
        status=status,
        geometry=geometry,
        sources=("s",),
        confidence="medium",
        accuracy_m=accuracy_m,
    )


def snapshot(*zones):
    revision = Revision(
        date=dt.date(2024, 8, 31),
        recorded=NOW,
        kind="snapshot",
        maker="us",
        author="us",
        license="CC0-1.0",
        reason="a case",
    )
    return Snapshot(revision, tuple(sorted(zones, key=lambda z: z.id)))


def counted(situation):
    """Square degrees of each party and status."""
    found: dict[str, float] = {}
    for piece in pieces(situation):
        key = f"{piece.zone.party} {piece.status}"
        found[key] = round(found.get(key, 0.0) + piece.geometry.area, 9)
    return found


WEST, MIDDLE, EAST = box(0, 0, 2, 1), box(1, 0, 3, 1), box(2, 0, 4, 1)


@pytest.mark.parametrize(
    ("zones", "expected"),
    [
        pytest.param([zone("a", WEST)], {"UA controlled": 2.0}, id="one zone"),
        pytest.param(
            [zone("a", WEST), zone("b", EAST)], {"UA controlled": 4.0}, id="neighbours that touch"
        ),
        pytest.param(
            [zone("a", WEST), zone("b", MIDDLE)], {"UA controlled": 3.0}, id="overlap counts once"
        ),
        pytest.param(
            [zone("a", WEST), zone("b", MIDDLE, "contested")],
            {"UA controlled": 1.0, "UA contested": 2.0},
            id="contested goes before controlled",
        ),
        pytest.param(
            [zone("a", WEST), zone("b", MIDDLE, party="RU")],
            {"UA controlled": 1.0, "UA contested": 1.0, "RU controlled": 1.0, "RU contested": 1.0},
            id="opposite controls are contested for both",
        ),
        pytest.param(
            [zone("a", WEST), zone("b", MIDDLE, "contested", "RU")],
            {"UA controlled": 1.0, "UA contested": 1.0, "RU contested": 2.0},
            id="controlled ground that the other side contests is in question for its holder",
        ),
        pytest.param(
            [zone("a", WEST), zone("b", MIDDLE, party="RU"), zone("c", MIDDLE, "contested")],
            {"UA controlled": 1.0, "UA contested": 2.0, "RU contested": 2.0},
            id="no ground is contested twice for one party",
        ),
        pytest.param(
            [zone("a", WEST), zone("b", MIDDLE, "claimed", "RU")],
            {"UA controlled": 2.0, "RU claimed": 2.0},
            id="a claim takes nothing away",
        ),
        pytest.param([], {}, id="no ground held"),
    ],
)
def test_ground_counts_once(zones, expected):
    assert counted(snapshot(*zones)) == expected


def boxes():
    corner, size = st.integers(0, 6), st.integers(1, 4)
    return st.builds(lambda x, y, w, h: box(x, y, x + w, y + h), corner, corner, size, size)


def situations():
    one = st.tuples(boxes(), st.sampled_from(["controlled", "contested"]), st.sampled_from("AB"))
    return st.lists(one, max_size=6).map(
        lambda found: snapshot(*(zone(str(n), g, s, p) for n, (g, s, p) in enumerate(found)))
    )


@given(situations())
def test_a_partys_range_ends_at_the_union_of_its_zones(situation):
    parts = pieces(situation)
    for party in "AB":
        own = [z.geometry for z in situation.zones if z.party == party]
        rivals = [
            z.geometry
            for z in situation.zones
            if z.status == "contested" or (z.party != party and z.status == "controlled")
        ]
        sure = [z.geometry for z in situation.zones if (z.party, z.status) == (party, "controlled")]
        total = sum(p.geometry.area for p in parts if p.zone.party == party)
        assert total == pytest.approx(union_all(own).area)
        assert merged(parts, "controlled", party=party).area == pytest.approx(
            union_all(sure).difference(union_all(rivals)).area
        )


def square(side_km, lon=35.0, lat=51.0):
    """A square of the given side on the ellipsoid, near enough for a test to 0.1 %."""
    height = side_km / 111.25
    width = side_km / 70.09
    return box(lon, lat, lon + width, lat + height)


def test_bound_of_a_square_is_its_frame():
    ground = square(10)
    found = area_uncertainty(ground, [Outline(ground, 500.0)])
    outward = 4 * 10 * 0.5 + np.pi * 0.5**2
    assert found.bound_km2 == pytest.approx(outward, rel=0.005)


def test_bound_moves_inward_when_that_is_more():
    hole = square(10).buffer(0.2).difference(square(10))
    outer = square(10).buffer(0.2)
    found = area_uncertainty(hole, [Outline(hole, 500.0)], outer.boundary)
    assert found.bound_km2 == pytest.approx(4 * 10 * 0.5 + np.pi * 0.5**2, rel=0.01)


def test_bound_inward_is_no_more_than_the_ground():
    ground = square(1)
    alone = area_uncertainty(ground, [Outline(ground, 3000.0)], ground.boundary.buffer(0))
    assert alone.bound_km2 == pytest.approx(4 * 3 + np.pi * 9, rel=0.01)


def test_state_border_does_not_move_and_is_not_crossed():
    ground = square(10)
    border = LineString([(33, 51.0), (37, 51.0)])
    found = area_uncertainty(ground, [Outline(ground, 500.0)], border)
    two_corners = np.pi * 0.5**2 / 2
    assert found.bound_km2 == pytest.approx(3 * 10 * 0.5 + two_corners, rel=0.01)
    assert found.error_km2 == pytest.approx(0.5 * np.sqrt(CORRELATION_KM * 30), rel=0.01)


def test_ground_enclosed_by_the_border_is_certain():
    ground = square(10)
    assert area_uncertainty(ground, [Outline(ground, 500.0)], ground.boundary) == (0.0, 0.0)


@pytest.mark.parametrize("correlation_km", [1.0, 5.0, 20.0])
def test_error_takes_stretches_beyond_the_correlation_length_as_independent(correlation_km):
    ground = square(10)
    found = area_uncertainty(ground, [Outline(ground, 200.0)], correlation_km=correlation_km)
    assert found.error_km2 == pytest.approx(0.2 * np.sqrt(correlation_km * 40), rel=0.005)


def test_error_of_a_line_shorter_than_the_correlation_length_is_that_of_one_stretch():
    ground = square(10)
    found = area_uncertainty(ground, [Outline(ground, 200.0)], correlation_km=1000.0)
    assert found.error_km2 == pytest.approx(0.2 * 40, rel=0.005)
    assert found.error_km2 <= found.bound_km2


def test_each_stretch_of_line_has_the_accuracy_of_its_own_zone():
    west = square(10)
    east = square(10, lon=west.bounds[2])
    outlines = [Outline(west, 200.0), Outline(east, 400.0)]
    found = area_uncertainty(union_all([west, east]), outlines)
    error_km2 = np.sqrt(CORRELATION_KM * 30 * (0.2**2 + 0.4**2))
    assert found.error_km2 == pytest.approx(error_km2, rel=0.005)
    corners = np.pi * (0.2**2 + 0.4**2) / 2
    assert found.bound_km2 == pytest.approx(30 * 0.2 + 30 * 0.4 + corners, rel=0.01)


def test_no_ground_has_no_error():
    assert area_uncertainty(Polygon(), []) == (0.0, 0.0)


@given(st.floats(50, 800), st.floats(50, 800))
def test_error_and_bound_grow_with_the_accuracy(one, other):
    ground = square(10)
    low, high = (
        area_uncertainty(ground, [Outline(ground, accuracy)]) for accuracy in sorted((one, other))
    )
    assert low.error_km2 <= high.error_km2 + 1e-9
    assert low.bound_km2 <= high.bound_km2 + 1e-9
    assert high.error_km2 <= high.bound_km2


@pytest.fixture
def front(tmp_path):
    made = new_archive(tmp_path / "front")
    made.add(
        "2024-08-12",
        [zone("a", box(35, 51, 35.2, 51.2)), zone("b", box(35.2, 51, 35.3, 51.2), "contested")],
        reason="first",
    )
    made.add("2024-08-31", [zone("a", box(35, 51, 35.4, 51.4), "claimed")], reason="second")
    made.add("2024-09-30", [], reason="nothing is held any more")
    return made


def test_areas_has_a_row_for_each_date_and_party(front):
    table = areas(front)
    assert tuple(table.columns) == COLUMNS["party"]
    assert table["date"].dt.date.tolist() == [
        dt.date(2024, 8, 12),
        dt.date(2024, 8, 31),
        dt.date(2024, 9, 30),
    ]
    assert table["party"].tolist() == ["UA"] * 3
    assert table["maker"].tolist() == ["us"] * 3
    assert table["method"].tolist() == [METHOD] * 3
    assert table["age_days"].tolist() == [0, 0, 0]
    assert table["digest"].tolist() == [snapshot.digest for snapshot in front.snapshots()]
    first, second, last = table.to_dict("records")
    assert first["controlled_km2"] == area_km2([box(35, 51, 35.2, 51.2)])[0]
    assert first["contested_km2"] == area_km2([box(35.2, 51, 35.3, 51.2)])[0]
    assert 0 < first["error_km2"] < first["bound_km2"] < first["controlled_km2"]
    assert second["claimed_km2"] == area_km2([box(35, 51, 35.4, 51.4)])[0]
    assert (second["controlled_km2"], second["error_km2"]) == (0.0, 0.0)
    assert (last["controlled_km2"], last["contested_km2"], last["claimed_km2"]) == (0, 0, 0)


def test_areas_by_status_and_zone_are_the_long_form_of_the_same_ground(front):
    wide = areas(front)
    long = areas(front, by="status")
    zones = zone_areas(front)
    assert tuple(long.columns) == COLUMNS["status"]
    assert tuple(zones.columns) == ZONE_COLUMNS
    for status in ("controlled", "contested", "claimed"):
        per_date = long[long["status"] == status].groupby("date")["area_km2"].sum()
        assert per_date.tolist() == wide[f"{status}_km2"].tolist()
    assert zones["counted_km2"].sum() == pytest.approx(long["area_km2"].sum())
    assert zones["zone"].tolist() == ["a", "b", "a"]


def test_date_without_snapshot_is_answered_only_when_asked_and_says_its_age(front):
    with pytest.raises(NotFoundError, match="2024-08-20"):
        areas(front, dates=["2024-08-20"])
    table = areas(front, dates=["2024-08-20"], fill="previous")
    assert table["date"].dt.date.tolist() == [dt.date(2024, 8, 20)]
    assert table["age_days"].tolist() == [8]


def test_state_border_of_the_archive_is_fixed(front):
    loose = areas(front)["bound_km2"][0]
    border = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"kind": "state_border"},
                "geometry": {"type": "LineString", "coordinates": [[34, 51], [38, 51]]},
            }
        ],
    }
    (front.root / "reference.geojson").write_text(json.dumps(border), "utf-8")
    assert not facts.read_reference(front.root).empty
    assert areas(front)["bound_km2"][0] < 0.85 * loose


def test_several_snapshots_a_day_are_one_row_unless_asked_for(tmp_path, front):
    many = new_archive(tmp_path / "many")
    for hour, side in ((8, 0.1), (20, 0.2)):
        at = dt.datetime(2024, 8, 31, hour, tzinfo=dt.UTC)
        ground = zone("a", box(35, 51, 35 + side, 51.1))
        many.add("2024-08-31", [ground], reason="an hour's map", published=at)
    assert areas(many)["controlled_km2"].tolist() == area_km2([box(35, 51, 35.2, 51.1)]).tolist()
    each = areas(many, per="snapshot")
    assert [at.hour for at in each["published"]] == [8, 20]
    assert list(each.columns[:2]) == ["date", "published"]


def test_empty_archive_has_an_empty_table(tmp_path):
    table = areas(new_archive(tmp_path / "none"))
    assert tuple(table.columns) == COLUMNS["party"]
    assert table.empty


def test_date_on_which_nothing_is_held_has_a_row_of_zeros(front):
    (row,) = areas(front, dates=["2024-09-30"]).to_dict("records")
    assert (row["party"], row["controlled_km2"], row["bound_km2"]) == ("UA", 0.0, 0.0)
    assert areas(front, dates=["2024-09-30"], by="status")["area_km2"].tolist() == [0.0] * 3


def test_errors_can_be_left_out(front):
    table = areas(front, errors="none")
    assert table["error_km2"].isna().all()
    assert table["controlled_km2"].tolist() == areas(front)["controlled_km2"].tolist()


@pytest.mark.parametrize(
    ("measure", "name"),
    [
        (areas, "controlled_km2"),
        (partial(areas, by="status"), "area_km2"),
        (zone_areas, "area_km2"),
    ],
)
def test_geodesic_edges_are_compared_when_asked(front, measure, name):
    table = measure(front, edges="compare")
    share = (table["geodesic_difference_km2"] / table[name]).dropna().abs()
    assert 0 < share.max() < 1e-4
    assert "geodesic_difference_km2" not in measure(front)


def test_verb_prints_the_same_numbers_in_every_format(front):
    def printed(*words):
        done = CliRunner().invoke(app, ["area", "--archive", str(front.root), *words])
        assert done.exit_code == 0, done.output
        return done.stdout

    table = areas(front)
    from_csv = pd.read_csv(io.StringIO(printed("--format", "csv")))
    assert from_csv["controlled_km2"].tolist() == table["controlled_km2"].tolist()
    from_json = json.loads(printed("2024-08-12", "--format", "json"))
    assert from_json[0]["date"] == "2024-08-12"
    assert from_json[0]["bound_km2"] == pytest.approx(table.loc[0, "bound_km2"], abs=1e-9)
    assert f"{table['controlled_km2'][0]:.1f}" in printed()


def test_a_sliver_that_is_no_ground_on_the_plane_adds_no_error():
    plain = box(35.0, 51.0, 35.1, 51.1)
    sliver = Polygon([(35.2, 51.0), (35.204, 51.0), (35.204, math.nextafter(51.0, 52.0))])
    assert area_uncertainty(union_all([plain, sliver]), [Outline(plain, 500.0)]) == (
        pytest.approx(area_uncertainty(plain, [Outline(plain, 500.0)]), rel=1e-6)
    )


def dated_tables(front):
    """Return every table of measures with the columns of dates in it."""
    return [
        (areas(front), ["date"]),
        (areas(front, by="status", per="snapshot"), ["date"]),
        (zone_areas(front), ["date"]),
        (changes(front), ["from_date", "to_date"]),
        (fronts(front), ["date", "since"]),
        (front_lines(front, "2024-08-12"), ["date"]),
        (days_held(front), ["first_date", "last_date"]),
        (compare_makers([front, front], dates="2024-08-12"), ["date"]),
    ]


def test_dates_of_every_table_merge_with_dates_that_were_parsed(front):
    parsed = pd.DataFrame({"day": pd.to_datetime(["2024-08-12", "2024-08-31", "2024-09-30"])})
    for table, names in dated_tables(front):
        for name in names:
            assert table[name].dtype == "datetime64[us]"
            known = table.dropna(subset=name)
            assert len(known.merge(parsed, left_on=name, right_on="day")) == len(known)


@pytest.mark.parametrize("measure", [areas, partial(areas, by="status"), zone_areas])
def test_rows_come_in_order_of_date_and_party_however_the_dates_are_given(front, measure):
    front.add("2024-09-10", [zone("a", box(35, 51, 35.1, 51.1), party="RU")], reason="theirs")
    front.add(
        "2024-09-11", [zone("a", square(5)), zone("b", square(5, 36), party="RU")], reason="both"
    )
    dates = [str(date) for date in front.dates]
    pd.testing.assert_frame_equal(measure(front, dates=dates[::-1]), measure(front))
    rows = measure(front)[["date", "party"]]
    pd.testing.assert_frame_equal(rows, rows.sort_values(["date", "party"], kind="stable"))


def test_party_without_ground_on_a_date_has_none_there_when_another_date_names_it(front):
    front.add("2024-09-10", [zone("a", box(35, 51, 35.1, 51.1), party="RU")], reason="theirs")
    table = areas(front, dates=["2024-08-12", "2024-09-10"])
    assert table["party"].tolist() == ["RU", "UA", "RU", "UA"]
    figures = table[["controlled_km2", "error_km2", "bound_km2"]]
    assert (figures.iloc[[0, 3]] == 0.0).all(axis=None)
    assert (figures.iloc[[1, 2]] > 0.0).all(axis=None)
    assert areas(front, dates=["2024-08-12"])["party"].tolist() == ["UA"]


def test_instants_are_in_utc(front):
    published = areas(front, per="snapshot")["published"]
    assert published.dtype == "datetime64[us, UTC]"
    assert published.isna().all()


@pytest.mark.parametrize(
    "measure", [areas, zone_areas, changes, fronts, days_held], ids=lambda measure: measure.__name__
)
def test_a_date_that_is_none_is_refused(front, measure):
    with pytest.raises(UsageError, match="'foo' is not a date; write it as YYYY-MM-DD"):
        measure(front, dates=["foo"])


MEASURES = [
    areas,
    zone_areas,
    changes,
    partial(changed_ground, start="2024-08-31", end="2024-09-05"),
    days_held,
    fronts,
    partial(front_lines, date="2024-08-31"),
]


@pytest.mark.parametrize("measure", MEASURES)
def test_a_path_is_no_archive_and_the_error_says_how_to_open_it(measure):
    with pytest.raises(UsageError, match=r"not a str; open it first: frontmap\.open\(path\)"):
        measure("geodata/kursk")


@pytest.mark.parametrize("measure", MEASURES[2:])
def test_a_basis_that_is_none_is_refused_with_the_choices(measure, front):
    with pytest.raises(UsageError, match="basis='contested' is not a choice; use one of contr"):
        measure(front, basis="contested")


@pytest.mark.parametrize(
    ("word", "choices"),
    [
        ({"by": "zones"}, "by='zones' is not a choice; use one of party, status"),
        ({"per": "day"}, "per='day' is not a choice; use one of date, snapshot"),
        ({"fill": "next"}, "fill='next' is not a choice; use one of none, previous"),
        ({"errors": "no"}, "errors='no' is not a choice; use one of estimate, none"),
        ({"edges": "round"}, "edges='round' is not a choice; use one of straight, compare"),
    ],
)
def test_a_word_that_is_no_choice_is_refused_with_the_choices(front, word, choices):
    with pytest.raises(UsageError, match=choices):
        areas(front, **word)


def test_ground_smaller_than_its_accuracy_is_never_sure():
    ground = box(35.0, 51.0, 35.1, 51.1)
    errors = [
        area_uncertainty(ground, [Outline(ground, accuracy_m)]).error_km2
        for accuracy_m in (500, 5_000, 9_000, 15_000, 30_000, 100_000)
    ]
    assert errors == sorted(errors)
    assert errors[0] > 0
