"""Narrow gaps and overlaps between polygons closed, so that they share their borders to the bit.

A gap goes to the first polygon that it lies beside, as far as that one is near, what is left of it
to the next. An overlap stays with the first of two, unless it lies further inside the second: then
the second keeps it. What is wider stays as it is, and so does every line that bounds neither.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import shapely

from frontmap.geometry.coverage import faces_on_grid, unmatched_borders
from frontmap.geometry.crossings import pairs_of_boxes
from frontmap.geometry.exact_area import polygon_areas_km2
from frontmap.geometry.gaps import GRID_M, find_gaps, widest
from frontmap.geometry.grid import GRID_DEGREES
from frontmap.geometry.plane import plane_about
from frontmap.geometry.polygons import polygonal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from frontmap.geometry.edges import Floats, Shapes
    from frontmap.geometry.gaps import Gap

_METRES_OF_A_DEGREE = 111_000.0
#: Nearer to a pole a degree of longitude is taken for this much of one of latitude.
_SMALLEST_COSINE = 0.01
#: The circle in a right angle is wider by a sixth than the strips that meet there.
_CORNER = 1.2
#: A gap that is so many times as long as wide is one, though one polygon alone lies beside it.
SLENDER = 10.0


class Closed(NamedTuple):
    """A gap or an overlap that was closed, or part of one, and whose it is by then.

    ``width_m`` is the widest of the whole gap or overlap, ``position`` (longitude, latitude) where
    that is. ``gained`` is the place of the polygon that has the ground, ``lost`` that of the one
    that had it too, where it was an overlap.
    """

    ground: Polygon | MultiPolygon
    width_m: float
    position: tuple[float, float]
    kind: Literal["gap", "overlap"]
    gained: int
    lost: int | None


class SnappedBorders(NamedTuple):
    """Polygons with their narrow gaps and overlaps closed.

    ``gained_km2`` and ``lost_km2`` are what each was given and what was taken from it, exact on
    the WGS 84 ellipsoid; ``closed`` says of what, the widest first.
    """

    shapes: Shapes
    gained_km2: Floats
    lost_km2: Floats
    closed: list[Closed]


def snap_borders(
    shapes: Shapes, width_m: float, *, within: Polygon | MultiPolygon | None = None
) -> SnappedBorders:
    """Close the gaps and overlaps of valid polygons on the grid that are no wider than ``width_m``.

    Nothing is given to a polygon, or taken from it, further than that from its own border. A gap
    is narrow ground beside two polygons or more (or two parts of one), a hole, or ten times as long
    as wide. Ground outside ``within`` is given to nobody. All lines are cut by each other as
    :func:`frontmap.geometry.coverage.match_borders` cuts them, so that the result is a coverage but
    for overlaps that are wider. A polygon of which nothing is left is empty. Ask
    :func:`frontmap.geometry.crossings.too_costly` first: it bounds what this takes.

    >>> west, east = shapely.box(35, 51, 35.1, 51.1), shapely.box(35.1002, 51, 35.2, 51.1)
    >>> snapped = snap_borders(np.array([west, east]), 15)
    >>> snapped.shapes[0].bounds, round(float(snapped.gained_km2[0]), 4)
    ((35.0, 51.0, 35.1002, 51.1), 0.156)
    >>> [(each.kind, round(each.width_m), each.gained) for each in snapped.closed]
    [('gap', 14, 0)]
    """
    closed = [*_gaps(shapes, width_m, within), *_overlaps(shapes, width_m)]
    nothing = np.zeros(len(shapes))
    if not closed and not unmatched_borders(shapes):
        return SnappedBorders(shapes, nothing, nothing, [])
    ground = np.array([each.ground for each in closed], dtype=object)
    faces = faces_on_grid(np.concatenate([shapes, ground]))
    points = shapely.STRtree(shapely.point_on_surface(faces))
    before, after = _owners(points, len(faces), shapes, ground, closed)
    areas_km2 = polygon_areas_km2(faces)
    return SnappedBorders(
        np.array([polygonal(shapely.coverage_union_all(faces[own])) for own in after.T],
                 dtype=object),
        (after & ~before).T @ areas_km2,
        (before & ~after).T @ areas_km2,
        sorted(closed, key=lambda each: (-each.width_m, each.position)),
    )  # fmt: skip


def _owners(
    points: shapely.STRtree, number: int, shapes: Shapes, ground: Shapes, closed: list[Closed]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which polygons have each face, before and after: ``(faces, polygons)``."""
    before = np.zeros((number, len(shapes)), dtype=bool)
    owner, face = points.query(shapes, predicate="contains")
    before[face, owner] = True
    after = before.copy()
    if len(ground):
        piece, face = points.query(ground, predicate="contains")
        lost = np.array([-1 if each.lost is None else each.lost for each in closed])[piece]
        gained = np.array([each.gained for each in closed])[piece]
        after[face[lost >= 0], lost[lost >= 0]] = False
        nobodys = ~before[face].any(axis=1)
        first = np.full(number, len(shapes))
        np.minimum.at(first, face[nobodys], gained[nobodys])
        given = np.flatnonzero(first < len(shapes))
        after[given, first[given]] = True
        # three that lose it to each other in turn: the first has it
        emptied = np.flatnonzero(before.any(axis=1) & ~after.any(axis=1))
        after[emptied, before[emptied].argmax(axis=1)] = True
    return before, after


def _gaps(
    shapes: Shapes, width_m: float, within: Polygon | MultiPolygon | None
) -> Iterator[Closed]:
    for gap in find_gaps(shapes, width_m, within=within):
        slender = gap.length_m >= SLENDER * gap.width_m
        narrow = gap.width_m <= _CORNER * width_m + GRID_M
        if narrow and (gap.enclosed or gap.parts > 1 or slender):
            yield from _given(gap, shapes, width_m)


def _given(gap: Gap, shapes: Shapes, width_m: float) -> Iterator[Closed]:
    """Offer a gap to those beside it, as far as each is near, up to one that is near to all."""
    for place in gap.beside:
        near = _within_reach(gap.ground, shapes[place], width_m)
        if not near.is_empty:
            yield Closed(near, gap.width_m, gap.position, "gap", place, None)
        if near is gap.ground:
            return


def _within_reach(
    ground: Polygon, lines: shapely.Geometry, width_m: float
) -> Polygon | MultiPolygon:
    """Return the part of ground that lies within ``width_m`` of lines, or of a polygon."""
    part: Polygon | MultiPolygon = ground
    if not _around(lines, width_m).covers(ground):  # a net of gaps lies beside very many
        cut = shapely.intersection(ground, _around(lines, width_m), grid_size=GRID_DEGREES)
        part = polygonal(cut)
        if part.is_empty:
            return part
    plane = plane_about(part)
    near = plane.flat(shapely.intersection(lines, _around(part, width_m)))
    reach = shapely.buffer(near, width_m + GRID_M, quad_segs=2)
    if reach.covers(plane.flat(part)):
        return part
    return polygonal(shapely.intersection(part, plane.degrees(reach), grid_size=GRID_DEGREES))


def _around(geometry: shapely.Geometry, width_m: float) -> Polygon:
    """Return a box around a geometry in degrees, further from it than a width everywhere."""
    west, south, east, north = shapely.bounds(geometry)
    y = 3 * (width_m + GRID_M) / _METRES_OF_A_DEGREE
    x = y / max(math.cos(math.radians(max(abs(south), abs(north)))), _SMALLEST_COSINE)
    box: Polygon = shapely.box(west - x, south - y, east + x, north + y)
    return box


def _overlaps(shapes: Shapes, width_m: float) -> Iterator[Closed]:
    """Find the ground of two polygons that is narrow, whole, and near the border of one of them."""
    for one, other, ground in _shared(shapes):
        [broad_m], [place] = widest(np.array([ground], dtype=object), plane_about(ground))
        if broad_m > width_m + GRID_M:
            continue
        for gained, lost in ((one, other), (other, one)):
            if _within_reach(ground, shapely.boundary(shapes[lost]), width_m) is ground:
                at = (float(place[0]), float(place[1]))
                yield Closed(ground, float(broad_m), at, "overlap", gained, lost)
                break


def _shared(shapes: Shapes) -> Iterator[tuple[int, int, Polygon]]:
    """Yield the pieces of ground that two polygons have, and the places of the two."""
    pairs = pairs_of_boxes(shapes)
    if pairs is None:
        return
    one, other = pairs
    shapely.prepare(shapes[one])
    meet = shapely.intersects(shapes[one], shapes[other])
    one, other = one[meet], other[meet]
    both = shapely.intersection(shapes[one], shapes[other], grid_size=GRID_DEGREES)
    for first, second, ground in zip(one.tolist(), other.tolist(), both, strict=True):
        for piece in shapely.get_parts(polygonal(ground)):
            if not piece.is_empty:
                yield first, second, piece
