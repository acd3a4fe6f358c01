"""The edges of polygons as rows of an array."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indices = NDArray[np.int64]
    Shapes = NDArray[np.object_]


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


def lines_of(ends: Floats) -> Shapes:
    """Return each edge as a line of its own.

    >>> lines_of(np.array([[0.0, 0.0, 1.0, 2.0]]))[0].wkt
    'LINESTRING (0 0, 1 2)'
    """
    return np.asarray(shapely.linestrings(ends.reshape(-1, 2, 2)), dtype=object)
