"""What all readers of other makers' files share: the zones of a file, made and put together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from frontmap.archive.snapshot_rules import LONGEST_TEXT
from frontmap.errors import InputError
from frontmap.imports.repairs import Repair, one_line
from frontmap.intake.ground import ground_digest
from frontmap.intake.readings import Note
from frontmap.model import Zone

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from shapely import MultiPolygon, Polygon

    from frontmap.imports.choices import Choices
    from frontmap.imports.clues import OurWords
    from frontmap.model import Scalar

#: Notes of one kind that are counted for the whole file instead of listed one by one.
COUNTED = frozenset({"not-ground", "z-dropped", "rewound", "outside", "template-text"})
REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignFile:
    """One file of another maker as zones: valid date, instant of publication (UTC), repairs."""

    file: str
    date: dt.date
    published: dt.datetime | None
    zones: tuple[Zone, ...]
    repairs: tuple[Repair, ...]


class Converted(NamedTuple):
    """One feature of a maker's file: its zone, without its final id, and what was noted.

    A note of the rule ``refused`` says why its ground has no one meaning.
    """

    zone: Zone | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MakerFormat:
    """How a maker's files are named and read.

    ``maker`` is its name, ``source`` its id in ``sources.csv`` and ``link`` its address (or
    nothing); its files end in ``suffix``, and its days end at midnight in ``time_zone``.
    ``when_of`` gives the valid date and the instant (UTC, or None) that a file's name tells;
    ``reader`` a function from a file to its zones that remembers features seen lately.
    """

    maker: str
    source: str
    link: str
    suffix: str
    time_zone: str
    when_of: Callable[[Path], tuple[dt.date, dt.datetime | None]]
    reader: Callable[[Choices], Callable[[Path], ForeignFile]]


def said_texts(values: Mapping[str, object]) -> tuple[dict[str, str], tuple[Note, ...]]:
    """Return what a maker says as texts, and notes of what is none, or is cut for its length.

    >>> said_texts({"name": "Occupied", "fill": [7]})
    ({'name': 'Occupied', 'fill': ''}, (Note(rule='no-text', detail='fill: list', km2=0.0),))
    """
    texts, notes = {}, []
    for key, value in values.items():
        text = value if isinstance(value, str) else ""
        if isinstance(value, int | float) and not isinstance(value, bool):
            text = str(value)
        elif not isinstance(value, str | None):
            notes.append(Note("no-text", f"{key}: {type(value).__name__}"))
        if len(text) > LONGEST_TEXT:
            notes.append(Note("text-cut", f"{key}: {len(text)} letters"))
        texts[key] = text[:LONGEST_TEXT]
    return texts, tuple(notes)


def make_zone(
    meaning: OurWords,
    geometry: Polygon | MultiPolygon,
    *,
    source: str,
    extra: Mapping[str, Scalar],
    choices: Choices,
) -> Zone:
    """Make a zone whose id comes from its party, status and ground, so that it lasts over days.

    >>> import shapely
    >>> from frontmap.imports.choices import Choices
    >>> from frontmap.imports.clues import OurWords
    >>> square = shapely.box(36, 48, 37, 49)
    >>> held = OurWords("UA", "controlled")
    >>> make_zone(held, square, source="x", extra={}, choices=Choices()).id
    'ua-controlled-04c06dd2a0'
    """
    return Zone(
        id=f"{meaning.party}-{meaning.status}-{ground_digest(geometry)}".lower(),
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
) -> ForeignFile:
    """Put the features of one file together: ids made unique, repairs in order.

    Raises ``InputError`` naming the file and the feature (counted from 1) whose ground has a flaw.

    >>> import datetime as dt
    >>> from pathlib import Path
    >>> from frontmap.intake.readings import Note
    >>> point = Converted(None, (Note("not-ground", "Point"),))
    >>> made = assemble(Path("2026-02-01.kml"), dt.date(2026, 2, 1), [point, point])
    >>> [(repair.rule, repair.count) for repair in made.repairs]
    [('not-ground', 2)]
    """
    repairs: list[Repair] = []
    counted: Counter[tuple[str, str]] = Counter()
    placed: list[tuple[int, Zone]] = []
    for place, (zone, notes) in enumerate(features):
        if zone is not None:
            placed.append((place, zone))
        for rule, detail in ((note.rule, one_line(note.detail)) for note in notes):
            if rule == REFUSED:
                raise InputError(f"{file}: feature {place + 1}: {detail}")
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
    return ForeignFile(
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
