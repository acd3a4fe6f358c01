"""Ground on both sides of the antimeridian, put together: the seam at ±180° is no line of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from frontmap.geometry.plane import WHOLE_TURN
from frontmap.geometry.polygons import polygonal

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_EASTWARD = np.array([WHOLE_TURN, 0.0])


def across_seam(ground: BaseGeometry) -> BaseGeometry:
    """Return polygonal ground in degrees without the seam; its longitudes may run on past 180.

    Parts west of the widest gap between them go a whole turn to the east, where that is wider than
    the gap across the antimeridian. Other ground comes back as it is.

    >>> halves = [shapely.box(179, 51, 180, 52), shapely.box(-180, 51, -179, 52)]
    >>> halves = shapely.MultiPolygon(halves)
    >>> across_seam(halves).bounds, len(shapely.get_parts(across_seam(halves)))
    ((179.0, 51.0, 181.0, 52.0), 1)
    """
    parts = shapely.get_parts(ground)
    if len(parts) < 2:  # noqa: PLR2004  a gap has two sides
        return ground
    west, _, east, _ = shapely.bounds(parts).T
    if east.max() - west.min() <= WHOLE_TURN / 2:
        return ground
    order = np.argsort(west, kind="stable")
    reached = np.maximum.accumulate(east[order])
    gaps = west[order][1:] - reached[:-1]
    widest = int(np.argmax(gaps))
    if gaps[widest] <= WHOLE_TURN - (east.max() - west.min()):
        return ground
    moved = east <= reached[widest]
    parts[moved] = shapely.transform(parts[moved], lambda degrees: degrees + _EASTWARD)
    return polygonal(shapely.union_all(parts))


def clipped(
    lines: BaseGeometry, west: float, south: float, east: float, north: float
) -> BaseGeometry:
    """Return what of lines lies in a box about ground of :func:`across_seam`, in its longitudes.

    >>> border = shapely.LineString([(-179.5, 50), (-179.5, 53)])
    >>> clipped(border, 178, 50, 182, 53).bounds
    (180.5, 50.0, 180.5, 53.0)
    """
    if east > WHOLE_TURN / 2:
        beyond = shapely.transform(lines, lambda degrees: degrees + _EASTWARD)
        lines = shapely.union_all([lines, beyond])
    return shapely.clip_by_rect(lines, west, south, east, north)
