"""The line between parties: what lies beyond each stretch of a party's line, and how it adds up."""

from __future__ import annotations

import json
from collections import Counter
from itertools import product

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, MultiPolygon, box
from typer.testing import CliRunner

from frontmap.cli import app
from frontmap.errors import UsageError
from frontmap.geometry.contact_lines import contact_line, length_km
from frontmap.geometry.line_neighbours import STRETCH_M, Beyond, by_neighbour
from frontmap.measure.frontline import COLUMNS, front_lines, fronts
from fronts import new_archive, zone

PARTIES = ("AA", "BB", "CC", "DD", "EE")
SIDE = range(3)
CELLS = [*product(SIDE, SIDE)]
NOTHING = MultiPolygon()
#: Every end of a stretch is off by a metre or two.
NEAR_KM = 0.05


def cell(x, y):
    return box(35 + x / 10, 51 + y / 10, 35.1 + x / 10, 51.1 + y / 10)


def ground_of(cells):
    return shapely.union_all([cell(*each) for each in cells])


def sides(x, y):
    """The four sides of a cell, as the cells beyond them, with their lengths."""
    west, south, east, north = cell(x, y).bounds
    for beyond, ends in (
        ((x - 1, y), [(west, south), (west, north)]),
        ((x + 1, y), [(east, south), (east, north)]),
        ((x, y - 1), [(west, south), (east, south)]),
        ((x, y + 1), [(west, north), (east, north)]),
    ):
        yield beyond, length_km(shapely.segmentize(LineString(ends), 0.02))


@st.composite
def maps(draw):
    """Cells, each with who holds it: nobody, one of two to five parties, or contested: ``?``."""
    parties = PARTIES[: draw(st.integers(2, 5))]
    return {each: draw(st.sampled_from(["", "?", *parties])) for each in CELLS}


def cut(held, party):
    """The stretches of a party's line on a map of cells, and the whole line, in km."""
    grounds = {name: ground_of([c for c in CELLS if held[c] == name]) for name in {*held.values()}}
    others = {name: g for name, g in grounds.items() if name not in {"", "?", party}}
    line = contact_line(grounds[party], MultiLineString())
    found = by_neighbour(line, grounds[party], others, grounds.get("?", NOTHING))
    return {beyond: length_km(each) for beyond, each in found.items()}, length_km(line)


def contested_about(held, start):
    """Cells of the contested ground of which a cell is part, corners included."""
    found, new = set(), {start}
    while new:
        found |= new
        new = {c for each in new for c in around(each) if held[c] == "?"} - found
    return found


def around(each):
    x, y = each
    return [c for c in product((x - 1, x, x + 1), (y - 1, y, y + 1)) if c in CELLS]


@given(maps())
def test_a_partys_line_is_made_up_by_what_lies_beyond_it(held):
    for party in sorted({*held.values()} - {"", "?"}):
        found, whole_km = cut(held, party)
        assert sum(found.values()) == pytest.approx(whole_km, abs=1e-5)
        touching: Counter[str] = Counter()
        several: Counter[frozenset[str]] = Counter()
        for each in CELLS:
            for beyond, km in sides(*each) if held[each] == party else ():
                who = held.get(beyond, "")
                if who == party:
                    continue
                if who == "?":
                    near = {held[c] for part in contested_about(held, beyond) for c in around(part)}
                    several[frozenset(near - {"", "?", party} or {""})] += km
                else:
                    touching[who] += km
        for name in PARTIES:
            assert found.get(Beyond(name), 0) == pytest.approx(touching[name], abs=NEAR_KM)
        assert found.get(Beyond(""), 0) == pytest.approx(touching[""], abs=NEAR_KM)
        for name in ("", *PARTIES):
            least = several[frozenset({name})]
            most = sum(km for names, km in several.items() if name in names)
            assert least - NEAR_KM <= found.get(Beyond(name, "contested"), 0) <= most + NEAR_KM


@given(maps())
def test_where_their_ground_touches_two_parties_have_the_same_line_between_them(held):
    lines = {party: cut(held, party)[0] for party in {*held.values()} - {"", "?"}}
    for one, other in product(lines, lines):
        if one < other:
            theirs = lines[other].get(Beyond(one), 0)
            assert lines[one].get(Beyond(other), 0) == pytest.approx(theirs, abs=NEAR_KM)


@given(st.dictionaries(st.sampled_from(CELLS), st.sets(st.sampled_from(PARTIES[:3])), min_size=1))
def test_ground_that_several_hold_has_them_all_beyond_it(holders):
    grounds = {p: ground_of([c for c in holders if p in holders[c]]) for p in PARTIES[:3]}
    for party, ground in grounds.items():
        others = {p: g for p, g in grounds.items() if p != party and not g.is_empty}
        line = contact_line(ground, MultiLineString())
        found = by_neighbour(line, ground, others, NOTHING)
        expected: Counter[str] = Counter()
        for each, who in holders.items():
            for beyond, km in sides(*each) if party in who else ():
                if party not in holders.get(beyond, ()):
                    expected[" ".join(sorted(holders.get(beyond, ())))] += km
        assert {beyond.neighbour for beyond, g in found.items() if length_km(g) > NEAR_KM} == {
            *expected
        }
        for names, km in expected.items():
            assert length_km(found[Beyond(names)]) == pytest.approx(km, abs=NEAR_KM)


def test_of_several_beyond_contested_ground_the_nearest_is_the_neighbour():
    south, north = box(35.2, 51, 35.4, 51.1), box(35.2, 51.1, 35.4, 51.2)
    own, belt = box(35, 51, 35.1, 51.2), box(35.1, 51, 35.2, 51.2)
    line = contact_line(own, MultiLineString())
    found = by_neighbour(line, own, {"BB": south, "CC": north}, belt)
    for name, lats in (("BB", (51, 51.1)), ("CC", (51.1, 51.2))):
        stretch = found[Beyond(name, "contested")]
        assert stretch.bounds == pytest.approx((35.1, lats[0], 35.1, lats[1]), abs=STRETCH_M / 1e5)


def test_ground_across_the_antimeridian_has_its_neighbours_on_both_sides():
    own = MultiPolygon([box(179, 51, 180, 52), box(-180, 51, -179.5, 52)])
    line = contact_line(own, MultiLineString())
    east, west = box(-179.5, 51, -179, 52), box(178, 51, 179, 52)
    found = by_neighbour(line, own, {"EE": east, "WW": west}, NOTHING)
    side_km = length_km(LineString([(179, 51), (179, 52)]))
    assert length_km(found[Beyond("EE")]) == pytest.approx(side_km, abs=0.01)
    assert length_km(found[Beyond("WW")]) == pytest.approx(side_km, abs=0.01)


def test_a_line_drawn_twice_a_little_off_is_no_ground_between():
    slip = 5e-7
    own, other = box(35, 51, 35.1, 51.1), box(35.1 + slip, 51 - slip, 35.2, 51.1 + slip)
    line = contact_line(own, MultiLineString())
    found = by_neighbour(line, own, {"BB": other}, NOTHING)
    assert length_km(found[Beyond("BB")]) == pytest.approx(11.126, abs=0.01)


@pytest.fixture
def front(tmp_path):
    """West and middle touch, contested ground lies between middle and east; the middle grows."""
    made = new_archive(tmp_path / "front", parties={p: {"name_en": p} for p in PARTIES})
    west, east = zone(cell(0, 0), "w", party="AA"), zone(cell(3, 0), "e", party="CC")
    doubt = zone(cell(2, 0), "d", party="CC", status="contested")
    made.add("2024-08-10", [west, zone(cell(1, 0), "m", party="BB"), doubt, east], reason="first")
    taller = zone(box(35.1, 51, 35.2, 51.15), "m", party="BB")
    made.add("2024-08-12", [west, taller, doubt, east], reason="second")
    return made


def rows(table):
    return [*map(tuple, table[["party", "neighbour", "between"]].to_numpy().tolist())]


def test_the_table_by_neighbour_has_the_columns_of_the_whole_and_what_lies_beyond(front):
    table = fronts(front, by="neighbour", scales_km=[0], dates=["2024-08-10", "2024-08-12"])
    where = COLUMNS.index("party") + 1
    assert tuple(table.columns) == (*COLUMNS[:where], "neighbour", "between", *COLUMNS[where:])
    first = table[table["date"] == "2024-08-10"]
    assert rows(first) == [
        ("AA", "BB", ""),
        ("AA", "", ""),
        ("BB", "AA", ""),
        ("BB", "CC", "contested"),
        ("BB", "", ""),
        ("CC", "BB", "contested"),
        ("CC", "", ""),
    ]
    side_km = length_km(LineString([(35, 51), (35, 51.1)]))
    between = first[first["neighbour"] != ""]["length_km"].tolist()
    assert between == pytest.approx([side_km] * 4, abs=0.01)
    whole = fronts(front, scales_km=[0])
    summed = table.groupby(["date", "party"])["length_km"].sum().reset_index()
    assert summed["length_km"].tolist() == pytest.approx(whole["length_km"].tolist(), abs=1e-5)


def test_a_stretch_moved_as_far_as_it_lies_from_the_line_before(front):
    table = fronts(front, by="neighbour", scales_km=[0])
    last = table[(table["date"] == "2024-08-12") & (table["party"] == "BB")].set_index("neighbour")
    assert last.loc["AA", "moved_most_km"] == pytest.approx(0, abs=1e-6)
    assert last.loc["", "moved_most_km"] == pytest.approx(5.56, abs=0.3)


def test_held_ground_has_no_contested_ground_between(front):
    table = fronts(front, by="neighbour", basis="held", scales_km=[0], dates="2024-08-10")
    assert rows(table)[2:5] == [("BB", "AA", ""), ("BB", "CC", ""), ("BB", "", "")]
    assert set(table["between"]) == {""}


def test_a_front_of_one_party_has_an_outer_line_alone(tmp_path):
    made = new_archive(tmp_path / "one")
    made.add("2024-08-10", [zone(cell(0, 0))], reason="first")
    table = fronts(made, by="neighbour", scales_km=[0, 1])
    assert rows(table) == [("UA", "", "")] * 2
    assert table["length_km"].tolist() == pytest.approx(
        fronts(made, scales_km=[0, 1])["length_km"].tolist(), abs=1e-6
    )


def test_contested_ground_that_no_other_touches_has_nobody_beyond_it():
    own, doubt = cell(0, 0), cell(1, 0)
    line = contact_line(own, MultiLineString())
    for others in ({}, {"BB": cell(0, 2)}):
        found = by_neighbour(line, own, others, doubt)
        assert {*found} == {Beyond("", "contested"), Beyond("")}
        side_km = length_km(LineString([(35.1, 51), (35.1, 51.1)]))
        assert length_km(found[Beyond("", "contested")]) == pytest.approx(side_km, abs=0.01)


def test_lines_are_drawn_by_neighbour(front):
    words = ["front", "2024-08-10", "--by", "neighbour", "--scale", "0", "--format", "geojson"]
    done = CliRunner().invoke(app, [*words, "--archive", str(front.root)])
    drawn = json.loads(done.stdout)["features"]
    lines = front_lines(front, "2024-08-10", by="neighbour", scales_km=0)
    assert [f["properties"]["neighbour"] for f in drawn] == lines["neighbour"].tolist()
    assert lines["length_km"].tolist() == [length_km(line) for line in lines.geometry]


def test_a_word_that_is_none_of_the_choices_is_refused(front):
    for measure in (
        lambda by: fronts(front, by=by),
        lambda by: front_lines(front, "2024-08-10", by=by),
    ):
        with pytest.raises(UsageError, match="use one of party, neighbour"):
            measure("pair")
