"""The zones of all snapshots and the lines that don't move, packed: each written once."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from frontmap.measure.area import area_km2
from frontmap.page.payload.base_map import reference_lines, wider
from frontmap.page.payload.columnar import by_columns
from frontmap.page.payload.fields import LineRow, SharedRow, ZoneAttributesRow, ZoneParts
from frontmap.page.payload.held_by_several import shared_ground
from frontmap.page.payload.pack import Packer, varints, zigzag
from frontmap.page.payload.shown_once import shortened_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from frontmap.model import Snapshot, Zone
    from frontmap.page.payload.sources import CitedSources

    Boxes = NDArray[np.float64]

Box = tuple[float, float, float, float]
_NEARLY_ALL = 0.95


class _Record(NamedTuple):
    """A zone by the numbers of its shape, its attributes and its id."""

    shape: int
    attributes: int
    name: int


class _Attributes(NamedTuple):
    """What zones have in common, as :class:`ZoneAttributesRow` states it."""

    party: str
    status: str
    confidence: str
    accuracy_m: float
    sources: tuple[int, ...]
    note: str


class _Span(NamedTuple):
    """Snapshots in a row, by index: from ``begin`` up to, but not with, ``end``."""

    begin: int
    end: int


class PackedZones:
    """Zones as records that stood over spans of snapshots; equal ones are one record.

    >>> from frontmap.page.payload.sources import CitedSources
    >>> from pathlib import Path
    >>> import frontmap
    >>> snapshots = list(frontmap.open("geodata/kursk").snapshots())
    >>> zones = PackedZones(snapshots, CitedSources(Path("geodata/kursk")))
    >>> sorted(set(zones.packed()["attributes"]["status"]))
    ['claimed', 'contested', 'controlled']
    """

    def __init__(self, snapshots: Sequence[Snapshot], sources: CitedSources) -> None:
        self._packer = Packer()
        self._ids: dict[str, int] = {}
        self._attributes: dict[_Attributes, int] = {}
        self._records: dict[_Record, list[_Span]] = {}
        self._lines: list[LineRow] = []
        self._lines_m = 0.0
        self._shapes: dict[Polygon | MultiPolygon, int] = {}
        self._sources = sources
        self._whole = _Span(0, len(snapshots))
        for index, snapshot in enumerate(snapshots):
            for zone in snapshot.zones:
                _extend(self._records.setdefault(self._record(zone), []), index)
        shared: dict[tuple[str, int], list[_Span]] = {}
        for index, snapshot in enumerate(snapshots):
            for parties, ground in shared_ground(snapshot.zones).items():
                where = (" ".join(parties), self._packer.add(ground))
                _extend(shared.setdefault(where, []), index)
        self._shared = shared

    def add_lines(self, reference: gpd.GeoDataFrame, box: Box) -> None:
        """Take the lines of the reference in or near a box, and the countries around it.

        ``box`` is west, south, east, north in degrees.

        >>> from pathlib import Path
        >>> from frontmap.facts import read_reference
        >>> from frontmap.page.payload.sources import CitedSources
        >>> zones = PackedZones((), CitedSources(Path("geodata/kursk")))
        >>> zones.add_lines(read_reference(Path("geodata/kursk")), (35, 51, 36, 52))
        >>> "state_border" in zones.packed()["lines"]["kind"]
        True
        """
        around = wider(box)
        for line in reference_lines(reference, box):
            whole = line.kind in {"country", "sea"}
            seen = line.shape if whole else line.shape.intersection(around)
            parts = [part for part in shapely.get_parts(seen) if part.geom_type == "LineString"]
            for part in parts:
                self._lines.append({"kind": line.kind, "ring": self._packer.add_line(part)})
            if parts and line.accuracy_m > self._lines_m:
                self._lines_m = line.accuracy_m

    def add_line(self, line: shapely.LineString) -> int:
        """Take a line that belongs to no table here, in degrees; return the number of its ring.

        >>> from pathlib import Path
        >>> from frontmap.page.payload.sources import CitedSources
        >>> zones = PackedZones((), CitedSources(Path("geodata/kursk")))
        >>> [zones.add_line(shapely.LineString([(35, 51), (east, 52)])) for east in (36, 37, 36)]
        [0, 1, 0]
        """
        return self._packer.add_line(line)

    def front(self) -> BaseGeometry:
        """Return the convex hull of all ground that was ever held, in degrees (EPSG:4326).

        >>> from frontmap.page.payload.sources import CitedSources
        >>> from pathlib import Path
        >>> PackedZones((), CitedSources(Path("geodata/kursk"))).front().is_empty
        True
        """
        return shapely.convex_hull(shapely.GeometryCollection(list(self._shapes)))

    def view(self, box: Box) -> Box:
        """Return west, south, east, north of the front: of the ground that ever changed.

        Claims count only where nothing else changed, and what lies far away from nearly all ground
        is left out. All ground where none ever changed, ``box`` where none was ever held.

        >>> from frontmap.page.payload.sources import CitedSources
        >>> from pathlib import Path
        >>> PackedZones((), CitedSources(Path("geodata/kursk"))).view((35, 51, 36, 52))
        (35.0, 51.0, 36.0, 52.0)
        """
        attributes = list(self._attributes)
        kinds: tuple[set[int], ...] = (set(), set(), set(), set())
        for record, spans in self._records.items():
            claimed = attributes[record.attributes].status == "claimed"
            kinds[2 * (spans == [self._whole]) + claimed].add(record.shape)
        shapes = list(self._shapes)
        shown = next((sorted(kind) for kind in kinds if kind), [])
        parts = shapely.get_parts(np.array([shapes[number] for number in shown], dtype=object))
        front = _together(shapely.bounds(parts), shapely.area(parts)) if len(parts) else box
        west, south, east, north = (round(float(value), 6) for value in front)
        return west, south, east, north

    def packed(self) -> ZoneParts:
        r"""Return the payload's parts that hold zones and lines, as :class:`ZoneParts` states them.

        >>> from frontmap.page.payload.sources import CitedSources
        >>> from pathlib import Path
        >>> parts = PackedZones((), CitedSources(Path("geodata/kursk"))).packed()
        >>> parts["zones"], parts["zone_ids"], parts["lines"]
        (b'\x00', [], {'kind': [], 'ring': []})
        """
        rows = (
            ZoneAttributesRow(**{**own._asdict(), "sources": list(own.sources)})  # type: ignore[typeddict-item]  # its own fields
            for own in self._attributes
        )
        return {
            "geo": self._packer.encoded(),
            "vertices": self._packer.vertices(),
            "zones": self._zones(),
            "attributes": by_columns(ZoneAttributesRow, rows),
            "zone_ids": list(self._ids),
            "shared": by_columns(
                SharedRow,
                (
                    SharedRow(parties=parties, shape=shape, begin=begin, end=end)
                    for (parties, shape), spans in self._shared.items()
                    for begin, end in spans
                ),
            ),
            "lines": by_columns(LineRow, self._lines),
            "lines_m": self._lines_m,
        }

    def _zones(self) -> bytes:
        """Write the records, numbers of one kind together, most as the change from the last."""
        records = list(self._records)
        km2 = area_km2(np.array(list(self._shapes), dtype=object))
        spans = list(self._records.values())
        begins = [own[0].begin for own in spans]
        later = [
            (after.begin - before.end, after.end - after.begin)
            for own in spans
            for before, after in pairwise(own)
        ]
        columns = (
            _from_the_next([record.shape for record in records]),
            [record.attributes for record in records],
            _from_the_next([record.name for record in records]),
            [round(shortened_number(km2[record.shape], 2) * 100) for record in records],
            [after - before for before, after in pairwise([0, *begins])],
            [own[0].end - own[0].begin for own in spans],
            [len(own) - 1 for own in spans],
            [number for pair in later for number in pair],
        )
        return varints([len(spans), *(number for column in columns for number in column)])

    def _record(self, zone: Zone) -> _Record:
        accuracy = zone.accuracy_m
        attributes = _Attributes(
            zone.party,
            zone.status,
            zone.confidence,
            int(accuracy) if float(accuracy).is_integer() else accuracy,
            tuple(self._sources.numbers(zone.sources)),
            zone.note,
        )
        return _Record(
            self._shape(zone.geometry),
            self._attributes.setdefault(attributes, len(self._attributes)),
            self._ids.setdefault(_short(zone), len(self._ids)),
        )

    def _shape(self, geometry: Polygon | MultiPolygon) -> int:
        """Return a shape's number; one that stays is packed the first time only."""
        known = self._shapes.get(geometry)
        if known is not None:
            return known
        number = self._packer.add(geometry)
        if number == len(self._shapes):
            self._shapes[geometry] = number
        return number


def _from_the_next(numbers: Sequence[int]) -> list[int]:
    """Fold each number as its distance from the one after the last.

    >>> _from_the_next([0, 1, 5, 1])
    [0, 0, 6, 9]
    """
    return [zigzag(after - before - 1) for before, after in pairwise([-1, *numbers])]


def _together(bounds: Boxes, areas: NDArray[np.float64]) -> Boxes:
    """Return the box of what lies about the boxes that have nearly all of the area.

    >>> far = np.array([[0, 0, 4, 4], [4, 1, 5, 2], [90, 0, 91, 1]])
    >>> _together(far, np.array([96.0, 3.0, 1.0])).tolist()
    [0, 0, 5, 4]
    """
    order = np.argsort(-areas, kind="stable")
    most = np.searchsorted(np.cumsum(areas[order]), _NEARLY_ALL * areas.sum()) + 1
    low, high = _around(bounds[order[:most]])
    margin = (high - low) / 2
    near = (bounds[:, :2] >= low - margin).all(axis=1) & (bounds[:, 2:] <= high + margin).all(
        axis=1
    )
    return np.concatenate(_around(bounds[near]))


def _around(bounds: Boxes) -> tuple[Boxes, Boxes]:
    return bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)


def _extend(spans: list[_Span], index: int) -> None:
    """Add a snapshot to the spans over which a record stood.

    >>> spans = [_Span(0, 2)]
    >>> _extend(spans, 2), _extend(spans, 4), [tuple(span) for span in spans]
    (None, None, [(0, 3), (4, 5)])
    """
    if spans and spans[-1].end == index:
        spans[-1] = _Span(spans[-1].begin, index + 1)
    else:
        spans.append(_Span(index, index + 1))


def _short(zone: Zone) -> str:
    """Return a zone's id, or only its end after a space where it begins as importers begin it."""
    usual = f"{zone.party.lower()}-{zone.status}-"
    plain = zone.party.isascii() and zone.id.startswith(usual)
    return f" {zone.id.removeprefix(usual)}" if plain else zone.id
