"""How much ground: the area of zones on the ellipsoid, and the table of a whole archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from frontmap.geometry import polygon_areas_km2
from frontmap.ground import merged, pieces
from frontmap.model import STATUSES, By, Status
from frontmap.timeline import answers, border_of
from frontmap.uncertainty import CORRELATION_KM, Outline, Uncertainty, area_uncertainty

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from frontmap.archive import Archive
    from frontmap.geometry import Geometries
    from frontmap.ground import Piece
    from frontmap.model import Fill, Per
    from frontmap.timeline import Answer, Known

METHOD = "WGS 84 ellipsoid, edges straight in lon/lat"
_HEAD = ("date", "maker", "party")
_TAIL = ("error_km2", "bound_km2", "age_days", "digest", "method")
COLUMNS: dict[By, tuple[str, ...]] = {
    "party": (*_HEAD, "controlled_km2", "contested_km2", "claimed_km2", *_TAIL),
    "status": (*_HEAD, "status", "area_km2", *_TAIL),
    "zone": (*_HEAD, "zone", "status", "area_km2", "counted_km2", "accuracy_m", *_TAIL),
}


def area_km2(zones: Geometries) -> NDArray[np.float64]:
    """Area on the WGS 84 ellipsoid of each polygon (edges straight in lon/lat, RFC 7946).

    ``zones`` is an array, a list or a GeoSeries of polygons and multipolygons in EPSG:4326; the
    result is a float64 array of the same shape in square kilometres, 0.0 where a geometry is empty
    or missing. Overlapping polygons each count in full: see :func:`areas` for ground counted once.
    Raises InputError as :func:`frontmap.geometry.polygon_areas_km2`, where the method is.

    >>> from shapely import MultiPolygon, box
    >>> area_km2([box(36, 48, 37, 49), MultiPolygon()]).round(1)
    array([8217.7,    0. ])
    """
    return polygon_areas_km2(zones)


def areas(  # noqa: PLR0913  independent choices, all but the first keyword-only
    archive: Archive,
    *,
    by: By = "party",
    dates: Iterable[dt.date | str] | None = None,
    known: Known = None,
    fill: Fill = "none",
    per: Per = "date",
    correlation_km: float = CORRELATION_KM,
) -> pd.DataFrame:
    """Measure the ground of each party on each date, with its error.

    Parameters
    ----------
    archive
        What ``frontmap.open`` returns.
    by
        - ``"party"``: one row per date and party: ``controlled_km2``, ``contested_km2``,
          ``claimed_km2``.
        - ``"status"``: one row per date, party and status: ``area_km2``.
        - ``"zone"``: one row per zone: ``area_km2`` of the zone as drawn, ``counted_km2`` what of
          it counts under its status, its ``accuracy_m``.
    dates, known, fill, per
        As :func:`frontmap.timeline.answers`. With ``per="snapshot"`` the table has the column
        ``published``, the maker's instant, after ``date``.
    correlation_km
        Stretches of line further apart than this err independently.

    Returns
    -------
    pandas.DataFrame
        Ordered by date, then party (then status or zone). ``date`` is a ``datetime.date``; areas
        are in square kilometres on the WGS 84 ellipsoid; ``age_days`` is how much older than
        ``date`` the snapshot is; ``digest`` says which revision was measured. Ground counts once
        (:mod:`frontmap.ground`): contested before controlled, opposite controls are contested for
        both, claimed ground apart. What can be called held lies between ``controlled_km2`` and
        ``controlled_km2 + contested_km2``; by party, ``error_km2`` (one standard deviation) and
        ``bound_km2`` (worst case) hold for both ends of that range: the greater of the two. A
        party that the series names and a snapshot doesn't has 0.0 there.

    Raises
    ------
    NotFoundError, ConflictError
        As ``Archive.as_of``.

    See Also
    --------
    frontmap.uncertainty.area_uncertainty : the rule behind the error and the bound.

    Examples
    --------
    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> list(areas(kursk).columns[:6])
    ['date', 'maker', 'party', 'controlled_km2', 'contested_km2', 'claimed_km2']
    """
    found = list(answers(archive, dates, known=known, fill=fill, per=per))
    parties = sorted({zone.party for answer in found for zone in answer.snapshot.zones})
    border = border_of(archive)
    rows = [
        _identity(answer, per) | row
        for answer in found
        for row in _ROWS[by](pieces(answer.snapshot), answer, parties, border, correlation_km)
    ]
    columns = [*COLUMNS[by]]
    if per == "snapshot":
        columns.insert(1, "published")
    return pd.DataFrame(rows, columns=columns)


def _identity(answer: Answer, per: Per) -> dict[str, Any]:
    revision = answer.snapshot.revision
    published = {"published": revision.published} if per == "snapshot" else {}
    return published | {
        "date": answer.date,
        "maker": revision.maker,
        "age_days": answer.age_days,
        "digest": revision.digest,
        "method": METHOD,
    }


def _party_rows(
    parts: Sequence[Piece],
    _: Answer,
    parties: Sequence[str],
    border: BaseGeometry | None,
    correlation_km: float,
) -> Iterator[dict[str, Any]]:
    for party in parties:
        sums = {f"{status}_km2": _counted_km2(parts, party, status) for status in STATUSES}
        ends = [
            _uncertainty(parts, party, statuses, border, correlation_km)
            for statuses in (("controlled",), ("controlled", "contested"))
        ]
        worst = (max(end.error_km2 for end in ends), max(end.bound_km2 for end in ends))
        yield {"party": party} | sums | Uncertainty(*worst)._asdict()


def _status_rows(
    parts: Sequence[Piece],
    _: Answer,
    parties: Sequence[str],
    border: BaseGeometry | None,
    correlation_km: float,
) -> Iterator[dict[str, Any]]:
    for party in parties:
        for status in STATUSES:
            named = {"party": party, "status": status}
            counted = {"area_km2": _counted_km2(parts, party, status)}
            yield (
                named
                | counted
                | _uncertainty(parts, party, (status,), border, correlation_km)._asdict()
            )


def _zone_rows(
    parts: Sequence[Piece],
    answer: Answer,
    _: Sequence[str],
    border: BaseGeometry | None,
    correlation_km: float,
) -> Iterator[dict[str, Any]]:
    for zone in sorted(answer.snapshot.zones, key=lambda zone: (zone.party, zone.id)):
        own = [p.geometry for p in parts if p.zone is zone and p.status == zone.status]
        outline = Outline(zone.geometry, zone.accuracy_m)
        yield {
            "party": zone.party,
            "zone": zone.id,
            "status": zone.status,
            "area_km2": float(area_km2([zone.geometry])[0]),
            "counted_km2": float(area_km2(own).sum()),
            "accuracy_m": zone.accuracy_m,
            **area_uncertainty(
                zone.geometry, [outline], border, correlation_km=correlation_km
            )._asdict(),
        }


_ROWS = {"party": _party_rows, "status": _status_rows, "zone": _zone_rows}


def _counted_km2(parts: Sequence[Piece], party: str, status: Status) -> float:
    own = [p.geometry for p in parts if p.zone.party == party and p.status == status]
    return float(area_km2(own).sum())


def _uncertainty(
    parts: Sequence[Piece],
    party: str,
    statuses: tuple[Status, ...],
    border: BaseGeometry | None,
    correlation_km: float,
) -> Uncertainty:
    outlines = [
        Outline(part.geometry, part.zone.accuracy_m)
        for part in parts
        if part.zone.party == party and part.status in statuses
    ]
    ground = merged(parts, *statuses, party=party)
    return area_uncertainty(ground, outlines, border, correlation_km=correlation_km)
