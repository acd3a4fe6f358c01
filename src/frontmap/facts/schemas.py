"""What a table of facts looks like: its columns, and the forms that it had before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from frontmap.facts.columns import Column


@dataclass(frozen=True, slots=True)
class OlderForm:
    """How a table looked in an older format, and how a row of it is said in this one.

    A file is of this form where it has all of ``columns`` and none of the columns ``lacks``.
    ``translated`` takes a row's cells by column, each of which its column could read, and gives
    them all with those of ``lacks``.
    """

    columns: tuple[Column, ...]
    lacks: tuple[str, ...]
    translated: Callable[[dict[str, str]], dict[str, str]]

    def fits(self, header: Sequence[str]) -> bool:
        """Tell whether a file with that header is of this form.

        >>> from frontmap.facts.columns import text
        >>> before = OlderForm((text("note", "?"),), lacks=("party",), translated=dict)
        >>> before.fits(["date", "note"]), before.fits(["note", "party"])
        (True, False)
        """
        needed = {column.name for column in self.columns if not column.optional}
        return needed <= set(header) and not set(self.lacks) & set(header)


@dataclass(frozen=True, slots=True)
class TableSchema:
    """What a CSV file must look like: its columns, and the one whose values are unique.

    ``row`` says what one row of it is; ``older`` are the forms that it had in older formats.
    """

    name: str
    columns: tuple[Column, ...]
    unique: str | None = None
    older: tuple[OlderForm, ...] = ()
    row: str = ""

    @property
    def needed(self) -> tuple[Column, ...]:
        """The columns that a file must have.

        >>> from frontmap.facts.columns import text
        >>> table = TableSchema("a.csv", (text("name", "Name"), text("note", "?", optional=True)))
        >>> [column.name for column in table.needed]
        ['name']
        """
        return tuple(column for column in self.columns if not column.optional)


def header_text(table: TableSchema) -> bytes:
    r"""Write a table without rows: its header, with the columns that it may have.

    >>> from frontmap.facts.columns import text
    >>> header_text(TableSchema("a.csv", (text("name", "Name"), text("note", "?", optional=True))))
    b'name,note\n'
    """
    return (",".join(column.name for column in table.columns) + "\n").encode()
