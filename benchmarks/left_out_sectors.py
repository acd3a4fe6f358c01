"""How far a sector's area lies off where its reports are left out, against the error it states.

Sectors are squares of 20 km. All events of a sector's places are left out, the ground is drafted
from the rest, and its area within the sector is held against that of the draft from all reports.
The error is that of the ground in the sector, whose sides stand still. Beside how often the area
lies within one and two errors stands the interval score (Gneiting and Raftery 2007) at 68 %: twice
the error, and 2/0.32 of what lies beyond it. Errors that are too small and those that are wider
than they need to be both score worse; lower is better.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from benchmarks.left_out_drafts import drafts, period_of
from frontmap.geometry.plane import plane_about
from frontmap.geometry.polygons import polygonal
from frontmap.geometry.uncertainty import CORRELATION_KM, area_uncertainty
from frontmap.measure.area import area_km2

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from benchmarks.left_out_drafts import Record

SECTOR_KM = 20
#: What frontmap took before it was measured, to compare with.
LENGTHS_KM = (5.0, CORRELATION_KM)
SHARE = 0.68


def sectors(record: Record) -> Iterator[tuple[BaseGeometry, list[str]]]:
    """Yield each sector that has reported places, in degrees, and these places."""
    reported, where = record.reported, record.reported_points()
    plane = plane_about(where)
    side = SECTOR_KM * 1000
    cell = np.floor(shapely.get_coordinates(plane.flat(where)) / side)
    for x, y in np.unique(cell, axis=0):
        square = shapely.box(x * side, y * side, (x + 1) * side, (y + 1) * side)
        inside = (cell == (x, y)).all(axis=1)
        yield plane.degrees(square.segmentize(1000)), list(np.array(reported)[inside])


def left_out_areas(record: Record, dates: Sequence[dt.date]) -> pd.DataFrame:
    """Draft each date without each sector's reports.

    One row a sector, date, basis and correlation length: ``off_km2`` and ``error_km2``.
    """
    full = drafts(record, dates)
    border = record.tables.border
    rows = []
    for sector, places in sectors(record):
        still = shapely.union_all([border, sector.boundary])
        for (date, basis), ground in drafts(record.without(places), dates).items():
            inside = polygonal(shapely.intersection(ground.whole, sector))
            if inside.is_empty or (date, basis) not in full:
                continue
            off_km2 = _km2(inside) - _km2(shapely.intersection(full[date, basis].whole, sector))
            for length_km in LENGTHS_KM:
                error = area_uncertainty(inside, ground.outlines, still, correlation_km=length_km)
                if error.error_km2:
                    rows.append((period_of(date), basis, length_km, off_km2, error.error_km2))
    columns = ["period", "basis", "length_km", "off_km2", "error_km2"]
    return pd.DataFrame(rows, columns=columns)


def _km2(ground: BaseGeometry) -> float:
    return float(area_km2([polygonal(ground)])[0])


def coverage(areas: pd.DataFrame, *by: str) -> pd.DataFrame:
    """Say how often areas lie within one and two errors, and how well the errors score."""
    off, error = areas["off_km2"].abs(), areas["error_km2"]
    scored = areas.assign(
        within_1=off <= error,
        within_2=off <= 2 * error,
        score_km2=2 * error + 2 / (1 - SHARE) * (off - error).clip(lower=0),
    )
    found = scored.groupby([*by, "length_km"], sort=False).agg(
        areas=("within_1", "size"),
        within_1=("within_1", "mean"),
        within_2=("within_2", "mean"),
        error_km2=("error_km2", "median"),
        score_km2=("score_km2", "mean"),
    )
    return found.reset_index()


def main(record: Record, dates: Sequence[dt.date]) -> None:
    """Print the coverage of areas by basis and by period."""
    areas = left_out_areas(record, dates)
    print("\nareas of left-out sectors")
    for by in ("basis", "period"):
        print(coverage(areas, by).to_string(index=False, float_format="%.2f"))
