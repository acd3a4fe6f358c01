"""For each spot, the days that a party held it."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from frontmap.errors import UsageError
from frontmap.geometry.counted_once import STATUSES_OF, PieceCache, pieces, union
from frontmap.geometry.noding import faces_between
from frontmap.measure.area import area_km2
from frontmap.measure.date_columns import with_typed_dates
from frontmap.measure.timeline import answers, require

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from frontmap.archive import Archive
    from frontmap.dates import DatesLike
    from frontmap.measure.timeline import Answer, Known
    from frontmap.model import Basis

    Shapes = NDArray[np.object_]

#: Whether so many faces were held in so many snapshots is told at once: 16 MB.
_BLOCK = 2**24
COLUMNS = ("party", "days", "first_date", "last_date", "snapshots", "area_km2", "geometry")


def days_held(  # noqa: PLR0913  independent choices, all but the first keyword-only
    archive: Archive,
    *,
    dates: DatesLike | None = None,
    basis: Basis = "controlled",
    longest_days: int | None = None,
    smallest_km2: float = 0.0,
    known: Known = None,
) -> gpd.GeoDataFrame:
    """Map for how many days each party held each spot.

    Parameters
    ----------
    archive
        What ``frontmap.open`` returns.
    dates
        The snapshots to count with; None means the whole series.
    basis
        ``"controlled"`` ground, or ``"held"``: controlled and contested together.
    longest_days
        A snapshot stands until the next one, the last one for its own day; with this, for so many
        days at most, so that a gap in the series is counted for nobody.
    smallest_km2
        Leave out rows of less ground than this: slivers between lines that nearly agree.
    known
        As the archive knew it at that instant.

    Returns
    -------
    geopandas.GeoDataFrame
        One row for all ground of one party with the same days, ordered by party, then days:
        ``party``, ``days``, ``first_date`` and ``last_date`` (datetime64[us], of the first and last
        snapshot in which it was held), ``snapshots`` (in how many), ``area_km2``, ``geometry``
        (MultiPolygon or Polygon, EPSG:4326). Rows of one party don't overlap. Without
        ``smallest_km2``, the sum of days x area is that of the series. Days are counted between
        snapshots, so they are no more exact than these are dense.

    Raises
    ------
    NotFoundError, ConflictError
        As ``Archive.as_of``.
    UsageError
        ``archive`` is not an open archive, a word is none of the choices, or ``longest_days`` is
        less than 1.

    Examples
    --------
    >>> import frontmap
    >>> spots = frontmap.days_held(frontmap.open("geodata/kursk"))
    >>> bool((spots["days"] > 0).all())
    True
    """
    require(archive, basis=basis)
    if longest_days is not None and longest_days < 1:
        raise UsageError(f"longest_days={longest_days!r}: give a number of days, 1 or more")
    found = answers(archive, dates, known=known)
    in_force = _days_in_force(found, longest_days)
    grounds = _grounds(archive, found, basis)
    rows = [
        {"party": party} | spot._asdict()
        for party in sorted(grounds)
        for spot in _spots(grounds[party], found, in_force)
    ]
    frame = gpd.GeoDataFrame(rows, columns=[*COLUMNS], geometry="geometry", crs="EPSG:4326")
    frame["area_km2"] = area_km2(frame.geometry.to_numpy())
    large: gpd.GeoDataFrame = frame[frame["area_km2"] >= smallest_km2].reset_index(drop=True)
    return with_typed_dates(large)


class _Spot(NamedTuple):
    days: int
    first_date: dt.date
    last_date: dt.date
    snapshots: int
    geometry: BaseGeometry


def _days_in_force(found: Sequence[Answer], longest_days: int | None) -> NDArray[np.int64]:
    gaps = [(after.date - before.date).days for before, after in pairwise(found)]
    days = np.array([*gaps, 1][: len(found)], dtype=np.int64)
    return days if longest_days is None else np.minimum(days, longest_days)


def _grounds(
    archive: Archive, found: Sequence[Answer], basis: Basis
) -> dict[str, list[tuple[int, BaseGeometry]]]:
    """Each party's polygons, with the place of their snapshot in the series."""
    cache = PieceCache()
    grounds: dict[str, list[tuple[int, BaseGeometry]]] = defaultdict(list)
    for place, snapshot in enumerate(archive.read_each(answer.revision for answer in found)):
        for piece in pieces(snapshot, cache):
            if piece.status in STATUSES_OF[basis]:
                grounds[piece.zone.party].append((place, piece.geometry))
    return grounds


def _spots(
    grounds: list[tuple[int, BaseGeometry]], found: Sequence[Answer], in_force: NDArray[np.int64]
) -> list[_Spot]:
    shapes, places = _distinct(grounds)
    faces = faces_between(shapely.boundary(shapes))
    alike: dict[tuple[int, int, int, int], list[BaseGeometry]] = defaultdict(list)
    step = max(1, _BLOCK // max(1, len(found)))
    for block in (faces[start : start + step] for start in range(0, len(faces), step)):
        held = _held(block, shapes, places, len(found))
        days, number = held @ in_force, held.sum(axis=1)
        first, last = held.argmax(axis=1), len(found) - 1 - held[:, ::-1].argmax(axis=1)
        keys = np.column_stack([days, first, last, number])
        for face, key in zip(block[number > 0], keys[number > 0].tolist(), strict=True):
            alike[tuple(key)].append(face)
    return [
        _Spot(days, found[first].date, found[last].date, number, union(alike[key]))
        for key in sorted(alike)
        for days, first, last, number in [key]
    ]


def _distinct(
    grounds: list[tuple[int, BaseGeometry]],
) -> tuple[Shapes, list[NDArray[np.int64]]]:
    """Return each polygon once, and the places of its snapshots in the series."""
    places: dict[bytes, list[int]] = defaultdict(list)
    for place, ground in grounds:
        places[shapely.to_wkb(ground)].append(place)
    content = sorted(places)
    shapes = np.asarray(shapely.from_wkb(content), dtype=object)
    shapely.prepare(shapes)  # for every block
    return shapes, [np.array(places[each], dtype=np.int64) for each in content]


def _held(
    faces: Shapes, shapes: Shapes, places: list[NDArray[np.int64]], snapshots: int
) -> NDArray[np.bool_]:
    """Tell in which snapshots each face was held: ``(faces, snapshots)``."""
    held = np.zeros((len(faces), snapshots), dtype=bool)
    points = shapely.STRtree(shapely.point_on_surface(faces))
    shape, face = points.query(shapes, predicate="contains")
    starts = np.searchsorted(shape, np.arange(len(shapes) + 1))
    for number in np.flatnonzero(np.diff(starts)):
        within = face[starts[number] : starts[number + 1]]
        held[np.ix_(within, places[number])] = True
    return held
