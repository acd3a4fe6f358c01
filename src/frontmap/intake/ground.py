"""From the rings that a file holds to the ground that an archive stores, mended on the way.

Coordinates are longitude/latitude in degrees (EPSG:4326). Ground is two-dimensional, on the grid of
six decimals, valid, and cut to the region of interest; whatever was changed on the way is noted.
What has more than one meaning is refused: :mod:`frontmap.intake.readings` has the rule.
"""

from __future__ import annotations

import hashlib
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from frontmap.errors import InputError
from frontmap.geometry.crossings import (
    MOST_CROSSINGS,
    crosses_more_often,
    too_many_crossings,
)
from frontmap.geometry.edges import edges_of
from frontmap.geometry.exact_area import polygon_areas_km2
from frontmap.geometry.grid import DECIMALS, snap
from frontmap.geometry.polygons import polygonal
from frontmap.intake.readings import Note, one_reading
from frontmap.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FEWEST_POSITIONS = 3
#: Of an invalid ring, whose meaning takes the square of its crossings to tell.
MOST_CROSSINGS_MENDED = 5_000
PLANE, MEASURED = 2, 4
HIGHEST_LON, HIGHEST_LAT = 180.0, 90.0


class CleanGround(NamedTuple):
    """The ground of one feature, ``None`` where none is left, and what was done to it."""

    geometry: Polygon | MultiPolygon | None
    notes: tuple[Note, ...]


def clean_ground(
    parts: Iterable[Any], region: Polygon | MultiPolygon | None = None, *, accuracy_m: float
) -> CleanGround:
    """Turn GeoJSON polygon coordinates (a list of rings each, shell first) into stored ground.

    The ground of all ``parts`` is joined, and cut to ``region`` where one is given; ``accuracy_m``
    is the position error of its line. Ground that is valid stays as it is but for the grid.

    Raises ``InputError``, without the place of the feature, for what is no ring of positions in
    degrees, for an edge that no area could be measured with, and for ground that has several
    meanings, which differ by more than :func:`frontmap.intake.readings.one_reading` allows.

    >>> square = [[36, 48, 0], [36, 49, 0], [37, 49, 0], [37, 48, 0], [36, 48, 0]]
    >>> made = clean_ground([[square]], shapely.box(36, 48, 36.5, 50), accuracy_m=500)
    >>> made.geometry.bounds, [note.rule for note in made.notes]
    ((36.0, 48.0, 36.5, 49.0), ['z-dropped', 'rewound'])
    >>> clean_ground([], accuracy_m=500).geometry is None
    True
    """
    notes: list[Note] = []
    polygons = [polygon for rings in parts if (polygon := _polygon(rings, notes)) is not None]
    if not polygons:
        return CleanGround(None, _once(notes))
    drawn = polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)
    if too_many_crossings(np.array([drawn], dtype=object)):
        raise InputError(f"its lines may cross more than {MOST_CROSSINGS:,} times; simplify it")
    if not drawn.is_valid and crosses_more_often(
        edges_of(np.array([drawn], dtype=object)).ends, MOST_CROSSINGS_MENDED
    ):
        raise InputError(
            f"invalid geometry: its lines may cross more than {MOST_CROSSINGS_MENDED:,} times, too "
            "often to tell what is meant; mend it (in QGIS: Fix geometries), or simplify it"
        )
    if not _spans_little(drawn):
        polygon_areas_km2([drawn])  # refuses what no measure could take
    ground, found = one_reading(drawn, accuracy_m)
    stored, changes = snap(ground)
    if region is not None and not stored.is_empty:
        inside = _inside(stored, region)
        if inside.is_empty:
            return CleanGround(None, (Note("outside"),))
        stored, more = snap(inside)
        changes += more
    notes += found
    if stored.is_empty:
        total = ", ".join(change.text for change in changes)
        notes.append(Note("vanished", total or "its rings enclose no ground"))
        return CleanGround(None, _once(notes))
    notes += [Note(change.rule, change.text, change.km2) for change in changes]
    return CleanGround(stored, _once(notes))


def _spans_little(drawn: Polygon | MultiPolygon) -> bool:
    """Whether ground is measured for sure: no edge of it can reach half around the globe."""
    west, south, east, north = drawn.bounds
    return -180 <= west <= east <= min(180, west + 180) and -90 <= south <= north <= 90  # noqa: PLR2004  degrees


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


def _polygon(rings: Any, notes: list[Note]) -> Polygon | None:  # noqa: ANN401  whatever the file holds
    if not isinstance(rings, list | tuple):
        raise InputError("a polygon must be a list of rings")
    shell, *inner = [_ring(ring, notes) for ring in rings] or [None]
    holes = [hole for hole in inner if hole is not None]
    if shell is None:
        if holes:
            raise InputError("a polygon has holes, and no outer ring that they are holes of")
        what = "whose outer ring encloses nothing" if rings else "that is empty"
        notes.append(Note("no-shell", f"a polygon {what} is left out"))
        return None
    _note_winding(shell, holes, notes)
    return Polygon(shell, holes)


def _ring(positions: Any, notes: list[Note]) -> Floats | None:  # noqa: ANN401  whatever the file holds
    """Return a closed ring as ``(n, 2)`` degrees, None where it encloses nothing."""
    if not isinstance(positions, list) or not all(isinstance(p, list) for p in positions):
        raise InputError("a ring must be a list of positions")
    lengths = set(map(len, positions))
    if not lengths <= set(range(PLANE, MEASURED + 1)):
        raise InputError("a position must be longitude and latitude")
    if not set(map(type, chain.from_iterable(positions))) <= {int, float}:
        raise InputError("a coordinate is not a number")
    if lengths - {PLANE}:
        beyond = chain.from_iterable(position[PLANE:] for position in positions)
        notes.append(Note("height-dropped" if any(beyond) else "z-dropped"))
    ring = np.array([position[:PLANE] for position in positions], dtype=np.float64)
    ring = ring.reshape(-1, PLANE)
    _require_degrees(ring)
    distinct = len(np.unique(ring, axis=0)) if len(ring) <= MEASURED else FEWEST_POSITIONS
    if distinct < FEWEST_POSITIONS:
        notes.append(Note("ring-left-out", f"of {counted(distinct, 'different position')}"))
        return None
    if (ring[0] != ring[-1]).any():
        notes.append(Note("ring-closed"))
        ring = np.vstack([ring, ring[:1]])
    return ring


def _require_degrees(ring: Floats) -> None:
    inside = (np.abs(ring[:, 0]) <= HIGHEST_LON) & (np.abs(ring[:, 1]) <= HIGHEST_LAT)
    if not inside.all():
        lon, lat = ring[~inside][0]
        raise InputError(
            f"position {lon:g}, {lat:g} is not longitude, latitude in degrees; "
            "save it in EPSG:4326 (a ring across the antimeridian: cut it there)"
        )


def _note_winding(shell: Floats, holes: Sequence[Floats], notes: list[Note]) -> None:
    wrong = [not shapely.is_ccw(shapely.LinearRing(shell))]
    wrong += [bool(shapely.is_ccw(shapely.LinearRing(hole))) for hole in holes]
    if any(wrong):
        notes.append(Note("rewound"))


def _once(notes: Iterable[Note]) -> tuple[Note, ...]:
    return tuple(dict.fromkeys(notes))
