"""What changed between two snapshots, as records: zones, sources, km² by status."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

from frontmap.formats import canonical
from frontmap.geometry.ellipsoid import polygon_areas_km2
from frontmap.geometry.polygons import polygonal
from frontmap.model import STATUSES, Snapshot, Status, Zone

if TYPE_CHECKING:
    from collections.abc import Mapping

Change = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneChange:
    """One zone that is not the same in both; ``what`` names the properties that differ."""

    zone: str
    change: Change
    what: tuple[str, ...] = ()
    before_km2: float = 0.0
    after_km2: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What changed from one snapshot to another.

    ``km2`` gives, for each status, the ground before and after on the WGS 84 ellipsoid, counted
    once where zones overlap.
    """

    zones: tuple[ZoneChange, ...]
    sources_added: tuple[str, ...]
    sources_removed: tuple[str, ...]
    km2: Mapping[Status, tuple[float, float]]

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.zones or self.sources_added or self.sources_removed)


def compare(before: Snapshot, after: Snapshot) -> Comparison:
    """Compare two snapshots zone by zone, by id."""
    old, new = ({z.id: z for z in snapshot.zones} for snapshot in (before, after))
    ids = sorted(old.keys() | new.keys())
    changes = (_zone_change(i, old.get(i), new.get(i)) for i in ids)
    was, now = _sources(before), _sources(after)
    return Comparison(
        zones=tuple(change for change in changes if change is not None),
        sources_added=tuple(sorted(now - was)),
        sources_removed=tuple(sorted(was - now)),
        km2={s: (_km2(before, s), _km2(after, s)) for s in STATUSES},
    )


def _zone_change(zone_id: str, old: Zone | None, new: Zone | None) -> ZoneChange | None:
    before, after = (0.0 if z is None else _zone_km2(z) for z in (old, new))
    if old is None or new is None:
        change: Change = "added" if old is None else "removed"
        return ZoneChange(zone=zone_id, change=change, before_km2=before, after_km2=after)
    what = tuple(sorted(_differences(old, new)))
    if not what:
        return None
    return ZoneChange(zone=zone_id, change="changed", what=what, before_km2=before, after_km2=after)


def _differences(old: Zone, new: Zone) -> set[str]:
    plain = [f.name for f in fields(Zone) if f.name not in ("geometry", "extra")]
    found = {name for name in plain if getattr(old, name) != getattr(new, name)}
    found |= {
        name
        for name in old.extra.keys() | new.extra.keys()
        if old.extra.get(name) != new.extra.get(name)
    }
    one, other = (canonical.normal_geometry(zone.geometry) for zone in (old, new))
    return found if one.wkb == other.wkb else found | {"geometry"}


def _sources(snapshot: Snapshot) -> set[str]:
    zones = (source for zone in snapshot.zones for source in zone.sources)
    return {*snapshot.revision.sources, *zones}


def _zone_km2(zone: Zone) -> float:
    return float(polygon_areas_km2(np.array([zone.geometry], dtype=object))[0])


def _km2(snapshot: Snapshot, status: Status) -> float:
    ground = shapely.union_all([z.geometry for z in snapshot.zones if z.status == status])
    whole = polygonal(ground)
    return float(polygon_areas_km2(np.array([whole], dtype=object))[0])
