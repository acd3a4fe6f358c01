"""How much ground each party has in each unit of the reference: a district, a province."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from frontmap.errors import InputError, NotFoundError
from frontmap.facts.reference import REFERENCE, read_reference
from frontmap.geometry.counted_once import PieceCache, pieces
from frontmap.geometry.crossings import excess, too_costly
from frontmap.geometry.exact_area import polygon_areas_km2
from frontmap.geometry.polygons import content_key, polygonal
from frontmap.measure.area_columns import HEAD, in_order, provenance, with_columns
from frontmap.measure.date_columns import with_typed_dates
from frontmap.measure.timeline import answers, require
from frontmap.model import STATUSES
from frontmap.parallel import map_batches

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from frontmap.archive import Archive
    from frontmap.dates import DatesLike
    from frontmap.geometry.edges import Shapes
    from frontmap.measure.timeline import Answer, Known
    from frontmap.model import Fill, Per, Snapshot

    Areas = NDArray[np.float64]

_KM2 = tuple(f"{status}_km2" for status in STATUSES)
COLUMNS = (*HEAD, "unit", *_KM2, "unit_km2", "share", "age_days", "digest", "method")


def unit_areas(  # noqa: PLR0913  independent choices, all but the first keyword-only
    archive: Archive,
    *,
    dates: DatesLike | None = None,
    known: Known = None,
    fill: Fill = "none",
    per: Per = "date",
    executor: Executor | None = None,
) -> pd.DataFrame:
    """Measure each party's ground in each unit of ``reference.geojson`` on each date.

    Parameters
    ----------
    archive, dates, known, fill, per, executor
        As :func:`frontmap.measure.area.areas`.

    Returns
    -------
    pandas.DataFrame
        One row per date, unit and party, ordered so, units as in the file; then one for what lies
        outside every unit, whose ``unit`` is blank. ``unit`` is its name in the archive's language,
        or the first that it has; ``controlled_km2``, ``contested_km2`` and ``claimed_km2`` as of
        :func:`frontmap.measure.area.areas`, whose sums they are; ``unit_km2`` of the unit itself,
        and ``share``, which part of it is controlled, both missing outside. On the WGS 84
        ellipsoid. Ground that two units have counts in the first of them. No errors: a unit's own
        line is known, and which part of an area's error falls to it is not.

    Raises
    ------
    NotFoundError, ConflictError
        As ``Archive.as_of``; also where the reference has no unit that is an area.
    InputError
        The reference cannot be read, or its units cost too much to cut by.
    UsageError
        ``archive`` is not an open archive, or a word is none of the choices.

    Examples
    --------
    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> units = unit_areas(kursk, dates="2024-08-31")
    >>> whole = frontmap.areas(kursk, dates="2024-08-31", errors="none")
    >>> bool(abs(units["controlled_km2"].sum() - whole["controlled_km2"].sum()) < 1e-9)
    True
    """
    require(archive)
    units = _units(archive)
    found = in_order(answers(archive, dates, known=known, fill=fill, per=per))
    work = partial(_measured, archive, units)
    measured = list(map_batches(work, found, executor=executor))
    parties = sorted({party for of_party in measured for party in of_party})
    names = [*units.names, ""]
    unit_km2 = [*polygon_areas_km2(units.shapes).tolist(), math.nan]
    rows = [
        {**provenance(answer), "party": party, "unit": names[number], "unit_km2": unit_km2[number]}
        | dict(zip(_KM2, km2[:, number].tolist(), strict=True))
        | {"share": km2[0, number] / unit_km2[number] if unit_km2[number] else math.nan}
        for answer, of_party in zip(found, measured, strict=True)
        for number in range(len(names))
        for party in parties
        for km2 in [of_party.get(party, np.zeros((len(STATUSES), len(names))))]
    ]
    columns = with_columns(COLUMNS, per=per, edges="straight")
    return with_typed_dates(pd.DataFrame(rows, columns=columns))


@dataclass(frozen=True, slots=True)
class _Units:
    """Units that share no ground, by name, and what was cut by them so far."""

    names: tuple[str, ...]
    shapes: Shapes
    whole: BaseGeometry
    cut: dict[bytes, Areas] = field(default_factory=dict)

    def km2(self, ground: BaseGeometry) -> Areas:
        """Return the area of ground in each unit, then of what lies outside them all."""
        key = content_key(ground)
        if key not in self.cut:
            self.cut[key] = self._measured(ground)
        return self.cut[key]

    def _measured(self, ground: BaseGeometry) -> Areas:
        near = np.flatnonzero(shapely.intersects(self.shapes, ground))
        shapes = np.concatenate([[ground], self.shapes[near]])
        if why := excess(shapes, np.zeros(len(near), dtype=np.int64), np.arange(len(near)) + 1):
            raise InputError(why)
        parts = [polygonal(part) for part in shapely.intersection(self.shapes[near], ground)]
        km2 = np.zeros(len(self.shapes) + 1)
        km2[near] = polygon_areas_km2(parts)
        km2[-1] = polygon_areas_km2([polygonal(shapely.difference(ground, self.whole))])[0]
        return km2


def _units(archive: Archive) -> _Units:
    path = archive.root / REFERENCE
    reference = read_reference(archive.root)
    areal = reference[
        (reference["kind"] == "unit") & (shapely.get_dimensions(reference.geometry) > 1)
    ]
    if areal.empty:
        raise NotFoundError(
            f"{path}: has no feature of kind unit that is an area; add those to measure by"
        )
    first = [f"name_{archive.about.language}", "name_en"]
    named = [*first, *(name for name in areal if name.startswith("name_"))]
    texts = areal[[name for name in dict.fromkeys(named) if name in areal]]
    given = areal.geometry.to_numpy()
    if not shapely.is_valid(given).all():
        raise InputError(f"{path}: a unit crosses itself; mend it")
    if why := too_costly(given):
        raise InputError(f"{path}: {why}")
    whole: BaseGeometry = shapely.Polygon()
    shapes = np.empty(len(given), dtype=object)
    for number, shape in enumerate(given):
        own = shape if whole.disjoint(shape) else shapely.difference(shape, whole)
        shapes[number], whole = polygonal(own), shapely.union(whole, shape)
    shapely.prepare(shapes)
    names = tuple(next(filter(None, row), "") for row in texts.itertuples(index=False))
    return _Units(names, shapes, whole)


def _measured(archive: Archive, units: _Units, batch: Sequence[Answer]) -> list[dict[str, Areas]]:
    """Return each party's areas in each snapshot: by status, in each unit and outside."""
    cache = PieceCache()
    return [
        _of_one(snapshot, units, cache)
        for snapshot in archive.read_each(answer.revision for answer in batch)
    ]


def _of_one(snapshot: Snapshot, units: _Units, cache: PieceCache) -> dict[str, Areas]:
    found: dict[str, Any] = {}
    for piece in pieces(snapshot, cache):
        nothing = np.zeros((len(STATUSES), len(units.names) + 1))
        own = found.setdefault(piece.zone.party, nothing)
        own[STATUSES.index(piece.status)] += units.km2(piece.geometry)
    return found
