"""Ground between zones that nobody has, too narrow to be meant."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely

from frontmap.archive.overlapping import ground_of
from frontmap.errors import InputError
from frontmap.geometry.crossings import flaw_of, too_costly
from frontmap.geometry.gaps import GRID_M, find_gaps
from frontmap.geometry.snapping import SLENDER
from frontmap.model import Finding
from frontmap.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapely import MultiPolygon, Polygon

    from frontmap.geometry.gaps import Gap
    from frontmap.model import Snapshot, Zone

#: What is wider may be ground that nobody holds, whatever the zones' accuracy.
WIDEST_GAP_M = 100.0


def narrow_gaps(
    snapshots: Iterable[Snapshot], within: Polygon | MultiPolygon | None = None
) -> Iterator[Finding]:
    """Yield one finding for each snapshot with gaps that the one before it has not.

    A gap is ground that no controlled or contested zone has, at most 100 m wide and no wider than
    the ``accuracy_m`` of any zone beside it, and either enclosed by zones or ten times as long as
    wide. ``within``: only what lies in there (:func:`frontmap.archive.covered.ground_to_fill`).
    An import keeps what its maker drew: of its snapshots the first stands for all.

    >>> import datetime as dt
    >>> from shapely import box
    >>> from frontmap.model import Revision, Snapshot, Zone
    >>> def zone(id, ground):
    ...     return Zone(id=id, party="UA", status="controlled", geometry=ground, sources=("isw",),
    ...                 confidence="high", accuracy_m=500.0)
    >>> zones = (zone("a", box(35, 51, 35.1, 51.1)), zone("b", box(35.1002, 51, 35.2, 51.1)))
    >>> header = Revision(
    ...     date=dt.date(2024, 8, 12), recorded=dt.datetime(2026, 9, 1, tzinfo=dt.UTC),
    ...     kind="snapshot", maker="us", author="us", license="CC0-1.0", reason="first map",
    ... )
    >>> [found.message.partition(", near")[0] for found in narrow_gaps([Snapshot(header, zones)])]
    ["no zone has 0.156 km² between 'a' and 'b', 14 m wide and 11,125 m long"]
    """
    before: list[Gap] = []
    is_import_known = False
    for snapshot in snapshots:
        is_import = snapshot.revision.imported_from is not None
        if is_import and is_import_known:
            continue
        is_import_known |= is_import
        zones = [zone for zone in snapshot.zones if zone.status != "claimed"]
        try:
            found = _suspicious(zones, within)
        except InputError as error:
            yield _finding(snapshot, str(error))
            continue
        if new := _apart_from(before, found):
            yield _finding(snapshot, _message(new, [zone.id for zone in zones]))
        before = found


def _finding(snapshot: Snapshot, message: str) -> Finding:
    return Finding(rule="gap", severity="warning", message=message, date=snapshot.date)


def _apart_from(before: list[Gap], found: list[Gap]) -> list[Gap]:
    """Return the gaps that lie where there was none before."""
    ground, earlier = (np.array([gap.ground for gap in gaps], object) for gaps in (found, before))
    known = set(shapely.STRtree(earlier).query(ground, predicate="intersects")[0].tolist())
    return [gap for n, gap in enumerate(found) if n not in known]


def _suspicious(zones: list[Zone], within: Polygon | MultiPolygon | None) -> list[Gap]:
    """Return the gaps of zones, the largest first; none where their ground cannot be cut."""
    ground = ground_of(zones)
    finite = np.isfinite(shapely.get_coordinates(ground)).all()
    if not finite or any(map(flaw_of, ground)) or too_costly(ground):
        return []  # which other rules say
    return [
        gap
        for gap in find_gaps(ground, WIDEST_GAP_M, slender=SLENDER, within=within)
        if GRID_M < gap.width_m <= min([WIDEST_GAP_M, *(zones[n].accuracy_m for n in gap.beside)])
    ]


def _message(gaps: list[Gap], names: list[str]) -> str:
    worst = gaps[0]
    beside = [repr(names[n]) for n in worst.beside]
    between = f"in {beside[0]}" if beside[:1] == beside else f"between {' and '.join(beside[:2])}"
    if others := len(beside[2:]):
        between += f" and {counted(others, 'zone')} more"
    km2 = sum(gap.km2 for gap in gaps[1:])
    more = f" (and {counted(len(gaps) - 1, 'gap')} more, {km2:.3g} km²)" if gaps[1:] else ""
    lon, lat = worst.position
    metres = math.ceil(1.02 * max(gap.width_m for gap in gaps))  # which are right to 1 %
    return (
        f"no zone has {worst.km2:.3g} km² {between}, {worst.width_m:.2g} m wide and "
        f"{worst.length_m:,.0f} m long, near {lon:.6g}, {lat:.6g}{more}: close it (add, correct "
        f"--snap {metres}), or accept it in accepted.csv where nobody holds that ground"
    )
