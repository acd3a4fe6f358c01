"""The file that explains each column of each table, to stand beside them in an archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontmap.facts.tables import TABLES

if TYPE_CHECKING:
    from frontmap.facts.columns import Column
    from frontmap.facts.schemas import TableSchema

EXPLAINED = "TABLES.md"
_START = """\
# The tables of this archive

CSV in UTF-8, with commas between cells, a decimal point in numbers and days as YYYY-MM-DD. The
columns may stand in any order, and further ones of your own beside them. `frontmap check` names
what cannot be read, with its line and column.
"""


def explained_tables() -> bytes:
    """Return the text of ``TABLES.md``: of each table what a row is, of each column what it holds.

    >>> [line for line in explained_tables().decode().splitlines() if "`reason`" in line]
    ['| `reason` | Why it stands | text | yes |']
    """
    return "\n".join([_START, *map(_table, TABLES.values())]).encode()


def _table(table: TableSchema) -> str:
    unique = f" Each has its own `{table.unique}`." if table.unique else ""
    rows = "".join(
        f"| `{column.name}` | {column.description} | {column.form} | {_need(column)} |\n"
        for column in table.columns
    )
    return (
        f"## `{table.name}`\n\nOne row is {table.row}.{unique}\n\n"
        f"| column | what stands in it | form | needed |\n|---|---|---|---|\n{rows}"
    )


def _need(column: Column) -> str:
    if column.optional:
        return "no, nor is the column"
    return "yes" if column.required else "may be blank"
