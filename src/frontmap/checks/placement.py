"""Rules that hold settlements and their events against the ground and the calendar."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from frontmap.facts import publication_days, read_settlement_events
from frontmap.facts.party_ids import unknown_parties
from frontmap.facts.tables import SETTLEMENT_EVENTS
from frontmap.model import Finding
from frontmap.places import NOT_HELD, SettlementTables, read_evidence, status_table
from frontmap.places.field import local_km

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from frontmap.archive import Archive
    from frontmap.model import Snapshot


def outside_their_zone(
    snapshots: Iterable[Snapshot],
    archive: Archive,
    side: Polygon | None,
    mapped: Collection[str] | None = None,
) -> Iterator[Finding]:
    """Yield settlements whose status on a date is not that of the ground they lie on.

    The status is the one computed from the events; settlements whose status has low confidence,
    that have no event of their own, or that lie beyond ``side`` of the state border (None: there is
    no border), are left out. A settlement may lie outside a zone of its status and party by no more
    than the greater of its own ``accuracy_m`` and that of the zones of that status. ``mapped`` are
    the parties whose ground the archive maps (None: looked up). Where an event is of an unknown
    party nothing can be told.

    >>> import frontmap
    >>> from frontmap.checks.borders import ground_of_most_places
    >>> kursk = frontmap.open("geodata/kursk")
    >>> side = ground_of_most_places(kursk.root, kursk.about)
    >>> first = [kursk["2024-08-06"]]
    >>> [finding.zone for finding in outside_their_zone(first, kursk, side)]
    ['zeleny-shlyakh', 'goncharovka']
    """
    events = archive.root / SETTLEMENT_EVENTS.name
    if any(unknown_parties(events, archive.about.parties)):
        return
    tables = SettlementTables.read(archive, mapped)
    if tables.events.empty:
        return
    evidence = read_evidence(tables)
    where = evidence.places[["lon", "lat", "accuracy_m"]].reset_index(drop=True)
    points = shapely.points(where[["lon", "lat"]].to_numpy())
    shapely.prepare(side)
    inside = pd.Series(True if side is None else shapely.contains(side, points), where.index)
    for snapshot in snapshots:
        if not evidence.reaches(snapshot.date):
            continue
        places = status_table(evidence, snapshot.date).join(where)
        reported = (places["nats"] > 0) & (places["confidence"] != "low")
        yield from _misplaced(snapshot, places[inside & reported & (places["status"] != NOT_HELD)])


def events_out_of_order(root: Path) -> Iterator[Finding]:
    """Yield settlement events that are dated after the day on which they were published.

    >>> from pathlib import Path
    >>> list(events_out_of_order(Path("geodata/kursk")))
    []
    """
    events = read_settlement_events(root)
    late = events.loc[publication_days(events) < events["date"]]
    late = late.assign(date=late["date"].dt.date)
    for line, event in zip(late.index.tolist(), late.to_dict("records"), strict=True):
        yield Finding(
            rule="event-order",
            message=f"{event['event']} at {event['place_id']} is dated {event['date']}, after it "
            f"was published ({event['published']}); mend one of the two",
            path=root / "settlement_events.csv",
            line=line,
            date=event["date"],
            zone=event["place_id"],
        )


def _misplaced(snapshot: Snapshot, places: pd.DataFrame) -> Iterator[Finding]:
    for (status, party), those in places.groupby(["status", "party"]):
        whose = f"{party}".split()
        zones = [zone for zone in snapshot.zones if zone.status == status and zone.party in whose]
        accuracy_m = max((zone.accuracy_m for zone in zones), default=0.0)
        away_m = _away_m(those, [zone.geometry for zone in zones])
        for place, away in zip(those.to_dict("records"), away_m, strict=True):
            if away <= max(place["accuracy_m"], accuracy_m):
                continue
            there = f"the nearest is {away:,.0f} m away" if zones else "there is none"
            yield Finding(
                rule="settlement",
                severity="warning",
                message=f"{place['name_en']} ({place['place_id']}) is {status} by its events, "
                f"but in no {status} zone: {there}; "
                "correct the zones or weigh its events",
                date=snapshot.date,
                zone=place["place_id"],
                size=away,
            )


def _away_m(places: pd.DataFrame, ground: list[Polygon | MultiPolygon]) -> list[float]:
    """Distance in metres of each place from the nearest ground; infinite where there is none."""
    if not ground:
        return [math.inf] * len(places)
    latitude = float(places["lat"].mean())

    def to_plane(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        return local_km(degrees, latitude)

    plane = shapely.transform(shapely.union_all(np.array(ground, dtype=object)), to_plane)
    points = shapely.points(to_plane(places[["lon", "lat"]].to_numpy()))
    return [1000 * float(km) for km in np.atleast_1d(shapely.distance(plane, points))]
