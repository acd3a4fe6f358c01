"""Change along a whole series: what each side gained and lost from snapshot to snapshot."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from benchmarks.comparison import Comparison, best_of, named
from benchmarks.makers_files import deepstate_files
from frontmap.geometry.changed import ground_changes
from frontmap.geometry.polygons import polygonal
from frontmap.measure.area import area_km2

if TYPE_CHECKING:
    from pathlib import Path

    from frontmap.model import Zone

WANTED = 7
SAME_KM2 = 1e-9
PARTIES = ("RU", "UA")


def compare(shared: Path) -> Comparison:
    snapshots = [_controlled(file.zones) for file in deepstate_files(shared)]
    peer_s, ours_s = best_of(3, lambda: _naive(snapshots), lambda: _by_changed_edges(snapshots))
    apart = np.abs(_naive(snapshots) - _by_changed_edges(snapshots)).max()
    assert apart < SAME_KM2, apart
    return Comparison(
        name=f"change of both sides' control along {len(snapshots) - 1} steps",
        peer=f"make_valid + union + two differences a step, {named('shapely')} "
        f"(GEOS {shapely.geos_version_string})",
        peer_s=peer_s,
        ours_s=ours_s,
        wanted=WANTED,
        note=f"the same to {apart:.0e} km2",
    )


def _controlled(zones: tuple[Zone, ...]) -> list[Zone]:
    return [zone for zone in zones if zone.status == "controlled"]


def _naive(snapshots: list[list[Zone]]) -> np.ndarray:
    """Gained and lost, step by step: each snapshot's ground by union, then two differences."""
    moved = []
    for party in PARTIES:
        grounds = []
        for zones in snapshots:
            shapes = np.array([z.geometry for z in zones if z.party == party], dtype=object)
            grounds.append(shapely.union_all(shapely.make_valid(shapes)))
        for before, after in pairwise(grounds):
            gained, lost = shapely.difference(after, before), shapely.difference(before, after)
            moved.append(area_km2([polygonal(gained), polygonal(lost)]))
    return np.array(moved)


def _by_changed_edges(snapshots: list[list[Zone]]) -> np.ndarray:
    moved: dict[str, list[tuple[float, float]]] = {party: [] for party in PARTIES}
    for before, after in pairwise(snapshots):
        found = ground_changes(before, after, PARTIES, "held")
        for party in PARTIES:
            gained, lost = found[party].gained, found[party].lost
            moved[party].append((area_km2(gained).sum(), area_km2(lost).sum()))
    return np.array([step for party in PARTIES for step in moved[party]])
