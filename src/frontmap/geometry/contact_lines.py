"""A line of contact: the edge of ground, how long it is, how deep it lies, how far it moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyproj
import shapely

from frontmap.geometry.edges import ends_of_lines, lines_of
from frontmap.geometry.fixed_lines import as_fixed
from frontmap.geometry.plane import plane_about
from frontmap.geometry.seam import across_seam
from frontmap.geometry.strips import simplified
from frontmap.model import BORDER_TOLERANCE_M

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from frontmap.geometry.edges import Floats, Shapes
    from frontmap.geometry.fixed_lines import FixedLines

SAMPLE_M = 500.0
MOST_SAMPLES = 50_000
_GEOD = pyproj.Geod(ellps="WGS84")


def contact_line(ground: BaseGeometry, fixed: BaseGeometry | FixedLines) -> BaseGeometry:
    """Return the edge of polygonal ground without what runs within 100 m of fixed lines; degrees.

    The seam at ±180° is no edge: a line across it runs on past 180.

    >>> from shapely import LineString, box
    >>> line = contact_line(box(35, 51, 36, 52), LineString([(34, 51), (37, 51)]))
    >>> round(length_km(line), 0)
    291.0
    """
    if ground.is_empty:
        return shapely.MultiLineString()
    ground = across_seam(ground)
    plane = plane_about(ground)
    line = plane.flat_ground(ground).boundary
    lines = as_fixed(fixed)
    if lines is not None and (beside := lines.strip(plane, ground, BORDER_TOLERANCE_M)):
        line = line.difference(beside)
    return plane.degrees(shapely.line_merge(line))


def generalised(line: BaseGeometry, scale_km: float) -> BaseGeometry:
    """Straighten a line so that it stays within `scale_km` of itself (Douglas and Peucker).

    In degrees (EPSG:4326), and again; 0 leaves it as it is drawn.

    >>> from shapely import LineString
    >>> len(generalised(LineString([(35, 51), (35.5, 51.001), (36, 51)]), 1).coords)
    2
    """
    if line.is_empty or not scale_km:
        return line
    plane = plane_about(line)
    return plane.degrees(simplified(plane.flat(line), scale_km * 1000))


def length_km(line: BaseGeometry) -> float:
    """Geodesic length on WGS 84 of lines in degrees, in kilometres; 0.0 when empty.

    >>> from shapely import LineString
    >>> round(length_km(LineString([(35, 51), (35, 52)])), 3)
    111.258
    """
    return 0.0 if line.is_empty else float(_GEOD.geometry_length(line)) / 1000


class Movement(NamedTuple):
    """How far a line moved since the one before; kilometres, degrees; positive outward."""

    moved_mean_km: float
    moved_most_km: float
    moved_most_bearing_deg: float
    moved_most_lon: float
    moved_most_lat: float


def movement(line: BaseGeometry, before: BaseGeometry, ground: BaseGeometry) -> Movement | None:
    """Measure how far `line` lies from the line `before`, which went around `ground`; degrees.

    None where either line is empty.

    >>> from shapely import LineString, box
    >>> north, south = (LineString([(35, lat), (36, lat)]) for lat in (51.1, 51.0))
    >>> found = movement(north, south, box(35, 50, 36, 51))
    >>> round(found.moved_mean_km, 1), round(found.moved_most_bearing_deg) % 360
    (11.1, 0)
    """
    if line.is_empty or before.is_empty:
        return None
    plane = plane_about(line, before)
    new, old = plane.flat(line), plane.flat(before)
    points = samples(new)
    held = plane.flat(ground)
    shapely.prepare(held)
    grew = ~shapely.contains(held, points)
    away_km = _away_m(points, old) / 1000 * np.where(grew, 1, -1)
    most = int(np.argmax(np.abs(away_km).round(6)))  # of equal ones the first, to a millimetre
    ends = shapely.get_coordinates(plane.degrees(shapely.shortest_line(old, points[most])))
    bearing = _GEOD.inv(*ends[0], *ends[1])[0] % 360 if away_km[most] else 0.0
    place = (float(degree) for degree in ends[1])
    return Movement(float(away_km.mean()), float(away_km[most]), float(bearing), *place)


class Depth(NamedTuple):
    """How far a line lies from another one; kilometres."""

    depth_mean_km: float
    depth_max_km: float


def depth(line: BaseGeometry, border: BaseGeometry | None) -> Depth | None:
    """Measure how far `line` lies from a border, in the mean and at most; degrees.

    None without a border, and where the line is empty.

    >>> from shapely import LineString
    >>> north, south = (LineString([(35, lat), (36, lat)]) for lat in (51.1, 51.0))
    >>> round(depth(north, south).depth_max_km, 1)
    11.1
    """
    if border is None or line.is_empty:
        return None
    plane = plane_about(line)
    away_km = _away_m(samples(plane.flat(line)), plane.flat(border)) / 1000
    return Depth(float(away_km.mean()), float(away_km.max()))


def _away_m(points: Shapes, line: BaseGeometry) -> Floats:
    """Return how far points lie from a line on the plane, found among its edges by their boxes."""
    edges = shapely.STRtree(lines_of(ends_of_lines(line)))
    _, away_m = edges.query_nearest(points, return_distance=True, all_matches=False)
    return np.asarray(away_m, dtype=np.float64)


def samples(line: BaseGeometry) -> Shapes:
    """Return points every 500 m along a line on the plane, and at least one.

    Of a line of more than 25,000 km there are 50,000.

    >>> [point.x for point in samples(shapely.LineString([(0, 0), (1000, 0)]))]
    [250.0, 750.0]
    """
    begin, end = np.hsplit(ends_of_lines(line), 2)
    along = end - begin
    lengths_m = np.hypot(*along.T)
    reached_m = np.cumsum(lengths_m)
    apart_m = max(SAMPLE_M, reached_m[-1] / MOST_SAMPLES)
    places_m = np.arange(apart_m / 2, max(reached_m[-1], apart_m), apart_m)
    edge = np.minimum(np.searchsorted(reached_m, places_m, side="right"), len(along) - 1)
    before_m = (reached_m - lengths_m)[edge]
    share = np.clip((places_m - before_m) / np.maximum(lengths_m[edge], 1e-12), 0, 1)
    points = shapely.points(begin[edge] + along[edge] * share[:, None])
    return np.asarray(points, dtype=object)
