"""The status of every settlement on a date: evidence of its own, then what lies around it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from frontmap.errors import InputError
from frontmap.facts import read_claimants, read_places, read_reference, read_settlement_events
from frontmap.places import chain, field, weigh
from frontmap.places.sides import ground_of_most

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]

#: A score beyond this is twice as likely right as wrong (leave-one-out, ``docs/draft.md``).
CALLED = 0.1
#: How far about the places the border is looked at, to tell its sides apart.
AROUND_DEG = 0.1
#: A place's own fight counts where it says so with this much evidence, in nats.
FIGHT_NATS = 1.5
FIGHT_LIKELY = 0.5
DEEP = 0.5
HIGH_NATS, MEDIUM_SCORE = 4.0, 0.3
EVE_DAYS = 1
#: How long after its last event the evidence still speaks.
REACH_DAYS = 14
#: How far a reported change speaks for the places around it, in kilometres (e-folding).
NEAR_KM = 5.0
#: How much a day among held (or not held) places counts, as a part of an event; rounds of it.
AROUND_PER_DAY, AROUND_STEP_DAYS, ROUNDS = 0.02, 5, 2
LEAST_CHANCE = 0.05
COLUMNS = ("place_id", "name_en", "date", "status", "score", "nats", "confidence", "sources")
NOT_HELD, CONTESTED, CONTROLLED, CLAIMED = "not held", "contested", "controlled", "claimed"
#: How long a claim of one side stands that nothing later speaks for or against.
CLAIM_DAYS = 14


@dataclass(frozen=True, slots=True)
class Facts:
    """What the statuses are computed from: tables of facts, and the state border in degrees."""

    places: pd.DataFrame
    events: pd.DataFrame
    claimants: pd.DataFrame
    border: BaseGeometry

    @classmethod
    def read(cls, root: Path) -> Facts:
        """Read the tables in an archive's folder; raises ``InputError`` naming file and line."""
        reference = read_reference(root)
        border = reference.geometry[reference["kind"] == "border"]
        if border.empty:
            raise InputError(f"{root / 'reference.geojson'}: has no feature of kind border; add it")
        return cls(
            read_places(root),
            read_settlement_events(root),
            read_claimants(root),
            border.union_all(),
        )


@dataclass(frozen=True, slots=True)
class PlaceEvidence:
    """The evidence, read once: what every place's own events say of it on every day.

    ``score`` and ``nats`` are days x places, ``fight`` the probability that a place is fought
    over, ``unreported`` what it is held to be where nobody reports of it. ``beyond`` are the places
    across the state border from most of them: evidence for their neighbours, never held themselves.
    """

    first: dt.date
    last: dt.date
    places: pd.DataFrame
    evidence: tuple[weigh.Evidence, ...]
    score: Floats
    nats: Floats
    fight: Floats
    unreported: Floats
    pairs: field.Neighbours
    beyond: NDArray[np.bool_]

    def field(self, date: dt.date) -> Floats:
        """Fit the field of one day; raises ``InputError`` for a day outside the evidence."""
        day = self.day(date)
        return field.solve(self.pairs, self.score[day], self.nats[day], self.unreported[day])

    def day(self, date: dt.date) -> int:
        """Find the row of a date; raises ``InputError`` for a day outside the evidence."""
        if not self.first <= date <= self.last:
            raise InputError(f"{date}: no evidence reaches it; ask for {self.first} to {self.last}")
        return (date - self.first).days


def read_evidence(facts: Facts, *, published_by: dt.date | None = None) -> PlaceEvidence:
    """Weigh the events that were published by the end of a day (or all) and read each place."""
    events = facts.events
    if published_by is not None:
        events = weigh.published_by(events, published_by)
    if events.empty:
        raise InputError(f"no event was published by {published_by}; choose a later day")
    found = tuple(weigh.weigh(events, facts.claimants))
    first = min(events["date"]) - dt.timedelta(days=EVE_DAYS)
    last = max(events["date"]) + dt.timedelta(days=REACH_DAYS)
    days = (last - first).days + 1
    points, depth = _positions(facts)
    entered, lost = _rates(facts.places, events, points, first, days)
    costs = _costs(facts.places, found, first, days)
    pairs = field.neighbours(points, depth)
    around = np.zeros_like(costs)
    for _ in range(ROUNDS):
        own = chain.posterior(costs + around, entered, lost)
        base = chain.posterior(around, entered, lost)
        around = AROUND_PER_DAY * _around(pairs, own, base)
    own = chain.posterior(costs + around, entered, lost)
    base = chain.posterior(around, entered, lost)
    return PlaceEvidence(
        first=first,
        last=last,
        places=facts.places,
        evidence=found,
        score=_score(own),
        nats=_added(own, base),
        fight=own[..., 1],
        unreported=_score(base),
        pairs=pairs,
        beyond=_beyond(facts),
    )


def statuses(
    facts: Facts, dates: Iterable[dt.date], *, published_by: dt.date | None = None
) -> pd.DataFrame:
    """Status of each settlement on each date, by the rule of ``docs/draft.md``.

    Parameters
    ----------
    facts
        The tables (:meth:`Facts.read`).
    dates
        Valid dates, each within the evidence.
    published_by
        Use only events that were published by the end of this day; None: all.

    Returns
    -------
    pandas.DataFrame
        One row a place and date: ``place_id, name_en, date, status`` (controlled, contested,
        claimed, not held), ``score`` (-1 not held to +1 held), ``nats`` (strength of its own
        evidence; 0: the status comes from its neighbours), ``confidence`` (high, medium, low),
        ``sources`` (ids).

    Raises
    ------
    InputError
        A date is outside the evidence.
    """
    reading = read_evidence(facts, published_by=published_by)
    tables = [status_table(reading, date) for date in dates]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))


def status_table(reading: PlaceEvidence, date: dt.date) -> pd.DataFrame:
    """Status of each settlement on one date, from evidence that was read; as :func:`statuses`."""
    day = reading.day(date)
    score, nats = reading.field(date), reading.nats[day]
    status = _called(reading, date, score)
    return pd.DataFrame(
        {
            "place_id": reading.places["id"].to_numpy(),
            "name_en": reading.places["name_en"].to_numpy(),
            "date": date,
            "status": status,
            "score": score.round(3) + 0.0,
            "nats": nats.round(1) + 0.0,
            "confidence": _confidence(status, score, nats, reading.score[day]),
            "sources": _sources(reading, date),
        },
        columns=list(COLUMNS),
    )


def status_on(reading: PlaceEvidence, date: dt.date) -> NDArray[np.str_]:
    """Status of each settlement on one date, in the order of ``reading.places``."""
    return _called(reading, date, reading.field(date))


def dates_held(facts: Facts, *, published_by: dt.date | None = None) -> pd.DataFrame:
    """First and last date on which each settlement was controlled, and on how many days.

    Columns ``place_id, name_en, first_held, last_held, days_held`` of the settlements that were
    ever controlled, in order of the first date and the name.
    """
    reading = read_evidence(facts, published_by=published_by)
    days = [reading.first + dt.timedelta(days=n) for n in range(len(reading.score))]
    names = reading.places[["id", "name_en"]].set_axis(["place_id", "name_en"], axis=1)
    controlled = pd.concat(
        [names[status_on(reading, day) == CONTROLLED].assign(date=day) for day in days]
    )
    spans: pd.DataFrame = (
        controlled.groupby(["place_id", "name_en"])["date"]
        .agg(first_held="min", last_held="max", days_held="size")
        .reset_index()
    )
    return spans.sort_values(["first_held", "name_en"], ignore_index=True)


def _called(reading: PlaceEvidence, date: dt.date, score: Floats) -> NDArray[np.str_]:
    day = reading.day(date)
    fought = (
        (reading.fight[day] > FIGHT_LIKELY)
        & (reading.nats[day] > FIGHT_NATS)
        & (np.abs(score) < DEEP)
    ) | (np.abs(score) <= CALLED)
    claimed = reading.places["id"].isin(_open_claims(reading.evidence, date)).to_numpy()
    return np.select(
        [reading.beyond, fought, score > 0, claimed],
        [NOT_HELD, CONTESTED, CONTROLLED, CLAIMED],
        NOT_HELD,
    )


def _positions(facts: Facts) -> tuple[Floats, Floats]:
    """Where the places lie on the plane, and how far from the border, in kilometres."""
    latitude = float(facts.places["lat"].mean())
    points = field.local_km(facts.places[["lon", "lat"]].to_numpy(), latitude)
    border = shapely.transform(facts.border, lambda lonlat: field.local_km(lonlat, latitude))
    return points, np.asarray(shapely.distance(shapely.points(points), border))


def _beyond(facts: Facts) -> NDArray[np.bool_]:
    lonlat = facts.places[["lon", "lat"]].to_numpy()
    points = shapely.points(lonlat)
    west, south, east, north = shapely.total_bounds(points)
    around = (west - AROUND_DEG, south - AROUND_DEG, east + AROUND_DEG, north + AROUND_DEG)
    home = ground_of_most(around, facts.border, shapely.MultiPoint(lonlat))
    return ~np.asarray(shapely.intersects(home, points))


def _costs(
    places: pd.DataFrame, found: tuple[weigh.Evidence, ...], first: dt.date, days: int
) -> Floats:
    row = {place: n for n, place in enumerate(places["id"])}
    costs = np.zeros((days, len(places), 3))
    for item in found:
        costs[max((item.date - first).days, 0), row[item.place_id]] += item.costs
    return costs


def _rates(
    places: pd.DataFrame, events: pd.DataFrame, points: Floats, first: dt.date, days: int
) -> tuple[Floats, Floats]:
    """How fast the places around each one are entered and lost, from the first and last reports."""
    row = {place: n for n, place in enumerate(places["id"])}
    reported = np.zeros(len(places))
    reported[[row[place] for place in events["place_id"].unique()]] = 1
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    nearness = np.exp(-apart / NEAR_KM)
    np.fill_diagonal(nearness, 0)
    entries = events[events["event"].isin(["UA_enters", "UA_claims_control"])]
    losses = events[events["event"] == "RU_retakes"]
    found = []
    for days_of in (
        entries.groupby("place_id")["date"].min(),
        losses.groupby("place_id")["date"].max(),
    ):
        changes = np.zeros((days, len(places)))
        for place, date in days_of.items():
            changes[(date - first).days, row[place]] = 1
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


def _open_claims(evidence: tuple[weigh.Evidence, ...], date: dt.date) -> set[str]:
    """Find the places of which the last word by a date is a recent claim of the side itself."""
    last = {item.place_id: item for item in evidence if item.date <= date and not item.implied}
    recent = dt.timedelta(days=CLAIM_DAYS)
    return {place for place, item in last.items() if item.claim and date - item.date <= recent}


def _confidence(status: NDArray[np.str_], score: Floats, nats: Floats, own: Floats) -> list[str]:
    agrees = np.where(status == CONTESTED, np.abs(own) < DEEP, np.sign(own) == np.sign(score))
    high = (nats >= HIGH_NATS) & agrees & ((np.abs(score) > MEDIUM_SCORE) | (status == CONTESTED))
    medium = (np.abs(score) > MEDIUM_SCORE) | ((nats > FIGHT_NATS) & agrees)
    return list(np.select([high, medium], ["high", "medium"], "low"))


def _sources(reading: PlaceEvidence, date: dt.date) -> list[str]:
    """Name the strongest event on either side of the date, of each place."""
    best: dict[tuple[str, bool], tuple[float, str]] = {}
    for item in reading.evidence:
        if not item.source or item.implied:
            continue
        distance = abs((item.date - date).days)
        strength = (max(item.costs) - min(item.costs)) / (1 + distance / 30)
        key = (item.place_id, item.date > date)
        best[key] = max(best.get(key, (0.0, "")), (strength, item.source))
    return [
        " ".join(
            sorted(
                {
                    word
                    for later in (False, True)
                    for word in best.get((place, later), (0, ""))[1].split()
                }
            )
        )
        for place in reading.places["id"]
    ]
