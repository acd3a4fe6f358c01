"""Features of a CSV table that has a column of geometry: WKT, WKB in hexadecimals, or GeoJSON."""

from __future__ import annotations

import csv
import io
import re
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from frontmap.errors import InputError
from frontmap.formats import strict, wkb, wkt
from frontmap.formats.column_names import require_distinct
from frontmap.formats.dbf import known_encoding
from frontmap.formats.features import Feature
from frontmap.formats.geojson import split_geometry
from frontmap.formats.no_ground import may_hold_ground
from frontmap.formats.source import Source, source_of, stated_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from frontmap.formats.source import FileOptions

MOST_BYTES = strict.MOST_BYTES
MOST_COLUMNS = 1000

_BOM = "\ufeff"
_STATED = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_WITH_ZERO_BYTES = ("utf-16", "utf-32")
_DELIMITERS = ",;\t|"
_HEAD = 1 << 16
_ROWS_TRIED = 20
_HEX = re.compile(r"\s*0[01](?:[0-9A-F]{2}){8,}\s*", re.IGNORECASE)
_GEOJSON = re.compile(r'\s*\{\s*"(?:type|coordinates|crs)"')
_OF_POLYGONS = re.compile(r'"(?:(?:Multi)?Polygon|GeometryCollection)"')


class _Table(NamedTuple):
    text: str
    delimiter: str
    header: list[str]
    column: int
    stated: str  # the line before the header that states the delimiter; blank without one


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
    said = [f"its first line, {table.stated.strip()}, is no row"] if table.stated else []
    return source_of("CSV", features, repairs=said, crs=f"EPSG:{srid}" if srid else None)


def _table(data: bytes, path: Path, options: FileOptions) -> _Table | None:
    """Return a text as a table with a column of geometry; None if it is none."""
    encoding = "utf-16" if data.startswith(_UTF_16) else "utf-8"
    if options.encoding:
        encoding = known_encoding(options.encoding, path)
    if b"\x00" in data[:_HEAD] and not encoding.startswith(_WITH_ZERO_BYTES):
        return None
    head = data[:_HEAD].decode(encoding, "replace").removeprefix(_BOM)
    found = _STATED.match(head)
    stated = found[0] if found else ""
    head = head.removeprefix(stated)
    first = found[1] if found else head.partition("\n")[0]
    for delimiter in sorted(_DELIMITERS, key=first.count, reverse=True):
        with _long_fields():
            rows = list(islice(_rows(head, delimiter), _ROWS_TRIED))
        header, *cells = rows or [[]]
        kinds = [_column_kind(cells, column) for column in range(len(header))]
        with_ground = [
            column for column, kind in enumerate(kinds) if kind and may_hold_ground(kind)
        ]
        for column in with_ground or [column for column, kind in enumerate(kinds) if kind]:
            text = _text(data, encoding, path).removeprefix(stated)
            return _Table(text, delimiter, header, column, stated)
    return None


def _text(data: bytes, encoding: str, path: Path) -> str:
    try:
        return data.decode(encoding).removeprefix(_BOM)
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


def _column_kind(rows: list[list[str]], column: int) -> str:
    """Return the type of a column's geometry, of ground where it has such; blank if none."""
    kinds = {_kind(row[column]) for row in rows if len(row) > column} - {""}
    return min(kinds, key=lambda kind: not may_hold_ground(kind), default="")


def _kind(cell: str) -> str:
    """Return the type of geometry that a cell begins as; blank if none."""
    if _HEX.fullmatch(cell):
        return wkb.kind_of(bytes.fromhex(cell.strip()[:10]))
    if _GEOJSON.match(cell):
        return "Polygon" if _OF_POLYGONS.search(cell) else "Point"
    return wkt.kind_of(cell)


def _features(table: _Table, systems: set[int], path: Path) -> Iterator[Feature]:
    if len(table.header) > MOST_COLUMNS:
        raise InputError(f"{path}: {len(table.header):,} columns, {MOST_COLUMNS:,} at most")
    require_distinct(table.header, path)
    before = 2 if table.stated else 1
    with _long_fields():
        rows = csv.reader(io.StringIO(table.text, newline=""), delimiter=table.delimiter)
        try:
            next(rows)
            line = rows.line_num + before
            for row in rows:
                if any(cell.strip() for cell in row):
                    _require_one_ground(table, row, f"{path}: line {line}")
                    yield _feature(row, table, systems)
                line = rows.line_num + before
        except csv.Error as error:
            raise InputError(f"{path}: line {rows.line_num + before - 1}: {error}") from None


def _require_one_ground(table: _Table, row: list[str], place: str) -> None:
    """Refuse a row of which a cell has no column, or whose ground stands in two."""
    width = len(table.header)
    if len(row) < width or any(cell.strip() for cell in row[width:]):
        raise InputError(
            f"{place}: {len(row)} cells where the header has {width}; "
            f'put text that holds {table.delimiter!r} in "double quotes"'
        )
    for column, cell in enumerate(row[:width]):
        kind = "" if column == table.column else _kind(cell)
        if kind and may_hold_ground(kind):
            raise InputError(
                f"{place}: columns {table.header[table.column]!r} and {table.header[column]!r} "
                "both hold ground; leave the column out that is not meant"
            )


def _feature(row: list[str], table: _Table, systems: set[int]) -> Feature:
    values = {
        name: cell
        for column, (name, cell) in enumerate(zip(table.header, row, strict=False))
        if name and cell != "" and column != table.column
    }
    text = row[table.column]
    flaw, shapes = "", wkb.Shapes([], [])
    if text.strip():
        try:
            shapes = _shapes(text)
        except wkb.DamagedWKBError as error:
            flaw = str(error)
        except ValueError as error:
            flaw = f"its geometry cannot be read: {error}; save it anew from a GIS"
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
    if not _GEOJSON.match(text):
        return wkt.shapes_of_text(text)
    try:
        value, _ = strict.parse(text.encode(), Path())
    except InputError as error:
        raise ValueError(str(error).partition(": ")[2]) from None
    return wkb.Shapes(*split_geometry(value))
