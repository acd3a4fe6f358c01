"""Lines that are known and stay where they are, such as a state border: widened once a place."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from shapely.geometry.base import BaseGeometry

from frontmap.geometry.seam import clipped
from frontmap.geometry.strips import to_be_widened, widened
from frontmap.model import BORDER_TOLERANCE_M

if TYPE_CHECKING:
    from frontmap.geometry.edges import Shapes
    from frontmap.geometry.plane import Plane

#: Strips of so many planes and boxes are kept: ground of one front needs a handful.
_MOST_KEPT = 32


class FixedLines:
    """Lines in degrees (EPSG:4326), and the strips around them on the planes that were asked for.

    ``geometry`` are the lines. A strip is that of all lines in the whole degrees around the ground
    and a degree more, so that ground of a series, which moves little, is answered by one strip.

    >>> from shapely import LineString, box
    >>> from frontmap.geometry.plane import Plane
    >>> border = FixedLines(LineString([(34, 51), (37, 51)]))
    >>> strip = border.strip(Plane(51, 35), box(35, 51, 36, 51.5), 100.0)
    >>> strip is border.strip(Plane(51, 35), box(35, 51, 36, 51.6), 100.0)
    True
    """

    def __init__(self, geometry: BaseGeometry) -> None:
        self.geometry = geometry
        self._pieces = lru_cache(maxsize=_MOST_KEPT)(self._pieces_in)
        self._strip = lru_cache(maxsize=_MOST_KEPT)(self._strip_in)

    def strip(self, plane: Plane, ground: BaseGeometry, reach_m: float) -> BaseGeometry | None:
        """Return the ground within reach of the lines near some ground, on a plane; None if none.

        ``ground`` is in degrees, as :func:`frontmap.geometry.seam.across_seam` gives it; no reach
        is above 100 m.

        >>> from shapely import LineString, box
        >>> from frontmap.geometry.plane import Plane
        >>> border = FixedLines(LineString([(34, 51), (37, 51)]))
        >>> border.strip(Plane(51, 135), box(135, 51, 136, 52), 100.0) is None
        True
        """
        west, south, east, north = ground.bounds
        box = _Box(
            math.floor(west - 1), math.floor(south - 1), math.ceil(east + 1), math.ceil(north + 1)
        )
        return self._strip(plane, box, reach_m)

    def _strip_in(self, plane: Plane, box: _Box, reach_m: float) -> BaseGeometry | None:
        pieces = self._pieces(plane, box)
        return None if pieces is None else widened(pieces, reach_m)

    def _pieces_in(self, plane: Plane, box: _Box) -> Shapes | None:
        near = clipped(self.geometry, *box)
        return None if near.is_empty else to_be_widened(plane.flat(near), BORDER_TOLERANCE_M)


def as_fixed(lines: BaseGeometry | FixedLines | None) -> FixedLines | None:
    """Return lines as they are kept for a series; None of none.

    >>> as_fixed(None) is None
    True
    """
    return FixedLines(lines) if isinstance(lines, BaseGeometry) else lines


class _Box(NamedTuple):
    west: int
    south: int
    east: int
    north: int
