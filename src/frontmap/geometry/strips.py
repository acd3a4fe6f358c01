"""Ground within reach of lines on a plane, whatever the lines look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from frontmap.geometry.edges import ends_of_lines

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from frontmap.geometry.edges import Shapes

QUARTER_SEGMENTS = 16
#: Pairs of stretches of a line, each as long as its strip is wide, in one cell of that size.
_NEAR_AT_ONCE = 5_000_000
_MOST_SAMPLES = 1_000_000
_EDGES_OF_A_PIECE = 32
#: Lines that meet more often than a border's do: their strips have holes between them.
_PARTS_AT_ONCE = 100
#: A line of more vertices is simplified piece by piece, since that can take their square.
_VERTICES_AT_ONCE = 100_000
_EDGES_OF_A_LONG_PIECE = 1024


def strip(line: BaseGeometry, reach: float, *, segments: int = QUARTER_SEGMENTS) -> BaseGeometry:
    """Return all ground within reach; of a line that lies near itself, piece by piece.

    ``segments`` make a quarter of a circle. The time of one strip around a whole line grows with
    the square of the strips that run into each other, that of pieces doesn't.

    >>> round(strip(shapely.LineString([(0, 0), (0, 1000)]), 100.0).area)
    231365
    """
    return widened(to_be_widened(line, reach), reach, segments=segments)


def to_be_widened(line: BaseGeometry, reach: float) -> Shapes:
    """Return the pieces that strips of a line, of this reach or less, are made of: itself, or more.

    >>> len(to_be_widened(shapely.LineString([(0, 0), (0, 1000)]), 100.0))
    1
    """
    if shapely.get_num_geometries(line) <= _PARTS_AT_ONCE and not _lies_near_itself(line, reach):
        return np.array([line], dtype=object)
    return pieces_of_lines(line, _EDGES_OF_A_PIECE)


def widened(pieces: Shapes, reach: float, *, segments: int = QUARTER_SEGMENTS) -> BaseGeometry:
    """Return all ground within reach of pieces of line.

    >>> round(widened(np.array([shapely.Point(0, 0)]), 100.0).area)
    31365
    """
    strips = shapely.buffer(pieces, reach, quad_segs=segments)
    return strips[0] if len(strips) == 1 else shapely.union_all(strips)


def simplified(line: BaseGeometry, tolerance: float) -> BaseGeometry:
    """Return a line on the plane that stays within a tolerance of itself (Douglas and Peucker).

    One of more than 100,000 vertices keeps a vertex in each thousand.

    >>> simplified(shapely.LineString([(0, 0), (5, 1), (10, 0)]), 2).wkt
    'LINESTRING (0 0, 10 0)'
    """
    if shapely.get_num_coordinates(line) <= _VERTICES_AT_ONCE:
        return line.simplify(tolerance, preserve_topology=False)
    pieces = pieces_of_lines(line, _EDGES_OF_A_LONG_PIECE)
    return shapely.MultiLineString(
        list(shapely.simplify(pieces, tolerance, preserve_topology=False))
    )


def pieces_of_lines(line: BaseGeometry, edges: int) -> Shapes:
    """Cut lines into pieces of so many edges.

    >>> [piece.wkt for piece in pieces_of_lines(shapely.LineString([(0, 0), (1, 0), (2, 0)]), 1)]
    ['LINESTRING (0 0, 1 0)', 'LINESTRING (1 0, 2 0)']
    """
    positions, part = shapely.get_coordinates(shapely.get_parts(line), return_index=True)
    begin = np.flatnonzero(np.diff(part, prepend=-1))
    end = np.append(begin[1:], len(positions))
    return np.array(
        [
            shapely.LineString(positions[start : min(start + edges + 1, last)])
            for first, last in zip(begin, end, strict=True)
            for start in range(first, last - 1, edges)
        ],
        dtype=object,
    )


def _lies_near_itself(line: BaseGeometry, reach: float) -> bool:
    """Estimate whether too many stretches of a line lie within reach of each other, by cells."""
    begin, end = np.hsplit(ends_of_lines(line), 2)
    step = end - begin
    cell = max(2 * reach, line.length / _MOST_SAMPLES)
    samples = np.ceil(np.hypot(*step.T) / cell).astype(np.int64)
    edge = np.repeat(np.arange(len(samples)), samples)
    share = (np.arange(len(edge)) - (np.cumsum(samples) - samples)[edge]) / samples[edge]
    x, y = np.floor((begin[edge] + step[edge] * share[:, None]) / cell).T
    _, in_cell = np.unique(x * 2.0**26 + y, return_counts=True)
    return float((in_cell.astype(float) ** 2).sum()) > _NEAR_AT_ONCE
