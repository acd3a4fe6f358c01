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
    from collections.abc import Sequence

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
    """Ground of one party, status, district and confidence, and the rows of the places in it.

    ``ground`` is on the plane in kilometres; ``accuracy_m`` the position error of its line.
    """

    party: str
    status: str
    district: str
    confidence: str
    ground: MultiPolygon
    rows: tuple[int, ...]
    accuracy_m: float


def parts(places: pd.DataFrame, points_km: Floats, side_km: Polygon) -> list[DraftedGround]:
    """Make the ground of one date, in order of status, party, district and confidence.

    Contested ground goes to the strongest party of the nearest place that is held or contested.

    Parameters
    ----------
    places
        One row a place: ``status, party, confidence`` as :func:`frontmap.places.status_table` has
        them, and ``raion``.
    points_km, side_km
        Their positions, and the ground on their side of the border, on one plane in kilometres.

    Examples
    --------
    >>> import pandas as pd
    >>> places = pd.DataFrame({"status": [CONTROLLED, CONTROLLED, "not held"],
    ...                        "party": ["UA", "UA", ""],
    ...                        "confidence": ["high", "low", "high"], "raion": ["Sudzhansky"] * 3})
    >>> points_km = np.array([[5.0, 5], [15, 5], [25, 5]])
    >>> drafted = parts(places, points_km, shapely.box(0, 0, 30, 10))
    >>> [(part.status, part.confidence, part.rows, part.accuracy_m) for part in drafted]
    [('controlled', 'high', (0,), 500.0), ('controlled', 'low', (1,), 5700.0),
     ('contested', 'low', (1,), 5700.0)]
    """
    status = places["status"].to_numpy(dtype=object)
    strongest = places["party"].str.partition(" ")[0].to_numpy(dtype=object)
    theatre = shapely.box(*side_km.buffer(MARGIN_KM).bounds)
    found = []
    for (name, party), ground in grounds(places, points_km, side_km).items():
        there = np.isin(status, [CONTROLLED, CONTESTED]) if name == CONTESTED else status == name
        mine = there & (strongest == party)
        own = np.full(len(places), shapely.Polygon(), dtype=object)
        among = there if name == CONTESTED else mine
        own[among] = shapely.intersection(ground_cells(points_km[among], theatre), ground)
        for (district, confidence), group in _groups(places, own, mine, name).items():
            pieces = without_slivers(shapely.union_all(own[group]), SLIVER_KM2)
            if pieces.is_empty:
                continue
            accuracy = accuracy_m(_line(pieces, ground, side_km), mine, points_km)
            rows = tuple(group)
            found.append(DraftedGround(party, name, district, confidence, pieces, rows, accuracy))
    return found


def grounds(
    places: pd.DataFrame, points_km: Floats, side_km: Polygon
) -> dict[tuple[str, str], MultiPolygon]:
    """Draw the ground of each status and party on the surface between the places.

    ``places`` are as for :func:`parts`. Of each party a place that it holds stands at +1, one that
    it contests at 0, any other at -1, and the line is as likely at any point between two places as
    at any other. So ground above 1/3 is held with odds of two to one or better; ground between 1/3
    and -1/3 is contested: nobody's control is established. That is one ground, whoever contests
    it, given here for each party that does. Claimed ground is what is nearest to claimed places and
    not drawn as held or contested. Beyond the border the surface goes on, so that smoothing leaves
    the border alone.

    >>> import pandas as pd
    >>> places = pd.DataFrame({"status": [CONTROLLED, "not held"], "party": ["UA", ""]})
    >>> drawn = grounds(places, np.array([[5.0, 5], [15, 5]]), shapely.box(0, 0, 20, 10))
    >>> {name: round(ground.area, 1) for name, ground in drawn.items()}
    {('controlled', 'UA'): 101.0, ('contested', 'UA'): 25.4, ('claimed', 'UA'): 0.0}
    """
    status = places["status"].to_numpy(dtype=object)
    whose = [cell.split() for cell in places["party"]]
    parties = sorted({party for cell in whose for party in cell})
    edge = shapely.segmentize(side_km.simplify(EDGE_KM / 4).buffer(EDGE_KM), EDGE_KM)
    beyond = np.unique(shapely.get_coordinates(edge).round(3), axis=0)
    nearest = np.linalg.norm(beyond[:, None] - points_km[None], axis=2).argmin(axis=1)
    points = np.vstack([points_km, beyond])
    held, taken = {}, {}
    for party in parties:
        own = np.array([party in cell for cell in whose])
        of_own = [own & (status == CONTROLLED), own & (status == CONTESTED)]
        values = np.select(of_own, [1.0, 0.0], -1.0)
        heights = np.concatenate([values, values[nearest]])
        taken[party] = _smoothed(above(points, heights, -ODDS_LEVEL), side_km)
        high = _smoothed(above(points, heights, ODDS_LEVEL), side_km)
        held[party] = shapely.intersection(high, taken[party])
    controlled = {
        party: without_slivers(_without(own, [held[p] for p in parties if p != party]), LEAST_KM2)
        for party, own in held.items()
    }
    drawn = _together(list(taken.values()))
    contested = without_slivers(_without(drawn, list(controlled.values())), LEAST_KM2)
    cells = ground_cells(points_km, side_km)
    found = {(CONTROLLED, party): ground for party, ground in controlled.items()}
    found |= {(CONTESTED, party): contested for party in parties}
    for party in parties:
        first = np.array([cell[:1] == [party] for cell in whose])
        around = shapely.union_all(cells[first & (status == CLAIMED)])
        claimed = without_slivers(shapely.difference(around, drawn), LEAST_KM2)
        found[CLAIMED, party] = claimed
    return found


def _together(grounds: Sequence[Geometry]) -> Geometry:
    return grounds[0] if len(grounds) == 1 else shapely.union_all(grounds)


def _without(ground: Geometry, others: Sequence[Geometry]) -> Geometry:
    return shapely.difference(ground, _together(others)) if others else ground


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


def _groups(
    places: pd.DataFrame, own: Geometries, mine: NDArray[np.bool_], status: str
) -> dict[tuple[str, str], list[int]]:
    """Group those of a party's places that have ground by district and confidence.

    Contested ground around a held place lies between the lines: its confidence is low.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for n in np.flatnonzero(mine & (shapely.area(own) > 0)).tolist():
        place = places.iloc[n]
        word = place["confidence"] if place["status"] == status else "low"
        groups.setdefault((place["raion"], word), []).append(n)
    return dict(sorted(groups.items()))


def _line(pieces: MultiPolygon, ground: MultiPolygon, side_km: Polygon) -> Geometry:
    """Draw the line of a part: its share of the ground's outline, without the state border."""
    outline = shapely.difference(ground.boundary, side_km.boundary.buffer(BORDER_STRIP_KM))
    return shapely.intersection(outline, pieces.buffer(BORDER_STRIP_KM / 10))
