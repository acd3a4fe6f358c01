"""The ground that a maker maps at all: outside it nothing is said, and nothing is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from frontmap.errors import InputError
from frontmap.facts import read_state_border
from frontmap.geometry.crossings import too_costly
from frontmap.geometry.exact_area import polygon_areas_km2
from frontmap.geometry.plane import plane_about
from frontmap.geometry.polygons import polygonal
from frontmap.geometry.strips import strip
from frontmap.model import BORDER_TOLERANCE_M

if TYPE_CHECKING:
    from pathlib import Path

    from shapely import MultiPolygon, Polygon

    from frontmap.model import About


def mapped_ground(about: About) -> Polygon | MultiPolygon:
    """Return what an archive's maker maps: the covered ground in its theatre (EPSG:4326).

    Raises ``InputError`` when the covered ground costs too much to cut.

    >>> import frontmap
    >>> mapped_ground(frontmap.open("geodata/kursk").about).bounds
    (34.0, 50.7, 36.2, 51.8)
    """
    theatre = shapely.box(*about.theatre.bbox)
    return theatre if about.covered is None else common_ground(theatre, about.covered)


def ground_to_fill(about: About, root: Path) -> Polygon | MultiPolygon:
    """Return where gaps between zones are looked for and closed (EPSG:4326).

    That is what the maker maps, but for 100 m beside the state border of ``reference.geojson``: its
    line is known and stays where it is. Raises ``InputError`` for a reference that cannot be read.

    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> there = ground_to_fill(kursk.about, kursk.root)
    >>> [bool(there.contains(shapely.Point(place))) for place in ((35.27, 51.19), (35.0, 51.2))]
    [True, True]
    """
    mapped = mapped_ground(about)
    border = read_state_border(root)
    if border is not None:
        border = shapely.intersection(border, shapely.box(*mapped.bounds))
    if border is None or border.is_empty:
        return mapped
    plane = plane_about(border)
    beside = plane.degrees(strip(plane.flat(border), BORDER_TOLERANCE_M))
    return polygonal(shapely.difference(mapped, beside))


def common_ground(
    one: Polygon | MultiPolygon, other: Polygon | MultiPolygon
) -> Polygon | MultiPolygon:
    """Return where two regions meet; raises ``InputError`` when that costs too much to work out.

    >>> common_ground(shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3)).bounds
    (1.0, 1.0, 2.0, 2.0)
    """
    if why := too_costly(np.array([one, other], dtype=object)):
        raise InputError(f"the ground that a maker maps: {why}")
    return polygonal(one.intersection(other))


def outside_km2(geometry: Polygon | MultiPolygon, covered: Polygon | MultiPolygon) -> float:
    """Return how much of a zone lies outside the covered ground, exact on the WGS 84 ellipsoid.

    Raises ``InputError`` as :func:`common_ground`.

    >>> round(outside_km2(shapely.box(35, 51, 35.2, 51.1), shapely.box(35, 51, 35.1, 51.1)), 2)
    78.01
    """
    if covered.covers(geometry):
        return 0.0
    inside = common_ground(geometry, covered)
    whole_km2, inside_km2 = polygon_areas_km2([geometry, inside])
    return float(whole_km2 - inside_km2)
