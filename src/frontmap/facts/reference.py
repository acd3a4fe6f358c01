"""The ground that does not move: state border, towns, rivers, roads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from shapely.errors import ShapelyError
from shapely.geometry import shape

from frontmap import storage
from frontmap.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

KINDS = ("border", "town", "river", "road")
NAMES = ("name_en", "name_uk", "name_ru")


def read_reference(root: Path) -> gpd.GeoDataFrame:
    """Read ``reference.geojson``; a file that isn't there is an empty table.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns ``kind`` (border, town, river, road), ``name_en``, ``name_uk``, ``name_ru`` (blank
        where unnamed), ``geometry`` in longitude/latitude degrees (EPSG:4326).

    Raises
    ------
    InputError
        The file is not GeoJSON, or a feature has no kind or no geometry: names the feature.
    StorageError
        The file cannot be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> list(read_reference(Path("no-such-folder")).columns)
    ['kind', 'name_en', 'name_uk', 'name_ru', 'geometry']
    """
    import geopandas as gpd  # noqa: PLC0415  who reads a CSV table alone need not wait for it

    path = root / "reference.geojson"
    rows = [_row(path, n, feature) for n, feature in enumerate(_features(path))]
    return gpd.GeoDataFrame(
        rows, columns=["kind", *NAMES, "geometry"], geometry="geometry", crs="EPSG:4326"
    )


def _features(path: Path) -> list[object]:
    try:
        content = orjson.loads(storage.read(path, below=path.parent))
    except NotFoundError:
        return []
    except orjson.JSONDecodeError as error:
        raise InputError(f"{path}, line {error.lineno}: is not JSON: {error.msg}") from None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list):
        raise InputError(f"{path}: has no list of features; save it as a FeatureCollection")
    return features


def _row(path: Path, number: int, feature: object) -> dict[str, object]:
    place = f"{path}, features[{number}]"
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(feature, dict) or not isinstance(properties, dict):
        raise InputError(f"{place}: is no feature with properties")
    kind = properties.get("kind")
    if kind not in KINDS:
        raise InputError(f"{place}: kind {kind!r} is unknown; use one of {', '.join(KINDS)}")
    try:
        geometry = shape(feature["geometry"])
    except (ShapelyError, KeyError, TypeError, ValueError, AttributeError):
        raise InputError(f"{place}: its geometry cannot be read; mend or remove it") from None
    if geometry.is_empty:
        raise InputError(f"{place}: its geometry is empty; mend or remove it")
    names = {name: str(properties.get(name) or "") for name in NAMES}
    return {"kind": kind, **names, "geometry": geometry}
