"""Ground drafted without the reports of some places, to be held against the draft with them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

import frontmap
from frontmap.draft import draft_zones
from frontmap.geometry.counted_once import STATUSES_OF, union
from frontmap.geometry.strips import strip
from frontmap.geometry.uncertainty import Outline
from frontmap.model import BORDER_TOLERANCE_M
from frontmap.places import SettlementTables, read_evidence

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from shapely.geometry.base import BaseGeometry

    from frontmap.model import Basis

KURSK = Path(__file__).parent.parent / "geodata" / "kursk"
BASES: tuple[Basis, ...] = ("controlled", "held")
#: The last day of each period; the record goes on to 30 April 2025.
PERIODS = {
    "August and September 2024": dt.date(2024, 9, 30),
    "October 2024 to January 2025": dt.date(2025, 1, 31),
    "February to April 2025": dt.date(2025, 4, 30),
}


class Ground(NamedTuple):
    """Ground of one basis, in degrees, and the zones' outlines that it was made of."""

    whole: BaseGeometry
    outlines: list[Outline]


class Record(NamedTuple):
    """The tables of the Kursk record, the theatre's box and the dates of its snapshots."""

    tables: SettlementTables
    bbox: tuple[float, float, float, float]
    dates: tuple[dt.date, ...]

    @property
    def border(self) -> BaseGeometry:
        """The state border, over which the one party that is mapped came."""
        border = self.tables.border
        assert border is not None
        return border

    @property
    def reported(self) -> list[str]:
        """The places that anything is reported of."""
        return sorted(self.tables.events["place_id"].unique())

    def reported_points(self) -> BaseGeometry:
        """Return where these lie, in their order, in degrees."""
        places = self.tables.places.set_index("id")
        return shapely.MultiPoint(places.loc[self.reported, ["lon", "lat"]].to_numpy())

    def without(self, places: Collection[str]) -> Record:
        """Leave out all events of some places."""
        events = self.tables.events
        kept = events.loc[~events["place_id"].isin(set(places))]
        return self._replace(tables=replace(self.tables, events=kept))


def kursk() -> Record:
    """Read the record that ships."""
    archive = frontmap.open(KURSK)
    return Record(SettlementTables.read(archive), archive.about.theatre.bbox, archive.dates)


def drafts(record: Record, dates: Sequence[dt.date]) -> dict[tuple[dt.date, Basis], Ground]:
    """Draft the ground of each date and basis; left out where there is none."""
    evidence = read_evidence(record.tables)
    found = {}
    for date in filter(evidence.reaches, dates):
        zones = draft_zones(evidence, record.tables.border, record.bbox, date)
        for basis in BASES:
            chosen = [zone for zone in zones if zone.status in STATUSES_OF[basis]]
            if chosen:
                outlines = [Outline(zone.geometry, zone.accuracy_m) for zone in chosen]
                found[date, basis] = Ground(union([o.geometry for o in outlines]), outlines)
    return found


def folds(places: Sequence[str], count: int, seed: int) -> list[list[str]]:
    """Deal places out at random."""
    order = np.random.default_rng(seed).permutation(len(places)) % count
    return [[place for place, n in zip(places, order, strict=True) if n == k] for k in range(count)]


def period_of(date: dt.date) -> str:
    """Name the period that a date lies in."""
    return next(name for name, last in PERIODS.items() if date <= last)


def moving_line(flat_ground: BaseGeometry, flat_border: BaseGeometry) -> BaseGeometry:
    """Return the line of ground on a plane in metres, without what lies along the border."""
    return shapely.difference(flat_ground.boundary, strip(flat_border, BORDER_TOLERANCE_M))
