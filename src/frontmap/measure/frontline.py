"""Each party's line of contact on each date, whole or by what lies beyond it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from frontmap.errors import UsageError
from frontmap.geometry.contact_lines import (
    contact_line,
    depth,
    generalised,
    length_km,
    movement,
)
from frontmap.geometry.counted_once import STATUSES_OF, merged, pieces, union
from frontmap.geometry.fixed_lines import FixedLines
from frontmap.geometry.line_neighbours import Beyond, by_neighbour
from frontmap.geometry.plane import WHOLE_TURN
from frontmap.measure.date_columns import with_typed_dates
from frontmap.measure.timeline import answers, border_of, parties_of, require, require_word
from frontmap.model import LineBy
from frontmap.parallel import map_batches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor

    from numpy.typing import ArrayLike
    from shapely.geometry.base import BaseGeometry

    from frontmap.archive import Archive
    from frontmap.dates import DateLike, DatesLike
    from frontmap.measure.timeline import Answer, Known
    from frontmap.model import Basis, Fill, Per

SCALES_KM = (0.0, 1.0, 5.0)
NO_GROUND: BaseGeometry = shapely.Polygon()
NO_LINE: BaseGeometry = shapely.MultiLineString()
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


def fronts(  # noqa: PLR0913  independent choices, all but the first keyword-only
    archive: Archive,
    *,
    by: LineBy = "party",
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
    by
        - ``"party"``: the whole line of each party.
        - ``"neighbour"``: cut by what lies beyond it, with the columns ``neighbour`` and
          ``between`` after ``party``. Where the party's ground touches that of another, the other
          is the ``neighbour`` and ``between`` is blank. Where the line runs along contested ground,
          ``between`` is ``"contested"``, and the ``neighbour`` is who else has ground that touches
          the same contested ground: of several the nearest, found every 100 m. A blank neighbour is
          nobody: the outer line. As drawn (scale 0) the lengths of these rows make up the whole
          line to a millimetre, and where ground touches, two parties have the same line between
          them, to a metre or two at each of its ends.
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
        One row per date, party (or stretch of its line) and scale, for each party with such ground
        on the date. ``date`` and
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

    Ground touches that is no further away than a metre; specks narrower than two metres count for
    none. Of ``"held"`` ground, which several may hold, the ground beyond is what the party itself
    does not hold; several that hold the same have one row together, sorted, a space between.

    Examples
    --------
    >>> import frontmap
    >>> table = frontmap.fronts(frontmap.open("geodata/kursk"), scales_km=[1])
    >>> bool((table["length_km"] > 0).all())
    True
    """
    require(archive, basis=basis)
    require_word("by", by, LineBy)
    scales = _scales(scales_km)
    found = answers(archive, dates, known=known, fill=fill, per=per)
    pairs: list[_Pair] = list(zip([None, *found], found, strict=False))
    work = partial(_measured, archive, by, basis, scales, border_of(archive))
    rows = list(map_batches(work, pairs, executor=executor))
    return with_typed_dates(pd.DataFrame(rows, columns=_with_beyond(COLUMNS, by)))


def front_lines(  # noqa: PLR0913  independent choices, keyword-only beyond the date
    archive: Archive,
    date: DateLike,
    *,
    by: LineBy = "party",
    basis: Basis = "controlled",
    scales_km: ArrayLike = SCALES_KM,
    known: Known = None,
    fill: Fill = "none",
) -> gpd.GeoDataFrame:
    """Draw each party's line of contact on a date, at declared scales.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns ``date, party, basis, scale_km, length_km, geometry``, by neighbour also
        ``neighbour`` and ``between``; ``date`` is datetime64[us], lines in EPSG:4326. The other
        arguments and the errors are those of :func:`fronts`.

    Examples
    --------
    >>> import frontmap
    >>> lines = frontmap.front_lines(frontmap.open("geodata/kursk"), "2024-08-12", scales_km=[0, 5])
    >>> bool(lines["length_km"][0] > lines["length_km"][1])  # the finer, the longer
    True
    """
    require(archive, basis=basis)
    require_word("by", by, LineBy)
    scales = _scales(scales_km)
    (answer,) = answers(archive, [date], known=known, fill=fill)
    situation = _situation(archive, answer, basis, by, _fixed(archive, border_of(archive)))
    rows = [
        {"date": answer.date, "party": party, "basis": basis, "scale_km": scale_km}
        | {**beyond, "length_km": length_km(drawn), "geometry": drawn}
        for party in situation.grounds
        for beyond, line in _stretches(situation, party, by)
        for scale_km in scales
        for drawn in [generalised(line, scale_km)]
    ]
    columns = _with_beyond(("date", "party", "basis", "scale_km", "length_km", "geometry"), by)
    frame = gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs="EPSG:4326")
    return with_typed_dates(frame)


def _scales(scales_km: ArrayLike) -> tuple[float, ...]:
    scales = np.atleast_1d(np.asarray(scales_km))
    numbers = scales.dtype.kind in "iuf" or not scales.size
    if not numbers or not (np.isfinite(scales) & (scales >= 0)).all():
        raise UsageError(f"scales_km={scales_km!r}: give kilometres, 0 or more, such as [0, 1, 5]")
    return tuple(scales.tolist())


class _Situation(NamedTuple):
    """Ground and line of the parties that have any on a date; contested ground that none has."""

    grounds: dict[str, BaseGeometry]
    lines: dict[str, BaseGeometry]
    contested: BaseGeometry


def _situation(
    archive: Archive, answer: Answer, basis: Basis, by: LineBy, fixed: FixedLines
) -> _Situation:
    snapshot = archive.read(answer.revision)
    parts = pieces(snapshot)
    grounds = {
        party: merged(parts, *STATUSES_OF[basis], party=party) for party in parties_of([snapshot])
    }
    other_ground = by == "neighbour" and "contested" not in STATUSES_OF[basis]
    contested = [p.geometry for p in parts if other_ground and p.status == "contested"]
    grounds = {party: ground for party, ground in grounds.items() if not ground.is_empty}
    lines = {party: contact_line(ground, fixed) for party, ground in grounds.items()}
    return _Situation(grounds, lines, union(contested))


def _measured(  # noqa: PLR0913, PLR0917  bound with partial
    archive: Archive,
    by: LineBy,
    basis: Basis,
    scales_km: tuple[float, ...],
    border: BaseGeometry | None,
    batch: Sequence[_Pair],
) -> list[dict[str, Any]]:
    fixed = _fixed(archive, border)
    situations = {
        answer.revision.digest: _situation(archive, answer, basis, by, fixed)
        for pair in batch
        for answer in pair
        if answer is not None
    }
    rows: list[dict[str, Any]] = []
    for before, answer in batch:
        situation = situations[answer.revision.digest]
        for party in situation.grounds:
            since, old, old_line = {}, NO_GROUND, NO_LINE
            if before is not None and before.revision.maker == answer.revision.maker:
                since = {"since": before.date}
                earlier = situations[before.revision.digest]
                old = earlier.grounds.get(party, NO_GROUND)
                old_line = earlier.lines.get(party, NO_LINE)
            for beyond, stretch in _stretches(situation, party, by):
                row = _identity(answer, party, basis) | beyond | since
                for found in (depth(stretch, border), movement(stretch, old_line, old)):
                    row |= found._asdict() if found else {}
                rows += [
                    row | {"scale_km": km, "length_km": length_km(generalised(stretch, km))}
                    for km in scales_km
                ]
    return rows


def _stretches(
    situation: _Situation, party: str, by: LineBy
) -> Iterator[tuple[dict[str, str], BaseGeometry]]:
    """Yield a party's line, whole or by what lies beyond it, and the columns that say so."""
    line = situation.lines[party]
    if by == "party":
        yield {}, line
        return
    others = {name: ground for name, ground in situation.grounds.items() if name != party}
    found = by_neighbour(line, situation.grounds[party], others, situation.contested)
    for beyond, stretch in found.items():
        yield beyond._asdict(), stretch


def _with_beyond(columns: tuple[str, ...], by: LineBy) -> list[str]:
    where = columns.index("party") + 1
    return [*columns[:where], *(Beyond._fields if by == "neighbour" else ()), *columns[where:]]


def _fixed(archive: Archive, border: BaseGeometry | None) -> FixedLines:
    """Lines that are no line of contact: the state border, and the edge of the theatre."""
    west, south, east, north = archive.about.theatre.bbox
    edge: BaseGeometry = shapely.box(west, south, east, north).exterior
    if east - west >= WHOLE_TURN:  # the seam is no edge
        edge = shapely.MultiLineString([[(west, lat), (east, lat)] for lat in (south, north)])
    return FixedLines(edge if border is None else shapely.union_all([edge, border]))


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
