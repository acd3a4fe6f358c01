"""Features of a CSV table that has a column of geometry: WKT, WKB in hexadecimals, or GeoJSON."""

from __future__ import annotations

import csv
import io
import re
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from frontmap.errors import InputError
from frontmap.formats import strict, wkb
from frontmap.formats.dbf import known_encoding
from frontmap.formats.features import Feature
from frontmap.formats.geojson import split_geometry
from frontmap.formats.source import Source, source_of, stated_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from frontmap.formats.source import FileOptions

MOST_BYTES = strict.MOST_BYTES
MOST_COLUMNS = 1000

_BOM = b"\xef\xbb\xbf"
_DELIMITERS = ",;\t|"
_HEAD = 1 << 16
_ROWS_TRIED = 20
_WKT = re.compile(
    r"\s*(?:SRID\s*=\s*(?P<srid>\d+)\s*;\s*)?"
    r"(?P<wkt>(?:MULTI)?(?:POLYGON|POINT|LINESTRING|SURFACE)|GEOMETRYCOLLECTION|TRIANGLE|TIN"
    r"|POLYHEDRALSURFACE|CURVEPOLYGON)\b",
    re.IGNORECASE,
)
_HEX = re.compile(r"\s*0[01](?:[0-9A-F]{2}){8,}\s*", re.IGNORECASE)
_GEOJSON = re.compile(r'\s*\{\s*"(?:type|coordinates|crs)"')


class _Table(NamedTuple):
    text: str
    delimiter: str
    header: list[str]
    column: int


def read_text_table(data: bytes, path: Path, options: FileOptions) -> Source | None:
    r"""Return the features of a table, one a row; None where no column holds geometry.

    Raises ``InputError`` when texts are not in their encoding, rows are damaged, or their
    geometries state different coordinate systems.

    >>> from pathlib import Path
    >>> from frontmap.formats.source import FileOptions
    >>> text = b'status;shape\nheld;"SRID=32637;POLYGON ((0 0, 9 0, 9 9, 0 0))"'
    >>> source = read_text_table(text, Path("a.csv"), FileOptions())
    >>> source.crs, [source.parse(text).properties for text in source.texts]
    ('EPSG:32637', [{'status': 'held'}])
    """
    table = _table(data, path, options)
    if table is None:
        return None
    if len(data) > MOST_BYTES:
        raise InputError(f"{path}: more than {MOST_BYTES >> 20} MiB; split or simplify it")
    systems: set[int] = set()
    features = list(_features(table, systems, path))
    if len(systems) > 1:
        named = ", ".join(f"EPSG:{srid}" for srid in sorted(systems))
        raise InputError(f"{path}: its rows are in several coordinate systems ({named})")
    srid = next(iter(systems), 0)
    return source_of("CSV", features, crs=f"EPSG:{srid}" if srid else None)


def _table(data: bytes, path: Path, options: FileOptions) -> _Table | None:
    """Return a text as a table with a column of geometry; None if it is none."""
    if b"\x00" in data[:_HEAD]:
        return None
    encoding = known_encoding(options.encoding, path) if options.encoding else "utf-8"
    head = data[:_HEAD].removeprefix(_BOM).decode(encoding, "replace")
    first = head.partition("\n")[0]
    for delimiter in sorted(_DELIMITERS, key=first.count, reverse=True):
        with _long_fields():
            rows = list(islice(_rows(head, delimiter), _ROWS_TRIED))
        header = rows[0] if rows else []
        for column in range(min(len(header), MOST_COLUMNS)):
            if any(len(row) > column and _is_geometry(row[column]) for row in rows[1:]):
                return _Table(_text(data, encoding, path), delimiter, header, column)
    return None


def _text(data: bytes, encoding: str, path: Path) -> str:
    try:
        return data.removeprefix(_BOM).decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: byte {error.start} is not {encoding} ({error.reason}); "
            "say which encoding it is, for example --encoding cp1251"
        ) from None


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error:
        return  # cut off, or no table


@contextmanager
def _long_fields() -> Iterator[None]:
    """Let fields be as long as the whole file may be."""
    before = csv.field_size_limit(MOST_BYTES)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _is_geometry(text: str) -> bool:
    return any(form.match(text) for form in (_WKT, _HEX, _GEOJSON))


def _features(table: _Table, systems: set[int], path: Path) -> Iterator[Feature]:
    if len(table.header) > MOST_COLUMNS:
        raise InputError(f"{path}: {len(table.header):,} columns, {MOST_COLUMNS:,} at most")
    with _long_fields():
        rows = csv.reader(io.StringIO(table.text, newline=""), delimiter=table.delimiter)
        try:
            next(rows)
            for row in rows:
                if row:
                    yield _feature(dict(zip(table.header, row, strict=False)), table, systems)
        except csv.Error as error:
            raise InputError(f"{path}: line {rows.line_num}: {error}") from None


def _feature(properties: dict[str, Any], table: _Table, systems: set[int]) -> Feature:
    text = properties.pop(table.header[table.column], "")
    values = {key: value for key, value in properties.items() if key and value != ""}
    flaw, shapes = "", wkb.Shapes([], [])
    if text.strip():
        try:
            shapes = _shapes(text)
        except ValueError as error:
            flaw = f"its geometry cannot be read: {error}"
    if shapes.srid:
        systems.add(shapes.srid)
    return Feature(
        own_id=stated_id(values),
        properties=values,
        polygons=tuple(shapes.polygons),
        others=tuple(shapes.others),
        flaw=flaw,
    )


def _shapes(text: str) -> wkb.Shapes:
    """Return what a cell's geometry holds; raises ``ValueError``."""
    if _HEX.fullmatch(text):
        return wkb.shapes_of(bytes.fromhex(text.strip()))
    if _GEOJSON.match(text):
        from pathlib import Path  # noqa: PLC0415

        value, _ = strict.parse(text.encode(), Path())
        return wkb.Shapes(*split_geometry(value))
    return _shapes_of_wkt(text)


def _shapes_of_wkt(text: str) -> wkb.Shapes:
    import shapely  # noqa: PLC0415  takes long to import

    found = _WKT.match(text)
    if found is None:
        raise ValueError("it is no WKT")
    try:
        geometry = shapely.from_wkt(text[found.start("wkt") :])
    except (shapely.GEOSException, UnicodeError) as error:
        why = str(error).rpartition("Exception: ")[2]
        raise ValueError(" ".join(why.split())) from None
    return wkb.shapes_of(shapely.to_wkb(geometry))._replace(srid=int(found["srid"] or 0))
