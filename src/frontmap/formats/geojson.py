"""Features as GeoJSON has them (RFC 7946, and the ``crs`` of 2008)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from frontmap.formats.features import Feature

if TYPE_CHECKING:
    from collections.abc import Mapping

GEOMETRIES = (
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
)


def feature_of(value: Any) -> Feature:  # noqa: ANN401  any JSON value
    """Return what a GeoJSON feature, or a geometry that stands alone, holds.

    >>> feature_of({"type": "Feature", "id": 7, "geometry": None}).own_id
    '7'
    >>> feature_of({"type": "Point", "coordinates": [36, 48]}).others
    ('Point',)
    >>> feature_of([36, 48]).flaw
    'not a Feature'
    """
    if not isinstance(value, dict):
        return Feature(flaw="not a Feature")
    if value.get("type") in GEOMETRIES and "properties" not in value:
        value = {"type": "Feature", "geometry": value}
    if value.get("type") != "Feature":
        return Feature(flaw="not a Feature")
    properties = value.get("properties") or {}
    if not isinstance(properties, dict):
        return Feature(own_id=own_id(value, {}), flaw="'properties' must be an object")
    polygons, others = split_geometry(_object(value.get("geometry")))
    return Feature(
        own_id=own_id(value, properties),
        properties=properties,
        polygons=tuple(polygons),
        others=tuple(others),
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


def own_id(feature: Mapping[str, Any], properties: Mapping[str, Any]) -> str:
    """Return the id that a feature has, or else its property ``id``; blank where it is no text.

    >>> own_id({"type": "Feature"}, {"id": 12}), own_id({"id": 1.5}, {})
    ('12', '')
    """
    value = feature.get("id")
    if value is None:
        value = properties.get("id")
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value)


def stated_crs(collection: Mapping[str, Any]) -> str | None:
    """Return the code or name of the ``crs`` of 2008; None where there is none, blank if unknown.

    >>> stated_crs({"crs": {"type": "name", "properties": {"name": "EPSG:3857"}}})
    'EPSG:3857'
    >>> stated_crs({"crs": {"type": "EPSG", "properties": {"code": 4326}}})
    'EPSG:4326'
    >>> stated_crs({"crs": {"type": "link", "properties": {"href": "https://example.org"}}})
    ''
    """
    crs = collection.get("crs")
    if crs is None:
        return None
    properties = _object(_object(crs).get("properties"))
    if isinstance(name := properties.get("name"), str):
        return name
    code = properties.get("code")
    return f"EPSG:{code}" if isinstance(code, str | int) and code else ""


def _object(value: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON value
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:  # noqa: ANN401  any JSON value
    return value if isinstance(value, list) else []
