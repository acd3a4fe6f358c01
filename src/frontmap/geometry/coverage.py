"""Polygons that share their borders to the bit: where they do not, and making them.

A coverage has every stretch of border between two polygons as the same edges in both, and no ground
twice; ground that is nobody's may lie between. Positions are longitude/latitude in degrees
(EPSG:4326), on the grid of six decimals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from frontmap.geometry.edges import distinct_rows, edges_of, either_way, lines_of
from frontmap.geometry.exact_area import polygon_areas_km2
from frontmap.geometry.grid import GRID_DEGREES, to_grid
from frontmap.geometry.polygons import polygonal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from frontmap.geometry.edges import Edges, Floats, Indices, Shapes

#: An edge without its ends: on the grid, no other vertex is so near to one of them.
_END_DEGREES = GRID_DEGREES / 10


class UnmatchedBorder(NamedTuple):
    """Border of two polygons, by their places, that is not the same edges in both.

    ``length_km`` is geodesic, of the edges of that one of them which has less of them, ``position``
    the middle (longitude, latitude) of the longest edge.
    """

    first: int
    second: int
    length_km: float
    position: tuple[float, float]


class MatchedBorders(NamedTuple):
    """Polygons that are a coverage, and by how many km² the area of each changed."""

    shapes: Shapes
    gained_km2: Floats


def unmatched_borders(shapes: Shapes) -> list[UnmatchedBorder]:
    """Find the pairs of valid polygons that are no coverage, in order of their places.

    An edge that no other polygon has the other way round must not touch another polygon but with
    its ends, nor lie in one. That is what ``shapely.coverage_is_valid`` asks, but for edges that
    start where a hole of another polygon touches its outer ring: it takes them for unmatched. Ask
    :func:`frontmap.geometry.crossings.too_costly` first: it bounds what this takes.

    >>> whole = shapely.box(35, 51, 35.1, 51.1)
    >>> halves = [shapely.box(35.1, 51, 35.2, 51.05), shapely.box(35.1, 51.05, 35.2, 51.1)]
    >>> found = unmatched_borders(np.array([whole, *halves]))
    >>> [(each.first, each.second, round(each.length_km, 2)) for each in found]
    [(0, 1, 5.56), (0, 2, 5.56)]
    """
    edges = edges_of(shapely.orient_polygons(shapely.remove_repeated_points(shapes)))
    alone = np.flatnonzero(~_answered(edges.ends))
    ends = edges.ends[alone]
    own, met = shapely.STRtree(lines_of(edges.ends)).query(_inner(ends), predicate="intersects")
    around, covered = _in_others(shapes, _middles(ends), edges.owner[alone])
    touching = np.concatenate([alone[own], alone[covered]])
    other = np.concatenate([edges.owner[met], around])
    foreign = edges.owner[touching] != other
    if not foreign.any():
        return []
    edge, other = np.unique(np.column_stack([touching, other])[foreign], axis=0).T
    return _pairs(edges, edge, other, len(shapes))


def match_borders(shapes: Shapes) -> MatchedBorders:
    """Make a coverage of valid polygons; ground that several have goes to the first of them.

    All lines are cut by each other on the grid of six decimals (snap rounding): an edge is drawn
    through each vertex that lies within half a cell of it, and crossings become vertices, so that
    no line moves by more than a cell and two lines are the same or meet at vertices only. What lay
    between lines that became one is gone, a gap that is wider stays a gap. A polygon of which
    nothing is left is empty. A coverage comes back as it is.

    >>> whole = shapely.box(35, 51, 35.1, 51.1)
    >>> halves = [shapely.box(35.1, 51, 35.2, 51.05), shapely.box(35.1, 51.05, 35.2, 51.1)]
    >>> matched = match_borders(np.array([whole, *halves]))
    >>> matched.shapes[0].covers(shapely.Point(35.1, 51.05)), float(matched.gained_km2.max())
    (True, 0.0)
    >>> unmatched_borders(matched.shapes)
    []
    """
    if not unmatched_borders(shapes):
        return MatchedBorders(shapes, np.zeros(len(shapes)))
    faces = faces_on_grid(shapes)
    points = shapely.STRtree(shapely.point_on_surface(faces))
    owner, face = points.query(shapes, predicate="contains")
    first = np.full(len(faces), len(shapes))
    np.minimum.at(first, face, owner)
    matched = np.array(
        [polygonal(shapely.coverage_union_all(faces[first == n])) for n in range(len(shapes))],
        dtype=object,
    )
    return MatchedBorders(matched, polygon_areas_km2(matched) - polygon_areas_km2(shapes))


def faces_on_grid(shapes: Shapes) -> Shapes:
    """Cut the lines of polygons by each other on the grid, and return the faces between them.

    >>> halves = np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)])
    >>> sorted(face.bounds for face in faces_on_grid(halves))
    [(0.0, 0.0, 1.0, 1.0), (1.0, 0.0, 2.0, 1.0), (2.0, 0.0, 3.0, 1.0)]
    """
    lines = shapely.union_all(shapely.boundary(shapes), grid_size=GRID_DEGREES)
    noded = shapely.transform(shapely.get_parts(lines), to_grid)
    return np.asarray(shapely.get_parts(shapely.polygonize(noded)), dtype=object)


def _answered(ends: Floats) -> NDArray[np.bool_]:
    """Tell which edges run as often one way as the other: beside them lies as much ground."""
    alike, turned = either_way(ends)
    group = distinct_rows(alike)
    balance = np.bincount(group, weights=np.where(turned, 1, -1))
    answered: NDArray[np.bool_] = (balance == 0)[group]
    return answered


def _inner(ends: Floats) -> Shapes:
    """Return edges without their ends."""
    along = ends[:, 2:] - ends[:, :2]
    cut = along * np.minimum(_END_DEGREES / np.linalg.norm(along, axis=1), 1 / 4)[:, None]
    return lines_of(np.hstack([ends[:, :2] + cut, ends[:, 2:] - cut]))


def _middles(ends: Floats) -> Shapes:
    return np.asarray(shapely.points((ends[:, :2] + ends[:, 2:]) / 2), dtype=object)


def _in_others(shapes: Shapes, points: Shapes, owner: Indices) -> tuple[Indices, Indices]:
    """Return which polygons contain which points, but for each polygon's own.

    Of a polygon's own points nothing need be known, and on a long ragged line they are its own.
    """
    tree = shapely.STRtree(points)
    inside = [np.zeros(0, dtype=np.int64)]
    around = [np.zeros(0, dtype=np.int64)]
    for place, shape in enumerate(shapes):
        near = tree.query(shape)
        near = near[owner[near] != place]
        if near.size:
            shapely.prepare(shape)
            found = near[shapely.contains(shape, points[near])]
            inside.append(found)
            around.append(np.full(len(found), place))
    return np.concatenate(around), np.concatenate(inside)


def _pairs(edges: Edges, edge: Indices, other: Indices, number: int) -> list[UnmatchedBorder]:
    """Add up the edges of each pair: those of the polygon that has less of them, but some."""
    from pyproj import Geod  # noqa: PLC0415  heavy, and most borders match

    west, south, east, north = edges.ends[edge].T
    lengths_km = Geod(ellps="WGS84").inv(west, south, east, north)[2] / 1000
    own = edges.owner[edge]
    pairs, pair = np.unique(
        np.minimum(own, other) * number + np.maximum(own, other), return_inverse=True
    )
    first_km, second_km = (
        np.bincount(pair, weights=lengths_km * side, minlength=len(pairs))
        for side in (own < other, own > other)
    )
    both = (first_km > 0) & (second_km > 0)
    km = np.where(both, np.minimum(first_km, second_km), first_km + second_km)
    order = np.lexsort((lengths_km, pair))
    longest = order[np.searchsorted(pair[order], np.arange(len(pairs)), side="right") - 1]
    middle = np.column_stack([west + east, south + north])[longest] / 2
    return [
        UnmatchedBorder(pair_number // number, pair_number % number, length_km, (lon, lat))
        for pair_number, length_km, (lon, lat) in zip(
            pairs.tolist(), km.tolist(), middle.tolist(), strict=True
        )
    ]
