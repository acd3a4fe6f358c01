"""What analysts meet first: an archive by date, its zones as a table, one line for a value."""

from __future__ import annotations

import datetime as dt
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import frontmap
from frontmap.archive import layout
from frontmap.errors import ConflictError, NotFoundError, UsageError
from frontmap.intake.file_zones import read_zones
from frontmap.measure.area import areas
from fronts import LARGE, SMALL, Clock, new_archive, zone

COLUMNS = ["date", "id", "party", "status", "confidence", "accuracy_m", "sources", "note"]


@pytest.fixture(scope="module")
def kursk():
    return frontmap.open("geodata/kursk")


@pytest.fixture
def front(tmp_path):
    clock = Clock("2026-09-01T10:00:00+00:00")
    opened = new_archive(tmp_path / "front", clock)
    first = [zone(SMALL, "a", extra={"name": "Sudzha", "id": "x"}), zone(LARGE, "b", party="RU")]
    opened.add("2024-08-31", first[:1], reason="first")
    opened.add("2024-09-02", [zone(SMALL, "a", sources=("isw", "dw"))], reason="third")
    clock.set("2026-09-05T10:00:00+00:00")
    opened.add("2024-09-01", [], reason="nothing was held")
    return opened


@pytest.mark.parametrize(
    "date",
    ["2024-08-31", dt.date(2024, 8, 31), pd.Timestamp("2024-08-31"), np.datetime64("2024-08-31")],
)
def test_an_archive_is_asked_by_date(front, date):
    assert front[date] == front.as_of("2024-08-31")
    assert date in front


def test_a_date_without_a_snapshot_is_not_in_it(front):
    assert "2024-08-30" not in front
    with pytest.raises(NotFoundError, match="no snapshot of 2024-08-30"):
        front["2024-08-30"]
    with pytest.raises(UsageError, match="'yesterday' is not a date"):
        front["yesterday"]


def test_what_is_no_date_is_not_in_it(front):
    assert "foo" not in front
    assert 20240831 not in front


def test_a_withdrawn_date_is_not_in_it(front):
    front.withdraw("2024-09-01", reason="the source took it back")
    assert "2024-09-01" not in front
    assert len(front) == 2


def test_its_length_is_that_of_its_dates_and_it_yields_its_snapshots_in_order(front):
    assert len(front) == len(front.dates) == 3
    assert [snapshot.date for snapshot in front] == list(front.dates)


def test_an_archive_without_a_date_is_an_archive(tmp_path):
    empty = new_archive(tmp_path / "front")
    assert empty
    assert len(empty) == 0
    assert list(empty) == []
    assert list(empty.to_geodataframe().columns) == [*COLUMNS, "geometry"]


def test_several_snapshots_of_a_day_are_one_date_and_each_is_read(tmp_path):
    opened = new_archive(tmp_path / "front")
    for hour in (6, 18):
        instant = dt.datetime(2024, 8, 31, hour, tzinfo=dt.UTC)
        opened.add("2024-08-31", [zone(SMALL)], reason="as published", published=instant)
    assert len(opened) == 1
    assert [s.revision.published.hour for s in opened] == [6, 18]
    assert opened.to_geodataframe()["published"].dt.hour.tolist() == [6, 18]


def test_zones_become_a_table_with_typed_dates_in_degrees(front):
    table = front.to_geodataframe()
    assert isinstance(table, gpd.GeoDataFrame)
    assert list(table.columns) == [*COLUMNS, "extra_id", "name", "geometry"]
    assert table.crs == "EPSG:4326"
    assert table["date"].dtype == "datetime64[us]"
    assert table["date"].dt.date.tolist() == [dt.date(2024, 8, 31), dt.date(2024, 9, 2)]
    assert table["sources"].tolist() == ["isw", "dw isw"]
    assert table["name"].fillna("").tolist() == ["Sudzha", ""]
    assert table["extra_id"].iloc[0] == "x"
    assert table.geometry.iloc[0].equals(SMALL)


def test_a_table_of_some_dates_has_those_and_no_others(front):
    assert front.to_geodataframe("2024-09-02")["date"].dt.day.tolist() == [2]
    assert front.to_geodataframe(pd.DatetimeIndex(["2024-09-02", "2024-08-31"]))[
        "date"
    ].dt.day.tolist() == [2, 31]
    with pytest.raises(NotFoundError):
        front.to_geodataframe("2024-09-03")


def test_a_table_says_whose_it_is_and_when_it_was_recorded(front):
    own = front["2024-08-31"].to_geodataframe()
    assert own.attrs == {
        "maker": "us",
        "license": "CC0-1.0",
        "digest": front["2024-08-31"].digest,
        "recorded": "2026-09-01T10:00:00Z",
    }
    assert front.to_geodataframe().attrs == {**own.attrs, "digest": front.digest}


def test_a_table_is_as_the_archive_knew_it(front):
    front.correct("2024-08-31", [zone(LARGE)], reason="more is held")
    known = "2026-09-02"
    before, after = front.to_geodataframe("2024-08-31", known=known), front.to_geodataframe()
    assert before.geometry.iloc[0].equals(SMALL)
    assert after.geometry.iloc[0].equals(LARGE)
    assert before.attrs["digest"] == front.digest_at(known) != after.attrs["digest"]


def test_a_table_written_by_geopandas_is_read_back(front, tmp_path):
    table = front["2024-09-02"].to_geodataframe()
    table.to_file(tmp_path / "zones.geojson")
    found = read_zones(tmp_path / "zones.geojson", date=dt.date(2024, 9, 2))
    assert found.zones == front["2024-09-02"].zones


def test_a_table_of_zones_joins_a_table_of_areas(kursk):
    zones, table = (
        kursk.to_geodataframe("2024-08-31"),
        areas(kursk, dates="2024-08-31", errors="none"),
    )
    joined = zones.merge(table.assign(date=pd.to_datetime(table["date"])), on=["date", "party"])
    assert len(joined) == len(zones)


def test_the_snapshot_before_each_date_is_joined_with_dates_that_were_parsed(kursk):
    mine = pd.DataFrame({"date": pd.to_datetime(["2024-08-29", "2024-08-31"])})
    joined = pd.merge_asof(mine, frontmap.areas(kursk, errors="none"), on="date")
    assert joined["controlled_km2"].notna().all()


def test_paths_are_text_or_paths(front, tmp_path):
    path = tmp_path / "zones.geojson"
    front["2024-09-02"].to_geodataframe().drop(columns="date").to_file(path)
    assert frontmap.open(str(front.root)).about == frontmap.open(front.root).about
    front.add("2024-09-04", str(path), reason="from a text")
    front.add("2024-09-05", path, reason="from a path")
    assert front["2024-09-04"].zones == front["2024-09-05"].zones


def values(archive) -> dict[str, Any]:
    snapshot = archive["2024-08-31"]
    return {
        "archive": archive,
        "about": archive.about,
        "snapshot": snapshot,
        "revision": snapshot.revision,
        "zone": snapshot.zones[0],
        "theatre": archive.about.theatre,
    }


@pytest.mark.parametrize("what", ["archive", "about", "snapshot", "revision", "zone", "theatre"])
def test_a_value_is_shown_in_one_short_line(kursk, what):
    line = repr(values(kursk)[what])
    assert line.isprintable()
    assert len(line) < 160


def test_what_is_shown_tells_values_apart(front):
    assert repr(front) == f"<Archive {str(front.root)!r}: 'A front' by 'us'>"
    assert repr(front.about) == "<About 'A front' by 'us', CC0-1.0>"
    assert repr(front["2024-08-31"]).startswith("<Snapshot 2024-08-31: 1 zone by 'us', digest ")
    assert repr(front["2024-08-31"].zones[0]) == (
        "<Zone 'a': 'UA' 'controlled', medium confidence, within 1000 m>"
    )
    assert repr(front.revisions()[0]).endswith(" by 'us', recorded 2026-09-01T10:00:00Z>")


def test_showing_an_archive_reads_nothing(front):
    (front.root / "archive.json").unlink()
    assert "A front" in repr(front)


def test_a_fork_is_named_whichever_way_one_asks(tmp_path):
    opened = new_archive(tmp_path / "front")
    opened.add("2024-08-31", [zone(SMALL)], reason="first")
    first = opened.revisions()[0]
    aside = (layout.revision_path(opened.root, first), tmp_path / "aside")
    aside[0].rename(aside[1])
    layout.copy_path(opened.root, first).unlink()
    opened.add("2024-08-31", [zone(LARGE)], reason="second")
    aside[1].rename(aside[0])
    for ask in (lambda: opened["2024-08-31"], lambda: "2024-08-31" in opened, lambda: len(opened)):
        with pytest.raises(ConflictError, match="2 revisions in force"):
            ask()
