"""What each party gained and lost between any two snapshots, as the page needs it."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

from frontmap import change
from frontmap.area import area_km2
from frontmap.page.pack import varints

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from frontmap.model import Snapshot

MOST_PAIRS = 500


def shifts(snapshots: Sequence[Snapshot], parties: Iterable[str]) -> dict[str, Any]:
    """Return the payload's parts ``every_pair`` and ``shifts``: km² to two decimals.

    For each party, gained and lost from the earlier to the later of two snapshots: of every two,
    in the order (0,1) (0,2) (1,2) (0,3) …, up to ``MOST_PAIRS`` pairs; beyond that of each and the
    next. By :func:`frontmap.change.shifts`, of controlled ground.
    """
    stops = range(len(snapshots))
    every = sorted(combinations(stops, 2), key=lambda pair: (pair[1], pair[0]))
    every_pair = len(every) <= MOST_PAIRS
    pairs = every if every_pair else list(pairwise(stops))
    numbers = [
        round(km2 * 100)
        for party in parties
        for before, after in pairs
        for km2 in _shift_km2(snapshots[before], snapshots[after], party)
    ]
    return {"every_pair": every_pair, "shifts": varints(numbers)}


def _shift_km2(before: Snapshot, after: Snapshot, party: str) -> Iterator[float]:
    moved = change.shifts(before.zones, after.zones, [party], "controlled")[party]
    for faces in (moved.gained, moved.lost):
        yield float(area_km2(faces).sum())
