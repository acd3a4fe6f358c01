"""From settlements with evidence of their own to all of them: a field over natural neighbours.

Each place carries a score from -1 (not held) to +1 (held). The field is the one that departs least
from the evidence, weighed by its nats, and from its neighbours, weighed by distance; ground that
lies between the border and a held place is drawn towards held as well, since troops stand on what
they came over. It is a convex problem with one answer, found by a few linear solutions.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from threadpoolctl import ThreadpoolController

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indices = NDArray[np.int64]

#: One thread for systems of a few hundred places: more of them only wait for one another.
_BLAS = ThreadpoolController()  # type: ignore[no-untyped-call]  # it has no types
RANGE_KM = 4.0
BEHIND_THE_LINE = 2.0
UNREPORTED_WEIGHT = 0.1
ROUNDS = 15
_KM_PER_DEGREE = 111.2


def local_km(lonlat: Floats, latitude: float) -> Floats:
    """Longitude/latitude degrees as kilometres on a plane that is true at a latitude (n x 2).

    Good to 0.5 % within a degree of that latitude: enough to tell which place is nearer.

    >>> local_km(np.array([[35.0, 51.0], [36.0, 52.0]]), 60.0).round(1).tolist()
    [[1946.0, 5671.2], [2001.6, 5782.4]]
    """
    scale = np.array([np.cos(np.radians(latitude)), 1.0]) * _KM_PER_DEGREE
    return np.asarray(lonlat, dtype=float) * scale


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Pairs of natural neighbours: from the place nearer to the border to the one beyond it.

    ``weight`` falls with the distance in kilometres, ``behind`` is the share of it that lies in
    the direction away from the border.
    """

    inner: Indices
    outer: Indices
    weight: Floats
    behind: Floats
    places: int


def neighbours(points_km: Floats, depth_km: Floats) -> Neighbours:
    """Find natural neighbours (Delaunay) among points, each with its depth from the border.

    >>> pairs = neighbours(np.array([[0.0, 0], [3, 0], [0, 4]]), np.array([1.0, 1, 5]))
    >>> list(zip(pairs.inner.tolist(), pairs.outer.tolist()))
    [(0, 1), (0, 2), (1, 2)]
    """
    index = {tuple(point): n for n, point in reversed(list(enumerate(points_km)))}
    lines = shapely.delaunay_triangles(shapely.MultiPoint(points_km), only_edges=True)
    found = set()
    for line in shapely.get_parts(lines):
        corners = [index[tuple(corner)] for corner in shapely.get_coordinates(line)]
        found |= {(min(a, b), max(a, b)) for a, b in pairwise(corners)}
    one, two = np.array(sorted(found), dtype=np.int64).reshape(-1, 2).T
    km = np.linalg.norm(points_km[one] - points_km[two], axis=1)
    climb = (depth_km[two] - depth_km[one]) / np.maximum(km, 0.3)
    forward = climb >= 0
    return Neighbours(
        inner=np.where(forward, one, two),
        outer=np.where(forward, two, one),
        weight=np.exp(-km / RANGE_KM),
        behind=np.clip(np.abs(climb), 0, 1),
        places=len(points_km),
    )


def solve(pairs: Neighbours, score: Floats, nats: Floats, unreported: Floats) -> Floats:
    """Fit the field to the evidence of one day.

    Parameters
    ----------
    pairs
        Natural neighbours.
    score, nats
        Places: what its own evidence says of each, from -1 to +1, and how strongly.
    unreported
        Places: what each is held to be where nobody reports of it, from -1 to +1.

    Returns
    -------
    numpy.ndarray
        Places: the field.

    Examples
    --------
    The first of three places is reported held; what nobody reports of is drawn towards it:

    >>> pairs = neighbours(np.array([[0.0, 0], [3, 0], [0, 4]]), np.array([1.0, 1, 5]))
    >>> reported, nats = np.array([1.0, 0, 0]), np.array([5.0, 0, 0])
    >>> solve(pairs, reported, nats, np.full(3, -1.0)).round(2).tolist()
    [0.9, 0.55, 0.52]
    """
    with _BLAS.limit(limits=1, user_api="blas"):
        return _fitted(pairs, score, nats, unreported)[0]


def solve_without(pairs: Neighbours, score: Floats, nats: Floats, unreported: Floats) -> Floats:
    """Fit the field at each place without the place's own evidence; arguments as :func:`solve`.

    >>> pairs = neighbours(np.array([[0.0, 0], [3, 0], [0, 4]]), np.array([1.0, 1, 5]))
    >>> reported, nats = np.array([1.0, 0, 0]), np.array([5.0, 0, 0])
    >>> solve_without(pairs, reported, nats, np.full(3, -1.0)).round(2).tolist()
    [-1.0, 0.55, 0.52]
    """
    with _BLAS.limit(limits=1, user_api="blas"):
        field, system = _fitted(pairs, score, nats, unreported)
        own = np.diag(np.linalg.inv(system)) * nats
    without: Floats = (field - own * score) / np.maximum(1 - own, 1e-9)
    return without


def _fitted(
    pairs: Neighbours, score: Floats, nats: Floats, unreported: Floats
) -> tuple[Floats, Floats]:
    """Give the field, and the linear system (places x places) that it solves in the end."""
    held = nats * score + UNREPORTED_WEIGHT * unreported
    crossed = score[pairs.outer] > score[pairs.inner]
    for _ in range(ROUNDS):
        pull = pairs.weight * (1 + BEHIND_THE_LINE * pairs.behind * crossed)
        system = _laplacian(pairs, pull) + np.diag(nats + UNREPORTED_WEIGHT)
        field = np.asarray(np.linalg.solve(system, held), dtype=np.float64)
        now = field[pairs.outer] > field[pairs.inner]
        if (now == crossed).all():
            break
        crossed = now
    return field, system


def _laplacian(pairs: Neighbours, pull: Floats) -> Floats:
    matrix = np.zeros((pairs.places, pairs.places))
    matrix[pairs.inner, pairs.outer] = matrix[pairs.outer, pairs.inner] = -pull
    np.fill_diagonal(matrix, -matrix.sum(axis=1))
    return matrix
