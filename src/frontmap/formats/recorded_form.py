"""What frontmap writes, read strictly: no value of another type, none missing, none more.

Who holds a :class:`~frontmap.model.Revision` or a :class:`~frontmap.model.Zone` from here need not
ask again what its values are. What they may say (a known status, valid ground) is for the rules.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import asdict, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from shapely import MultiPolygon, Polygon

from frontmap.dates import instant_text, parse_date
from frontmap.errors import InputError
from frontmap.formats.strict import LARGEST_INTEGER
from frontmap.model import KINDS, READ_VERSIONS, ImportedFrom, Revision, Zone

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from frontmap.model import Confidence, Scalar, Snapshot, Status

_TEXTS = ("author", "license", "maker", "reason")
_HEADER = {"date", "digest", "kind", "recorded", "sources", "supersedes", "version", *_TEXTS}
_PROPERTIES = {"accuracy_m", "confidence", "party", "sources", "status"}
_CORNERS = 4  # of the smallest ring, its first position repeated
_DIGEST = re.compile(r"[0-9a-f]{64}")


def revision_of(header: object) -> Revision:
    """Read a header's plain JSON values; raises ``InputError`` naming the first that is wrong.

    >>> import frontmap
    >>> from frontmap.formats.canonical import header_of
    >>> header = header_of(frontmap.open("geodata/kursk")["2024-08-31"].revision)
    >>> revision_of(header).date.isoformat()
    '2024-08-31'
    >>> revision_of({**header, "sources": [7]})
    Traceback (most recent call last):
    frontmap.errors.InputError: the header: sources must be texts, sorted, each once
    """
    values = _members(header, "the header", _HEADER, may={"imported_from", "published"})
    version = values["version"]
    if type(version) is not int or version not in READ_VERSIONS:
        known = " and ".join(map(str, READ_VERSIONS))
        raise InputError(
            f"the header: format version {_shown(version)}; this frontmap reads {known}"
        )
    author, license_, maker, reason = (_text(values[k], f"the header: {k}") for k in _TEXTS)
    if (kind := _text(values["kind"], "the header: kind")) not in KINDS:
        raise InputError(f"the header: kind {_shown(kind)} is not one of {', '.join(KINDS)}")
    digest = _digest(values["digest"], "digest")
    supersedes = _texts(values["supersedes"], "the header: supersedes")
    if digest in supersedes:
        raise InputError("the header: it supersedes itself")
    published, origin = values.get("published"), values.get("imported_from")
    return Revision(
        date=_date(values["date"]),
        recorded=_instant(values["recorded"], "recorded"),
        published=None if "published" not in values else _instant(published, "published"),
        imported_from=None if "imported_from" not in values else _imported_from(origin, version),
        kind=kind,
        sources=_texts(values["sources"], "the header: sources"),
        supersedes=frozenset(_digest(each, "supersedes") for each in supersedes),
        digest=digest,
        author=author,
        license=license_,
        maker=maker,
        reason=reason,
        version=version,
    )


def date_of_zones(revision: Revision) -> str | None:
    """Return the date that each zone of a revision states: of format 1, None.

    >>> import frontmap
    >>> date_of_zones(frontmap.open("geodata/kursk")["2024-08-31"].revision)
    '2024-08-31'
    """
    return None if revision.version == 1 else revision.date.isoformat()


def present_zones(snapshot: Snapshot) -> tuple[Zone, ...]:
    """Return the zones of a revision as one of the present format may have them.

    In format 1 a zone has no date of its own, and may have a property of that name: it goes where
    it says the snapshot's date, and is renamed where it says something else.

    >>> import frontmap
    >>> from dataclasses import replace
    >>> snapshot = frontmap.open("geodata/kursk")["2024-08-31"]
    >>> older = replace(snapshot.zones[0], extra={"date": "August"})
    >>> [zone.extra for zone in present_zones(replace(snapshot, zones=(older,)))]
    [{'date_given': 'August'}]
    """
    return tuple(_without_own_date(zone, snapshot.date) for zone in snapshot.zones)


def _without_own_date(zone: Zone, date: dt.date) -> Zone:
    if "date" not in zone.extra:
        return zone
    extra = dict(zone.extra)
    given = extra.pop("date")
    if given != date.isoformat():
        name = "date_given"
        while name in extra:
            name += "_"
        extra[name] = given
    return replace(zone, extra=extra)


def origin_members(revision: Revision) -> dict[str, str | int]:
    """Return what a revision's header says of the file that it was imported from, as JSON values.

    >>> import frontmap
    >>> from dataclasses import replace
    >>> origin = ImportedFrom(file="a.kml", sha256="0" * 64, profile="uacontrolmap", version="1")
    >>> header = frontmap.open("geodata/kursk")["2024-08-31"].revision
    >>> origin_members(replace(header, imported_from=origin, version=1))["mapping"]
    1
    """
    origin = revision.imported_from
    if origin is None:
        return {}
    if revision.version == 1:
        return {"file": origin.file, "mapping": int(origin.version), "sha256": origin.sha256}
    return asdict(origin)


def zone_of(feature: object, date: str | None) -> Zone:
    """Read a zone from a parsed feature; raises ``InputError`` naming the first wrong value.

    ``date`` is what it must state as its own (:func:`date_of_zones`).

    >>> import frontmap, orjson
    >>> from frontmap.formats import canonical
    >>> snapshot = frontmap.open("geodata/kursk")["2024-08-31"]
    >>> feature = orjson.loads(canonical.dumps(snapshot))["features"][0]
    >>> zone_of(feature, "2024-08-31") == snapshot.zones[0]
    True
    >>> zone_of({**feature, "id": None}, "2024-08-31")
    Traceback (most recent call last):
    frontmap.errors.InputError: a zone: its id is null, not a text
    """
    needed = {"type", "id", "properties", "geometry"}
    values = _members(feature, "a zone", needed, may={"bbox"})
    name = _text(values["id"], "a zone: its id")
    where = f"zone {_shown(name)}"
    if values["type"] != "Feature":
        raise InputError(f"{where}: its type is {_shown(values['type'])}, not 'Feature'")
    properties = _members(values["properties"], where, _PROPERTIES, may=None)
    if date is not None and (stated := properties.pop("date", None)) != date:
        raise InputError(f"{where}: date is {_shown(stated)}, not the snapshot's {date!r}")
    status = _text(properties.pop("status"), f"{where}: status")
    confidence = _text(properties.pop("confidence"), f"{where}: confidence")
    sources = _text(properties.pop("sources"), f"{where}: sources").split(" ")
    accuracy = properties.pop("accuracy_m")
    if type(accuracy) not in (int, float):
        raise InputError(f"{where}: accuracy_m is {_shown(accuracy)}, not a number")
    return Zone(
        id=name,
        party=_text(properties.pop("party"), f"{where}: party"),
        status=cast("Status", status),
        geometry=_ground(values["geometry"], where),
        sources=_texts(sources, f"{where}: sources"),
        confidence=cast("Confidence", confidence),
        accuracy_m=float(accuracy),
        note=_text(properties.pop("note", ""), f"{where}: note"),
        extra={key: _scalar(value, f"{where}: {key}") for key, value in properties.items()},
    )


def _members(
    value: object, where: str, needed: Collection[str], *, may: Collection[str] | None
) -> dict[str, Any]:
    """Return the members of an object: all that are needed, and of others those that may be."""
    if type(value) is not dict:
        raise InputError(f"{where} is {_shown(value)}, not an object")
    for key in sorted(needed):
        if key not in value:
            raise InputError(f"{where}: {key} is missing")
    for key in value:
        if may is not None and key not in needed and key not in may:
            raise InputError(f"{where}: {_shown(key)} is unknown")
    return dict(value)


def _text(value: object, where: str) -> str:
    if type(value) is not str:
        raise InputError(f"{where} is {_shown(value)}, not a text")
    return value


def _texts(value: object, where: str) -> tuple[str, ...]:
    if type(value) is not list or not all(type(each) is str for each in value):
        raise InputError(f"{where} must be texts, sorted, each once")
    if value != sorted(set(value)):
        raise InputError(f"{where} must be texts, sorted, each once")
    return tuple(value)


def _scalar(value: object, where: str) -> Scalar:
    if type(value) in (str, bool, float) or (type(value) is int and abs(value) <= LARGEST_INTEGER):
        return cast("Scalar", value)
    raise InputError(f"{where} is {_shown(value)}, not a text, a number, true or false")


def _digest(value: object, key: str) -> str:
    if type(value) is not str or not _DIGEST.fullmatch(value):
        raise InputError(f"the header: {key}: {_shown(value)} is no SHA-256 in hexadecimal")
    return value


def _date(value: object) -> dt.date:
    try:
        return parse_date(_text(value, "the header: date"))
    except ValueError as error:
        raise InputError(f"the header: date {error}") from None


def _instant(value: object, key: str) -> dt.datetime:
    text = _text(value, f"the header: {key}")
    try:
        parse_date(text[:10])
        instant = dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        instant = None
    if instant is None or instant_text(instant) != text:
        raise InputError(
            f"the header: {key} {_shown(text)} is not of the form 2024-09-03T10:00:00Z"
        )
    return instant


def _imported_from(value: object, version: int) -> ImportedFrom:
    where = "the header: imported_from"
    if version > 1:
        names = ("file", "profile", "sha256", "version")
        values = _members(value, where, names, may=())
        return ImportedFrom(**{name: _text(values[name], f"{where}: {name}") for name in names})
    values = _members(value, where, {"file", "mapping", "sha256"}, may=())
    mapping = values["mapping"]
    if type(mapping) is not int:
        raise InputError(f"{where}: mapping is {_shown(mapping)}, not a whole number")
    file, sha256 = (_text(values[name], f"{where}: {name}") for name in ("file", "sha256"))
    return ImportedFrom(file=file, sha256=sha256, profile="", version=str(mapping))


def _ground(value: object, where: str) -> Polygon | MultiPolygon:
    geometry = _members(value, f"{where}: its geometry", {"type", "coordinates"}, may=())
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind == "Polygon":
        return _polygon(coordinates, where) if coordinates != [] else Polygon()
    if kind != "MultiPolygon":
        raise InputError(f"{where}: its geometry is {_shown(kind)}, not a Polygon or MultiPolygon")
    return MultiPolygon([_polygon(part, where) for part in _list(coordinates, where)])


def _polygon(rings: object, where: str) -> Polygon:
    shell, *holes = [_ring(ring, where) for ring in _list(rings, where)]
    return Polygon(shell, holes)


def _list(value: object, where: str) -> list[object]:
    if type(value) is not list or not value:
        raise InputError(f"{where}: its coordinates are not a list of rings")
    return value


def _ring(positions: object, where: str) -> NDArray[np.float64]:
    """Read a closed ring of longitude, latitude in degrees, each with its decimals."""
    pairs = type(positions) is list and set(map(type, positions)) == {list}
    if not (pairs and set(map(len, cast("list[list[object]]", positions))) == {2}):
        raise InputError(f"{where}: a ring is not a list of longitudes and latitudes")
    numbers = list(chain.from_iterable(cast("list[list[float]]", positions)))
    if set(map(type, numbers)) != {float}:
        raise InputError(f"{where}: a coordinate is not a number with decimals")
    ring = np.array(numbers).reshape(-1, 2)
    if len(ring) < _CORNERS or (ring[0] != ring[-1]).any():
        raise InputError(f"{where}: a ring is not closed, or of fewer than three positions")
    if (np.abs(ring) > (180, 90)).any():
        raise InputError(f"{where}: a position is not longitude, latitude in degrees")
    return ring


def _shown(value: object) -> str:
    """Name a value that has no place here, in a few words."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = "null" if value is None else repr(value)
    return text if len(text) < 60 else text[:57] + "..."  # noqa: PLR2004  fits a line
