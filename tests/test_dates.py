"""One way to read a date, whoever gives it and in whatever kind of value."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import frontmap
from frontmap.dates import (
    FIRST_YEAR,
    LAST_YEAR,
    as_date,
    as_dates,
    as_instant,
    instant_text,
    parse_date,
)
from frontmap.errors import UsageError
from frontmap.facts.columns import date as date_column
from frontmap.measure.area import areas

DAY = dt.date(2024, 8, 31)
KINDS = {
    "text": "2024-08-31",
    "numpy text": np.str_("2024-08-31"),
    "date": DAY,
    "datetime at midnight": dt.datetime.combine(DAY, dt.time.min),
    "midnight with a zone": dt.datetime(2024, 8, 31, tzinfo=dt.timezone(dt.timedelta(hours=3))),
    "Timestamp": pd.Timestamp("2024-08-31"),
    "Timestamp with a zone": pd.Timestamp("2024-08-31", tz="Europe/Kyiv"),
    "datetime64 of days": np.datetime64("2024-08-31"),
    "datetime64 of seconds": np.datetime64("2024-08-31T00:00:00"),
    "datetime64 of nanoseconds": np.datetime64("2024-08-31", "ns"),
}
NO_DATES = {
    "another word": ("foo", "'foo' is not a date"),
    "no text": ("", "'' is not a date"),
    "without dashes": ("20240831", "'20240831' is not a date"),
    "a week's day": ("2024-W35-6", "is not a date"),
    "other digits": ("٢٠٢٤-٠٨-٣١", "is not a date"),
    "spaces around": (" 2024-08-31", "is not a date"),
    "no such day": ("2024-02-30", "there is no such day"),
    "a number": (20240831, "20240831 is not a date"),
    "nothing": (None, "None is not a date"),
    "a day and a time": (dt.datetime.combine(DAY, dt.time(20, 15)), "has a time of day"),
    "a Timestamp and a time": (pd.Timestamp("2024-08-31 20:15"), "has a time of day"),
    "a datetime64 and a time": (np.datetime64("2024-08-31T20:15"), "has a time of day"),
    "a month": (np.datetime64("2024-08"), "is not a date"),
    "a date that is missing": (pd.NaT, "NaT is not a date"),
    "a datetime64 that is missing": (np.datetime64("NaT"), "is not a date"),
    "a day beyond the calendar": (np.datetime64(10**9, "D"), "is not a date"),
}
SEVERAL = {
    "list": ["2024-08-31", DAY],
    "generator": (day for day in ("2024-08-31", DAY)),
    "Series of texts": pd.Series(["2024-08-31"] * 2),
    "Series of datetime64": pd.Series(pd.to_datetime(["2024-08-31"] * 2)),
    "DatetimeIndex": pd.DatetimeIndex(["2024-08-31"] * 2),
    "array of datetime64": np.array(["2024-08-31"] * 2, dtype="datetime64[D]"),
}


@pytest.mark.parametrize("value", KINDS.values(), ids=KINDS)
def test_every_kind_of_date_is_read_as_the_day_that_it_writes(value):
    assert type(as_date(value)) is dt.date
    assert as_date(value) == DAY


@pytest.mark.parametrize(("value", "message"), NO_DATES.values(), ids=NO_DATES)
def test_what_is_no_date_is_refused_in_words(value, message):
    with pytest.raises(UsageError, match=message):
        as_date(value)
    with pytest.raises(UsageError, match=message):
        as_dates([value])


@pytest.mark.parametrize("values", SEVERAL.values(), ids=SEVERAL)
def test_several_dates_come_in_any_container(values):
    assert as_dates(values) == (DAY, DAY)


@pytest.mark.parametrize("value", KINDS.values(), ids=KINDS)
def test_one_date_stands_for_a_list_of_one(value):
    assert as_dates(value) == (DAY,)


def test_a_number_is_no_list_of_dates():
    with pytest.raises(UsageError, match="5 is not a date"):
        as_dates(5)  # type: ignore[arg-type]  # the mistake


readable = st.dates(dt.date(FIRST_YEAR, 1, 1), dt.date(LAST_YEAR, 12, 31))


@given(readable)
def test_a_date_is_read_back_from_its_own_text(day):
    assert parse_date(day.isoformat()) == day


FAR_OFF = ["0001-01-01", "1000-12-31", "9999-01-01", "9999-12-31"]


@pytest.mark.parametrize("text", FAR_OFF)
def test_a_date_next_to_the_ends_of_the_calendar_is_refused_however_it_is_given(text):
    day = dt.date.fromisoformat(text)
    with pytest.raises(ValueError, match="the years 1001 to 9998"):
        parse_date(text)
    for read in (as_date, as_instant):
        with pytest.raises(UsageError, match=r"the years 1001 to 9998|write a date"):
            read(text)
        with pytest.raises(UsageError, match="the years 1001 to 9998"):
            read(day)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_an_instant_that_utc_cannot_write_is_refused(text):
    with pytest.raises(UsageError, match="is not an instant"):
        as_instant(text)
    with pytest.raises(UsageError, match="the years 1001 to 9998"):
        as_instant(dt.datetime.fromisoformat(text))


@given(readable)
def test_every_readable_date_has_neighbours_in_every_time_zone(day):
    for hours in (-14, 14):
        zone = dt.timezone(dt.timedelta(hours=hours))
        for instant in (
            dt.datetime.combine(day, time, zone) for time in (dt.time.min, dt.time.max)
        ):
            assert len(instant_text(instant)) == len("2024-09-03T10:00:00Z")


@given(st.dates(), st.sampled_from(["%Y%m%d", "%Y-%j", "%d.%m.%Y", "%Y-%m", "%Y-%m-%dT00:00:00"]))
def test_no_other_way_to_write_a_date_is_taken(day, form):
    with pytest.raises(ValueError, match="write it as YYYY-MM-DD"):
        parse_date(day.strftime(form))


@pytest.mark.parametrize(
    ("value", "utc"),
    [
        ("2024-09-03", "2024-09-03T23:59:59+00:00"),
        (dt.date(2024, 9, 3), "2024-09-03T23:59:59+00:00"),
        (np.datetime64("2024-09-03"), "2024-09-03T23:59:59+00:00"),
        ("2024-09-03T10:00:00Z", "2024-09-03T10:00:00+00:00"),
        ("2024-09-03 10:00+03:00", "2024-09-03T07:00:00+00:00"),
        (pd.Timestamp("2024-09-03T10:00:00", tz="Europe/Kyiv"), "2024-09-03T07:00:00+00:00"),
    ],
)
def test_an_instant_is_read_as_utc(value, utc):
    instant = as_instant(value)
    assert type(instant) is dt.datetime
    assert instant.isoformat() == utc


@pytest.mark.parametrize(
    "value",
    [
        "now",
        "",
        "20240903",
        "20240903T100000Z",
        "2024-09-03T10:00:00",
        dt.datetime.combine(DAY, dt.time.min),
        pd.Timestamp("2024-09-03"),
        np.datetime64("2024-09-03T10:00"),
        pd.NaT,
        1725321600,
    ],
)
def test_an_instant_without_a_zone_is_refused(value):
    with pytest.raises(UsageError, match="is not an instant; write a date, or a time with its"):
        as_instant(value)


def test_no_dates_and_no_instant_stay_so():
    assert as_dates(None) is None
    assert as_dates([]) == ()
    assert as_instant(None) is None


def test_a_date_without_dashes_is_refused_alike_everywhere():
    kursk = frontmap.open("geodata/kursk")
    for ask in (kursk.as_of, kursk.revisions, lambda text: areas(kursk, dates=[text])):
        with pytest.raises(UsageError, match="'20240831' is not a date; write it as YYYY-MM-DD"):
            ask("20240831")
    with pytest.raises(ValueError, match="'20240831' is not a date; write it as YYYY-MM-DD"):
        date_column("date", "Valid date").read("20240831")


def test_a_measure_takes_the_dates_of_a_table():
    kursk = frontmap.open("geodata/kursk")
    dates = pd.DatetimeIndex(kursk.dates[:2])
    assert areas(kursk, dates=dates).equals(areas(kursk, dates=list(kursk.dates[:2])))
