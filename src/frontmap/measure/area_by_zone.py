"""How much ground each zone has: as it is drawn, and what of it counts."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from frontmap.geometry.counted_once import PieceCache, pieces
from frontmap.geometry.geodesic import geodesic_difference_km2
from frontmap.geometry.uncertainty import Outline, Uncertainty
from frontmap.measure.area import area_km2
from frontmap.measure.area_columns import GEODESIC, HEAD, TAIL, in_order, provenance, with_columns
from frontmap.measure.area_errors import cached_uncertainty
from frontmap.measure.date_columns import with_typed_dates
from frontmap.measure.timeline import answers, border_of, require
from frontmap.parallel import map_batches

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from shapely.geometry.base import BaseGeometry

    from frontmap.archive import Archive
    from frontmap.dates import DatesLike
    from frontmap.measure.timeline import Answer, Known
    from frontmap.model import Edges, Errors, Fill, Per

COLUMNS = (*HEAD, "zone", "status", "area_km2", "counted_km2", "accuracy_m", *TAIL)


def zone_areas(  # noqa: PLR0913  independent choices, all but the first keyword-only
    archive: Archive,
    *,
    dates: DatesLike | None = None,
    known: Known = None,
    fill: Fill = "none",
    per: Per = "date",
    errors: Errors = "estimate",
    edges: Edges = "straight",
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Measure each zone on each date, with its error.

    Parameters
    ----------
    archive, dates, known, fill, per, errors, edges, executor
        As :func:`frontmap.measure.area.areas`.

    Returns
    -------
    pandas.DataFrame
        One row per date and zone, ordered by date, then party, then zone: ``area_km2`` of the zone
        as drawn, on the WGS 84 ellipsoid; ``counted_km2``, what of it counts under its own status
        (:mod:`frontmap.geometry.counted_once`); its ``accuracy_m``; ``error_km2`` and ``bound_km2``
        of the zone as drawn. The other columns are those of :func:`frontmap.measure.area.areas`.

    Raises
    ------
    NotFoundError, ConflictError
        As ``Archive.as_of``.
    UsageError
        ``archive`` is not an open archive, or a word is none of the choices.

    Examples
    --------
    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> zones = frontmap.zone_areas(kursk, dates="2024-08-12", errors="none")
    >>> bool((zones["counted_km2"] <= zones["area_km2"] + 1e-9).all())
    True
    """
    require(archive, errors=errors, edges=edges)
    found = in_order(answers(archive, dates, known=known, fill=fill, per=per))
    work = partial(_measured, archive, None if errors == "none" else border_of(archive), errors)
    rows = map_batches(work, found, executor=executor)
    columns = with_columns(COLUMNS, per=per, edges=edges)
    return with_typed_dates(pd.DataFrame(rows, columns=columns))


def _measured(
    archive: Archive, border: BaseGeometry | None, errors: Errors, batch: Sequence[Answer]
) -> list[dict[str, Any]]:
    cache, uncertainty = PieceCache(), cached_uncertainty(border)
    rows = []
    snapshots = archive.read_each(answer.revision for answer in batch)
    for answer, snapshot in zip(batch, snapshots, strict=True):
        parts = pieces(snapshot, cache)
        for zone in sorted(snapshot.zones, key=lambda zone: zone.party):
            own = [p.geometry for p in parts if p.zone is zone and p.status == zone.status]
            found = (
                Uncertainty(math.nan, math.nan)
                if errors == "none"
                else uncertainty((Outline(zone.geometry, zone.accuracy_m),))
            )
            row = provenance(answer) | {"party": zone.party, "zone": zone.id}
            row |= {"status": zone.status, "accuracy_m": zone.accuracy_m}
            row |= {
                "area_km2": float(area_km2([zone.geometry])[0]),
                "counted_km2": float(area_km2(own).sum()),
                GEODESIC: float(geodesic_difference_km2([zone.geometry])[0]),
            }
            rows.append(row | found._asdict())
    return rows
