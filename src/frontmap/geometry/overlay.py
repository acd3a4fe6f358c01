"""Ground that two snapshots label differently, found from the edges that changed.

Most of a map is the same the next day. Only the edges that one snapshot has and the other hasn't
can bound ground whose label changed; the faces between them, cut by whatever other line crosses
them, are looked up in both snapshots. This equals the union and the two differences of all zones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from frontmap.geometry.edges import Edges, distinct_rows, edges_of, lines_of
from frontmap.geometry.noding import faces_and_ends, faces_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from frontmap.model import Zone

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Indices = NDArray[np.int64]
    Shapes = NDArray[np.object_]


#: With more boxes than this, one box around them all is the quicker first sieve.
MANY = 32


class Faces(NamedTuple):
    """Faces of changed ground, and which zones of either snapshot cover each.

    ``polygons`` is ``(n,)`` of polygons in degrees that do not overlap; ``before`` is ``(n, zones
    of the first snapshot)``, ``after`` ``(n, zones of the second)``.
    """

    polygons: Shapes
    before: Bools
    after: Bools


def changed_faces(before: Sequence[Zone], after: Sequence[Zone]) -> Faces:
    """Cut the ground on which the zones of two snapshots may differ into faces.

    Outside the faces, every point has the same parties and statuses in both snapshots. Raises
    ``InputError`` when the lines cross too often (:mod:`frontmap.geometry.noding`).

    >>> from shapely import box
    >>> from frontmap.model import Zone
    >>> def zone(geometry):
    ...     return Zone(id="a", party="UA", status="controlled", geometry=geometry,
    ...                 sources=("s",), confidence="high", accuracy_m=500.0)
    >>> faces = changed_faces([zone(box(0, 0, 2, 1))], [zone(box(1, 0, 3, 1))])
    >>> only_before = faces.before[:, 0] & ~faces.after[:, 0]
    >>> [face.bounds for face in faces.polygons[only_before]]
    [(0.0, 0.0, 1.0, 1.0)]
    """
    old, new = _shapes(before), _shapes(after)
    labelled, unchanged = _differing(before, after, old, new)
    changed = _changed(labelled)
    faces, loose = faces_and_ends(_lines(labelled.edges, changed))
    if faces.size:
        common = labelled.edges.ends[~changed & labelled.is_old]
        faces = _cut(faces, [common, loose, edges_of(_near(unchanged, faces)).ends])
    points = shapely.point_on_surface(faces)
    return Faces(faces, _covered(points, old), _covered(points, new))


def _shapes(zones: Sequence[Zone]) -> Shapes:
    shapes = np.empty(len(zones), dtype=object)
    shapes[:] = [zone.geometry for zone in zones]
    return shapes


def _lines(edges: Edges, wanted: Bools) -> Shapes:
    """Join the wanted edges to lines, as far as they follow each other in a ring."""
    places = np.flatnonzero(wanted)
    if not places.size:
        return np.zeros(0, dtype=object)
    follows = (np.diff(places) == 1) & (np.diff(edges.ring[places]) == 0)
    line = np.append(0, np.cumsum(~follows))
    last = np.append(~follows, True)
    order = np.argsort(np.append(2 * places, 2 * places[last] + 1))
    positions = np.concatenate([edges.ends[places, :2], edges.ends[places[last], 2:]])[order]
    return np.asarray(
        shapely.linestrings(positions, indices=np.append(line, line[last])[order]), dtype=object
    )


class _LabelledEdges(NamedTuple):
    """Edges of the zones that only one of the snapshots has; label and snapshot of each."""

    edges: Edges
    label: Indices
    is_old: Bools


def _differing(
    before: Sequence[Zone], after: Sequence[Zone], old: Shapes, new: Shapes
) -> tuple[_LabelledEdges, Shapes]:
    """Part the zones into those that differ, as edges, and those that both snapshots have."""
    removed, added, unchanged = _matched(_labels(before), _labels(after), old, new)
    labels = [_labels(before)[n] for n in removed] + [_labels(after)[n] for n in added]
    numbers = {label: n for n, label in enumerate(sorted(set(labels)))}
    label = np.array([numbers[each] for each in labels], dtype=np.int64)
    edges = edges_of(shapely.orient_polygons(np.concatenate([old[removed], new[added]])))
    differing = _LabelledEdges(edges, label[edges.owner], edges.owner < len(removed))
    return differing, old[unchanged]


def _labels(zones: Sequence[Zone]) -> list[tuple[str, str]]:
    return [(zone.party, zone.status) for zone in zones]


def _matched(
    before: list[tuple[str, str]], after: list[tuple[str, str]], old: Shapes, new: Shapes
) -> tuple[list[int], list[int], list[int]]:
    """Find the places of the shapes that were removed, were added, and (of the old) are in both."""
    waiting = {key: place for place, key in enumerate(_keys(after, new))}
    pairs = [
        (place, waiting.pop(key)) for place, key in enumerate(_keys(before, old)) if key in waiting
    ]
    one, other = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    same = shapely.equals_identical(old[one], new[other])
    removed = np.setdiff1d(np.arange(len(old)), one[same])
    added = np.setdiff1d(np.arange(len(new)), other[same])
    return removed.tolist(), added.tolist(), one[same].tolist()


def _keys(labels: list[tuple[str, str]], shapes: Shapes) -> list[tuple[object, ...]]:
    """Return what equal zones have in common, and others seldom: the first sieve."""
    boxes, sizes = shapely.bounds(shapes).tolist(), shapely.get_num_coordinates(shapes).tolist()
    return [(*label, size, *box) for label, size, box in zip(labels, sizes, boxes, strict=True)]


def _changed(labelled: _LabelledEdges) -> Bools:
    """Tell which edges one snapshot has more often, bounding the same label on the same side.

    Overlapping zones may share an edge. Counted so, the changed edges close around every face.
    """
    group = distinct_rows(np.column_stack([labelled.edges.ends, labelled.label]))
    balance = np.bincount(group, weights=np.where(labelled.is_old, 1, -1))
    changed: Bools = balance[group] != 0
    return changed


def _near(shapes: Shapes, faces: Shapes) -> Shapes:
    """Return the shapes whose box meets the box of a face."""
    place, _ = shapely.STRtree(faces).query(shapes)
    return np.asarray(shapes[np.unique(place)], dtype=object)


def _cut(faces: Shapes, others: Sequence[Floats]) -> Shapes:
    """Cut faces by the edges, given by their ends, that run through them; most have none."""
    boxes = shapely.bounds(faces)
    lines = lines_of(np.concatenate([ends[_meeting(ends, boxes)] for ends in others]))
    face, line = shapely.STRtree(lines).query(faces, predicate="intersects")
    inside = shapely.relate_pattern(lines[line], faces[face], "T********")
    if not inside.any():
        return faces
    crossed = np.unique(face[inside])
    across = lines[np.unique(line[inside])]
    parts = faces_between(np.append(shapely.boundary(faces[crossed]), across))
    points = shapely.STRtree(shapely.point_on_surface(parts))
    within = parts[np.unique(points.query(faces[crossed], predicate="contains")[1])]
    return np.append(np.delete(faces, crossed), within)


def _meeting(ends: Floats, boxes: Floats) -> Bools:
    """Tell which edges' own boxes meet the inside of one of the boxes."""
    west, east = np.minimum(ends[:, 0], ends[:, 2]), np.maximum(ends[:, 0], ends[:, 2])
    south, north = np.minimum(ends[:, 1], ends[:, 3]), np.maximum(ends[:, 1], ends[:, 3])
    meets = np.zeros(len(ends), dtype=bool)
    for box in boxes if len(boxes) <= MANY else [shapely.total_bounds(shapely.box(*boxes.T))]:
        meets |= (west < box[2]) & (east > box[0]) & (south < box[3]) & (north > box[1])
    return meets


def _covered(points: Shapes, shapes: Shapes) -> Bools:
    covered = np.zeros((len(points), len(shapes)), dtype=bool)
    shape, point = shapely.STRtree(points).query(shapes, predicate="contains")
    covered[point, shape] = True
    return covered
