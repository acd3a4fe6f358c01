"""The parties that a table of facts names, held against those of ``archive.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontmap.errors import InputError
from frontmap.facts.reading import has_older_form, read_table
from frontmap.facts.tables import REPORTED, SETTLEMENT_EVENTS, TABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

#: The tables whose rows are about a party.
OF_PARTIES = (SETTLEMENT_EVENTS.name, REPORTED.name)


def unknown_parties(path: Path, parties: Collection[str]) -> Iterator[tuple[int, str]]:
    r"""Yield line and id of each party of a table that is none of ``parties``.

    ``path`` is one of the tables that have a column ``party``. A table of an older form names none,
    it means them. Raises ``InputError`` where it cannot be read.

    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp(), "reported.csv")
    >>> header = ",".join(column.name for column in REPORTED.columns)
    >>> row = "2024-08-31,day,,900,about,controlled,UK,,,"
    >>> _ = path.write_text(f"{header}\n{row}\n")
    >>> list(unknown_parties(path, {"UA"})), list(unknown_parties(path, {"UK"}))
    ([(2, 'UK')], [])
    """
    table = TABLES[path.name]
    if has_older_form(path, table):
        return
    column = read_table(path, table)["party"]
    for line, cell in zip(column.index.tolist(), column, strict=True):
        for party in cell.split():
            if party not in parties:
                yield line, party


def require_parties(path: Path, parties: Collection[str]) -> None:
    """Check that a table names no party but ``parties``; raises ``InputError`` with its line.

    >>> from pathlib import Path
    >>> require_parties(Path("geodata/kursk/settlement_events.csv"), {"UA", "RU"})
    """
    for line, party in unknown_parties(path, parties):
        raise InputError(f"{path}, line {line}, column party: {unknown_text(party)}")


def unknown_text(party: str) -> str:
    """Say of a party that there is none of that id, with the remedy.

    >>> unknown_text("UK")
    "'UK' is no party of archive.json; mend the id, or add it: frontmap party add UK"
    """
    return (
        f"{party!r} is no party of archive.json; mend the id, or add it: frontmap party add {party}"
    )
