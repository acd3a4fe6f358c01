"""The one text form of a snapshot, and its digest.

Coordinates are snapped to six decimals (0.11 m of latitude), rings oriented by the right-hand rule
and rotated to their smallest position, parts, holes, zones and keys sorted; UTF-8, LF, one position
a line. The text is a fixed point (``dumps(loads(text)) == text``) and does not depend on the order
of the input. The digest is the SHA-256 of the text without its one ``"digest"`` line.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import orjson
import shapely
from shapely import MultiPolygon, Polygon

from frontmap.dates import instant_text
from frontmap.errors import InputError
from frontmap.formats import recorded_form
from frontmap.formats.splitting import BoundedCache
from frontmap.geometry.grid import DECIMALS, on_grid, snap
from frontmap.model import Revision, Snapshot, Zone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Ring = NDArray[np.float64]
    Rings = list[Ring]

CORE_PROPERTIES = frozenset(
    {"accuracy_m", "confidence", "date", "note", "party", "sources", "status"}
)
HEADER_BYTES = 1 << 16
_DIGEST_LINE = re.compile(rb'^"digest":"[0-9a-f]{64}",\n', re.MULTILINE)
_HEAD = '{"type":"FeatureCollection",\n"frontmap":'
_HEADER_END = b"\n},\n"
_SMALLEST_RING = 3
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True)


def core_properties(version: int) -> frozenset[str]:
    """Return the properties of a zone that have a meaning in a version of the format.

    >>> sorted(core_properties(2) - core_properties(1))
    ['date']
    """
    return CORE_PROPERTIES if version > 1 else CORE_PROPERTIES - {"date"}


def dumps(snapshot: Snapshot) -> bytes:
    """Return the canonical text of a snapshot, with its digest (one that it states is ignored).

    Raises ``InputError`` when a text holds half a letter or a number is not finite.

    >>> import datetime as dt
    >>> header = Revision(
    ...     date=dt.date(2024, 8, 31), recorded=dt.datetime(2026, 9, 1, tzinfo=dt.UTC),
    ...     kind="snapshot", maker="us", author="us", license="CC0-1.0", reason="nothing was held")
    >>> text = dumps(Snapshot(header, ()))
    >>> text.decode().splitlines()[-5:]
    ['"version":2', '},', '"features":[', '', ']}']
    >>> dumps(loads(text)) == text
    True
    """
    revision = replace(snapshot.revision, digest="")
    zones = sorted(snapshot.zones, key=lambda zone: zone.id)
    body = _encoded(_body(zones, recorded_form.date_of_zones(revision)))
    digest = hashlib.sha256(_encoded(_header_text(revision)) + body).hexdigest()
    return _encoded(_header_text(replace(revision, digest=digest))) + body


def loads(text: bytes) -> Snapshot:
    """Read canonical text: every value is of its type, which ``verify`` proves of the rest too.

    Raises ``InputError`` when the text is not of this form.

    >>> loads(b"{}")
    Traceback (most recent call last):
    frontmap.errors.InputError: not a snapshot of frontmap: no header and no features
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InputError(f"not a snapshot of frontmap: {error}") from error
    features = value.get("features") if isinstance(value, dict) else None
    if not isinstance(features, list) or "frontmap" not in value:
        raise InputError("not a snapshot of frontmap: no header and no features")
    revision = recorded_form.revision_of(value["frontmap"])
    date = recorded_form.date_of_zones(revision)
    return Snapshot(revision, tuple(recorded_form.zone_of(each, date) for each in features))


def loads_header(start: bytes) -> Revision | None:
    """Read the header from the first bytes of a canonical text; None when they don't reach its end.

    Raises ``InputError`` when the text does not begin with a header of frontmap.

    >>> import frontmap
    >>> snapshot = frontmap.open("geodata/kursk")["2024-08-31"]
    >>> text = dumps(snapshot)
    >>> loads_header(text) == snapshot.revision, loads_header(text[:100])
    (True, None)
    """
    if start.startswith(_HEAD.replace("\n", "\r\n").encode()[: len(start)]) and b"\r" in start:
        raise InputError(
            "its line ends are CRLF, as git writes them where core.autocrlf is set; clone again: "
            "git clone -c core.autocrlf=false"
        )
    if not start.startswith(_HEAD.encode()[: len(start)]):
        raise InputError("not a snapshot of frontmap: no header at the start")
    end = start.find(_HEADER_END)
    if end < 0:
        return None
    try:
        header = orjson.loads(start[len(_HEAD) : end] + b"\n}")
    except orjson.JSONDecodeError as error:
        raise InputError(f"the header cannot be read: {error}") from error
    return recorded_form.revision_of(header)


def digest_of(text: bytes) -> str:
    """SHA-256 of canonical text without its first digest line, in hexadecimal.

    >>> import frontmap
    >>> snapshot = frontmap.open("geodata/kursk")["2024-08-31"]
    >>> digest_of(dumps(snapshot)) == snapshot.digest
    True
    """
    return hashlib.sha256(_DIGEST_LINE.sub(b"", text, count=1)).hexdigest()


def normal(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot as writing and reading leave it: snapped, oriented, sorted, digested.

    >>> import frontmap
    >>> snapshot = frontmap.open("geodata/kursk")["2024-08-31"]
    >>> normal(snapshot) == snapshot
    True
    """
    return loads(dumps(snapshot))


def same_zones(one: Iterable[Zone], other: Iterable[Zone]) -> bool:
    """Whether two sets of zones are the same in canonical text.

    >>> import frontmap
    >>> snapshot = frontmap.open("geodata/kursk")["2024-08-31"]
    >>> same_zones(snapshot.zones, reversed(snapshot.zones))
    True
    """
    first, second = (_body(sorted(zones, key=lambda zone: zone.id)) for zones in (one, other))
    return first == second


def normal_geometry(geometry: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    """Snap to the grid (:func:`frontmap.geometry.grid.snap`), orient, rotate and sort.

    >>> square = Polygon([(1, 1), (1, 0), (0, 0), (0, 1)])
    >>> normal_geometry(square).wkt
    'POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))'
    >>> normal_geometry(Polygon()).wkt
    'POLYGON EMPTY'
    """
    return _assembled(_parts(geometry))


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        piece = text[error.start - 20 : error.start]
        raise InputError(f"half a letter (a lone surrogate) after {piece!r}; retype it") from None


def _header_text(revision: Revision) -> str:
    return f"{_HEAD}{{\n{_lines(header_of(revision))}\n}},\n"


def _body(zones: list[Zone], date: str | None = None) -> str:
    grounds = [_known_ground(zone.geometry.wkb) for zone in zones]
    boxes = [ground.box for ground in grounds if ground.box is not None]
    bbox = f'"bbox":{_box_text(_joined(boxes))},\n' if boxes else ""
    dates = itertools.repeat(date)
    features = ",\n".join(map(_feature, zones, grounds, dates))
    return f'{bbox}"features":[\n{features}\n]}}\n'


def _lines(values: dict[str, Any]) -> str:
    return ",\n".join(f"{_json(key)}:{_json(values[key])}" for key in sorted(values))


def _json(value: object) -> str:
    try:
        return _JSON.encode(value)
    except ValueError as error:
        raise InputError(f"{value!r} is not a number that can be written") from error


def header_of(revision: Revision) -> dict[str, Any]:
    """Return the header of a revision as plain JSON values.

    >>> import frontmap
    >>> snapshot = frontmap.open("geodata/kursk")["2024-08-31"]
    >>> header_of(snapshot.revision)["date"]
    '2024-08-31'
    """
    header: dict[str, Any] = {
        "author": revision.author,
        "date": revision.date.isoformat(),
        "kind": revision.kind,
        "license": revision.license,
        "maker": revision.maker,
        "reason": revision.reason,
        "recorded": instant_text(revision.recorded),
        "sources": sorted(set(revision.sources)),
        "supersedes": sorted(revision.supersedes),
        "version": revision.version,
    }
    if revision.digest:
        header["digest"] = revision.digest
    if revision.imported_from is not None:
        header["imported_from"] = recorded_form.origin_members(revision)
    if revision.published is not None:
        header["published"] = instant_text(revision.published)
    return header


class _Ground(NamedTuple):
    """The text of a geometry, and west, south, east, north of it; None where it is empty."""

    text: str
    box: Ring | None


def _ground(wkb: bytes) -> _Ground:
    parts = _parts(cast("Polygon | MultiPolygon", shapely.from_wkb(wkb)))
    return _Ground(_geometry_text(parts), _bbox(parts))


#: From one snapshot of a series to the next nearly all ground stays. It is known by its bytes: what
#: Python takes for equal (1, 1.0 and true in a zone) has different texts.
_known_ground = BoundedCache(_ground, limit_bytes=2**25)


def _feature(zone: Zone, ground: _Ground, date: str | None) -> str:
    properties = {
        **zone.extra,
        "accuracy_m": int(zone.accuracy_m)
        if zone.accuracy_m == int(zone.accuracy_m)
        else zone.accuracy_m,
        "confidence": zone.confidence,
        "party": zone.party,
        "sources": " ".join(sorted(set(zone.sources))),
        "status": zone.status,
    }
    if date is not None:
        properties["date"] = date
    if zone.note:
        properties["note"] = zone.note
    bbox = "" if ground.box is None else f'"bbox":{_box_text(ground.box)},\n'
    return (
        f'{{"type":"Feature",\n"id":{_json(zone.id)},\n{bbox}"properties":{{\n{_lines(properties)}\n}},'
        f'\n"geometry":{ground.text}}}'
    )


def _geometry_text(parts: list[Rings]) -> str:
    texts = ["[\n" + ",\n".join(_ring_text(ring) for ring in rings) + "\n]" for rings in parts]
    if len(texts) == 1:
        return f'{{"type":"Polygon","coordinates":{texts[0]}}}'
    if not texts:
        return '{"type":"Polygon","coordinates":[]}'
    return '{"type":"MultiPolygon","coordinates":[\n' + ",\n".join(texts) + "\n]}"


def _ring_text(ring: Ring) -> str:
    closed = np.concatenate([ring, ring[:1]])
    form = ",\n".join(["[%.6f,%.6f]"] * len(closed))
    return "[\n" + form % tuple(closed.ravel().tolist()) + "\n]"


def _box_text(box: Ring) -> str:
    return "[" + ",".join(f"{value:.6f}" for value in box) + "]"


def _bbox(parts: list[Rings]) -> Ring | None:
    if not parts:
        return None
    shells = np.concatenate([rings[0] for rings in parts])
    return np.concatenate([shells.min(axis=0), shells.max(axis=0)])


def _joined(boxes: list[Ring]) -> Ring:
    table = np.array(boxes)
    return np.concatenate([table[:, :2].min(axis=0), table[:, 2:].max(axis=0)])


def _parts(geometry: Polygon | MultiPolygon) -> list[Rings]:
    """Canonical rings (open: without the repeated end) of each part, shell first."""
    # what is on the grid already is written as it is: whether it is valid, the rules of a
    # snapshot say, and verify compares bytes
    geometry = geometry if on_grid(geometry) else snap(geometry).geometry
    polygons = geometry.geoms if isinstance(geometry, MultiPolygon) else (geometry,)
    parts = [rings for polygon in polygons if (rings := _polygon_rings(polygon))]
    return sorted(parts, key=lambda rings: [ring.tolist() for ring in rings])


def _polygon_rings(polygon: Polygon) -> Rings:
    if polygon.is_empty:
        return []
    shell = _ring(polygon.exterior.coords, counterclockwise=True)
    if shell is None:
        return []
    holes = (_ring(hole.coords, counterclockwise=False) for hole in polygon.interiors)
    return [shell, *sorted((h for h in holes if h is not None), key=np.ndarray.tolist)]


def _ring(coordinates: Iterable[Any], *, counterclockwise: bool) -> Ring | None:
    ring = np.round(np.asarray(coordinates, dtype=np.float64)[:, :2], DECIMALS) + 0.0
    ring = ring[np.any(ring != np.roll(ring, 1, axis=0), axis=1)]
    if len(ring) < _SMALLEST_RING:
        return None
    turn = _twice_area(ring)
    if turn == 0:
        return None
    return _rotated(ring if (turn > 0) == counterclockwise else ring[::-1])


def _twice_area(ring: Ring) -> int:
    """Twice the signed area in square micro-degrees, exact."""
    whole = np.rint((ring - ring[0]) * 10**DECIMALS).astype(np.int64)
    x, y = whole[:, 0], whole[:, 1]
    return int(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def _rotated(ring: Ring) -> Ring:
    """Start at the smallest position; where a ring passes it twice, the smaller sequence wins."""
    smallest = ring[np.lexsort((ring[:, 1], ring[:, 0]))[0]]
    starts = np.flatnonzero(np.all(ring == smallest, axis=1))
    turned = [np.roll(ring, -start, axis=0) for start in starts]
    return turned[0] if len(turned) == 1 else min(turned, key=np.ndarray.tolist)


def _assembled(parts: list[Rings]) -> Polygon | MultiPolygon:
    polygons = [Polygon(rings[0], rings[1:]) for rings in parts]
    if len(polygons) == 1:
        return polygons[0]
    return MultiPolygon(polygons) if polygons else Polygon()
