"""From settlements with a status to the ground of one date: drawn, smoothed, parted, measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from frontmap.draft.cells import ground_cells, smooth, without_slivers
from frontmap.draft.surface import above
from frontmap.places import CLAIMED, CONTESTED, CONTROLLED

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry as Geometry

    Floats = NDArray[np.float64]
    Geometries = NDArray[np.object_]

SMOOTHING_KM = 0.7
SIMPLIFIED_KM = 0.03
LEAST_KM2 = 3.0
ODDS_LEVEL = 1 / 3
EDGE_KM = 2.0
SLIVER_KM2 = 0.05
MARGIN_KM = 20.0
LINE_STEP_KM = 0.5
BORDER_STRIP_KM = 0.2
LEAST_ACCURACY_M = 500.0


@dataclass(frozen=True, slots=True)
class DraftedGround:
    """Ground of one status, district and confidence, and the rows of the places that lie in it.

    ``ground`` is on the plane in kilometres; ``accuracy_m`` the position error of its line.
    """

    status: str
    district: str
    confidence: str
    ground: MultiPolygon
    rows: tuple[int, ...]
    accuracy_m: float


def parts(places: pd.DataFrame, points_km: Floats, side_km: Polygon) -> list[DraftedGround]:
    """Make the ground of one date, part by part, in order of status, district and confidence.

    Parameters
    ----------
    places
        One row a place: ``status, confidence`` as :func:`frontmap.places.status_table` has
        them, and ``raion``.
    points_km, side_km
        Their positions, and the ground on their side of the border, on one plane in kilometres.

    Examples
    --------
    >>> import pandas as pd
    >>> places = pd.DataFrame({"status": [CONTROLLED, CONTROLLED, "not held"],
    ...                        "confidence": ["high", "low", "high"], "raion": ["Sudzhansky"] * 3})
    >>> points_km = np.array([[5.0, 5], [15, 5], [25, 5]])
    >>> drafted = parts(places, points_km, shapely.box(0, 0, 30, 10))
    >>> [(part.status, part.confidence, part.rows, part.accuracy_m) for part in drafted]
    [('controlled', 'high', (0,), 500.0), ('controlled', 'low', (1,), 5700.0),
     ('contested', 'low', (1,), 5700.0)]
    """
    status = places["status"].to_numpy(dtype=object)
    theatre = shapely.box(*side_km.buffer(MARGIN_KM).bounds)
    found = []
    for name, ground in grounds(status, points_km, side_km).items():
        mine = np.isin(status, [CONTROLLED, CONTESTED]) if name == CONTESTED else status == name
        own = shapely.intersection(ground_cells(points_km[mine], theatre), ground)
        for (district, confidence), group in _groups(places.loc[mine], own, name).items():
            pieces = without_slivers(shapely.union_all(own[group]), SLIVER_KM2)
            if pieces.is_empty:
                continue
            rows = tuple(np.flatnonzero(mine)[group].tolist())
            accuracy = accuracy_m(_line(pieces, ground, side_km), mine, points_km)
            found.append(DraftedGround(name, district, confidence, pieces, rows, accuracy))
    return found


def grounds(status: Geometries, points_km: Floats, side_km: Polygon) -> dict[str, MultiPolygon]:
    """Draw the ground of each status on the surface between the places.

    A held place stands at +1, a contested one at 0, one not held at -1, and the line is as likely
    at any point between two places as at any other. So ground above 1/3 is held with odds of two
    to one or better; ground between 1/3 and -1/3 is contested: nobody's control is established.
    Claimed ground is what is nearest to claimed places and not drawn as held or contested.
    Beyond the border the surface goes on, so that smoothing leaves the border alone.

    >>> status = np.array([CONTROLLED, "not held"], dtype=object)
    >>> drawn = grounds(status, np.array([[5.0, 5], [15, 5]]), shapely.box(0, 0, 20, 10))
    >>> {name: round(ground.area, 1) for name, ground in drawn.items()}
    {'controlled': 101.0, 'contested': 25.4, 'claimed': 0.0}
    """
    values = np.select([status == CONTROLLED, status == CONTESTED], [1.0, 0.0], -1.0)
    edge = shapely.segmentize(side_km.simplify(EDGE_KM / 4).buffer(EDGE_KM), EDGE_KM)
    beyond = np.unique(shapely.get_coordinates(edge).round(3), axis=0)
    nearest = np.linalg.norm(beyond[:, None] - points_km[None], axis=2).argmin(axis=1)
    points = np.vstack([points_km, beyond])
    heights = np.concatenate([values, values[nearest]])
    taken = _smoothed(above(points, heights, -ODDS_LEVEL), side_km)
    held = shapely.intersection(_smoothed(above(points, heights, ODDS_LEVEL), side_km), taken)
    controlled = without_slivers(held, LEAST_KM2)
    contested = without_slivers(shapely.difference(taken, controlled), LEAST_KM2)
    around = shapely.union_all(ground_cells(points_km, side_km)[status == CLAIMED])
    claimed = without_slivers(shapely.difference(around, taken), LEAST_KM2)
    return {CONTROLLED: controlled, CONTESTED: contested, CLAIMED: claimed}


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


def _smoothed(ground: Geometry, side_km: Polygon) -> Geometry:
    rounded = shapely.simplify(smooth(ground, SMOOTHING_KM), SIMPLIFIED_KM)
    return shapely.intersection(rounded, side_km)


def _groups(places: pd.DataFrame, own: Geometries, status: str) -> dict[tuple[str, str], list[int]]:
    """Group places that have ground by district and confidence.

    Contested ground around a held place lies between the lines: its confidence is low.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    rows = zip(places["raion"], places["confidence"], places["status"], strict=True)
    for n, (district, confidence, mine) in enumerate(rows):
        if own[n].area > 0:
            word = confidence if mine == status else "low"
            groups.setdefault((district, word), []).append(n)
    return dict(sorted(groups.items()))


def _line(pieces: MultiPolygon, ground: MultiPolygon, side_km: Polygon) -> Geometry:
    """Draw the line of a part: its share of the ground's outline, without the state border."""
    outline = shapely.difference(ground.boundary, side_km.boundary.buffer(BORDER_STRIP_KM))
    return shapely.intersection(outline, pieces.buffer(BORDER_STRIP_KM / 10))
