"""The one way to read a date or an instant: from files, the command line and calls in Python.

Text is YYYY-MM-DD and nothing else, so that ``20240831`` is refused alike everywhere. Neither numpy
nor pandas is imported: their values are met only where somebody has loaded them.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from frontmap.errors import UsageError

if TYPE_CHECKING:
    import numpy as np

    DateLike = str | dt.date | np.datetime64  # a datetime and a Timestamp are dates to Python
    DatesLike = DateLike | Iterable[DateLike]

_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2}|\d{4}/\d{2}/\d{2})[T ] *(\d{2}:.*)", re.ASCII)
_LAST_SECOND = dt.time(23, 59, 59, tzinfo=dt.UTC)
#: Every day has one before and one after it, in any time zone, that is written with four digits.
FIRST_YEAR, LAST_YEAR = 1001, 9998
_YEARS = f"the years {FIRST_YEAR} to {LAST_YEAR}"
_COARSE_UNITS = {"Y", "M", "W", "generic"}  # of datetime64: no day


def parse_date(text: str) -> dt.date:
    """Read a date of the years 1001 to 9998 that is written YYYY-MM-DD, or raise ``ValueError``.

    >>> parse_date("2024-08-31")
    datetime.date(2024, 8, 31)
    >>> parse_date("2024-02-30")
    Traceback (most recent call last):
    ValueError: '2024-02-30': there is no such day; write it as YYYY-MM-DD, for example 2024-08-31
    >>> parse_date("20240831")
    Traceback (most recent call last):
    ValueError: '20240831' is not a date; write it as YYYY-MM-DD, for example 2024-08-31
    """
    why = " is not a date"
    if _WRITTEN.fullmatch(text):
        why = ": there is no such day"
        with suppress(ValueError):
            date = dt.date.fromisoformat(text)
            if _is_readable(date):
                return date
            why = f": only days of {_YEARS} are read"
    raise ValueError(f"{text!r}{why}; write it as YYYY-MM-DD, for example 2024-08-31")


def date_of_moment(text: str, time_zone: str) -> tuple[dt.date, str]:
    """Read the day of a date and time, as programs write a column of dates, and say how.

    A midnight without an offset is the day that it writes; an instant (with ``Z`` or an offset) is
    of the day that it was in ``time_zone`` (an IANA name). Days may be written with slashes, as
    GDAL does. Raises ``ValueError`` for another time of day without an offset, and for all else.

    >>> date_of_moment("2024-08-31T00:00:00", "Europe/Kyiv")
    (datetime.date(2024, 8, 31), 'date was written with a midnight; left out')
    >>> date_of_moment("2024-08-31T21:30:00Z", "Europe/Kyiv")[1]
    'date 2024-08-31T21:30:00Z is 2024-09-01 in Europe/Kyiv'
    """
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        return parse_date(text), ""
    day, time = found[1].replace("/", "-"), found[2]
    date = parse_date(day)
    try:
        moment = dt.datetime.fromisoformat(f"{day}T{time.replace(' ', '')}")
    except ValueError:
        raise ValueError(f"{text!r} is not a date") from None
    if moment.tzinfo is not None:
        date = moment.astimezone(ZoneInfo(time_zone)).date()
        return date, f"date {text} is {date} in {time_zone}"
    if moment.time() != dt.time.min:
        raise ValueError(
            f"{text!r} is not a date: it has a time of day and no time zone; write the date alone"
        )
    return date, "date was written with a midnight; left out"


def as_date(value: DateLike) -> dt.date:
    """Return a date given as text, date, datetime, pandas Timestamp or numpy datetime64.

    A time of day is never dropped: of these only midnight is taken, as the day that it writes,
    whatever its time zone. Raises ``UsageError`` for that and for all else.

    >>> import numpy as np
    >>> as_date("2024-08-31") == as_date(np.datetime64("2024-08-31T00:00:00"))
    True
    >>> as_date(dt.datetime(2024, 8, 31, 20, 15))
    Traceback (most recent call last):
    frontmap.errors.UsageError: 2024-08-31T20:15:00 has a time of day; give the date alone
    """
    if isinstance(value, str):
        try:
            return parse_date(value)
        except ValueError as error:
            raise UsageError(str(error)) from None
    found = _date_or_datetime(value)
    if found is None:
        raise UsageError(f"{value!r} is not a date; give a date, or a text such as '2024-08-31'")
    if not _is_readable(found):
        raise UsageError(f"{found.isoformat()}: only days of {_YEARS} are read")
    if not isinstance(found, dt.datetime):
        return found
    if found.time() != dt.time.min:
        raise UsageError(f"{found.isoformat()} has a time of day; give the date alone")
    return found.date()


def as_dates(values: DatesLike | None) -> tuple[dt.date, ...] | None:
    """Return the dates of a list, Series, DatetimeIndex or any iterable, or of one date.

    Each is read as :func:`as_date`, and their order stays; None stays None.

    >>> as_dates("2024-08-31") == as_dates([dt.date(2024, 8, 31)])
    True
    >>> as_dates(None)
    >>> as_dates(["foo"])
    Traceback (most recent call last):
    frontmap.errors.UsageError: 'foo' is not a date; write it as YYYY-MM-DD, for example 2024-08-31
    """
    if values is None:
        return None
    if isinstance(values, Iterable) and not isinstance(values, str):
        return tuple(as_date(value) for value in values)
    return (as_date(values),)


def as_instant(value: DateLike | None) -> dt.datetime | None:
    """Return an instant in UTC; a bare date means the end of that UTC day, None stays None.

    Takes what :func:`as_date` takes, with a time of day. Raises ``UsageError`` for all else, and
    for a time without a zone.

    >>> as_instant("2024-09-03").isoformat()
    '2024-09-03T23:59:59+00:00'
    >>> as_instant("2024-09-03T10:00:00+03:00").isoformat()
    '2024-09-03T07:00:00+00:00'
    """
    if value is None:
        return None
    found = _parse_instant(value) if isinstance(value, str) else _date_or_datetime(value)
    if found is None or (isinstance(found, dt.datetime) and found.tzinfo is None):
        raise UsageError(
            f"{value!r} is not an instant; write a date, or a time with its zone "
            "such as 2024-09-03T10:00:00Z"
        )
    if not _is_readable(found):
        raise UsageError(f"{found.isoformat()}: only instants of {_YEARS} are read")
    if not isinstance(found, dt.datetime):
        return dt.datetime.combine(found, _LAST_SECOND)
    return dt.datetime.combine(found.date(), found.timetz()).astimezone(dt.UTC)


def instant_text(instant: dt.datetime) -> str:
    """Write an instant as UTC to the second, as the header of a snapshot does.

    >>> instant_text(dt.datetime(2024, 8, 31, 23, 15, tzinfo=dt.timezone(dt.timedelta(hours=3))))
    '2024-08-31T20:15:00Z'
    """
    return instant.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_readable(date: dt.date) -> bool:
    return FIRST_YEAR <= date.year <= LAST_YEAR


def _parse_instant(text: str) -> dt.date | None:
    try:
        day = parse_date(text[:10])
        return dt.datetime.fromisoformat(text) if text[10:] else day
    except ValueError:
        return None


def _date_or_datetime(value: object) -> dt.date | None:
    """Return a date or datetime of the standard library's kind; None where there is none."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.datetime64):
        unit, _ = numpy.datetime_data(value.dtype)
        if unit in _COARSE_UNITS:
            return None
        value = value.astype("datetime64[D]" if unit == "D" else "datetime64[us]").item()
    # pandas' NaT is a datetime that does not equal itself
    return value if isinstance(value, dt.date) and value == value else None  # noqa: PLR0124
