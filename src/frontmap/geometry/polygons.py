"""The polygons of a geometry, whatever else an operation left in it."""

from __future__ import annotations

import shapely
from shapely import MultiPolygon, Polygon


def polygonal(geometry: shapely.Geometry) -> Polygon | MultiPolygon:
    """Return the ground of any geometry: its polygons, without lines and points.

    >>> mixed = shapely.from_wkt("GEOMETRYCOLLECTION (POINT (5 5), POLYGON ((0 0, 1 0, 1 1, 0 0)))")
    >>> polygonal(mixed).wkt
    'POLYGON ((0 0, 1 0, 1 1, 0 0))'
    """
    parts = [p for p in shapely.get_parts(shapely.get_parts(geometry)) if isinstance(p, Polygon)]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)
