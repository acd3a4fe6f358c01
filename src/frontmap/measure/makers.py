"""Two makers on one date: where they agree, and where only one of them maps ground as held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd

from frontmap.archive.covered import common_ground, mapped_ground
from frontmap.errors import UsageError
from frontmap.geometry.counted_once import STATUSES_OF, merged, pieces
from frontmap.geometry.polygons import polygonal
from frontmap.measure.area import area_km2
from frontmap.measure.date_columns import with_typed_dates
from frontmap.measure.timeline import answers, parties_of

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from frontmap.archive import Archive
    from frontmap.dates import DateLike
    from frontmap.measure.timeline import Answer, Known
    from frontmap.model import Basis, Fill, Snapshot

COLUMNS = (
    "date",
    "party",
    "basis",
    "first_maker",
    "second_maker",
    "kind",
    "area_km2",
    "share",
    "first_age_days",
    "second_age_days",
    "geometry",
)


def compare_makers(  # noqa: PLR0913  independent choices, keyword-only beyond archives and date
    first: Archive,
    second: Archive,
    date: DateLike,
    *,
    basis: Basis = "controlled",
    party: str | None = None,
    known: Known = None,
    fill: Fill = "none",
) -> gpd.GeoDataFrame:
    """Set two makers' maps of one date side by side.

    Parameters
    ----------
    first, second
        Two archives, as ``frontmap.open`` returns them, in any order.
    date
        The valid date; each archive answers for it by its own snapshot, or with
        ``fill="previous"`` by its last one before.
    basis
        ``"controlled"`` ground, or ``"held"``: controlled and contested together.
    party
        One party; None means every party that either maps as holding ground.
    known
        As the archives knew it at that instant.

    Returns
    -------
    geopandas.GeoDataFrame
        Three rows per party, ``kind`` being both, first only or second only: ``area_km2`` on the
        WGS 84 ellipsoid, ``share`` of what either of them maps (blank where that is nothing), and
        the ground as ``geometry`` (EPSG:4326), within what both makers map; ``date`` is
        datetime64[us]. A difference between makers is no error of either, and no change on the
        ground.

    Raises
    ------
    UsageError
        The two makers map no ground in common.
    NotFoundError, ConflictError
        As ``Archive.as_of``.

    Examples
    --------
    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> frontmap.compare_makers(kursk, kursk, "2024-08-31")["share"].tolist()
    [1.0, 0.0, 0.0]
    """
    window = _window(first, second)
    makers = (first, second)
    found = [answers(archive, [date], known=known, fill=fill)[0] for archive in makers]
    opened = [archive.read(answer.revision) for archive, answer in zip(makers, found, strict=True)]
    parties = [party] if party is not None else parties_of(opened)
    rows = []
    for each in parties:
        one, other = (_ground(snapshot, each, basis, window) for snapshot in opened)
        rows += [
            _identity(found, each, basis) | {"kind": kind, "geometry": geometry}
            for kind, geometry in _kinds(one, other).items()
        ]
    frame = gpd.GeoDataFrame(rows, columns=[*COLUMNS], geometry="geometry", crs="EPSG:4326")
    frame["area_km2"] = area_km2(frame.geometry.to_numpy())
    either_km2 = frame.groupby("party")["area_km2"].transform("sum")
    frame["share"] = (frame["area_km2"] / either_km2).where(either_km2 > 0)
    return with_typed_dates(frame)


def _window(first: Archive, second: Archive) -> BaseGeometry:
    window = common_ground(mapped_ground(first.about), mapped_ground(second.about))
    if not window.area:
        raise UsageError(
            f"{first.root} and {second.root}: the makers map no ground in common; "
            "compare archives of one region"
        )
    return window


def _ground(snapshot: Snapshot, party: str, basis: Basis, window: BaseGeometry) -> BaseGeometry:
    ground = merged(pieces(snapshot), *STATUSES_OF[basis], party=party)
    return common_ground(polygonal(ground), polygonal(window))


def _kinds(one: BaseGeometry, other: BaseGeometry) -> dict[str, BaseGeometry]:
    return {
        "both": polygonal(one.intersection(other)),
        "first only": polygonal(one.difference(other)),
        "second only": polygonal(other.difference(one)),
    }


def _identity(found: list[Answer], party: str, basis: Basis) -> dict[str, object]:
    one, other = found
    return {
        "date": one.date,
        "party": party,
        "basis": basis,
        "first_maker": one.revision.maker,
        "second_maker": other.revision.maker,
        "first_age_days": one.age_days,
        "second_age_days": other.age_days,
    }
