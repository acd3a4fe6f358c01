"""Features of a Shapefile: the shapes, its table beside them, its index and coordinate system."""

from __future__ import annotations

import struct
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from frontmap.errors import InputError
from frontmap.formats.dbf import read_table
from frontmap.formats.esri_rings import RingsError, polygons_of_rings
from frontmap.formats.features import Feature
from frontmap.formats.source import (
    MOST_FEATURES,
    FileOptions,
    Source,
    source_of,
    stated_id,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


MAGIC = b"\x00\x00\x27\x0a"

_HEADER = 100
_NULL, _POLYGON, _MULTIPATCH = 0, 5, 31
_NAMES = {1: "Point", 3: "LineString", 8: "MultiPoint"}
_BOX = 36  # the type, and the box around the shape


class Parts(NamedTuple):
    """The files of a Shapefile: ``shp``, and what lies beside it by its ending, if it does."""

    name: str
    shp: bytes
    beside: Callable[[str], bytes | None]


def read_shapefile(parts: Parts, path: Path, options: FileOptions) -> Source:
    """Return the features of a Shapefile in its order.

    Altitudes and measures are left out. ``encoding`` of the options goes before what the file
    states. Raises ``InputError`` when it is damaged, or its texts are in no encoding that is known.

    >>> import tempfile
    >>> from pathlib import Path
    >>> import geopandas
    >>> import shapely
    >>> path = Path(tempfile.mkdtemp(), "front.shp")
    >>> square = [shapely.box(36, 48, 37, 49)]
    >>> geopandas.GeoDataFrame({"status": ["held"]}, geometry=square, crs=32637).to_file(path)
    >>> parts = Parts("front", path.read_bytes(), lambda _: None)
    >>> source = read_shapefile(parts, path, FileOptions())
    >>> source.crs, source.repairs
    (None, ('no .dbf lies beside it; nothing is known of its shapes',))
    """
    repairs: list[str] = []
    projection = parts.beside(".prj")
    table, columns = parts.beside(".dbf"), parts.beside(".cpg")
    if table is None:
        repairs.append("no .dbf lies beside it; nothing is known of its shapes")
    rows = None if table is None else read_table(table, columns, options.encoding, path)
    try:
        shapes = list(islice(_shapes(parts.shp, parts.beside(".shx")), MOST_FEATURES + 1))
        features = list(_features(shapes, rows, parts.name))
    except (struct.error, ValueError) as error:
        raise InputError(f"{path}: damaged Shapefile: {error}; fetch it again, whole") from None
    deleted = len(shapes) - len(features)
    if deleted:
        repairs.append(f"rows that are marked as deleted were left out ({deleted})")
    text = None if projection is None else projection.decode(errors="replace").strip("\x00 \r\n\t")
    return source_of("Shapefile", features, repairs=repairs, crs=text or None)


def _features(
    shapes: list[tuple[list[Any], str]], rows: list[dict[str, Any] | None] | None, layer: str
) -> Iterator[Feature]:
    known: list[dict[str, Any] | None] = [{}] * len(shapes) if rows is None else rows
    if len(known) != len(shapes):
        raise ValueError(f"{len(shapes):,} shapes and {len(known):,} rows")
    for (rings, other), properties in zip(shapes, known, strict=True):
        if properties is None:
            continue
        flaw = ""
        polygons: list[list[Any]] = []
        try:
            polygons = polygons_of_rings(rings)
        except RingsError as error:
            flaw = str(error)
        yield Feature(
            own_id=stated_id(properties),
            properties=properties,
            polygons=tuple(polygons),
            others=(other,) if other else (),
            layer=layer,
            flaw=flaw,
        )


def _shapes(data: bytes, index: bytes | None) -> Iterator[tuple[list[Any], str]]:
    """Yield the rings of each record, or the name of what is no polygon."""
    for at in _records(data, index):
        size = 2 * struct.unpack_from(">i", data, at + 4)[0]
        record = data[at + 8 : at + 8 + size]
        if len(record) != size or size < 4:  # noqa: PLR2004  the type of the shape
            raise ValueError("it ends too soon")
        kind = struct.unpack_from("<i", record)[0]
        if kind == _NULL:
            yield [], ""
        elif kind == _MULTIPATCH:
            yield [], "MultiPatch"
        elif kind % 10 == _POLYGON:
            yield _rings(record), ""
        elif name := _NAMES.get(kind % 10):
            yield [], name
        else:
            raise ValueError(f"a shape of kind {kind}")


def _records(data: bytes, index: bytes | None) -> Iterator[int]:
    """Yield where each record begins: as the index says, or one after the other without one."""
    if index is not None and index.startswith(MAGIC) and (len(index) - _HEADER) % 8 == 0:
        for offset in np.frombuffer(index, ">i4", offset=_HEADER)[::2].tolist():
            if not _HEADER <= 2 * offset < len(data):
                raise ValueError("its index (.shx) leads outside")
            yield 2 * offset
        return
    at, end = _HEADER, min(len(data), 2 * struct.unpack_from(">i", data, 24)[0])
    while at < end:
        yield at
        size = 2 * struct.unpack_from(">i", data, at + 4)[0]
        if size < 0:
            raise ValueError("a record of no length")
        at += 8 + size


def _rings(record: bytes) -> list[Any]:
    parts, points = struct.unpack_from("<2i", record, _BOX)
    start = _BOX + 8 + 4 * parts
    if parts < 0 or points < 0 or start + 16 * points > len(record):
        raise ValueError("a shape longer than its record")
    starts = np.frombuffer(record, "<i4", parts, _BOX + 8).tolist()
    positions = np.frombuffer(record, "<f8", 2 * points, start).reshape(-1, 2)
    ends = [*starts[1:], points]
    if any(not 0 <= a <= b <= points for a, b in zip(starts, ends, strict=True)):
        raise ValueError("a ring leads outside")
    return [
        np.ascontiguousarray(positions[a:b], np.float64)
        for a, b in zip(starts, ends, strict=True)
        if b > a
    ]
