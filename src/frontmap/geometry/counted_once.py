"""Ground counts once: what each party of a snapshot holds, as pieces that do not overlap.

Zones of one archive may lie over each other, above all in files of other makers. Contested goes
before controlled; ground that two parties both control is contested for both; claimed ground is
counted apart and takes nothing away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from frontmap.errors import InputError
from frontmap.geometry.crossings import REMEDY, TOO_MANY_PAIRS, excess, pairs_of_boxes
from frontmap.geometry.exact_area import polygon_areas_km2
from frontmap.geometry.polygons import content_key, polygonal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from frontmap.model import Basis, Snapshot, Status, Zone

    Indices = NDArray[np.int64]
    Shapes = NDArray[np.object_]


#: Pairs of zones of one snapshot that compete for ground.
MOST_OVERLAPS = 200_000
STATUSES_OF: dict[Basis, tuple[Status, ...]] = {
    "controlled": ("controlled",),
    "held": ("controlled", "contested"),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Ground of one zone that is counted for its party under one status.

    ``geometry`` is polygonal, in longitude/latitude degrees. Pieces of one party do not overlap,
    save that claimed pieces may lie over the others.
    """

    zone: Zone
    status: Status
    geometry: Polygon | MultiPolygon


class _Content(NamedTuple):
    """What of a zone decides how it is cut: equal for equal zones of different snapshots."""

    geometry: bytes
    party: str
    status: Status
    id: str


@dataclass(frozen=True, slots=True)
class PieceCache:
    """How zones of earlier snapshots were cut, by their content: unchanged ones are looked up.

    ``meets`` says of two geometries whether their insides meet; ``cuts`` holds, for a zone and
    those that it competes with, what counts under its own status and what is contested instead.
    """

    meets: dict[tuple[bytes, bytes], bool] = field(default_factory=dict)
    cuts: dict[tuple[_Content, ...], tuple[BaseGeometry, BaseGeometry]] = field(
        default_factory=dict
    )


def pieces(snapshot: Snapshot, cache: PieceCache | None = None) -> tuple[Piece, ...]:
    """Cut a snapshot's zones so that each party's ground is counted once.

    A controlled zone loses what is contested or controlled by another party, and that ground is
    contested for it; zones of one party and status lose what an earlier zone (by id) covers.
    ``cache`` is filled, and used for the next snapshot of a series. Raises ``InputError`` naming
    the date when that would cost too much (:mod:`frontmap.geometry.crossings`).

    >>> import datetime as dt
    >>> from shapely import box
    >>> from frontmap.model import Revision, Snapshot, Zone
    >>> def zone(id, party, status, geometry):
    ...     return Zone(id=id, party=party, status=status, geometry=geometry, sources=("s",),
    ...                 confidence="high", accuracy_m=500.0)
    >>> revision = Revision(date=dt.date(2024, 8, 31), recorded=dt.datetime.now(dt.UTC),
    ...                     kind="snapshot", maker="m", author="a", license="MIT", reason="r")
    >>> zones = (zone("a", "UA", "controlled", box(0, 0, 2, 1)),
    ...          zone("b", "UA", "contested", box(1, 0, 3, 1)))
    >>> [(p.zone.id, p.status, p.geometry.area) for p in pieces(Snapshot(revision, zones))]
    [('a', 'controlled', 1.0), ('b', 'contested', 2.0)]
    """
    cache = PieceCache() if cache is None else cache
    try:
        overlaps = _overlaps(snapshot.zones, cache)
    except InputError as error:
        raise InputError(f"{snapshot.date}, revision {snapshot.digest[:12]}: {error}") from None
    return tuple(
        piece
        for place, zone in enumerate(snapshot.zones)
        for piece in _cut(zone, [snapshot.zones[other] for other in overlaps[place]], cache)
    )


def pieces_of(parts: Iterable[Piece], *statuses: Status, party: str) -> list[Piece]:
    """Return a party's pieces with one of the statuses, in their order.

    >>> pieces_of([], "controlled", "contested", party="UA")
    []
    """
    return [part for part in parts if part.zone.party == party and part.status in statuses]


def counted_km2(parts: Iterable[Piece], *statuses: Status, party: str) -> float:
    """Area of a party's pieces with one of the statuses, on the WGS 84 ellipsoid; 0.0 for none.

    >>> counted_km2([], "controlled", party="UA")
    0.0
    """
    own = [part.geometry for part in pieces_of(parts, *statuses, party=party)]
    return float(polygon_areas_km2(own).sum())


def merged(parts: Iterable[Piece], *statuses: Status, party: str) -> BaseGeometry:
    """Union of a party's pieces with one of the statuses, in degrees; empty where it has none.

    >>> merged([], "controlled", party="UA")
    <MULTIPOLYGON EMPTY>
    """
    return union([part.geometry for part in pieces_of(parts, *statuses, party=party)])


def union(geometries: Sequence[BaseGeometry]) -> BaseGeometry:
    """Polygonal union; an empty one of no geometries, the geometry itself of one.

    >>> from shapely import box
    >>> union([box(0, 0, 2, 1), box(1, 0, 3, 1)]).area
    3.0
    """
    if len(geometries) == 1:
        return geometries[0]
    return polygonal(shapely.union_all(np.array(geometries, dtype=object)))


def _overlaps(zones: Sequence[Zone], cache: PieceCache) -> dict[int, list[int]]:
    """Find, for each zone, the places of those that compete with it for ground, in order."""
    shapes = np.empty(len(zones), dtype=object)
    shapes[:] = [zone.geometry for zone in zones]
    keys = [content_key(zone.geometry) for zone in zones]
    near = pairs_of_boxes(shapes)
    if near is None:
        raise InputError(TOO_MANY_PAIRS)
    pairs = [
        (first, second)
        for first, second in zip(*(each.tolist() for each in near), strict=True)
        if _compete(zones[first], zones[second])
    ]
    unknown = [pair for pair in pairs if (keys[pair[0]], keys[pair[1]]) not in cache.meets]
    if unknown:
        left, right = np.array(unknown).T
        for pair, meet in zip(unknown, _insides_meet(shapes, left, right), strict=True):
            cache.meets[keys[pair[0]], keys[pair[1]]] = meet
    overlapping = [p for p in sorted(pairs) if cache.meets[keys[p[0]], keys[p[1]]]]
    if len(overlapping) > MOST_OVERLAPS:
        raise InputError(
            f"{len(overlapping):,} pairs of zones compete for ground, "
            f"{MOST_OVERLAPS:,} at most; {REMEDY}"
        )
    found: dict[int, list[int]] = {place: [] for place in range(len(zones))}
    for first, second in overlapping:
        found[first].append(second)
        found[second].append(first)
    return found


def _compete(one: Zone, other: Zone) -> bool:
    """Tell whether an overlap of the two matters: a claim competes with the party's claims only."""
    same_claim = one.party == other.party and one.status == other.status
    return same_claim or "claimed" not in {one.status, other.status}


def _insides_meet(shapes: Shapes, left: Indices, right: Indices) -> list[bool]:
    shapely.prepare(shapes[left])
    meet = shapely.intersects(shapes[left], shapes[right])
    left, right = left[meet], right[meet]
    if why := excess(shapes, left, right):
        raise InputError(why)
    meet[meet] = shapely.relate_pattern(shapes[left], shapes[right], "T********")
    return [bool(each) for each in meet]


def _cut(zone: Zone, others: list[Zone], cache: PieceCache) -> tuple[Piece, ...]:
    if not others:
        return _piece(zone, zone.status, zone.geometry)
    content = tuple(
        _Content(content_key(z.geometry), z.party, z.status, z.id) for z in (zone, *others)
    )
    if content not in cache.cuts:
        cache.cuts[content] = _overlay(zone, others)
    counted, contested = cache.cuts[content]
    return _piece(zone, zone.status, counted) + _piece(zone, "contested", contested)


def _overlay(zone: Zone, others: list[Zone]) -> tuple[BaseGeometry, BaseGeometry]:
    """Find what of a zone counts under its own status, and what is contested instead."""
    earlier = [
        other
        for other in others
        if (other.party, other.status) == (zone.party, zone.status) and other.id < zone.id
    ]
    rivals = [other for other in others if _disputes(other, zone)]
    own_contested = [
        other for other in others if other.party == zone.party and other.status == "contested"
    ]
    ground = _minus(zone.geometry, earlier)
    if not rivals:
        return ground, shapely.Polygon()
    contested = polygonal(shapely.intersection(ground, _union_of(rivals)))
    return _minus(ground, rivals), _minus(contested, own_contested)


def _disputes(other: Zone, zone: Zone) -> bool:
    """Tell whether ground of both is contested rather than controlled as `zone` has it."""
    opposite = other.status == "controlled" and other.party != zone.party
    return zone.status == "controlled" and (other.status == "contested" or opposite)


def _piece(zone: Zone, status: Status, geometry: BaseGeometry) -> tuple[Piece, ...]:
    if geometry.is_empty:
        return ()
    return (Piece(zone, status, geometry),)  # type: ignore[arg-type]  # polygonal by construction


def _minus(geometry: BaseGeometry, zones: list[Zone]) -> BaseGeometry:
    return polygonal(shapely.difference(geometry, _union_of(zones))) if zones else geometry


def _union_of(zones: list[Zone]) -> BaseGeometry:
    return union([zone.geometry for zone in zones])
