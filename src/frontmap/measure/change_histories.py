"""Ground by the snapshots at which it changed hands: gained and lost between any two of a series.

Measuring every two of n snapshots takes n² overlays. Here the ground that was gained or lost from
each snapshot to the next is cut once, by all its lines together, into faces with one history each.
What a party gained between any two snapshots is then the ground whose history says so.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from frontmap.errors import InputError
from frontmap.geometry.changed import ground_changes
from frontmap.geometry.noding import faces_between
from frontmap.measure.area import area_km2
from frontmap.measure.cache import (
    read_changes,
    read_histories,
    write_changes,
    write_histories,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from frontmap.model import Basis, Snapshot

#: Lines are cut on a grid of a tenth of a millimetre, which no near-coincidence upsets.
GRID_DEGREES = 1e-9
#: Of parts of ground, each counted as often as it changed hands.
MOST_CHANGES = 5_000_000
#: Goes up when the way that faces are found changes: cached ones name it.
RULE = 1


class GroundHistory(NamedTuple):
    """Ground with one history, in square kilometres.

    ``changed_at`` are indices of snapshots in the series, ascending: from the snapshot before each
    of them to that one the ground changed hands, gained and lost in turn. ``held_first`` says
    whether it was held before the first of them.
    """

    held_first: bool
    changed_at: tuple[int, ...]
    area_km2: float


class SeriesChange(NamedTuple):
    """Faces of ground, in degrees, that a party gained or lost from the snapshot before an index.

    ``snapshot_index`` is that of the later snapshot; ``gained`` is False where the ground was lost.
    """

    snapshot_index: int
    gained: bool
    faces: NDArray[np.object_]


def ground_histories(
    snapshots: Sequence[Snapshot],
    parties: Sequence[str],
    basis: Basis = "controlled",
    *,
    root: Path | None = None,
) -> dict[str, tuple[GroundHistory, ...]]:
    """Find all ground that each party gained or lost within a series, by its history.

    Ground between two makers is not compared: each run of snapshots by one maker has histories of
    its own. ``snapshots`` are told apart by their digests. ``root``: the archive's folder, where
    faces and histories are cached. Areas on the WGS 84 ellipsoid, edges straight in
    longitude/latitude; ordered by ``changed_at``.

    >>> import frontmap
    >>> series = list(frontmap.open("geodata/kursk").snapshots())[:3]
    >>> sorted({ground.changed_at for ground in ground_histories(series, ["UA"])["UA"]})
    [(1,), (1, 2), (2,)]
    """
    known = known_histories(snapshots, parties, basis, root=root)
    if known is not None:
        return known
    changes = series_changes(snapshots, parties, basis, root=root)
    return cut_series(snapshots, changes, basis, root=root)


def known_histories(
    snapshots: Sequence[Snapshot],
    parties: Sequence[str],
    basis: Basis = "controlled",
    *,
    root: Path | None = None,
) -> dict[str, tuple[GroundHistory, ...]] | None:
    """Return the histories that are cached of this very series; None where they are not.

    Arguments as :func:`ground_histories`.

    >>> import frontmap
    >>> known_histories(list(frontmap.open("geodata/kursk").snapshots())[:2], ["UA"]) is None
    True
    """
    inputs = _series(snapshots)
    known = read_histories(root, basis, inputs) if root and inputs else {}
    if not known.keys() >= set(parties):
        return None
    return {party: tuple(GroundHistory(*each) for each in known[party]) for party in parties}


def cut_series(
    snapshots: Sequence[Snapshot],
    changes: Mapping[str, Sequence[SeriesChange]],
    basis: Basis = "controlled",
    *,
    root: Path | None = None,
) -> dict[str, tuple[GroundHistory, ...]]:
    """Cut each party's changes, which are those of the snapshots, and keep what comes out.

    Arguments as :func:`ground_histories`; raises ``InputError`` as :func:`cut_histories`.

    >>> cut_series([], {"UA": []})
    {'UA': ()}
    """
    found = {party: cut_histories(own) for party, own in changes.items()}
    inputs = _series(snapshots)
    if root and inputs:
        rows = {
            party: [(e.held_first, e.changed_at, e.area_km2) for e in own]
            for party, own in found.items()
        }
        write_histories(root, basis, inputs, rows)
    return found


def _series(snapshots: Sequence[Snapshot]) -> dict[str, object]:
    """Return what histories are made from; nothing for a series that is not all recorded."""
    digests = [snapshot.digest for snapshot in snapshots]
    if not all(digests):
        return {}
    series = hashlib.sha256("\n".join(digests).encode()).hexdigest()
    return {"rule": RULE, "snapshots": series}


def series_changes(
    snapshots: Sequence[Snapshot],
    parties: Sequence[str],
    basis: Basis = "controlled",
    *,
    root: Path | None = None,
) -> dict[str, list[SeriesChange]]:
    """Find what each party gained and lost from each snapshot to the next, where it did.

    Arguments as :func:`ground_histories`.

    >>> import frontmap
    >>> series = list(frontmap.open("geodata/kursk").snapshots())[:2]
    >>> [(change.snapshot_index, change.gained) for change in series_changes(series, ["UA"])["UA"]]
    [(1, True), (1, False)]
    """
    inputs = {"rule": RULE}
    known = read_changes(root, basis, inputs) if root else {}
    anything_new = False
    found: dict[str, list[SeriesChange]] = {party: [] for party in parties}
    for index, (before, after) in enumerate(pairwise(snapshots), 1):
        if before.revision.maker != after.revision.maker:
            continue
        pair = (before.digest, after.digest)
        own = known.get(pair, {})
        if any(party not in own for party in parties):
            own = own | ground_changes(before.zones, after.zones, parties, basis)
            if all(pair):  # one that is not recorded has no digest to know it by
                known[pair], anything_new = own, True
        for party in parties:
            sides = ((True, own[party].gained), (False, own[party].lost))
            found[party] += [SeriesChange(index, *side) for side in sides if side[1].size]
    if root and anything_new:
        write_changes(root, basis, inputs, known)
    return found


def cut_histories(changes: Sequence[SeriesChange]) -> tuple[GroundHistory, ...]:
    """Cut the faces of all changes by all their lines, and sum the ground by its history.

    Raises ``InputError`` when that would cost too much (:mod:`frontmap.geometry.noding`).

    >>> west, both = shapely.box(35, 51, 36, 52), shapely.box(35, 51, 37, 52)
    >>> gained = SeriesChange(1, gained=True, faces=np.array([both]))
    >>> lost = SeriesChange(2, gained=False, faces=np.array([west]))
    >>> [(ground.changed_at, round(ground.area_km2)) for ground in cut_histories([gained, lost])]
    [((1,), 7726), ((1, 2), 7726)]
    """
    if not changes:
        return ()
    faces = np.concatenate([change.faces for change in changes])
    change_of_face = np.repeat(np.arange(len(changes)), [c.faces.size for c in changes])
    parts = faces_between(shapely.boundary(faces), grid_degrees=GRID_DEGREES)
    inside = shapely.STRtree(shapely.point_on_surface(parts))
    face, part = inside.query(faces, predicate="contains")
    if len(part) > MOST_CHANGES:
        raise InputError(
            f"{len(part):,} changes of ground, {MOST_CHANGES:,} at most; ask for fewer dates"
        )
    order = np.lexsort((change_of_face[face], part))
    km2 = area_km2(parts)
    sums: defaultdict[tuple[bool, tuple[int, ...]], float] = defaultdict(float)
    rows = zip(part[order].tolist(), change_of_face[face][order].tolist(), strict=True)
    for number, group in groupby(rows, key=lambda row: row[0]):
        own = [changes[place] for _, place in group]
        sums[not own[0].gained, tuple(change.snapshot_index for change in own)] += float(
            km2[number]
        )
    return tuple(
        sorted(
            (GroundHistory(*key, area) for key, area in sums.items()),
            key=lambda ground: (ground.changed_at, ground.held_first),
        )
    )


def gained_and_lost_km2(
    histories: Sequence[GroundHistory], start: int, end: int
) -> tuple[float, float]:
    """Sum the ground gained, and lost, from the snapshot at one index to a later one, in km².

    >>> histories = [GroundHistory(False, (1, 3), 5.0), GroundHistory(True, (2,), 1.0)]
    >>> gained_and_lost_km2(histories, 0, 1), gained_and_lost_km2(histories, 0, 3)
    ((5.0, 0.0), (0.0, 1.0))
    """
    gained = lost = 0.0
    for ground in histories:
        was, now = (_held(ground, index) for index in (start, end))
        gained += ground.area_km2 * (now and not was)
        lost += ground.area_km2 * (was and not now)
    return gained, lost


def _held(ground: GroundHistory, index: int) -> bool:
    return ground.held_first ^ (sum(change <= index for change in ground.changed_at) % 2 == 1)
