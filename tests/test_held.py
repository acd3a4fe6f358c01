"""Days held, spot by spot."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from shapely import box, union_all
from typer.testing import CliRunner

import frontmap
from frontmap import archive
from frontmap.cli import app
from frontmap.errors import UsageError
from frontmap.measure.area import area_km2, areas
from frontmap.measure.held_days import days_held
from frontmap.model import Zone
from fronts import new_archive

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
WEST, EAST, FAR = box(35, 51, 35.2, 51.2), box(35.2, 51, 35.4, 51.2), box(35.4, 51, 35.6, 51.2)
KM2 = dict(zip("abc", area_km2([WEST, EAST, FAR]), strict=True))


def zones(*grounds, status="controlled"):
    return [
        Zone(
            id=f"{status}-{n}",
            party="UA",
            status=status,
            geometry=ground,
            sources=("s",),
            confidence="medium",
            accuracy_m=500.0,
        )
        for n, ground in enumerate(grounds)
    ]


@pytest.fixture
def front(tmp_path):
    opened = new_archive(tmp_path / "front")
    opened.add("2024-08-10", zones(WEST), reason="first")
    opened.add("2024-08-13", zones(WEST, EAST), reason="advance")
    opened.add("2024-08-23", zones(union_all([EAST, FAR])), reason="shift")
    return opened


def test_each_spot_has_the_days_that_its_snapshots_stood(front):
    spots = days_held(front)
    assert spots["days"].tolist() == [1, 11, 13]
    assert spots["area_km2"].tolist() == pytest.approx([KM2["c"], KM2["b"], KM2["a"]])
    assert spots.geometry[1].equals(EAST)
    assert spots["first_date"].dt.date.tolist()[1] == dt.date(2024, 8, 13)
    assert spots["last_date"].dt.date.tolist()[1] == dt.date(2024, 8, 23)
    assert spots["snapshots"].tolist() == [1, 2, 2]


def test_gap_is_counted_for_nobody_when_so_asked(front):
    assert days_held(front, longest_days=5)["days"].tolist() == [1, 6, 8]


def test_days_times_area_are_those_of_the_series():
    kursk = archive.open_archive("geodata/kursk")
    table = areas(kursk, errors="none")
    gaps = [(b - a).days for a, b in zip(table["date"], table["date"][1:], strict=False)]
    assert table["party"].nunique() == 1
    spots = days_held(kursk)
    total = (spots["days"] * spots["area_km2"]).sum()
    assert total == pytest.approx((table["controlled_km2"] * [*gaps, 1]).sum(), abs=1e-6)


def test_nothing_held_is_an_empty_layer(tmp_path):
    opened = new_archive(tmp_path / "none")
    opened.add("2024-08-10", [], reason="nothing is held")
    assert days_held(opened).empty


def printed(*words):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_verb_prints_a_table_and_a_map(front):
    spots = json.loads(printed("held", "--archive", front.root, "--format", "geojson"))
    assert [f["properties"]["days"] for f in spots["features"]] == [1, 11, 13]
    assert f"{KM2['a']:.1f}" in printed("held", "--archive", front.root)


def test_a_snapshot_is_in_force_for_a_day_at_least():
    with pytest.raises(UsageError, match="1 or more"):
        days_held(frontmap.open("geodata/kursk"), longest_days=0)
