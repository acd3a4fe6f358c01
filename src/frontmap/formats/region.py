"""A region of a GeoJSON file: ground to cut to, or that a maker maps at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from frontmap.errors import InputError
from frontmap.formats import strict
from frontmap.geometry.crossings import flaw_of, too_costly

if TYPE_CHECKING:
    from pathlib import Path

MOST_VERTICES = 1_000_000


def read_region(
    path: Path, *, below: Path | None = None, most_vertices: int = MOST_VERTICES
) -> Polygon | MultiPolygon:
    """Return the ground that the polygons of a GeoJSON file cover (EPSG:4326).

    ``below`` is the folder of an archive that the file is part of: no link leads there. Raises
    ``InputError`` when the file is no GeoJSON, holds something other than valid polygons, has more
    vertices than ``most_vertices``, or costs too much to unite.

    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "region.geojson")
    ...     _ = path.write_text(shapely.to_geojson(shapely.box(36, 50, 37, 51)))
    ...     read_region(path).bounds
    (36.0, 50.0, 37.0, 51.0)
    """
    data = strict.read_limited(path, below=below)
    if why := strict.excess(data):
        raise InputError(f"{path}: {why}")
    try:
        shapes = shapely.from_geojson(data.decode())
    except (shapely.GEOSException, UnicodeDecodeError) as error:
        raise InputError(f"{path}: no GeoJSON: {error}; give a file with polygons") from None
    if (count := shapely.get_num_coordinates(shapes)) > most_vertices:
        raise InputError(
            f"{path}: {count:,} vertices, {most_vertices:,} at most; simplify it (in QGIS: "
            "Simplify)"
        )
    parts = np.array(
        [as_region(each, path) for each in np.atleast_1d(shapely.get_parts(shapes))], dtype=object
    )
    if why := too_costly(parts):
        raise InputError(f"{path}: {why}")
    return as_region(shapely.union_all(parts), path)


def region_text(region: Polygon | MultiPolygon) -> bytes:
    """Write a region as a file that :func:`read_region` and any GIS read.

    >>> region_text(shapely.box(0, 0, 1, 1)).decode().splitlines()[0]
    '{"type":"FeatureCollection","features":['
    """
    geometry = shapely.to_geojson(shapely.orient_polygons(region))
    return (
        '{"type":"FeatureCollection","features":[\n'
        f'{{"type":"Feature","properties":{{}},"geometry":{geometry}}}\n]}}\n'
    ).encode()


def as_region(geometry: shapely.Geometry, named: Path | str) -> Polygon | MultiPolygon:
    """Return a polygon as a region to cut to; raises ``InputError`` when it is none or not valid.

    >>> as_region(shapely.box(34, 50, 37, 52), "--bbox").bounds
    (34.0, 50.0, 37.0, 52.0)
    """
    if not isinstance(geometry, Polygon | MultiPolygon) or geometry.is_empty:
        raise InputError(
            f"{named}: a region is a polygon, not {type(geometry).__name__} or nothing"
        )
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise InputError(f"{named}: a coordinate is not a finite number")
    if flaw := flaw_of(geometry):
        raise InputError(f"{named}: {flaw}; mend it (in QGIS: Fix geometries)")
    west, south, east, north = geometry.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):  # noqa: PLR2004  degrees
        raise InputError(f"{named}: a position is not longitude, latitude in degrees (EPSG:4326)")
    return shapely.force_2d(geometry)
