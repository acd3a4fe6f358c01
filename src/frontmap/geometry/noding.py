"""Faces between very many lines that lie on each other or cross, as those of a long series do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from frontmap.errors import InputError
from frontmap.geometry.crossings import crosses_more_often
from frontmap.geometry.edges import either_way, ends_of_lines

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from frontmap.geometry.edges import Floats, Shapes

#: Between two halves of the lines, of which neither crosses itself any more.
MOST_CROSSINGS = 1_000_000
#: Fewer than these are cut all at once.
CROSSINGS_AT_ONCE = 50_000
FEW = 8


def faces_between(lines: Shapes, *, grid_degrees: float | None = None) -> Shapes:
    """Return the faces that lines cut the plane into, as polygons.

    Where lines cross or lie on each other very often, halves are put together, halves of halves
    first: all at once, ``n`` lines on each other take ``n³``. ``grid_degrees``: cut on this grid.
    Raises ``InputError`` when they cross more than a million times.

    >>> squares = np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)])
    >>> sorted(face.bounds for face in faces_between(shapely.boundary(squares)))
    [(0.0, 0.0, 1.0, 1.0), (1.0, 0.0, 2.0, 1.0), (2.0, 0.0, 3.0, 1.0)]
    """
    noded = _noded(lines, grid_degrees)
    return np.asarray(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))), dtype=object)


def faces_and_ends(lines: Shapes) -> tuple[Shapes, Floats]:
    """Return the faces that lines cut the plane into, and the edges of them that bound no face.

    An edge is given by its two ends: ``(n, 4)`` degrees. Raises as :func:`faces_between`.

    >>> lines = np.array([shapely.box(0, 0, 2, 1).boundary, shapely.LineString([(1, 1), (1, 3)])])
    >>> faces, ends = faces_and_ends(lines)
    >>> len(faces), ends.tolist()
    (1, [[1.0, 1.0, 1.0, 3.0]])
    """
    noded = shapely.get_parts(_noded(lines, None))
    faces, cuts, dangles, _ = shapely.polygonize_full(noded)
    loose = np.concatenate([shapely.get_parts(cuts), shapely.get_parts(dangles)])
    return np.asarray(shapely.get_parts(faces), dtype=object), ends_of_lines(loose)


def _noded(lines: Shapes, grid_degrees: float | None) -> BaseGeometry:
    if too_much_at_once(ends_of_lines(lines)):
        groups = (lines[n : n + FEW] for n in range(0, len(lines), FEW))
        few = [shapely.union_all(group, grid_size=grid_degrees) for group in groups]
        return _by_halves(few, grid_degrees)
    noded: BaseGeometry = shapely.union_all(lines, grid_size=grid_degrees)
    return noded


def too_much_at_once(ends: Floats) -> bool:
    """Tell whether edges cross, or lie on each other in part, too often to be cut all at once.

    >>> side = np.array([[0.0, 0.0, float(n), 0.0] for n in range(1000)])
    >>> too_much_at_once(side), too_much_at_once(side[:100])
    (True, False)
    """
    alike, _ = either_way(ends)
    return crosses_more_often(np.unique(alike, axis=0), CROSSINGS_AT_ONCE)


def _by_halves(noded: list[BaseGeometry], grid_degrees: float | None) -> BaseGeometry:
    while len(noded) > 1:
        last = noded[len(noded) // 2 * 2 :]
        noded = [
            _together(one, other, grid_degrees)
            for one, other in zip(noded[::2], noded[1::2], strict=False)
        ] + last
    return noded[0]


def _together(one: BaseGeometry, other: BaseGeometry, grid_degrees: float | None) -> BaseGeometry:
    if crosses_more_often(ends_of_lines(np.array([one, other], dtype=object)), MOST_CROSSINGS):
        raise InputError(
            f"the lines of these zones may cross more than {MOST_CROSSINGS:,} times: "
            "ask for fewer dates, or simplify the zones"
        )
    return shapely.union(one, other, grid_size=grid_degrees)
