"""A flat map about a place, in metres, for distances and strips of ground.

Lambert's azimuthal equal-area projection about a whole degree: areas are exact, and lengths within
500 km of the middle are right to 0.1 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import pyproj
import shapely

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

#: An edge straight in lon/lat is not straight on the plane: off by 5 cm at most when cut so.
STRAIGHT_DEGREES = 0.02
#: The two sides of the seam at ±180° fall together on the plane, but for rounding.
SEAM_M = 0.001
WHOLE_TURN = 360.0


@dataclass(frozen=True, slots=True)
class Plane:
    """The plane about a whole degree of latitude and longitude.

    >>> from shapely import Point
    >>> there = Plane(51, 35).flat(Point(35, 51.01))
    >>> round(there.y)
    1112
    >>> round(Plane(51, 35).degrees(there).y, 6)
    51.01
    """

    lat: int
    lon: int

    def flat(self, geometry: BaseGeometry) -> BaseGeometry:
        """Project from longitude/latitude degrees (EPSG:4326, RFC 7946 edges) to metres.

        >>> round(Plane(51, 35).flat(shapely.box(35, 51, 36, 52)).area / 1e6, 3)
        7725.699
        """
        fine = shapely.segmentize(geometry, STRAIGHT_DEGREES)
        project = _projection(self.lat, self.lon)
        return shapely.transform(
            fine,
            project.transform,  # type: ignore[arg-type]  # two arrays, as interleaved=False gives
            interleaved=False,
        )

    def flat_ground(self, ground: BaseGeometry) -> BaseGeometry:
        """Project polygonal ground, valid there: edges that fall together are no line of it.

        So do those along a pole, and along the antimeridian on both its sides.

        >>> around = shapely.Polygon([(-180, 80), (-60, 80), (60, 80), (180, 80), (180, 90),
        ...                           (-180, 90)])
        >>> round(Plane(90, 0).flat_ground(around).length / 1000)
        7008
        """
        flat = self.flat(ground)
        if not flat.is_valid:
            flat = shapely.make_valid(flat, method="structure", keep_collapsed=False)
        west, _, east, _ = ground.bounds
        return shapely.set_precision(flat, SEAM_M) if east - west >= WHOLE_TURN else flat

    def degrees(self, geometry: BaseGeometry) -> BaseGeometry:
        """Project back to longitude/latitude degrees; off by a millimetre at most.

        Longitudes lie within 180° of the plane's own, so that no line jumps at the antimeridian.

        >>> Plane(51, 35).degrees(shapely.Point(0, 0)).wkt
        'POINT (35 51)'
        """
        project = _projection(self.lat, self.lon)

        def back(x: object, y: object) -> tuple[object, object]:
            lon, lat = project.transform(x, y, direction="INVERSE")
            lon = lon + WHOLE_TURN * (lon < self.lon - 180) - WHOLE_TURN * (lon > self.lon + 180)
            return lon.round(9), lat.round(9)

        return shapely.transform(
            geometry,
            back,  # type: ignore[arg-type]  # two arrays, as interleaved=False gives
            interleaved=False,
        )


def plane_about(*geometries: BaseGeometry) -> Plane:
    """Choose the plane about the middle of geometries that are not all empty.

    >>> plane_about(shapely.box(35.0, 51.2, 35.9, 51.9))
    Plane(lat=52, lon=35)
    """
    west, south, east, north = shapely.total_bounds(geometries)
    return Plane(round((south + north) / 2), round((west + east) / 2))


@lru_cache(maxsize=512)
def _projection(lat: int, lon: int) -> pyproj.Transformer:
    """Make it once for each place: that takes longer than to project a polygon."""
    plane = f"+proj=laea +lat_0={lat} +lon_0={lon} +ellps=WGS84"
    return pyproj.Transformer.from_crs("EPSG:4326", plane, always_xy=True)
