"""Ground around settlements: Voronoi cells, cut at the state border, and the line between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry as Geometry

    Floats = NDArray[np.float64]
    Geometries = NDArray[np.object_]


def ground_cells(points: Floats, ground: Polygon) -> Geometries:
    """Give each point the ground that is nearer to it than to any other (Voronoi cells).

    ``points`` is n x 2 in the plane of ``ground``, which bounds the cells; of points that
    coincide the first takes the cell and the others are empty.

    >>> halves = ground_cells(np.array([[1.0, 1], [3, 1]]), shapely.box(0, 0, 4, 2))
    >>> shapely.area(halves).tolist()
    [4.0, 4.0]
    """
    unique, first = np.unique(points, axis=0, return_index=True)
    found: Geometries = np.full(len(points), shapely.Polygon(), dtype=object)
    if len(unique) <= 1:
        found[first] = ground
        return found
    reach = ground.envelope.buffer(1)
    diagram = shapely.voronoi_polygons(shapely.MultiPoint(unique), extend_to=reach, ordered=True)
    found[first] = shapely.intersection(shapely.get_parts(diagram), ground)
    return found


def smooth(ground: Geometry, radius: float) -> Geometry:
    """Round the corners of an area: what is narrower than twice ``radius`` goes, gaps close.

    An opening and a closing by the same radius, so that the line stays about where it was.

    >>> spike = shapely.union_all([shapely.box(0, 0, 10, 10), shapely.box(10, 5, 14, 5.1)])
    >>> smooth(spike, 1).bounds[2] < 11
    True
    """
    opened = ground.buffer(-radius).buffer(radius)
    return opened.buffer(radius).buffer(-radius)


def without_slivers(geometry: Geometry, least_area: float) -> MultiPolygon:
    """Keep the polygons of a geometry, without parts and holes below an area.

    >>> pieces = shapely.union_all([shapely.box(0, 0, 2, 2), shapely.box(5, 5, 5.1, 5.1)])
    >>> len(without_slivers(pieces, 0.5).geoms)
    1
    """
    parts = []
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon" and part.area >= least_area:
            holes = [h for h in part.interiors if shapely.Polygon(h).area >= least_area]
            parts.append(shapely.Polygon(part.exterior, holes))
    return shapely.MultiPolygon(parts)
