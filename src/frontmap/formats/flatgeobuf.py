"""Features of a FlatGeobuf file, read table by table with every offset checked."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from frontmap.errors import InputError
from frontmap.formats.column_names import require_distinct
from frontmap.formats.features import Feature
from frontmap.formats.source import Source, source_of, stated_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

MAGIC = b"fgb\x03fgb"

_HEADER_AT = 8
_NODE_BYTES = 40
_NAMES = {
    1: "Point", 2: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString",
    6: "MultiPolygon", 7: "GeometryCollection", 8: "CircularString", 9: "CompoundCurve",
    10: "CurvePolygon", 11: "MultiCurve", 12: "MultiSurface", 15: "PolyhedralSurface", 16: "TIN",
    17: "Triangle",
}  # fmt: skip
_POLYGONS, _COLLECTIONS = {3, 17}, {6, 7, 12, 15, 16}
_DEEPEST = 8
_NUMBERS = {0: "<b", 1: "<B", 2: "<?", 3: "<h", 4: "<H", 5: "<i", 6: "<I", 7: "<q", 8: "<Q",
            9: "<f", 10: "<d"}  # fmt: skip
_TEXTS, _BINARY = {11, 12, 13}, 14


class _Column(NamedTuple):
    name: str
    kind: int


class _Table:
    """A FlatBuffers table: fields found by their number through a list of offsets before it."""

    def __init__(self, data: memoryview, at: int) -> None:
        self.data, self.at = data, at
        self.fields = at - self._take("<i", at)
        self.size = self._take("<H", self.fields)

    @classmethod
    def root(cls, data: memoryview) -> _Table:
        return cls(data, struct.unpack_from("<I", data, 0)[0])

    def _take(self, form: str, at: int) -> Any:  # noqa: ANN401  a number of that form
        if at < 0:
            raise ValueError("an offset leads outside")
        return struct.unpack_from(form, self.data, at)[0]

    def _place(self, field: int) -> int | None:
        slot = 4 + 2 * field
        offset = self._take("<H", self.fields + slot) if slot < self.size else 0
        return self.at + offset if offset else None

    def number(self, field: int, form: str, default: int = 0) -> int:
        place = self._place(field)
        return default if place is None else int(self._take(form, place))

    def _vector(self, field: int) -> tuple[int, int] | None:
        """Return where a vector's first item lies, and how many it has."""
        place = self._place(field)
        if place is None:
            return None
        start = place + self._take("<I", place)
        return start + 4, self._take("<I", start)

    def array(self, field: int, form: str) -> NDArray[Any]:
        found = self._vector(field)
        return (
            np.zeros(0, form)
            if found is None
            else np.frombuffer(self.data, form, found[1], found[0])
        )

    def raw(self, field: int) -> bytes:
        start, count = self._vector(field) or (0, 0)
        if start + count > len(self.data):
            raise ValueError("a text leads outside")
        return bytes(self.data[start : start + count])

    def text(self, field: int) -> str:
        return self.raw(field).decode()

    def tables(self, field: int) -> Iterator[_Table]:
        start, count = self._vector(field) or (0, 0)
        for at in range(start, start + 4 * count, 4):
            yield _Table(self.data, at + self._take("<I", at))

    def table(self, field: int) -> _Table | None:
        place = self._place(field)
        return None if place is None else _Table(self.data, place + self._take("<I", place))


def read_flatgeobuf(data: bytes, path: Path) -> Source:
    """Return the features of a FlatGeobuf file in its order; ``InputError`` when it is damaged.

    >>> import tempfile
    >>> from pathlib import Path
    >>> import geopandas
    >>> import shapely
    >>> path = Path(tempfile.mkdtemp(), "front.fgb")
    >>> square = [shapely.box(36, 48, 37, 49)]
    >>> geopandas.GeoDataFrame({"status": ["held"]}, geometry=square, crs=32637).to_file(path)
    >>> source = read_flatgeobuf(path.read_bytes(), path)
    >>> source.crs, [source.parse(text).properties for text in source.texts]
    ('EPSG:32637', [{'status': 'held'}])
    """
    try:
        view = memoryview(data)
        header = _Table.root(_sized(view, _HEADER_AT))
        size = struct.unpack_from("<I", data, _HEADER_AT)[0]
        first = _HEADER_AT + 4 + size + _index_bytes(header)
        columns, kind = _columns(header, 7), header.number(2, "<B")
        require_distinct((column.name for column in columns), path)
        features = list(_features(view, first, columns, kind, header.text(0)))
        return source_of("FlatGeobuf", features, crs=_crs(header.table(10)))
    except (struct.error, ValueError, KeyError, IndexError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: damaged FlatGeobuf: {error}; fetch the file again") from None


def _sized(data: memoryview, at: int) -> memoryview:
    """Return the bytes of the buffer at a place, before which its length stands."""
    size = struct.unpack_from("<I", data, at)[0]
    if at + 4 + size > len(data):
        raise ValueError("it ends too soon")
    return data[at + 4 : at + 4 + size]


def _index_bytes(header: _Table) -> int:
    """Return the size of the packed tree of boxes that lies before the features."""
    count, fanout = header.number(8, "<Q"), header.number(9, "<H", 16)
    if not count or not fanout:
        return 0
    if fanout == 1:
        raise ValueError("its index has no shape")
    level = -(-count // fanout)
    nodes = count + level  # one feature has a root above it, too
    while level > 1:
        level = -(-level // fanout)
        nodes += level
    return _NODE_BYTES * nodes


def _columns(table: _Table, field: int) -> list[_Column]:
    return [_Column(each.text(0), each.number(1, "<B")) for each in table.tables(field)]


def _features(
    data: memoryview, at: int, columns: list[_Column], kind: int, layer: str
) -> Iterator[Feature]:
    while at < len(data):
        feature = _Table.root(buffer := _sized(data, at))
        at += 4 + len(buffer)
        polygons: list[Any] = []
        others: list[str] = []
        if (geometry := feature.table(0)) is not None:
            _shapes(geometry, kind, polygons, others, _DEEPEST)
        properties = dict(_properties(feature.raw(1), _columns(feature, 2) or columns))
        yield Feature(
            own_id=stated_id(properties),
            properties=properties,
            polygons=tuple(polygons),
            others=tuple(others),
            layer=layer,
        )


def _shapes(
    geometry: _Table, kind: int, polygons: list[Any], others: list[str], further: int
) -> None:
    if not further:
        raise ValueError("geometry within geometry without end")
    kind = geometry.number(6, "<B") or kind
    parts = list(geometry.tables(7)) if kind in _COLLECTIONS else []
    if parts:
        for part in parts:
            _shapes(part, 3 if kind == 6 else 0, polygons, others, further - 1)  # noqa: PLR2004  MultiPolygon
    elif kind in _POLYGONS or kind == 6:  # noqa: PLR2004  MultiPolygon of one, as some write it
        polygons.append(_rings(geometry))
    else:
        others.append(_NAMES[kind])


def _rings(geometry: _Table) -> list[NDArray[np.float64]]:
    flat = geometry.array(1, "<f8")
    if len(flat) % 2:
        raise ValueError("half a position")
    positions = flat.reshape(-1, 2)
    heights = geometry.array(2, "<f8")
    if len(heights) == len(positions) and len(heights):
        positions = np.column_stack([positions, heights])
    ends = geometry.array(0, "<u4").tolist() or [len(positions)]
    starts = [0, *ends[:-1]]
    if any(a > b for a, b in zip(starts, ends, strict=True)) or ends[-1] > len(positions):
        raise ValueError("a ring leads outside")
    return [
        np.ascontiguousarray(positions[a:b], np.float64) for a, b in zip(starts, ends, strict=True)
    ]


def _properties(data: bytes, columns: list[_Column]) -> Iterator[tuple[str, Any]]:
    at = 0
    while at < len(data):
        name, kind = columns[struct.unpack_from("<H", data, at)[0]]
        at += 2
        if kind in _NUMBERS:
            yield name, struct.unpack_from(_NUMBERS[kind], data, at)[0]
            at += struct.calcsize(_NUMBERS[kind])
            continue
        if kind not in _TEXTS and kind != _BINARY:
            raise ValueError(f"column {name!r} is of an unknown kind")
        size = struct.unpack_from("<I", data, at)[0]
        text, at = data[at + 4 : at + 4 + size], at + 4 + size
        if at > len(data):
            raise ValueError(f"column {name!r} ends too late")
        if kind in _TEXTS:
            yield name, text.decode()


def _crs(table: _Table | None) -> str | None:
    if table is None:
        return None
    organization, code = table.text(0) or "EPSG", table.number(1, "<i")
    if code > 0:
        return f"{organization}:{code}"
    return table.text(5) or table.text(4) or None
