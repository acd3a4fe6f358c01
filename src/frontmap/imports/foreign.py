"""What all readers of other makers' files share: choices, zones made, the record of repairs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from frontmap.imports.cleaning import digest_of
from frontmap.model import Zone

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from shapely import MultiPolygon, Polygon

    from frontmap.imports.cleaning import Note
    from frontmap.imports.meanings import Meaning
    from frontmap.model import Confidence, Scalar

#: Notes of one kind that are counted for the whole file instead of listed one by one.
COUNTED = frozenset({"not-ground", "z-dropped", "rewound", "outside", "template-text"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the importing person decides, because the maker's files do not say it.

    ``region`` cuts all ground (EPSG:4326); ``contested_party`` is the party whose hold is in
    question where the maker knows neither side's control; ``accuracy_m`` and ``confidence`` are
    assumed for every line.
    """

    region: Polygon | MultiPolygon | None = None
    contested_party: str = "RU"
    accuracy_m: float = 500.0
    confidence: Confidence = "medium"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A row of the repair report: what was left out, changed or doubtful in a maker's file.

    ``feature`` is the place in the file, counted from 0, or ``None`` for ``count`` features alike.
    """

    file: str
    feature: int | None
    zone: str
    rule: str
    detail: str
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """One file of another maker as zones: valid date, instant of publication (UTC), repairs."""

    file: str
    date: dt.date
    published: dt.datetime | None
    zones: tuple[Zone, ...]
    repairs: tuple[Repair, ...]


class Converted(NamedTuple):
    """One feature of a maker's file: its zone, without its final id, and what was noted."""

    zone: Zone | None
    notes: tuple[Note, ...]


def zone_of(
    meaning: Meaning,
    geometry: Polygon | MultiPolygon,
    *,
    source: str,
    extra: Mapping[str, Scalar],
    choices: Choices,
) -> Zone:
    """Make a zone whose id is told by its party, status and ground, so that it lasts over days."""
    return Zone(
        id=f"{meaning.party}-{meaning.status}-{digest_of(geometry)}".lower(),
        party=meaning.party,
        status=meaning.status,
        geometry=geometry,
        sources=(source,),
        confidence=choices.confidence,
        accuracy_m=choices.accuracy_m,
        extra=dict(sorted(extra.items())),
    )


def assemble(
    file: Path,
    date: dt.date,
    features: Iterable[Converted],
    *,
    published: dt.datetime | None = None,
) -> Foreign:
    """Put the features of one file together: ids made unique, repairs in order."""
    repairs: list[Repair] = []
    counted: Counter[tuple[str, str]] = Counter()
    placed: list[tuple[int, Zone]] = []
    for place, (zone, notes) in enumerate(features):
        if zone is not None:
            placed.append((place, zone))
        for rule, detail in notes:
            if rule in COUNTED:
                counted[rule, detail] += 1
            else:
                name = "" if zone is None else zone.id
                repairs.append(_repair(file, place, name, rule, detail))
    zones, doubles = _unique(placed)
    repairs += [
        _repair(file, place, name, "same-ground", "as another zone") for place, name in doubles
    ]
    repairs += [
        Repair(file=file.name, feature=None, zone="", rule=rule, detail=detail, count=count)
        for (rule, detail), count in sorted(counted.items())
    ]
    return Foreign(
        file=file.name, date=date, published=published, zones=zones, repairs=tuple(repairs)
    )


def _repair(file: Path, place: int, zone: str, rule: str, detail: str) -> Repair:
    return Repair(file=file.name, feature=place, zone=zone, rule=rule, detail=detail)


def _unique(placed: Iterable[tuple[int, Zone]]) -> tuple[tuple[Zone, ...], list[tuple[int, str]]]:
    """Tell zones of the same party, status and ground apart, whatever their order in the file."""
    seen: Counter[str] = Counter()
    zones, doubles = [], []
    for place, zone in sorted(placed, key=lambda pair: (pair[1].id, str(pair[1].extra), pair[0])):
        seen[zone.id] += 1
        number = seen[zone.id]
        named = zone if number == 1 else replace(zone, id=f"{zone.id}-{number}")
        if number > 1:
            doubles.append((place, named.id))
        zones.append(named)
    return tuple(sorted(zones, key=lambda zone: zone.id)), doubles
