"""Which side of the state border most places lie on: the ground that a draft is drawn on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import box

from frontmap.errors import InputError

if TYPE_CHECKING:
    from shapely import MultiPoint, Polygon
    from shapely.geometry.base import BaseGeometry as Geometry


def side_with_most(
    points: MultiPoint, bbox: tuple[float, float, float, float], border: Geometry | None
) -> Polygon:
    """Find the part of a box, cut by the state border, that holds most of some points.

    Without a border it is all of the box. All in one plane or in degrees alike; raises
    ``InputError`` when no point lies in the box.

    >>> from shapely import LineString, MultiPoint
    >>> border = LineString([(0, -1), (0, 3)])
    >>> points = MultiPoint([(1, 1), (1, 1.5), (-0.5, 1)])
    >>> side_with_most(points, (-1, 0, 2, 2), border).bounds
    (0.0, 0.0, 2.0, 2.0)
    """
    ground = box(*bbox)
    lines = shapely.union_all([ground.exterior] if border is None else [ground.exterior, border])
    sides = [
        side
        for side in shapely.get_parts(shapely.polygonize([lines]))
        if ground.contains(side.representative_point())
    ]
    counts = [shapely.contains(side, shapely.get_parts(points)).sum() for side in sides]
    if not counts or max(counts) == 0:
        raise InputError("no settlement lies in the theatre; check lon and lat in places.csv")
    most: Polygon = sides[int(np.argmax(counts))]
    return most
