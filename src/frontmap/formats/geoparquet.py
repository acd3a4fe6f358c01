"""Features of GeoParquet, through pyarrow, which comes with the extra ``parquet``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from frontmap.errors import InputError
from frontmap.formats.column_names import require_distinct
from frontmap.formats.features import Feature
from frontmap.formats.layers import not_read
from frontmap.formats.no_ground import NO_GROUND
from frontmap.formats.source import MOST_FEATURES, Source, source_of, stated_id
from frontmap.formats.wkb import DamagedWKBError, Shapes, shapes_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAGIC = b"PAR1"
#: What a file may unpack to, by what it says itself.
MOST_BYTES = 256 * 1024 * 1024

_NATIVE = {"polygon": 1, "multipolygon": 2}
_NO_GROUND = {name.lower(): name for name in NO_GROUND}


def read_geoparquet(data: bytes, path: Path) -> Source:
    """Return the features of a GeoParquet file.

    Raises ``InputError`` without pyarrow, when the file is damaged, has no geometry, or unpacks to
    more than 256 MiB.

    >>> from pathlib import Path
    >>> read_geoparquet(b"PAR1", Path("a.parquet"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    frontmap.errors.InputError: a.parquet: ...
    """
    try:
        import pyarrow as pa  # noqa: PLC0415  an extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise InputError(
            f"{path}: is GeoParquet, which needs the extra 'parquet'; "
            "run: pip install 'frontmap[parquet]', or save it as GeoPackage"
        ) from None
    try:
        file = parquet.ParquetFile(pa.BufferReader(data), arrow_extensions_enabled=False)
        metadata = file.metadata
        size = sum(metadata.row_group(n).total_byte_size for n in range(metadata.num_row_groups))
        if size > MOST_BYTES or metadata.num_rows > MOST_FEATURES:
            raise InputError(
                f"{path}: {metadata.num_rows:,} rows, {size >> 20} MiB when unpacked; "
                f"{MOST_FEATURES:,} and {MOST_BYTES >> 20} MiB at most; split it"
            )
        geo = orjson.loads((metadata.metadata or {}).get(b"geo", b"{}"))
        column = geo.get("primary_column")
        about = geo.get("columns", {}).get(column)
        if about is None:
            raise InputError(f"{path}: is Parquet without geometry; save it as GeoParquet")
        require_distinct(file.schema_arrow.names, path)
        rows = file.read().to_pylist()
        features = list(_features(rows, column, str(about.get("encoding", "WKB")).lower()))
    except (pa.ArrowException, OSError, ValueError, TypeError, AttributeError) as error:
        first = str(error).partition("\n")[0]
        raise InputError(f"{path}: damaged GeoParquet: {first}; fetch the file again") from None
    said = not_read(column, list(geo["columns"]), remedy="the primary column is")
    crs = _crs(about)
    return source_of("GeoParquet", features, repairs=said, crs=crs, degrees="crs" not in about)


def _features(rows: list[dict[str, Any]], column: str, encoding: str) -> Iterator[Feature]:
    for row in rows:
        value = row.pop(column)
        flaw, shapes = "", Shapes([], [])
        try:
            if value is not None:
                shapes = _shapes(value, encoding)
        except (DamagedWKBError, TypeError, KeyError):
            flaw = "its geometry is damaged"
        properties = {k: v for k, v in row.items() if not isinstance(v, bytes) and k != "bbox"}
        yield Feature(
            own_id=stated_id(properties),
            properties=properties,
            polygons=tuple(shapes.polygons),
            others=tuple(shapes.others),
            flaw=flaw,
        )


def _shapes(value: Any, encoding: str) -> Shapes:  # noqa: ANN401  what the column holds
    if encoding not in _NATIVE:
        return (
            shapes_of(value)
            if encoding == "wkb"
            else Shapes([], [_NO_GROUND.get(encoding, encoding)])
        )
    parts = [value] if _NATIVE[encoding] == 1 else value
    return Shapes([[[_position(p) for p in ring] for ring in rings] for rings in parts], [])


def _position(point: Any) -> list[float]:  # noqa: ANN401  a struct or a list
    if isinstance(point, dict):
        return [point[axis] for axis in ("x", "y", "z") if axis in point]
    return list(point)


def _crs(about: dict[str, Any]) -> str | None:
    """Return a column's coordinate system: its code where it has one, else all that it says."""
    stated = about.get("crs")
    if not isinstance(stated, dict):
        return stated if isinstance(stated, str) else None
    named = stated.get("id")
    if isinstance(named, dict) and "authority" in named and "code" in named:
        return f"{named['authority']}:{named['code']}"
    return orjson.dumps(stated).decode()
