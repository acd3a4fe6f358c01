"""What each party gained and lost between any two snapshots, as the page needs it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from frontmap.errors import InputError
from frontmap.measure.area import area_km2
from frontmap.measure.change_histories import cut_series, known_histories, series_changes
from frontmap.page.payload.pack import varints

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from frontmap.measure.change_histories import GroundHistory, SeriesChange
    from frontmap.model import Snapshot
    from frontmap.page.payload.fields import ChangeParts

PER_KM2 = 1000
MOST_FACES = 40_000


def packed_gains(
    snapshots: Sequence[Snapshot], parties: Sequence[str], root: Path | None = None
) -> ChangeParts:
    """Return the payload's parts ``any_pair, maker_changes, changed_ground``: thousandths of a km².

    For each party, the ground that changed hands by its history
    (:mod:`frontmap.measure.change_histories`), of controlled ground. Beyond ``MOST_FACES`` faces,
    or where cutting them would cost too much, gained and lost from each snapshot to the next.
    ``maker_changes`` are the indexes of snapshots with which another maker's begin.
    ``root`` is the archive's folder; without it nothing is read from its cache.

    >>> from pathlib import Path
    >>> import frontmap
    >>> snapshots = list(frontmap.open("geodata/kursk").snapshots())[:3]
    >>> parts = packed_gains(snapshots, ["UA"], Path("geodata/kursk"))
    >>> parts["any_pair"], parts["maker_changes"]
    (True, [])
    """
    histories = known_histories(snapshots, parties, root=root)
    changes = {} if histories is not None else series_changes(snapshots, parties, root=root)
    if histories is None:
        histories = _any_pair(snapshots, changes, root)
    columns_of = (
        [_between_neighbours(found, len(snapshots)) for found in changes.values()]
        if histories is None
        else [_histories(history) for history in histories.values()]
    )
    numbers = [number for columns in columns_of for column in columns for number in column]
    makers = [snapshot.revision.maker for snapshot in snapshots]
    begins = [index for index, (one, other) in enumerate(pairwise(makers), 1) if one != other]
    return {
        "any_pair": histories is not None,
        "maker_changes": begins,
        "changed_ground": varints(numbers),
    }


def _any_pair(
    snapshots: Sequence[Snapshot], changes: dict[str, list[SeriesChange]], root: Path | None
) -> dict[str, tuple[GroundHistory, ...]] | None:
    """Return the histories of each party's ground; None where they would cost too much."""
    if sum(c.faces.size for found in changes.values() for c in found) > MOST_FACES:
        return None
    try:
        return cut_series(snapshots, changes, root=root)
    except InputError:
        return None


def _histories(history: Iterable[GroundHistory]) -> Iterator[list[int]]:
    """Each history as what it shares with the one before, and the rest of its changes.

    What rounding takes from one it gives to the next, so that sums stay right.
    """
    ordered = list(history)
    sums = np.rint(np.cumsum([0.0, *(ground.area_km2 for ground in ordered)]) * PER_KM2)
    areas = np.diff(sums).astype(int).tolist()
    whole = [(area, ground) for area, ground in zip(areas, ordered, strict=True) if area]
    changed_at = [(), *(ground.changed_at for _, ground in whole)]
    shared = [_shared(before, after) for before, after in pairwise(changed_at)]
    rests = [
        [after - before for before, after in pairwise((0, *own))][alike:]
        for own, alike in zip(changed_at[1:], shared, strict=True)
    ]
    yield [len(whole)]
    yield [area for area, _ in whole]
    yield [alike * 2 + ground.held_first for alike, (_, ground) in zip(shared, whole, strict=True)]
    yield [len(rest) for rest in rests]
    yield [number for rest in rests for number in rest]


def _shared(one: Sequence[int], other: Sequence[int]) -> int:
    """Count the numbers with which both begin.

    >>> _shared((3, 5, 8), (3, 5, 9))
    2
    """
    alike = 0
    while alike < min(len(one), len(other)) and one[alike] == other[alike]:
        alike += 1
    return alike


def _between_neighbours(changes: Sequence[SeriesChange], snapshots: int) -> Iterator[list[int]]:
    sums = np.zeros((2, snapshots - 1))
    if changes:
        km2 = area_km2(np.concatenate([change.faces for change in changes]))
        rows = [[not change.gained, change.snapshot_index - 1] for change in changes]
        at = np.repeat(rows, [change.faces.size for change in changes], axis=0)
        np.add.at(sums, tuple(at.T), km2)
    for column in np.rint(sums * PER_KM2).astype(int):
        yield column.tolist()
