"""From settlements with a status to the ground of one date: joined, smoothed, parted, measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from frontmap.draft.cells import cells, polygons, smooth
from frontmap.places import CONTESTED, CONTROLLED

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry as Geometry

    Floats = NDArray[np.float64]
    Geometries = NDArray[np.object_]

SMOOTHING_KM = 0.7
LEAST_KM2 = 3.0
SLIVER_KM2 = 0.05
MARGIN_KM = 20.0
LINE_STEP_KM = 0.5
BORDER_STRIP_KM = 0.2
LEAST_ACCURACY_M = 500.0


@dataclass(frozen=True, slots=True)
class Part:
    """Ground of one status, district and confidence, and the rows of the places that lie in it.

    ``ground`` is on the plane in kilometres; ``accuracy_m`` the position error of its line.
    """

    status: str
    district: str
    confidence: str
    ground: MultiPolygon
    rows: tuple[int, ...]
    accuracy_m: float


def parts(places: pd.DataFrame, points_km: Floats, home_km: Polygon) -> list[Part]:
    """Make the ground of one date, part by part, in order of status, district and confidence.

    Parameters
    ----------
    places
        One row a place: ``status, confidence`` (:func:`frontmap.places.table`) and ``raion``.
    points_km, home_km
        Their positions, and the ground on their side of the border, on one plane in kilometres.
    """
    status = places["status"].to_numpy(dtype=object)
    theatre = shapely.box(*home_km.buffer(MARGIN_KM).bounds)
    found = []
    for name, ground in _grounds(cells(points_km, theatre), status, home_km).items():
        mine = status == name
        own = cells(points_km[mine], theatre)
        for (district, confidence), chosen in _groups(places.loc[mine]).items():
            area = shapely.intersection(ground, shapely.union_all(own[chosen]))
            pieces = polygons(area, SLIVER_KM2)
            if pieces.is_empty:
                continue
            rows = tuple(np.flatnonzero(mine)[chosen].tolist())
            accuracy = accuracy_m(_line(pieces, ground, home_km), mine, points_km)
            found.append(Part(name, district, confidence, pieces, rows, accuracy))
    return found


def accuracy_m(line: Geometry, same: NDArray[np.bool_], points_km: Floats) -> float:
    """Position error of a line, in metres: half the way to the nearest place of other status.

    Every 500 m along the line, half the sum of the distances to the nearest place of its own
    status and to the nearest of another; the median of these, and at least 500 m, the accuracy of
    the places themselves.

    >>> points = np.array([[0.0, 0.0], [4.0, 0.0]])
    >>> accuracy_m(shapely.LineString([(2, -1), (2, 1)]), np.array([True, False]), points)
    2100.0
    """
    if line.is_empty or same.all() or not same.any():
        return LEAST_ACCURACY_M
    spots = shapely.points(shapely.get_coordinates(shapely.segmentize(line, LINE_STEP_KM)))
    near, far = (shapely.MultiPoint(points_km[chosen]) for chosen in (same, ~same))
    half_km = (shapely.distance(spots, near) + shapely.distance(spots, far)) / 2
    return max(round(float(np.median(half_km)), 1) * 1000, LEAST_ACCURACY_M)


def _grounds(own: Geometries, status: Geometries, home_km: Polygon) -> dict[str, MultiPolygon]:
    """Smooth held and contested ground together, then part them, so that no gap opens between."""
    taken = _joined(own, (status == CONTROLLED) | (status == CONTESTED), home_km)
    controlled = polygons(
        shapely.intersection(_joined(own, status == CONTROLLED, home_km), taken), LEAST_KM2
    )
    contested = polygons(shapely.difference(taken, controlled), LEAST_KM2)
    return {CONTROLLED: controlled, CONTESTED: contested}


def _joined(own: Geometries, chosen: NDArray[np.bool_], home_km: Polygon) -> Geometry:
    return shapely.intersection(smooth(shapely.union_all(own[chosen]), SMOOTHING_KM), home_km)


def _groups(places: pd.DataFrame) -> dict[tuple[str, str], list[int]]:
    """Group the numbers of places by district and confidence, in order of these."""
    groups: dict[tuple[str, str], list[int]] = {}
    for n, key in enumerate(zip(places["raion"], places["confidence"], strict=True)):
        groups.setdefault(key, []).append(n)
    return dict(sorted(groups.items()))


def _line(pieces: MultiPolygon, ground: MultiPolygon, home_km: Polygon) -> Geometry:
    """Draw the line of a part: its share of the ground's outline, without the state border."""
    outline = shapely.difference(ground.boundary, home_km.boundary.buffer(BORDER_STRIP_KM))
    return shapely.intersection(outline, pieces.buffer(BORDER_STRIP_KM / 10))
