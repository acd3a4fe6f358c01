"""Makers on one ruler: the ground that all of them map as held, and what only some of them do."""

from __future__ import annotations

from functools import partial, reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from frontmap.archive.covered import common_ground, mapped_ground
from frontmap.archive.side_by_side import maker_names
from frontmap.dates import as_dates
from frontmap.errors import InputError, UsageError
from frontmap.geometry.counted_once import STATUSES_OF, merged, pieces, union
from frontmap.geometry.noding import faces_between
from frontmap.geometry.polygons import polygonal
from frontmap.measure.area import area_km2
from frontmap.measure.date_columns import with_typed_dates
from frontmap.measure.timeline import answers, parties_of, require
from frontmap.parallel import map_batches

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from frontmap.archive import Archive
    from frontmap.dates import DatesLike
    from frontmap.measure.timeline import Answer, Known
    from frontmap.model import Basis, Fill

COLUMNS = (
    "date",
    "party",
    "basis",
    "kind",
    "held_by",
    "area_km2",
    "share",
    "makers",
    "by_box",
    "compared_km2",
    "age_days",
    "digests",
    "geometry",
)
#: Between names of makers in one cell.
AND = "; "


def compare_makers(  # noqa: PLR0913  independent choices, all but the first keyword-only
    archives: Sequence[Archive],
    *,
    dates: DatesLike | None = None,
    basis: Basis = "controlled",
    party: str | None = None,
    known: Known = None,
    fill: Fill = "none",
    executor: Executor | None = None,
) -> gpd.GeoDataFrame:
    """Set the maps of two makers or more side by side, within the ground that all of them cover.

    Parameters
    ----------
    archives
        Two archives or more, as ``frontmap.open`` returns them; the order decides nothing but that
        of names.
    dates
        Valid dates, one or many; each archive answers for them by its own snapshot, or with
        ``fill="previous"`` by its last one before. None means every date of which all have one;
        filled, every date of any of them from the first that all can answer for.
    basis
        ``"controlled"`` ground, or ``"held"``: controlled and contested together.
    party
        One party; None means every party that any of them maps as holding ground.
    known
        As the archives knew it at that instant.
    executor
        Any ``concurrent.futures`` executor; None works in this process. The same to the bit.

    Returns
    -------
    geopandas.GeoDataFrame
        For each date and party a row for the ground that ``all`` hold (``kind``; also where that is
        nothing), then one for each set of makers that alone hold some (``some``), and last, for
        each maker, what it maps beyond the ground that all cover (``beyond``): of that another
        says nothing, so it is compared with nothing. ``held_by`` names the makers, between them
        ``"; "``; ``area_km2`` is on the WGS 84 ellipsoid; ``share`` is of what any of them holds
        within the common ground (blank beyond it, and where that is nothing); ``geometry`` is
        EPSG:4326; ``date`` is datetime64[us].

        ``makers`` names all of them in the order of ``archives``, numbered where they share a name;
        ``age_days`` and ``digests`` are of their snapshots in that order, a space between.
        ``compared_km2`` is the common ground; ``by_box`` names the makers that state no ground
        that they cover, so that the box of their theatre stands for it. Rows of all and some
        partition what any maker holds there, and each maker's add up to its own ground. A
        difference between makers is no error of any, and no change on the ground.

    Raises
    ------
    UsageError
        Fewer than two archives; the makers map no ground in common; or they have no date in common
        and none was given.
    InputError
        The maps cost too much to cut by each other.
    NotFoundError, ConflictError
        As ``Archive.as_of``.

    Examples
    --------
    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> table = frontmap.compare_makers([kursk, kursk], dates="2024-08-31")
    >>> table[["kind", "held_by", "share"]].values.tolist()
    [['all', 'frontmap (1); frontmap (2)', 1.0]]
    """
    for archive in archives:
        require(archive, basis=basis, fill=fill)
    if len(archives) < 2:  # noqa: PLR2004  a comparison is of two
        raise UsageError("makers are compared: give two archives or more")
    ruler = _Ruler(tuple(archives), covered_by_all(archives), basis, party)
    asked = as_dates(dates)
    days = _common_dates(archives, known=known, fill=fill) if asked is None else asked
    found = zip(
        *(answers(archive, days, known=known, fill=fill) for archive in archives), strict=True
    )
    rows = list(map_batches(partial(_compared, ruler), found, executor=executor))
    names = maker_names(archives)
    frame = gpd.GeoDataFrame(rows, columns=[*COLUMNS], geometry="geometry", crs="EPSG:4326")
    by_box = [
        name for name, each in zip(names, archives, strict=True) if each.about.covered is None
    ]
    frame["makers"], frame["by_box"] = AND.join(names), AND.join(by_box)
    frame["compared_km2"] = area_km2([ruler.common])[0]
    frame["area_km2"] = area_km2(frame.geometry.to_numpy())
    within_km2 = frame["area_km2"].where(frame["kind"] != "beyond")
    any_km2 = within_km2.groupby([frame["date"], frame["party"]]).transform("sum")
    frame["share"] = (within_km2 / any_km2).where(any_km2 > 0)
    return with_typed_dates(frame)


class _Ruler(NamedTuple):
    archives: tuple[Archive, ...]
    common: Polygon | MultiPolygon
    basis: Basis
    party: str | None


class MakersGround(NamedTuple):
    """Ground that some makers hold and no other: their places, and whether all cover it."""

    held_by: tuple[int, ...]
    within: bool
    geometry: BaseGeometry


def shared_ground(
    held: Sequence[BaseGeometry], common: Polygon | MultiPolygon
) -> list[MakersGround]:
    """Part what makers hold by who holds it, within the ground that all cover and beyond it.

    ``held`` is a polygonal geometry for each maker, in degrees. Each spot within ``common`` is of
    one part; beyond it each maker's ground is a part of its own. The part of all comes first, also
    where it is empty, then by the number of makers. Raises ``InputError`` when the lines cross too
    often (:mod:`frontmap.geometry.noding`).

    >>> parts = shared_ground([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 4, 1)],
    ...                       shapely.box(0, 0, 3, 1))
    >>> [(part.held_by, part.within, part.geometry.area) for part in parts]
    [((0, 1), True, 1.0), ((0,), True, 1.0), ((1,), True, 1.0), ((1,), False, 1.0)]
    """
    shapes = np.array([*held, common], dtype=object)
    faces = faces_between(shapely.boundary(shapes))
    inside = shapely.point_on_surface(faces)
    covers = np.zeros((len(faces), len(shapes)), dtype=bool)
    for place, shape in enumerate(shapes):
        shapely.prepare(shape)
        covers[:, place] = shapely.contains(shape, inside)
    holds, within = covers[:, :-1], covers[:, -1]
    sets = {tuple(np.flatnonzero(row).tolist()) for row in holds[within]} - {()}
    everyone = tuple(range(len(held)))
    ordered = sorted(sets | {everyone}, key=lambda own: (-len(own), own))
    parts = [
        MakersGround(own, True, _together(faces[within & (holds == _row(own, held)).all(axis=1)]))
        for own in ordered
    ]
    beyond = [
        MakersGround((maker,), False, _together(faces[~within & holds[:, maker]]))
        for maker in everyone
    ]
    return parts + [part for part in beyond if not part.geometry.is_empty]


def _row(own: tuple[int, ...], held: Sequence[BaseGeometry]) -> list[bool]:
    return [place in own for place in range(len(held))]


def _together(faces: NDArray[np.object_]) -> BaseGeometry:
    """Faces of one noding share their edges to the bit, so that their union loses nothing."""
    return polygonal(shapely.coverage_union_all(faces)) if len(faces) else union([])


def covered_by_all(archives: Sequence[Archive]) -> Polygon | MultiPolygon:
    """Return the ground that all these makers map, in degrees.

    Raises ``UsageError`` where they map none in common, ``InputError`` as
    :func:`frontmap.archive.covered.common_ground`.

    >>> import frontmap
    >>> covered_by_all([frontmap.open("geodata/kursk")]).bounds
    (34.0, 50.7, 36.2, 51.8)
    """
    common = reduce(common_ground, (mapped_ground(archive.about) for archive in archives))
    if not common.area:
        roots = " and ".join(str(archive.root) for archive in archives)
        raise UsageError(
            f"{roots}: the makers map no ground in common; compare archives of one region"
        )
    return common


def _common_dates(archives: Sequence[Archive], *, known: Known, fill: Fill) -> tuple[dt.date, ...]:
    series = [{each.date for each in archive.in_force(known=known)} for archive in archives]
    if fill == "previous" and all(series):
        first = max(min(dates) for dates in series)
        days = {day for day in set().union(*series) if day >= first}
    else:
        days = set.intersection(*series)
    if not days:
        roots = " and ".join(str(archive.root) for archive in archives)
        raise UsageError(
            f"{roots}: no date has a snapshot of each; let the last before stand for one "
            "(--fill previous)"
        )
    return tuple(sorted(days))


def _compared(ruler: _Ruler, batch: Sequence[tuple[Answer, ...]]) -> list[dict[str, Any]]:
    return [row for found in batch for row in _rows(ruler, found)]


def _rows(ruler: _Ruler, found: tuple[Answer, ...]) -> Iterator[dict[str, Any]]:
    opened = [
        archive.read(answer.revision) for archive, answer in zip(ruler.archives, found, strict=True)
    ]
    names = maker_names(ruler.archives)
    parts = [pieces(snapshot) for snapshot in opened]
    parties = [ruler.party] if ruler.party is not None else parties_of(opened)
    head = {
        "date": found[0].date,
        "basis": ruler.basis,
        "age_days": " ".join(str(answer.age_days) for answer in found),
        "digests": " ".join(snapshot.digest for snapshot in opened),
    }
    for party in parties:
        held = [merged(own, *STATUSES_OF[ruler.basis], party=party) for own in parts]
        try:
            shared = shared_ground(held, ruler.common)
        except InputError as error:
            raise InputError(f"{found[0].date}, ground of {party}: {error}") from None
        for own, within, geometry in shared:
            everyone = len(own) == len(names)
            kind = ("all" if everyone else "some") if within else "beyond"
            held_by = AND.join(names[place] for place in own)
            yield head | {"party": party, "kind": kind, "held_by": held_by, "geometry": geometry}
