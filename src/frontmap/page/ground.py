"""The zones of all snapshots and the lines that don't move, packed: each written once."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from frontmap.area import area_km2
from frontmap.page.pack import Packer, varints, zigzag

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from shapely import MultiPolygon, Polygon

    from frontmap.model import Snapshot, Zone
    from frontmap.page.sources import Sources

Box = tuple[float, float, float, float]
Record = tuple[int, int, int]
_LINES_BEYOND_DEG = 0.4
_LINES_TO_DEG = 0.0003  # some 30 m: lines are drawn, not measured


class Ground:
    """Zones as records that stood over spans of snapshots; equal ones are one record."""

    def __init__(self, snapshots: Sequence[Snapshot], sources: Sources) -> None:
        self._packer = Packer()
        self._strings: dict[str, int] = {}
        self._metas: dict[tuple[Any, ...], int] = {}
        self._records: dict[Record, list[list[int]]] = {}
        self._lines: list[list[Any]] = []
        self._shapes: list[Polygon | MultiPolygon] = []
        self._sources = sources
        self._stops = len(snapshots)
        record_of: dict[int, Record] = {}  # by identity: a zone that stays is the same object
        for stop, snapshot in enumerate(snapshots):
            for zone in snapshot.zones:
                record = record_of.get(id(zone)) or record_of.setdefault(id(zone), self._of(zone))
                _stand(self._records.setdefault(record, []), stop)

    def add_lines(self, reference: gpd.GeoDataFrame, box: Box) -> None:
        """Take border, rivers and roads of the reference in or near a box, generalised to 30 m."""
        west, south, east, north = box
        margin = _LINES_BEYOND_DEG
        around = (west - margin, south - margin, east + margin, north + margin)
        seen = reference.geometry.clip_by_rect(*around).simplify(_LINES_TO_DEG)
        for kind, shape in zip(reference["kind"], seen, strict=True):
            for part in shapely.get_parts(shape):
                if isinstance(part, shapely.LineString):
                    self._lines.append([str(kind), self._packer.add_line(part)])

    def view(self, box: Box) -> list[float]:
        """Return west, south, east, north of the ground that ever changed; of all, if none did.

        ``box`` when no ground was ever held.
        """
        moved = {
            shape for (shape, *_), spans in self._records.items() if spans != [[0, self._stops]]
        }
        seen = [self._shapes[shape] for shape in sorted(moved)] or self._shapes
        bounds = shapely.bounds(np.array(seen, dtype=object)) if seen else np.array([box])
        low, high = bounds.min(axis=0), bounds.max(axis=0)
        return [round(float(v), 6) for v in (low[0], low[1], high[2], high[3])]

    def packed(self) -> dict[str, Any]:
        """Return the payload's parts ``geo, vertices, zones, metas, strings, lines``."""
        return {
            "geo": self._packer.encoded(),
            "vertices": self._packer.vertices(),
            "zones": self._zones(),
            "metas": [list(column) for column in zip(*self._metas, strict=True)],
            "strings": list(self._strings),
            "lines": self._lines,
        }

    def _zones(self) -> bytes:
        """Write the records, numbers of one kind together, most as the change from the last."""
        shapes, metas, names = zip(*self._records, strict=True) if self._records else ((), (), ())
        km2 = area_km2(np.array(self._shapes, dtype=object))
        spans = list(self._records.values())
        begins = [span[0][0] for span in spans]
        later = [[c - b, d - c] for span in spans for (_, b), (c, d) in pairwise(span)]
        columns = (
            [zigzag(b - a - 1) for a, b in pairwise([-1, *shapes])],
            metas,
            [zigzag(b - a - 1) for a, b in pairwise([-1, *names])],
            [round(float(km2[shape]) * 100) for shape in shapes],
            [b - a for a, b in pairwise([0, *begins])],
            [span[0][1] - span[0][0] for span in spans],
            [len(span) - 1 for span in spans],
            [number for pair in later for number in pair],
        )
        return varints([len(spans), *(number for column in columns for number in column)])

    def _of(self, zone: Zone) -> Record:
        shape = self._packer.add(zone.geometry)
        if shape == len(self._shapes):
            self._shapes.append(zone.geometry)
        meta = (
            zone.party,
            zone.status,
            zone.confidence,
            zone.accuracy_m,
            tuple(self._sources.numbers(zone.sources)),
            zone.note,
        )
        return (
            shape,
            self._metas.setdefault(meta, len(self._metas)),
            self._strings.setdefault(_short(zone), len(self._strings)),
        )


def _stand(spans: list[list[int]], stop: int) -> None:
    """Add a snapshot to the spans over which a record stood.

    >>> spans = [[0, 2]]
    >>> _stand(spans, 2), _stand(spans, 4), spans
    (None, None, [[0, 3], [4, 5]])
    """
    if spans and spans[-1][1] == stop:
        spans[-1][1] = stop + 1
    else:
        spans.append([stop, stop + 1])


def _short(zone: Zone) -> str:
    """Return a zone's id, or only its end after a space where it begins as importers begin it."""
    usual = f"{zone.party.lower()}-{zone.status}-"
    plain = zone.party.isascii() and zone.id.startswith(usual)
    return f" {zone.id.removeprefix(usual)}" if plain else zone.id
