"""The difference of two snapshots: zones, sources, ground of each party, and who took it over."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import affinity, box
from typer.testing import CliRunner

from frontmap.cli import app
from frontmap.measure.area import area_km2, areas
from frontmap.measure.change import changes
from frontmap.measure.difference import compare_snapshots
from frontmap.model import STATUSES
from fronts import new_archive, snapshot, zone

WEST, MIDDLE, EAST = box(35, 51, 35.2, 51.2), box(35.2, 51, 35.4, 51.2), box(35.4, 51, 35.6, 51.2)
KM2_WEST, KM2_MIDDLE, KM2_EAST = area_km2([WEST, MIDDLE, EAST])
PARTIES = {party: {"name_en": party} for party in ("RU", "UA", "ZZ")}


def party_zone(ground, party, name=None, **details):
    return zone(ground, name or party.lower(), party=party, **details)


def transfers(difference):
    return {(t.from_party, t.to_party): t.area_km2 for t in difference.transfers}


def km2(difference, party, status="controlled"):
    (found,) = [g for g in difference.ground if (g.party, g.status) == (party, status)]
    return found.before_km2, found.after_km2


def test_three_parties_have_their_own_ground_and_what_one_gains_another_loses():
    before = snapshot(party_zone(WEST, "UA"), party_zone(MIDDLE, "RU"), party_zone(EAST, "ZZ"))
    after = snapshot(
        party_zone(WEST, "UA"), party_zone(MIDDLE, "UA", "more"), party_zone(EAST, "RU")
    )
    found = compare_snapshots(before, after)
    assert km2(found, "UA") == pytest.approx((KM2_WEST, KM2_WEST + KM2_MIDDLE), abs=1e-9)
    assert km2(found, "RU") == pytest.approx((KM2_MIDDLE, KM2_EAST), abs=1e-9)
    assert km2(found, "ZZ") == pytest.approx((KM2_EAST, 0.0), abs=1e-9)
    assert transfers(found) == pytest.approx(
        {("RU", "UA"): KM2_MIDDLE, ("ZZ", "RU"): KM2_EAST}, abs=1e-9
    )
    assert found.gained_km2("RU") == pytest.approx(KM2_EAST, abs=1e-9)
    assert found.lost_km2("RU") == pytest.approx(KM2_MIDDLE, abs=1e-9)


def test_ground_that_both_sides_map_as_theirs_is_contested_for_both_and_controlled_by_nobody():
    before = snapshot(party_zone(WEST, "UA"))
    after = snapshot(party_zone(WEST, "UA"), party_zone(WEST, "RU"))
    found = compare_snapshots(before, after)
    assert km2(found, "UA") == pytest.approx((KM2_WEST, 0.0))
    for party in ("UA", "RU"):
        assert km2(found, party, "contested") == pytest.approx((0.0, KM2_WEST))
    assert transfers(found) == pytest.approx({("UA", ""): KM2_WEST})


def test_ground_of_nobody_is_gained_from_a_blank_party_and_a_claim_is_no_transfer():
    before = snapshot(party_zone(EAST, "RU", status="claimed"))
    after = snapshot(party_zone(WEST, "UA"))
    found = compare_snapshots(before, after)
    assert transfers(found) == pytest.approx({("", "UA"): KM2_WEST})
    assert km2(found, "RU", "claimed") == pytest.approx((KM2_EAST, 0.0))


def test_ground_under_two_zones_of_a_party_counts_once_and_each_zone_in_full():
    before, both = snapshot(), (party_zone(WEST, "UA"), party_zone(WEST | MIDDLE, "UA", "z"))
    found = compare_snapshots(before, snapshot(*both))
    assert km2(found, "UA") == pytest.approx((0.0, KM2_WEST + KM2_MIDDLE))
    assert found.gained_km2("UA") == pytest.approx(KM2_WEST + KM2_MIDDLE)
    assert [z.after_km2 for z in found.zones] == pytest.approx([KM2_WEST, KM2_WEST + KM2_MIDDLE])
    assert [z.before_km2 for z in found.zones] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("details", "attributes"),
    [
        ({}, ()),
        ({"geometry": WEST.reverse()}, ()),
        ({"geometry": EAST}, ("geometry",)),
        ({"status": "contested", "note": "x"}, ("note", "status")),
        ({"party": "RU"}, ("party",)),
        ({"extra": {"name": "x"}}, ("name",)),
        ({"accuracy_m": 5.0, "confidence": "low"}, ("accuracy_m", "confidence")),
    ],
)
def test_a_zone_that_changed_is_there_as_it_was_and_as_it_is(details, attributes):
    old = party_zone(WEST, "UA")
    new = replace(old, **details)
    found = compare_snapshots(snapshot(old), snapshot(new))
    assert [z.attributes for z in found.zones] == ([attributes] if attributes else [])
    assert [(z.before, z.after, z.change) for z in found.zones] == (
        [(old, new, "changed")] if attributes else []
    )
    assert found.empty == (not attributes)


def test_further_properties_that_are_the_same_are_no_difference():
    old = party_zone(WEST, "UA", extra={"name": "x"})
    found = compare_snapshots(snapshot(old), snapshot(replace(old, note="y")))
    assert [z.attributes for z in found.zones] == [("note",)]


def test_a_transfer_may_be_small():
    hectare = box(35, 51, 35.001, 51.001)
    found = compare_snapshots(snapshot(), snapshot(party_zone(hectare, "UA")))
    assert transfers(found) == pytest.approx({("", "UA"): float(area_km2([hectare])[0])})
    assert found.gained_km2("UA") < 0.01


def test_zones_and_sources_that_are_added_and_removed_are_named_in_order():
    old = [party_zone(WEST, "UA", "a", sources=("s2",)), party_zone(EAST, "UA", "c")]
    new = [party_zone(WEST, "UA", "b", sources=("s9", "s1")), party_zone(EAST, "UA", "c")]
    found = compare_snapshots(snapshot(*old), snapshot(*new))
    assert [(z.zone_id, z.change) for z in found.zones] == [("a", "removed"), ("b", "added")]
    assert found.sources_added == ("s1", "s9")
    assert found.sources_removed == ("s2",)


def test_a_source_of_the_header_alone_is_a_difference():
    old, new = snapshot(), snapshot(sources=("s1",))
    assert compare_snapshots(old, new).sources_added == ("s1",)
    assert not compare_snapshots(old, new).empty


GRID = st.integers(0, 8).map(lambda n: n / 10)


@st.composite
def situations(draw):
    """Zones of three parties that overlap as they like, with shared and with crossing edges."""
    zones = []
    for number in range(draw(st.integers(0, 4))):
        west, south = 35 + draw(GRID), 51 + draw(GRID)
        width, height = draw(st.integers(1, 5)) / 10, draw(st.integers(1, 5)) / 10
        ground = box(west, south, west + width, south + height)
        ground = affinity.rotate(ground, draw(st.sampled_from([0, 0, 17])))
        status, party = draw(st.sampled_from(STATUSES)), draw(st.sampled_from(sorted(PARTIES)))
        zones.append(party_zone(ground, party, f"z{number}", status=status))
    return snapshot(*zones)


@given(situations(), situations())
def test_the_other_way_round_what_was_gained_is_lost_and_every_transfer_goes_back(before, after):
    there, back = compare_snapshots(before, after), compare_snapshots(after, before)
    turned = {(giver, taker): area for (taker, giver), area in transfers(back).items()}
    pairs = transfers(there).keys() | turned.keys()
    for pair in pairs:
        assert transfers(there).get(pair, 0.0) == pytest.approx(turned.get(pair, 0.0), abs=1e-6)
    for party in PARTIES:
        assert there.gained_km2(party) == pytest.approx(back.lost_km2(party), abs=1e-6)
    assert [(g.before_km2, g.after_km2) for g in there.ground] == [
        (g.after_km2, g.before_km2) for g in back.ground
    ]
    assert [(z.before, z.after) for z in there.zones] == [(z.after, z.before) for z in back.zones]


@given(situations(), situations())
def test_each_party_ends_with_what_it_had_and_gained_less_what_it_lost(before, after):
    found = compare_snapshots(before, after)
    for ground in found.ground:
        if ground.status == "controlled":
            gained, lost = found.gained_km2(ground.party), found.lost_km2(ground.party)
            end_km2 = ground.before_km2 + gained - lost
            assert end_km2 == pytest.approx(ground.after_km2, abs=1e-6)
    pairs = [(t.from_party, t.to_party) for t in found.transfers]
    assert len(set(pairs)) == len(pairs)
    assert all(giver != taker for giver, taker in pairs)


@given(situations())
def test_nothing_differs_between_a_snapshot_and_itself(situation):
    found = compare_snapshots(situation, situation)
    assert found.empty
    assert found.transfers == ()
    assert all(g.before_km2 == g.after_km2 for g in found.ground)


@pytest.fixture
def front(tmp_path):
    made = new_archive(tmp_path / "front", parties=PARTIES)
    first = [party_zone(WEST, "UA"), party_zone(MIDDLE, "RU"), party_zone(EAST, "ZZ")]
    made.add("2024-08-31", first, reason="first")
    overlapping = box(35.1, 51, 35.5, 51.1)
    second = [party_zone(WEST | MIDDLE, "UA"), party_zone(overlapping, "RU", status="contested")]
    made.correct("2024-08-31", [*second, party_zone(EAST, "ZZ")], reason="second", overlaps="keep")
    return made


def test_ground_is_that_of_the_table_of_areas_and_gains_are_those_of_change(front, tmp_path):
    found = compare_snapshots(*front.pair("2024-08-31"))
    table = areas(front, errors="none").set_index("party")
    for party, status in product(PARTIES, STATUSES):
        expected = table.loc[party, f"{status}_km2"]
        assert km2(found, party, status)[1] == pytest.approx(expected, abs=1e-9)
    assert found.gained_km2("UA") > 0
    series = new_archive(tmp_path / "series", parties=PARTIES)
    for date, each in zip(("2024-08-30", "2024-08-31"), front.pair("2024-08-31"), strict=True):
        series.add(date, each.zones, reason="a day", overlaps="keep")
    step = changes(series).set_index("party")
    for party in PARTIES:
        assert found.gained_km2(party) == pytest.approx(step.loc[party, "gained_km2"], abs=1e-9)
        assert found.lost_km2(party) == pytest.approx(step.loc[party, "lost_km2"], abs=1e-9)


def printed(front, *words):
    done = CliRunner().invoke(app, ["diff", "2024-08-31", "--archive", str(front.root), *words])
    assert done.exception is None, done.output
    return done.stdout


def test_verb_prints_a_row_for_each_zone_source_ground_and_transfer(front):
    found = compare_snapshots(*front.pair("2024-08-31"))
    rows = json.loads(printed(front, "--format", "json"))
    about = [row["about"] for row in rows]
    assert about == sorted(about, key=["zone", "attribute", "source", "ground", "transfer"].index)
    by_name = {row["name"]: row for row in rows if row["about"] == "zone"}
    assert by_name["ru"]["attributes"] == "geometry status"
    assert (by_name["ru"]["from_status"], by_name["ru"]["to_status"]) == ("controlled", "contested")
    assert by_name["ua"]["before_km2"] == pytest.approx(KM2_WEST)
    assert by_name["ua"]["after_km2"] == pytest.approx(KM2_WEST + KM2_MIDDLE)
    ground = {(r["to_party"], r["to_status"]): r for r in rows if r["about"] == "ground"}
    assert ground["UA", "controlled"]["after_km2"] == pytest.approx(km2(found, "UA")[1])
    assert ground["UA", "controlled"]["gained_km2"] == pytest.approx(found.gained_km2("UA"))
    assert ground["UA", "controlled"]["lost_km2"] == pytest.approx(found.lost_km2("UA"))
    assert ground["RU", "contested"]["gained_km2"] is None
    assert ("ZZ", "claimed") not in ground
    moved = {(r["from_party"], r["to_party"]): r for r in rows if r["about"] == "transfer"}
    assert {pair: row["transferred_km2"] for pair, row in moved.items()} == pytest.approx(
        transfers(found)
    )


def test_verb_prints_every_digit_for_programs_and_three_decimals_for_people(front):
    found = compare_snapshots(*front.pair("2024-08-31"))
    rows = list(csv.DictReader(io.StringIO(printed(front, "--format", "csv"))))
    (row,) = [r for r in rows if (r["from_party"], r["about"]) == ("UA", "ground")][:1]
    assert float(row["after_km2"]) == km2(found, "UA")[1]
    text = printed(front)
    assert text.startswith("from ")
    assert f"{km2(found, 'UA')[1]:.3f}" in text
    assert "nan" not in text.lower()


def test_verb_names_added_and_removed_sources(front):
    front.correct("2024-08-31", [party_zone(WEST, "UA", sources=("s1",))], reason="third")
    rows = json.loads(printed(front, "--format", "json"))
    sources = [(r["name"], r["change"]) for r in rows if r["about"] == "source"]
    assert sources == [("s1", "added"), ("isw", "removed")]


def test_a_number_that_python_takes_for_equal_differs():
    one, other = (snapshot(zone(WEST, extra={"x": value})) for value in (1, True))
    assert [found.attributes for found in compare_snapshots(one, other).zones] == [("x",)]
