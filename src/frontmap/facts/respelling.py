"""Cells of a table put in the one spelling that tables have, and how often that was needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from frontmap.errors import InputError
from frontmap.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from frontmap.facts.columns import Column
    from frontmap.facts.dialect import Records


@dataclass(slots=True)
class Respelled:
    """How often a cell was put in plain spelling, and the first time."""

    count: int = 0
    first: str = ""

    def add(self, line: int, cell: str, plain: str) -> None:
        """Count a cell that was put in plain spelling."""
        self.first = self.first or f"{cell!r} as {plain} in line {line}"
        self.count += 1

    def words(self) -> tuple[str, ...]:
        """Say it in no words, or in one phrase.

        >>> seen = Respelled()
        >>> for line in (2, 3):
        ...     seen.add(line, "7,5", "7.5")
        >>> seen.words()
        ("'7,5' as 7.5 in line 2 and 1 more cell",)
        """
        if not self.count:
            return ()
        more = f" and {counted(self.count - 1, 'more cell')}" if self.count > 1 else ""
        return (f"{self.first}{more}",)


def plain_rows(
    path: Path, records: Records, columns: Sequence[Column], respelled: Respelled
) -> Iterator[tuple[int, dict[str, str]]]:
    r"""Yield each record by column, its numbers and days in plain spelling, with its line.

    Raises ``InputError`` naming the line for a row of more or fewer cells than the header, and for
    a cell that may mean two things.

    >>> from pathlib import Path
    >>> from frontmap.facts.columns import date
    >>> from frontmap.facts.dialect import read_records
    >>> records = read_records(Path("a.csv"), b"day;own\n31.08.2024;x\n", ["day"])
    >>> list(plain_rows(Path("a.csv"), records, [date("day", "Day")], Respelled()))
    [(2, {'day': '2024-08-31', 'own': 'x'})]
    """
    names = records.header[1]
    width = len(names) + records.blank_columns
    has_commas = records.dialect.separator == ","
    to_spell = [column for column in columns if column.plain and column.name in names]
    for line, cells in records.rows:
        if len(cells) != width:
            raise InputError(
                f"{path}, line {line}: {len(cells)} cells where the header has {width}; "
                'put text that holds a comma in "double quotes"'
            )
        if any(cells[len(names) :]):
            raise InputError(f"{path}, line {line}: a cell in a column without a name; name it")
        row = dict(zip(names, cells, strict=False))
        for column in to_spell:
            cell = row[column.name]
            plain = _plain(f"{path}, line {line}", column, cell, has_commas=has_commas)
            if plain != cell:
                row[column.name] = plain
                respelled.add(line, cell, plain)
        yield line, row


def _plain(place: str, column: Column, cell: str, *, has_commas: bool) -> str:
    try:
        return cell if column.plain is None else column.plain(cell, has_commas)
    except ValueError as error:
        raise InputError(f"{place}, column {column.name}: {error}") from None
