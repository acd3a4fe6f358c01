"""Ground between polygons that none of them has, and that is narrow: slits, slivers and holes.

A gap is looked for by closing the union of the polygons: moved out by half the width and back in,
its outline bridges what is narrower, and comes back to itself elsewhere. Widths and lengths are
metres on a plane about the ground (:mod:`frontmap.geometry.plane`), positions longitude/latitude in
degrees (EPSG:4326).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from frontmap.errors import InputError
from frontmap.geometry.exact_area import polygon_areas_km2
from frontmap.geometry.grid import GRID_DEGREES
from frontmap.geometry.plane import plane_about
from frontmap.geometry.polygons import polygonal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from frontmap.geometry.edges import Floats, Shapes
    from frontmap.geometry.plane import Plane

#: A line is drawn by vertices on the grid of six decimals: what is a cell and a half narrower or
#: wider than asked is taken for as narrow.
GRID_M = 0.17
#: Lengths on one plane are right to 1 % so far.
_TILE_DEGREES = 30.0
#: How far beside a tile ground is looked at; more than the widest gap, wherever it lies.
_BESIDE_DEGREES = 0.5
#: Within this, polygons lie beside a gap, whose outline was rounded on the way to the plane.
_TOUCH_DEGREES = 3 * GRID_DEGREES
#: Of an outline on the plane: more would take minutes to be moved and compared.
MOST_OUTLINE_VERTICES = 50_000
_MITRE_LIMIT = 5.0
_HALVINGS = 7
#: An outline that is moved is simplified by so much of the distance first.
_SIMPLIFIED = 0.01


class Gap(NamedTuple):
    """Narrow ground that no polygon has.

    ``width_m`` is that of the widest circle in it, ``position`` (longitude, latitude) its centre,
    ``length_m`` along its middle. ``beside`` are the places of the polygons that it lies between,
    in order, ``parts`` the number of their parts. ``enclosed``: it is all of a hole between them.
    """

    ground: Polygon
    width_m: float
    length_m: float
    km2: float
    position: tuple[float, float]
    beside: tuple[int, ...]
    parts: int
    enclosed: bool


def find_gaps(
    shapes: Shapes,
    width_m: float,
    *,
    slender: float = 0.0,
    within: Polygon | MultiPolygon | None = None,
) -> list[Gap]:
    """Find the ground between valid polygons that is narrower than ``width_m``, largest first.

    Of a slit that widens, it is the part that is as narrow. ``slender``: leave out what is less
    than so many times as long as wide, but for holes. ``within``: look there only. Ask
    :func:`frontmap.geometry.crossings.too_costly` first: it bounds what this takes. Raises
    ``InputError`` where the lines cannot be moved, or are too many.

    >>> west, east = shapely.box(35, 51, 35.1, 51.1), shapely.box(35.1002, 51, 35.2, 51.1)
    >>> [(round(gap.width_m), round(gap.length_m), gap.beside)
    ...  for gap in find_gaps(np.array([west, east]), 20)]
    [(14, 11125, (0, 1))]
    >>> find_gaps(np.array([west, east]), 10), find_gaps(np.array([west]), 20)
    ([], [])
    """
    if shapely.is_empty(shapes).all():
        return []
    union = polygonal(shapely.union_all(shapes, grid_size=GRID_DEGREES))
    found: list[Gap] = []
    for tile in _tiles(union):
        plane = plane_about(tile)
        try:
            ground = _narrow(union, tile, plane, width_m)
        except shapely.errors.GEOSException as error:
            raise InputError(f"gaps between zones cannot be told: {error}") from error
        enclosed = _are_holes(ground, union)
        if within is not None:
            ground, enclosed = _inside(ground, enclosed, within)
        flat = _flat(ground, plane)
        half_m = shapely.length(flat) / 2  # more than the length
        wanted = enclosed | (half_m >= slender * shapely.area(flat) / half_m)
        found += _measured(ground[wanted], enclosed[wanted], plane, shapes)
    return sorted(
        (gap for gap in found if gap.enclosed or gap.length_m >= slender * gap.width_m),
        key=lambda gap: (-gap.km2, gap.position),
    )


def _tiles(union: Polygon | MultiPolygon) -> list[Polygon]:
    """Cut what a plane is right for: most maps are one."""
    west, south, east, north = union.bounds
    return [
        shapely.box(x, y, min(x + _TILE_DEGREES, east), min(y + _TILE_DEGREES, north))
        for x in np.arange(west, east, _TILE_DEGREES)
        for y in np.arange(south, north, _TILE_DEGREES)
    ]


def _narrow(union: Polygon | MultiPolygon, tile: Polygon, plane: Plane, width_m: float) -> Shapes:
    """Return the narrow ground of a tile as polygons."""
    near = union
    is_whole = tile.covers(shapely.box(*union.bounds))
    if not is_whole:
        around = shapely.buffer(tile, _BESIDE_DEGREES, join_style="mitre")
        near = polygonal(shapely.intersection(union, around))
    flat = plane.flat(near)
    if (count := shapely.get_num_coordinates(flat)) > MOST_OUTLINE_VERTICES:
        raise InputError(
            f"gaps between zones are not looked for: their outline has {count:,} vertices on the "
            f"plane, {MOST_OUTLINE_VERTICES:,} at most"
        )
    reach_m = (width_m + GRID_M) / 2
    moved_out = _moved(flat, reach_m)
    closed = _degrees(_moved(moved_out, -reach_m), plane)
    # an outline comes back not quite to itself: what is found a little further in is narrow ground,
    # and that goes out to where the outline is closed
    aside_m = GRID_M + _SIMPLIFIED * reach_m
    inner = _degrees(_moved(moved_out, -reach_m - aside_m), plane)
    seeds = polygonal(shapely.difference(inner, near, grid_size=GRID_DEGREES))
    if seeds.is_empty:
        return np.zeros(0, dtype=object)
    grown = _degrees(_moved(plane.flat(seeds), 2 * aside_m), plane)
    there = polygonal(shapely.intersection(grown, closed, grid_size=GRID_DEGREES))
    narrow = shapely.difference(there, near, grid_size=GRID_DEGREES)
    if not is_whole:
        narrow = shapely.intersection(narrow, tile, grid_size=GRID_DEGREES)
    pieces = np.asarray(shapely.get_parts(polygonal(narrow)), dtype=object)
    return pieces[~shapely.is_empty(pieces)]


def _moved(ground: BaseGeometry, metres: float) -> BaseGeometry:
    """Move an outline so that right angles, and what is blunter, stay corners."""
    moved: BaseGeometry = shapely.buffer(
        ground, metres, join_style="mitre", mitre_limit=_MITRE_LIMIT
    )
    return moved


def _degrees(ground: BaseGeometry, plane: Plane) -> Polygon | MultiPolygon:
    """Project ground back; where lines lie as near as that is exact, they may come to cross."""
    degrees = plane.degrees(ground)
    if not degrees.is_valid:
        degrees = shapely.make_valid(degrees, method="structure", keep_collapsed=False)
    return polygonal(degrees)


def _inside(
    ground: Shapes, enclosed: NDArray[np.bool_], within: Polygon | MultiPolygon
) -> tuple[Shapes, NDArray[np.bool_]]:
    """Cut pieces by the ground that is looked at."""
    shapely.prepare(within)
    cut = ground.copy()
    across = ~shapely.covers(within, ground)
    if across.any():
        near = shapely.intersection(within, shapely.envelope(shapely.union_all(ground[across])))
        cut[across] = shapely.intersection(ground[across], near, grid_size=GRID_DEGREES)
    parts, piece = shapely.get_parts(
        np.array([polygonal(each) for each in cut], dtype=object), return_index=True
    )
    some = ~shapely.is_empty(parts)
    return np.asarray(parts[some], dtype=object), enclosed[piece[some]]


def _measured(
    ground: Shapes, enclosed: NDArray[np.bool_], plane: Plane, shapes: Shapes
) -> Iterator[Gap]:
    if not len(ground):
        return
    parts, owner = shapely.get_parts(shapes, return_index=True)
    piece, part = shapely.STRtree(parts).query(ground, "dwithin", distance=_TOUCH_DEGREES)
    widths_m, places = widest(ground, plane)
    lengths_m = np.maximum(shapely.length(_flat(ground, plane)) / 2 - widths_m, widths_m)
    areas_km2 = polygon_areas_km2(ground)
    for n, (polygon, (lon, lat)) in enumerate(zip(ground, places.tolist(), strict=True)):
        touching = part[piece == n]
        yield Gap(
            ground=polygon,
            width_m=float(widths_m[n]),
            length_m=float(lengths_m[n]),
            km2=float(areas_km2[n]),
            position=(lon, lat),
            beside=tuple(np.unique(owner[touching]).tolist()),
            parts=len(touching),
            enclosed=bool(enclosed[n]),
        )


def widest(polygons: Shapes, plane: Plane) -> tuple[Floats, Floats]:
    """Return how many metres wide polygons are where they are widest, to 1 %, and where.

    That is twice the furthest that the outline can be moved in before nothing is left. Polygons and
    places, ``(n, 2)``, are longitude/latitude in degrees, ``plane`` is about them.

    >>> strip = shapely.box(35, 51, 35.1, 51.0001)
    >>> widths_m, places = widest(np.array([strip]), plane_about(strip))
    >>> widths_m.round(1).tolist(), places.round(3).tolist()
    ([11.1], [[35.05, 51.0]])
    """
    flat = _flat(polygons, plane)
    low_m = shapely.area(flat) / shapely.length(flat)  # moved in by less, something is left
    high_m = np.maximum(2 * low_m, 0.01)
    while (some := ~shapely.is_empty(shapely.buffer(flat, -high_m))).any():
        low_m[some] = high_m[some]
        high_m[some] *= 2
    for _ in range(_HALVINGS):
        middle_m = (low_m + high_m) / 2
        some = ~shapely.is_empty(shapely.buffer(flat, -middle_m))
        low_m[some], high_m[~some] = middle_m[some], middle_m[~some]
    # of a strip the middle, not where rounding left most
    about = shapely.buffer(flat, -0.9 * low_m)
    middle = shapely.centroid(about)
    places = np.where(shapely.covers(about, middle), middle, shapely.point_on_surface(about))
    points = [plane.degrees(place) for place in places]
    return 2 * low_m, shapely.get_coordinates(points)


def _flat(polygons: Shapes, plane: Plane) -> Shapes:
    return np.array([plane.flat(polygon) for polygon in polygons], dtype=object)


def _are_holes(ground: Shapes, union: Polygon | MultiPolygon) -> NDArray[np.bool_]:
    """Tell which pieces are all of a hole of the union."""
    rings, ring_of = shapely.get_rings(shapely.get_parts(union), return_index=True)
    holes = shapely.polygons(rings[np.diff(ring_of, prepend=-1) == 0])
    enclosed = np.zeros(len(ground), dtype=bool)
    if len(holes) and len(ground):
        piece, hole = shapely.STRtree(holes).query(shapely.point_on_surface(ground), "within")
        enclosed[piece] = shapely.area(ground[piece]) > 0.9 * shapely.area(holes[hole])
    return enclosed
