"""From the rings that a maker's file holds to the ground that an archive stores.

Coordinates are longitude/latitude in degrees (EPSG:4326). Ground is two-dimensional, snapped to
six decimals, valid, and cut to the region of interest; whatever was changed on the way is noted.
"""

from __future__ import annotations

import hashlib
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from frontmap.geometry.crossings import MOST_CROSSINGS, too_many_crossings
from frontmap.geometry.grid import DECIMALS, snap
from frontmap.geometry.polygons import polygonal
from frontmap.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SMALLEST_RING = 4
HIGHEST_LON, HIGHEST_LAT = 180.0, 90.0


class Note(NamedTuple):
    """One thing left out, repaired or worth a look: the rule, and what was found."""

    rule: str
    detail: str = ""


class CleanGround(NamedTuple):
    """The ground of one feature, ``None`` where none is left, and what was done to it."""

    geometry: Polygon | MultiPolygon | None
    notes: tuple[Note, ...]


def clean_ground(
    parts: Iterable[Sequence[Any]], region: Polygon | MultiPolygon | None = None
) -> CleanGround:
    """Turn GeoJSON polygon coordinates (a list of rings each, shell first) into stored ground.

    The ground of all ``parts`` is joined, and cut to ``region`` where one is given.

    >>> square = [[36, 48, 0], [36, 49, 0], [37, 49, 0], [37, 48, 0], [36, 48, 0]]
    >>> made = clean_ground([[square]], region=shapely.box(36, 48, 36.5, 50))
    >>> made.geometry.bounds, [note.rule for note in made.notes]
    ((36.0, 48.0, 36.5, 49.0), ['z-dropped', 'rewound'])
    >>> clean_ground([]).geometry is None
    True
    """
    notes: list[Note] = []
    polygons = [polygon for rings in parts if (polygon := _polygon(rings, notes)) is not None]
    if not polygons:
        return CleanGround(None, _once(notes))
    joined = polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)
    if too_many_crossings(np.array([joined], dtype=object)):
        notes.append(Note("too-many-crossings", f"of its lines, more than {MOST_CROSSINGS:,}"))
        return CleanGround(None, _once(notes))
    if reason := _fault(joined):
        notes.append(Note("repaired", reason))
    stored, changes = snap(joined)
    if region is not None and not stored.is_empty:
        inside = _inside(stored, region)
        if inside.is_empty:
            return CleanGround(None, (Note("outside"),))
        stored, more = snap(inside)
        changes += more
    if stored.is_empty:
        total = ", ".join(change.text for change in changes)
        notes.append(Note("vanished", total))
        return CleanGround(None, _once(notes))
    notes += [Note(change.rule, change.text) for change in changes]
    return CleanGround(stored, _once(notes))


def cut(geometry: Polygon | MultiPolygon, region: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    """Return the part of ``geometry`` inside ``region``, on the grid of six decimals; may be empty.

    >>> cut(shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 3)).is_empty
    True
    """
    return snap(_inside(geometry, region)).geometry


def _inside(ground: Polygon | MultiPolygon, region: shapely.Geometry) -> Polygon | MultiPolygon:
    if shapely.covers(region, ground):
        return ground
    return polygonal(shapely.intersection(ground, region))


def ground_digest(geometry: Polygon | MultiPolygon) -> str:
    """Return ten hexadecimal digits that name this ground, whatever the order of its vertices.

    >>> ground_digest(shapely.box(0, 0, 1, 1)) == ground_digest(shapely.box(0, 0, 1, 1).reverse())
    True
    """
    vertices = np.unique(np.rint(shapely.get_coordinates(geometry) * 10**DECIMALS), axis=0)
    return hashlib.sha256(vertices.astype("<i4").tobytes()).hexdigest()[:10]


def _polygon(rings: Sequence[Any], notes: list[Note]) -> Polygon | None:
    listed = rings if isinstance(rings, list | tuple) else ()
    shell, *inner = [_ring(ring, notes) for ring in listed] or [None]
    if shell is None:
        notes.append(Note("no-shell", "a polygon without a usable outer ring is left out"))
        return None
    holes = [hole for hole in inner if hole is not None]
    _note_winding(shell, holes, notes)
    return Polygon(shell, holes)


def _ring(positions: Any, notes: list[Note]) -> Floats | None:  # noqa: ANN401  whatever the file holds
    listed = isinstance(positions, list) and all(isinstance(each, list) for each in positions)
    flat = [position[:3] for position in positions] if listed else [[None]]
    numbers = set(map(type, chain.from_iterable(flat))) <= {int, float}
    if not numbers or len(set(map(len, flat))) > 1:
        notes.append(Note("ring-left-out", "positions that are not numbers"))
        return None
    ring = np.array(flat, dtype=np.float64)
    if ring.ndim != 2 or len(ring) < SMALLEST_RING - 1 or ring.shape[1] < 2:  # noqa: PLR2004  lon and lat
        notes.append(Note("ring-left-out", counted(len(ring), "position")))
        return None
    if ring.shape[1] > 2:  # noqa: PLR2004  lon and lat
        notes.append(Note("z-dropped" if not ring[:, 2].any() else "height-dropped"))
    plane = ring[:, :2]
    if not np.isfinite(plane).all() or (np.abs(plane) > (HIGHEST_LON, HIGHEST_LAT)).any():
        notes.append(Note("ring-left-out", "a position outside longitude/latitude in degrees"))
        return None
    if (plane[0] != plane[-1]).any():
        notes.append(Note("ring-closed", counted(len(plane), "position")))
        plane = np.vstack([plane, plane[:1]])
    if len(plane) < SMALLEST_RING:
        notes.append(Note("ring-left-out", counted(len(plane), "position")))
        return None
    return plane


def _note_winding(shell: Floats, holes: Sequence[Floats], notes: list[Note]) -> None:
    wrong = [not shapely.is_ccw(shapely.LinearRing(shell))]
    wrong += [bool(shapely.is_ccw(shapely.LinearRing(hole))) for hole in holes]
    if any(wrong):
        notes.append(Note("rewound"))


def _fault(geometry: Polygon | MultiPolygon) -> str:
    """Say what is wrong with a geometry in words and with its place, or nothing."""
    if geometry.is_valid:
        return ""
    words, _, place = shapely.is_valid_reason(geometry).partition("[")
    return f"{words.strip()} near {place.rstrip(']')}"


def _once(notes: Iterable[Note]) -> tuple[Note, ...]:
    return tuple(dict.fromkeys(notes))
