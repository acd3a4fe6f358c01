"""Makers on one ruler: what all map as held, and what only some of them do."""

from __future__ import annotations

import json
from collections import Counter
from itertools import permutations

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity, box

from frontmap.errors import UsageError
from frontmap.geometry.counted_once import STATUSES_OF, merged, pieces
from frontmap.geometry.polygons import polygonal
from frontmap.measure.area import area_km2
from frontmap.measure.makers import compare_makers, shared_ground
from frontmap.verdicts import figure_verdicts
from fronts import new_archive, snapshot, zone
from verbs import run

PARTIES = ["UA", "RU", "SY", "IQ", "TR"]
CELL = st.integers(0, 8).map(lambda n: 35 + n / 10)


@st.composite
def shapes(draw):
    west, south = draw(CELL), draw(CELL) + 16
    wide, high = draw(st.integers(1, 5)) / 10, draw(st.integers(1, 5)) / 10
    turn = draw(st.sampled_from([0, 0, 17, 45]))
    return affinity.rotate(box(west, south, west + wide, south + high), turn)


@st.composite
def maps(draw):
    """What two to four makers map of two to five parties, and the ground that all cover."""
    parties = PARTIES[: draw(st.integers(2, 5))]
    kinds = st.tuples(
        shapes(), st.sampled_from(parties), st.sampled_from(["controlled", "contested"])
    )
    makers = draw(st.lists(st.lists(kinds, max_size=5), min_size=2, max_size=4))
    snapshots = [
        snapshot(*(zone(g, f"z{n}", party=p, status=s) for n, (g, p, s) in enumerate(own)))
        for own in makers
    ]
    covered = draw(st.sampled_from([box(35, 51, 36.3, 52.3), box(35.3, 51.2, 35.9, 51.9)]))
    return parties, snapshots, shapely.union(covered, draw(shapes()))


def km2(geometry):
    return float(area_km2([polygonal(geometry)])[0])


@settings(deadline=None)
@given(maps(), st.sampled_from(sorted(STATUSES_OF)))
def test_pieces_partition_what_any_maker_holds_and_add_up_to_each_makers_own(found, basis):
    parties, snapshots, common = found
    for party in parties:
        held = [merged(pieces(each), *STATUSES_OF[basis], party=party) for each in snapshots]
        parts = shared_ground(held, common)
        assert len({part[:2] for part in parts}) == len(parts)
        within = [part for part in parts if part.within]
        everything = shapely.intersection(shapely.union_all(held), common)
        assert sum(km2(part.geometry) for part in within) == pytest.approx(
            km2(everything), abs=1e-9
        )
        for maker, own in enumerate(held):
            of_maker = [part for part in parts if maker in part.held_by]
            assert sum(km2(p.geometry) for p in of_maker if p.within) == pytest.approx(
                km2(shapely.intersection(own, common)), abs=1e-9
            )
            assert sum(km2(p.geometry) for p in of_maker) == pytest.approx(km2(own), abs=1e-9)


@settings(deadline=None, max_examples=30)
@given(maps())
def test_the_order_of_makers_decides_nothing(found):
    parties, snapshots, common = found
    held = [merged(pieces(each), "controlled", party=parties[0]) for each in snapshots]
    expected = sizes(shared_ground(held, common), range(len(held)))
    for order in permutations(range(len(held))):
        turned = sizes(shared_ground([held[place] for place in order], common), order)
        assert turned == pytest.approx(expected, abs=1e-9)


def sizes(parts, order):
    named: Counter[tuple[frozenset[int], bool]] = Counter()
    for part in parts:
        area = km2(part.geometry)
        if area > 1e-9:
            named[frozenset(order[place] for place in part.held_by), part.within] += area
    return named


WEST, EAST, FAR = box(35, 51, 35.2, 51.2), box(35.2, 51, 35.4, 51.2), box(35.4, 51, 35.6, 51.2)
KM2 = dict(zip("abc", area_km2([WEST, EAST, FAR]), strict=True))
COVERED = {
    "type": "Feature",
    "properties": {},
    "geometry": shapely.geometry.mapping(box(35, 50.5, 35.5, 51.5)),
}


@pytest.fixture
def front(tmp_path):
    """Ours: the whole theatre."""
    opened = new_archive(tmp_path / "front")
    opened.add("2024-08-10", [zone(WEST)], reason="first")
    opened.add("2024-08-13", [zone(box(35, 51, 35.4, 51.2))], reason="advance")
    opened.add("2024-08-23", [zone(box(35.2, 51, 35.6, 51.2))], reason="shift")
    return opened


@pytest.fixture
def other(tmp_path):
    """Theirs: a part of it, as they say."""
    covered = tmp_path / "covered.geojson"
    covered.write_text(json.dumps(COVERED), "utf-8")
    opened = new_archive(tmp_path / "other", maker="them", covered=covered)
    opened.add("2024-08-13", [zone(box(35.2, 51, 35.5, 51.2))], reason="their map")
    return opened


def rows(table, *names):
    return table[list(names)].to_numpy().tolist()


def test_what_both_map_comes_first_then_what_one_does(front, other):
    table = compare_makers([front, other], dates="2024-08-13")
    half = km2(box(35.4, 51, 35.5, 51.2))
    assert rows(table, "kind", "held_by") == [
        ["all", "us; them"],
        ["some", "us"],
        ["some", "them"],
    ]
    assert table["area_km2"].tolist() == pytest.approx([KM2["b"], KM2["a"], half])
    assert table["share"].sum() == pytest.approx(1)
    assert set(table["makers"]) == {"us; them"}
    assert set(table["by_box"]) == {"us"}
    assert set(table["compared_km2"]) == {km2(box(35, 50.5, 35.5, 51.5))}
    digests = [each.in_force()[-1].digest for each in (front, other)]
    assert table["digests"][0].split() == [front["2024-08-13"].digest, digests[1]]


def test_ground_beyond_what_all_cover_is_no_disagreement(front, other):
    table = compare_makers([front, other], dates="2024-08-23", fill="previous")
    half = km2(box(35.4, 51, 35.5, 51.2))
    assert rows(table, "kind", "held_by") == [["all", "us; them"], ["beyond", "us"]]
    assert table["area_km2"].tolist() == pytest.approx([KM2["b"] + half, half])
    assert table["share"].fillna(-1).tolist() == [1.0, -1]
    assert set(table["age_days"]) == {"0 10"}


def test_of_three_makers_some_agree_and_one_does_not(front, other, tmp_path):
    third = new_archive(tmp_path / "third", maker="third")
    third.add("2024-08-13", [zone(WEST, status="contested"), zone(EAST, "b")], reason="map")
    names = {"controlled": "us; them; third", "held": "us; them; third"}
    controlled = compare_makers([front, other, third], dates="2024-08-13")
    assert rows(controlled, "held_by") == [[names["controlled"]], ["us"], ["them"]]
    held = compare_makers([front, other, third], dates="2024-08-13", basis="held")
    assert rows(held, "held_by") == [[names["held"]], ["us; third"], ["them"]]
    assert held["area_km2"][1] == pytest.approx(KM2["a"])
    assert set(held["by_box"]) == {"us; third"}


def test_a_series_has_the_dates_that_all_have(front, other):
    other.add("2024-08-20", [zone(EAST)], reason="a date of theirs alone")
    other.add("2024-08-23", [zone(EAST)], reason="a common one")
    days = compare_makers([front, other])["date"].dt.strftime("%Y-%m-%d")
    assert sorted(set(days)) == ["2024-08-13", "2024-08-23"]
    filled = compare_makers([front, other], fill="previous")["date"].dt.strftime("%Y-%m-%d")
    assert sorted(set(filled)) == ["2024-08-13", "2024-08-20", "2024-08-23"]


def test_makers_of_one_name_are_numbered(front):
    table = compare_makers([front, front], dates="2024-08-13")
    assert rows(table, "held_by", "share") == [["us (1); us (2)", 1.0]]


def test_what_cannot_be_compared_is_refused(front, other, tmp_path):
    elsewhere = new_archive(tmp_path / "else", bbox=(10, 50, 12, 53))
    with pytest.raises(UsageError, match="no ground in common"):
        compare_makers([front, elsewhere], dates="2024-08-13")
    with pytest.raises(UsageError, match="two archives or more"):
        compare_makers([front], dates="2024-08-13")
    later = new_archive(tmp_path / "later", maker="them")
    later.add("2025-01-01", [], reason="a map of another year")
    with pytest.raises(UsageError, match="no date has a snapshot of each"):
        compare_makers([front, later])


def test_the_verb_compares_its_folders(front, other):
    words = ("makers", str(front.root), str(other.root), "--date", "2024-08-13")
    done = run(*words)
    assert f"{KM2['a']:.1f}" in done.stdout
    assert "all of them cover; the theatre's box stands for what is covered by us" in done.stderr
    found = json.loads(run(*words, "--format", "json").stdout)
    assert [row["held_by"] for row in found] == ["us; them", "us", "them"]
    alone = run("makers", str(other.root), "--archive", str(front.root), "--format", "json")
    assert json.loads(alone.stdout) == found
    drawn = json.loads(run(*words, "--format", "geojson").stdout)
    assert [credit["maker"] for credit in drawn["credits"]] == ["us", "them"]
    assert len(drawn["features"]) == 3


def test_a_date_in_the_place_of_a_folder_is_said(front, other):
    done = run("makers", str(other.root), "2024-08-13", "--archive", str(front.root))
    assert done.returncode == 2
    assert "is no archive; a date is given as an option: --date 2024-08-13" in done.stderr


REPORTED = "as_of,as_of_precision,value_km2,qualifier,measure,party,published,claimant,source,note"


@pytest.fixture
def reported(front, other):
    """Ours shows the west and the east, theirs the east and half of what is far."""
    days = [("2024-08-13", "day", km2) for km2 in (100, 500, 800)]
    days += [("2024-08-10", "day", 100), ("2024-09-20", "day", 100)]
    lines = [f"{day},{how},{km2},exact,controlled,UA,,,," for day, how, km2 in days]
    (front.root / "reported.csv").write_text("\n".join([REPORTED, *lines, ""]), "utf-8")
    return front


def test_a_figure_is_set_against_the_range_of_all_makers(reported, other):
    table = figure_verdicts(reported, beside=[other])
    assert table["makers_position"].fillna("").tolist() == ["below", "within", "above", "below", ""]
    ours, theirs = KM2["a"] + KM2["b"], km2(box(35.2, 51, 35.5, 51.2))
    for name, expected in (("makers_low_km2", theirs), ("makers_high_km2", ours)):
        assert table[name].iloc[0] == pytest.approx(expected)
    assert table["makers_count"].tolist() == [2, 2, 2, 2, 0]
    assert table["makers"].tolist() == ["us; them"] * 4 + [""]
    assert "makers" not in figure_verdicts(reported)


def test_a_maker_without_the_date_takes_no_part(reported, tmp_path):
    late = new_archive(tmp_path / "late", maker="late")
    late.add("2025-01-01", [zone(FAR)], reason="of another year")
    table = figure_verdicts(reported, beside=[late])
    assert table["makers_count"].tolist() == [1, 1, 1, 1, 0]
    assert set(table["makers"]) == {"us", ""}


def test_a_figure_that_names_no_party_is_set_against_no_maker_where_several_are_mapped(
    reported, other
):
    zones = reported.as_of("2024-08-13").zones
    theirs = zone(box(35.6, 51, 35.7, 51.1), "theirs", party="RU")
    reported.correct("2024-08-13", [*zones, theirs], reason="the other side's ground, too")
    path = reported.root / "reported.csv"
    path.write_text(path.read_text("utf-8").replace(",UA,", ",,", 1), "utf-8")
    table = figure_verdicts(reported, beside=[other])
    assert table["makers_count"].tolist() == [0, 2, 2, 2, 0]
    assert table["reason"].iloc[0] == "party_not_named"


def test_other_makers_archives_are_only_read(reported, other):
    before = {path: path.read_bytes() for path in other.root.rglob("*") if path.is_file()}
    figure_verdicts(reported, beside=[other])
    compare_makers([reported, other], dates="2024-08-13")
    assert {p: p.read_bytes() for p in other.root.rglob("*") if p.is_file()} == before


def test_the_verb_says_where_a_figure_lies_among_the_makers(reported, other):
    words = ("reported", "--with", str(other.root), "--archive", str(reported.root))
    assert "(2 of 2 makers: us, them)" in " ".join(run(*words).stdout.split())
    one = " ".join(run(*words, "--value", "800").stdout.split())
    assert "makers above the makers' range" in one
    rows = json.loads(run(*words, "--format", "json").stdout)
    assert [row["makers_position"] for row in rows] == ["below", "within", "above", "below", None]
