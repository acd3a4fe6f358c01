"""A file of facts of an older format, written in this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontmap.facts.reading import table_text
from frontmap.facts.reference import REFERENCE, upgraded_reference
from frontmap.facts.tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path


def upgraded_text(path: Path, data: bytes) -> bytes:
    r"""Give the text of a table, or of the reference, as it is written in this format.

    ``path`` tells by its name which table it is, and is named in errors. What is written so
    already is left as it is, byte for byte, and so is a file that is no table of facts. Rows keep
    their order and lines, columns of the user's own their cells. Raises ``InputError`` where the
    file cannot be read.

    >>> from pathlib import Path
    >>> before = (
    ...     b"place_id,date,event,claimant,publisher,published,source,note,mine\n"
    ...     b"sudzha,2024-08-15,RU_retakes,,,,,geolocated,x\n"
    ... )
    >>> after = upgraded_text(Path("settlement_events.csv"), before)
    >>> print(after.decode(), end="")
    place_id,date,event,party,claimant,publisher,published,source,doubted,seen,repelled,passed,fought,note,mine
    sudzha,2024-08-15,retakes,RU,,,,,,yes,,,,geolocated,x
    >>> upgraded_text(Path("settlement_events.csv"), after) == after
    True
    """
    if path.name in TABLES:
        return table_text(path, data, TABLES[path.name])
    return upgraded_reference(path, data) if path.name == REFERENCE else data
