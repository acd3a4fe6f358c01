"""What cutting polygons by each other costs, told before anything is cut.

Time and memory of an overlay grow with the crossings of its lines, of which ``n`` edges can have
``n²``. They are counted here in ``n log n``, and no further than a limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from frontmap.geometry.edges import edges_of, ends_of_lines, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from frontmap.geometry.edges import Floats, Indices, Shapes

    Bools = NDArray[np.bool_]

#: A map of 100 zones and 15,000 edges, drawn by hand over years, has 2,500.
MOST_CROSSINGS = 250_000
#: Zones whose boxes meet, of one snapshot.
MOST_PAIRS = 1_000_000
#: Of both zones of each pair that is cut.
MOST_PAIR_VERTICES = 50_000_000
#: Edges that go apart from one corner do not cross, but very many may meet there.
MOST_MEETINGS = 20_000_000
_BLOCK = 4_000_000
_PARALLEL = 1e-12
#: To be asked what they cross, of lines that may all cross each other.
_EDGES_AT_ONCE = 256

REMEDY = "cut zones by each other, or simplify them (in QGIS: Difference, Simplify)"
TOO_MANY_PAIRS = f"more than {MOST_PAIRS:,} pairs of zones reach into each other's box; {REMEDY}"


def meeting_boxes(shapes: Shapes) -> Iterator[tuple[Indices, Indices]]:
    """Yield the pairs of shapes whose boxes meet: places of one and of a later one, in order.

    They come in blocks of 4,000,000 pairs at most, so that whoever counts can end.

    >>> squares = np.array([shapely.box(n, 0, n + 1, 1) for n in (0, 1, 5)])
    >>> [(one.tolist(), other.tolist()) for one, other in meeting_boxes(squares)]
    [([0], [1])]
    """
    tree = shapely.STRtree(shapes)
    step = max(1, _BLOCK // max(1, len(shapes)))
    for start in range(0, len(shapes), step):
        one, other = tree.query(shapes[start : start + step])
        one = one + start
        once = one < other
        yield one[once], other[once]


def pairs_of_boxes(shapes: Shapes) -> tuple[Indices, Indices] | None:
    """Return the pairs of :func:`meeting_boxes` at once; None for more than 1,000,000.

    >>> squares = np.array([shapely.box(0, 0, 1, 1)] * 2000)
    >>> pairs_of_boxes(squares) is None, [len(each) for each in pairs_of_boxes(squares[:3])]
    (True, [3, 3])
    """
    found: list[tuple[Indices, Indices]] = []
    count = 0
    for pairs in meeting_boxes(shapes):
        found.append(pairs)
        count += len(pairs[0])
        if count > MOST_PAIRS:
            return None
    none = np.zeros(0, dtype=np.int64)
    one, other = zip(*found, strict=True) if found else ((none,), (none,))
    return np.concatenate(one), np.concatenate(other)


def excess(shapes: Shapes, one: Indices, other: Indices) -> str:
    """Say why pairs of polygons, given by their places, cost too much to cut; nothing if not.

    >>> squares = np.array([shapely.box(n, 0, n + 2, 1) for n in (0, 1)])
    >>> excess(squares, np.array([0]), np.array([1]))
    ''
    """
    vertices = shapely.get_num_coordinates(shapes)
    of_pairs = int(vertices[one].sum() + vertices[other].sum())
    if of_pairs > MOST_PAIR_VERTICES:
        return (
            f"pairs of zones that meet have {of_pairs:,} vertices, "
            f"{MOST_PAIR_VERTICES:,} at most; simplify the largest"
        )
    if too_many_crossings(shapes[np.union1d(one, other)]):
        return f"lines of zones may cross more than {MOST_CROSSINGS:,} times; {REMEDY}"
    return ""


def too_costly(shapes: Shapes) -> str:
    """Say why polygons cost too much to cut by each other; nothing if they don't.

    >>> too_costly(np.array([shapely.box(n, 0, n + 2, 1) for n in range(9)]))
    ''
    """
    near = pairs_of_boxes(shapes)
    if near is None:
        return TOO_MANY_PAIRS
    one, other = near
    shapely.prepare(shapes[one])
    meet = shapely.intersects(shapes[one], shapes[other])
    return excess(shapes, one[meet], other[meet])


def flaw_of(geometry: Polygon | MultiPolygon) -> str:
    """Say why a geometry with finite coordinates is invalid or can't be told; nothing if valid.

    >>> flaw_of(shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]))
    'Self-intersection[0.5 0.5]'
    """
    if too_many_crossings(np.array([geometry], dtype=object)):
        return f"its lines may cross more than {MOST_CROSSINGS:,} times"
    return "" if geometry.is_valid else str(shapely.is_valid_reason(geometry))


def too_many_crossings(shapes: Shapes) -> bool:
    """Tell whether the lines of polygons may cross, their own included, too often to be cut.

    Counted are the pairs of edges whose boxes meet, but for those that are the same or go apart
    from a common end: at least as many as cross. More than 250,000 are too many.

    >>> def bars(count):
    ...     places = np.arange(count) / count
    ...     upright = shapely.box(places, 0, places + 0.5 / count, 1)
    ...     return np.concatenate([upright, shapely.transform(upright, lambda at: at[:, ::-1])])
    >>> too_many_crossings(bars(100)), too_many_crossings(bars(1000))
    (False, True)
    """
    if int(shapely.get_num_coordinates(shapes).sum()) ** 2 <= 2 * MOST_CROSSINGS:
        return False
    return crosses_more_often(edges_of(shapes).ends, MOST_CROSSINGS)


def crosses_more_often(ends: Floats, most: int) -> bool:
    """Tell whether more pairs of edges may cross than ``most``, as :func:`too_many_crossings`.

    ``ends`` is ``(n, 4)`` in degrees.

    >>> cross = np.array([[0.0, 0, 1, 1], [0, 1, 1, 0]])
    >>> crosses_more_often(cross, 0), crosses_more_often(cross, 1)
    (True, False)
    """
    if len(ends) ** 2 <= 2 * most:
        return False
    crossings = meetings = 0
    for one, other in meeting_boxes(lines_of(ends)):
        crossings += int(np.count_nonzero(_may_cross(ends[one], ends[other])))
        meetings += len(one)
        if crossings > most or meetings > MOST_MEETINGS:
            return True
    return False


def lines_cross_more_often(lines: Shapes, most: int) -> bool:
    """Tell whether the edges of lines, their own included, cross more often than ``most``.

    Where lines meet at an end of one of them they don't cross.

    >>> cross = np.array([shapely.from_wkt("MULTILINESTRING ((0 0, 2 2), (0 2, 2 0))")])
    >>> lines_cross_more_often(cross, 0), lines_cross_more_often(cross, 1)
    (True, False)
    """
    edges = lines_of(ends_of_lines(lines))
    tree, found = shapely.STRtree(edges), 0
    for start in range(0, len(edges), _EDGES_AT_ONCE):
        found += len(tree.query(edges[start : start + _EDGES_AT_ONCE], predicate="crosses")[0])
        if found > 2 * most:
            return True
    return False


def too_many_to_join(lines: Shapes) -> bool:
    """Tell whether lines, their own edges included, may cross too often to be joined.

    Counted as by :func:`too_many_crossings`: more than 250,000 are too many.

    >>> too_many_to_join(np.array([shapely.from_wkt("MULTILINESTRING ((0 0, 2 2), (0 2, 2 0))")]))
    False
    """
    return crosses_more_often(ends_of_lines(lines), MOST_CROSSINGS)


def _may_cross(one: Floats, other: Floats) -> Bools:
    """Tell which edges whose boxes meet neither are the same nor go apart from a common end."""
    harmless = np.zeros(len(one), dtype=bool)
    for begin, end in ((one[:, :2], one[:, 2:]), (one[:, 2:], one[:, :2])):
        for start, finish in ((other[:, :2], other[:, 2:]), (other[:, 2:], other[:, :2])):
            along, beside = (end - begin).T, (finish - start).T
            cross = along[0] * beside[1] - along[1] * beside[0]
            dot = (along * beside).sum(axis=0)
            apart = (np.abs(cross) > _PARALLEL * np.abs(dot)) | (dot <= 0)
            harmless |= (begin == start).all(axis=1) & (apart | (end == finish).all(axis=1))
    return ~harmless
