"""The verdict on a reported figure: each line of docs/reported.md as a case."""

from __future__ import annotations

import datetime as dt
import json
import math
import subprocess
import sys
from dataclasses import replace
from typing import get_args

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from shapely import box

import verbs
from figures import figure, measured
from frontmap.errors import UsageError
from frontmap.facts import read_reported, read_sources
from frontmap.measure.area import area_km2
from frontmap.model import Zone
from frontmap.verdicts import (
    Judgement,
    Reason,
    Verdict,
    figure_verdicts,
    interval_km2,
    judge,
    judge_figures,
    measured_series,
    reported_figures,
    rounding_km2,
    verdict_table,
    wording,
)
from fronts import new_archive

AGREES, CONTESTED, ABOVE, BELOW, UNCHECKED = "agrees", "contested", "above", "below", "unchecked"


areas_km2 = st.floats(0, 1e5, allow_nan=False)
values_km2 = st.floats(0, 1e5).map(lambda value: round(value, 1))

SERIES = (
    measured("2024-08-12", 600.0),
    measured("2024-08-26", 1000.0),
    measured("2024-08-31", 900.0),
    measured("2024-10-01", 700.0),
)


@pytest.mark.parametrize(
    ("value", "qualifier", "half"),
    [
        (1243.0, "exact", 0.5),
        (1150.0, "exact", 0.5),
        (5.5, "exact", 0.05),
        (1243.0, "about", 0.5),
        (1150.0, "about", 5.0),
        (1300.0, "about", 50.0),
        (1000.0, "about", 50.0),
        (800.0, "about", 40.0),
        (30.0, "about", 1.5),
        (3.0, "about", 0.5),
        (5.5, "about", 0.05),
        (0.0, "about", 0.5),
        (1250.0, "over", 5.0),
        (900.0, "up_to", 45.0),
        (1320.0, "at_least", 5.0),
    ],
)
def test_a_figure_is_rounded_as_its_own_digits_say(value, qualifier, half):
    assert rounding_km2(value, qualifier) == pytest.approx(half)


@pytest.mark.parametrize(
    ("value", "qualifier", "verdict"),
    [
        (899.4, "exact", BELOW),
        (900.0, "exact", AGREES),
        (901.0, "exact", CONTESTED),
        (1000.0, "exact", CONTESTED),
        (1001.0, "exact", ABOVE),
        (860.0, "about", BELOW),
        (870.0, "about", BELOW),
        (950.0, "about", CONTESTED),
        (800.0, "about", BELOW),
        (1000.0, "about", CONTESTED),
        (900.0, "about", AGREES),
        (1040.0, "about", ABOVE),
        (1243.0, "about", ABOVE),
        (800.0, "over", AGREES),
        (900.0, "at_least", AGREES),
        (901.0, "over", CONTESTED),
        (950.0, "over", CONTESTED),
        (1001.0, "at_least", ABOVE),
        (899.0, "up_to", BELOW),
        (890.0, "up_to", BELOW),
        (900.0, "up_to", AGREES),
        (5000.0, "up_to", AGREES),
    ],
)
def test_the_verdict_uses_the_middle_values_and_the_figures_rounding(value, qualifier, verdict):
    assert judge(figure(value, qualifier), SERIES).verdict == verdict


@pytest.mark.parametrize(
    ("asked", "used", "ages"),
    [
        (figure(1.0, as_of="2024-08-31"), ["2024-08-31"], [0]),
        (figure(1.0, as_of="2024-08-09"), ["2024-08-12"], [-3]),
        (figure(1.0, as_of="2024-08-15"), ["2024-08-12"], [3]),
        (figure(1.0, as_of="2024-08-08"), [], []),
        (figure(1.0, as_of="2024-08-16"), [], []),
        (figure(1.0, precision="about", as_of="2024-08-05"), ["2024-08-12"], [-7]),
        (figure(1.0, precision="about", as_of="2024-08-04"), [], []),
        (figure(1.0, precision="about", as_of="2024-08-19"), ["2024-08-12"], [7]),
        (
            figure(1.0, precision="month"),
            ["2024-08-12", "2024-08-26", "2024-08-31"],
            [19, 5, 0],
        ),
        (figure(1.0, precision="month", as_of="2024-09-30"), [], []),
        (figure(1.0, precision="undated"), [], []),
        (figure(1.0, measure="peak", precision="undated"), ["2024-08-26"], []),
        (figure(1.0, measure="peak", as_of="2024-08-20"), ["2024-08-26"], [-6]),
        (figure(1.0, measure="peak", precision="month", as_of="2024-10-01"), ["2024-08-26"], [36]),
        (figure(1.0, measure="retaken"), [], []),
        (figure(1.0, measure="combat_zone"), [], []),
    ],
)
def test_the_snapshots_follow_from_measure_and_precision(asked, used, ages):
    judged = judge(asked, SERIES)
    assert [str(day) for day in judged.snapshots] == used
    assert list(judged.age_days) == ages
    assert (judged.verdict == UNCHECKED) == (not used)


def test_the_earlier_of_two_snapshots_equally_near_is_used():
    near = (measured("2024-08-29", 900.0), measured("2024-09-02", 800.0))
    assert judge(figure(900.0), near).snapshots == (dt.date(2024, 8, 29),)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (599.0, BELOW),
        (600.0, AGREES),
        (850.0, AGREES),
        (1000.0, AGREES),
        (1050.0, CONTESTED),
        (1101.0, ABOVE),
    ],
)
def test_a_month_is_the_range_over_its_snapshots(value, verdict):
    judged = judge(figure(value, precision="month"), SERIES)
    assert judged.verdict == verdict
    assert (judged.low_km2, judged.controlled_km2, judged.high_km2) == (600.0, 1000.0, 1100.0)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (figure(1.0, measure="retaken"), "counts ground retaken"),
        (figure(1.0, measure="combat_zone"), "counts the extent of the fighting"),
        (figure(1.0, precision="undated"), "names no date"),
        (figure(1.0, as_of="2024-08-18"), "within 3 days; the nearest is 2024-08-12, 6 days away"),
        (figure(1.0, precision="month", as_of="2024-12-01"), "no snapshot in 2024-12"),
    ],
)
def test_what_cannot_be_checked_says_why(asked, says):
    judged = judge(asked, SERIES)
    assert judged.verdict == UNCHECKED
    assert says in wording.why_text(asked, judged)
    assert judged.low_km2 is None
    assert judged.within_error is None


def test_an_archive_without_snapshots_checks_nothing():
    judged = judge(figure(900.0), ())
    assert (judged.verdict, judged.reason) == (UNCHECKED, "no_snapshots")


@pytest.mark.parametrize(
    ("asked", "basis", "reason", "why"),
    [
        (
            figure(1.0, measure="retaken"),
            None,
            "counts_retaken",
            "it counts ground retaken, not ground held on a day",
        ),
        (
            figure(1.0, measure="combat_zone"),
            None,
            "counts_combat_zone",
            "it counts the extent of the fighting, not ground held",
        ),
        (figure(1.0, precision="undated"), None, "no_date", "it names no date"),
        (
            figure(1.0, precision="month", as_of="2024-09-30"),
            None,
            "none_in_month",
            "there is no snapshot in 2024-09",
        ),
        (
            figure(1.0, precision="about", as_of="2024-08-04"),
            None,
            "none_near",
            "no snapshot within 7 days; the nearest is 2024-08-12, 8 days away",
        ),
        (
            figure(900.0),
            "day",
            "same",
            "the snapshot of 2024-08-31; the two are the same within the figure's rounding",
        ),
        (
            figure(600.0, as_of="2024-08-11"),
            "day",
            "same",
            (
                "the snapshot of 2024-08-12, 1 day away; the two are the same within the figure's "
                "rounding"
            ),
        ),
        (
            figure(1050.0, precision="month"),
            "month",
            "exceeds_controlled",
            (
                "known to the month: the range over 2024-08; it exceeds controlled ground, not "
                "controlled and contested together"
            ),
        ),
        (
            figure(1200.0, measure="peak", precision="undated"),
            "peak",
            "exceeds_both",
            (
                "a peak, against the highest snapshot of the series; it exceeds controlled and "
                "contested ground together"
            ),
        ),
        (
            figure(899.0, "up_to"),
            "day",
            "less_than_controlled",
            (
                'the snapshot of 2024-08-31; the figure is an upper limit ("up to"), and even that '
                "is less than controlled ground alone"
            ),
        ),
    ],
)
def test_basis_and_reason_are_codes_and_their_words_follow_from_them(asked, basis, reason, why):
    judged = judge(asked, SERIES)
    assert (judged.basis, judged.reason) == (basis, reason)
    assert wording.why_text(asked, judged) == why


@pytest.mark.parametrize("reason", get_args(Reason))
def test_every_reason_has_its_verdict_and_its_words(reason):
    asked = figure(900.0, "up_to")
    judged = Judgement(reason=reason, nearest=dt.date(2024, 8, 12))
    assert judged.verdict in get_args(Verdict)
    assert wording.why_text(asked, judged)


@pytest.mark.parametrize(
    ("value", "verdict", "within_error", "within_bound"),
    [
        (950.0, CONTESTED, True, True),
        (1030.0, ABOVE, True, True),
        (1031.0, ABOVE, False, True),
        (1091.0, ABOVE, False, False),
        (870.0, BELOW, True, True),
        (869.0, BELOW, False, True),
        (809.0, BELOW, False, False),
    ],
)
def test_error_and_bound_stand_beside_the_verdict(value, verdict, within_error, within_bound):
    judged = judge(figure(value), SERIES)
    assert (judged.verdict, judged.within_error, judged.within_bound) == (
        verdict,
        within_error,
        within_bound,
    )


@pytest.mark.parametrize(
    ("value", "qualifier", "verdict", "within_error", "within_bound"),
    [
        (920.0, "up_to", AGREES, True, True),
        (1200.0, "up_to", AGREES, None, None),
        (5000.0, "up_to", AGREES, None, None),
        (850.0, "at_least", AGREES, None, None),
        (700.0, "over", AGREES, None, None),
        (950.0, "over", CONTESTED, True, True),
        (1090.0, "over", ABOVE, False, True),
        (1200.0, "over", ABOVE, False, False),
        (700.0, "up_to", BELOW, False, False),
    ],
)
def test_a_limit_that_agrees_only_as_a_limit_claims_no_error(
    value, qualifier, verdict, within_error, within_bound
):
    judged = judge(figure(value, qualifier), SERIES)
    assert (judged.verdict, judged.within_error, judged.within_bound) == (
        verdict,
        within_error,
        within_bound,
    )
    assert ("error" in wording.difference_text(judged)) == (verdict in {ABOVE, BELOW})


@given(st.integers(0, 30_000), areas_km2, areas_km2, st.sampled_from(["up_to", "over", "at_least"]))
@example(900, 900.6, 250.0, "up_to")
@example(800, 770.0, 250.0, "over")
def test_a_limit_agrees_wherever_the_same_number_called_about_does(value, low, more, qualifier):
    series = [measured("2024-08-31", low, more)]
    if judge(figure(float(value), "about"), series).verdict == AGREES:
        assert judge(figure(float(value), qualifier), series).verdict == AGREES


def test_the_difference_is_from_controlled_ground():
    judged = judge(figure(990.0), SERIES)
    assert (judged.difference_km2, judged.difference_percent) == (90.0, 10.0)


@pytest.mark.parametrize(
    ("controlled", "contested", "value", "reason"),
    [
        (900.5, 100.0, 901.0, "same"),
        (900.4, 100.0, 901.0, "exceeds_controlled"),
        (899.5, 100.0, 899.0, "same"),
        (899.6, 100.0, 899.0, "less_than_controlled"),
        (800.5, 100.0, 901.0, "exceeds_controlled"),
        (800.5, 99.9, 901.0, "exceeds_both"),
        (0.5, 0.0, 0.0, "same"),
    ],
)
def test_ends_that_touch_are_not_beyond_each_other(controlled, contested, value, reason):
    assert judge(figure(value), [measured("2024-08-31", controlled, contested)]).reason == reason


@pytest.mark.parametrize(
    ("value", "within_error", "within_bound"),
    [
        (1031.0, True, True),
        (1032.0, False, True),
        (1091.0, False, True),
        (1092.0, False, False),
        (869.0, True, True),
        (868.0, False, True),
        (809.0, False, True),
        (808.0, False, False),
    ],
)
def test_error_and_bound_reach_a_figure_that_they_touch(value, within_error, within_bound):
    series = [measured("2024-08-31", 900.0, error=30.5, bound=90.5)]
    judged = judge(figure(value), series)
    assert (judged.within_error, judged.within_bound) == (within_error, within_bound)


@pytest.mark.parametrize(
    ("value", "qualifier", "reason"),
    [
        (800.0, "at_least", "meets_limit"),
        (600.0, "over", "meets_limit"),
        (599.0, "over", "over_lower_limit"),
        (800.0, "up_to", "meets_limit"),
        (1000.0, "up_to", "meets_limit"),
        (1001.0, "up_to", "under_upper_limit"),
        (1050.0, "over", "exceeds_controlled"),
        (1200.0, "at_least", "exceeds_both"),
        (400.0, "up_to", "less_than_controlled"),
    ],
)
def test_a_limit_of_a_month_is_held_against_all_of_its_range(value, qualifier, reason):
    assert judge(figure(value, qualifier, precision="month"), SERIES).reason == reason


def test_a_month_carries_its_largest_error_and_bound_and_no_other_months():
    series = [
        measured("2023-08-31", 9000.0, error=999.0, bound=999.0),
        measured("2024-08-12", 600.0, error=40.0, bound=70.0),
        measured("2024-08-31", 900.0, error=30.0, bound=90.0),
        measured("2024-09-01", 1.0, error=998.0, bound=998.0),
    ]
    judged = judge(figure(800.0, precision="month"), series)
    assert (judged.low_km2, judged.high_km2) == (600.0, 1000.0)
    assert (judged.error_km2, judged.bound_km2) == (40.0, 90.0)


@pytest.mark.parametrize(
    ("value", "difference", "percent"),
    [(500.0, -100.0, -100 / 6), (600.0, 0.0, 0.0), (800.0, 0.0, 0.0), (1250.0, 250.0, 25.0)],
)
def test_the_difference_from_a_range_is_from_its_nearer_end(value, difference, percent):
    judged = judge(figure(value, precision="month"), SERIES)
    assert judged.difference_km2 == difference
    assert judged.difference_percent == pytest.approx(percent)


def test_of_two_peaks_the_one_with_more_contested_ground_counts_else_the_earlier():
    tops = [
        measured("2024-08-20", 1000.0, contested=10.0),
        measured("2024-08-26", 1000.0, contested=20.0),
        measured("2024-08-31", 1000.0, contested=20.0),
        measured("2024-09-05", 999.0, contested=500.0),
    ]
    judged = judge(figure(1.0, measure="peak"), tops)
    assert judged.snapshots == (dt.date(2024, 8, 26),)


@pytest.mark.parametrize(
    ("precision", "as_of", "nearest"),
    [
        ("day", "2024-08-16", "2024-08-12"),
        ("day", "2024-08-22", "2024-08-26"),
        ("about", "2024-09-16", "2024-10-01"),
        ("about", "2025-01-01", "2024-10-01"),
    ],
)
def test_a_figure_with_no_snapshot_in_reach_names_the_nearest(precision, as_of, nearest):
    judged = judge(figure(1.0, precision=precision, as_of=as_of), SERIES)
    assert judged == Judgement(reason="none_near", nearest=dt.date.fromisoformat(nearest))


@pytest.mark.parametrize(
    ("value", "qualifier", "low", "high"),
    [
        (1243.0, "exact", 1242.5, 1243.5),
        (1150.0, "about", 1145.0, 1155.0),
        (1000.0, "about", 950.0, 1050.0),
        (10.0, "about", 9.5, 10.5),
        (100.0, "about", 95.0, 105.0),
        (5.25, "exact", 5.245, 5.255),
        (5.25, "about", 5.245, 5.255),
        (0.3, "exact", 0.25, 0.35),
        (0.0, "exact", 0.0, 0.5),
        (0.0, "up_to", 0.0, 0.5),
        (1250.0, "over", 1245.0, math.inf),
        (1320.0, "at_least", 1315.0, math.inf),
        (900.0, "up_to", 0.0, 945.0),
    ],
)
def test_the_interval_of_a_figure_is_what_its_words_and_digits_allow(value, qualifier, low, high):
    assert interval_km2(value, qualifier) == pytest.approx((low, high))


@given(values_km2, st.sampled_from(["over", "at_least", "up_to"]))
def test_a_limit_is_rounded_at_the_end_that_it_sets_as_about_is(value, qualifier):
    low, high = interval_km2(value, "about")
    limit = interval_km2(value, qualifier)
    assert limit == ((0.0, high) if qualifier == "up_to" else (low, math.inf))


@given(values_km2)
def test_no_figure_called_about_is_rounded_by_more_than_a_twentieth_or_its_last_digit(value):
    assert rounding_km2(value, "about") <= max(0.05 * value, rounding_km2(value, "exact"))


@pytest.mark.parametrize(("claimant", "speaker"), [("Mash", "Mash"), ("", "X News")])
def test_a_figure_is_its_claimants_or_where_none_is_named_its_publishers(claimant, speaker):
    asked = replace(figure(900.0), claimant=claimant, publisher="X News")
    assert asked.speaker == speaker
    assert wording.few_lines(asked, judge(asked, SERIES)).splitlines()[1].strip() == speaker


def test_how_far_a_figure_lies_above_the_range_stands_beside_its_difference():
    above = judge(figure(1180.0), SERIES)
    assert above.verdict == ABOVE
    assert above.high_km2 is not None
    beyond = 1180 - above.high_km2
    assert wording.difference_text(above).startswith(f"+280 km² (+31%); {beyond:.0f} km² above the")
    below = judge(figure(700.0), SERIES)
    assert below.verdict == BELOW
    assert wording.difference_text(below).startswith("-200 km² (-22%), beyond the error")


def test_no_percentage_is_given_of_no_ground():
    lost = measured("2024-08-31", 0.0, contested=0.0)
    judged = judge(figure(10.0), (measured("2024-08-12", 5.0), lost))
    assert (judged.difference_km2, judged.difference_percent) == (10.0, None)


@given(values_km2, st.sampled_from(["exact", "about", "over", "at_least", "up_to"]))
def test_a_figure_allows_its_own_value(value, qualifier):
    low, high = interval_km2(value, qualifier)
    assert 0 <= low <= value <= high


@given(values_km2, areas_km2, areas_km2, st.floats(0, 1e4), st.floats(0, 1e4))
def test_no_error_however_large_changes_a_verdict(value, controlled, contested, error, bound):
    sharp = measured("2024-08-31", controlled, contested, 0.0, 0.0)
    blurred = measured("2024-08-31", controlled, contested, error, bound)
    asked = figure(value, "about")
    assert judge(asked, [sharp]).verdict == judge(asked, [blurred]).verdict


ORDER = [BELOW, AGREES, CONTESTED, ABOVE]


@given(values_km2, values_km2, areas_km2, areas_km2)
def test_a_larger_figure_never_reads_lower(one, other, controlled, contested):
    series = [measured("2024-08-12", 5.0), measured("2024-08-31", controlled, contested)]
    low, high = sorted([one, other])
    first, second = judge(figure(low), series), judge(figure(high), series)
    assert ORDER.index(first.verdict) <= ORDER.index(second.verdict)


@pytest.mark.parametrize(
    ("value", "qualifier", "says"),
    [
        (
            5000.0,
            "up_to",
            'an upper limit ("up to") that the map does not contradict: controlled ground lies bel',
        ),
        (
            900.0,
            "up_to",
            'an upper limit ("up to") that the map does not contradict: controlled ground meets',
        ),
        (899.0, "up_to", 'an upper limit ("up to"), and even that is less than controlled ground'),
        (
            800.0,
            "over",
            'a lower limit ("over") that the map does not contradict: controlled ground lies above',
        ),
        (
            900.0,
            "at_least",
            'a lower limit ("at least") that the map does not contradict: controlled ground meets',
        ),
        (950.0, "over", 'a lower limit ("over"), and even that exceeds controlled ground, not'),
        (1001.0, "at_least", 'a lower limit ("at least"), and even that exceeds controlled and'),
        (900.0, "exact", "the two are the same within the figure's rounding"),
    ],
)
def test_a_limit_is_called_one_and_set_beside_the_map(value, qualifier, says):
    asked = figure(value, qualifier)
    judged = judge(asked, SERIES)
    assert says in wording.why_text(asked, judged)
    shown = wording.brief_why_text(asked, judged)
    assert shown == ("" if qualifier == "exact" else wording.reason_text(asked, judged))


SOURCES = "id,publisher,url,published,read\nx-1,X News,https://example.org/1,2024-09-01,2026-11\n"
REPORTED = (
    "as_of,as_of_precision,published,value_km2,qualifier,measure,claimant,source,note\n"
    "2024-08-31,month,2025-01,1243,about,controlled,not named,x-1,end of August\n"
    "2024-08-31,day,2024-09-01,150,over,retaken,Mash,x-1,\n"
)


def zone(name, status, ground, party="UA"):
    return Zone(
        id=name,
        party=party,
        status=status,
        geometry=ground,
        sources=("x-1",),
        confidence="medium",
        accuracy_m=500.0,
    )


@pytest.fixture
def front(tmp_path):
    opened = new_archive(tmp_path / "front")
    (opened.root / "sources.csv").write_text(SOURCES, "utf-8")
    (opened.root / "reported.csv").write_text(REPORTED, "utf-8")
    held = zone("a", "controlled", box(35, 51, 35.2, 51.2))
    fought = zone("b", "contested", box(35.2, 51, 35.3, 51.2))
    opened.add("2024-08-31", [held, fought], reason="first map")
    return opened


def test_every_figure_of_an_archive_gets_its_row(front):
    table = figure_verdicts(front)
    assert list(table["verdict"]) == ["above the map", "cannot be checked"]
    first = table.loc[2]
    assert (first["publisher"], first["url"]) == ("X News", "https://example.org/1")
    assert first["snapshots"] == (dt.date(2024, 8, 31),)
    assert first["low_km2"] == pytest.approx(area_km2([box(35, 51, 35.2, 51.2)])[0])
    assert first["high_km2"] == pytest.approx(1.5 * first["low_km2"], rel=0.01)
    assert first["error_km2"] < first["bound_km2"]
    assert math.isnan(table["low_km2"][3])


def test_with_several_parties_a_figure_that_names_none_cannot_be_checked(front):
    front.add(
        "2024-09-01",
        [zone("r", "controlled", box(36, 51, 36.1, 51.1), party="RU")],
        reason="both sides",
    )
    unnamed = figure_verdicts(front)
    assert list(unnamed["reason"]) == ["party_not_named", "counts_retaken"]
    assert set(unnamed["verdict"]) == {"cannot be checked"}
    with pytest.raises(UsageError, match="RU, UA; name one of them"):
        measured_series(front)
    with pytest.raises(UsageError, match="no ground of 'UK'; it shows that of RU, UA"):
        figure_verdicts(front, party="UK")
    assert list(figure_verdicts(front, party="UA")["reason"]) == ["exceeds_both", "counts_retaken"]


def of_parties(*rows):
    columns = REPORTED.splitlines()[0].replace("measure,", "measure,party,")
    return f"{columns}\n" + "".join(f"2024-09-01,day,,{row},,x-1,\n" for row in rows)


def test_a_figure_is_set_against_the_ground_of_its_own_party(front):
    theirs = zone("r", "controlled", box(36, 51, 36.1, 51.1), party="RU")
    front.add("2024-09-01", [theirs], reason="both sides")
    ours, of_ru = 310, round(area_km2([theirs.geometry])[0])
    text = of_parties(
        f"{of_ru},exact,controlled,RU",
        f"{of_ru},exact,controlled,UA",
        "9,exact,retaken,RU",
        "9,exact,combat_zone,",
    )
    (front.root / "reported.csv").write_text(text, "utf-8")
    table = figure_verdicts(front)
    reasons = ["same", "exceeds_both", "counts_retaken", "counts_combat_zone"]
    assert list(table["reason"]) == reasons
    assert list(table["party"]) == ["RU", "UA", "RU", ""]
    assert list(figure_verdicts(front, party="UA")["reason"]) == reasons
    (front.root / "reported.csv").write_text(
        text + of_parties(f"{ours},exact,controlled,")[len(of_parties()) :], "utf-8"
    )
    assert list(figure_verdicts(front)["reason"]) == [*reasons, "party_not_named"]
    assert list(figure_verdicts(front, party="UA")["reason"]) == [*reasons, "exceeds_both"]


def test_a_figure_of_a_party_that_the_map_does_not_show_cannot_be_checked(front):
    (front.root / "reported.csv").write_text(of_parties("9,exact,controlled,RU"), "utf-8")
    row = figure_verdicts(front).loc[2]
    assert (row["verdict"], row["reason"]) == ("cannot be checked", "party_not_mapped")
    shown = run(front, "--value", "9").stdout
    assert "the map shows no ground of the party whose ground it counts" in shown
    assert "read as" not in shown


def test_a_figure_of_a_party_that_only_claims_ground_cannot_be_checked(front):
    theirs = zone("r", "claimed", box(36, 51, 36.1, 51.1), party="RU")
    held = zone("a", "controlled", box(35, 51, 35.2, 51.2))
    front.add("2024-09-01", [theirs, held], reason="and what was claimed")
    (front.root / "reported.csv").write_text(of_parties("9,exact,controlled,RU"), "utf-8")
    row = figure_verdicts(front).loc[2]
    assert (row["verdict"], row["reason"]) == ("cannot be checked", "party_only_claims")
    assert pd.isna(row["low_km2"])
    shown = run(front).stdout
    assert "the map shows ground of that party only as claimed, never as held" in shown
    peak = of_parties("9,exact,peak,RU")
    (front.root / "reported.csv").write_text(peak, "utf-8")
    assert figure_verdicts(front, fill="between")["reason"].tolist() == ["party_only_claims"]


def test_a_map_without_any_ground_checks_nothing(tmp_path):
    front = new_archive(tmp_path / "front")
    front.add_source("x-1", publisher="X")
    (front.root / "reported.csv").write_text(of_parties("9,exact,controlled,RU"), "utf-8")
    front.add("2024-09-01", [], reason="nobody held any")
    assert figure_verdicts(front)["reason"].tolist() == ["no_snapshots"]
    assert "there is no snapshot with ground to set it against" in run(front).stdout


def test_a_figure_names_its_party_where_that_is_not_evident(front):
    text = of_parties("300,exact,controlled,UA", "9,exact,controlled,RU", "9,exact,retaken,RU")
    (front.root / "reported.csv").write_text(text, "utf-8")
    lines = run(front).stdout.splitlines()
    named = [line.split("(party: ")[1] for line in lines if "(party: " in line]
    assert named == ["Russia)"]  # one that the map does not show; of the others it is evident
    front.add_party("BY", name_en="Belarus")
    lines = run(front, "--value", "9").stdout.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("party ")] == ["Russia", "Russia"]
    assert run(front).stdout.count("(party: ") == 3


def test_a_figure_of_no_party_is_named_for_the_one_that_was_asked_for(front):
    front.add(
        "2024-09-01",
        [zone("r", "controlled", box(36, 51, 36.1, 51.1), party="RU")],
        reason="both sides",
    )
    assert "(party: " not in run(front).stdout
    assert run(front, "--party", "UA").stdout.count("(party: Ukraine)") == 1


def test_a_figure_of_an_unknown_party_is_refused_with_its_line(front):
    text = of_parties("9,exact,controlled,UA", "9,exact,controlled,XX")
    (front.root / "reported.csv").write_text(text, "utf-8")
    answer = run(front)
    assert answer.returncode == 1
    assert "reported.csv, line 3, column party: 'XX' is no party of archive.json" in answer.stderr


def test_figures_are_set_against_what_was_known_then(front):
    table = figure_verdicts(front, known="2020-01-01")
    assert list(table["verdict"]) == ["cannot be checked", "cannot be checked"]
    assert list(table["reason"]) == ["no_snapshots", "counts_retaken"]


PROGRAM = "import frontmap.cli; frontmap.cli.main()"


def run(front, *words):
    return verbs.run("reported", "--archive", str(front.root), *words)


def test_the_text_fits_in_100_columns_and_counts_the_verdicts(front):
    answer = run(front)
    assert answer.returncode == 0
    assert max(len(line) for line in answer.stdout.splitlines()) <= 100
    assert "1,243 km²" in answer.stdout
    assert "2 figures: 1 above the map; 1 cannot be checked" in answer.stderr


def test_json_and_csv_hold_the_same_values(front):
    rows = json.loads(run(front, "--format", "json").stdout)
    assert rows[0]["snapshots"] == ["2024-08-31"]
    assert rows[0]["age_days"] == [0]
    assert rows[0]["as_of"] == "2024-08-31"
    assert rows[1]["low_km2"] is None
    lines = run(front, "--format", "csv").stdout.splitlines()
    cells = dict(zip(lines[0].split(","), lines[1].split(","), strict=True))
    assert float(cells["low_km2"]) == pytest.approx(rows[0]["low_km2"], abs=1e-9)
    assert cells["snapshots"] == "2024-08-31"


def test_an_undated_figure_has_no_day_anywhere(front):
    row = "2024-08-13,undated,,5000,up_to,peak,Kyiv,x-1,\n"
    (front.root / "reported.csv").write_text(REPORTED + row, "utf-8")
    undated = json.loads(run(front, "--format", "json").stdout)[2]
    assert (undated["as_of"], undated["as_of_precision"]) == (None, "undated")
    assert run(front, "--format", "csv").stdout.splitlines()[3].startswith(",undated,,5000.0,up_to")
    shown = run(front).stdout
    assert "undated             up to 5,000 km²" in shown
    assert 'the figure is an upper limit ("up to")' in shown
    assert "2024-08-13" not in shown


def test_one_figure_is_explained_in_full(front):
    shown = run(front, "--value", "1243").stdout
    for words in ("about 1,243 km²", "X News", "above the map", "read as 2024-08-31", "± "):
        assert words in shown
    assert "Mash" not in shown


def test_a_figure_that_nobody_reported_is_not_found(front):
    answer = run(front, "--value", "7")
    assert answer.returncode == 3
    assert answer.stderr == ("frontmap: no reported figure of 7 km²; see them: frontmap reported\n")


def test_an_archive_without_reported_figures_says_so(front):
    (front.root / "reported.csv").unlink()
    answer = run(front)
    assert answer.returncode == 3
    assert "no reported figure" in answer.stderr


def test_a_reader_who_leaves_early_is_no_failure(front):
    write = f"{sys.executable} -c '{PROGRAM}' reported --archive {front.root} --format json"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {write} | true"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_table_holds_what_was_judged_one_row_a_figure(front):
    reported = read_reported(front.root)
    figures = reported_figures(reported, read_sources(front.root))
    judged = judge_figures(figures, [measured_series(front)] * len(figures))
    table = verdict_table(reported, judged)
    pd.testing.assert_frame_equal(table, figure_verdicts(front))
    assert [figure.publisher for figure, _ in judged] == ["X News", "X News"]
    assert list(table["value_km2"]) == [figure.value_km2 for figure, _ in judged]
    assert list(table["basis"].fillna("")) == ["month", ""]
    assert list(table.columns[-3:]) == ["basis", "reason", "nearest"]
