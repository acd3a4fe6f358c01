"""What an area would differ by, were its edges geodesics instead of straight in lon/lat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely

from frontmap.geometry.exact_area import polygon_areas_km2

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from frontmap.geometry.exact_area import Geometries

_GEOD = pyproj.Geod(ellps="WGS84")


def geodesic_difference_km2(geometries: Geometries) -> NDArray[np.float64]:
    """Area with geodesic edges less area with edges straight in lon/lat, for each polygon.

    Parameters
    ----------
    geometries
        ``(n,)`` polygons and multipolygons in longitude/latitude degrees (EPSG:4326), any winding.

    Returns
    -------
    numpy.ndarray
        ``(n,)`` float64, square kilometres on the WGS 84 ellipsoid; 0.0 for empty and missing ones.
        Geodesic areas are pyproj's, right to 1e-7 km² an edge.

    Raises
    ------
    InputError
        As :func:`frontmap.geometry.exact_area.polygon_areas_km2`.

    Examples
    --------
    >>> from shapely import Polygon, box
    >>> geodesic_difference_km2([box(36, 48, 37, 49), Polygon(), None]).round(3)
    array([-0.142,  0.   ,  0.   ])
    """
    straight_km2 = polygon_areas_km2(geometries)
    shapes = shapely.orient_polygons(np.asarray(geometries, dtype=object))
    return np.array(
        [
            0.0 if shapely.is_missing(shape) or shape.is_empty else _geodesic_km2(shape) - km2
            for shape, km2 in zip(shapes, straight_km2, strict=True)
        ]
    )


def _geodesic_km2(shape: shapely.Geometry) -> float:
    area_m2, _ = _GEOD.geometry_area_perimeter(shape)
    return float(area_m2) / 1e6
