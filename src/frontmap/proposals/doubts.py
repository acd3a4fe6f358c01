"""What of a change is asked about before it is recorded: ground or sources that go, large steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypedDict

import numpy as np
import shapely

from frontmap.archive.overlapping import OVERLAP_KM2, ground_of
from frontmap.geometry.exact_area import polygon_areas_km2
from frontmap.geometry.polygons import polygonal
from frontmap.measure.steps import series_steps

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    import pandas as pd

    from frontmap.measure.difference import Difference
    from frontmap.model import Revision, Snapshot

Kind = Literal["ground", "zone", "source", "change"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One thing that whoever records it should have meant.

    ``kind``: ``ground`` (the party ``name`` has none any more), ``zone`` and ``source`` (``name``
    goes), ``change`` (the party ``name`` gains or loses more than it ever did from one date of the
    archive to the next). ``from_date`` and ``to_date`` are those of what is compared, the
    same where a revision is replaced; ``area_km2`` is the ground that goes or, of a change, its
    size with its sign; ``largest_km2`` the largest change there was, either way, or 0.
    """

    kind: Kind
    name: str
    from_date: dt.date
    to_date: dt.date
    area_km2: float = 0.0
    largest_km2: float = 0.0


class _Dates(TypedDict):
    from_date: dt.date
    to_date: dt.date


def vanishing_sources(correction: Difference) -> Iterator[Doubt]:
    """Yield the sources that a correction names no more.

    >>> import frontmap
    >>> pair = frontmap.open("geodata/kursk").pair("2024-08-31", "7085c848", "4c237868")
    >>> [doubt.kind for doubt in vanishing_sources(frontmap.compare_snapshots(*pair))][:1]
    ['source']
    """
    for source in correction.sources_removed:
        yield Doubt(kind="source", name=source, **_dates(correction.before, correction.after))


def vanishing_zones(before: Snapshot, after: Snapshot) -> Iterator[Doubt]:
    """Yield the zones that a correction has not, where more than 1 ha of them is in no zone.

    >>> import frontmap
    >>> from dataclasses import replace
    >>> day = frontmap.open("geodata/kursk")["2024-08-31"]
    >>> less = replace(day, zones=day.zones[1:])
    >>> [doubt.name == day.zones[0].id for doubt in vanishing_zones(day, less)]
    [True]
    >>> renamed = replace(day, zones=(replace(day.zones[0], id="new"), *day.zones[1:]))
    >>> list(vanishing_zones(day, renamed))
    []
    """
    ids = {zone.id for zone in after.zones}
    removed = [zone for zone in before.zones if zone.id not in ids]
    if not removed:
        return
    there = shapely.union_all(ground_of(after.zones))
    gone = [polygonal(each) for each in shapely.difference(ground_of(removed), there)]
    for zone, area_km2 in zip(removed, polygon_areas_km2(gone).tolist(), strict=True):
        if area_km2 > OVERLAP_KM2:
            dates = _dates(before.revision, after.revision)
            yield Doubt(kind="zone", name=zone.id, area_km2=area_km2, **dates)


def vanishing_ground(difference: Difference) -> Iterator[Doubt]:
    """Yield the parties that have ground before and none after, of any status.

    >>> import frontmap
    >>> from dataclasses import replace
    >>> day = frontmap.open("geodata/kursk")["2024-08-31"]
    >>> nothing = frontmap.compare_snapshots(day, replace(day, zones=()))
    >>> [(doubt.name, round(doubt.area_km2)) for doubt in vanishing_ground(nothing)]
    [('UA', 1167)]
    """
    for party in sorted({ground.party for ground in difference.ground}):
        own = [ground for ground in difference.ground if ground.party == party]
        before_km2, after_km2 = (
            sum(getattr(ground, name) for ground in own) for name in ("before_km2", "after_km2")
        )
        if before_km2 > 0 and not after_km2:
            dates = _dates(difference.before, difference.after)
            yield Doubt(kind="ground", name=party, area_km2=before_km2, **dates)


def largest_steps_km2(series: pd.DataFrame) -> dict[str, float]:
    """Return by how much each party's ground changed at most from a date to the next, either way.

    ``series`` as for :func:`frontmap.measure.steps.series_steps`; of ground controlled, or
    controlled and contested. Empty where the series has fewer than two dates.

    >>> import frontmap
    >>> series = frontmap.areas(frontmap.open("geodata/kursk"), errors="none")
    >>> {party: round(km2) for party, km2 in largest_steps_km2(series).items()}
    {'UA': 222}
    """
    steps = series_steps(series)
    largest = steps.assign(size=steps["change_km2"].abs()).groupby("party")["size"].max()
    return {str(party): float(km2) for party, km2 in largest.items()}


def large_changes(difference: Difference, largest_km2: dict[str, float]) -> Iterator[Doubt]:
    """Yield the parties whose ground changes by more than it ever did, or of which most goes.

    ``largest_km2`` is what :func:`largest_steps_km2` returns. The change is what the party gains or
    loses of controlled ground, or the change of controlled and contested ground, whichever is
    larger: sides that are exchanged are a large change. Where the archive has no step yet, the loss
    of more than half of what a party controlled is one.

    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> found = frontmap.compare_snapshots(kursk["2024-08-06"], kursk["2024-08-12"])
    >>> [(doubt.name, round(doubt.area_km2)) for doubt in large_changes(found, {"UA": 222.5})]
    [('UA', 595)]
    >>> list(large_changes(found, {}))
    []
    """
    for party in sorted({ground.party for ground in difference.ground}):
        own = {g.status: g for g in difference.ground if g.party == party}
        held_km2 = sum(own[s].after_km2 - own[s].before_km2 for s in ("controlled", "contested"))
        lost_km2 = difference.lost_km2(party)
        area_km2 = max(held_km2, difference.gained_km2(party), -lost_km2, key=abs)
        known_km2 = largest_km2.get(party, 0.0)
        if largest_km2:
            is_large = abs(area_km2) > known_km2 and not np.isclose(abs(area_km2), known_km2)
        else:
            area_km2 = -lost_km2
            controlled = own["controlled"]
            is_large = controlled.after_km2 > 0 and lost_km2 > controlled.before_km2 / 2
        if is_large:
            yield Doubt(
                kind="change",
                name=party,
                area_km2=area_km2,
                largest_km2=known_km2,
                **_dates(difference.before, difference.after),
            )


def _dates(before: Revision, after: Revision) -> _Dates:
    return {"from_date": before.date, "to_date": after.date}
