"""Controlled and contested zones of one snapshot that lie over each other, and by how much."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from frontmap.geometry.crossings import TOO_MANY_PAIRS, excess, pairs_of_boxes
from frontmap.geometry.exact_area import polygon_areas_km2
from frontmap.geometry.gaps import widest
from frontmap.geometry.grid import snap
from frontmap.geometry.plane import plane_about
from frontmap.geometry.polygons import content_key, polygonal
from frontmap.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from numpy.typing import NDArray

    from frontmap.model import Zone

    Indices = NDArray[np.int64]
    Shapes = NDArray[np.object_]

OVERLAP_KM2 = 0.01
#: So many pairs of zones are named; who has more needs no list.
MOST_OVERLAPS = 1000
_BLOCK_VERTICES = 1_000_000


@dataclass(frozen=True, slots=True)
class SharedGround:
    """How much ground zones share, by their content: most stay from one snapshot to the next."""

    numbers: dict[bytes, int] = field(default_factory=dict)
    km2: dict[tuple[int, int], float] = field(default_factory=dict)


class Overlap(NamedTuple):
    """Two zones by their ids, in order, and the ground that both have."""

    first: str
    second: str
    km2: float


def find_overlaps(zones: Sequence[Zone], shared: SharedGround) -> tuple[list[Overlap], str]:
    """Return the zones that overlap by more than 1 ha, and what of them was not looked for.

    The second value is blank where all were: 1,000 pairs are named at most, and zones that would
    cost too much to cut by each other (:mod:`frontmap.geometry.crossings`) are not cut. ``shared``
    is filled, and used for the next snapshot of a series.

    >>> from shapely import box
    >>> def zone(id, geometry):
    ...     return Zone(id=id, party="UA", status="controlled", geometry=geometry,
    ...                 sources=("s",), confidence="high", accuracy_m=500.0)
    >>> from frontmap.model import Zone
    >>> found, _ = find_overlaps([zone("b", box(0, 0, 1, 1)), zone("a", box(0.5, 0, 1.5, 1))],
    ...                        SharedGround())
    >>> [(each.first, each.second, round(each.km2)) for each in found]
    [('a', 'b', 6154)]
    """
    shapes = np.array([zone.geometry for zone in zones], dtype=object)
    pairs = pairs_of_boxes(shapes)
    if pairs is None:
        return [], TOO_MANY_PAIRS
    one, other = pairs
    numbers = [
        shared.numbers.setdefault(content_key(shape), len(shared.numbers)) for shape in shapes
    ]
    known = [(numbers[i], numbers[j]) for i, j in zip(one, other, strict=True)]
    unknown = np.array([n for n, pair in enumerate(known) if pair not in shared.km2], dtype=int)
    shapely.prepare(shapes[one[unknown]])
    meet = shapely.intersects(shapes[one[unknown]], shapes[other[unknown]])
    shared.km2.update((known[n], 0.0) for n in unknown[~meet])
    cut = unknown[meet]
    if why := excess(shapes, one[cut], other[cut]):
        return [], why
    found: list[Overlap] = []
    for block in _blocks(shapes, one, other):
        new = np.intersect1d(block, cut, assume_unique=True)
        areas = _shared_km2(shapes[one[new]], shapes[other[new]])
        shared.km2.update(zip((known[n] for n in new), areas, strict=True))
        for n in block:
            if (km2 := shared.km2[known[n]]) > OVERLAP_KM2:
                first, second = sorted((zones[one[n]].id, zones[other[n]].id))
                found.append(Overlap(first, second, km2))
        if len(found) > MOST_OVERLAPS:
            return found[:MOST_OVERLAPS], (
                f"more than {MOST_OVERLAPS:,} pairs of zones overlap: only so many are named"
            )
    return found, ""


def new_overlaps(
    found: Sequence[Overlap], zones: Sequence[Zone], before: Sequence[Zone]
) -> list[Overlap]:
    """Return of the overlaps of ``zones`` those that zones ``before`` did not have, by their km².

    Ground of two zones is not new where two of the same parties and statuses had it before.

    >>> from shapely import box
    >>> def zone(id, geometry):
    ...     return Zone(id=id, party="UA", status="controlled", geometry=geometry,
    ...                 sources=("s",), confidence="high", accuracy_m=500.0)
    >>> from frontmap.model import Zone
    >>> before = [zone("a", box(0, 0, 1, 1)), zone("b", box(0.5, 0, 1.5, 1))]
    >>> after = [before[0], zone("c", box(0.4, 0, 1.5, 1))]
    >>> found, _ = find_overlaps(after, SharedGround())
    >>> [round(each.km2) for each in new_overlaps(found, after, before)]
    [1231]
    """
    by_id = {zone.id: zone for zone in zones}
    known = {_ground_and_kind(zone) for zone in before}
    new = []
    for overlap in found:
        one, other = by_id[overlap.first], by_id[overlap.second]
        if {_ground_and_kind(one), _ground_and_kind(other)} <= known:
            continue
        shared = shapely.intersection(one.geometry, other.geometry)
        rest = polygonal(shapely.difference(shared, _shared_before(one, other, before)))
        km2 = float(polygon_areas_km2([rest])[0])
        if km2 > OVERLAP_KM2:
            new.append(overlap._replace(km2=km2))
    return new


def is_ground_of(zones: Sequence[Zone], before: Sequence[Zone]) -> bool:
    """Whether each zone has the ground, the party and the status of one of the zones before.

    >>> is_ground_of([], [])
    True
    """
    known = {_ground_and_kind(zone) for zone in before}
    return all(_ground_and_kind(zone) in known for zone in zones)


def _ground_and_kind(zone: Zone) -> tuple[bytes, str, str]:
    return content_key(shapely.normalize(zone.geometry)), zone.party, zone.status


def _shared_before(one: Zone, other: Zone, before: Sequence[Zone]) -> shapely.Geometry:
    """Return the ground that two zones of the same parties and statuses had before."""
    firsts, seconds = (
        [zone for zone in before if (zone.party, zone.status) == (each.party, each.status)]
        for each in (one, other)
    )
    return shapely.union_all(
        [
            shapely.intersection(first.geometry, second.geometry)
            for first in firsts
            for second in seconds
            if first.id != second.id and shapely.intersects(first.geometry, second.geometry)
        ]
    )


class CountedOnce(NamedTuple):
    """Zones of one party and status that do not overlap each other, and a line that says so."""

    zones: tuple[Zone, ...]
    said: str = ""


def part_shared_ground(
    zones: tuple[Zone, ...], shared: SharedGround, before: Sequence[Zone] = ()
) -> CountedOnce:
    """Leave ground that several zones of one party and status have to that whose id comes first.

    A zone of which nothing is left is left out. Claimed ground may overlap, and what overlapped
    in the zones ``before`` is left as it is. The text is blank where nothing changes.

    >>> from shapely import box
    >>> def zone(id, geometry):
    ...     return Zone(id=id, party="UA", status="controlled", geometry=geometry,
    ...                 sources=("s",), confidence="high", accuracy_m=500.0)
    >>> from frontmap.model import Zone
    >>> both = (zone("a", box(35, 51, 36, 52)), zone("b", box(35.5, 51, 36.5, 52)))
    >>> found = part_shared_ground(both, SharedGround())
    >>> found.zones[1].geometry.bounds
    (36.0, 51.0, 36.5, 52.0)
    >>> found.said
    "zones 'a' and 'b' of one party and status overlap by 3862.85 km², counted once: left to 'a'"
    """
    assessed = [zone for zone in zones if zone.status != "claimed"]
    if any(zone.geometry.is_empty or not zone.geometry.is_valid for zone in assessed):
        return CountedOnce(zones)
    found, unknown = find_overlaps(assessed, shared)
    of = {zone.id: zone for zone in assessed}
    if unknown or len(of) < len(assessed):  # which the rules of a snapshot refuse
        return CountedOnce(zones)
    alike = [
        each
        for each in found
        if (of[each.first].party, of[each.first].status)
        == (of[each.second].party, of[each.second].status)
    ]
    alike = new_overlaps(alike, assessed, before) if before else alike
    if not alike:
        return CountedOnce(zones)
    earlier: dict[str, list[Zone]] = {}
    for overlap in alike:
        earlier.setdefault(overlap.second, []).append(of[overlap.first])
    cut = [_without(zone, earlier[zone.id]) if zone.id in earlier else zone for zone in zones]
    remaining = tuple(zone for zone in cut if not zone.geometry.is_empty)
    gone = sorted(of.keys() - {zone.id for zone in remaining})
    return CountedOnce(remaining, _said(alike, gone))


def _without(zone: Zone, earlier: Sequence[Zone]) -> Zone:
    taken = shapely.union_all([other.geometry for other in earlier])
    return replace(zone, geometry=snap(polygonal(zone.geometry.difference(taken))).geometry)


def _said(alike: Sequence[Overlap], gone: Collection[str]) -> str:
    most = max(alike, key=lambda overlap: overlap.km2)
    one = f"zones {most.first!r} and {most.second!r}"
    if len(alike) == 1:
        text = (
            f"{one} of one party and status overlap by {most.km2:.2f} km², counted once: "
            f"left to {most.first!r}"
        )
    else:
        text = (
            f"{counted(len(alike), 'pair')} of zones of one party and status overlap, counted "
            f"once: left to the one whose id comes first; the most are {most.km2:.2f} km² of {one}"
        )
    names = ", ".join(map(repr, gone))
    return f"{text}; nothing is left of {names}: left out" if gone else text


def _blocks(shapes: Shapes, one: Indices, other: Indices) -> Iterator[Indices]:
    """Part pairs into blocks that have about a million vertices, to stop after any."""
    vertices = shapely.get_num_coordinates(shapes)
    total = np.cumsum(vertices[one] + vertices[other])
    yield from np.split(np.arange(len(one)), np.flatnonzero(np.diff(total // _BLOCK_VERTICES)) + 1)


def _shared_km2(one: Shapes, other: Shapes) -> list[float]:
    shared = shapely.intersection(one, other)
    ground = np.array([polygonal(each) for each in shared], dtype=object)
    areas: list[float] = polygon_areas_km2(ground).tolist()
    return areas


def widest_shared(one: Zone, other: Zone) -> tuple[float, tuple[float, float]]:
    """Return how wide the ground of two zones that overlap is, in metres, and where (lon, lat).

    >>> from shapely import box
    >>> from frontmap.model import Zone
    >>> def zone(geometry):
    ...     return Zone(id="a", party="UA", status="controlled", geometry=geometry, sources=("s",),
    ...                 confidence="high", accuracy_m=500.0)
    >>> width_m, (lon, lat) = widest_shared(zone(box(35, 51, 35.1, 51.1)),
    ...                                     zone(box(35.0999, 51, 35.2, 51.1)))
    >>> round(width_m), round(lon, 3), round(lat, 1)
    (7, 35.1, 51.0)
    """
    ground = polygonal(shapely.intersection(one.geometry, other.geometry))
    widths_m, places = widest(shapely.get_parts(ground), plane_about(ground))
    largest = int(np.argmax(widths_m))
    lon, lat = places[largest].tolist()
    return float(widths_m[largest]), (lon, lat)


def ground_of(zones: Sequence[Zone]) -> Shapes:
    """Return the ground of zones as an array.

    >>> ground_of([]).shape
    (0,)
    """
    shapes = np.empty(len(zones), dtype=object)
    shapes[:] = [zone.geometry for zone in zones]
    return shapes


def in_metres(width_m: float) -> str:
    """Write a width for people.

    >>> in_metres(3.54), in_metres(6986.4)
    ('3.5 m', '6,986 m')
    """
    return f"{width_m:,.0f} m" if width_m >= 10 else f"{width_m:.1f} m"  # noqa: PLR2004  two digits
