"""The ground that does not move: borders, units, coasts, countries, water, roads, places."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import orjson
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape

from frontmap import storage
from frontmap.errors import InputError, NotFoundError
from frontmap.facts.first_edition import REFERENCE_KINDS, reference_text
from frontmap.facts.vocabulary import ReferenceKind
from frontmap.geometry.crossings import lines_cross_more_often
from frontmap.model import BORDER_TOLERANCE_M

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from frontmap.geometry.edges import Shapes

REFERENCE = "reference.geojson"
#: What a state border may be: the longest one between two states is 9,000 km long.
MOST_VERTICES = 1_000_000
MOST_CROSSINGS = 1_000
LONGEST_KM = 20_000
MOST_PEOPLE = 10**9
_KM_PER_DEGREE = 111.2
KINDS: tuple[str, ...] = get_args(ReferenceKind)
_NAMES = ("name_en", "name_uk", "name_ru")
_TEXTS = ("source", "license", "attribution")
_TYPES = {"accuracy_m": "float64", "population": "Int64", "disputed": "bool"}
_ANY_NAME = re.compile(r"name_[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def read_reference(root: Path) -> gpd.GeoDataFrame:
    """Read ``reference.geojson``; a file that isn't there is an empty table.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns ``kind`` (state_border, unit, coast, country, water, road, place), ``name_en``,
        ``name_uk``, ``name_ru`` and a column for each other language that a feature has a name in
        (blank where unnamed), ``source`` (an id of ``sources.csv``), ``license`` (SPDX),
        ``attribution`` (blank where not stated), ``accuracy_m`` (NaN where not stated),
        ``population`` (Int64, of a place; missing where not stated), ``disputed`` (bool: a border
        or a country that is), ``geometry`` in longitude/latitude degrees (EPSG:4326).

    Raises
    ------
    InputError
        The file is not GeoJSON, or a feature has no kind, no geometry or an accuracy, a population
        or a ``disputed`` that is none: names the feature.
    StorageError
        The file cannot be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> list(read_reference(Path("no-such-folder")).columns)
    ['kind', 'name_en', 'name_uk', 'name_ru', 'source', 'license', 'attribution', 'accuracy_m',
    'population', 'disputed', 'geometry']
    """
    import geopandas as gpd  # noqa: PLC0415  who reads a CSV table alone need not wait for it

    rows = _rows_beside(root)
    others = sorted({key for row in rows for key in row if _ANY_NAME.fullmatch(key)} - {*_NAMES})
    columns = ["kind", *_NAMES, *others, *_TEXTS, *_TYPES, "geometry"]
    frame = gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs="EPSG:4326")
    return frame.fillna(dict.fromkeys(others, "")).astype(_TYPES)


def read_state_border(root: Path) -> BaseGeometry | None:
    """Read the state border that measures keep still, in degrees (EPSG:4326); None without one.

    A border that is stated to be more than 100 m off is drawn, and never measured with: it is left
    out. Of an area it is the outline. Raises as :func:`read_reference`, and loads less; also
    ``InputError`` where the border is a point, has more than 1,000,000 vertices, is longer than
    20,000 km as drawn, or crosses itself more than 1,000 times.

    >>> from pathlib import Path
    >>> read_state_border(Path("geodata/kursk")).geom_type
    'MultiLineString'
    """
    borders = [
        (number, row["geometry"])
        for number, row in enumerate(_rows_beside(root))
        if row["kind"] == "state_border" and not row["accuracy_m"] > BORDER_TOLERANCE_M
    ]
    if not borders:
        return None
    for number, geometry in borders:
        if shapely.get_dimensions(geometry) < 1:
            raise InputError(
                f"{root / REFERENCE}, features[{number}]: a state border is a line; draw it, or "
                "give it another kind"
            )
    shapes = np.array([geometry for _, geometry in borders], dtype=object)
    lines = np.where(shapely.get_dimensions(shapes) == 2, shapely.boundary(shapes), shapes)  # noqa: PLR2004  areas
    if flaw := _too_much_border(lines):
        raise InputError(f"{root / REFERENCE}: {flaw}")
    return shapely.union_all(lines)


def _too_much_border(lines: Shapes) -> str:
    """Say why a border costs too much to keep still; nothing if it doesn't."""
    vertices = int(shapely.get_num_coordinates(lines).sum())
    if vertices > MOST_VERTICES:
        return (
            f"a state border of {vertices:,} vertices, {MOST_VERTICES:,} at most; simplify it, or "
            "leave out what lies far from the theatre"
        )
    length_km = float(shapely.length(lines).sum()) * _KM_PER_DEGREE
    if length_km > LONGEST_KM:
        return (
            f"a state border of {length_km:,.0f} km, {LONGEST_KM:,} at most; leave out what lies "
            "far from the theatre, and what is drawn twice"
        )
    if lines_cross_more_often(lines, MOST_CROSSINGS):
        return (
            f"lines of the state border cross more than {MOST_CROSSINGS:,} times; "
            "a border is drawn once, without crossing itself"
        )
    return ""


def upgraded_reference(path: Path, data: bytes) -> bytes:
    """Give the text of a reference in the words of this format; raises ``InputError``.

    >>> from pathlib import Path
    >>> upgraded_reference(Path("reference.geojson"), b'{"features": []}')
    b'{"features": []}'
    """
    _rows(path, data)
    return reference_text(data)


def _rows_beside(root: Path) -> list[dict[str, Any]]:
    path = root / REFERENCE
    try:
        return _rows(path, storage.read(path, below=root))
    except NotFoundError:
        return []


def _rows(path: Path, data: bytes) -> list[dict[str, Any]]:
    try:
        content = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise InputError(f"{path}, line {error.lineno}: is not JSON: {error.msg}") from None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list):
        raise InputError(f"{path}: has no list of features; save it as a FeatureCollection")
    return [_row(path, number, feature) for number, feature in enumerate(features)]


def _row(path: Path, number: int, feature: object) -> dict[str, Any]:
    place = f"{path}, features[{number}]"
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(feature, dict) or not isinstance(properties, dict):
        raise InputError(f"{place}: is no feature with properties")
    given = properties.get("kind")
    kind = REFERENCE_KINDS.get(given, given) if isinstance(given, str) else given
    if kind not in KINDS:
        raise InputError(f"{place}: kind {kind!r} is unknown; use one of {', '.join(KINDS)}")
    try:
        geometry = shape(feature["geometry"])
    except (ShapelyError, KeyError, TypeError, ValueError, AttributeError):
        raise InputError(f"{place}: its geometry cannot be read; mend or remove it") from None
    if geometry.is_empty:
        raise InputError(f"{place}: its geometry is empty; mend or remove it")
    own = [name for name in properties if _ANY_NAME.fullmatch(name) and name not in _NAMES]
    texts = {name: _text(place, name, properties.get(name)) for name in (*_NAMES, *own, *_TEXTS)}
    return {
        "kind": kind,
        **texts,
        "accuracy_m": _accuracy_m(place, properties.get("accuracy_m")),
        "population": _population(place, properties.get("population")),
        "disputed": _disputed(place, properties.get("disputed")),
        "geometry": geometry,
    }


def _text(place: str, name: str, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(f"{place}: {name} {value!r:.80} is no text; write one, or none")
    return value


def _accuracy_m(place: str, value: object) -> float:
    if value is None or value == "":
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise InputError(f"{place}: accuracy_m {value!r:.80} is no distance; write metres, or none")
    return float(value)


def _population(place: str, value: object) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_PEOPLE:
        raise InputError(
            f"{place}: population {value!r:.80} is no count of people; write one, or none"
        )
    return value


def _disputed(place: str, value: object) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    raise InputError(f"{place}: disputed {value!r:.80} is neither true nor false; write one")
