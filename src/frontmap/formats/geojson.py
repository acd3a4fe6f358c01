"""Features as GeoJSON has them (RFC 7946, and the ``crs`` of 2008 where it says degrees)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from frontmap import storage
from frontmap.errors import InputError
from frontmap.formats import strict
from frontmap.formats.features import Feature, FeatureFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import TypeVar

    T = TypeVar("T")

MOST_VERTICES = 1_000_000

_DEGREES = re.compile(r"(urn:ogc:def:crs:)?(OGC:(1\.3)?:?CRS84|EPSG::?4326)", re.IGNORECASE)


def read_features(
    path: Path, convert: Callable[[Feature], T], *, below: Path | None = None
) -> FeatureFile[T]:
    """Read a FeatureCollection; ``convert`` is called once for each feature, in order.

    ``below`` is the folder of an archive: of a file in it, no link leads there, and it is a plain
    file. Raises ``InputError`` naming the file and the remedy, ``NotFoundError`` without a file.

    >>> from pathlib import Path
    >>> file = read_features(Path("tests/data/deepstate/1709294400.geojson"), lambda each: each)
    >>> file.form, len(file.features), file.features[0].others
    ('GeoJSON', 11, ())
    """
    inner = None if below is None else storage.path_in(path, below)
    data = strict.read_limited(path if inner is None else inner, below=inner and below)
    value, repairs = strict.parse(data, path)
    if not isinstance(value, dict) or value.get("type") != "FeatureCollection":
        kind = value.get("type") if isinstance(value, dict) else type(value).__name__
        raise InputError(f"{path}: must be a FeatureCollection, not {kind!r}")
    _require_degrees(value.get("crs"), path)
    features = value.get("features")
    if not isinstance(features, list):
        raise InputError(f"{path}: 'features' must be a list")
    _require_few_vertices(features, path)
    header = value.get("frontmap")
    return FeatureFile(
        form="GeoJSON",
        features=tuple(convert(_feature(each)) for each in features),
        repairs=repairs,
        header=header if isinstance(header, dict) else None,
    )


def split_geometry(geometry: Mapping[str, Any]) -> tuple[list[Any], list[str]]:
    """Return the coordinates of all polygons in a geometry, and the types of what is no polygon.

    >>> split_geometry({"type": "GeometryCollection", "geometries": [
    ...     {"type": "Polygon", "coordinates": [[[36, 48], [37, 48], [37, 49], [36, 48]]]},
    ...     {"type": "Point", "coordinates": [36, 48]}]})
    ([[[[36, 48], [37, 48], [37, 49], [36, 48]]]], ['Point'])
    """
    polygons, others = [], []
    pending = [geometry]
    while pending:
        one = pending.pop()
        kind = one.get("type")
        if kind == "Polygon":
            polygons.append(_list(one.get("coordinates")))
        elif kind == "MultiPolygon":
            polygons += _list(one.get("coordinates"))
        elif kind == "GeometryCollection":
            pending += reversed([_object(each) for each in _list(one.get("geometries"))])
        elif kind:
            others.append(kind if isinstance(kind, str) else type(kind).__name__)
    return polygons, others


def _feature(value: Any) -> Feature:  # noqa: ANN401  any JSON value
    if not isinstance(value, dict) or value.get("type") != "Feature":
        return Feature(flaw="not a Feature")
    properties = value.get("properties") or {}
    if not isinstance(properties, dict):
        return Feature(own_id=_id(value, {}), flaw="'properties' must be an object")
    polygons, others = split_geometry(_object(value.get("geometry")))
    return Feature(
        own_id=_id(value, properties),
        properties=properties,
        polygons=tuple(polygons),
        others=tuple(others),
    )


def _id(feature: dict[str, Any], properties: dict[str, Any]) -> str:
    value = feature.get("id")
    if value is None:
        value = properties.get("id")
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value)


def _require_degrees(crs: Any, path: Path) -> None:  # noqa: ANN401  any JSON value
    if crs is None:
        return
    name = _object(_object(crs).get("properties")).get("name")
    if not isinstance(name, str) or not _DEGREES.fullmatch(name):
        raise InputError(
            f"{path}: crs {name!r}: coordinates must be longitude/latitude; save it in EPSG:4326"
        )


def _require_few_vertices(features: list[Any], path: Path) -> None:
    count = sum(_positions(each.get("geometry")) for each in features if isinstance(each, dict))
    if count > MOST_VERTICES:
        raise InputError(
            f"{path}: {count:,} vertices, {MOST_VERTICES:,} at most; "
            "simplify it (in QGIS: Simplify)"
        )


def _positions(geometry: Any) -> int:  # noqa: ANN401  any JSON value
    pending, count = [geometry.get("coordinates") if isinstance(geometry, dict) else None], 0
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            if item and not isinstance(item[0], list):
                count += 1
            else:
                pending.extend(item)
    return count


def _object(value: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON value
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:  # noqa: ANN401  any JSON value
    return value if isinstance(value, list) else []
