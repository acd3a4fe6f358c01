"""How much ground: the area of zones on the ellipsoid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontmap.geometry import polygon_areas_km2

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


def area_km2(zones: ArrayLike) -> NDArray[np.float64]:
    """Area on the WGS 84 ellipsoid of each polygon (edges straight in lon/lat, RFC 7946).

    ``zones`` is an array, a list or a GeoSeries of polygons and multipolygons in EPSG:4326; the
    result is a float64 array of the same shape in square kilometres, 0.0 where a geometry is empty
    or missing. Overlapping polygons each count in full: see :func:`areas` for ground counted once.
    Raises InputError as :func:`frontmap.geometry.polygon_areas_km2`, where the method is.

    >>> from shapely import MultiPolygon, box
    >>> area_km2([box(36, 48, 37, 49), MultiPolygon()]).round(1)
    array([8217.7,    0. ])
    """
    return polygon_areas_km2(zones)
