"""From a file's own coordinate system to longitude/latitude degrees (EPSG:4326).

Corners are converted, edges are not bent: an edge straight in the file's system becomes the
straight one between its converted ends, as in every GIS. In UTM or Web Mercator it then lies off by
up to the square of its length times the tangent of its latitude, over eight times the Earth's
radius: 2.5 m for an edge of 10 km at 51°.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from pyproj import CRS

    from frontmap.formats.features import Feature

    Convert = Callable[[NDArray[np.float64], NDArray[np.float64]], tuple[Any, Any]]

#: Beyond this no number is a degree, whatever way round it was written.
LARGEST_DEGREE = 540.0

_CODE = re.compile(
    r"(?:urn:(?:x-)?ogc:def:crs:|https?://www\.opengis\.net/def/crs/)?"
    r"(?P<authority>EPSG|OGC|ESRI)"
    r"(?:[:/][\d.]*[:/]|:|/)"
    r"(?P<code>[A-Za-z]*\d+)",
    re.IGNORECASE,
)
_OLD_GML = re.compile(r"https?://www\.opengis\.net/gml/srs/epsg\.xml#(\d+)", re.IGNORECASE)
_DEGREES = frozenset({"OGC:CRS84", "OGC:84", "EPSG:4326"})
#: What makes PROJ open a file that a definition names.
_NAMES_A_FILE = re.compile(
    r"nadgrids\s*=\s*(?!@null\b)|geoidgrids|\+(file|grids|init)\b|PARAMETERFILE|PIPELINE",
    re.IGNORECASE,
)
_LONGEST = 20_000


class UnknownCRSError(ValueError):
    """A coordinate system that cannot be taken; the message says which and why."""


def code_of(text: str) -> str:
    """Return a coordinate system as ``AUTHORITY:CODE``, however its name is written; else blank.

    >>> code_of("urn:ogc:def:crs:EPSG::3857"), code_of("urn:ogc:def:crs:OGC:1.3:CRS84")
    ('EPSG:3857', 'OGC:CRS84')
    >>> code_of("http://www.opengis.net/def/crs/EPSG/0/32637"), code_of("epsg:4326")
    ('EPSG:32637', 'EPSG:4326')
    """
    if old := _OLD_GML.fullmatch(text.strip()):
        return f"EPSG:{old[1]}"
    found = _CODE.fullmatch(text.strip())
    return f"{found['authority'].upper()}:{found['code'].upper()}" if found else ""


def is_degrees(crs: str) -> bool:
    """Whether a coordinate system is longitude/latitude on WGS 84, so that nothing is converted.

    >>> is_degrees("urn:ogc:def:crs:OGC:1.3:CRS84"), is_degrees("EPSG:3857")
    (True, False)
    """
    return code_of(crs) in _DEGREES or name_of(crs) in _DEGREES


def is_local(crs: str) -> bool:
    """Whether a coordinate system is a drawing's own, which lies nowhere on Earth.

    GDAL writes one into a GeoPackage for a layer that has none. What has a code is none.

    >>> is_local('LOCAL_CS["Undefined SRS"]'), is_local("EPSG:3857")
    (True, False)
    """
    return not code_of(crs) and bool(_parsed(crs).is_engineering)


@lru_cache(maxsize=64)
def name_of(crs: str) -> str:
    """Return the code of a coordinate system where it has one, else its name.

    Raises :class:`UnknownCRSError` when nobody knows it, or when it names a file to be read.

    >>> name_of("EPSG:3857")
    'EPSG:3857'
    >>> name_of("EPSG:999999")
    Traceback (most recent call last):
    frontmap.formats.coordinates.UnknownCRSError: coordinate system 'EPSG:999999' is not known
    """
    parsed = _parsed(crs)
    authority = parsed.to_authority(min_confidence=90)
    return ":".join(authority) if authority else str(parsed.name)


@lru_cache(maxsize=64)
def converter(crs: str) -> Convert:
    """Return what turns a coordinate system's numbers into longitudes and latitudes.

    Raises :class:`UnknownCRSError` for one that nobody knows, or that has no longitude and latitude
    on Earth: of heights, of a drawing, of another body.

    >>> convert = converter("EPSG:5703")
    Traceback (most recent call last):
    frontmap.formats.coordinates.UnknownCRSError: coordinate system 'EPSG:5703' cannot be converted
    """
    from pyproj import Transformer, network  # noqa: PLC0415  takes long to import
    from pyproj.exceptions import ProjError  # noqa: PLC0415

    network.set_network_enabled(active=False)  # no grid is fetched
    parsed = _parsed(crs)
    try:
        if parsed.is_geographic or parsed.is_projected:
            convert: Convert = Transformer.from_crs(parsed, "EPSG:4326", always_xy=True).transform
            return convert
    except ProjError:
        pass
    raise UnknownCRSError(f"coordinate system {name_of(crs)!r} cannot be converted")


def to_degrees(feature: Feature, crs: str) -> Feature:
    """Return a feature with its rings in longitude/latitude degrees; altitudes are left out.

    What is no number stays as it is. Raises :class:`UnknownCRSError`.

    >>> from frontmap.formats.features import Feature
    >>> ring = [[3896182.178, 6621293.723], [3918446.076, 6621293.723], [3896182.178, 6656747.949]]
    >>> drawn = to_degrees(Feature(polygons=([ring],)), "EPSG:3857")
    >>> [[round(number, 6) for number in position] for position in drawn.polygons[0][0]]
    [[35.0, 51.0], [35.2, 51.0], [35.0, 51.2]]
    """
    convert = converter(crs)
    polygons = tuple(
        [_converted(ring, convert) for ring in rings] if isinstance(rings, list) else rings
        for rings in feature.polygons
    )
    return replace(feature, polygons=polygons)


def are_degrees(feature: Feature) -> bool:
    """Whether a feature's numbers may be degrees: none is beyond 540.

    >>> from frontmap.formats.features import Feature
    >>> are_degrees(Feature(polygons=([[[3896182.2, 6621293.7]]],)))
    False
    """
    for rings in feature.polygons:
        for ring in rings if isinstance(rings, list) else ():
            numbers = _numbers(ring)
            if numbers is not None and np.any(np.abs(numbers) > LARGEST_DEGREE):
                return False
    return True


def latitude_first(crs: str) -> bool:
    """Whether an authority's first axis points north; False where that is not known.

    >>> latitude_first("EPSG:4326"), latitude_first("EPSG:3857")
    (True, False)
    """
    axes = _parsed(crs).axis_info
    return bool(axes) and axes[0].direction.lower() in {"north", "south"}


def _converted(ring: Any, convert: Convert) -> Any:  # noqa: ANN401  whatever the file holds
    numbers = _numbers(ring)
    if numbers is None:
        return ring
    x, y = convert(numbers[:, 0], numbers[:, 1])
    return np.column_stack([x, y]).tolist()


def _numbers(ring: Any) -> NDArray[np.float64] | None:  # noqa: ANN401  whatever the file holds
    """Return the first two numbers of each position; None where a ring isn't made of such."""
    if not isinstance(ring, list) or not ring:
        return None
    try:
        return np.array([(x, y) for x, y, *_ in ring], dtype=np.float64)
    except (TypeError, ValueError):
        return None


@lru_cache(maxsize=64)
def _parsed(crs: str) -> CRS:
    from pyproj import CRS  # noqa: PLC0415  takes long to import
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    short = crs if len(crs) < 60 else crs[:57] + "..."  # noqa: PLR2004  a line of a message
    if len(crs) > _LONGEST or _NAMES_A_FILE.search(crs):
        raise UnknownCRSError(f"coordinate system {short!r} is not taken: it names a file to read")
    code = code_of(crs)
    try:
        if code:
            return CRS.from_authority(*code.replace("OGC:84", "OGC:CRS84").split(":"))
        if crs.lstrip().startswith("{"):
            return CRS.from_json(crs)
        if "[" in crs:
            return CRS.from_wkt(crs)
    except CRSError:
        pass
    raise UnknownCRSError(f"coordinate system {short!r} is not known")
