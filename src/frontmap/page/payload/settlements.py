"""Towns and settlements: where they are, what was reported of them, their status over time."""

from __future__ import annotations

import math
from collections import Counter
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from frontmap import places
from frontmap.facts import read_places, read_settlement_events
from frontmap.measure.timeline import parties_of
from frontmap.page.payload.columnar import by_columns
from frontmap.page.payload.fields import Names, PlaceParts, PlaceRow, SettlementEventRow
from frontmap.page.payload.names import names_in

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    import geopandas as gpd

    from frontmap.archive import Archive
    from frontmap.model import Snapshot
    from frontmap.page.payload.claimants import Claimants
    from frontmap.page.payload.sources import CitedSources

#: Two makers of maps mark a town within a few kilometres of each other, and one that they spell
#: otherwise no further apart than both are exact, of which one at most is taken to be so inexact.
_ONE_TOWN_DEG = 0.05
_INEXACT_M = 1000.0
_M_PER_DEGREE = 111_200
_WORDS = {
    places.CONTROLLED: "held",
    places.CONTESTED: "contested",
    places.CLAIMED: "claimed",
    places.NOT_HELD: "",
}


class _Change(NamedTuple):
    """A settlement's status from a snapshot on, by the snapshot's index."""

    since: int
    status: str


def packed_settlements(
    archive: Archive,
    snapshots: Sequence[Snapshot],
    reference: gpd.GeoDataFrame,
    sources: CitedSources,
    claimants: Claimants,
) -> PlaceParts:
    """Return the payload's parts ``places``, ``settlement_events`` and ``event_kinds``.

    Places are those of the reference, then every settlement of which something is reported; one
    that is in both is there once, under the names that the archive's own table gives it. Events
    are in order of their places, of each place the oldest first; their kinds are each an event and
    its parties. Where two places share a name, ``raion`` is given, and where they share it too,
    ``sort``, as the table has it. Names are in the languages of the ``claimants``' names.

    >>> import frontmap
    >>> from pathlib import Path
    >>> from frontmap.facts import read_reference
    >>> from frontmap.page.payload.claimants import Claimants
    >>> from frontmap.page.payload.sources import CitedSources
    >>> root = Path("geodata/kursk")
    >>> archive = frontmap.open(root)
    >>> parts = packed_settlements(
    ...     archive, [archive.as_of("2024-08-31")], read_reference(root), CitedSources(root),
    ...     Claimants(root),
    ... )
    >>> parts["places"]["names"]["en"].count("Viktorovka"), parts["event_kinds"][0]
    (2, ['enters', 'UA'])
    """
    named = reference[reference["kind"] == "place"]
    named_in = partial(names_in, claimants.languages, else_in=archive.about.language)
    west, south, east, north = archive.about.theatre.bbox
    texts = named.to_dict("records")
    found = [
        _place(
            named_in(row),
            "town" if west <= spot.x <= east and south <= spot.y <= north else "city",
            spot.x,
            spot.y,
            population=0 if pd.isna(row["population"]) else int(row["population"]),
        )
        for row, spot in zip(texts, named.representative_point(), strict=True)
    ]
    events = read_settlement_events(archive.root)
    changes = {} if events.empty else _changes_of_status(archive, snapshots)
    reported = set(events["place_id"])
    rows = read_places(archive.root).to_dict("records")
    towns = _towns(found, named["accuracy_m"], rows)
    numbers: dict[str, int] = {}
    for row in rows:
        own = changes.get(row["id"], [])
        number = towns.get(row["id"], len(found))
        if row["id"] in towns:
            own_names = {key: text for key, text in row.items() if isinstance(text, str) and text}
            found[number]["names"] = named_in({**texts[number], **own_names})
        if not own and row["id"] not in reported:
            continue
        if number == len(found):
            found.append(_place(named_in(row), "", row["lon"], row["lat"]))
        numbers[row["id"]] = number
        found[number]["since"] = [change.since for change in own]
        found[number]["statuses"] = [change.status for change in own]
        found[number]["raion"] = _raion(row, claimants.languages)
        found[number]["sort"] = row.get("kind")
    said = list(zip(events["event"], events["party"].str.split(), strict=True))
    kinds = list(dict.fromkeys((event, *parties) for event, parties in said))
    numbered = events.assign(
        place=events["place_id"].map(numbers),
        event=[kinds.index((event, *parties)) for event, parties in said],
        claimant=events["claimant"].map(claimants.number),
    )
    placed = numbered.dropna(subset="place").sort_values(["place", "date"], kind="stable")
    for number, count in Counter(placed["place"].astype(int)).items():
        found[number]["events"] = count
    return {
        "places": by_columns(PlaceRow, _distinguished(found)),
        "settlement_events": by_columns(
            SettlementEventRow,
            _events(placed, snapshots[0].date, sources),
        ),
        "event_kinds": [list(kind) for kind in kinds],
    }


def _towns(
    found: Sequence[PlaceRow],
    accuracies_m: Iterable[float],
    rows: Sequence[Mapping[Hashable, Any]],
) -> dict[str, int]:
    """Find which settlements are towns of the reference: of its name, near it, and the nearest.

    Of a town whose name none has it is the nearest that lies where the town does, as exactly as
    both are given.

    >>> town = _place({"en": "A"}, "town", 35.0, 51.0)
    >>> spots = (("b", 35.02), ("c", 35.01), ("d", 36))
    >>> rows = [{"id": id, "lon": lon, "lat": 51.0, "name_en": "A", "accuracy_m": 300}
    ...         for id, lon in spots]
    >>> _towns([town], [1000], rows), _towns([town], [1000], rows[2:])
    ({'c': 0}, {})
    >>> other = {**rows[1], "name_en": "B"}
    >>> _towns([town], [1000], [other]), _towns([town], [100], [other])
    ({'c': 0}, {})
    """
    towns: dict[str, int] = {}
    unnamed = []
    for number, (town, accuracy_m) in enumerate(zip(found, accuracies_m, strict=True)):
        apart = {
            row["id"]: max(abs(town["lon"] - row["lon"]), abs(town["lat"] - row["lat"]))
            for row in rows
            if row["name_en"] == town["names"]["en"]
        }
        nearest = min(apart, key=lambda place: apart[place], default=None)
        if nearest is not None and apart[nearest] < _ONE_TOWN_DEG:
            towns[nearest] = number
        elif town["kind"] == "town":
            unnamed.append((number, town, accuracy_m))
    for number, town, accuracy_m in unnamed:
        near = {
            row["id"]: apart_m
            for row in rows
            if row["id"] not in towns
            and (apart_m := _apart_m(town, row)) <= accuracy_m + row["accuracy_m"]
            and row["accuracy_m"] <= _INEXACT_M
        }
        if near:
            towns[min(near, key=lambda place: near[place])] = number
    return towns


def _apart_m(town: PlaceRow, row: Mapping[Hashable, Any]) -> float:
    east = (town["lon"] - row["lon"]) * math.cos(math.radians(town["lat"]))
    return math.hypot(east, town["lat"] - row["lat"]) * _M_PER_DEGREE


def _distinguished(found: Sequence[PlaceRow]) -> Iterator[PlaceRow]:
    """Keep the raion only where two have one name, the sort only if they share the raion too.

    >>> found = [_place({"en": name}, "", 0, 0) | {"sort": sort, "raion": {"en": "R"}}
    ...          for name, sort in (("A", "town"), ("B", "town"), ("A", "village"))]
    >>> [(place["raion"], place["sort"]) for place in _distinguished(found)]
    [({'en': 'R'}, 'town'), (None, None), ({'en': 'R'}, 'village')]
    """
    raions = [place["raion"]["en"] if place["raion"] else "" for place in found]
    keys = [(place["names"]["en"], raion) for place, raion in zip(found, raions, strict=True)]
    names, twins = Counter(name for name, _ in keys), Counter(keys)
    for place, key in zip(found, keys, strict=True):
        raion = place["raion"] if names[key[0]] > 1 else None
        sort = place["sort"] if raion and twins[key] > 1 else None
        yield {**place, "raion": raion, "sort": sort}


def _raion(row: Mapping[Hashable, Any], languages: Sequence[str]) -> Names | None:
    """Give the raion's name by language: ``raion`` in English, ``raion_uk`` and others."""
    if not row.get("raion"):
        return None
    return names_in(languages, {**row, "raion_en": row["raion"]}, prefix="raion_")


def _place(names: Names, kind: str, lon: float, lat: float, *, population: int = 0) -> PlaceRow:
    return {
        "lon": round(lon, 5),
        "lat": round(lat, 5),
        "names": names,
        "kind": kind,
        "population": population,
        "since": [],
        "statuses": [],
        "events": 0,
        "raion": None,
        "sort": None,
    }


def _events(
    placed: pd.DataFrame, first: dt.date, sources: CitedSources
) -> Iterator[SettlementEventRow]:
    before = dict.fromkeys(placed["place"], first)
    for row in placed.to_dict("records"):
        date = row["date"].date()
        yield {
            "days": (date - before[row["place"]]).days,
            "event": row["event"],
            "claimant": row["claimant"],
            "sources": sources.numbers(row["source"]),
        }
        before[row["place"]] = date


def _changes_of_status(archive: Archive, snapshots: Sequence[Snapshot]) -> dict[str, list[_Change]]:
    """Find, for each settlement's id, where its status changes; it starts as not held."""
    tables = places.SettlementTables.read(archive, parties_of(snapshots))
    evidence = places.read_evidence(tables)
    found: dict[str, list[_Change]] = {}
    for index, snapshot in enumerate(snapshots):
        if not evidence.reaches(snapshot.date):
            continue
        day = places.statuses_on(evidence, snapshot.date)
        for place, word, party in zip(evidence.places["id"], day.status, day.party, strict=True):
            found.setdefault(place, []).append(_Change(index, f"{_WORDS[word]} {party}".rstrip()))
    return {place: _first_of_runs(own) for place, own in found.items()}


def _first_of_runs(changes: Sequence[_Change]) -> list[_Change]:
    """Keep the first of each run of equal statuses, without a leading blank.

    >>> series = [_Change(0, ""), _Change(1, "held"), _Change(2, "held"), _Change(3, "")]
    >>> [tuple(change) for change in _first_of_runs(series)]
    [(1, 'held'), (3, '')]
    """
    runs = [next(run) for _, run in groupby(changes, key=lambda change: change.status)]
    return runs[1:] if runs and not runs[0].status else runs
