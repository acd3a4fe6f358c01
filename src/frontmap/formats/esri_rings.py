"""Esri's rings as polygons: which rings are shells, and which holes lie in which of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import Polygon, STRtree

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Pairs of a hole and a shell around its box that are looked at in one feature.
MOST_PAIRS = 1_000_000
_LEAST_POSITIONS = 3


class TooManyRingsError(ValueError):
    """A feature's rings lie in each other so often that no map has the like."""


def polygons_of_rings(rings: list[Any]) -> tuple[list[list[Any]], int]:
    """Return the polygons that rings without an order make, and how many holes have no shell.

    A ring runs clockwise round a shell and the other way round a hole. A hole belongs to the
    smallest shell around it; one that lies in none is a shell that was wound the wrong way. Where
    none runs clockwise, a ring inside another one is its hole. Raises :class:`TooManyRingsError`.

    >>> square = [[0, 0], [0, 9], [9, 9], [9, 0], [0, 0]]
    >>> inner = [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]
    >>> polygons_of_rings([inner, square])
    ([[[[0, 0], [0, 9], [9, 9], [9, 0], [0, 0]], [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]]], 0)
    """
    areas = [_signed_area(ring) for ring in rings]
    shells = [place for place, area in enumerate(areas) if area is None or area <= 0]
    holes = [place for place, area in enumerate(areas) if area is not None and area > 0]
    all_backwards = not any(area is not None and area < 0 for area in areas)
    if len(rings) <= 1 or not holes:
        return [[ring] for ring in rings], 0
    if all_backwards:
        nested = _nested(rings, areas)
        shells = [place for place in range(len(rings)) if nested[place] % 2 == 0]
        holes = [place for place in range(len(rings)) if nested[place] % 2]
    around = _smallest_around(rings, areas, shells, holes)
    polygons = {place: [rings[place]] for place in shells}
    alone = [hole for hole in holes if around[hole] is None]
    for hole in holes:
        if (shell := around[hole]) is not None:
            polygons[shell].append(rings[hole])
    return [*polygons.values(), *([rings[hole]] for hole in alone)], len(alone)


def _signed_area(ring: Any) -> float | None:  # noqa: ANN401  whatever the file holds
    """Return twice the area in the file's units, positive anticlockwise; None if it is no ring."""
    positions = _positions(ring)
    if positions is None:
        return None
    x, y = (positions - positions[0]).T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def _positions(ring: Any) -> NDArray[np.float64] | None:  # noqa: ANN401  whatever the file holds
    if not isinstance(ring, list | np.ndarray) or len(ring) < _LEAST_POSITIONS:
        return None
    try:
        found = np.array([(x, y) for x, y, *_ in ring], dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return found if np.all(np.isfinite(found)) else None


def _polygon(ring: Any) -> Polygon:  # noqa: ANN401  whatever the file holds
    positions = _positions(ring)
    return Polygon() if positions is None else Polygon(positions)


def _smallest_around(
    rings: list[Any], areas: list[float | None], shells: list[int], holes: list[int]
) -> dict[int, int | None]:
    outlines = np.array([_polygon(rings[place]) for place in shells], dtype=object)
    sizes = np.array([abs(areas[place] or 0.0) for place in shells])
    tree, pairs = STRtree(outlines), 0
    shapely.prepare(outlines)
    found: dict[int, int | None] = {}
    for hole in holes:
        inside = _polygon(rings[hole]).representative_point()
        near = tree.query(inside)
        pairs += len(near)
        if pairs > MOST_PAIRS:
            raise TooManyRingsError(f"its rings lie in each other more than {MOST_PAIRS:,} times")
        around = [place for place in near if outlines[place].contains(inside)]
        around = [place for place in around if sizes[place] >= abs(areas[hole] or 0.0)]
        found[hole] = shells[min(around, key=lambda place: sizes[place])] if around else None
    return found


def _nested(rings: list[Any], areas: list[float | None]) -> list[int]:
    """Return in how many larger rings each ring lies."""
    outlines = np.array([_polygon(ring) for ring in rings], dtype=object)
    sizes = np.array([abs(area or 0.0) for area in areas])
    tree, pairs, depths = STRtree(outlines), 0, []
    shapely.prepare(outlines)
    for place, outline in enumerate(outlines):
        inside = outline.representative_point()
        near = tree.query(inside)
        pairs += len(near)
        if pairs > MOST_PAIRS:
            raise TooManyRingsError(f"its rings lie in each other more than {MOST_PAIRS:,} times")
        depths.append(
            sum(sizes[other] > sizes[place] and outlines[other].contains(inside) for other in near)
        )
    return depths
