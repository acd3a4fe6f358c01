"""The repair report: what was left out, changed or doubtful in a maker's file."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING

from frontmap.errors import InputError
from frontmap.spreadsheets import as_text_cell, from_text_cell

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LONGEST_DETAIL = 500
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029]")


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
    rows.writerows(map(_cells, repairs))
    return text.getvalue().encode()


def _cells(repair: Repair) -> list[object]:
    return [as_text_cell(v) if isinstance(v, str) else v for v in astuple(repair)]


def parse_repairs(text: bytes, path: Path) -> tuple[Repair, ...]:
    """Read what :func:`repairs_text` wrote; raises ``InputError`` naming ``path`` for all else.

    >>> from pathlib import Path
    >>> mended = Repair(file="a.kml", feature=3, zone="ua-1", rule="repaired", detail="a bow tie")
    >>> parse_repairs(repairs_text([mended]), Path("a.csv")) == (mended,)
    True
    """
    try:
        header, *rows = csv.reader(io.StringIO(text.decode(), newline=""), strict=True)
        _require_columns(header)
        return tuple(
            Repair(
                file=from_text_cell(file),
                feature=int(feature) if feature else None,
                zone=from_text_cell(zone),
                rule=from_text_cell(rule),
                detail=from_text_cell(detail),
                count=int(count),
            )
            for file, feature, zone, rule, detail, count in rows
        )
    except (ValueError, csv.Error) as error:
        raise InputError(f"{path}: no table of repairs: {error}; import the file again") from None


def _require_columns(header: list[str]) -> None:
    if tuple(header) != REPAIR_COLUMNS:
        raise ValueError(f"its columns are not {', '.join(REPAIR_COLUMNS)}")


def one_line(text: str) -> str:
    r"""Return a text that fits a cell: control characters as escapes, a long one cut short.

    >>> one_line("Point\r\n"), len(one_line("x" * 10_000))
    ('Point\\r\\n', 503)
    """
    plain = _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
    return plain if len(plain) <= LONGEST_DETAIL else f"{plain[:LONGEST_DETAIL]}..."
