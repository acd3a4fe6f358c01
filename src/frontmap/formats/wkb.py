"""Polygons of well-known binary: as OGC, ISO and PostGIS write it, and as GeoPackage wraps it."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEEPEST = 8

#: Types of geometry by their codes.
NAMES = {
    1: "Point",
    2: "LineString",
    3: "Polygon",
    4: "MultiPoint",
    5: "MultiLineString",
    6: "MultiPolygon",
    7: "GeometryCollection",
    8: "CircularString",
    9: "CompoundCurve",
    10: "CurvePolygon",
    11: "MultiCurve",
    12: "MultiSurface",
    15: "PolyhedralSurface",
    16: "TIN",
    17: "Triangle",
}
_POLYGONS = {3, 17}
_COLLECTIONS = {4, 5, 6, 7, 12, 15, 16}
_HAS_Z, _HAS_M, _HAS_SRID = 0x80000000, 0x40000000, 0x20000000
_THOUSAND = 1000  # ISO adds 1000 for Z, 2000 for M, 3000 for both
_ENVELOPES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}


class Shapes(NamedTuple):
    """What a geometry holds: its polygons' rings, the types of all else, and its SRID or 0.

    A ring is an array of (positions, 2 or 3) float64.
    """

    polygons: list[list[Any]]
    others: list[str]
    srid: int = 0


class DamagedWKBError(ValueError):
    """Bytes that are no well-known binary."""


def shapes_of(data: bytes) -> Shapes:
    """Return what well-known binary holds; measures are left out. Raises :class:`DamagedWKBError`.

    >>> import shapely
    >>> shapes_of(shapely.to_wkb(shapely.box(36, 48, 37, 49))).polygons[0][0][:2].tolist()
    [[37.0, 48.0], [37.0, 49.0]]
    >>> shapes_of(b"no geometry")
    Traceback (most recent call last):
    frontmap.formats.wkb.DamagedWKBError: its geometry is damaged
    """
    found = Shapes([], [])
    reader = _Reader(data, found)
    try:
        reader.geometry(DEEPEST)
    except (struct.error, ValueError, KeyError, RecursionError):
        raise DamagedWKBError("its geometry is damaged") from None
    return found._replace(srid=reader.srid)


def kind_of(data: bytes) -> str:
    """Return the type of geometry that bytes begin as; blank if none.

    >>> import shapely
    >>> kind_of(shapely.to_wkb(shapely.Point(36, 48))), kind_of(b"no geometry")
    ('Point', '')
    """
    if len(data) < 5 or data[0] > 1:  # noqa: PLR2004  the code's bytes
        return ""
    code = int.from_bytes(data[1:5], "little" if data[0] else "big") & 0x1FFFFFFF
    return NAMES.get(code % _THOUSAND, "") if code < 4 * _THOUSAND else ""


def shapes_of_geopackage(data: bytes) -> Shapes:
    r"""Return what a GeoPackage's geometry holds: well-known binary behind a header of its own.

    >>> import shapely
    >>> header = b"GP\x00\x01" + (4326).to_bytes(4, "little")
    >>> shapes_of_geopackage(header + shapely.to_wkb(shapely.Point(36, 48))).others
    ['Point']
    """
    if len(data) < 8 or data[:2] != b"GP" or (size := _ENVELOPES.get(data[3] >> 1 & 7)) is None:  # noqa: PLR2004  the header's bytes
        raise DamagedWKBError("its geometry is damaged")
    return shapes_of(data[8 + size :])


class _Reader:
    def __init__(self, data: bytes, found: Shapes) -> None:
        self.data, self.at, self.found, self.srid = data, 0, found, 0

    def geometry(self, further: int) -> None:
        if not further:
            raise ValueError("too deep")
        order = {0: ">", 1: "<"}[self.take("<B")]
        code = self.take(f"{order}I")
        if code & _HAS_SRID:
            self.srid = self.take(f"{order}I")
        thousands, kind = divmod(code & 0x1FFFFFFF, _THOUSAND)
        has_z = bool(code & _HAS_Z) or thousands in {1, 3}
        has_m = bool(code & _HAS_M) or thousands in {2, 3}
        size = 2 + has_z + has_m
        name = NAMES[kind]
        if kind in _POLYGONS:
            self.found.polygons.append(
                [
                    np.ascontiguousarray(self.positions(order, size)[:, : 2 + has_z], np.float64)
                    for _ in range(self.take(f"{order}I"))
                ]
            )
            return
        if kind in _COLLECTIONS:
            before = len(self.found.polygons), len(self.found.others)
            for _ in range(self.take(f"{order}I")):
                self.geometry(further - 1)
            if kind in {4, 5}:  # one name for all of it
                del self.found.others[before[1] :]
                self.found.others.append(name)
            return
        self.found.others.append(name)
        self.skip(kind, order, size, further)

    def skip(self, kind: int, order: str, size: int, further: int) -> None:
        """Pass over what holds no polygon."""
        if kind == 1:
            self.at += 8 * size
        elif kind in {2, 8}:
            self.positions(order, size)
        else:  # curves made of curves
            others = len(self.found.others)
            for _ in range(self.take(f"{order}I")):
                self.geometry(further - 1)
            del self.found.others[others:]

    def positions(self, order: str, size: int) -> NDArray[np.float64]:
        count = self.take(f"{order}I")
        end = self.at + 8 * size * count
        if end > len(self.data):
            raise ValueError("too short")
        numbers = np.frombuffer(self.data, f"{order}f8", size * count, self.at)
        self.at = end
        return numbers.reshape(count, size)

    def take(self, form: str) -> int:
        (value,) = struct.unpack_from(form, self.data, self.at)
        self.at += struct.calcsize(form)
        return int(value)
