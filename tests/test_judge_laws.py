"""A figure and the map that meet exactly at an end: what a verdict says on the line itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

import pandas as pd
import pytest

from figures import figure, measured
from frontmap.verdicts import judge, reported_figures

#: 900 km² controlled, 1,000 with what is contested.
MAP = [measured("2024-08-31", 900.0)]


@pytest.mark.parametrize(
    ("value", "qualifier", "controlled", "contested", "reason"),
    [
        (900, "exact", 900.5, 100, "same"),
        (900, "exact", 900.6, 100, "less_than_controlled"),
        (900, "exact", 899.5, 100, "same"),
        (900, "exact", 899.4, 100, "exceeds_controlled"),
        (900, "exact", 800, 99.5, "exceeds_controlled"),
        (900, "exact", 800, 99.4, "exceeds_both"),
        (900, "up_to", 900, 100, "meets_limit"),
        (900, "up_to", 899.9, 100, "under_upper_limit"),
        (900, "at_least", 900, 100, "meets_limit"),
        (900, "over", 900.1, 100, "over_lower_limit"),
    ],
)
def test_ends_that_meet_agree(value, qualifier, controlled, contested, reason):
    series = [measured("2024-08-31", controlled, contested)]
    assert judge(figure(value, qualifier), series).reason == reason


@pytest.mark.parametrize(
    ("value", "within_error", "within_bound"),
    [
        (1031, True, True),
        (1032, False, True),
        (1091, False, True),
        (1092, False, False),
        (869, True, True),
        (868, False, True),
        (809, False, True),
        (808, False, False),
    ],
)
def test_a_rounding_that_reaches_the_error_is_within_it(value, within_error, within_bound):
    judged = judge(figure(value), [measured("2024-08-31", 900.0, error=30.5, bound=90.5)])
    assert (judged.within_error, judged.within_bound) == (within_error, within_bound)


@pytest.mark.parametrize(
    ("precision", "as_of", "reason"),
    [
        ("day", "2024-08-28", "same"),
        ("day", "2024-09-03", "same"),
        ("day", "2024-08-27", "none_near"),
        ("day", "2024-09-04", "none_near"),
        ("about", "2024-08-24", "same"),
        ("about", "2024-09-07", "same"),
        ("about", "2024-09-08", "none_near"),
        ("month", "2024-08-01", "same"),
        ("month", "2024-09-01", "none_in_month"),
        ("month", "2025-08-31", "none_in_month"),
        ("undated", "2024-08-31", "no_date"),
    ],
)
def test_a_snapshot_is_near_within_three_days_or_seven(precision, as_of, reason):
    assert judge(figure(900.0, precision=precision, as_of=as_of), MAP).reason == reason


def test_the_widest_error_and_bound_of_a_month_count():
    series = [
        measured("2024-08-02", 800.0, 100.0, error=10.0, bound=80.0),
        measured("2024-08-30", 850.0, 20.0, error=40.0, bound=50.0),
    ]
    judged = judge(figure(820.0, precision="month"), series)
    assert (judged.low_km2, judged.controlled_km2, judged.high_km2) == (800.0, 850.0, 900.0)
    assert (judged.error_km2, judged.bound_km2) == (40.0, 80.0)
    assert judged.age_days == (29, 1)
    assert (judged.difference_km2, judged.difference_percent) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("value", "difference", "percent"), [(700.0, -100.0, -12.5), (1020.0, 170.0, 20.0)]
)
def test_the_difference_is_from_the_end_that_is_nearest(value, difference, percent):
    series = [measured("2024-08-02", 800.0), measured("2024-08-30", 850.0)]
    judged = judge(figure(value, precision="month"), series)
    assert (judged.difference_km2, judged.difference_percent) == (difference, percent)


def test_of_two_snapshots_with_as_much_controlled_the_peak_is_the_one_with_more_contested():
    series = [
        measured("2024-08-02", 850.0, 10.0),
        measured("2024-08-20", 850.0, 90.0),
        measured("2024-08-30", 840.0, 400.0),
    ]
    judged = judge(figure(850.0, measure="peak"), series)
    assert judged.snapshots == (dt.date(2024, 8, 20),)
    assert judged.basis == "peak"
    assert judged.age_days == (11,)


def test_an_undated_peak_has_no_age():
    assert judge(figure(900.0, measure="peak", precision="undated"), MAP).age_days == ()


@pytest.mark.parametrize("measure", ["retaken", "combat_zone"])
def test_what_counts_no_ground_held_is_set_against_nothing(measure):
    judged = judge(figure(900.0, measure=measure), MAP)
    assert (judged.verdict, judged.reason) == ("unchecked", f"counts_{measure}")
    assert judged.snapshots == ()


def test_a_figure_has_what_its_row_says_and_the_publisher_of_its_first_source():
    row = {
        "as_of": pd.Timestamp("2024-08-31"),
        "as_of_precision": "about",
        "published": "2024-09-02",
        "value_km2": 1150.0,
        "qualifier": "over",
        "measure": "peak",
        "party": "UA",
        "claimant": "Syrskyi",
        "source": "b a",
        "note": "In an interview.",
    }
    sources = pd.DataFrame(
        [("a", "One", "https://a.example"), ("b", "Two", "https://b.example")],
        columns=["id", "publisher", "url"],
    )
    stated = {
        "party": "UA",
        "as_of": dt.date(2024, 8, 31),
        "precision": "about",
        "published": "2024-09-02",
        "value_km2": 1150.0,
        "qualifier": "over",
        "measure": "peak",
        "claimant": "Syrskyi",
        "source": "b a",
        "note": "In an interview.",
        "publisher": "Two",
        "url": "https://b.example",
    }
    unlisted = stated | {"source": "c", "publisher": "", "url": ""}
    found = reported_figures(pd.DataFrame([row, row | {"source": "c"}]), sources)
    assert [asdict(figure) for figure in found] == [stated, unlisted]
