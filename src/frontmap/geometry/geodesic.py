"""What an area would differ by, were its edges geodesics instead of straight in lon/lat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from frontmap.geometry.ellipsoid import Geometries

SEMI_MAJOR_KM = 6378.137
FLATTENING = 1 / 298.257223563


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
        To leading order in the length of an edge: good to 1 % of itself for edges up to 100 km.

    Notes
    -----
    Between an edge and the geodesic through its ends lie d/3 (p² s (d/2)² + (2 M² s + p M') h²)
    square kilometres: d is the edge's step in longitude and h half its step in latitude (radians),
    s, p, M and M' the sine of its middle latitude, the radius of that parallel, the meridian's
    radius of curvature there and its derivative. From the equation of geodesics on a surface of
    revolution, with the second derivative of the latitude taken as constant along an edge.

    Examples
    --------
    >>> from shapely import box
    >>> geodesic_difference_km2([box(36, 48, 37, 49)]).round(3)
    array([-0.142])
    """
    shapes = shapely.orient_polygons(np.asarray(geometries, dtype=object))
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    positions, ring = shapely.get_coordinates(rings, return_index=True)
    inside = ring[1:] == ring[:-1]
    step, rise = np.radians(np.diff(positions, axis=0)[inside]).T
    middle = np.radians((positions[1:, 1] + positions[:-1, 1])[inside] / 2)
    weights = -_between_km2(step, rise / 2, middle)
    place = owner[part[ring[:-1][inside]]]
    sums = np.bincount(place, weights=weights, minlength=len(shapes))
    return sums.astype(np.float64)  # of nothing, bincount counts in integers


def _between_km2(
    d: NDArray[np.float64], h: NDArray[np.float64], middle: NDArray[np.float64]
) -> NDArray[np.float64]:
    e2 = FLATTENING * (2 - FLATTENING)
    s, c = np.sin(middle), np.cos(middle)
    w2 = 1 - e2 * s**2
    p = SEMI_MAJOR_KM * c / np.sqrt(w2)
    m = SEMI_MAJOR_KM * (1 - e2) / w2**1.5
    m_slope = 3 * m * e2 * s * c / w2
    area: NDArray[np.float64] = (
        d / 3 * (p**2 * s * (d / 2) ** 2 + (2 * m**2 * s + p * m_slope) * h**2)
    )
    return area
