"""What a type checker tells those who use frontmap; mypy reads this file in ``make lint``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, assert_type

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

import frontmap

if TYPE_CHECKING:
    from pathlib import Path

DAYS = [dt.date(2024, 8, 28), dt.date(2024, 8, 31)]


def test_an_archive_and_what_it_holds_are_typed(tmp_path: Path) -> None:
    box = (34.0, 50.0, 38.0, 53.0)
    front = frontmap.init(
        tmp_path, title="A front", maker="us", license="CC0-1.0", bbox=box, parties={"UA": {}}
    )
    assert_type(front, frontmap.Archive)
    assert_type(frontmap.open(str(tmp_path)), frontmap.Archive)
    assert_type(front.about, frontmap.About)
    assert_type(front.dates, tuple[dt.date, ...])
    assert_type(front.add("2024-08-31", [], reason="nothing was held"), frontmap.Revision)
    assert_type(front["2024-08-31"], frontmap.Snapshot)
    assert_type([snapshot.zones for snapshot in front], list[tuple[frontmap.Zone, ...]])
    assert_type(frontmap.check_archive(front), tuple[frontmap.Finding, ...])


def test_measures_take_one_date_or_many_of_any_kind_and_give_tables() -> None:
    kursk = frontmap.open("geodata/kursk")
    assert_type(frontmap.areas(kursk, dates="2024-08-31", errors="none"), pd.DataFrame)
    assert_type(frontmap.areas(kursk, dates=DAYS[0], errors="none"), pd.DataFrame)
    assert_type(frontmap.areas(kursk, dates=pd.DatetimeIndex(DAYS), errors="none"), pd.DataFrame)
    assert_type(frontmap.changes(kursk, dates=np.array(DAYS, "datetime64[D]")), pd.DataFrame)
    assert_type(frontmap.days_held(kursk, dates=pd.Series(DAYS)), GeoDataFrame)


def test_a_wrong_word_is_refused_before_it_runs() -> None:
    if TYPE_CHECKING:
        kursk = frontmap.open("geodata/kursk")
        frontmap.areas(kursk, fill="next")  # type: ignore[arg-type]
        frontmap.areas("geodata/kursk")  # type: ignore[arg-type]
        kursk.as_of(20240831)  # type: ignore[arg-type]
        frontmap.area  # type: ignore[attr-defined]  # noqa: B018
