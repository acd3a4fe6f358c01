"""What the events say of every settlement on every day: weighed, then carried through time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

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
from frontmap.facts.tables import PLACES, SETTLEMENT_EVENTS
from frontmap.places import chain, field
from frontmap.places.border_side import side_with_most
from frontmap.places.weigh import Evidence, change_of, weigh_events

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from frontmap.archive import Archive

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

    ``parties`` are those whose ground the settlements are weighed for, of ``at_war``, all that
    there are. One alone came over the border, and held nothing at first; of several none did, and
    ``border`` is None, as where there is none.
    """

    places: pd.DataFrame
    events: pd.DataFrame
    claimants: pd.DataFrame
    border: BaseGeometry | None
    parties: tuple[str, ...]
    at_war: tuple[str, ...]

    @classmethod
    def read(cls, archive: Archive, mapped: Collection[str] | None = None) -> SettlementTables:
        """Read the tables beside an archive, for the parties whose ground it maps.

        These are ``mapped`` (None: those with ground in a snapshot in force, of which no more are
        read than show it); where no ground is mapped yet, all of ``archive.json``. Raises
        ``InputError`` naming file and line, also where an event is of another party, and for more
        than 2,000 places.

        >>> import frontmap
        >>> tables = SettlementTables.read(frontmap.open("geodata/kursk"))
        >>> tables.parties, tables.at_war
        (('UA',), ('UA', 'RU'))
        """
        root, at_war = archive.root, tuple(archive.about.parties)
        require_parties(root / SETTLEMENT_EVENTS.name, at_war)
        places = read_places(root)
        if len(places) > MOST_PLACES:
            raise InputError(
                f"{root / PLACES.name}: {len(places):,} places, {MOST_PLACES:,} at most for their "
                "statuses; leave out those that are far from any event"
            )
        events = read_settlement_events(root)
        there = _mapped(archive) if mapped is None else mapped
        parties = tuple(party for party in at_war if party in there) or at_war
        border = read_state_border(root) if len(parties) == 1 else None
        return cls(places, events, read_claimants(root), border, parties, at_war)


def _mapped(archive: Archive) -> set[str]:
    """Find which parties have ground in the snapshots in force."""
    found: set[str] = set()
    for snapshot in archive.snapshots():
        found |= {zone.party for zone in snapshot.zones}
        if found.issuperset(archive.about.parties):
            break
    return found


@dataclass(frozen=True, slots=True)
class PartyEvidence:
    """What the settlement events say of one party's hold on every place on every day.

    ``weighed`` are the events one by one. ``score`` and ``nats`` are days x places: what a place's
    own events say of it, from -1 (not held) to +1 (held), and how strongly; ``fight`` is the
    probability that it is fought over, ``unreported`` the score where nobody reports of it.
    """

    party: str
    weighed: tuple[Evidence, ...]
    score: Floats
    nats: Floats
    fight: Floats
    unreported: Floats


@dataclass(frozen=True, slots=True)
class PlaceEvidence:
    """What the settlement events say of every place on every day from ``first`` to ``last``.

    ``of_parties`` has the evidence of each party's hold, which is weighed for each alone.
    ``across`` are the places beyond the state border from most of them: evidence for their
    neighbours, never held themselves.

    >>> import frontmap
    >>> tables = SettlementTables.read(frontmap.open("geodata/kursk"))
    >>> evidence = read_evidence(tables, published_by=dt.date(2024, 8, 8))
    >>> evidence.reaches(dt.date(2024, 8, 22)), evidence.reaches(dt.date(2024, 8, 23))
    (True, False)
    >>> evidence.row(dt.date(2024, 8, 6)), [len(own.score) for own in evidence.of_parties]
    (1, [18])
    >>> fields = evidence.fields_on(dt.date(2024, 8, 8))
    >>> fields.shape == (1, len(evidence.places)), round(float(abs(fields).max()))
    (True, 1)
    """

    first: dt.date
    last: dt.date
    places: pd.DataFrame
    of_parties: tuple[PartyEvidence, ...]
    pairs: field.Neighbours
    across: NDArray[np.bool_]

    @property
    def days(self) -> int:
        """How many days there are from the first to the last."""
        return (self.last - self.first).days + 1

    def reaches(self, date: dt.date) -> bool:
        """Tell whether a date lies within the evidence."""
        return self.first <= date <= self.last

    def row(self, date: dt.date) -> int:
        """Find the row of a date; raises ``InputError`` for a date outside the evidence."""
        if not self.reaches(date):
            raise InputError(f"{date}: no evidence reaches it; ask for {self.first} to {self.last}")
        return (date - self.first).days

    def fields_on(self, date: dt.date) -> Floats:
        """Fit the fields of one day, parties x places; raises ``InputError`` as :meth:`row`."""
        row = self.row(date)
        return np.array(
            [
                field.solve(self.pairs, own.score[row], own.nats[row], own.unreported[row])
                for own in self.of_parties
            ]
        )


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
        There is no event, none that was published by then, or more than 1,000,000 days of places,
        counted for each party.

    Examples
    --------
    >>> import frontmap
    >>> tables = SettlementTables.read(frontmap.open("geodata/kursk"))
    >>> evidence = read_evidence(tables, published_by=dt.date(2024, 8, 9))
    >>> f"{evidence.first} to {evidence.last}", evidence.of_parties[0].score.shape[0]
    ('2024-08-05 to 2024-08-23', 19)
    """
    places, events = tables.places, tables.events
    if published_by is not None:
        events = events_published_by(events, published_by)
    if tables.events.empty:
        raise InputError(f"{SETTLEMENT_EVENTS.name} has no settlement event; add one to it")
    if events.empty:
        raise InputError(f"no event was published by {published_by}; choose a later day")
    first = events["date"].min().date() - dt.timedelta(days=DAYS_BEFORE)
    last = events["date"].max().date() + dt.timedelta(days=DAYS_AFTER)
    days = (last - first).days + 1
    if days * len(places) * len(tables.parties) > MOST_PLACE_DAYS:
        each = f" for each of {len(tables.parties)} parties" if len(tables.parties) > 1 else ""
        raise InputError(
            f"{SETTLEMENT_EVENTS.name}: {len(places):,} places on {days:,} days ({first} to "
            f"{last}){each}, {MOST_PLACE_DAYS:,} together at most; mend the dates, or "
            "leave out events or places"
        )
    points, depth = _positions(tables)
    pairs = field.neighbours(points, depth)
    setting = _Setting(tables, events, points, pairs, first, days)
    return PlaceEvidence(
        first=first,
        last=last,
        places=places,
        of_parties=tuple(_of_party(party, setting) for party in tables.parties),
        pairs=pairs,
        across=_across(tables),
    )


class _Setting(NamedTuple):
    """What the evidence of each party is weighed in."""

    tables: SettlementTables
    events: pd.DataFrame
    points: Floats
    pairs: field.Neighbours
    first: dt.date
    days: int

    @property
    def row(self) -> dict[str, int]:
        """The row of each place, by its id."""
        return {place: n for n, place in enumerate(self.tables.places["id"])}


def _of_party(party: str, setting: _Setting) -> PartyEvidence:
    tables, pairs = setting.tables, setting.pairs
    weighed = tuple(
        weigh_events(setting.events, tables.claimants, party=party, at_war=tables.at_war)
    )
    entered, lost = _rates(party, setting)
    costs = _costs(weighed, setting)
    start = chain.start_of(len(tables.parties))
    around = np.zeros_like(costs)

    def chances() -> tuple[Floats, Floats]:
        """Chance of each status, days x places x 3: with a place's own events, and without."""
        return (
            chain.posterior(costs + around, entered, lost, start),
            chain.posterior(around, entered, lost, start),
        )

    own, base = chances()
    for _ in range(ROUNDS):
        around = AROUND_PER_DAY * _around(pairs, own, base)
        own, base = chances()
    return PartyEvidence(
        party=party,
        weighed=weighed,
        score=_score(own),
        nats=_added(own, base),
        fight=own[..., 1],
        unreported=_score(base),
    )


def _positions(tables: SettlementTables) -> tuple[Floats, Floats]:
    """Where the places lie on the plane, and how far from the border, in kilometres."""
    latitude = float(tables.places["lat"].mean())
    points = field.local_km(tables.places[["lon", "lat"]].to_numpy(), latitude)
    if tables.border is None:
        return points, np.zeros(len(points))
    border = shapely.transform(tables.border, lambda lonlat: field.local_km(lonlat, latitude))
    return points, np.asarray(shapely.distance(shapely.points(points), border))


def _across(tables: SettlementTables) -> NDArray[np.bool_]:
    lonlat = tables.places[["lon", "lat"]].to_numpy()
    points = shapely.points(lonlat)
    west, south, east, north = shapely.total_bounds(points)
    around = (west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG)
    side = side_with_most(shapely.MultiPoint(lonlat), around, tables.border)
    return ~np.asarray(shapely.intersects(side, points))


def _costs(weighed: tuple[Evidence, ...], setting: _Setting) -> Floats:
    row = setting.row
    costs = np.zeros((setting.days, len(row), 3))
    for item in weighed:
        costs[max((item.date - setting.first).days, 0), row[item.place_id]] += item.costs
    return costs


def _rates(party: str, setting: _Setting) -> tuple[Floats, Floats]:
    """How fast the places around each one are entered and lost, from the first and last reports."""
    row, events, points = setting.row, setting.events, setting.points
    reported = np.zeros(len(row))
    reported[[row[place] for place in events["place_id"].unique()]] = 1
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    nearness = np.exp(-apart / NEAR_KM)
    np.fill_diagonal(nearness, 0)
    change = np.array(
        [
            change_of(event, of_party, party)
            for event, of_party in zip(events["event"], events["party"], strict=True)
        ]
    )
    found = []
    for days_of in (
        events[change == "entry"].groupby("place_id")["date"].min(),
        events[change == "loss"].groupby("place_id")["date"].max(),
    ):
        changes = np.zeros((setting.days, len(row)))
        for place, date in days_of.items():
            changes[(date.date() - setting.first).days, row[place]] = 1
        found.append(chain.rates(changes, reported, nearness))
    return found[0] + chain.LEAST_ENTERED_PER_DAY, found[1] + chain.LEAST_LOST_PER_DAY


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
