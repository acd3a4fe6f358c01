"""The rules that the zones of a snapshot must meet two by two: no shared ground, shared borders."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Literal

import numpy as np

from frontmap.archive.overlapping import (
    SharedGround,
    find_overlaps,
    ground_of,
    in_metres,
    new_overlaps,
    widest_shared,
)
from frontmap.geometry.coverage import unmatched_borders
from frontmap.geometry.crossings import too_costly
from frontmap.model import Finding
from frontmap.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from frontmap.model import Snapshot, Zone

Overlaps = Literal["refuse", "keep"]

MATCH = (
    "to match it would change an area by more than 1 ha, or leave nothing of a zone; close it "
    "(--snap METRES), or cut one by the other (in QGIS: Difference)"
)
ACCEPT = (
    "an editor that moves it opens slivers; correct the zones, or accept it in accepted.csv, as "
    "for an import, which keeps what its maker drew"
)
#: An overlap that is no wider is a slip of the hand.
WIDEST_SLIP_M = 100.0


def check_pairs(
    snapshot: Snapshot, overlaps: Overlaps, shared: SharedGround, before: tuple[Zone, ...]
) -> Iterator[Finding]:
    """Yield which zones share ground, or have border between them that does not match.

    Arguments as for :func:`frontmap.archive.snapshot_rules.check_snapshot`; ``shared`` is what was
    found of other pairs, and is added to. Each zone is valid by itself.

    >>> import datetime as dt, shapely
    >>> from frontmap.model import Revision, Snapshot, Zone
    >>> header = Revision(
    ...     date=dt.date(2024, 8, 12), recorded=dt.datetime(2026, 9, 1, tzinfo=dt.UTC),
    ...     kind="snapshot", maker="us", author="us", license="CC0-1.0", reason="first map",
    ... )
    >>> zones = [
    ...     Zone(id=name, party="UA", status=status, geometry=shapely.box(35, 51, 35.2, 51.2),
    ...          sources=("isw-1",), confidence="medium", accuracy_m=500.0)
    ...     for name, status in [("a", "controlled"), ("b", "contested"), ("c", "claimed")]
    ... ]
    >>> found = check_pairs(Snapshot(header, tuple(zones)), "refuse", SharedGround(), ())
    >>> [(finding.zone, finding.beside) for finding in found]
    [('a', 'b')]
    """
    zones = [zone for zone in snapshot.zones if zone.status != "claimed"]
    earlier = [zone for zone in before if zone.status != "claimed"]
    severity: Literal["error", "warning"] = "error" if overlaps == "refuse" else "warning"
    found, untold = find_overlaps(zones, shared)
    new = new_overlaps(found, zones, earlier) if earlier else found
    if not untold and (overlaps == "keep" or not new):
        overlapping = {frozenset(each[:2]) for each in found}
        yield from _coverage(snapshot, zones, overlapping, severity, earlier)
    by_id = {zone.id: zone for zone in zones}
    ids = Counter(zone.id for zone in zones)
    for first, second, km2 in new:
        where = remedy = ""
        if overlaps == "keep":
            remedy = ", or accept it in accepted.csv: an import keeps what its maker drew"
        one_of_each = ids[first] == ids[second] == 1  # else it is not clear which overlap
        if overlaps == "refuse" and one_of_each:  # of one snapshot, which somebody can mend
            where, remedy = _where_shared(by_id[first], by_id[second])
        yield Finding(
            rule="overlap",
            severity=severity,
            message=f"zones {first!r} and {second!r} overlap by {km2:.2f} km²{where}: controlled "
            f"and contested ground must not; {_parted(by_id[first], by_id[second])}{remedy}",
            date=snapshot.date,
            zone=first,
            size=km2,
            beside=second,
        )
    if overlaps == "refuse":  # else nothing of it could be measured later
        claimed = [zone.geometry for zone in snapshot.zones if zone.status == "claimed"]
        untold = untold or too_costly(np.array(claimed, dtype=object))
    if untold:
        yield Finding(rule="overlap", severity=severity, message=untold, date=snapshot.date)


def _parted(one: Zone, other: Zone) -> str:
    if one.status == other.status == "contested":
        return "leave what both contest to one of them"
    return "cut one by the other"


def _where_shared(one: Zone, other: Zone) -> tuple[str, str]:
    """Say how wide an overlap is and where, and how to close it where it is narrow."""
    width_m, (lon, lat) = widest_shared(one, other)
    remedy = f", or --snap {math.ceil(1.02 * width_m)}" if width_m <= WIDEST_SLIP_M else ""
    return f", up to {in_metres(width_m)} wide near {lon:.6g}, {lat:.6g}", remedy


def _coverage(
    snapshot: Snapshot,
    zones: list[Zone],
    overlapping: set[frozenset[str]],
    severity: Literal["error", "warning"],
    before: list[Zone],
) -> Iterator[Finding]:
    """Yield one finding for all pairs of zones whose borders do not match, the longest named."""
    if snapshot.revision.version == 1:  # of a format that did not ask for it
        return
    found = [
        (border, names)
        for border in unmatched_borders(ground_of(zones))
        if frozenset(names := sorted((zones[border.first].id, zones[border.second].id)))
        not in overlapping
    ]
    if not found:
        return
    if before and unmatched_borders(ground_of(before)):  # an import keeps what its maker drew
        severity = "warning"
    longest, (first, second) = max(found, key=lambda each: (each[0].length_km, each[1]))
    lon, lat = longest.position
    others = len(found) - 1
    more = f" (and {counted(others, 'pair')} of zones more)" if others else ""
    yield Finding(
        rule="coverage",
        severity=severity,
        message=f"zones {first!r} and {second!r} do not share {longest.length_km:.3g} km of border "
        f"near {lon:.6g}, {lat:.6g}{more}: {MATCH if severity == 'error' else ACCEPT}",
        date=snapshot.date,
    )
