"""The difference of two snapshots, as one value: zones, sources, ground, and who took it over."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

from frontmap.formats import canonical
from frontmap.geometry.changed import NOBODY, HeldFaces, labelled_faces
from frontmap.geometry.counted_once import counted_km2, merged, pieces
from frontmap.geometry.exact_area import polygon_areas_km2
from frontmap.geometry.polygons import polygonal
from frontmap.measure.timeline import parties_of
from frontmap.measure.transferred import transfers_of
from frontmap.model import STATUSES, Zone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from frontmap.geometry.changed import Label, LabelledFaces
    from frontmap.geometry.counted_once import Piece
    from frontmap.model import Revision, Scalar, Snapshot, Status

Change = Literal["added", "removed", "changed"]
#: What every zone has beside its ground.
_NAMED = frozenset(field.name for field in fields(Zone)) - {"geometry", "extra"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneDifference:
    """One zone that is not the same in both snapshots, as it was and as it is.

    ``attributes`` names what differs, sorted, ``geometry`` among it; empty for a zone that only one
    of them has. ``before_km2`` and ``after_km2`` are of the zone as drawn, 0.0 where there is none.
    """

    zone_id: str
    before: Zone | None
    after: Zone | None
    attributes: tuple[str, ...] = ()
    before_km2: float = 0.0
    after_km2: float = 0.0

    @property
    def change(self) -> Change:
        """Whether the zone was added, removed or changed."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"

    def values(self, attribute: str) -> tuple[Scalar, Scalar]:
        """Return an attribute but the geometry, before and after; blank where it is not there.

        >>> import frontmap
        >>> revisions = frontmap.open("geodata/kursk").pair("2024-08-31", "4c237868", "48bf983a")
        >>> zone = compare_snapshots(*revisions).zones[0]
        >>> zone.attributes
        ('geometry', 'note', 'sources')
        >>> zone.values("party")
        ('UA', 'UA')
        """
        return _value(self.before, attribute), _value(self.after, attribute)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundDifference:
    """Ground of one party under one status, counted once, before and after, in km²."""

    party: str
    status: Status
    before_km2: float
    after_km2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Ground that one party controlled before and another does after, in km².

    A blank party stands for nobody: ground that no party controlled, or controls any more.
    """

    from_party: str
    to_party: str
    area_km2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedGround:
    """Ground that is held otherwise before and after: under which status, by whom, in km².

    ``geometry`` is polygonal (EPSG:4326). Ground that several parties contest has all of them,
    sorted, a space between; ground of nobody has a blank party and status. A claim lies over other
    ground, so it is told apart from that: from nobody to who claims it, or back.
    """

    from_party: str
    from_status: str
    to_party: str
    to_status: str
    geometry: Polygon | MultiPolygon
    area_km2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What differs from one snapshot to another.

    ``zones`` and the sources are in the order of their ids. ``ground`` has every party with ground
    in either snapshot, with every status; the figures are those of
    :func:`frontmap.measure.area.areas`. ``transfers`` are of controlled ground, of which no spot
    has two holders; those of no ground are left out. ``changed_ground`` has all that is held
    otherwise, by party and status; its sums are those of ``ground``. Areas in km² on the WGS 84
    ellipsoid, edges straight in longitude/latitude.
    """

    before: Revision
    after: Revision
    zones: tuple[ZoneDifference, ...]
    sources_added: tuple[str, ...]
    sources_removed: tuple[str, ...]
    ground: tuple[GroundDifference, ...]
    transfers: tuple[Transfer, ...]
    changed_ground: tuple[ChangedGround, ...]

    @property
    def empty(self) -> bool:
        """Whether no zone and no source differs."""
        return not (self.zones or self.sources_added or self.sources_removed)

    def gained_km2(self, party: str) -> float:
        """Ground that the party controls after and did not before, from whomever, in km².

        >>> import frontmap
        >>> revisions = frontmap.open("geodata/kursk").pair("2024-08-31", "4c237868", "48bf983a")
        >>> found = compare_snapshots(*revisions)
        >>> round(found.gained_km2("UA"), 1)
        49.6
        """
        return math.fsum(t.area_km2 for t in self.transfers if t.to_party == party)

    def lost_km2(self, party: str) -> float:
        """Ground that the party controlled before and does not after, to whomever, in km².

        >>> import frontmap
        >>> revisions = frontmap.open("geodata/kursk").pair("2024-08-31", "4c237868", "48bf983a")
        >>> found = compare_snapshots(*revisions)
        >>> round(found.lost_km2("UA"), 1)
        118.0
        """
        return math.fsum(t.area_km2 for t in self.transfers if t.from_party == party)


def compare_snapshots(before: Snapshot, after: Snapshot) -> Difference:
    """Say what differs from one snapshot to another: zones by id, sources, ground by party.

    Ground counts once, by the rules of :mod:`frontmap.geometry.counted_once`. Geometries are the
    same where their canonical texts are.

    >>> import frontmap
    >>> first, last = frontmap.open("geodata/kursk").pair("2024-08-12", "b9e9b9e7", "efa02815")
    >>> difference = frontmap.compare_snapshots(first, last)
    >>> [(g.status, g.before_km2 < g.after_km2) for g in difference.ground]
    [('controlled', True), ('contested', False), ('claimed', False)]
    >>> [(t.from_party, t.to_party) for t in difference.transfers]
    [('', 'UA'), ('UA', '')]
    """
    old, new = ({zone.id: zone for zone in each.zones} for each in (before, after))
    cited = [
        {*each.revision.sources, *(source for zone in each.zones for source in zone.sources)}
        for each in (before, after)
    ]
    parties = parties_of([before, after])
    parts = [pieces(snapshot) for snapshot in (before, after)]
    faces = labelled_faces(before.zones, after.zones, parties)
    return Difference(
        before=before.revision,
        after=after.revision,
        zones=tuple(_zones(old, new)),
        sources_added=tuple(sorted(cited[1] - cited[0])),
        sources_removed=tuple(sorted(cited[0] - cited[1])),
        ground=tuple(_ground(parts, parties)),
        transfers=tuple(_transfers(faces, parties)),
        changed_ground=tuple(_changed_ground(faces, parts, parties)),
    )


def _zones(old: dict[str, Zone], new: dict[str, Zone]) -> Iterator[ZoneDifference]:
    for zone_id in sorted(old.keys() | new.keys()):
        before, after = old.get(zone_id), new.get(zone_id)
        attributes = () if before is None or after is None else _differing(before, after)
        if before is None or after is None or attributes:
            yield ZoneDifference(
                zone_id=zone_id,
                before=before,
                after=after,
                attributes=attributes,
                before_km2=_drawn_km2(before),
                after_km2=_drawn_km2(after),
            )


def _differing(before: Zone, after: Zone) -> tuple[str, ...]:
    """Name the attributes that differ, those under ``extra`` by their own names."""
    found = {name for name in _NAMED if getattr(before, name) != getattr(after, name)}
    extra = before.extra.keys() | after.extra.keys()
    # by repr: 1, 1.0 and True are equal to Python, not in the text of a snapshot
    found |= {n for n in extra if repr(before.extra.get(n)) != repr(after.extra.get(n))}
    one, other = (canonical.normal_geometry(zone.geometry) for zone in (before, after))
    return tuple(sorted(found if one.wkb == other.wkb else found | {"geometry"}))


def _value(zone: Zone | None, attribute: str) -> Scalar:
    if zone is None:
        return ""
    if attribute in _NAMED:
        value = getattr(zone, attribute)
        return " ".join(value) if attribute == "sources" else value
    return zone.extra.get(attribute, "")


def _drawn_km2(zone: Zone | None) -> float:
    return 0.0 if zone is None else float(polygon_areas_km2([zone.geometry])[0])


def _ground(parts: list[tuple[Piece, ...]], parties: list[str]) -> Iterator[GroundDifference]:
    for party in parties:
        for status in STATUSES:
            was, now = (counted_km2(each, status, party=party) for each in parts)
            yield GroundDifference(party=party, status=status, before_km2=was, after_km2=now)


def _transfers(faces: LabelledFaces, parties: list[str]) -> Iterator[Transfer]:
    was, now = (_controlled(labels, parties) for labels in (faces.before, faces.after))
    passed = transfers_of(HeldFaces(faces.polygons, was, now), parties)
    for from_party, to_party, area_km2 in passed:
        yield Transfer(from_party=from_party, to_party=to_party, area_km2=area_km2)


def _controlled(labels: list[Label], parties: list[str]) -> NDArray[np.bool_]:
    found = [[label == ("controlled", party) for party in parties] for label in labels]
    return np.array(found, dtype=bool).reshape(len(labels), len(parties))


def _changed_ground(
    faces: LabelledFaces, parts: list[tuple[Piece, ...]], parties: list[str]
) -> Iterator[ChangedGround]:
    found: dict[tuple[Label, Label], list[BaseGeometry]] = {}
    for polygon, was, now in zip(faces.polygons, faces.before, faces.after, strict=True):
        if was != now:
            found.setdefault((was, now), []).append(polygon)
    for party in parties:
        old, new = (merged(each, "claimed", party=party) for each in parts)
        found[("claimed", party), NOBODY] = [shapely.difference(old, new)]
        found[NOBODY, ("claimed", party)] = [shapely.difference(new, old)]
    for was, now in sorted(found):
        joined = polygonal(shapely.union_all(found[was, now]))
        ground = polygonal(shapely.orient_polygons(joined.normalize()))
        area_km2 = float(polygon_areas_km2([ground])[0])
        if area_km2 > 0:
            yield ChangedGround(
                from_party=was[1],
                from_status=was[0],
                to_party=now[1],
                to_status=now[0],
                geometry=ground,
                area_km2=area_km2,
            )
