"""The line of contact: where it runs, how long it is, how deep, and how far it moved."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from frontmap.errors import UsageError
from frontmap.geometry.counted_once import STATUSES_OF, merged, pieces
from frontmap.geometry.plane import WHOLE_TURN, plane_about
from frontmap.geometry.seam import across_seam, within_a_degree
from frontmap.geometry.strips import strip
from frontmap.geometry.uncertainty import BORDER_TOLERANCE_M
from frontmap.measure.date_columns import with_typed_dates
from frontmap.measure.timeline import answers, border_of, parties_of, require
from frontmap.parallel import map_batches

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from numpy.typing import ArrayLike
    from shapely.geometry.base import BaseGeometry

    from frontmap.archive import Archive
    from frontmap.dates import DateLike, DatesLike
    from frontmap.measure.timeline import Answer, Known
    from frontmap.model import Basis, Fill, Per

SCALES_KM = (0.0, 1.0, 5.0)
SAMPLE_M = 500.0
METHOD = "geodesic on WGS 84; generalised by Douglas and Peucker"
COLUMNS = (
    "date",
    "maker",
    "party",
    "basis",
    "scale_km",
    "length_km",
    "depth_mean_km",
    "depth_max_km",
    "since",
    "moved_mean_km",
    "moved_most_km",
    "moved_most_bearing_deg",
    "moved_most_lon",
    "moved_most_lat",
    "age_days",
    "digest",
    "method",
)
_Pair = tuple["Answer | None", "Answer"]
_GEOD = pyproj.Geod(ellps="WGS84")


def fronts(  # noqa: PLR0913  independent choices, all but the first keyword-only
    archive: Archive,
    *,
    dates: DatesLike | None = None,
    basis: Basis = "controlled",
    scales_km: ArrayLike = SCALES_KM,
    known: Known = None,
    fill: Fill = "none",
    per: Per = "date",
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Measure each party's line of contact on each date, at declared scales.

    Parameters
    ----------
    archive
        What ``frontmap.open`` returns.
    basis
        The line around ``"controlled"`` ground, or around ``"held"``: with contested ground.
    scales_km
        Generalisation scales in kilometres, a row for each; 0 is the line as drawn. A line has no
        one length: the finer the scale, the longer it is.
    dates, known, fill, per, executor
        As :func:`frontmap.measure.area.areas`.

    Returns
    -------
    pandas.DataFrame
        One row per date, party and scale, for each party with such ground on the date. ``date`` and
        ``since`` are datetime64[us].
        ``length_km`` is geodesic on WGS 84. Of the line as drawn: ``depth_mean_km`` and
        ``depth_max_km``, its distance from the state border (blank without one), and the movement
        since the snapshot before (``since``; blank for the first, and after a change of maker):
        ``moved_mean_km``, the mean distance of points every 500 m of the line from the line before,
        counted positive where the ground grew and negative where it shrank; ``moved_most_km``, the
        greatest of them either way, with its place and the bearing from the line before. Depths
        and distances are right to 0.1 % of themselves and, more than that, to the ``accuracy_m`` of
        the zones; lengths hold at their scale only.

    Raises
    ------
    NotFoundError, ConflictError
        As ``Archive.as_of``.
    UsageError
        ``archive`` is not an open archive, a word is none of the choices, or a scale is negative.

    Notes
    -----
    The line of contact is the edge of a party's ground, without what lies within 100 m of the state
    border or of the edge of the theatre. A coast counts as line of contact, unless the archive's
    ``reference.geojson`` has it among its borders.

    Examples
    --------
    >>> import frontmap
    >>> table = frontmap.fronts(frontmap.open("geodata/kursk"), scales_km=[1])
    >>> bool((table["length_km"] > 0).all())
    True
    """
    require(archive, basis=basis)
    scales = _scales(scales_km)
    found = answers(archive, dates, known=known, fill=fill, per=per)
    pairs: list[_Pair] = list(zip([None, *found], found, strict=False))
    work = partial(_measured, archive, basis, scales, border_of(archive))
    rows = list(map_batches(work, pairs, executor=executor))
    return with_typed_dates(pd.DataFrame(rows, columns=[*COLUMNS]))


def front_lines(  # noqa: PLR0913  independent choices, keyword-only beyond the date
    archive: Archive,
    date: DateLike,
    *,
    basis: Basis = "controlled",
    scales_km: ArrayLike = SCALES_KM,
    known: Known = None,
    fill: Fill = "none",
) -> gpd.GeoDataFrame:
    """Draw each party's line of contact on a date, at declared scales.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns ``date, party, basis, scale_km, length_km, geometry``; ``date`` is datetime64[us],
        lines in EPSG:4326. The other arguments and the errors are those of :func:`fronts`.

    Examples
    --------
    >>> import frontmap
    >>> lines = frontmap.front_lines(frontmap.open("geodata/kursk"), "2024-08-12", scales_km=[0, 5])
    >>> bool(lines["length_km"][0] > lines["length_km"][1])  # the finer, the longer
    True
    """
    require(archive, basis=basis)
    scales = _scales(scales_km)
    (answer,) = answers(archive, [date], known=known, fill=fill)
    fixed = _fixed(archive, border_of(archive))
    rows = [
        {"date": answer.date, "party": party, "basis": basis, "scale_km": scale_km}
        | {"length_km": length_km(drawn), "geometry": drawn}
        for party, ground in _grounds(archive, answer, basis).items()
        for scale_km in scales
        for drawn in [generalised(contact_line(ground, fixed), scale_km)]
    ]
    columns = ["date", "party", "basis", "scale_km", "length_km", "geometry"]
    frame = gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs="EPSG:4326")
    return with_typed_dates(frame)


def _scales(scales_km: ArrayLike) -> tuple[float, ...]:
    scales = np.atleast_1d(np.asarray(scales_km))
    numbers = scales.dtype.kind in "iuf" or not scales.size
    if not numbers or not (np.isfinite(scales) & (scales >= 0)).all():
        raise UsageError(f"scales_km={scales_km!r}: give kilometres, 0 or more, such as [0, 1, 5]")
    return tuple(scales.tolist())


def contact_line(ground: BaseGeometry, fixed: BaseGeometry) -> BaseGeometry:
    """Return the edge of polygonal ground without what runs within 100 m of fixed lines; degrees.

    The seam at ±180° is no edge: a line across it runs on past 180.

    >>> from shapely import LineString, box
    >>> line = contact_line(box(35, 51, 36, 52), LineString([(34, 51), (37, 51)]))
    >>> round(length_km(line), 0)
    291.0
    """
    if ground.is_empty:
        return shapely.MultiLineString()
    ground = across_seam(ground)
    plane = plane_about(ground)
    line = plane.flat_ground(ground).boundary
    if not fixed.is_empty:
        near = within_a_degree(fixed, ground)
        line = line.difference(strip(plane.flat(near), BORDER_TOLERANCE_M))
    return plane.degrees(shapely.line_merge(line))


def generalised(line: BaseGeometry, scale_km: float) -> BaseGeometry:
    """Straighten a line so that it stays within `scale_km` of itself (Douglas and Peucker).

    In degrees (EPSG:4326), and again; 0 leaves it as it is drawn.

    >>> from shapely import LineString
    >>> len(generalised(LineString([(35, 51), (35.5, 51.001), (36, 51)]), 1).coords)
    2
    """
    if line.is_empty or not scale_km:
        return line
    plane = plane_about(line)
    return plane.degrees(plane.flat(line).simplify(scale_km * 1000, preserve_topology=False))


def length_km(line: BaseGeometry) -> float:
    """Geodesic length on WGS 84 of lines in degrees, in kilometres; 0.0 when empty.

    >>> from shapely import LineString
    >>> round(length_km(LineString([(35, 51), (35, 52)])), 3)
    111.258
    """
    return 0.0 if line.is_empty else float(_GEOD.geometry_length(line)) / 1000


class Movement(NamedTuple):
    """How far a line moved since the one before; kilometres, degrees; positive outward."""

    moved_mean_km: float
    moved_most_km: float
    moved_most_bearing_deg: float
    moved_most_lon: float
    moved_most_lat: float


def movement(line: BaseGeometry, before: BaseGeometry, ground: BaseGeometry) -> Movement | None:
    """Measure how far `line` lies from the line `before`, which went around `ground`; degrees.

    None where either line is empty.

    >>> from shapely import LineString, box
    >>> north, south = (LineString([(35, lat), (36, lat)]) for lat in (51.1, 51.0))
    >>> found = movement(north, south, box(35, 50, 36, 51))
    >>> round(found.moved_mean_km, 1), round(found.moved_most_bearing_deg) % 360
    (11.1, 0)
    """
    if line.is_empty or before.is_empty:
        return None
    plane = plane_about(line, before)
    new, old = plane.flat(line), plane.flat(before)
    points = _samples(new)
    held = plane.flat(ground)
    shapely.prepare(held)
    grew = ~shapely.contains(held, points)
    away_km = shapely.distance(points, old) / 1000 * np.where(grew, 1, -1)
    most = int(np.argmax(np.abs(away_km)))
    ends = shapely.get_coordinates(plane.degrees(shapely.shortest_line(old, points[most])))
    bearing = _GEOD.inv(*ends[0], *ends[1])[0] % 360 if away_km[most] else 0.0
    place = (float(degree) for degree in ends[1])
    return Movement(float(away_km.mean()), float(away_km[most]), float(bearing), *place)


def _samples(line: BaseGeometry) -> np.ndarray[Any, Any]:
    """Return points every 500 m along a line on the plane, and at least one."""
    places = np.arange(SAMPLE_M / 2, max(line.length, SAMPLE_M), SAMPLE_M)
    parts = shapely.get_parts(line)
    starts = np.append(0.0, np.cumsum(shapely.length(parts)))
    which = np.clip(np.searchsorted(starts, places, side="right") - 1, 0, len(parts) - 1)
    return np.asarray(
        shapely.line_interpolate_point(parts[which], places - starts[which]), dtype=object
    )


def _measured(
    archive: Archive,
    basis: Basis,
    scales_km: tuple[float, ...],
    border: BaseGeometry | None,
    batch: Sequence[_Pair],
) -> list[dict[str, Any]]:
    fixed = _fixed(archive, border)
    grounds = {
        answer.revision.digest: _grounds(archive, answer, basis)
        for pair in batch
        for answer in pair
        if answer is not None
    }
    rows: list[dict[str, Any]] = []
    for before, answer in batch:
        for party, ground in grounds[answer.revision.digest].items():
            line = contact_line(ground, fixed)
            row = _identity(answer, party, basis) | _depth(line, border)
            if before is not None and before.revision.maker == answer.revision.maker:
                old = grounds[before.revision.digest].get(party, shapely.Polygon())
                since = movement(line, contact_line(old, fixed), old)
                row |= {"since": before.date} | (since._asdict() if since else {})
            rows += [
                row | {"scale_km": scale_km, "length_km": length_km(generalised(line, scale_km))}
                for scale_km in scales_km
            ]
    return rows


def _grounds(archive: Archive, answer: Answer, basis: Basis) -> dict[str, BaseGeometry]:
    """Each party's ground on a date, for the parties that have any."""
    snapshot = archive.read(answer.revision)
    parts = pieces(snapshot)
    grounds = {
        party: merged(parts, *STATUSES_OF[basis], party=party) for party in parties_of([snapshot])
    }
    return {party: ground for party, ground in grounds.items() if not ground.is_empty}


def _fixed(archive: Archive, border: BaseGeometry | None) -> BaseGeometry:
    """Lines that are no line of contact: the state border, and the edge of the theatre."""
    west, south, east, north = archive.about.theatre.bbox
    edge: BaseGeometry = shapely.box(west, south, east, north).exterior
    if east - west >= WHOLE_TURN:  # the seam is no edge
        edge = shapely.MultiLineString([[(west, lat), (east, lat)] for lat in (south, north)])
    return edge if border is None else shapely.union_all([edge, border])


def _depth(line: BaseGeometry, border: BaseGeometry | None) -> dict[str, float]:
    if border is None or line.is_empty:
        return {}
    plane = plane_about(line)
    depth_km = shapely.distance(_samples(plane.flat(line)), plane.flat(border)) / 1000
    return {"depth_mean_km": float(depth_km.mean()), "depth_max_km": float(depth_km.max())}


def _identity(answer: Answer, party: str, basis: Basis) -> dict[str, Any]:
    return {
        "date": answer.date,
        "maker": answer.revision.maker,
        "party": party,
        "basis": basis,
        "age_days": answer.age_days,
        "digest": answer.revision.digest,
        "method": METHOD,
    }
