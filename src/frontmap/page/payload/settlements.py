"""Towns and settlements: where they are, what was reported of them, their status over time."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any

from frontmap import places
from frontmap.facts import read_places, read_settlement_events
from frontmap.page.bundle import LANGUAGES
from frontmap.page.payload.columnar import by_columns

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Hashable, Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from frontmap.archive import Archive
    from frontmap.model import Snapshot
    from frontmap.page.payload.claimants import Claimants
    from frontmap.page.payload.sources import CitedSources

Place = dict[str, Any]
History = list[list[Any]]
_RAIONS = ("raion", "raion_uk", "raion_ru")
_WORDS = {
    places.CONTROLLED: "held",
    places.CONTESTED: "contested",
    places.CLAIMED: "claimed",
    places.NOT_HELD: "",
}


def packed_settlements(
    archive: Archive,
    snapshots: Sequence[Snapshot],
    reference: gpd.GeoDataFrame,
    sources: CitedSources,
    claimants: Claimants,
) -> dict[str, Any]:
    """Return the payload's parts ``places`` and ``happenings``.

    Places are the towns of the reference, then every settlement of which something is reported.
    ``en, uk, ru`` are its names; ``lon`` and ``lat`` degrees; ``history`` is ``[stop, status]``
    from which snapshot on it is held, contested, claimed or (blank) not; ``events`` are ``[days
    since the first snapshot, number of the happening, number of the claimant, sources]``. Where
    two share a name, ``raion`` is given (in English, Ukrainian, Russian), and where they share it
    too, ``sort``, as the table has it.
    """
    towns = [
        _place(row, "town", row["geometry"].x, row["geometry"].y)
        for row in reference[reference["kind"] == "town"].to_dict("records")
    ]
    events = read_settlement_events(archive.root)
    if events.empty:
        return {"places": by_columns(towns), "happenings": []}
    histories = _histories(archive, snapshots)
    happenings = list(dict.fromkeys(events["event"]))
    events = events.assign(
        claimant=events["claimant"].map(claimants.number),
        event=events["event"].map(happenings.index),
    )
    reports = _reports(events, sources, snapshots[0].date)
    by_name = {town["en"]: town for town in towns}
    found = list(towns)
    for row in read_places(archive.root).to_dict("records"):
        history, told = histories.get(row["id"], []), reports.get(row["id"], [])
        if not history and not told:
            continue
        place = by_name.pop(row["name_en"], None)
        if place is None:
            place = _place(row, "", row["lon"], row["lat"])
            found.append(place)
        place.update(history=history, events=told, raion=_raion(row), sort=row.get("kind"))
    return {"places": by_columns(_told_apart(found)), "happenings": happenings}


def _told_apart(found: list[Place]) -> list[Place]:
    """Keep the raion only where two have one name, the sort only if they share the raion too.

    >>> twins = [{"en": "A", "raion": ["R"], "sort": "town"}, {"en": "B", "raion": ["R"]}]
    >>> found = _told_apart([*twins, {"en": "A", "raion": ["R"], "sort": "village"}])
    >>> [(place.get("raion"), place.get("sort")) for place in found]
    [(['R'], 'town'), (None, None), (['R'], 'village')]
    """
    names = Counter(place["en"] for place in found)
    twins = Counter((place["en"], *place.get("raion", ())) for place in found)
    told = []
    for place in found:
        name, raion = place["en"], place.get("raion", ())
        dropped = set() if twins[name, *raion] > 1 else {"sort"}
        if not raion or names[name] == 1:
            dropped = {"raion", "sort"}
        told.append({key: value for key, value in place.items() if key not in dropped})
    return told


def _raion(row: Mapping[Hashable, Any]) -> list[str]:
    """Give the raion's name in each language, in English where the table has no other."""
    names = [str(row.get(column) or row["raion"]) for column in _RAIONS]
    return names if names[0] else []


def _place(row: Mapping[Hashable, Any], kind: str, lon: float, lat: float) -> Place:
    return {
        **{language: row[f"name_{language}"] or row["name_en"] for language in LANGUAGES},
        "lon": round(lon, 5),
        "lat": round(lat, 5),
        "kind": kind,
        "history": [],
        "events": [],
    }


def _reports(
    events: pd.DataFrame, sources: CitedSources, first: dt.date
) -> dict[str, list[list[Any]]]:
    """Of each settlement, what was reported, oldest first; one source without a list."""
    found: dict[str, list[list[Any]]] = {}
    for row in events.sort_values("date", kind="stable").to_dict("records"):
        numbers = sources.numbers(row["source"])
        cited = numbers[0] if len(numbers) == 1 else numbers
        told = [(row["date"].date() - first).days, row["event"], row["claimant"], cited]
        found.setdefault(row["place_id"], []).append(told)
    return found


def _histories(archive: Archive, snapshots: Sequence[Snapshot]) -> dict[str, History]:
    """Of each settlement, the stops at which its status changes; it starts as not held."""
    evidence = places.read_evidence(places.SettlementTables.read(archive.root))
    found: dict[str, History] = {}
    for stop, snapshot in enumerate(snapshots):
        if not evidence.reaches(snapshot.date):
            continue
        status = places.status_on(evidence, snapshot.date)
        for place, word in zip(evidence.places["id"], status, strict=True):
            found.setdefault(place, []).append([stop, _WORDS[word]])
    return {place: _changes(history) for place, history in found.items()}


def _changes(history: History) -> History:
    """Keep the first entry of each run of equal statuses, without a leading blank.

    >>> _changes([[0, ""], [1, "held"], [2, "held"], [3, ""]])
    [[1, 'held'], [3, '']]
    """
    runs = [next(run) for _, run in groupby(history, key=lambda entry: entry[1])]
    return runs[1:] if runs and not runs[0][1] else runs
