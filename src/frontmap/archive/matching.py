"""Controlled and contested zones of one snapshot that share their borders to the bit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from frontmap.archive.overlapping import find_overlaps, ground_of
from frontmap.errors import InputError
from frontmap.geometry.coverage import match_borders, unmatched_borders
from frontmap.geometry.crossings import too_costly
from frontmap.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from frontmap.archive.snapshot_rules import CheckedZones
    from frontmap.model import Zone

#: No zone's area changes by more where borders are matched without being asked for.
MOST_KM2 = 0.01
#: Less is no more than rounding to six decimals does, and not said: 1 m².
LEAST_KM2 = 1e-6


class MatchedZones(NamedTuple):
    """Zones whose borders match, in the order given, and what that changed.

    ``gained_km2`` has the change of area, by id, of each zone whose line moved.
    """

    zones: tuple[Zone, ...]
    gained_km2: dict[str, float]


def match_zones(zones: Sequence[Zone]) -> MatchedZones:
    """Make controlled and contested zones share their borders; claimed ones stay as they are.

    Ground that two have goes to the contested one, as areas count it, else to the one whose id
    comes first. Zones are valid and on the grid. Raises ``InputError`` where they cost too much to
    cut by each other, or nothing would be left of one.

    >>> from shapely import box
    >>> from frontmap.model import Zone
    >>> def zone(id, status, ground):
    ...     return Zone(id=id, party="UA", status=status, geometry=ground, sources=("isw",),
    ...                 confidence="high", accuracy_m=500.0)
    >>> found = match_zones([zone("a", "controlled", box(35, 51, 35.100001, 51.1)),
    ...                      zone("b", "contested", box(35.1, 51, 35.2, 51.1))])
    >>> {id: round(km2, 5) for id, km2 in found.gained_km2.items()}
    {'a': -0.00078, 'b': 0.0}
    """
    ranked = sorted(range(len(zones)), key=lambda n: (zones[n].status != "contested", zones[n].id))
    places = [n for n in ranked if zones[n].status != "claimed"]
    before = ground_of([zones[n] for n in places])
    if why := too_costly(before):
        raise InputError(why)
    after, gained_km2 = match_borders(before)
    if after is before:
        return MatchedZones(tuple(zones), {})
    matched, moved = list(zones), {}
    same = shapely.equals_identical(shapely.normalize(before), shapely.normalize(after))
    for n, ground, km2 in zip(
        *(each[~same].tolist() for each in (np.array(places), after, gained_km2)), strict=True
    ):
        if ground.is_empty:
            raise InputError(f"zone {zones[n].id!r} lies within others: leave it out")
        matched[n] = replace(zones[n], geometry=ground)
        moved[zones[n].id] = km2
    return MatchedZones(tuple(matched), dict(sorted(moved.items())))


def match_closely(zones: tuple[Zone, ...], checked: CheckedZones) -> tuple[tuple[Zone, ...], str]:
    """Match borders where no zone's area changes by more than 1 ha, and say what was done.

    The text is blank where no area changes by 1 m². Zones stay as they are where borders match
    already, or the rules of a snapshot refuse them. ``checked`` as for
    :func:`frontmap.archive.snapshot_rules.check_snapshot`.

    >>> import frontmap
    >>> from frontmap.archive.snapshot_rules import CheckedZones
    >>> drawn = frontmap.open("geodata/kursk").as_of("2024-08-31", known="2026-11-22T22:45:00Z")
    >>> zones, said = match_closely(drawn.zones, CheckedZones())
    >>> match_closely(zones, CheckedZones())[1]
    ''
    """
    assessed = [zone for zone in zones if zone.status != "claimed"]
    if any(_flawed(zone, checked) for zone in zones):
        return zones, ""
    overlaps, unknown = find_overlaps(assessed, checked.shared)
    if overlaps or unknown or not (found := unmatched_borders(ground_of(assessed))):
        return zones, ""
    try:
        matched, gained_km2 = match_zones(zones)
    except InputError:
        return zones, ""
    largest_km2 = max(map(abs, gained_km2.values()), default=0.0)
    if largest_km2 > MOST_KM2:
        return zones, ""
    if largest_km2 < LEAST_KM2:
        return matched, ""
    km2 = np.format_float_positional(largest_km2, precision=2, fractional=False, trim="-")
    lon, lat = max(found, key=lambda border: border.length_km).position
    return matched, (
        f"borders of {counted(len(gained_km2), 'zone')} matched to those of their neighbours: no "
        f"area changes by more than {km2} km²; the longest is near {lon:.6g}, {lat:.6g}"
    )


def _flawed(zone: Zone, checked: CheckedZones) -> bool:
    """Whether the rules of one zone refuse its ground."""
    finite = np.isfinite(shapely.get_coordinates(zone.geometry)).all()
    return bool(zone.geometry.is_empty or not finite or checked.flaw(zone.geometry))
