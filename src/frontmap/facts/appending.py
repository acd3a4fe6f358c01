"""A row more in a table: in the form in which the file was saved, every other byte as it is."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from frontmap.errors import ConflictError, InputError
from frontmap.facts.dialect import read_records
from frontmap.facts.reading import read_cell, rows_of
from frontmap.facts.schemas import header_text
from frontmap.spreadsheets import as_text_cell

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from frontmap.facts.schemas import TableSchema


def with_row(path: Path, data: bytes | None, table: TableSchema, row: Mapping[str, str]) -> bytes:
    r"""Return the text of a table with one row more at its end; ``data`` is None for no file yet.

    ``row`` has texts by column; what is not in it is blank. Where the unique column's value stands
    in the table already, and nothing in ``row`` differs, the text is returned as it is. ``path`` is
    named in errors.

    Raises ``InputError`` for a text that its column cannot hold, or a table that cannot be read,
    ``ConflictError`` where a row of that id says something else.

    >>> from pathlib import Path
    >>> from frontmap.facts.tables import SOURCES
    >>> saved = b"id;publisher;url;published;read\r\n"
    >>> with_row(Path("sources.csv"), saved, SOURCES, {"id": "isw-1", "publisher": "=ISW"})
    b"id;publisher;url;published;read\r\nisw-1;'=ISW;;;\r\n"
    """
    for column in table.columns:
        read_cell(column, row.get(column.name, ""), f"{path}: {column.name}")
    cells = {name: as_text_cell(text) for name, text in row.items()}
    data = header_text(table) if data is None else data
    known = rows_of(path, data, table)
    same = [each for each in known if table.unique and each[table.unique] == cells[table.unique]]
    if same:
        _require_same(path, same[0], cells, str(table.unique))
        return data
    names = [column.name for column in table.columns]
    records = read_records(path, data, names)
    if lacking := [name for name in cells if cells[name] and name not in records.header[1]]:
        raise InputError(f"{path}, line 1: column {lacking[0]} is missing; add it")
    dialect = records.dialect
    line = io.StringIO()
    writer = csv.writer(line, delimiter=dialect.separator, lineterminator=dialect.line_end)
    writer.writerow(
        [cells.get(name, "") for name in records.header[1]] + [""] * records.blank_columns
    )
    encoding = dialect.encoding.removesuffix("-sig")
    end = dialect.line_end.encode(encoding)
    added = data + (b"" if data.endswith(end) else end) + line.getvalue().encode(encoding)
    rows_of(path, added, table)
    return added


def _require_same(
    path: Path, there: Mapping[str, str], cells: Mapping[str, str], unique: str
) -> None:
    for name, cell in cells.items():
        if cell and there.get(name, "") != cell:
            raise ConflictError(
                f"{path}: {cells[unique]!r} is there already, with {name} "
                f"{there.get(name, '')!r} and not {cell!r}; choose another id, or edit its row"
            )
