"""Which side of the state border most places lie on: the ground that statuses are told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import box

from frontmap.errors import InputError

if TYPE_CHECKING:
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry as Geometry


def ground_of_most(
    bbox: tuple[float, float, float, float], border: Geometry, inside: Geometry
) -> Polygon:
    """Find the part of a theatre, cut by the state border, that holds most of some points.

    All in one plane or in degrees alike; raises ``InputError`` when no point lies in the theatre.

    >>> from shapely import LineString, MultiPoint
    >>> border = LineString([(0, -1), (0, 3)])
    >>> ground_of_most((-1, 0, 2, 2), border, MultiPoint([(1, 1), (1, 1.5), (-0.5, 1)])).bounds
    (0.0, 0.0, 2.0, 2.0)
    """
    theatre = box(*bbox)
    lines = shapely.union_all([theatre.exterior, border])
    parts = [
        part
        for part in shapely.get_parts(shapely.polygonize([lines]))
        if theatre.contains(part.representative_point())
    ]
    points = shapely.get_parts(inside)
    counts = [shapely.contains(part, points).sum() for part in parts]
    if not counts or max(counts) == 0:
        raise InputError("no settlement lies in the theatre; check lon and lat in places.csv")
    home: Polygon = parts[int(np.argmax(counts))]
    return home
