"""The edges of polygons as rows of an array."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]
    Indices = NDArray[np.int64]
    Shapes = NDArray[np.object_]
    Bools = NDArray[np.bool_]

#: Without meaning; such that rows that differ seldom have the same weighted sum.
WEIGHTS = (1.0, math.pi, math.e**3, math.sqrt(5) * 7, math.log(3) * 1e3)


class Edges(NamedTuple):
    """Edges in the order of their rings: ends ``(n, 4)`` in degrees, whose, and of which ring."""

    ends: Floats
    owner: Indices
    ring: Indices


def edges_of(shapes: Shapes) -> Edges:
    """Return the edges of an array of polygons and multipolygons.

    >>> edges_of(np.array([shapely.box(0, 0, 2, 1)])).ends[0].tolist()
    [2.0, 0.0, 2.0, 1.0]
    """
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    positions, ring = shapely.get_coordinates(rings, return_index=True)
    inside = ring[1:] == ring[:-1]
    of_ring = ring[:-1][inside]
    ends = np.hstack([positions[:-1], positions[1:]])[inside]
    return Edges(ends, owner[part[of_ring]], of_ring)


def ends_of_lines(lines: Shapes | BaseGeometry) -> Floats:
    """Return the edges of lines, their parts' included, by their two ends: ``(n, 4)``.

    >>> ends_of_lines(np.array([shapely.LineString([(0, 0), (1, 2), (3, 2)])])).tolist()
    [[0.0, 0.0, 1.0, 2.0], [1.0, 2.0, 3.0, 2.0]]
    """
    positions, part = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    ends: Floats = np.hstack([positions[:-1], positions[1:]])[part[1:] == part[:-1]]
    return ends


def lines_of(ends: Floats) -> Shapes:
    """Return each edge as a line of its own.

    >>> lines_of(np.array([[0.0, 0.0, 1.0, 2.0]]))[0].wkt
    'LINESTRING (0 0, 1 2)'
    """
    return np.asarray(shapely.linestrings(ends.reshape(-1, 2, 2)), dtype=object)


def either_way(ends: Floats) -> tuple[Floats, Bools]:
    """Return edges with their smaller end first, and which of them were turned for it.

    >>> alike, turned = either_way(np.array([[0.0, 0, 1, 1], [1, 1, 0, 0]]))
    >>> alike.tolist(), turned.tolist()
    ([[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]], [False, True])
    """
    turned = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    return np.where(turned[:, None], ends[:, [2, 3, 0, 1]], ends), turned


def distinct_rows(rows: Floats) -> Indices:
    """Return the number of the distinct row that each row of a table of 1 to 5 columns is.

    >>> numbers = distinct_rows(np.array([[35.0, 51], [36, 50], [35, 51]]))
    >>> bool(numbers[0] == numbers[2] != numbers[1])
    True
    """
    # One sort of a sum that equal rows share, proved by comparing; seldom is more needed.
    total = np.zeros(len(rows))
    for column, weight in zip(rows.T, WEIGHTS, strict=False):
        total += column * weight
    order = np.argsort(total, kind="stable")
    equal = (rows[order[1:]] == rows[order[:-1]]).all(axis=1)
    if (equal != (total[order[1:]] == total[order[:-1]])).any():
        order = np.lexsort(rows.T)
        equal = (rows[order[1:]] == rows[order[:-1]]).all(axis=1)
    numbers = np.zeros(len(rows), dtype=np.int64)
    numbers[order[1:]] = np.cumsum(~equal)
    return numbers
