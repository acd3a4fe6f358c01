"""The polygons of a geometry, whatever else an operation left in it, and a key for its content."""

from __future__ import annotations

import hashlib

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


def content_key(geometry: shapely.Geometry) -> bytes:
    """Return 16 bytes that name a geometry by its content, every bit of it.

    Results are looked up by it: geometries that Python takes for equal may differ, in the sign of a
    zero for one.

    >>> west, same = shapely.Point(0, 51), shapely.Point(-0.0, 51)
    >>> west == same, content_key(west) == content_key(same)
    (True, False)
    """
    return hashlib.blake2b(shapely.to_wkb(geometry, include_srid=True), digest_size=16).digest()
