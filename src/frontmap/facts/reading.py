"""One strict reader of CSV tables: UTF-8, LF, the columns that are declared, no cell unread."""

from __future__ import annotations

import csv
import io
import re
from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from frontmap import storage
from frontmap.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from frontmap.facts.columns import Column, Value
    from frontmap.facts.schemas import OlderForm, TableSchema

_BOM = b"\xef\xbb\xbf"
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f]")
#: How many parsed tables are cached: an archive has about ten.
_CACHED_TABLES = 16
MOST_COLUMNS = 1000


def read_table(path: Path, table: TableSchema) -> pd.DataFrame:
    r"""Read a CSV file whose columns are those of ``table``, in any order.

    Columns that ``table`` doesn't know are kept as text; a file that isn't there is an empty table.
    A file of an older form reads as if it were of this one.

    Returns
    -------
    pandas.DataFrame
        One row a record, in the order of the file: days as datetime64[us] (NaT where blank),
        numbers as float64 (NaN where blank), flags as bool, all else as text. The index is the line
        in the file.

    Raises
    ------
    InputError
        Naming file, line, column and remedy; or that it is no plain file.
    StorageError
        The file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from frontmap.facts.columns import date, number
    >>> from frontmap.facts.schemas import TableSchema
    >>> rain = TableSchema("rain.csv", (date("day", "Day"), number("mm", "Rain", 0, 900)))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "rain.csv")
    ...     written = path.write_text("day,mm,who\n2024-08-31,4.5,Ann\n")
    ...     read_table(path, rain).to_dict("records")
    [{'day': Timestamp('2024-08-31 00:00:00'), 'mm': 4.5, 'who': 'Ann'}]
    """
    try:
        data = storage.read(path, below=path.parent)
    except NotFoundError:
        return _frame(table, [column.name for column in table.needed], [], [])
    return _parsed(path, data, table).copy()


def require_known(
    path: Path, frame: pd.DataFrame, column: str, known: Collection[str], where: str
) -> None:
    """Check that each id in a column (several separated by spaces) is one of ``known``.

    Raises
    ------
    InputError
        Naming the first line with an unknown id, and the file where it would have to stand.

    Examples
    --------
    >>> from pathlib import Path
    >>> lines = pd.DataFrame({"source": ["isw-1 rbc-9"]}, index=[2])
    >>> require_known(Path("events.csv"), lines, "source", {"isw-1"}, "sources.csv")
    Traceback (most recent call last):
    frontmap.errors.InputError: events.csv, line 2, column source: 'rbc-9' is not in sources.csv;
    add it there or mend the id
    """
    for line, cell in frame[column].items():
        for word in cell.split():
            if word not in known:
                raise InputError(
                    f"{path}, line {line}, column {column}: {word!r} is not in {where}; "
                    "add it there or mend the id"
                )


def has_older_form(path: Path, table: TableSchema) -> bool:
    """Tell whether a file is there, in a form that ``table`` had in an older format.

    Raises as :func:`read_table`.

    >>> from pathlib import Path
    >>> from frontmap.facts.schemas import TableSchema
    >>> has_older_form(Path("no-such-file.csv"), TableSchema("a.csv", ()))
    False
    """
    try:
        data = storage.read(path, below=path.parent)
    except NotFoundError:
        return False
    return _checked_header(path, data, table)[1] is not None


def table_text(path: Path, data: bytes, table: TableSchema) -> bytes:
    r"""Write the text of a table in the form of ``table``; what has that form is left as it is.

    Of an older form, the columns come in the order of ``table``, then further ones as they were;
    every cell is kept, but those that are said in another way. ``path`` is named in errors; raises
    ``InputError`` as :func:`read_table`.

    >>> from pathlib import Path
    >>> from frontmap.facts.columns import text
    >>> from frontmap.facts.schemas import OlderForm, TableSchema
    >>> before = OlderForm((text("km2", "?"),), ("party",), lambda cells: {"party": "UA"})
    >>> area = TableSchema("area.csv", (text("party", "?"), text("km2", "?")), older=(before,))
    >>> table_text(Path("area.csv"), b"km2,own\n900,a\n", area)
    b'party,km2,own\nUA,900,a\n'
    """
    _parsed(path, data, table)
    header, older, records = _checked_header(path, data, table)
    if older is None:
        return data
    names = _header(table, header, older)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    for line, cells in records:
        translated = _translated(path, line, older, cells)
        writer.writerow([translated[name] for name in names])
    return text.getvalue().encode()


@lru_cache(maxsize=_CACHED_TABLES)
def _parsed(path: Path, data: bytes, table: TableSchema) -> pd.DataFrame:
    """Parse a file once, however often it is asked for, until its bytes change."""
    header, older, records = _checked_header(path, data, table)
    lines, rows = [], []
    for line, given in records:
        cells = given if older is None else _translated(path, line, older, given)
        rows.append(_row(path, line, table.columns, cells))
        lines.append(line)
    frame = _frame(table, _header(table, header, older), rows, lines)
    _check_unique(path, table, frame)
    return frame


def _checked_header(
    path: Path, data: bytes, table: TableSchema
) -> tuple[list[str], OlderForm | None, Iterator[tuple[int, dict[str, str]]]]:
    """Return the header, the older form that the file has, and each record by column."""
    records = _records(path, data)
    _, header = next(records, (1, []))
    older = next((form for form in table.older if form.fits(header)), None)
    _check_header(path, table, header, older)
    return header, older, _by_column(path, header, records)


def _by_column(
    path: Path, header: list[str], records: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[int, dict[str, str]]]:
    for line, cells in records:
        if len(cells) != len(header):
            raise InputError(
                f"{path}, line {line}: {len(cells)} cells where the header has {len(header)}; "
                'put text that holds a comma in "double quotes"'
            )
        yield line, dict(zip(header, cells, strict=True))


def _header(table: TableSchema, header: list[str], older: OlderForm | None) -> list[str]:
    """Give the columns of a file in this form: of an older one, those of ``table`` first."""
    if older is None:
        return header
    given = {*header, *older.lacks}
    columns = [column.name for column in table.columns if column.name in given]
    return columns + [name for name in header if name not in columns]


def _translated(path: Path, line: int, older: OlderForm, cells: dict[str, str]) -> dict[str, str]:
    _row(path, line, older.columns, cells)
    return cells | older.translated(cells)


def _records(path: Path, data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line on which it stands."""
    reader = csv.reader(_text(path, data).splitlines(keepends=True), strict=True)
    line = 1
    try:
        for cells in reader:
            if any("\n" in cell for cell in cells):
                raise InputError(f"{path}, line {line}: a line break inside a cell; use a space")
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"{path}, line {line}: {error}; check the double quotes") from None


def _text(path: Path, data: bytes) -> str:
    if data.startswith(_BOM):
        raise InputError(
            f"{path}, line 1: starts with a byte-order mark; save it as UTF-8 without BOM"
        )
    if b"\r" in data:
        line = data[: data.index(b"\r")].count(b"\n") + 1
        raise InputError(
            f"{path}, line {line}: ends in CR or CRLF; save the file with LF line ends (or clone "
            "again, where git changed them: git clone -c core.autocrlf=false)"
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"{path}, line {line}: is not UTF-8; save the file as UTF-8") from None


def _check_header(
    path: Path, table: TableSchema, header: list[str], older: OlderForm | None
) -> None:
    needed = [column.name for column in table.needed] if older is None else []
    missing = [name for name in needed if name not in header]
    if missing:
        raise InputError(
            f"{path}, line 1: column {missing[0]} is missing; "
            f"add it, {table.name} needs {', '.join(needed)} (see docs/format.md)"
        )
    if len(header) > MOST_COLUMNS:
        raise InputError(
            f"{path}, line 1: {len(header):,} columns, {MOST_COLUMNS:,} at most; "
            "leave out those that nobody reads"
        )
    for name in header:
        if not name or header.count(name) > 1:
            raise InputError(f"{path}, line 1: column {name!r} must have a name of its own")


def _row(
    path: Path, line: int, columns: Sequence[Column], cells: dict[str, str]
) -> dict[str, Value]:
    row: dict[str, Value] = dict(cells)
    for column in columns:
        if column.name not in cells:
            continue
        try:
            row[column.name] = _value(column, cells[column.name])
        except ValueError as error:
            raise InputError(f"{path}, line {line}, column {column.name}: {error}") from None
    return row


def _value(column: Column, cell: str) -> Value:
    if cell != cell.strip():
        raise ValueError(f"{cell!r} has space around it; remove it")
    if _CONTROL.search(cell):
        raise ValueError(f"{cell!r} has a control character; remove it")
    if cell:
        return column.read(cell)
    if column.required:
        raise ValueError("is blank; fill it in")
    return column.blank


def _frame(
    table: TableSchema, header: list[str], rows: list[dict[str, Value]], lines: list[int]
) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=header, index=pd.Index(lines, name="line", dtype="int64"))
    kinds: dict[str, str] = dict.fromkeys(header, "str")
    for column in table.columns:
        if column.name not in header:
            continue
        if column.blank is None:
            kinds[column.name] = "datetime64[us]"
        elif isinstance(column.blank, bool | float):
            kinds[column.name] = type(column.blank).__name__
    return frame.astype(kinds)


def _check_unique(path: Path, table: TableSchema, frame: pd.DataFrame) -> None:
    if table.unique is None:
        return
    again = frame[table.unique].duplicated()
    if again.any():
        line = frame.index[again][0]
        value = frame[table.unique][line]
        first = frame.index[frame[table.unique] == value][0]
        raise InputError(
            f"{path}, line {line}, column {table.unique}: {value!r} stands on line {first} "
            "already; each row needs its own"
        )
