"""Ground on the grid of six decimals, and what of it vanishes, is filled, parts or joins there.

A vertex moves by half a cell of the grid at most, in either direction. That changes the ground
where it is thinner than a cell: a part or a hole has no area left, a neck or a spike no width, two
parts no gap between them. Positions are longitude/latitude in degrees (EPSG:4326).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from frontmap.geometry.exact_area import polygon_areas_km2
from frontmap.geometry.polygons import polygonal
from frontmap.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Geometries = NDArray[Any]

GridRule = Literal[
    "part-vanished", "hole-filled", "strip-vanished", "gap-filled", "split", "joined", "touching"
]

DECIMALS = 6
GRID_DEGREES = 10.0**-DECIMALS
#: No line is moved further: by half a diagonal of a cell in rounding, and again in noding.
FURTHEST_DEGREES = 1.5 * GRID_DEGREES

_WORDS: dict[GridRule, tuple[str, str]] = {
    "part-vanished": ("part", "vanished"),
    "hole-filled": ("hole", "filled"),
    "strip-vanished": ("strip", "vanished"),
    "gap-filled": ("gap", "filled"),
    "split": ("part", "came apart from the rest"),
    "joined": ("part", "became one with another"),
    "touching": ("place", "where lines met"),
}


class GridChange(NamedTuple):
    """What became of some pieces of ground on the grid.

    ``km2`` is the area of them all, ``position`` the middle (longitude, latitude) of the largest.
    A ``split`` counts all pieces of what was one part but the largest, ``joined`` the other way
    round; neither changes the area, and nor does ``touching``, of no measurable ground.
    """

    rule: GridRule
    number: int
    km2: float
    position: tuple[float, float]

    @property
    def text(self) -> str:
        """What happened, in words: number, km² and place.

        >>> GridChange("hole-filled", 2, 0.000117, (35.05, 51.03)).text
        '2 holes filled in rounding to six decimals: 0.000117 km² near 35.05, 51.03'
        """
        noun, fate = _WORDS[self.rule]
        km2 = np.format_float_positional(self.km2, precision=3, fractional=False, trim="-")
        lon, lat = self.position
        what = f"{counted(self.number, noun)} {fate} in rounding to six decimals"
        return f"{what}: {km2} km² near {lon:.6g}, {lat:.6g}"


class GridGround(NamedTuple):
    """Ground on the grid, empty where none is left, and what changed on the way."""

    geometry: Polygon | MultiPolygon
    changes: tuple[GridChange, ...]


def to_grid(degrees: Floats) -> Floats:
    """Round positions to six decimals; there is no minus zero.

    >>> to_grid(np.array([[35.1234567, -0.0000001]])).tolist()
    [[35.123457, 0.0]]
    """
    return np.round(degrees, DECIMALS) + 0.0


def on_grid(geometry: shapely.Geometry) -> bool:
    """Whether all positions of a geometry have six decimals at most.

    >>> on_grid(shapely.Point(35.123456, 51)), on_grid(shapely.Point(35.1234567, 51))
    (True, False)
    """
    degrees = shapely.get_coordinates(geometry)
    return bool(np.array_equal(degrees, to_grid(degrees)))


def snap(geometry: Polygon | MultiPolygon) -> GridGround:
    """Put ground on the grid of six decimals, valid there, and tell what that changed.

    The area before is the area after, and what vanished, without what was filled, up to the
    rounding of vertices that stay. Ground that was invalid is made valid by its structure
    (a hole is no ground, whatever its winding); what that changed is not told.

    >>> sliver = shapely.box(36, 51, 36.0000003, 51.05)
    >>> ground, changes = snap(MultiPolygon([shapely.box(35, 51, 35.1, 51.1), sliver]))
    >>> len(shapely.get_parts(ground)), changes[0].text
    (1, '1 part vanished in rounding to six decimals: 0.000117 km² near 36, 51.025')
    """
    flat = shapely.force_2d(geometry)
    drawn, collapsed = _without_collapsed(flat)
    rounded = shapely.transform(drawn, to_grid)
    if rounded.is_valid:
        return GridGround(rounded, tuple(collapsed))
    noded = shapely.set_precision(_valid(rounded), GRID_DEGREES)
    after = shapely.transform(polygonal(noded), to_grid)
    if drawn.is_valid:
        changes = _changes(drawn, after) or [_touching(rounded)]
    else:
        changes = _changes(_valid(drawn), after)
    return GridGround(after, (*collapsed, *changes))


def _without_collapsed(
    geometry: Polygon | MultiPolygon,
) -> tuple[Polygon | MultiPolygon, list[GridChange]]:
    """Leave out the parts and the holes that have no area on the grid."""
    parts = shapely.get_parts(geometry)
    parts = parts[~shapely.is_empty(parts)]
    rings, part = shapely.get_rings(parts, return_index=True)
    has_area, is_shell = _have_area(rings), np.diff(part, prepend=-1) > 0
    is_ground = has_area[is_shell]
    filled = ~has_area & ~is_shell & is_ground[part]
    remaining = parts.copy()
    for n in np.unique(part[filled]):
        own = rings[(start := np.searchsorted(part, n)) : np.searchsorted(part, n, "right")]
        holes = own[1:][has_area[start + 1 : start + len(own)]]
        remaining[n] = shapely.polygons(own[0], holes)
    remaining = remaining[is_ground]
    whole = remaining[0] if len(remaining) == 1 else MultiPolygon(list(remaining))
    return whole, [
        *_change("part-vanished", parts[~is_ground]),
        *_change("hole-filled", _polygons(rings[filled])),
    ]


def _have_area(rings: Geometries) -> NDArray[np.bool_]:
    """Whether each ring, rounded, encloses anything."""
    if not len(rings):
        return np.zeros(0, dtype=bool)
    degrees, ring = shapely.get_coordinates(rings, return_index=True)
    starts = np.searchsorted(ring, np.arange(len(rings)))
    cells = np.rint(degrees * 10**DECIMALS).astype(np.int64)
    x, y = (cells - cells[starts][ring]).T
    crossed = x[:-1] * y[1:] - x[1:] * y[:-1]
    crossed[starts[1:] - 1] = 0  # from one ring to the next there is no edge
    enclosing: NDArray[np.bool_] = np.add.reduceat(np.append(crossed, 0), starts) != 0
    # or a bow tie: signed, its halves are nothing together
    unsure = np.flatnonzero(~enclosing)
    rounded = shapely.transform(_polygons(rings[unsure]), to_grid)
    whole = shapely.make_valid(rounded, method="structure", keep_collapsed=False)
    enclosing[unsure] = shapely.area(whole) > 0
    return enclosing


def _polygons(rings: Geometries) -> Geometries:
    return np.asarray(shapely.polygons(rings), dtype=object)


def _valid(geometry: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    return polygonal(shapely.make_valid(geometry, method="structure", keep_collapsed=False))


def _changes(drawn: Polygon | MultiPolygon, after: Polygon | MultiPolygon) -> list[GridChange]:
    """Tell what is gone, filled, split or joined where lines met, beyond the reach of rounding."""
    grown, shrunk = (
        shapely.buffer(after, reach, join_style="mitre")
        for reach in (FURTHEST_DEGREES, -FURTHEST_DEGREES)
    )
    gone, filled = shapely.difference(drawn, grown), shapely.difference(shrunk, drawn)
    return [
        *_change("strip-vanished", shapely.get_parts(polygonal(gone))),
        *_change("gap-filled", shapely.get_parts(polygonal(filled))),
        *_partings(drawn, after),
    ]


def _touching(rounded: Polygon | MultiPolygon) -> GridChange:
    """Tell where lines met that leave nothing to measure."""
    lon, lat = shapely.is_valid_reason(rounded).partition("[")[2].rstrip("]").split()
    return GridChange("touching", 1, 0.0, (float(lon), float(lat)))


def _partings(drawn: Polygon | MultiPolygon, after: Polygon | MultiPolygon) -> list[GridChange]:
    """Tell which parts came apart, and which became one."""
    before, now = shapely.get_parts(drawn), shapely.get_parts(after)
    i, j = shapely.STRtree(now).query(before, predicate="intersects")
    shared = shapely.area(shapely.intersection(before[i], now[j]))
    same = shared > np.minimum(shapely.area(before)[i], shapely.area(now)[j]) / 2
    i, j = i[same], j[same]
    return [*_parting("split", i, now[j]), *_parting("joined", j, before[i])]


def _parting(rule: GridRule, whole: NDArray[np.int64], pieces: Geometries) -> list[GridChange]:
    """Tell of the pieces that share a whole; ``whole`` is a number for each."""
    order = np.lexsort((-shapely.area(pieces), whole))
    starts = np.unique(whole[order], return_index=True)[1][1:]
    families = [family for family in np.split(pieces[order], starts) if len(family) > 1]
    if not families:
        return []
    smaller = [piece for family in families for piece in family[1:]]
    return _change(rule, smaller)


def _change(rule: GridRule, pieces: Sequence[Polygon] | Geometries) -> list[GridChange]:
    pieces = np.asarray(pieces, dtype=object)
    pieces = pieces[shapely.area(pieces) > 0]
    if not len(pieces):
        return []
    areas_km2 = polygon_areas_km2(pieces)
    largest = pieces[int(np.argmax(areas_km2))]
    return [GridChange(rule, len(pieces), float(areas_km2.sum()), _position(largest))]


def _position(geometry: shapely.Geometry) -> tuple[float, float]:
    middle = shapely.centroid(geometry)
    return float(middle.x), float(middle.y)
