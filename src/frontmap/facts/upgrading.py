"""A file of facts of an older format, written in this one."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from frontmap.facts.reading import table_text
from frontmap.facts.reference import REFERENCE, upgraded_reference
from frontmap.facts.tables import REPORTED, TABLES

if TYPE_CHECKING:
    from pathlib import Path

#: What figures count that is one party's ground held, as far as the figure itself says.
GROUND_HELD = frozenset({"controlled", "peak"})


def upgraded_text(path: Path, data: bytes, *, holder: str = "") -> bytes:
    r"""Give the text of a table, or of the reference, as it is written in this format.

    ``path`` tells by its name which table it is, and is named in errors. What is written so
    already is left as it is, byte for byte, and so is a file that is no table of facts. Rows keep
    their order and lines, columns of the user's own their cells. ``holder`` is the one party that
    holds ground, if there is one: figures of controlled ground, and peaks, then count its ground.
    Raises ``InputError`` where the file cannot be read.

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
        text = table_text(path, data, TABLES[path.name])
        is_anew = holder and path.name == REPORTED.name and text != data
        return _with_holder(text, holder) if is_anew else text
    return upgraded_reference(path, data) if path.name == REFERENCE else data


def _with_holder(text: bytes, holder: str) -> bytes:
    rows = csv.DictReader(io.StringIO(text.decode(), newline=""))
    filled = io.StringIO()
    writer = csv.DictWriter(filled, rows.fieldnames or (), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({**row, "party": holder} if row["measure"] in GROUND_HELD else row)
    return filled.getvalue().encode()
