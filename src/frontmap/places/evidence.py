"""What the events say of every settlement on every day: weighed, then carried through time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from frontmap.errors import InputError
from frontmap.facts import (
    events_published_by,
    read_claimants,
    read_places,
    read_settlement_events,
    read_state_border,
    require_parties,
)
from frontmap.facts.reference import REFERENCE
from frontmap.facts.tables import PLACES, SETTLEMENT_EVENTS
from frontmap.places import chain, field
from frontmap.places.border_side import side_with_most
from frontmap.places.weigh import DRAFTED_PARTY, Evidence, change_of, weigh_events

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]

#: How far about the places the border is looked at, to tell its sides apart.
MARGIN_DEG = 0.1
#: The first day is the eve of the first event; how long after the last one evidence still speaks.
DAYS_BEFORE, DAYS_AFTER = 1, 14
#: How far a reported change speaks for the places around it, in kilometres (e-folding).
NEAR_KM = 5.0
#: How much a day among held (or not held) places counts, as a part of an event; rounds of it.
AROUND_PER_DAY, AROUND_STEP_DAYS, ROUNDS = 0.02, 5, 2
LEAST_CHANCE = 0.05
#: The field of a day is a system of all places; all days of all places are kept at once.
MOST_PLACES = 2_000
MOST_PLACE_DAYS = 1_000_000


@dataclass(frozen=True, slots=True)
class SettlementTables:
    """What the statuses are computed from: three tables of facts, and the border in degrees.

    ``party`` is the one whose ground they say of: what is held or not is so by it.
    """

    places: pd.DataFrame
    events: pd.DataFrame
    claimants: pd.DataFrame
    border: BaseGeometry
    party: str = DRAFTED_PARTY

    @classmethod
    def read(
        cls, root: Path, *, parties: Collection[str] | None = None, party: str = DRAFTED_PARTY
    ) -> SettlementTables:
        """Read the tables in an archive's folder; raises ``InputError`` naming file and line.

        More than 2,000 places are refused too.

        Where ``parties`` are given, no event may be of another one, and ``party``, whose ground the
        settlements are weighed for, is one of them.

        >>> from pathlib import Path
        >>> tables = SettlementTables.read(Path("geodata/kursk"))
        >>> set(tables.events["claimant"]) <= set(tables.claimants["claimant"])
        True
        """
        border = read_state_border(root)
        if border is None:
            raise InputError(
                f"{root / REFERENCE}: has no feature of kind state_border; add the border"
            )
        if parties is not None:
            if party not in parties:
                raise InputError(
                    f"settlements are weighed for the ground of {party} alone, which is no party "
                    "of archive.json: the status of a place, drafts and reviews cannot be told here"
                )
            require_parties(root / SETTLEMENT_EVENTS.name, parties)
        places = read_places(root)
        if len(places) > MOST_PLACES:
            raise InputError(
                f"{root / PLACES.name}: {len(places):,} places, {MOST_PLACES:,} at most for their "
                "statuses; leave out those that are far from any event"
            )
        return cls(
            places,
            read_settlement_events(root),
            read_claimants(root),
            border,
            party,
        )


@dataclass(frozen=True, slots=True)
class PlaceEvidence:
    """What the settlement events say of every place on every day from ``first`` to ``last``.

    ``weighed`` are the events one by one. ``score`` and ``nats`` are days x places: what a place's
    own events say of it, from -1 (not held) to +1 (held), and how strongly; ``fight`` is the
    probability that it is fought over, ``unreported`` the score where nobody reports of it.
    ``across`` are the places beyond the state border from most of them: evidence for their
    neighbours, never held themselves. Held is what ``party`` holds.

    >>> from pathlib import Path
    >>> tables = SettlementTables.read(Path("geodata/kursk"))
    >>> evidence = read_evidence(tables, published_by=dt.date(2024, 8, 8))
    >>> evidence.reaches(dt.date(2024, 8, 22)), evidence.reaches(dt.date(2024, 8, 23))
    (True, False)
    >>> evidence.row(dt.date(2024, 8, 6)), len(evidence.score)
    (1, 18)
    >>> field = evidence.field_on(dt.date(2024, 8, 8))
    >>> len(field) == len(evidence.places), round(float(max(abs(field))))
    (True, 1)
    """

    first: dt.date
    last: dt.date
    places: pd.DataFrame
    weighed: tuple[Evidence, ...]
    score: Floats
    nats: Floats
    fight: Floats
    unreported: Floats
    pairs: field.Neighbours
    across: NDArray[np.bool_]
    party: str

    def reaches(self, date: dt.date) -> bool:
        """Tell whether a date lies within the evidence."""
        return self.first <= date <= self.last

    def row(self, date: dt.date) -> int:
        """Find the row of a date; raises ``InputError`` for a date outside the evidence."""
        if not self.reaches(date):
            raise InputError(f"{date}: no evidence reaches it; ask for {self.first} to {self.last}")
        return (date - self.first).days

    def field_on(self, date: dt.date) -> Floats:
        """Fit the field of one day, a score a place; raises ``InputError`` as :meth:`row`."""
        row = self.row(date)
        return field.solve(self.pairs, self.score[row], self.nats[row], self.unreported[row])


def read_evidence(
    tables: SettlementTables, *, published_by: dt.date | None = None
) -> PlaceEvidence:
    """Weigh the settlement events and carry them through time, as ``docs/draft.md`` explains.

    Parameters
    ----------
    tables
        What :meth:`SettlementTables.read` returns.
    published_by
        Use only events that were published by the end of this day; None: all.

    Raises
    ------
    InputError
        There is no event, none that was published by then, or more than 1,000,000 days of places.

    Examples
    --------
    >>> from pathlib import Path
    >>> tables = SettlementTables.read(Path("geodata/kursk"))
    >>> evidence = read_evidence(tables, published_by=dt.date(2024, 8, 9))
    >>> f"{evidence.first} to {evidence.last}", evidence.score.shape == evidence.nats.shape
    ('2024-08-05 to 2024-08-23', True)
    """
    places, events = tables.places, tables.events
    if published_by is not None:
        events = events_published_by(events, published_by)
    if tables.events.empty:
        raise InputError(f"{SETTLEMENT_EVENTS.name} has no settlement event; add one to it")
    if events.empty:
        raise InputError(f"no event was published by {published_by}; choose a later day")
    weighed = tuple(weigh_events(events, tables.claimants, party=tables.party))
    first = events["date"].min().date() - dt.timedelta(days=DAYS_BEFORE)
    last = events["date"].max().date() + dt.timedelta(days=DAYS_AFTER)
    days = (last - first).days + 1
    if days * len(places) > MOST_PLACE_DAYS:
        raise InputError(
            f"{SETTLEMENT_EVENTS.name}: {len(places):,} places on {days:,} days ({first} to "
            f"{last}), {MOST_PLACE_DAYS:,} together at most; mend the dates, or leave out events "
            "or places"
        )
    points, depth = _positions(tables)
    entered, lost = _rates(tables, events, points, first, days)
    costs = _costs(places, weighed, first, days)
    pairs = field.neighbours(points, depth)
    around = np.zeros_like(costs)
    own, base = _chances(costs, around, entered, lost)
    for _ in range(ROUNDS):
        around = AROUND_PER_DAY * _around(pairs, own, base)
        own, base = _chances(costs, around, entered, lost)
    return PlaceEvidence(
        first=first,
        last=last,
        places=places,
        weighed=weighed,
        score=_score(own),
        nats=_added(own, base),
        fight=own[..., 1],
        unreported=_score(base),
        pairs=pairs,
        across=_across(tables),
        party=tables.party,
    )


def _positions(tables: SettlementTables) -> tuple[Floats, Floats]:
    """Where the places lie on the plane, and how far from the border, in kilometres."""
    latitude = float(tables.places["lat"].mean())
    points = field.local_km(tables.places[["lon", "lat"]].to_numpy(), latitude)
    border = shapely.transform(tables.border, lambda lonlat: field.local_km(lonlat, latitude))
    return points, np.asarray(shapely.distance(shapely.points(points), border))


def _across(tables: SettlementTables) -> NDArray[np.bool_]:
    lonlat = tables.places[["lon", "lat"]].to_numpy()
    points = shapely.points(lonlat)
    west, south, east, north = shapely.total_bounds(points)
    around = (west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG)
    side = side_with_most(shapely.MultiPoint(lonlat), around, tables.border)
    return ~np.asarray(shapely.intersects(side, points))


def _costs(
    places: pd.DataFrame, weighed: tuple[Evidence, ...], first: dt.date, days: int
) -> Floats:
    row = {place: n for n, place in enumerate(places["id"])}
    costs = np.zeros((days, len(places), 3))
    for item in weighed:
        costs[max((item.date - first).days, 0), row[item.place_id]] += item.costs
    return costs


def _rates(
    tables: SettlementTables, events: pd.DataFrame, points: Floats, first: dt.date, days: int
) -> tuple[Floats, Floats]:
    """How fast the places around each one are entered and lost, from the first and last reports."""
    places = tables.places
    row = {place: n for n, place in enumerate(places["id"])}
    reported = np.zeros(len(places))
    reported[[row[place] for place in events["place_id"].unique()]] = 1
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    nearness = np.exp(-apart / NEAR_KM)
    np.fill_diagonal(nearness, 0)
    change = np.array(
        [
            change_of(event, of_party, tables.party)
            for event, of_party in zip(events["event"], events["party"], strict=True)
        ]
    )
    found = []
    for days_of in (
        events[change == "entry"].groupby("place_id")["date"].min(),
        events[change == "loss"].groupby("place_id")["date"].max(),
    ):
        changes = np.zeros((days, len(places)))
        for place, date in days_of.items():
            changes[(date.date() - first).days, row[place]] = 1
        found.append(chain.rates(changes, reported, nearness))
    return found[0] + chain.LEAST_ENTERED_PER_DAY, found[1] + chain.LEAST_LOST_PER_DAY


def _chances(costs: Floats, around: Floats, entered: Floats, lost: Floats) -> tuple[Floats, Floats]:
    """Chance of each status, days x places x 3: with a place's own events, and without them."""
    return (
        chain.posterior(costs + around, entered, lost),
        chain.posterior(around, entered, lost),
    )


def _around(pairs: field.Neighbours, own: Floats, base: Floats) -> Floats:
    """Weigh what the places around each one say of it on each day, in nats for each status."""
    score, nats, unreported = _score(own), _added(own, base), _score(base)
    days = np.arange(0, len(own), AROUND_STEP_DAYS)
    without = np.array([field.solve_without(pairs, score[d], nats[d], unreported[d]) for d in days])
    nearest = np.abs(np.arange(len(own))[:, None] - days[None]).argmin(axis=1)
    held = np.clip((1 + without[nearest]) / 2, LEAST_CHANCE, 1 - LEAST_CHANCE)
    yes, no = -np.log(held), -np.log(1 - held)
    return np.stack([no, (yes + no) / 2, yes], axis=-1)


def _score(chances: Floats) -> Floats:
    score: Floats = chances[..., 2] - chances[..., 0]
    return score


def _added(own: Floats, base: Floats) -> Floats:
    """How much a place's own events add to what would be thought without them, in nats."""
    added = np.log(np.maximum(own, 1e-6)) - np.log(np.maximum(base, 1e-6))
    nats: Floats = added.max(axis=-1) - added.min(axis=-1)
    return nats
