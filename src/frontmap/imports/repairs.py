"""The repair report: what was left out, changed or doubtful in a maker's file."""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A row of the repair report: what was left out, changed or doubtful in a maker's file.

    ``feature`` is the place in the file, counted from 0, or ``None`` for ``count`` features alike.
    """

    file: str
    feature: int | None
    zone: str
    rule: str
    detail: str
    count: int = 1


REPAIR_COLUMNS = tuple(field.name for field in fields(Repair))


def repairs_text(repairs: Iterable[Repair]) -> bytes:
    r"""Write repairs as CSV, a row each.

    >>> points = Repair(file="a.kml", feature=None, zone="", rule="not-ground", detail="Point")
    >>> repairs_text([points])
    b'file,feature,zone,rule,detail,count\na.kml,,,not-ground,Point,1\n'
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(REPAIR_COLUMNS)
    rows.writerows(astuple(repair) for repair in repairs)
    return text.getvalue().encode()


def parse_repairs(text: bytes) -> tuple[Repair, ...]:
    """Read what :func:`repairs_text` wrote.

    >>> mended = Repair(file="a.kml", feature=3, zone="ua-1", rule="repaired", detail="a bow tie")
    >>> parse_repairs(repairs_text([mended])) == (mended,)
    True
    """
    return tuple(
        Repair(
            file=row["file"],
            feature=int(row["feature"]) if row["feature"] else None,
            zone=row["zone"],
            rule=row["rule"],
            detail=row["detail"],
            count=int(row["count"]),
        )
        for row in csv.DictReader(io.StringIO(text.decode()))
    )
