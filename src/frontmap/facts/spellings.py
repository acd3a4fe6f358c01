"""Numbers and days as people elsewhere write them, in the one spelling that tables have.

Each is taken where it has one meaning; where it may mean two things it is refused with both.
"""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress

_PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_DECIMAL = re.compile(r"(-?\d+)[.,](\d+)", re.ASCII)
#: Digits in groups of three, with one sign between all groups, then the other one and decimals.
_GROUPED = re.compile(
    r"(-?[1-9]\d{0,2}(?:(?P<between>[., '\u2019\u00a0\u202f])\d{3})(?:(?P=between)\d{3})*)"
    r"(?:(?!(?P=between))[.,](\d+))?",
    re.ASCII,
)
_MIDNIGHT = re.compile(r"[T ]0{1,2}:00(:00(\.0+)?)?", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})", re.ASCII)
_EITHER_FIRST = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4})", re.ASCII)
_MONTH_FIRST = re.compile(r"(\d{1,2})[./](\d{4})", re.ASCII)
_YEAR_THEN_MONTH = re.compile(r"(\d{4})[/.](\d{1,2})", re.ASCII)


def plain_number(cell: str, *, low: float, high: float, has_commas: bool) -> str:
    """Return a number with a decimal point and no signs between thousands; else the cell itself.

    ``has_commas`` tells that commas stand between the cells of the file: then a point is a decimal
    one, as ``docs/format.md`` has it. A sign before three digits may be either; what lies from
    ``low`` to ``high`` decides. Raises ``ValueError`` where two readings do.

    >>> plain_number("7,5", low=0, high=900, has_commas=False)
    '7.5'
    >>> plain_number("51,192", low=-90, high=90, has_commas=False)
    '51.192'
    >>> plain_number("1,243", low=0, high=9000, has_commas=True)
    Traceback (most recent call last):
    ValueError: '1,243' is 1.243 or 1243; write it with a decimal point (1.243) or none (1243)
    """
    if _PLAIN_NUMBER.fullmatch(cell) and (has_commas or not _GROUPED.fullmatch(cell)):
        return cell
    readings = []
    if decimal := _DECIMAL.fullmatch(cell):
        readings.append(f"{decimal[1]}.{decimal[2]}")
    if grouped := _GROUPED.fullmatch(cell):
        whole = grouped[1].replace(grouped["between"], "")
        readings.append(f"{whole}.{grouped[3]}" if grouped[3] else whole)
    possible = [reading for reading in readings if low <= float(reading) <= high]
    if len(possible) > 1:
        fraction, whole = possible
        raise ValueError(
            f"{cell!r} is {fraction} or {whole}; "
            f"write it with a decimal point ({fraction}) or none ({whole})"
        )
    return (possible or readings or [cell])[0]


def plain_day(cell: str) -> str:
    """Return a day as YYYY-MM-DD; else the cell itself.

    Midnight after a day is dropped. Raises ``ValueError`` for one that may be of two months.

    >>> plain_day("31.08.2024"), plain_day("2024-08-31 00:00:00"), plain_day("8/31/2024")
    ('2024-08-31', '2024-08-31', '2024-08-31')
    >>> plain_day("9/1/2024")
    Traceback (most recent call last):
    ValueError: '9/1/2024' is 2024-01-09 or 2024-09-01; write the one that it is
    """
    time = re.search(r"[T ]", cell)
    if time and not _MIDNIGHT.fullmatch(cell[time.start() :]):
        return cell
    day = cell[: time.start()] if time else cell
    if found := _DAY_FIRST.fullmatch(day):
        readings = _days((found[3], found[2], found[1]))
    elif found := _YEAR_FIRST.fullmatch(day):
        readings = _days((found[1], found[2], found[3]))
    elif found := _EITHER_FIRST.fullmatch(day):
        readings = _days((found[4], found[3], found[1]), (found[4], found[1], found[3]))
    else:
        return day
    if len(readings) > 1:
        raise ValueError(f"{cell!r} is {' or '.join(readings)}; write the one that it is")
    return readings[0] if readings else cell


def plain_day_or_month(cell: str) -> str:
    """Return a day as :func:`plain_day` does, or a month as YYYY-MM; else the cell itself.

    >>> plain_day_or_month("08.2024"), plain_day_or_month("31.08.2024")
    ('2024-08', '2024-08-31')
    """
    if found := _MONTH_FIRST.fullmatch(cell):
        return f"{found[2]}-{found[1]:>02}"
    if found := _YEAR_THEN_MONTH.fullmatch(cell):
        return f"{found[1]}-{found[2]:>02}"
    return plain_day(cell)


def _days(*readings: tuple[str, str, str]) -> list[str]:
    """Return the days among some years, months and days, each once."""
    found = []
    for year, month, day in readings:
        with suppress(ValueError):
            found.append(dt.date(int(year), int(month), int(day)).isoformat())
    return list(dict.fromkeys(found))
