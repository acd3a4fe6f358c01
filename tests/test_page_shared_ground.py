"""Ground that several parties hold at once is on the page as what it counts as: contested."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box, union_all

from frontmap.model import STATUSES
from frontmap.page.payload.gather import gather_payload
from frontmap.page.payload.held_by_several import shared_ground
from frontmap.page.payload.pack import unpacked
from fronts import Clock, new_archive, zone

PARTIES = ("GOV", "REB", "NSF", "UN", "X")
places = st.integers(0, 12)
boxes = st.builds(
    lambda west, south, wide, high: box(
        35 + west / 10, 50 + south / 10, 35 + (west + wide) / 10, 50 + (south + high) / 10
    ),
    places,
    places,
    st.integers(1, 8),
    st.integers(1, 8),
)
held = st.lists(st.tuples(boxes, st.sampled_from(PARTIES), st.sampled_from(STATUSES)), max_size=9)


@given(held)
def test_it_is_what_a_party_and_another_have_and_each_spot_of_it_once(grounds):
    zones = [
        zone(ground, f"z{n}", party=party, status=status)
        for n, (ground, party, status) in enumerate(grounds)
    ]
    found = shared_ground(zones)
    for party in PARTIES:
        own, others = (
            union_all([z.geometry for z in zones if z.status != "claimed" and test(z.party)])
            for test in (party.__eq__, party.__ne__)
        )
        shown = [ground for parties, ground in found.items() if party in parties]
        assert sum(ground.area for ground in shown) == pytest.approx(
            own.intersection(others).area, abs=1e-6
        )
        assert union_all(shown).area == pytest.approx(sum(g.area for g in shown), abs=1e-6)


def test_a_page_has_it_for_the_dates_on_which_it_is_so(tmp_path):
    made = new_archive(tmp_path / "front", Clock())
    ours, theirs = zone(box(35, 51, 35.4, 51.4)), box(35.3, 51, 35.6, 51.4)
    for date, others in (
        ("2024-08-10", []),
        ("2024-08-12", [zone(theirs, "b", party="RU")]),
        ("2024-08-14", [zone(theirs, "b", party="RU")]),
        ("2024-08-16", [zone(theirs, "b", party="RU", status="claimed")]),
    ):
        made.add(date, [ours, *others], reason="for this test", overlaps="keep")
    payload = gather_payload(made)
    shared = payload["shared"]
    assert (shared["parties"], shared["begin"], shared["end"]) == (["RU UA"], [1], [3])
    shapes = unpacked(payload["geo"], payload["vertices"]).shapes
    assert shapes[shared["shape"][0]].equals(box(35.3, 51, 35.4, 51.4))
