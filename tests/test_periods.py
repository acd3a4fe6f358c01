"""When features were true: on a date each, from day to day, by a property or by KML's TimeSpan."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontmap.errors import UsageError
from frontmap.formats.features import Feature
from frontmap.intake.periods import days_of, parse_split, span_of, timing_of, true_on

KYIV = "Europe/Kyiv"


def day(text):
    return dt.date.fromisoformat(text)


def stated(*properties):
    return [Feature(properties=each) for each in properties]


def spans(features, split, zone=KYIV):
    return [span_of(feature, split, zone) for feature in features]


def days(features, text, **options):
    split = parse_split(text, **options)
    return [str(each) for each in days_of(spans(features, split), split)]


def held(features, text, on):
    timings = [timing_of(each, parse_split(text) if text else None, KYIV) for each in features]
    return true_on(timings, day(on))


TWO_DATES = stated({"date": "2024-08-30"}, {"date": "2024-08-31"})
TWO_PERIODS = stated(
    {"start_date": "2024-08-06", "end_date": "2024-08-20"},
    {"start_date": "2024-08-20", "end_date": "2024-09-10"},
)


def test_many_dates_in_one_file_are_a_snapshot_each():
    assert days(TWO_DATES, "date") == ["2024-08-30", "2024-08-31"]
    assert held(TWO_DATES, "date", "2024-08-31") == [False, True]


def test_periods_are_a_snapshot_at_each_change_and_over_on_their_end():
    assert days(TWO_PERIODS, "start_date,end_date") == ["2024-08-06", "2024-08-20", "2024-09-10"]
    assert held(TWO_PERIODS, "start_date,end_date", "2024-08-19") == [True, False]
    assert held(TWO_PERIODS, "start_date,end_date", "2024-08-20") == [False, True]
    assert held(TWO_PERIODS, "start_date,end_date", "2024-09-10") == [False, False]


def test_periods_that_nobody_asked_for_are_refused_where_they_matter():
    with pytest.raises(ValueError, match=r"feature 1: was true .* --split start_date,end_date"):
        held(TWO_PERIODS, None, "2024-08-31")
    with pytest.raises(ValueError, match=r"--split start_date,end_date"):
        held(TWO_PERIODS, None, "2024-08-20")  # one ends and one begins: only a rule can say
    covers = stated({"type": "gains", "_datefrom": "2022-04-06", "_dateto": "2022-04-10"})
    assert held(covers, None, "2022-04-10") == [True]
    assert held(stated({"from": "Kyiv", "to": "Lviv"}), None, "2022-04-10") == [True]
    assert held(stated({"ChangeDate": 1649548800000, "EndDate": 1}), None, "2024-01-01") == [True]


def test_a_time_span_that_ended_before_the_day_is_over_without_asking():
    features = [Feature(begin="2026-01-01", end="2026-01-20"), Feature(begin="2026-01-20")]
    assert held(features, None, "2026-02-01") == [False, True]
    assert held(features, "begin,end", "2026-01-19") == [True, False]
    assert held([Feature(begin="2026-01-20", end="2026-01-20")], None, "2026-01-20") == [True]


def test_last_days_are_said_and_told_from_ends_by_how_they_meet():
    last_days = stated(
        {"start": "2024-08-06", "end": "2024-08-19"}, {"start": "2024-08-20", "end": None}
    )
    with pytest.raises(ValueError, match=r"end is the day before the next start.*--ends-included"):
        days(last_days, "start,end")
    assert days(last_days, "start,end", ends_included=True) == ["2024-08-06", "2024-08-20"]
    with pytest.raises(ValueError, match=r"leave out --ends-included"):
        days(TWO_PERIODS, "start_date,end_date", ends_included=True)


def test_a_period_of_one_day_is_that_day_and_never_dropped():
    one_day = stated({"start": "2024-08-31", "end": "2024-08-31"})
    assert held(one_day, None, "2024-08-31") == [True]
    with pytest.raises(ValueError, match=r"begins and ends on '2024-08-31'.*--ends-included"):
        held(one_day, "start,end", "2024-08-31")
    assert days(one_day, "start,end", ends_included=True) == ["2024-08-31", "2024-09-01"]
    with pytest.raises(ValueError, match=r"not on 2024-09-01"):
        held(one_day, None, "2024-09-01")


def test_an_end_in_the_last_minute_of_a_day_is_the_end_of_that_day():
    features = [Feature(begin="2024-08-31T00:00:00+03:00", end="2024-08-31T23:59:59+03:00")]
    assert held(features, None, "2024-08-31") == [True]
    assert held(features, None, "2024-09-01") == [False]
    assert days(features, "begin,end") == ["2024-08-31", "2024-09-01"]
    assert days(features, "begin,end", ends_included=True) == ["2024-08-31", "2024-09-01"]


@pytest.mark.parametrize(
    ("begin", "end"),
    [("Valid_From", "valid_until"), ("since", "till"), ("begin_date", "end_date"),
     ("startTime", "endTime"), ("time_begin", "time_stop"), ("День: from", "to")],
)  # fmt: skip
def test_a_period_is_known_whatever_its_ends_are_called(begin, end):
    over = stated({"name": "x", begin: "2024-08-01", end: "2024-08-20"})
    with pytest.raises(ValueError, match=rf"by its {begin},{end}, and not on"):
        held(over, None, "2024-08-31")


@pytest.mark.parametrize(
    ("value", "split", "read"),
    [
        ("2024-08-31", "date", "2024-08-31"),
        (" 2024-08-31 ", "DATE", "2024-08-31"),
        ("2024-08-31T00:00:00", "date", "2024-08-31"),
        ("2024-08-31T00:00:00.000", "date", "2024-08-31"),
        ("2024-08-31T22:30:00Z", "date", "2024-09-01"),
        ("2024-08-31 22:30:00+00:00", "date", "2024-09-01"),
        (1649548800000, "date", "2022-04-10"),
        (1649548800, "date", "2022-04-10"),
        ("31.08.2024", "date={dd}.{mm}.{yyyy}", "2024-08-31"),
        (20240831, "date=%Y%m%d", "2024-08-31"),
        ("1914", "date={yyyy} => {yyyy}-01-01", "1914-01-01"),
    ],
)
def test_a_date_is_read_in_each_form_that_programs_write(value, split, read):
    assert days(stated({"Date": value}), split) == [read]


@pytest.mark.parametrize(
    ("properties", "split", "why"),
    [
        ({}, "date", "has no date"),
        ({"date": ""}, "date", "has no date"),
        ({"date": "31.08.2024"}, "date", "--split 'NAME={dd}.{mm}.{yyyy}'"),
        ({"date": "2024-02-30"}, "date", "there is no such day"),
        ({"date": [2024]}, "date", "is no date"),
        ({"date": True}, "date", "is no date"),
        ({"date": 12}, "date", "neither a date nor Unix"),
        ({"date": "1914"}, "date", "1914-01-01 to 1914-12-31; say the day"),
        ({"date": "1914-13"}, "date", "there is no such day"),
        ({"Date": "2024-08-30", "DATE": "2024-08-31"}, "date", "twice"),
        ({"start": "2024-09-01", "end": "2024-08-31"}, "start,end", "before it begins"),
    ],
)
def test_what_is_no_date_is_refused(properties, split, why):
    with pytest.raises(ValueError, match=r".") as refused:
        days(stated(properties), split)
    assert why in str(refused.value)


@pytest.mark.parametrize("text", ["", "a,b,c", "a,", ",b", "date={yyyy}", "date=YYYY"])
def test_a_split_that_names_nothing_is_refused(text):
    with pytest.raises(UsageError):
        parse_split(text)


def test_a_year_decides_only_where_all_its_days_agree():
    known = [Feature(begin="2014", end="2022-02")]
    assert held(known, None, "2015-01-01") == [True]
    assert held(known, None, "2022-03-01") == [False]
    assert held(known, None, "2013-12-31") == [False]
    for doubtful in ("2014-06-01", "2022-02-10"):
        with pytest.raises(ValueError, match=r"feature 1: .* write the day"):
            held(known, None, doubtful)


DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2024, 3, 1))


PERIODS = st.tuples(DAYS, DAYS).filter(lambda pair: pair[0] != pair[1])


@given(st.lists(PERIODS, max_size=6), DAYS)
def test_what_held_on_a_day_is_what_held_on_the_last_day_of_change_before_it(pairs, on):
    features = stated(*({"start": str(min(p)), "end": str(max(p))} for p in pairs))
    split = parse_split("start,end")
    timings = [timing_of(each, split, KYIV) for each in features]
    try:
        changes = days_of([each.span for each in timings if each.span], split)
    except ValueError:
        return
    before = [each for each in changes if each <= on]
    expected = true_on(timings, before[-1]) if before else [False] * len(pairs)
    assert true_on(timings, on) == expected
