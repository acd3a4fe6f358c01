"""Ground by the snapshots at which it changed hands: gained and lost between any two of a series.

Measuring every two of n snapshots takes n² overlays. Here the ground that was gained or lost from
each snapshot to the next is cut once, by all its lines together, into faces with one history each.
What a party gained between any two snapshots is then the ground whose history says so.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from frontmap.measure import change
from frontmap.measure.area import area_km2
from frontmap.measure.cache import keep_changed, recall_changed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from frontmap.measure.cache import KnownChanges
    from frontmap.model import Basis, Snapshot

#: Lines are cut on a grid of a tenth of a millimetre, which no near-coincidence upsets.
GRID_DEGREES = 1e-9
#: Goes up when the way that faces are found changes: kept ones name it.
RULE = 1
SIGNS = ("gained", "lost")


class History(NamedTuple):
    """Ground with one history, in square kilometres.

    ``turns`` are places in the series: from the snapshot before each of them to that one the ground
    was gained and lost in turn. ``held_first`` says whether it was held before the first.
    """

    held_first: bool
    turns: tuple[int, ...]
    area_km2: float


class Step(NamedTuple):
    """Faces of ground that a party gained, or lost, from the snapshot before a place to it."""

    place: int
    gained: bool
    faces: NDArray[np.object_]


def ground_histories(
    snapshots: Sequence[Snapshot],
    parties: Sequence[str],
    basis: Basis = "controlled",
    *,
    root: Path | None = None,
) -> dict[str, tuple[History, ...]]:
    """Find all ground that each party gained or lost within a series, by its history.

    Ground between two makers is not compared: each run of snapshots by one maker has histories of
    its own. ``snapshots`` are told apart by their digests. ``root``: the archive's folder, where
    faces are kept for the next time. Areas on the WGS 84 ellipsoid, edges straight in
    longitude/latitude; ordered by turns.

    >>> import frontmap
    >>> series = list(frontmap.open("geodata/kursk").snapshots())[:3]
    >>> ground_histories(series, ["UA"])["UA"][0].turns
    (1,)
    """
    steps = steps_between(snapshots, parties, basis, root=root)
    return {party: cut_histories(found) for party, found in steps.items()}


def steps_between(
    snapshots: Sequence[Snapshot],
    parties: Sequence[str],
    basis: Basis = "controlled",
    *,
    root: Path | None = None,
) -> dict[str, list[Step]]:
    """Find what each party gained and lost from each snapshot to the next, where it did.

    Arguments as :func:`ground_histories`.
    """
    rule = f"moves-{RULE}-{basis}"
    moves = recall_changed(root, rule) if root else {}
    known = len(moves)
    found: dict[str, list[Step]] = {party: [] for party in parties}
    for place, (before, after) in enumerate(pairwise(snapshots), 1):
        if before.revision.maker != after.revision.maker:
            continue
        pair = (before.digest, after.digest)
        if any((*pair, party, sign) not in moves for party in parties for sign in SIGNS):
            moves |= _moves(before, after, parties, basis)
        for party in parties:
            both = (Step(place, sign == "gained", moves[*pair, party, sign]) for sign in SIGNS)
            found[party] += [step for step in both if step.faces.size]
    if root and len(moves) > known:
        keep_changed(root, rule, moves)
    return found


def _moves(before: Snapshot, after: Snapshot, parties: Sequence[str], basis: Basis) -> KnownChanges:
    return {
        (before.digest, after.digest, party, sign): faces
        for party, shift in change.gained_lost(before.zones, after.zones, parties, basis).items()
        for sign, faces in zip(SIGNS, (shift.gained, shift.lost), strict=True)
    }


def cut_histories(steps: Sequence[Step]) -> tuple[History, ...]:
    """Cut the faces of all steps by all their lines, and sum the ground by its history.

    >>> cut_histories([Step(1, True, np.array([shapely.box(35, 51, 36, 52)]))])[0].turns
    (1,)
    """
    if not steps:
        return ()
    faces = np.concatenate([step.faces for step in steps])
    step_of_face = np.repeat(np.arange(len(steps)), [step.faces.size for step in steps])
    noded = shapely.union_all(shapely.boundary(faces), grid_size=GRID_DEGREES)
    parts = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inside = shapely.STRtree(shapely.point_on_surface(parts))
    face, part = inside.query(faces, predicate="contains")
    order = np.lexsort((step_of_face[face], part))
    km2 = area_km2(parts)
    sums: defaultdict[tuple[bool, tuple[int, ...]], float] = defaultdict(float)
    rows = zip(part[order].tolist(), step_of_face[face][order].tolist(), strict=True)
    for number, group in groupby(rows, key=lambda row: row[0]):
        told = [steps[step] for _, step in group]
        sums[not told[0].gained, tuple(step.place for step in told)] += float(km2[number])
    return tuple(
        sorted((History(*key, area) for key, area in sums.items()), key=lambda t: (t.turns, t[0]))
    )


def gained_lost_km2(history: Sequence[History], start: int, end: int) -> tuple[float, float]:
    """Sum the ground gained, and lost, from the snapshot at one place to a later one, in km².

    >>> gained_lost_km2([History(False, (1, 3), 5.0), History(True, (2,), 1.0)], 0, 2)
    (5.0, 1.0)
    """
    gained = lost = 0.0
    for ground in history:
        was, now = (_held(ground, place) for place in (start, end))
        gained += ground.area_km2 * (now and not was)
        lost += ground.area_km2 * (was and not now)
    return gained, lost


def _held(ground: History, place: int) -> bool:
    return ground.held_first ^ (sum(turn <= place for turn in ground.turns) % 2 == 1)
