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
_HELD = frozenset({"coordinates", "geometries"})
_PLACE = "place"  # of JSON-FG: ground in another coordinate system, or of another type


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
    try:
        polygons, others = split_geometry(_drawn(value))
    except ValueError as error:
        return Feature(own_id=own_id(value, properties), flaw=str(error))
    return Feature(
        own_id=own_id(value, properties),
        properties=properties,
        polygons=tuple(polygons),
        others=tuple(others),
    )


def _drawn(feature: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a feature's geometry, empty where it has none; raises as :func:`split_geometry`."""
    geometry = feature.get("geometry")
    if geometry is not None:
        return _geometry(geometry)
    elsewhere = (
        key
        for key, value in feature.items()
        if (key == _PLACE and value is not None)
        or (key != "properties" and isinstance(value, dict) and _HELD & value.keys())
    )
    if (key := next(elsewhere, None)) is not None:
        raise ValueError(
            f"what is drawn stands in {key!r}, which is not read; "
            "give it as 'geometry', in longitude and latitude"
        )
    return {}


def split_geometry(geometry: Mapping[str, Any]) -> tuple[list[Any], list[str]]:
    """Return the coordinates of all polygons in a geometry, and the types of what is no polygon.

    Raises ``ValueError`` for what may hold ground, and isn't there or is no geometry.

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
            polygons.append(_held(one, "coordinates"))
        elif kind == "MultiPolygon":
            polygons += _held(one, "coordinates")
        elif kind == "GeometryCollection":
            held = _held(one, "geometries")
            pending += reversed([_geometry(each) for each in held if each is not None])
        elif kind:
            others.append(kind if isinstance(kind, str) else type(kind).__name__)
        elif _HELD & one.keys():
            raise ValueError("a geometry without a type; name it, such as 'Polygon'")
    return polygons, others


def _held(geometry: Mapping[str, Any], key: str) -> list[Any]:
    """Return the list that a geometry must hold, if only an empty one."""
    held = geometry.get(key)
    if not isinstance(held, list):
        raise ValueError(  # noqa: TRY004  the file's value
            f"a {geometry['type']} without a list of {key}; fetch the file again, or leave it out"
        )
    return held


def _geometry(value: Any) -> Mapping[str, Any]:  # noqa: ANN401  any JSON value
    if not isinstance(value, dict):
        raise ValueError("a geometry that is no object; save it as GeoJSON")  # noqa: TRY004  the file's value
    return value


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
