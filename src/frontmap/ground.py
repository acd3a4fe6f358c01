"""Ground counts once: what each party of a snapshot holds, as pieces that do not overlap.

Zones of one archive may lie over each other, above all in files of other makers. Contested goes
before controlled; ground that two parties both control is contested for both; claimed ground is
counted apart and takes nothing away.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from frontmap.canonical import polygonal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from frontmap.model import Snapshot, Status, Zone


@dataclass(frozen=True, slots=True)
class Piece:
    """Ground of one zone that is counted for its party under one status.

    ``geometry`` is polygonal, in longitude/latitude degrees. Pieces of one party do not overlap,
    save that claimed pieces may lie over the others.
    """

    zone: Zone
    status: Status
    geometry: Polygon | MultiPolygon


def pieces(snapshot: Snapshot) -> tuple[Piece, ...]:
    """Cut a snapshot's zones so that each party's ground is counted once.

    A controlled zone loses what is contested or controlled by another party, and that ground is
    contested for it; zones of one party and status lose what an earlier zone (by id) covers.

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
    overlaps = _overlaps([zone.geometry for zone in snapshot.zones])
    return tuple(
        piece
        for place, zone in enumerate(snapshot.zones)
        for piece in _cut(zone, [snapshot.zones[other] for other in overlaps[place]])
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


def _overlaps(geometries: list[Polygon | MultiPolygon]) -> defaultdict[int, list[int]]:
    """For each geometry, the places of those whose inside meets its own, in order."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    array = np.array(geometries, dtype=object)
    one, other = shapely.STRtree(array).query(array, predicate="intersects")
    pairs = np.column_stack([one, other])[one < other]
    if not len(pairs):
        return found
    inside = shapely.relate_pattern(array[pairs[:, 0]], array[pairs[:, 1]], "T********")
    for first, second in sorted(pairs[inside].tolist()):
        found[first].append(second)
        found[second].append(first)
    return found


def _cut(zone: Zone, others: list[Zone]) -> Iterator[Piece]:
    own = [
        other
        for other in others
        if (other.party, other.status) == (zone.party, zone.status) and other.id < zone.id
    ]
    ground = _minus(zone.geometry, own)
    rivals = [other for other in others if _disputes(other, zone)]
    yield from _piece(zone, zone.status, _minus(ground, rivals))
    if rivals:
        doubted = [
            other for other in others if other.party == zone.party and other.status == "contested"
        ]
        shared = polygonal(shapely.intersection(ground, _union_of(rivals)))
        yield from _piece(zone, "contested", _minus(shared, doubted))


def _disputes(other: Zone, zone: Zone) -> bool:
    """Tell whether ground of both is contested rather than controlled as `zone` has it."""
    opposite = other.status == "controlled" and other.party != zone.party
    return zone.status == "controlled" and (other.status == "contested" or opposite)


def _piece(zone: Zone, status: Status, geometry: BaseGeometry) -> Iterator[Piece]:
    if not geometry.is_empty:
        yield Piece(zone, status, geometry)  # type: ignore[arg-type]  # polygonal by construction


def _minus(geometry: BaseGeometry, zones: list[Zone]) -> BaseGeometry:
    return polygonal(shapely.difference(geometry, _union_of(zones))) if zones else geometry


def _union_of(zones: list[Zone]) -> BaseGeometry:
    return union([zone.geometry for zone in zones])
