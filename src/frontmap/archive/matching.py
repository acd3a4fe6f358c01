"""Controlled and contested zones of one snapshot that share their borders to the bit.

Borders that nearly match are matched without being asked for; gaps and overlaps of some metres are
closed where somebody asks for it, with how wide they may be.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from frontmap.archive.overlapping import find_overlaps, ground_of, in_metres
from frontmap.errors import InputError, UsageError
from frontmap.geometry.coverage import match_borders, unmatched_borders
from frontmap.geometry.crossings import flaw_of, too_costly
from frontmap.geometry.snapping import snap_borders
from frontmap.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shapely import MultiPolygon, Polygon

    from frontmap.archive.snapshot_rules import CheckedZones
    from frontmap.geometry.edges import Shapes
    from frontmap.geometry.snapping import SnappedBorders
    from frontmap.model import Zone

#: No zone's area changes by more where borders are matched without being asked for.
MOST_KM2 = 0.01
#: Less is no more than rounding to six decimals does, and not said: 1 m².
LEAST_KM2 = 1e-6
#: Gaps and overlaps are closed up to this, where it is asked for.
WIDEST_SNAP_M = 1000.0
#: So many zones are named by what they gained and lost, the others counted.
MOST_NAMED = 100


class MatchedZones(NamedTuple):
    """Zones whose borders match, in the order given, and what that changed.

    ``gained_km2`` has the change of area, by id, of each zone whose line moved.
    """

    zones: tuple[Zone, ...]
    gained_km2: dict[str, float]


class SnappedZones(NamedTuple):
    """Zones without narrow gaps and overlaps, in the order given, and in words what was done."""

    zones: tuple[Zone, ...]
    said: tuple[str, ...]


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
    places = _ranked(zones)
    before = _cuttable([zones[n] for n in places])
    after, gained_km2 = match_borders(before)
    matched = _with_ground(zones, places, after)
    moved = {
        zones[n].id: km2
        for n, km2 in zip(places, gained_km2.tolist(), strict=True)
        if matched[n] is not zones[n]
    }
    return MatchedZones(matched, dict(sorted(moved.items())))


def snap_zones(
    zones: Sequence[Zone], width_m: float, *, within: Polygon | MultiPolygon | None = None
) -> SnappedZones:
    """Close the gaps and overlaps of controlled and contested zones that are no wider.

    A gap goes to the zone beside it that :func:`match_zones` names first, what both have stays with
    it, as :func:`frontmap.geometry.snapping.snap_borders` has it; what is wider stays. ``within``:
    only ground in there is given to a zone (:func:`frontmap.archive.covered.ground_to_fill`).
    Zones are on the grid; where one of them is invalid, all stay as they are, for the rules of a
    snapshot to refuse. Raises ``UsageError`` for a width that is not above 0 and 1,000 m at most,
    ``InputError`` where zones cost too much to cut by each other, or nothing would be left of one.

    >>> from shapely import box
    >>> from frontmap.model import Zone
    >>> def zone(id, ground):
    ...     return Zone(id=id, party="UA", status="controlled", geometry=ground, sources=("isw",),
    ...                 confidence="high", accuracy_m=500.0)
    >>> zones = [zone("a", box(35, 51, 35.1, 51.1)), zone("b", box(35.1002, 51, 35.2, 51.1))]
    >>> for said in snap_zones(zones, 15).said:
    ...     print(said)
    zone 'a' gained 0.156 km² of 1 gap, up to 14 m wide near 35.1001, 51.0498
    """
    require_width(width_m)
    places = _ranked(zones)
    if any(_flawed(zones[n], flaw_of) for n in places):
        return SnappedZones(tuple(zones), ())
    snapped = snap_borders(_cuttable([zones[n] for n in places]), width_m, within=within)
    names = [zones[n].id for n in places]
    return SnappedZones(_with_ground(zones, places, snapped.shapes), _changes(snapped, names))


def require_width(width_m: float) -> None:
    """Raise ``UsageError`` for a width that gaps cannot be closed by.

    >>> require_width(float("nan"))
    Traceback (most recent call last):
    frontmap.errors.UsageError: --snap nan: give metres above 0, 1,000 at most: what is wider is
    ground that nobody holds, or that two say they hold
    """
    if not 0 < width_m <= WIDEST_SNAP_M:
        raise UsageError(
            f"--snap {width_m:g}: give metres above 0, {WIDEST_SNAP_M:,.0f} at most: what is wider "
            "is ground that nobody holds, or that two say they hold"
        )


def _ranked(zones: Sequence[Zone]) -> list[int]:
    """Return the places of the zones that share borders, in the order in which they have ground."""
    ranked = sorted(range(len(zones)), key=lambda n: (zones[n].status != "contested", zones[n].id))
    return [n for n in ranked if zones[n].status != "claimed"]


def _cuttable(zones: Sequence[Zone]) -> Shapes:
    ground = ground_of(zones)
    if why := too_costly(ground):
        raise InputError(why)
    return ground


def _with_ground(zones: Sequence[Zone], places: list[int], after: Shapes) -> tuple[Zone, ...]:
    """Give zones their new ground; one whose ground is the same stays itself."""
    changed = list(zones)
    before = ground_of([zones[n] for n in places])
    same = shapely.equals_identical(shapely.normalize(before), shapely.normalize(after))
    for n, ground in zip(np.array(places)[~same].tolist(), after[~same], strict=True):
        if ground.is_empty:
            raise InputError(f"zone {zones[n].id!r} lies within others: leave it out")
        changed[n] = replace(zones[n], geometry=ground)
    return tuple(changed)


def _changes(snapped: SnappedBorders, names: list[str]) -> tuple[str, ...]:
    """Say of each zone what it gained and lost, those that changed most first."""
    rows = []
    for place, gained_km2, lost_km2 in zip(
        range(len(names)), snapped.gained_km2.tolist(), snapped.lost_km2.tolist(), strict=True
    ):
        words = []
        if gained_km2 >= LEAST_KM2:
            count = sum(each.kind == "gap" and each.gained == place for each in snapped.closed)
            words.append(f"gained {_km2(gained_km2)} km² of {counted(count, 'gap')}")
        if lost_km2 >= LEAST_KM2:
            count = sum(each.lost == place for each in snapped.closed)
            words.append(f"lost {_km2(lost_km2)} km² of {counted(count, 'overlap')}")
        if words:
            at = next(each for each in snapped.closed if place in (each.gained, each.lost))
            where = f"up to {in_metres(at.width_m)} wide near {_place(at.position)}"
            rows.append(
                (-gained_km2 - lost_km2, f"zone {names[place]!r} {' and '.join(words)}, {where}")
            )
    rows.sort()
    more: tuple[str, ...] = ()
    if len(rows) > MOST_NAMED:
        rest_km2 = -sum(km2 for km2, _ in rows[MOST_NAMED:])
        more = (
            f"{counted(len(rows) - MOST_NAMED, 'zone')} more gained and lost {_km2(rest_km2)} km²",
        )
    return (*(text for _, text in rows[:MOST_NAMED]), *more)


def _km2(km2: float) -> str:
    return np.format_float_positional(km2, precision=3, fractional=False, trim="-")


def _place(position: tuple[float, float]) -> str:
    return f"{position[0]:.6g}, {position[1]:.6g}"


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
    if any(_flawed(zone, checked.flaw) for zone in zones):
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


def _flawed(zone: Zone, flaw: Callable[[Polygon | MultiPolygon], str]) -> bool:
    """Whether the rules of one zone refuse its ground."""
    finite = np.isfinite(shapely.get_coordinates(zone.geometry)).all()
    return bool(zone.geometry.is_empty or not finite or flaw(zone.geometry))
