"""Features as services of ArcGIS answer them: Esri JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from frontmap.formats.esri_rings import polygons_of_rings
from frontmap.formats.features import Feature
from frontmap.formats.source import Source, source_of, stated_id

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_ALL = "the service says that it left features out (exceededTransferLimit); fetch the rest too"

_OTHERS = {
    "paths": "Polyline", "points": "Multipoint", "x": "Point", "curvePaths": "curvePaths",
    "curveRings": "curveRings", "xmin": "Envelope",
}  # fmt: skip
#: What may stand in a geometry that draws nothing.
_KNOWN = frozenset({*_OTHERS, "y", "z", "m", "spatialReference", "hasZ", "hasM"})


def is_feature_set(value: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a set of features in Esri's form.

    >>> is_feature_set({"geometryType": "esriGeometryPolygon", "features": []})
    True
    >>> is_feature_set({"type": "FeatureCollection", "features": []})
    False
    """
    features = value.get("features")
    if not isinstance(features, list) or "type" in value:
        return False
    if "geometryType" in value or "spatialReference" in value:
        return True
    return any(isinstance(each, dict) and "attributes" in each for each in features[:1])


def read_feature_set(value: Mapping[str, Any]) -> Source:
    """Return the features of a set in Esri's form, with its ``spatialReference``.

    >>> ring = [[36, 48], [36, 49], [37, 49], [36, 48]]
    >>> source = read_feature_set({"spatialReference": {"wkid": 102100}, "features": [
    ...     {"attributes": {"OBJECTID": 4}, "geometry": {"rings": [ring]}}]})
    >>> source.crs, [source.parse(text).row for text in source.texts]
    ('EPSG:3857', ['4'])
    """
    key = value.get("objectIdFieldName")
    repairs = (NOT_ALL,) if value.get("exceededTransferLimit") is True else ()
    features = [_feature(each, key if isinstance(key, str) else "") for each in value["features"]]
    crs = _crs(value.get("spatialReference"))
    if crs is None:  # some tools state it with each geometry
        stated = (_object(_object(each).get("geometry")) for each in value["features"])
        crs = next(
            (_crs(each["spatialReference"]) for each in stated if "spatialReference" in each), None
        )
    if "transform" in value:
        features = [
            Feature(flaw="its coordinates are quantized; fetch it without quantizationParameters")
            for _ in features
        ]
    return source_of("Esri JSON", features, repairs=repairs, crs=crs)


def _feature(value: Any, id_key: str) -> Feature:  # noqa: ANN401  any JSON value
    if not isinstance(value, dict):
        return Feature(flaw="not a feature")
    attributes = _object(value.get("attributes"))
    numbering = (id_key, "OBJECTID", "FID", "ObjectId")
    number = next((attributes[key] for key in numbering if key in attributes), "")
    own_id = stated_id(attributes) or (number if isinstance(number, str) else "")
    row = str(number)
    try:
        polygons, others = _drawn(value.get("geometry"))
    except ValueError as error:
        return Feature(own_id=own_id, row=row, properties=attributes, flaw=str(error))
    return Feature(
        own_id=own_id, row=row, properties=attributes, polygons=tuple(polygons), others=others
    )


def _drawn(geometry: Any) -> tuple[list[Any], tuple[str, ...]]:  # noqa: ANN401  any JSON value
    """Return the polygons of a geometry, and what else it holds; ``ValueError`` if not known."""
    if geometry is None:
        return [], ()
    if not isinstance(geometry, dict) or not isinstance(geometry.get("rings", []), list):
        raise ValueError("its geometry is damaged; fetch the file again, or leave it out")  # noqa: TRY004  the file's value
    others = tuple(name for key, name in _OTHERS.items() if geometry.get(key) not in (None, []))
    if not others and "rings" not in geometry and (unknown := geometry.keys() - _KNOWN):
        raise ValueError(f"its geometry has {min(unknown)!r} and no rings; save it as GeoJSON")
    return polygons_of_rings(geometry.get("rings", [])), others


def _crs(reference: Any) -> str | None:  # noqa: ANN401  any JSON value
    stated = _object(reference)
    code = stated.get("latestWkid", stated.get("wkid"))
    if isinstance(code, int) and not isinstance(code, bool):
        if code in {102100, 102113, 900913}:  # Esri's own numbers of Web Mercator
            code = 3857
        return f"EPSG:{code}" if code < 37000 else f"ESRI:{code}"  # noqa: PLR2004
    return stated["wkt"] if isinstance(stated.get("wkt"), str) else None


def _object(value: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON value
    return value if isinstance(value, dict) else {}
