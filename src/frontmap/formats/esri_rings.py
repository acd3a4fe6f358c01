"""Esri's rings as polygons: which rings are shells, and which holes lie in which of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import Polygon, STRtree

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Pairs of a ring and one around its box that are looked at in one feature.
MOST_PAIRS = 1_000_000
#: What rings of doubtful meaning may come to, as a share of the largest ring.
MOST_SHARE = 0.001
_LEAST_POSITIONS = 3
_LARGEST = 1e100  # whose square is a number


class RingsError(ValueError):
    """Rings of which nobody but who drew them knows what is ground; the message says why."""


def polygons_of_rings(rings: list[Any]) -> list[list[Any]]:
    """Return the polygons that rings without an order make, the outer ring of each first.

    A ring that lies in no other one is an outer one; one that lies in another is its hole where it
    runs the other way round, and an outer one again within a hole. Which way is which does not
    matter: tools differ. Raises :class:`RingsError` where a ring lies in another one that runs the
    same way, and is more than 0.1 % of the
    largest ring.

    >>> square = [[0, 0], [0, 9], [9, 9], [9, 0], [0, 0]]
    >>> inner = [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]
    >>> polygons_of_rings([inner, square]) == [[square, inner]]
    True
    >>> polygons_of_rings([inner[::-1], square])
    Traceback (most recent call last):
    frontmap.formats.esri_rings.RingsError: of several meanings: a ring lies in another and runs the
    same way, near 1, 1: a hole, or ground drawn twice; mend it in a GIS, or leave the feature out
    """
    if len(rings) <= 1:
        return [[ring] for ring in rings]
    corners = [_positions(ring) for ring in rings]
    areas = np.array([_signed_area(positions) for positions in corners])
    outlines = np.array([Polygon(positions) for positions in corners], dtype=object)
    around = _smallest_around(outlines, np.abs(areas))
    alike = {place for place, outer in around.items() if areas[place] * areas[outer] > 0}
    _require_small([(place, around[place]) for place in sorted(alike)], outlines, np.abs(areas))
    owners = list(range(len(rings)))
    for place in np.argsort(-np.abs(areas), kind="stable").tolist():
        outer = around.get(place, place)
        is_in_hole = owners[outer] != outer
        if outer != place and is_in_hole == (place in alike):
            owners[place] = owners[outer]
    polygons = {place: [rings[place]] for place, owner in enumerate(owners) if owner == place}
    for place, owner in enumerate(owners):
        if owner != place:
            polygons[owner].append(rings[place])
    return list(polygons.values())


def _positions(ring: Any) -> NDArray[np.float64] | None:  # noqa: ANN401  whatever the file holds
    """Return the corners of a ring; None if it is no ring."""
    if not isinstance(ring, list | np.ndarray) or len(ring) < _LEAST_POSITIONS:
        return None
    try:
        found = np.array([(x, y) for x, y, *_ in ring], dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return found if np.all(np.abs(found) < _LARGEST) else None


def _signed_area(positions: NDArray[np.float64] | None) -> float:
    """Return twice the area in the file's units, positive anticlockwise; 0 if it is no ring."""
    if positions is None:
        return 0.0
    x, y = (np.concatenate([positions, positions[:1]]) - positions[0]).T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def _smallest_around(outlines: NDArray[Any], sizes: NDArray[np.float64]) -> dict[int, int]:
    """Return the smallest ring around each that lies in one."""
    tree, pairs = STRtree(outlines), 0
    shapely.prepare(outlines)
    insides = shapely.point_on_surface(outlines)
    found: dict[int, int] = {}
    for place in np.flatnonzero(sizes).tolist():
        near = tree.query(insides[place])
        pairs += len(near)
        if pairs > MOST_PAIRS:
            raise RingsError(f"its rings lie in each other more than {MOST_PAIRS:,} times")
        larger = near[sizes[near] > sizes[place]]
        around = larger[shapely.contains(outlines[larger], insides[place])]
        if len(around):
            found[place] = int(around[np.argmin(sizes[around])])
    return found


def _require_small(
    pairs: list[tuple[int, int]], outlines: NDArray[Any], sizes: NDArray[np.float64]
) -> None:
    """Refuse rings that lie wholly in another of their winding, but for a little of the ground."""
    within = [place for place, outer in pairs if outlines[outer].covers(outlines[place])]
    if sizes[within].sum() > MOST_SHARE * sizes.max():
        x, y, *_ = outlines[max(within, key=lambda place: float(sizes[place]))].bounds
        raise RingsError(
            "of several meanings: a ring lies in another and runs the same way, "
            f"near {x:.9g}, {y:.9g}: a hole, or ground drawn twice; "
            "mend it in a GIS, or leave the feature out"
        )
