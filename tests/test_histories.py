"""Ground by its history says of any two snapshots what measuring those two says."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

import frontmap
from frontmap.geometry.changed import ground_changes
from frontmap.measure.area import area_km2
from frontmap.measure.cache.folder import cache_folder
from frontmap.measure.change_histories import (
    gained_and_lost_km2,
    ground_histories,
    known_histories,
)
from frontmap.model import Revision, Snapshot
from fronts import grounds, zone

KURSK = Path(__file__).parents[1] / "geodata" / "kursk"
TENTH_KM2 = 1e-4


def series(*days, makers=None):
    return [
        Snapshot(
            Revision(
                date=dt.date(2024, 8, 1) + dt.timedelta(number),
                recorded=dt.datetime(2026, 9, 1, tzinfo=dt.UTC),
                kind="snapshot",
                maker=makers[number] if makers else "us",
                author="us",
                license="CC0-1.0",
                reason="for this test",
                digest=f"{number:064x}",
            ),
            tuple(zones),
        )
        for number, zones in enumerate(days)
    ]


def strip(west, east, name="a", status="controlled"):
    return zone(box(west, 51, east, 52), name, status=status)


def measured(one, other, party="UA"):
    moved = ground_changes(one.zones, other.zones, [party], "controlled")[party]
    return tuple(float(area_km2(faces).sum()) for faces in (moved.gained, moved.lost))


def assert_every_two_agree(snapshots):
    history = ground_histories(snapshots, ["UA"])["UA"]
    for (start, one), (end, other) in combinations(enumerate(snapshots), 2):
        found = gained_and_lost_km2(history, start, end)
        assert found == pytest.approx(measured(one, other), abs=TENTH_KM2)


@pytest.mark.parametrize(
    ("days", "histories"),
    [
        ([[strip(35, 36)], [strip(35, 36)]], []),
        ([[strip(35, 36)], [strip(35, 37)]], [(False, (1,))]),
        ([[strip(35, 37)], [strip(35, 36)], [strip(35, 37)]], [(True, (1, 2))]),
        ([[], [strip(35, 36)], []], [(False, (1, 2))]),
        ([[strip(35, 36)], [strip(36, 37)]], [(False, (1,)), (True, (1,))]),
        ([[strip(35, 37)], [strip(35, 37), strip(36, 37, "b", "contested")]], [(True, (1,))]),
        ([[strip(35, 36)], [strip(35, 36, status="claimed")]], [(True, (1,))]),
    ],
)
def test_ground_is_told_apart_by_when_it_changed_hands(days, histories):
    found = ground_histories(series(*days), ["UA"])["UA"]
    assert [(ground.held_first, ground.changed_at) for ground in found] == histories


@given(st.lists(st.lists(grounds(), max_size=2), min_size=2, max_size=5))
def test_any_two_snapshots_agree_with_their_own_overlay(days):
    named = [[zone(g, f"z{n}") for n, g in enumerate(ground)] for ground in days]
    assert_every_two_agree(series(*named))


def test_any_two_snapshots_of_the_shipped_archive_agree_with_their_own_overlay():
    assert_every_two_agree(list(frontmap.open(KURSK).snapshots())[::7])


def test_ground_between_two_makers_is_not_compared():
    days = [[strip(35, 36)], [strip(35, 37)], [strip(35, 38)], [strip(35, 39)]]
    found = ground_histories(series(*days, makers="aabb"), ["UA"])["UA"]
    assert [ground.changed_at for ground in found] == [(1,), (3,)]


def test_faces_that_are_kept_give_the_same_histories(tmp_path):
    days = [[strip(35, 36)], [strip(35, 37)], [], [strip(35, 38)]]
    first, again, more = (
        ground_histories(series(*found), ["UA"], root=tmp_path)
        for found in (days[:3], days[:3], days)
    )
    assert first == again
    assert more == ground_histories(series(*days), ["UA"])


def test_histories_are_known_of_the_very_series_alone(tmp_path):
    days = series([strip(35, 36)], [strip(35, 37)], [])
    found = ground_histories(days, ["UA"], root=tmp_path)
    assert known_histories(days, ["UA"], root=tmp_path) == found
    for other in (days[:2], days[1:], days[::-1]):
        assert known_histories(other, ["UA"], root=tmp_path) is None
    assert known_histories(days, ["UA", "RU"], root=tmp_path) is None
    assert known_histories(days, ["UA"], "held", root=tmp_path) is None


def test_damaged_faces_are_found_anew(tmp_path):
    days = [[strip(35, 36)], [strip(35, 37)], []]
    first = ground_histories(series(*days), ["UA"], root=tmp_path)
    for name in ("changes-controlled.json", "histories-controlled.json"):
        path = cache_folder(tmp_path).path / name
        path.write_bytes(path.read_bytes()[:-60])
    assert ground_histories(series(*days), ["UA"], root=tmp_path) == first


def test_snapshots_without_a_digest_are_not_taken_for_each_other(tmp_path):
    days = [[strip(35, 36)], [strip(35, 37)], []]
    unrecorded = [replace(s, revision=replace(s.revision, digest="")) for s in series(*days)]
    for root in (None, tmp_path, tmp_path):
        found = ground_histories(unrecorded, ["UA"], root=root)
        assert found == ground_histories(series(*days), ["UA"])
