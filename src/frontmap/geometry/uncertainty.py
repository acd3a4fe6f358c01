"""How far an area may be off when its line lies up to ``accuracy_m`` from where it is drawn.

Two figures, both of one stated rule (``docs/method.md``): the *bound* moves the whole line in or
out at once, a worst case; the *error* takes stretches of the line that lie further apart than a
correlation length as independent. The state border is known and stays where it is.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from frontmap.errors import InputError
from frontmap.geometry.fixed_lines import as_fixed
from frontmap.geometry.plane import STRAIGHT_DEGREES, plane_about
from frontmap.geometry.seam import across_seam
from frontmap.geometry.strips import simplified, strip
from frontmap.model import BORDER_TOLERANCE_M

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shapely.geometry.base import BaseGeometry

    from frontmap.geometry.fixed_lines import FixedLines
    from frontmap.geometry.plane import Plane

#: Goes up when the rule or the way it is worked out changes: cached results name it.
RULE = 3
#: Measured: ``python -m benchmarks.leave_places_out``.
CORRELATION_KM = 16.0
SAME_LINE_M = 1.0
ARC_SEGMENTS = 8
#: Of a line whose edges are cut to be straight on the plane.
MOST_VERTICES = 2_000_000


class Uncertainty(NamedTuple):
    """Error (one standard deviation) and bound (worst case) of an area, in square kilometres."""

    error_km2: float
    bound_km2: float


class Outline(NamedTuple):
    """A polygonal geometry in degrees, and the position error of its line in metres."""

    geometry: BaseGeometry
    accuracy_m: float


def area_uncertainty(
    ground: BaseGeometry,
    outlines: Sequence[Outline],
    border: BaseGeometry | FixedLines | None = None,
    *,
    correlation_km: float = CORRELATION_KM,
) -> Uncertainty:
    """Error and bound of the area of `ground`, whose line comes from `outlines`.

    Parameters
    ----------
    ground
        Polygonal, longitude/latitude degrees (EPSG:4326).
    outlines
        The zones that it was made of: each stretch of its line has the accuracy of the zone whose
        line it is (the worst of them, where several run together).
    border
        Lines that are known and do not move, in degrees; line within 100 m of them is fixed. For a
        series, the same :class:`frontmap.geometry.fixed_lines.FixedLines` each time.
    correlation_km
        Stretches of line further apart than this are taken as independent.

    Returns
    -------
    Uncertainty
        ``bound_km2``: the greater of the ground that the line sweeps when all of it moves out and
        when all of it moves in. ``error_km2``: root of the sum over the stretches of line of
        accuracy² x length x min(length, correlation length), and no more than the bound. The
        length is that of the line generalised to its accuracy; where nothing is left of it, to
        its furthest point and on to its end. Worked out in Lambert's azimuthal
        equal-area projection about the middle of the ground.

    Raises
    ------
    InputError
        The line has more than 2,000,000 vertices where each edge is cut to 0.02°.

    Examples
    --------
    >>> from shapely import box
    >>> square = box(35.0, 51.0, 35.1, 51.1)  # 7.0 km by 11.1 km
    >>> error_km2, bound_km2 = area_uncertainty(square, [Outline(square, 500.0)])
    >>> round(error_km2, 2), round(bound_km2, 2)
    (12.05, 18.92)
    """
    if ground.is_empty:
        return Uncertainty(0.0, 0.0)
    vertices = shapely.get_num_coordinates(ground) + int(ground.length / STRAIGHT_DEGREES)
    if vertices > MOST_VERTICES:
        raise InputError(
            f"a line of {vertices:,} vertices, {MOST_VERTICES:,} at most for its error; "
            "ask for areas alone (--errors none), or simplify the zones"
        )
    ground = across_seam(ground)
    outlines = [outline._replace(geometry=across_seam(outline.geometry)) for outline in outlines]
    plane = plane_about(ground)
    flat = plane.flat_ground(ground)
    line = flat.boundary
    along, fixed = None, as_fixed(border)
    if fixed is not None and (beside := fixed.strip(plane, ground, BORDER_TOLERANCE_M)):
        line = line.difference(beside)
        along = fixed.strip(plane, ground, SAME_LINE_M)
    stretches = _stretches(line, outlines, plane)
    bound = _swept_km2(flat, stretches, along)
    return Uncertainty(min(_error_km2(stretches, correlation_km), bound), bound)


class _Stretch(NamedTuple):
    """Line in metres on the plane, with one accuracy."""

    line: BaseGeometry
    accuracy_m: float


def _stretches(line: BaseGeometry, outlines: Sequence[Outline], plane: Plane) -> list[_Stretch]:
    """Share the line out among the outlines, the least accurate first."""
    accuracies = sorted({outline.accuracy_m for outline in outlines}, reverse=True)
    stretches = []
    for accuracy in accuracies[:-1]:
        edges = [plane.flat(o.geometry).boundary for o in outlines if o.accuracy_m == accuracy]
        corridor = shapely.union_all(edges).buffer(SAME_LINE_M)
        stretches.append(_Stretch(line.intersection(corridor), accuracy))
        line = line.difference(corridor)
    stretches.append(_Stretch(line, accuracies[-1]))
    return [stretch for stretch in stretches if stretch.line.length and stretch.accuracy_m]


def _swept_km2(
    ground: BaseGeometry, stretches: list[_Stretch], along: BaseGeometry | None
) -> float:
    strips = [
        strip(simplified(each.line, each.accuracy_m / 20), each.accuracy_m, segments=ARC_SEGMENTS)
        for each in stretches
    ]
    swept = strips[0] if len(strips) == 1 else shapely.union_all(strips)
    inward = swept.intersection(ground).area
    if along is None:
        return max(inward, swept.area - inward) / 1e6
    lines = [stretch.line for stretch in stretches]
    return max(inward, _on_this_side(swept.difference(ground), lines, along).area) / 1e6


def _on_this_side(
    outside: BaseGeometry, lines: list[BaseGeometry], along: BaseGeometry
) -> BaseGeometry:
    """Keep what the moved line sweeps without crossing the border."""
    parts = shapely.get_parts(outside.difference(along))
    reach = shapely.distance(parts, shapely.union_all(lines))
    return shapely.union_all(parts[reach < BORDER_TOLERANCE_M / 2])


def _error_km2(stretches: list[_Stretch], correlation_km: float) -> float:
    """Return the error; of ground whose whole line is generalised to nothing, by its extent."""
    return _root_of_squares(stretches, correlation_km, _generalised_m) or _root_of_squares(
        stretches, correlation_km, _extent_m
    )


def _root_of_squares(
    stretches: list[_Stretch],
    correlation_km: float,
    length_m: Callable[[BaseGeometry, float], float],
) -> float:
    variance = 0.0
    for stretch in stretches:
        joined = shapely.line_merge(stretch.line)
        for part in shapely.get_parts(joined):
            length_km = length_m(part, stretch.accuracy_m) / 1000
            accuracy_km = stretch.accuracy_m / 1000
            variance += accuracy_km**2 * length_km * min(length_km, correlation_km)
    return math.sqrt(variance)


def _generalised_m(line: BaseGeometry, tolerance_m: float) -> float:
    return float(simplified(line, tolerance_m).length)


def _extent_m(line: BaseGeometry, _tolerance_m: float) -> float:
    """Return the length from a line's start to its furthest point and on to its end."""
    positions = shapely.get_coordinates(line)
    out_m = np.hypot(*(positions - positions[0]).T)
    back_m = np.hypot(*(positions - positions[-1]).T)
    furthest = out_m.argmax()
    return float(out_m[furthest] + back_m[furthest])
