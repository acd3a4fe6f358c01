"""Ground between settlements: a surface over a triangulation, cut at a level.

Each place carries a value; between three neighbouring places it changes evenly. The ground above
a level is then exact polygons, triangle by triangle, without a grid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry as Geometry

    Floats = NDArray[np.float64]
    Indices = NDArray[np.int64]


def triangles(points: Floats) -> Indices:
    """Triangulate points (Delaunay): m x 3 numbers of points; of those that coincide, the first.

    >>> triangles(np.array([[0.0, 0], [2, 0], [0, 2]])).tolist()
    [[2, 0, 1]]
    """
    unique, first = np.unique(points, axis=0, return_index=True)
    index = {(x, y): n for (x, y), n in zip(unique.tolist(), first.tolist(), strict=True)}
    found = shapely.get_parts(shapely.delaunay_triangles(shapely.MultiPoint(unique)))
    corners = shapely.get_coordinates(found).reshape(-1, 4, 2)[:, :3].tolist()
    return np.array([[index[x, y] for x, y in three] for three in corners], dtype=np.int64)


def above(points: Floats, values: Floats, level: float) -> Geometry:
    """Ground where the surface over the triangulated points is above a level.

    Parameters
    ----------
    points
        n x 2, on a plane.
    values
        n, what each point carries.
    level
        Where to cut; the points' own values are taken to differ from it.

    Examples
    --------
    >>> square = np.array([[0.0, 0], [3, 0], [3, 3], [0, 3]])
    >>> round(above(square, np.array([1.0, -1, -1, 1]), -1 / 3).area, 6)
    6.0
    """
    pieces = [
        shapely.Polygon(corners)
        for three in triangles(points)
        if len(corners := _cut(points[three], values[three] - level)) > 2  # noqa: PLR2004  an area
    ]
    return shapely.union_all(pieces, grid_size=1e-6)


def _cut(corners: Floats, heights: Floats) -> list[Floats]:
    """Keep the part of a triangle where its height is positive."""
    part: list[Floats] = []
    for n in range(3):
        here, after = heights[n], heights[(n + 1) % 3]
        if here > 0:
            part.append(corners[n])
        if (here > 0) != (after > 0):
            share = here / (here - after)
            part.append(corners[n] + share * (corners[(n + 1) % 3] - corners[n]))
    return part
