"""Ground counts once: what each party of a snapshot holds, as pieces that do not overlap.

Zones of one archive may lie over each other, above all in files of other makers. Contested goes
before controlled; ground that two parties both control is contested for both; claimed ground is
counted apart and takes nothing away.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from frontmap.geometry.polygons import polygonal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from frontmap.model import Basis, Snapshot, Status, Zone


Memory = dict[Any, Any]

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


def pieces(snapshot: Snapshot, memory: Memory | None = None) -> tuple[Piece, ...]:
    """Cut a snapshot's zones so that each party's ground is counted once.

    A controlled zone loses what is contested or controlled by another party, and that ground is
    contested for it; zones of one party and status lose what an earlier zone (by id) covers.
    ``memory`` is any dict, given again for the next snapshot: unchanged zones are then looked up.

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
    memory = {} if memory is None else memory
    overlaps = _overlaps(snapshot.zones, memory)
    return tuple(
        piece
        for place, zone in enumerate(snapshot.zones)
        for piece in _cut(zone, [snapshot.zones[other] for other in overlaps[place]], memory)
    )


def merged(parts: Iterable[Piece], *statuses: Status, party: str) -> BaseGeometry:
    """Union of a party's pieces with one of the statuses; empty where it has none.

    >>> merged([], "controlled", party="UA")
    <MULTIPOLYGON EMPTY>
    """
    geometries = [
        part.geometry for part in parts if part.status in statuses and part.zone.party == party
    ]
    return union(geometries)


def union(geometries: Sequence[BaseGeometry]) -> BaseGeometry:
    """Polygonal union; an empty one of no geometries, the geometry itself of one."""
    if len(geometries) == 1:
        return geometries[0]
    return polygonal(shapely.union_all(np.array(geometries, dtype=object)))


def _overlaps(zones: Sequence[Zone], memory: Memory) -> dict[int, list[int]]:
    """Find, for each zone, the places of those that bear on what it counts for, in order."""
    shapes = np.empty(len(zones), dtype=object)
    shapes[:] = [zone.geometry for zone in zones]
    keys = [_key(zone) for zone in zones]
    one, other = shapely.STRtree(shapes).query(shapes)
    pairs = [
        (first, second)
        for first, second in zip(one.tolist(), other.tolist(), strict=True)
        if first < second and _bears(zones[first], zones[second])
    ]
    unknown = [pair for pair in pairs if (keys[pair[0]], keys[pair[1]]) not in memory]
    if unknown:
        left, right = np.array(unknown).T
        for pair, meet in zip(unknown, _insides_meet(shapes[left], shapes[right]), strict=True):
            memory[keys[pair[0]], keys[pair[1]]] = meet
    found: dict[int, list[int]] = {place: [] for place in range(len(zones))}
    for first, second in sorted(pairs):
        if memory[keys[first], keys[second]]:
            found[first].append(second)
            found[second].append(first)
    return found


def _key(zone: Zone) -> bytes:
    return hashlib.blake2b(shapely.to_wkb(zone.geometry), digest_size=16).digest()


def _bears(one: Zone, other: Zone) -> bool:
    """Tell whether an overlap of the two matters: a claim bears on the party's claims alone."""
    same_claim = one.party == other.party and one.status == other.status
    return same_claim or "claimed" not in {one.status, other.status}


def _insides_meet(left: NDArray[np.object_], right: NDArray[np.object_]) -> list[bool]:
    shapely.prepare(left)
    touch = shapely.intersects(left, right)
    touch[touch] = shapely.relate_pattern(left[touch], right[touch], "T********")
    return [bool(each) for each in touch]


def _cut(zone: Zone, others: list[Zone], memory: Memory) -> tuple[Piece, ...]:
    if not others:
        return _piece(zone, zone.status, zone.geometry)
    key = (*(_key(each) for each in (zone, *others)), *(_label(each) for each in (zone, *others)))
    if key not in memory:
        memory[key] = _overlay(zone, others)
    counted, shared = memory[key]
    return _piece(zone, zone.status, counted) + _piece(zone, "contested", shared)


def _overlay(zone: Zone, others: list[Zone]) -> tuple[BaseGeometry, BaseGeometry]:
    """Find what of a zone counts under its own status, and what is contested instead."""
    own = [
        other
        for other in others
        if (other.party, other.status) == (zone.party, zone.status) and other.id < zone.id
    ]
    rivals = [other for other in others if _disputes(other, zone)]
    doubted = [
        other for other in others if other.party == zone.party and other.status == "contested"
    ]
    ground = _minus(zone.geometry, own)
    if not rivals:
        return ground, shapely.Polygon()
    shared = polygonal(shapely.intersection(ground, _union_of(rivals)))
    return _minus(ground, rivals), _minus(shared, doubted)


def _label(zone: Zone) -> str:
    return f"{zone.party} {zone.status} {zone.id}"


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
