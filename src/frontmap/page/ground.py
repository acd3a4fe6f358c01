"""The zones of all snapshots and the lines that don't move, packed: each written once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from frontmap.area import area_km2
from frontmap.page.pack import Packer, varints

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from shapely import MultiPolygon, Polygon

    from frontmap.model import Snapshot, Zone
    from frontmap.page.sources import Sources

Box = tuple[float, float, float, float]
_LINES_BEYOND_DEG = 0.4


class Ground:
    """Zones as records that stood over spans of snapshots; equal ones are one record."""

    def __init__(self, snapshots: Sequence[Snapshot], sources: Sources) -> None:
        self._packer = Packer()
        self._strings: dict[str, int] = {}
        self._metas: dict[tuple[Any, ...], int] = {}
        self._records: dict[tuple[int, int, int], list[list[int]]] = {}
        self._lines: list[list[Any]] = []
        self._km2: list[float] = []
        self._sources = sources
        self._bounds: dict[int, tuple[float, ...]] = {}
        self._stops = len(snapshots)
        for stop, snapshot in enumerate(snapshots):
            for zone in snapshot.zones:
                self._stand(zone, stop)

    def add_lines(self, reference: gpd.GeoDataFrame, box: Box) -> None:
        """Take the border, rivers and roads of the reference, where they lie in or near a box."""
        west, south, east, north = box
        margin = _LINES_BEYOND_DEG
        around = (west - margin, south - margin, east + margin, north + margin)
        seen = reference.geometry.clip_by_rect(*around)
        for kind, shape in zip(reference["kind"], seen, strict=True):
            for part in shapely.get_parts(shape):
                if isinstance(part, shapely.LineString):
                    self._lines.append([str(kind), self._packer.add_line(part)])

    def view(self, box: Box) -> list[float]:
        """Return west, south, east, north of the ground that ever changed; of all, if none did.

        ``box`` when no ground was ever held.
        """
        moved = [
            self._bounds[shape]
            for (shape, *_), spans in self._records.items()
            if spans != [[0, self._stops]]
        ]
        bounds = np.array(moved or list(self._bounds.values()) or [box])
        low, high = bounds.min(axis=0), bounds.max(axis=0)
        return [round(float(v), 6) for v in (low[0], low[1], high[2], high[3])]

    def packed(self) -> dict[str, Any]:
        """Return the payload's parts ``geo, zones, metas, strings, lines``."""
        numbers = [len(self._records)]
        for (shape, meta, name), spans in self._records.items():
            numbers += [shape, meta, name, round(self._km2[shape] * 100), len(spans)]
            stop = 0
            for begin, end in spans:
                numbers += [begin - stop, end - begin]
                stop = end
        return {
            "geo": self._packer.encoded(),
            "zones": varints(numbers),
            "metas": [[*meta[:4], list(meta[4]), meta[5]] for meta in self._metas],
            "strings": list(self._strings),
            "lines": self._lines,
        }

    def _shape(self, geometry: Polygon | MultiPolygon) -> int:
        number = self._packer.add(geometry)
        if number == len(self._km2):
            self._km2.append(float(area_km2([geometry])[0]))
            self._bounds[number] = geometry.bounds
        return number

    def _stand(self, zone: Zone, stop: int) -> None:
        meta = (
            zone.party,
            zone.status,
            zone.confidence,
            zone.accuracy_m,
            tuple(self._sources.numbers(zone.sources)),
            zone.note,
        )
        record = (
            self._shape(zone.geometry),
            self._metas.setdefault(meta, len(self._metas)),
            self._strings.setdefault(zone.id, len(self._strings)),
        )
        spans = self._records.setdefault(record, [])
        if spans and spans[-1][1] == stop:
            spans[-1][1] = stop + 1
        else:
            spans.append([stop, stop + 1])
