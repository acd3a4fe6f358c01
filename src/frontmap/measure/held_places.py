"""On whose ground settlements lie: by the zones of a snapshot alone, not by what is reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import shapely

from frontmap.geometry.counted_once import pieces

if TYPE_CHECKING:
    import pandas as pd

    from frontmap.model import Snapshot


class Holding(NamedTuple):
    """Who has a place: the party that controls it, those that contest it, or nobody.

    ``status`` is blank and ``parties`` are none where it is neither.
    """

    status: Literal["controlled", "contested", ""]
    parties: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceChange:
    """A settlement that lies on other ground after than before: its id, its name, and whose."""

    place_id: str
    name: str
    before: Holding
    after: Holding


def holdings(places: pd.DataFrame, snapshot: Snapshot) -> tuple[Holding, ...]:
    """Return who has each place, in the order of the rows.

    ``places`` has the columns ``lon, lat`` in degrees (of :func:`frontmap.facts.read_places`).
    Ground counts once (:mod:`frontmap.geometry.counted_once`): contested before controlled; claimed
    ground is no one's. A place on a line is on the ground that it bounds.

    >>> import pandas as pd, frontmap
    >>> places = pd.DataFrame({"lon": [35.27, 36.2], "lat": [51.19, 51.7]})
    >>> holdings(places, frontmap.open("geodata/kursk")["2024-08-31"])
    (Holding(status='controlled', parties=('UA',)), Holding(status='', parties=()))
    """
    found: list[dict[str, set[str]]] = [{} for _ in range(len(places))]
    points = np.array(shapely.points(places[["lon", "lat"]].to_numpy(dtype=np.float64)))
    tree = shapely.STRtree(points)
    for piece in pieces(snapshot):
        if piece.status != "claimed":
            for place in tree.query(piece.geometry, predicate="intersects").tolist():
                found[place].setdefault(piece.status, set()).add(piece.zone.party)
    return tuple(_holding(each) for each in found)


def _holding(parties: dict[str, set[str]]) -> Holding:
    controls = parties.get("controlled", set())
    if "contested" in parties or len(controls) > 1:  # a place on the line between two
        return Holding("contested", tuple(sorted(controls | parties.get("contested", set()))))
    return Holding("controlled", tuple(controls)) if controls else Holding("", ())


def place_changes(
    places: pd.DataFrame, before: Snapshot, after: Snapshot
) -> tuple[PlaceChange, ...]:
    """Return the places that lie on other ground after than before, in the order of the rows.

    ``places`` is what :func:`frontmap.facts.read_places` returns.

    >>> import frontmap
    >>> from frontmap.facts import read_places
    >>> kursk = frontmap.open("geodata/kursk")
    >>> found = place_changes(read_places(kursk.root), kursk["2025-03-09"], kursk["2025-03-12"])
    >>> [each.after for each in found if each.place_id == "sudzha"]
    [Holding(status='', parties=())]
    """
    pairs = zip(holdings(places, before), holdings(places, after), strict=True)
    rows = places[["id", "name_en"]].itertuples(index=False)
    return tuple(
        PlaceChange(place_id=place_id, name=name, before=was, after=now)
        for (place_id, name), (was, now) in zip(rows, pairs, strict=True)
        if was != now
    )
