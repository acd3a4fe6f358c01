"""Whose ground lies on the other side of a line of contact: another party's, or nobody's."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from frontmap.geometry.plane import plane_about
from frontmap.geometry.polygons import polygonal
from frontmap.geometry.seam import across_seam
from frontmap.geometry.strips import pieces_of_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapely.geometry.base import BaseGeometry

#: Ground lies along a line that is no further away: lines with other vertices part by less.
TOUCH_M = 1.0
#: Of a line with several neighbours beyond contested ground, so much goes to the nearest at a time.
STRETCH_M = 100.0
_EDGES_AT_ONCE = 32


class Beyond(NamedTuple):
    """What lies beyond a stretch of line: who holds the ground, and what lies between.

    ``neighbour`` is a party, several that hold the same ground (sorted, a space between), or blank
    for nobody; ``between`` is ``"contested"`` or blank.
    """

    neighbour: str
    between: str = ""


def by_neighbour(
    line: BaseGeometry,
    ground: BaseGeometry,
    others: Mapping[str, BaseGeometry],
    contested: BaseGeometry,
) -> dict[Beyond, BaseGeometry]:
    """Cut the line around `ground` by what lies beyond each stretch of it; all in degrees.

    ``others`` holds the ground of each other party. First goes what touches their ground (within a
    metre; specks narrower than two count for none), then what touches contested ground: its
    neighbours are those whose ground touches that same contested ground, of several the nearest,
    found every 100 m. The rest has nobody beyond it. The stretches make up the line.

    >>> from shapely import LineString, MultiPolygon, box
    >>> east = LineString([(36, 51), (36, 53)])
    >>> rival = {"B": box(36, 51, 37, 52)}
    >>> found = by_neighbour(east, box(35, 51, 36, 53), rival, MultiPolygon())
    >>> for beyond, stretch in found.items():
    ...     print(beyond.neighbour or "nobody", [round(lat, 4) for lat in stretch.bounds[1::2]])
    B [51.0, 52.0]
    nobody [52.0, 53.0]
    """
    if line.is_empty:
        return {}
    plane = plane_about(across_seam(ground))
    rest = plane.flat(line)
    flat = {name: plane.flat_ground(other) for name, other in others.items()}
    found: dict[Beyond, list[BaseGeometry]] = {}
    for neighbour, theirs in sorted(_by_holders(flat, plane.flat_ground(ground)).items()):
        reach = _reach(theirs)
        found[Beyond(neighbour)] = [shapely.intersection(rest, reach)]
        rest = shapely.difference(rest, reach)
    for names, theirs in _by_touching(plane.flat_ground(contested), flat, rest):
        for neighbour, stretch in _across(shapely.intersection(rest, theirs), names, flat):
            found.setdefault(Beyond(neighbour, "contested"), []).append(stretch)
        rest = shapely.difference(rest, theirs)
    found[Beyond("")] = [rest]
    joined = {beyond: _joined(stretches) for beyond, stretches in found.items()}
    return {
        beyond: plane.degrees(stretch) for beyond, stretch in joined.items() if stretch.length > 0
    }


def _by_holders(grounds: Mapping[str, BaseGeometry], own: BaseGeometry) -> dict[str, BaseGeometry]:
    """Part the ground of others, outside of one's own, by all who hold it."""
    found: dict[str, BaseGeometry] = {}
    for name, ground in grounds.items():
        left = polygonal(shapely.difference(ground, own))
        apart: dict[str, BaseGeometry] = {}
        for names, theirs in found.items():
            shared = polygonal(shapely.intersection(theirs, left))
            if shared.is_empty:
                apart[names] = theirs
                continue
            apart[" ".join(sorted([*names.split(" "), name]))] = shared
            apart[names] = polygonal(shapely.difference(theirs, shared))
            left = polygonal(shapely.difference(left, shared))
        found = apart | {name: left}
    return found


def _reach(ground: BaseGeometry) -> BaseGeometry:
    """Ground and what lies within a metre of it, without specks that are lines drawn twice."""
    within: BaseGeometry = shapely.buffer(ground, -TOUCH_M, quad_segs=2)
    return shapely.buffer(within, 2 * TOUCH_M, quad_segs=4)


def _by_touching(
    contested: BaseGeometry, grounds: Mapping[str, BaseGeometry], line: BaseGeometry
) -> Iterator[tuple[list[str], BaseGeometry]]:
    """Yield the contested ground along a line, by whose ground each whole part of it touches."""
    parts = shapely.get_parts(_reach(contested))
    shapely.prepare(parts)
    parts = parts[shapely.intersects(parts, line)]
    names = sorted(grounds)
    touching = np.array([shapely.intersects(parts, grounds[name]) for name in names], dtype=bool)
    rows = touching.reshape(len(names), len(parts)).T
    for row in np.unique(rows, axis=0):
        same = (rows == row).all(axis=1)
        yield [names[n] for n in np.flatnonzero(row)], shapely.multipolygons(parts[same])


def _across(
    stretch: BaseGeometry, beyond: list[str], grounds: Mapping[str, BaseGeometry]
) -> Iterator[tuple[str, BaseGeometry]]:
    """Yield who is the nearest beyond contested ground, and of what part of the stretch."""
    if not stretch.length:
        return
    if len(beyond) < 2:  # noqa: PLR2004  several
        yield "".join(beyond), stretch
        return
    pieces = pieces_of_lines(_joined([shapely.segmentize(stretch, STRETCH_M)]), 1)
    edges = [
        pieces_of_lines(_joined([shapely.boundary(grounds[name])]), _EDGES_AT_ONCE)
        for name in beyond
    ]
    owner = np.repeat(np.arange(len(edges)), [len(each) for each in edges])
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    nearest = shapely.STRtree(np.concatenate(edges)).query_nearest(middles, all_matches=False)[1]
    for number, name in enumerate(beyond):
        yield name, shapely.multilinestrings(pieces[owner[nearest] == number])


def _joined(stretches: list[BaseGeometry]) -> BaseGeometry:
    """Return the lines among geometries as one, their pieces put together where they meet."""
    parts = shapely.get_parts(shapely.get_parts(stretches))
    lines = parts[shapely.get_dimensions(parts) == 1]
    merged: BaseGeometry = shapely.line_merge(shapely.multilinestrings(lines))
    return merged
