"""How the text of a table was saved, by a spreadsheet in any country, and what of it is mended.

The plain form is UTF-8 with commas and LF. What Excel and LibreOffice write instead has one meaning
where it is taken: marks of an encoding, other separators and line ends, blank columns and rows.
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, NamedTuple

from frontmap.errors import InputError
from frontmap.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    Record = tuple[int, list[str]]

#: First bytes, the encoding that they tell, and how a list of what is mended calls them.
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "a byte-order mark"),
    (b"\xff\xfe", "utf-16-le", "UTF-16"),
    (b"\xfe\xff", "utf-16-be", "UTF-16"),
)
#: How files begin that a spreadsheet opens too and that are no text of cells.
_NO_TABLES = (
    (b"PK\x03\x04", "a workbook or another zip"),
    (b"\xd0\xcf\x11\xe0", "an old workbook"),
    (b"<", "a web page or other XML"),
)
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_LINE_END = re.compile(r"\r+\n|\r")
_LINE_END_NAMES = {"\r\n": "CRLF line ends", "\r": "CR line ends"}
_STATED = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_BREAK = re.compile("[\n\u2028\u2029]")


class Dialect(NamedTuple):
    r"""How a table was saved: its encoding, what stands between cells, and what ends a line."""

    encoding: str = "utf-8"
    separator: str = ","
    line_end: str = "\n"


class Records(NamedTuple):
    """The cells of a table with the lines that they stand on, and how they were saved.

    ``blank_columns`` is how many columns without a name end the header, and each row. ``mended``
    has a word for each thing that isn't of the plain form.
    """

    dialect: Dialect
    header: Record
    blank_columns: int
    rows: list[Record]
    mended: tuple[str, ...]


def read_records(path: Path, data: bytes, names: Collection[str]) -> Records:
    r"""Read the text of a table whose columns have, most of them, the ``names`` given.

    Rows may have more or fewer cells than the header. Raises ``InputError`` naming file and line:
    of another encoding, quotes that do not close, a line break within a cell.

    >>> from pathlib import Path
    >>> saved = read_records(Path("a.csv"), b"\xef\xbb\xbfid;km2\r\n1;7,5\r\n;\r\n", ["id", "km2"])
    >>> saved.rows, saved.mended
    ([(2, ['1', '7,5'])], ('a byte-order mark', 'CRLF line ends', 'semicolons between cells', '1
    blank row'))
    """
    encoding, text, mended = _decoded(path, data)
    first_end = re.search(r"\r\n|\r|\n", text)
    text, ends = _LINE_END.subn("\n", text)
    if ends:
        mended.append(_LINE_END_NAMES["\r\n" if b"\n" in data else "\r"])
    lines = text.split("\n")
    lines = [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    separator, stated = _separator(lines, names)
    if stated:
        mended.append(f"a line sep=, {_SEPARATORS[separator]} between cells")
    elif separator != ",":
        mended.append(f"{_SEPARATORS[separator]} between cells")
    dialect = Dialect(encoding, separator, first_end[0] if first_end else "\n")
    records = list(_cells(path, lines, separator, start=int(stated)))
    rows = [record for record in records if "".join(record[1]).strip()]
    if len(rows) < len(records):
        mended.append(counted(len(records) - len(rows), "blank row"))
    line, header = rows[0] if rows else (1, [])
    columns = _without_blank_end(header)
    blank_columns = len(header) - len(columns)
    if blank_columns:
        mended.append(counted(blank_columns, "blank column"))
    known = _known_names(columns, names)
    if known != columns:
        name, cell = next(pair for pair in zip(known, columns, strict=True) if pair[0] != pair[1])
        mended.append(f"{cell!r} as {name} in the header")
    return Records(dialect, (line, known), blank_columns, rows[1:], tuple(mended))


def _known_names(columns: list[str], names: Collection[str]) -> list[str]:
    """Return the names of columns, each as it is known where only case and blanks differ."""
    plain = [_plain_name(column) for column in columns]
    return [
        name if name in names and plain.count(name) == 1 else column
        for name, column in zip(plain, columns, strict=True)
    ]


def _plain_name(cell: str) -> str:
    return cell.strip().strip('"').strip().lower()


def _decoded(path: Path, data: bytes) -> tuple[str, str, list[str]]:
    for start, what in _NO_TABLES:
        if data.startswith(start):
            raise InputError(f"{path}: is {what}, not CSV; save it as CSV UTF-8")
    mended = []
    encoding = "utf-8"
    for mark, of_mark, what in _MARKS:
        if data.startswith(mark):
            encoding, data = of_mark, data.removeprefix(mark)
            mended.append(what)
            break
    name = encoding.removesuffix("-sig")
    if b"\0" in data[:2] and not mended:
        raise InputError(f"{path}: is UTF-16 without its mark, or no text; save it as CSV UTF-8")
    try:
        return encoding, data.decode(name), mended
    except UnicodeDecodeError as error:
        line, column = _place(data[: error.start].decode(name, "replace"))
        raise InputError(
            f"{path}, line {line}: is not {name[:6].upper()} (in cell {column}); save the file as "
            "UTF-8, in Excel as CSV UTF-8"
        ) from None


def _place(before: str) -> tuple[int, int]:
    """Return the line and the cell in which a text ends."""
    *lines, last = _LINE_END.sub("\n", before).split("\n")
    separator = max(_SEPARATORS, key=last.count)
    return len(lines) + 1, last.count(separator) + 1


def _separator(lines: list[str], names: Collection[str]) -> tuple[str, bool]:
    """Return what stands between cells, and whether a first line of its own states it."""
    if not lines:
        return ",", False
    said = _STATED.fullmatch(lines[0].rstrip("\n"))
    if said and said[1] in _SEPARATORS:
        return said[1], True
    header = next((line for line in lines if line.strip(",;\t|\n")), "")
    known = {
        separator: len({_plain_name(cell) for cell in header.split(separator)} & {*names})
        for separator in _SEPARATORS
    }
    return max(known, key=lambda separator: known[separator]), False  # of equal ones the comma


def _cells(path: Path, lines: list[str], separator: str, *, start: int) -> Iterator[Record]:
    """Yield each record with the line on which it stands."""
    reader = csv.reader(lines[start:], strict=True, delimiter=separator)
    line = 1 + start
    try:
        for cells in reader:
            if _BREAK.search("".join(cells)):
                raise InputError(f"{path}, line {line}: a line break inside a cell; use a space")
            yield line, cells
            line = reader.line_num + 1 + start
    except csv.Error as error:
        raise InputError(f"{path}, line {line}: {error}; check the double quotes") from None


def _without_blank_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells
