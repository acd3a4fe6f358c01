"""Revisions as nobody but a forger writes them: in their place, and with a digest that holds."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from shapely import MultiPolygon, Polygon, box

from frontmap.formats import canonical
from frontmap.model import ImportedFrom
from fronts import LARGE, SMALL, new_archive, snapshot, zone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from frontmap.model import Zone

#: What can stand where something else should: each type of JSON, and its odd values.
VALUES: dict[str, Any] = {
    "null": None, "true": True, "false": False, "zero": 0, "minus one": -1, "a fraction": 0.5,
    "huge": 1e308, "tiny": 5e-324, "2**53": 2**53, "2**64": 2**64, "a text": "x", "no text": "",
    "blanks": "   ", "a digit": "7", "letters of another way": "\u202e\u0645", "NUL": "a\0b",
    "a line": "a\nb", "a carriage return": "a\r", "a number": "NaN", "long": "x" * 20_000,
    "a list": [], "an object": {}, "a list of lists": [[]], "a list of null": [None],
    "a list of texts": ["x", "y"], "a list of one number": [1], "an object in an object":
    {"a": {"b": []}}, "a word of Python": "__proto__",
}  # fmt: skip


class Forged(NamedTuple):
    """A revision's header, and what follows it: as JSON values."""

    header: dict[str, Any]
    rest: Any


def bench(folder: Path) -> tuple[Path, Path]:
    """Make an archive of two dates with tables, and a file with zones beside it."""
    opened = new_archive(folder / "front")
    both = [zone(SMALL), zone(box(35.2, 51, 35.4, 51.4), "b", party="RU")]
    opened.add("2024-08-12", both, reason="first")
    opened.add("2024-08-31", [zone(SMALL)], reason="first")
    file = folder / "zones.geojson"
    file.write_text(json.dumps({
        "type": "FeatureCollection", "features": [{
            "type": "Feature", "id": "n", "geometry": LARGE.__geo_interface__,
            "properties": {"party": "UA", "status": "controlled", "confidence": "high",
                           "accuracy_m": 500, "sources": "isw"},
        }]}), "utf-8")  # fmt: skip
    (opened.root / "sources.csv").write_text(
        "id,publisher,url,published,read\nisw,ISW,https://example.org/,2024-09-01,\n", "utf-8"
    )
    (opened.root / "reported.csv").write_text(
        "as_of,as_of_precision,published,value_km2,qualifier,measure,party,claimant,source,note\n"
        "2024-08-31,day,2024-09-01,1243,about,controlled,UA,Us,isw,\n", "utf-8"
    )  # fmt: skip
    (opened.root / "reference.geojson").write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "properties": {"kind": "state_border"},
                        "geometry": {"type": "LineString", "coordinates": [[34, 51.3], [38, 51.3]]},
                    },
                    {
                        "type": "Feature",
                        "properties": {"kind": "place", "name_en": "Sudzha"},
                        "geometry": {"type": "Point", "coordinates": [35.1, 51.1]},
                    },
                ],
            }
        ),
        "utf-8",
    )
    (opened.root / "places.csv").write_text(
        "id,name_en,name_uk,name_ru,raion,lon,lat,accuracy_m,source\n"
        "sudzha,Sudzha,,,,35.1,51.1,500,isw\n", "utf-8"
    )  # fmt: skip
    (opened.root / "claimants.csv").write_text(
        "claimant,side,kind,note\nUs,none,monitor,\n", "utf-8"
    )
    (opened.root / "settlement_events.csv").write_text(
        "place_id,date,event,party,claimant,publisher,published,source,doubted,seen,repelled,passed,"
        "fought,note\nsudzha,2024-08-30,enters,UA,Us,ISW,2024-08-30,isw,,,,,,\n",
        "utf-8",
    )
    return opened.root, file


def text_of(forged: Forged) -> bytes:
    """Write a forged revision in the layout of frontmap, with the digest that it has."""
    header = dict(forged.header)
    digest = header.pop("digest", None)
    lines = {key: dumped(value) for key, value in header.items()}
    if digest == "":
        bare = written(lines, forged.rest)
        lines["digest"] = dumped(canonical.digest_of(bare))
    elif digest is not None:
        lines["digest"] = dumped(digest)
    return written(lines, forged.rest)


def written(lines: dict[str, str], rest: object) -> bytes:
    head = ",\n".join(f"{dumped(key)}:{lines[key]}" for key in sorted(lines))
    tail = rest if isinstance(rest, str) else laid_out(rest)
    return f'{{"type":"FeatureCollection",\n"frontmap":{{\n{head}\n}},\n{tail}'.encode()


def laid_out(rest: Any) -> str:
    """Write what follows a header as frontmap does, as far as it is of that form."""
    features = rest.get("features")
    if set(rest) - {"bbox", "features"} or not isinstance(features, list):
        return dumped(rest)[1:] + "\n"
    box = f'"bbox":{coordinates(rest["bbox"])},\n' if "bbox" in rest else ""
    return f'{box}"features":[\n' + ",\n".join(map(feature_text, features)) + "\n]}\n"


def feature_text(feature: Any) -> str:
    if not isinstance(feature, dict):
        return dumped(feature)
    members = {key: dumped(value) for key, value in feature.items()}
    if "bbox" in feature:
        members["bbox"] = coordinates(feature["bbox"])
    if isinstance(properties := feature.get("properties"), dict):
        lines = (f"{dumped(key)}:{dumped(properties[key])}" for key in sorted(properties))
        members["properties"] = "{\n" + ",\n".join(lines) + "\n}"
    if isinstance(geometry := feature.get("geometry"), dict):
        inner = (
            (k, coordinates(v) if k == "coordinates" else dumped(v)) for k, v in geometry.items()
        )
        members["geometry"] = "{" + ",".join(f"{dumped(key)}:{text}" for key, text in inner) + "}"
    order = ["type", "id", "bbox", "properties", "geometry"]
    keys = [k for k in order if k in members] + [k for k in members if k not in order]
    return "{" + ",\n".join(f"{dumped(key)}:{members[key]}" for key in keys) + "}"


def coordinates(value: Any) -> str:
    if isinstance(value, list) and value and all(isinstance(each, float) for each in value):
        return "[" + ",".join(f"{each:.6f}" for each in value) + "]"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(map(coordinates, value)) + "\n]"
    return dumped(value)


def dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def place(root: Path, forged: Forged) -> Path:
    """Put a forged revision where its header says that it lies, as far as it says so."""
    text = text_of(forged)
    header = forged.header
    date = header.get("date")
    day = date if isinstance(date, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", date) else "2024-08-31"
    recorded = re.sub(r"[^0-9TZ]", "", str(header.get("recorded")))
    if not re.fullmatch(r"\d{8}T\d{6}Z", recorded):
        recorded = "20260901T100000Z"
    digest = (
        found[1].decode() if (found := re.search(rb'"digest":"([0-9a-f]{12})', text)) else "0" * 12
    )
    folder = root / "revisions" / day[:4] / day
    folder.mkdir(parents=True, exist_ok=True)
    if forged.header.get("kind") == "snapshot" and not forged.header.get("supersedes"):
        for other in folder.glob("*.geojson"):
            other.unlink()
    path = folder / f"{recorded}-{digest}.geojson"
    path.write_bytes(text)
    return path


SQUARE = [[35.0, 51.0], [35.2, 51.0], [35.2, 51.2], [35.0, 51.2], [35.0, 51.0]]
EAST, NORTH = [[x + 1, y] for x, y in SQUARE], [[x + 1, y + 0.5] for x, y in SQUARE]
HOLE = [[36.05, 51.05], [36.05, 51.1], [36.1, 51.1], [36.1, 51.05], [36.05, 51.05]]


def honest() -> Forged:
    """Return a revision that frontmap could have written, of two zones."""
    return forged_of(
        zone(Polygon(SQUARE), note="n", extra={"maker_name": "x"}),
        zone(MultiPolygon([Polygon(EAST, [HOLE]), Polygon(NORTH)]), "b", party="RU"),
    )


def forged_of(*zones: Zone) -> Forged:
    """Return a revision of these zones as frontmap writes it, whether or not it would."""
    drawn = snapshot(
        *zones,
        sources=("isw",),
        imported_from=ImportedFrom(file="a.kml", sha256="0" * 64, profile="p", version="1"),
    )
    value = json.loads(canonical.dumps(drawn))
    header = value.pop("frontmap") | {"digest": ""}
    del value["type"]
    return Forged(header, value)


def places_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the place of every value within a JSON value; of a list's items, the first two."""
    yield path
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value[:2])
        if isinstance(value, list)
        else ()
    )
    for key, inner in items:
        yield from places_in(inner, (*path, key))


def changed(value: Any, path: tuple[str | int, ...], new: object) -> Any:
    """Return a copy with another value at a place; ``MISSING`` leaves the place out."""
    if not path:
        return new
    whole = copy.deepcopy(value)
    inner = whole
    for step in path[:-1]:
        inner = inner[step]
    if new is MISSING:
        del inner[path[-1]]
    else:
        inner[path[-1]] = new
    return whole


MISSING = object()
DATES = [
    "0001-01-01", "0999-12-31", "1600-01-01", "9999-12-31", "2024-02-30", "2024-8-1", "+2024-08-31",
    "2024-08-31T00:00:00", "\uff12\uff10\uff12\uff14-08-31",
]  # fmt: skip
INSTANTS = [
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "2026-09-01T10:00:00+00:00", "2026-09-01T10:00:00.5Z",
    "2026-09-01 10:00:00Z", "2026-09-01", "2026-09-01T10:00:00", "20260901T100000Z",
    "1600-01-01T00:00:00Z", "2026-09-01T24:00:00Z",
]  # fmt: skip
HEADERS: dict[str, dict[str, Any]] = {
    "more than there is": {"extra": 1},
    "version 1.0": {"version": 1.0},
    "version 99": {"version": 99},
    "a withdrawal": {"kind": "withdrawal"},
    "a correction of nothing": {"kind": "correction"},
    "a correction of what is not there": {"kind": "correction", "supersedes": ["0" * 64]},
    "supersedes twice": {"supersedes": ["0" * 64] * 2},
    "supersedes the beginning of a digest": {"supersedes": ["0" * 12]},
    "supersedes in capitals": {"supersedes": ["A" * 64]},
    "a source with a space": {"sources": ["a b"]},
    "a source twice": {"sources": ["a", "a"]},
    "a profile of true": {
        "imported_from": {"file": "a", "profile": True, "sha256": "0" * 64, "version": "1"}
    },
    "format 1's mapping": {"imported_from": {"file": "a", "mapping": 1, "sha256": "0" * 64}},
}
TRUTHS = [[True, 51.0], [1.2, 51.0], [1.2, 51.2], [True, 51.0]]
FINE = [[35.0, 51.0], [35.0000001, 51.0], [35.0000001, 51.0000001], [35.0, 51.0]]
GLOBE = [[-180.0, -90.0], [180.0, -90.0], [180.0, 90.0], [-180.0, 90.0], [-180.0, -90.0]]
HUGE = [[1e300, 1e300], [2e300, 1e300], [2e300, 2e300], [1e300, 1e300]]
RINGS: dict[str, Any] = {
    "a bow tie": [[[35.0, 51.0], [35.2, 51.2], [35.2, 51.0], [35.0, 51.2], [35.0, 51.0]]],
    "nothing": [],
    "an empty ring": [[]],
    "one position": [[[35.0, 51.0]]],
    "two positions": [[[35.0, 51.0], [36.0, 51.0], [35.0, 51.0]]],
    "no area": [[[35.0, 51.0], [36.0, 51.0], [35.5, 51.0], [35.0, 51.0]]],
    "an open ring": [SQUARE[:-1]],
    "altitudes": [[[*position, 1.0] for position in SQUARE]],
    "longitudes alone": [[[position[0]] for position in SQUARE]],
    "numbers as texts": [[[f"{number}" for number in position] for position in SQUARE]],
    "texts of two letters": [["35", "36", "37", "35"]],
    "a longitude of true": [TRUTHS],
    "whole degrees": [[[35, 51], [36, 51], [36, 52], [35, 51]]],
    "positions far beyond the globe": [HUGE],
    "positions off the globe": [[[350.0, 91.0], [360.0, 91.0], [360.0, 95.0], [350.0, 91.0]]],
    "another theatre": [[[x - 100, y] for x, y in SQUARE]],
    "the whole globe": [GLOBE],
    "a hole outside": [SQUARE, HOLE],
    "depth 200": json.loads("[" * 200 + "]" * 200),
    "depth 900": json.loads("[" * 900 + "]" * 900),
    "smaller than the grid": [FINE],
}
GEOMETRIES: dict[str, Any] = {
    "no parts": {"type": "MultiPolygon", "coordinates": []},
    "an empty part": {"type": "MultiPolygon", "coordinates": [[]]},
    "parts that overlap": {"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]},
    "one polygon as many": {"type": "MultiPolygon", "coordinates": [SQUARE]},
    "many polygons as one": {"type": "Polygon", "coordinates": [[SQUARE]]},
    "a collection": {
        "type": "GeometryCollection",
        "geometries": [{"type": "Polygon", "coordinates": [SQUARE]}],
    },
    "a point": {"type": "Point", "coordinates": [35.0, 51.0]},
    "a line": {"type": "LineString", "coordinates": SQUARE},
}
PROPERTIES: dict[str, tuple[str, object]] = {
    "an unknown status": ("status", "held"),
    "an unknown confidence": ("confidence", "sure"),
    "an unknown party": ("party", "XX"),
    "a negative accuracy": ("accuracy_m", -5),
    "no source": ("sources", ""),
    "a name of JavaScript": ("constructor", "x"),
    "the name of the geometry": ("geometry", "x"),
    "the name of the date": ("date", "x"),
    "the name of the id": ("id", 5),
    "a list": ("extra", [1]),
    "null": ("extra", None),
}


def forgeries() -> Iterator[tuple[str, Forged]]:
    """Yield each forgery with its name: one thing about it is not as frontmap writes it."""
    whole = honest()
    yield "nothing", whole
    for what, part in (("header", whole.header), ("rest", whole.rest)):
        for path in places_in(part):
            named = "/".join(map(str, (what, *path)))
            if path:
                yield f"{named}: left out", whole._replace(**{what: changed(part, path, MISSING)})
                for name, value in VALUES.items():
                    forged = whole._replace(**{what: changed(part, path, value)})
                    yield f"{named}: {name}", forged
    for key, texts in (("date", DATES), ("recorded", INSTANTS), ("published", INSTANTS)):
        for value in (*texts, *VALUES.values()):
            header = {**whole.header, key: value}
            yield f"header/{key}: {value!r:.40}", whole._replace(header=header)
    for name, members in HEADERS.items():
        yield f"header: {name}", whole._replace(header={**whole.header, **members})
    yield from forged_zones(whole)


def forged_zones(whole: Forged) -> Iterator[tuple[str, Forged]]:
    """Yield forgeries whose features are no zones, or no good ones."""
    grounds = {name: {"type": "Polygon", "coordinates": rings} for name, rings in RINGS.items()}
    for name, geometry in {**grounds, **GEOMETRIES}.items():
        rest = changed(whole.rest, ("features", 0, "geometry"), geometry)
        yield f"geometry: {name}", whole._replace(rest=rest)
    for name, (key, value) in PROPERTIES.items():
        rest = changed(whole.rest, ("features", 0, "properties", key), value)
        yield f"property: {name}", whole._replace(rest=rest)
    yield "an id twice", whole._replace(rest=changed(whole.rest, ("features", 1, "id"), "a"))
    text = laid_out(whole.rest)
    for name, other in {
        "a property twice": text.replace('"status"', '"status":"claimed",\n"status"', 1),
        "cut short": text[:-20],
        "NaN": text.replace("1000", "NaN", 1),
        "1e999": text.replace("1000", "1e999", 1),
        "a bracket in place of the last": text[:-2] + "]\n",
        "a list of numbers": '"features":[1,2,3]}\n',
        "no features": '"features":[\n\n]}\n',
    }.items():
        yield name, whole._replace(rest=other)
