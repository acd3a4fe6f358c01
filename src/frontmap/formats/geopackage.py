"""Features of a GeoPackage: a database in memory, of which nothing but plain tables is read."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from frontmap.errors import InputError
from frontmap.formats.features import Feature
from frontmap.formats.layers import chosen, not_read
from frontmap.formats.source import MOST_FEATURES, FileOptions, Source, source_of, stated_id
from frontmap.formats.wkb import DamagedWKBError, Shapes, shapes_of_geopackage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


MOST_SECONDS = 60.0

_STEPS = 10_000  # of the database's machine, between looks at the clock
_JOURNAL_MODES = slice(18, 20)
_ROLLBACK = b"\x01\x01"
_POLYGONAL = frozenset(
    {"GEOMETRY", "POLYGON", "MULTIPOLYGON", "GEOMETRYCOLLECTION", "CURVEPOLYGON", "MULTISURFACE",
     "SURFACE"}
)  # fmt: skip
#: What reading rows needs; a function, a pragma, a virtual table or another database is not of it.
_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ})
_UNSTATED = frozenset({0, -1})


class _Layer(NamedTuple):
    name: str
    column: str
    kind: str
    srs: int


def read_geopackage(data: bytes, path: Path, options: FileOptions, *, is_open: bool) -> Source:
    """Return the features of a layer: its only one with polygons, or that which ``--layer`` names.

    ``is_open`` says that a program still has changes of the file beside it, which are not in it.
    Raises ``InputError`` for another database, a damaged one, a layer that is a view or a virtual
    table, or one that takes longer than a minute.

    >>> import tempfile
    >>> from pathlib import Path
    >>> import geopandas
    >>> import shapely
    >>> path = Path(tempfile.mkdtemp(), "front.gpkg")
    >>> square = [shapely.box(36, 48, 37, 49)]
    >>> geopandas.GeoDataFrame({"status": ["held"]}, geometry=square, crs=32637).to_file(path)
    >>> source = read_geopackage(path.read_bytes(), path, FileOptions(), is_open=False)
    >>> source.crs, [source.parse(text).layer for text in source.texts]
    ('EPSG:32637', ['front'])
    """
    if is_open:
        raise InputError(
            f"{path}: has changes that another program has not yet written into it (-wal); "
            "close it there (in QGIS: remove the layer), then read it again"
        )
    if data[_JOURNAL_MODES] != _ROLLBACK:  # a database in memory has no journal beside it
        data = data[:18] + _ROLLBACK + data[20:]
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(data)
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("PRAGMA cell_size_check = ON")
            _guard(database)
            return _source(database, path, options)
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: no GeoPackage that can be read: {error}; save it anew from a GIS"
        ) from None


def _guard(database: sqlite3.Connection) -> None:
    """Let a database answer no more than questions for rows, for a minute."""
    end = time.monotonic() + MOST_SECONDS

    def allowed(action: int, *_: str | None) -> int:
        return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY

    database.set_authorizer(allowed)
    database.set_progress_handler(lambda: time.monotonic() > end, _STEPS)


def _source(database: sqlite3.Connection, path: Path, options: FileOptions) -> Source:
    plain = {
        name
        for name, sql in database.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
        )
        if isinstance(name, str) and not str(sql).lstrip().upper().startswith("CREATE VIRTUAL")
    }
    if "gpkg_geometry_columns" not in plain:
        what = "map tiles (MBTiles)" if "metadata" in plain else "a database (SQLite)"
        raise InputError(f"{path}: is {what}, no GeoPackage; export its polygons as GeoPackage")
    listed = [
        _Layer(str(name), str(column), str(kind), int(srs))
        for name, column, kind, srs in database.execute(
            "SELECT table_name, column_name, geometry_type_name, srs_id FROM gpkg_geometry_columns"
        )
    ]
    layers = {layer.name: layer for layer in listed}
    polygonal = [each.name for each in listed if each.kind.upper() in _POLYGONAL]
    filled = [
        name
        for name in polygonal
        if name in plain and next(_rows(database, name), None) is not None
    ]
    layer = layers[chosen(options.layer, list(layers), filled or polygonal, path)]
    if layer.name not in plain:
        raise InputError(
            f"{path}: layer {layer.name!r} is a view or a virtual table, which is not read; "
            "save it as a layer of its own"
        )
    features = list(islice(_features(database, layer), MOST_FEATURES + 1))
    said = not_read(layer.name, list(layers), options.layer)
    crs = _crs(database, layer.srs, plain)
    return source_of("GeoPackage", features, repairs=said, crs=crs)


def _features(database: sqlite3.Connection, layer: _Layer) -> Iterator[Feature]:
    rows = _rows(database, layer.name)
    names = [column for column, *_ in rows.description]
    numbering = [name for name in names if name.lower() in {"fid", "ogc_fid"}]
    for row in rows:
        values = dict(zip(names, row, strict=True))
        blob = values.pop(layer.column, None)
        flaw, shapes = "", Shapes([], [])
        try:
            if blob is not None:
                shapes = shapes_of_geopackage(bytes(blob))
        except (DamagedWKBError, TypeError):
            flaw = "its geometry is damaged"
        yield Feature(
            own_id=stated_id(values),
            row=next((str(values[name]) for name in numbering), ""),
            properties={k: v for k, v in values.items() if not isinstance(v, bytes)},
            polygons=tuple(shapes.polygons),
            others=tuple(shapes.others),
            layer=layer.name,
            flaw=flaw,
        )


def _crs(database: sqlite3.Connection, srs: int, plain: set[str]) -> str | None:
    """Return the code of a layer's coordinate system, or its text; None where none is stated."""
    if srs in _UNSTATED:
        return None
    row = None
    if "gpkg_spatial_ref_sys" in plain:
        row = database.execute(
            "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys "
            "WHERE srs_id = ?",
            (srs,),
        ).fetchone()
    if row is None:
        return f"EPSG:{srs}"
    organization, code, definition = row
    if str(organization).upper() in {"EPSG", "ESRI"}:
        return f"{str(organization).upper()}:{code}"
    return str(definition)


def _rows(database: sqlite3.Connection, table: str) -> sqlite3.Cursor:
    quoted = table.replace('"', '""')
    return database.execute(f'SELECT * FROM "{quoted}"')  # noqa: S608  a name cannot be a parameter
