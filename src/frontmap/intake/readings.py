"""What ground invalid polygons mean, where all ways to read them come to the same.

Rings that cross themselves, holes that reach out of their ground, parts that lie over each other
can be read in several ways: the area that the lines enclose as they run (a loop run the other way
counts against it), the ground that they go around once or more, or an odd number of times. Where
these agree there is one meaning, which is mended; where they don't, nobody but who drew it knows.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from frontmap.errors import InputError
from frontmap.geometry.exact_area import polygon_areas_km2, ring_areas_km2
from frontmap.geometry.polygons import polygonal

if TYPE_CHECKING:
    from collections.abc import Sequence

    Ground = Polygon | MultiPolygon
    Position = tuple[float, float]

#: The readings of one zone may differ by 1 ha, or by this share of its area where that is more.
MOST_KM2, MOST_SHARE = 0.01, 0.001
#: Readings that differ by less are the same: 1 m², or the last digits of a large area.
LEAST_KM2, LEAST_SHARE = 1e-6, 1e-9

_WORDS = {
    "Self-intersection": "lines cross or run along each other",
    "Ring Self-intersection": "a ring touches itself",
    "Hole lies outside shell": "a hole reaches out of its ground",
    "Nested holes": "a hole lies in another",
    "Nested shells": "a part lies in another",
    "Duplicate Rings": "a ring is there twice",
    "Interior is disconnected": "holes part the ground in two",
    "Too few points in geometry component": "a ring encloses nothing",
}


class Note(NamedTuple):
    """One thing left out, mended or worth a look: the rule, what was found, and how much of it."""

    rule: str
    detail: str = ""
    km2: float = 0.0


class _Doubt(NamedTuple):
    """Ground that is in one reading and not in another."""

    km2: float
    what: str
    position: Position


def one_reading(drawn: Ground, accuracy_m: float) -> tuple[Ground, tuple[Note, ...]]:
    """Return the ground that polygons mean, valid, and notes of what was mended.

    ``drawn`` are polygons or multipolygons in degrees, whose ``accuracy_m`` is the position error
    of their line. Valid ones come back as they are. Else the ground is what the rings of each
    part go around, less what its holes go around; ground of several parts counts once.

    Raises ``InputError``, with km² and place, when readings differ by more than 1 ha and 0.1 % of
    the area, or by more than the bound of its uncertainty.

    >>> ring = [(35, 51), (35.2, 51), (35.2, 51.2), (35, 51.2),
    ...         (35, 51), (35.05, 51.1), (35.1, 51.05)]
    >>> ground, notes = one_reading(Polygon(ring), 500)
    >>> len(ground.interiors), notes[0].detail
    (1, 'a ring touches itself near 35, 51')
    >>> one_reading(Polygon([(35, 51), (35.1, 51.1), (35.1, 51), (35, 51.1)]), 500)
    Traceback (most recent call last):
    frontmap.errors.InputError: invalid geometry, of several meanings: loops of a ring run against
    each other: 39 km² near 35.05, 51.05, at most 0.039 km² are mended; mend it (in QGIS: Fix
    geometries), or leave the feature out
    """
    if drawn.is_valid:
        return drawn, ()
    parts = sorted(shapely.get_parts(drawn), key=_content)  # whatever the order in the file
    doubts: list[_Doubt] = []
    grounds = [_of_part(shapely.normalize(part), doubts) for part in parts]
    ground = polygonal(shapely.union_all(grounds))
    area_km2 = _km2(ground)
    notes = []
    twice_km2 = sum(map(_km2, grounds)) - area_km2
    if twice_km2 > _noise_km2(area_km2):
        doubts += _against_each_other(parts, grounds)
        notes = [_counted_once(grounds, twice_km2)]
    doubt_km2 = sum(doubt.km2 for doubt in doubts)
    if doubt_km2 > _noise_km2(area_km2):
        _require_small(doubts, _most_km2(ground, area_km2, accuracy_m))
        what = f"{_reason(drawn)}: {_digits(doubt_km2)} km² may be meant otherwise"
        notes = [Note("repaired", what, doubt_km2), *notes]
    elif not (notes and shapely.is_valid(parts).all()):
        notes = [Note("repaired", _reason(drawn)), *notes]
    return ground, tuple(notes)


def _content(part: Polygon) -> bytes:
    return bytes(shapely.to_wkb(shapely.normalize(part)))


def _counted_once(grounds: Sequence[Ground], twice_km2: float) -> Note:
    shared = max((shapely.intersection(a, b) for a, b in _meeting(grounds)), key=shapely.area)
    return Note(
        "parts-overlap",
        f"parts lie over each other by {_digits(twice_km2)} km², counted once; "
        f"the most is near {_place(_middle(shared))}",
        twice_km2,
    )


def _require_small(doubts: Sequence[_Doubt], most_km2: float) -> None:
    doubt_km2 = sum(doubt.km2 for doubt in doubts)
    if doubt_km2 > most_km2:
        largest = max(doubts, key=lambda doubt: doubt.km2)
        raise InputError(
            f"invalid geometry, of several meanings: {largest.what}: {_digits(doubt_km2)} km² "
            f"near {_place(largest.position)}, at most {_digits(most_km2)} km² are mended; "
            "mend it (in QGIS: Fix geometries), or leave the feature out"
        )


def _of_part(part: Polygon, doubts: list[_Doubt]) -> Ground:
    """Read a polygon: what its outer ring goes around, less what its holes go around."""
    ground = _of_ring(part.exterior, doubts)
    if not part.interiors:
        return ground
    holes = [_of_ring(hole, doubts) for hole in part.interiors]
    taken = shapely.union_all(holes)
    beyond = polygonal(shapely.difference(taken, ground))
    doubts.append(_Doubt(_km2(beyond), "a hole lies outside its outer ring", _middle(beyond)))
    twice_km2 = sum(map(_km2, holes)) - _km2(polygonal(taken))
    if twice_km2 > 0:
        shared = max(
            (shapely.intersection(a, b) for a, b in _meeting(holes)),
            key=shapely.area,
            default=taken,
        )
        doubts.append(_Doubt(twice_km2, "holes lie over each other", _middle(shared)))
    return polygonal(shapely.difference(ground, taken))


def _of_ring(ring: shapely.LinearRing, doubts: list[_Doubt]) -> Ground:
    """Read a ring: what it goes around, once or more, in either direction."""
    whole = Polygon(ring)
    if whole.is_valid:
        return whole
    around = polygonal(shapely.make_valid(whole, method="structure", keep_collapsed=False))
    odd_km2 = _km2(polygonal(shapely.make_valid(whole, method="linework")))
    positions = shapely.get_coordinates(ring)
    run_km2 = abs(float(ring_areas_km2(positions, [0, len(positions)])[0]))
    km2 = _km2(around)
    against_km2, twice_km2 = km2 - run_km2, max(run_km2 - km2, km2 - odd_km2)
    if against_km2 > twice_km2:
        doubts.append(_Doubt(against_km2, "loops of a ring run against each other", _flaw(whole)))
    else:
        doubts.append(_Doubt(twice_km2, "a ring goes twice around ground", _flaw(whole)))
    return around


def _against_each_other(parts: Sequence[Polygon], grounds: Sequence[Ground]) -> list[_Doubt]:
    """Doubt ground of two parts of which one is wound as a hole of the other would be."""
    windings = [shapely.is_ccw(part.exterior) for part in parts]
    found = []
    for one, other in combinations(range(len(parts)), 2):
        if windings[one] != windings[other] and grounds[one].intersects(grounds[other]):
            shared = polygonal(shapely.intersection(grounds[one], grounds[other]))
            what = "a part is wound as a hole of another"
            found.append(_Doubt(_km2(shared), what, _middle(shared)))
    return found


def _meeting(grounds: Sequence[Ground]) -> list[tuple[Ground, Ground]]:
    """Return the pairs of grounds that meet."""
    one, other = shapely.STRtree(grounds).query(grounds, predicate="intersects")
    return [(grounds[i], grounds[j]) for i, j in zip(one, other, strict=True) if i < j]


def _most_km2(ground: Ground, area_km2: float, accuracy_m: float) -> float:
    """Return by how much readings may differ: never by more than the line may be off."""
    from frontmap.geometry.uncertainty import (  # noqa: PLC0415  heavy, and seldom needed
        Outline,
        area_uncertainty,
    )

    most_km2 = max(MOST_KM2, MOST_SHARE * area_km2)
    if ground.is_empty:
        return most_km2
    try:
        bound_km2 = area_uncertainty(ground, [Outline(ground, accuracy_m)]).bound_km2
    except InputError:  # too long a line to be told
        return most_km2
    return min(most_km2, bound_km2)


def _noise_km2(area_km2: float) -> float:
    return max(LEAST_KM2, LEAST_SHARE * area_km2)


def _km2(ground: Ground) -> float:
    return float(polygon_areas_km2([ground])[0])


def _reason(drawn: Ground) -> str:
    words, _, _ = shapely.is_valid_reason(drawn).partition("[")
    return f"{_WORDS.get(words.strip(), words.strip())} near {_place(_flaw(drawn))}"


def _flaw(drawn: Ground) -> Position:
    """Return where GEOS found the first flaw."""
    lon, lat = shapely.is_valid_reason(drawn).partition("[")[2].rstrip("]").split()
    return float(lon), float(lat)


def _middle(ground: shapely.Geometry) -> Position:
    parts = shapely.get_parts(polygonal(ground))
    if not len(parts):
        return (np.nan, np.nan)
    west, south, east, north = parts[int(np.argmax(shapely.area(parts)))].bounds
    return (west + east) / 2, (south + north) / 2


def _place(position: Position) -> str:
    lon, lat = position
    return f"{lon:.6g}, {lat:.6g}"


def _digits(km2: float) -> str:
    return np.format_float_positional(km2, precision=3, fractional=False, trim="-")
