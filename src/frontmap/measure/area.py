"""How much ground: the area of zones on the ellipsoid, and the table of a whole archive."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from frontmap.archive.stated_meanings import said_in, stands_for
from frontmap.errors import UsageError
from frontmap.geometry.exact_area import polygon_areas_km2
from frontmap.geometry.uncertainty import Uncertainty
from frontmap.measure.area_between import areas_between
from frontmap.measure.area_by_unit import unit_areas
from frontmap.measure.area_columns import GEODESIC, HEAD, TAIL, in_order, provenance, with_columns
from frontmap.measure.area_errors import snapshot_uncertainties
from frontmap.measure.cache import measured_revisions
from frontmap.measure.date_columns import with_typed_dates
from frontmap.measure.geodesic_edges import geodesic_differences
from frontmap.measure.timeline import answers, border_of, require
from frontmap.model import STATUSES, By

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Executor

    import numpy as np
    from numpy.typing import NDArray

    from frontmap.archive import Archive
    from frontmap.dates import DatesLike
    from frontmap.geometry.exact_area import Geometries
    from frontmap.measure.timeline import Known
    from frontmap.model import AreaBy, AreaFill, Edges, Errors, Per, Status

COLUMNS: dict[By, tuple[str, ...]] = {
    "party": (*HEAD, *(f"{status}_km2" for status in STATUSES), *TAIL),
    "status": (*HEAD, "status", "area_km2", *TAIL),
}


def area_km2(zones: Geometries) -> NDArray[np.float64]:
    """Area on the WGS 84 ellipsoid of each polygon (edges straight in lon/lat, RFC 7946).

    ``zones`` is an array, a list or a GeoSeries of polygons and multipolygons in EPSG:4326; the
    result is a float64 array of the same shape in square kilometres, 0.0 where a geometry is empty
    or missing. Overlapping polygons each count in full: see :func:`areas` for ground counted once.
    Raises InputError as :func:`frontmap.geometry.exact_area.polygon_areas_km2`, where the method
    is.

    >>> from shapely import MultiPolygon, box
    >>> area_km2([box(36, 48, 37, 49), MultiPolygon()]).round(1)
    array([8217.7,    0. ])
    """
    return polygon_areas_km2(zones)


def areas(  # noqa: PLR0913  independent choices, all but the first keyword-only
    archive: Archive,
    *,
    by: AreaBy = "party",
    dates: DatesLike | None = None,
    known: Known = None,
    fill: AreaFill = "none",
    per: Per = "date",
    errors: Errors = "estimate",
    edges: Edges = "straight",
    executor: Executor | None = None,
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
        - ``"unit"``: one row per date, unit of ``reference.geojson`` and party, without errors, as
          :func:`frontmap.measure.area_by_unit.unit_areas`.
    dates, known, fill, per
        As :func:`frontmap.measure.timeline.answers`. With ``per="snapshot"`` the table has the
        column ``published``, the maker's instant, after ``date``. ``fill="between"`` gives what is
        certainly and what is possibly held on any day, in the columns of
        :func:`frontmap.measure.area_between.areas_between`, for ``by="party"`` alone.
    errors
        ``"none"`` leaves ``error_km2`` and ``bound_km2`` blank, which is many times faster.
    edges
        ``"compare"`` adds ``geodesic_difference_km2``: what the area (by party, the controlled
        area) would differ by with geodesic edges.
    executor
        Any ``concurrent.futures`` executor; None works in this process. The same to the bit.

    Returns
    -------
    pandas.DataFrame
        Ordered by date, then party (then status). ``date`` is datetime64[us], and ``published``
        datetime64[us, UTC]; areas are in square kilometres on the WGS 84 ellipsoid; ``age_days`` is
        how much older than ``date`` the snapshot is; ``digest`` says which revision was measured.
        A party that another of the dates names has 0.0 where it has no ground. Where the profile
        of a maker says that some ground is not all of its kind, ``stands_for`` says what it is.

        Ground counts once (:mod:`frontmap.geometry.counted_once`): contested before controlled,
        opposite controls are contested for both, claimed ground apart. What can be called held lies
        between ``controlled_km2`` and ``controlled_km2 + contested_km2``; by party, ``error_km2``
        (one standard deviation) and ``bound_km2`` (worst case) hold for both ends of that range:
        the greater of the two.

    Raises
    ------
    NotFoundError, ConflictError
        As ``Archive.as_of``.
    UsageError
        ``archive`` is not an open archive, or a word is none of the choices.

    See Also
    --------
    frontmap.measure.area_by_zone.zone_areas : one row per zone.
    frontmap.geometry.uncertainty.area_uncertainty : the rule behind the error and the bound.

    Examples
    --------
    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> list(frontmap.areas(kursk).columns[:6])
    ['date', 'maker', 'party', 'controlled_km2', 'contested_km2', 'claimed_km2']
    """
    require(archive, by=by, errors=errors, edges=edges)
    if fill == "between":
        if (by, per, edges) != ("party", "date", "straight"):
            raise UsageError(
                "fill='between' gives one row for each day and party: leave by, per and edges out"
            )
        return areas_between(archive, dates=dates, known=known, errors=errors, executor=executor)
    if by == "unit":
        return unit_areas(archive, dates=dates, known=known, fill=fill, per=per, executor=executor)
    if dates is None:
        ground = measured_revisions(archive.root, executor=executor)
        among = ground.revisions
        found = in_order(answers(archive, known=known, fill=fill, per=per, among=among))
    else:
        found = in_order(answers(archive, dates, known=known, fill=fill, per=per))
        asked = [answer.revision for answer in found]
        ground = measured_revisions(archive.root, only=asked, executor=executor)
    revisions = [answer.revision for answer in found]
    parties = ground.parties_of(revisions) or measured_revisions(archive.root).parties
    held = [revision for revision in revisions if ground.parties_of([revision])]
    unknown = Uncertainty(0.0, 0.0) if errors == "estimate" else Uncertainty(math.nan, math.nan)
    uncertainties = (
        snapshot_uncertainties(archive, held, by=by, border=border_of(archive), executor=executor)
        if errors == "estimate"
        else {}
    )
    differences = (
        geodesic_differences(archive, held, executor=executor) if edges == "compare" else {}
    )
    said: dict[tuple[str, str], str] = {
        (meaning.party, meaning.status): said_in(texts, archive.about.language)
        for meaning, texts in stands_for(archive.root, revisions).items()
    }
    rows = [
        provenance(answer)
        | {"party": party, GEODESIC: differences.get((digest, party, status or "controlled"), 0.0)}
        | uncertainties.get((digest, party, status), unknown)._asdict()
        | figures
        | {"stands_for": _said(said, party, status)}
        for answer in found
        for digest in [answer.revision.digest]
        for party in parties
        for status, figures in _FIGURES[by](ground.counted_km2(answer.revision, party))
    ]
    columns = [*with_columns(COLUMNS[by], per=per, edges=edges), *["stands_for"] * bool(said)]
    return with_typed_dates(pd.DataFrame(rows, columns=columns))


def _said(said: Mapping[tuple[str, str], str], party: str, status: str) -> str:
    """Return what ground is that is not all of its kind: of one status, or of each named."""
    if status:
        return said.get((party, status), "")
    return "; ".join(f"{each}: {said[party, each]}" for each in STATUSES if (party, each) in said)


def _by_party(areas_km2: Mapping[Status, float]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "", {f"{status}_km2": km2 for status, km2 in areas_km2.items()}


def _by_status(areas_km2: Mapping[Status, float]) -> Iterator[tuple[str, dict[str, Any]]]:
    for status, km2 in areas_km2.items():
        yield status, {"status": status, "area_km2": km2}


#: A row's status (blank for a row of all), and its cells.
_FIGURES = {"party": _by_party, "status": _by_status}
