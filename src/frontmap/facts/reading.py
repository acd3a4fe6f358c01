"""One strict reader of CSV tables: the columns that are declared, no cell unread."""

from __future__ import annotations

import csv
import io
import re
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from frontmap import storage
from frontmap.errors import InputError, MendedWarning, NotFoundError
from frontmap.facts.dialect import Records, read_records
from frontmap.facts.respelling import Respelled, plain_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from frontmap.facts.columns import Column, Value
    from frontmap.facts.schemas import OlderForm, TableSchema

_CONTROL = re.compile("[\0-\x1f\x7f-\x9f]")
#: How many parsed tables are cached: an archive has about ten.
_CACHED_TABLES = 16
MOST_COLUMNS = 1000


class _Parsed(NamedTuple):
    """A table as it was read, with a word for each thing that was mended in it."""

    frame: pd.DataFrame
    mended: tuple[str, ...]


def read_table(path: Path, table: TableSchema) -> pd.DataFrame:
    r"""Read a CSV file whose columns are those of ``table``, in any order.

    Columns that ``table`` doesn't know are kept as text; a file that isn't there is an empty table.
    A file of an older form reads as if it were of this one. What a spreadsheet writes otherwise and
    has one meaning (a byte-order mark, semicolons, 7,5 for 7.5, 31.08.2024) is mended, with one
    ``MendedWarning``; the file stays as it is.

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
    parsed = _parsed(path, data, table)
    if parsed.mended:
        warnings.warn(_mended_text(path, parsed.mended), MendedWarning, stacklevel=2)
    return parsed.frame.copy()


def mended_text(path: Path, table: TableSchema) -> str:
    r"""Say what is mended where a table is read; blank where nothing is, or no file is there.

    Raises as :func:`read_table`.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from frontmap.facts.columns import text
    >>> from frontmap.facts.schemas import TableSchema
    >>> path = Path(tempfile.mkdtemp(), "rain.csv")
    >>> _ = path.write_bytes(b"\xef\xbb\xbfday\r\n2024-08-31\r\n")
    >>> mended_text(path, TableSchema("rain.csv", (text("day", "Day"),)))  # doctest: +ELLIPSIS
    '...rain.csv: a byte-order mark, CRLF line ends; save it as UTF-8...'
    """
    try:
        data = storage.read(path, below=path.parent)
    except NotFoundError:
        return ""
    mended = _parsed(path, data, table).mended
    return _mended_text(path, mended) if mended else ""


def _mended_text(path: Path, mended: Sequence[str]) -> str:
    return f"{path}: {', '.join(mended)}; save it as UTF-8 with commas and LF, days as YYYY-MM-DD"


def rows_of(path: Path, data: bytes, table: TableSchema) -> list[dict[str, str]]:
    r"""Return the cells of each row by column, as texts; raises as :func:`read_table`.

    >>> from pathlib import Path
    >>> from frontmap.facts.columns import text
    >>> from frontmap.facts.schemas import TableSchema
    >>> rows_of(Path("a.csv"), b"a;b\n1;2\n", TableSchema("a.csv", (text("a", "?"),)))
    [{'a': '1', 'b': '2'}]
    """
    _parsed(path, data, table)
    records = _records(path, data, table)
    older = _older_form(path, records, table)
    columns = table.columns if older is None else older.columns
    return [cells for _, cells in plain_rows(path, records, columns, Respelled())]


def read_cell(column: Column, cell: str, place: str) -> Value:
    """Return the value of a cell; raises ``InputError`` that begins with the place.

    >>> from frontmap.facts.columns import date
    >>> read_cell(date("day", "Day"), "soon", "--day")
    Traceback (most recent call last):
    frontmap.errors.InputError: --day: 'soon' is not a date; write it as YYYY-MM-DD, for example
    2024-08-31
    """
    try:
        return _value(column, cell)
    except ValueError as error:
        raise InputError(f"{place}: {error}") from None


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
    return _older_form(path, _records(path, data, table), table) is not None


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
    records = _records(path, data, table)
    older = _older_form(path, records, table)
    if older is None:
        return data
    names = _header(table, records.header[1], older)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    for line, cells in plain_rows(path, records, older.columns, Respelled()):
        translated = _translated(path, line, older, cells)
        writer.writerow([translated[name] for name in names])
    return text.getvalue().encode()


@lru_cache(maxsize=_CACHED_TABLES)
def _parsed(path: Path, data: bytes, table: TableSchema) -> _Parsed:
    """Parse a file once, however often it is asked for, until its bytes change."""
    records = _records(path, data, table)
    older = _older_form(path, records, table)
    columns = table.columns if older is None else older.columns
    respelled, lines, rows = Respelled(), [], []
    for line, given in plain_rows(path, records, columns, respelled):
        cells = given if older is None else _translated(path, line, older, given)
        rows.append(_row(path, line, table.columns, cells))
        lines.append(line)
    frame = _frame(table, _header(table, records.header[1], older), rows, lines)
    _check_unique(path, table, frame)
    return _Parsed(frame, (*records.mended, *respelled.words()))


def _records(path: Path, data: bytes, table: TableSchema) -> Records:
    return read_records(path, data, [column.name for column in table.columns])


def _older_form(path: Path, records: Records, table: TableSchema) -> OlderForm | None:
    """Return the older form that a file has, or None; raises where the header is of no form."""
    line, header = records.header
    older = next((form for form in table.older if form.fits(header)), None)
    _check_header(f"{path}, line {line}", table, header, older)
    return older


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


def _check_header(
    place: str, table: TableSchema, header: list[str], older: OlderForm | None
) -> None:
    needed = [column.name for column in table.needed] if older is None else []
    missing = [name for name in needed if name not in header]
    if missing:
        raise InputError(
            f"{place}: column {missing[0]} is missing; "
            f"add it, {table.name} needs {', '.join(needed)} (see docs/format.md)"
        )
    if len(header) > MOST_COLUMNS:
        raise InputError(
            f"{place}: {len(header):,} columns, {MOST_COLUMNS:,} at most; "
            "leave out those that nobody reads"
        )
    for name in header:
        if not name or header.count(name) > 1:
            raise InputError(f"{place}: column {name!r} must have a name of its own")


def _row(
    path: Path, line: int, columns: Sequence[Column], cells: dict[str, str]
) -> dict[str, Value]:
    row: dict[str, Value] = dict(cells)
    for column in columns:
        if column.name not in cells:
            continue
        place = f"{path}, line {line}, column {column.name}"
        row[column.name] = read_cell(column, cells[column.name], place)
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
