"""The zones of all snapshots and the lines that don't move, packed: each written once."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from frontmap.measure.area import area_km2
from frontmap.page.payload.pack import Packer, varints, zigzag

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from frontmap.model import Snapshot, Zone
    from frontmap.page.payload.sources import CitedSources

    Boxes = NDArray[np.float64]

Box = tuple[float, float, float, float]
Record = tuple[int, int, int]
_LINES_BEYOND_DEG = 0.4
_NEARLY_ALL = 0.95
_LINES_TO_DEG = 0.0003  # some 30 m: lines are drawn, not measured


class PackedZones:
    """Zones as records that stood over spans of snapshots; equal ones are one record."""

    def __init__(self, snapshots: Sequence[Snapshot], sources: CitedSources) -> None:
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
        """Return west, south, east, north of the front: of the ground that ever changed.

        Claims count only where nothing else changed, and what lies far away from nearly all ground
        is left out. All ground where none ever changed, ``box`` where none was ever held.
        """
        metas = list(self._metas)
        kinds: tuple[set[int], ...] = (set(), set(), set(), set())
        for (shape, meta, _), spans in self._records.items():
            stays, claimed = spans == [[0, self._stops]], metas[meta][1] == "claimed"
            kinds[2 * stays + claimed].add(shape)
        shapes = next((sorted(kind) for kind in kinds if kind), [])
        parts = shapely.get_parts(np.array([self._shapes[n] for n in shapes], dtype=object))
        front = _together(shapely.bounds(parts), shapely.area(parts)) if len(parts) else box
        return [round(float(value), 6) for value in front]

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
            int(zone.accuracy_m) if float(zone.accuracy_m).is_integer() else zone.accuracy_m,
            tuple(self._sources.numbers(zone.sources)),
            zone.note,
        )
        return (
            shape,
            self._metas.setdefault(meta, len(self._metas)),
            self._strings.setdefault(_short(zone), len(self._strings)),
        )


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
