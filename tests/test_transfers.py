"""Between parties: laws for two to five of them, on cells whose holders are plain to see."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box
from typer.testing import CliRunner

from frontmap.cli import app
from frontmap.errors import UsageError
from frontmap.geometry.changed import ground_changes, held_faces
from frontmap.geometry.counted_once import STATUSES_OF, counted_km2, pieces
from frontmap.geometry.exact_area import METHOD
from frontmap.measure.area import area_km2
from frontmap.measure.change import changes
from frontmap.measure.transferred import COLUMNS, transfers, transfers_of
from frontmap.model import STATUSES
from fronts import new_archive, snapshot, zone

PARTIES = ("AA", "BB", "CC", "DD", "EE")
BASES = tuple(STATUSES_OF)
SIDE = range(3)
CELLS = {
    (x, y): box(35 + x / 10, 51 + y / 10, 35.1 + x / 10, 51.1 + y / 10) for x in SIDE for y in SIDE
}
KM2 = dict(zip(CELLS, area_km2([*CELLS.values()]), strict=True))


@st.composite
def situations(draw, parties, most=6):
    """Blocks of cells as zones of any party and status, over each other as they like."""
    zones = []
    for number in range(draw(st.integers(0, most))):
        (west, east), (south, north) = (
            sorted(draw(st.tuples(st.sampled_from(SIDE), st.sampled_from(SIDE)))) for _ in "xy"
        )
        cells = [cell for cell in CELLS if west <= cell[0] <= east and south <= cell[1] <= north]
        ground = box(35 + west / 10, 51 + south / 10, 35.1 + east / 10, 51.1 + north / 10)
        party, status = draw(st.sampled_from(parties)), draw(st.sampled_from(STATUSES))
        zones.append((cells, zone(ground, f"z{number}", party=party, status=status)))
    return zones


PAIRS = st.integers(2, 5).flatmap(
    lambda n: st.tuples(st.just(PARTIES[:n]), situations(PARTIES[:n]), situations(PARTIES[:n]))
)


def counted(situation, cell):
    """Who has a cell, by status, by the counting rule: sets of parties."""
    over = {
        status: {z.party for cells, z in situation if cell in cells and z.status == status}
        for status in STATUSES
    }
    if over["contested"] or len(over["controlled"]) > 1:
        return {**over, "controlled": set(), "contested": over["controlled"] | over["contested"]}
    return over


def holders(situation, cell, basis):
    return set().union(*(counted(situation, cell)[status] for status in STATUSES_OF[basis]))


def zones_of(situation):
    return [zone for _, zone in situation]


@given(PAIRS)
def test_ground_of_any_parties_over_each_other_is_counted_by_one_rule(drawn):
    parties, situation, _ = drawn
    parts = pieces(snapshot(*zones_of(situation)))
    for party in parties:
        for status in STATUSES:
            expected = sum(KM2[cell] for cell in CELLS if party in counted(situation, cell)[status])
            assert counted_km2(parts, status, party=party) == pytest.approx(expected, abs=1e-6)


@given(PAIRS, st.sampled_from(BASES))
def test_ground_passes_in_equal_shares_from_each_who_loses_it_to_each_who_gains_it(drawn, basis):
    parties, before, after = drawn
    expected: Counter[tuple[str, str]] = Counter()
    for cell in CELLS:
        was, now = (holders(each, cell, basis) for each in (before, after))
        losers, gainers = sorted(was - now), sorted(now - was)
        most = max(len(losers), len(gainers))
        losers += [""] * (most - len(losers))
        gainers += [""] * (most - len(gainers))
        for giver in losers:
            for taker in gainers:
                expected[giver, taker] += KM2[cell] / most
    faces = held_faces(zones_of(before), zones_of(after), parties, basis)
    found = {(giver, taker): km2 for giver, taker, km2 in transfers_of(faces, parties)}
    assert found == pytest.approx(dict(expected), abs=1e-6)


@given(PAIRS, st.sampled_from(BASES))
def test_what_a_party_gained_and_lost_is_the_sum_of_what_passed_to_it_and_from_it(drawn, basis):
    parties, before, after = (drawn[0], *map(zones_of, drawn[1:]))
    there, back = (
        {(a, b): km2 for a, b, km2 in transfers_of(held_faces(*pair, parties, basis), parties)}
        for pair in ((before, after), (after, before))
    )
    assert there == pytest.approx({(b, a): km2 for (a, b), km2 in back.items()}, abs=1e-6)
    changed = ground_changes(before, after, parties, basis)
    for party in parties:
        gained = sum(km2 for (_, taker), km2 in there.items() if taker == party)
        lost = sum(km2 for (giver, _), km2 in there.items() if giver == party)
        assert gained == pytest.approx(area_km2(changed[party].gained).sum(), abs=1e-9)
        assert lost == pytest.approx(area_km2(changed[party].lost).sum(), abs=1e-9)
    assert all(giver != taker and km2 > 0 for (giver, taker), km2 in there.items())


@pytest.fixture
def front(tmp_path):
    """Two contest what a third then takes; later the first and the third trade a cell each."""
    made = new_archive(tmp_path / "front", parties={p: {"name_en": p} for p in PARTIES})
    left, right, both = CELLS[0, 0], CELLS[1, 0], box(35, 51, 35.2, 51.1)
    made.add(
        "2024-08-10",
        [
            zone(left, "a", party="AA", status="contested"),
            zone(left, "b", party="BB", status="contested"),
            zone(right, "c", party="CC"),
        ],
        reason="first",
        overlaps="keep",
    )
    made.add("2024-08-12", [zone(both, "c", party="CC")], reason="second")
    made.add(
        "2024-08-16", [zone(left, "c", party="CC"), zone(right, "a", party="AA")], reason="third"
    )
    return made


def test_every_step_has_a_row_for_each_transfer(front):
    table = transfers(front, basis="held")
    assert tuple(table.columns) == COLUMNS
    rows = table[["days", "from_party", "to_party"]].to_numpy().tolist()
    assert rows == [[2, "AA", ""], [2, "AA", "CC"], [2, "BB", ""], [2, "BB", "CC"], [4, "CC", "AA"]]
    half, right = KM2[0, 0] / 2, KM2[1, 0]
    assert table["transferred_km2"].tolist() == pytest.approx([half] * 4 + [right])
    assert table["transferred_km2_per_day"].tolist() == pytest.approx([half / 2] * 4 + [right / 4])
    assert (set(table["maker"]), set(table["basis"]), set(table["method"])) == (
        {"us"},
        {"held"},
        {METHOD},
    )
    assert transfers(front)["from_party"].tolist() == ["", "CC"]


@pytest.mark.parametrize("basis", BASES)
def test_the_table_of_transfers_adds_up_to_that_of_changes(front, basis):
    passed, changed = transfers(front, basis=basis), changes(front, basis=basis)
    assert len(changed)
    for row in changed.itertuples():
        step = passed[passed["to_digest"] == row.to_digest]
        gained = step.loc[step["to_party"] == row.party, "transferred_km2"].sum()
        lost = step.loc[step["from_party"] == row.party, "transferred_km2"].sum()
        assert (gained, lost) == pytest.approx((row.gained_km2, row.lost_km2), abs=1e-9)


def run(front, *words):
    return CliRunner().invoke(app, [*words, "--archive", str(front.root)])


def test_change_prints_the_transfers(front):
    done = run(front, "change", "--by", "transfer", "--basis", "held", "--format", "json")
    rows = json.loads(done.stdout)
    assert [(row["from_party"], row["to_party"]) for row in rows][-2:] == [
        ("BB", "CC"),
        ("CC", "AA"),
    ]
    printed = run(front, "change", "2024-08-12", "2024-08-16", "--by", "transfer").stdout
    assert f"{KM2[1, 0]:.1f}" in printed


def test_a_map_of_transfers_is_refused(front):
    done = run(
        front, "change", "2024-08-10", "2024-08-12", "--by", "transfer", "--format", "geojson"
    )
    assert isinstance(done.exception, UsageError)
