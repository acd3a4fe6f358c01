"""The ground of zones that somebody gave, as it will be recorded: on the grid of six decimals."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

from frontmap.archive.value_rules import zone_flaws
from frontmap.errors import InputError, MendedWarning
from frontmap.geometry.crossings import flaw_of
from frontmap.geometry.grid import on_grid, snap

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from frontmap.model import Zone


def put_on_grid(date: dt.date, zones: Iterable[Zone]) -> tuple[Zone, ...]:
    """Put the ground of zones on the grid, with a ``MendedWarning`` of what that changes.

    Invalid ground stays as it was given, for the rules of a snapshot to refuse. Raises
    ``InputError`` when nothing is left of a zone, or a value of it could not be written.

    >>> import datetime as dt
    >>> from shapely import box
    >>> from frontmap.model import Zone
    >>> speck = Zone(id="a", party="UA", status="controlled", geometry=box(35, 51, 35.0000003, 52),
    ...              sources=("isw",), confidence="low", accuracy_m=500)
    >>> put_on_grid(dt.date(2024, 8, 31), [speck])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    frontmap.errors.InputError: 2024-08-31: zone 'a': no ground is left, leave it out: 1 part
    vanished in rounding to six decimals: 0.00232 km² near 35, 51.5
    """
    return tuple(_on_grid(date, zone) for zone in zones)


def _on_grid(date: dt.date, zone: Zone) -> Zone:
    for flaw in zone_flaws(zone):
        raise InputError(f"{date}: zone {zone.id!r}: {flaw}")
    if on_grid(zone.geometry) or flaw_of(zone.geometry):
        return zone
    ground, changes = snap(zone.geometry)
    what = "; ".join(change.text for change in changes)
    if ground.is_empty and changes:
        raise InputError(f"{date}: zone {zone.id!r}: no ground is left, leave it out: {what}")
    if changes:
        warnings.warn(f"{date}: zone {zone.id!r}: {what}", MendedWarning, stacklevel=2)
    return replace(zone, geometry=ground)
