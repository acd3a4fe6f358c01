"""Verdicts in words, as a reader sees them: every sentence whole, every line as it is wrapped."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import figures
from figures import measured
from frontmap.verdicts import Judgement, ReportedFigure, judge, wording
from frontmap.verdicts.tabulate import judge_as_of_day

if TYPE_CHECKING:
    from frontmap.verdicts.judgement import Reason


SERIES = (
    measured("2024-08-12", 600.0),
    measured("2024-08-26", 1000.0),
    measured("2024-08-31", 900.0),
    measured("2024-10-01", 1700.0),
)


def figure(*words, **named):
    return replace(
        figures.figure(*words, **named),
        claimant="Oleksandr Syrskyi",
        publisher="X News",
        url="https://example.org/1",
        note="Said in an interview.",
    )


FEW_LINES = [
    (
        figure(900.0),
        """
2024-08-31                  900 km²  controlled  agrees with controlled
                 Oleksandr Syrskyi
                 map 900 to 1,000 km² ± 30 (bound 90), 2024-08-31 (same day); +0 km² (+0%)
""",
    ),
    (
        figure(950.0, "about", as_of="2024-08-28"),
        """
2024-08-28            about 950 km²  controlled  below the map
                 Oleksandr Syrskyi
                 map 1,000 to 1,100 km² ± 30 (bound 90), 2024-08-26 (2 days earlier); -50 km² (-5%),
                 beyond the error
""",
    ),
    (
        figure(1000.5, "at_least", as_of="2024-09-30", precision="about"),
        """
about 2024-09-30 at least 1,000.5 km²  controlled  agrees with controlled
                 Oleksandr Syrskyi
                 map 1,700 to 1,800 km² ± 30 (bound 90), 2024-10-01 (1 day later); -700 km² (-41%)
                 the figure is a lower limit ("at least") that the map does not contradict:
                 controlled ground lies above it
""",
    ),
    (
        figure(1243.0, precision="month"),
        """
2024-08                   1,243 km²  controlled  above the map
                 Oleksandr Syrskyi
                 map 600 to 1,100 km² ± 30 (bound 90), 2024-08-12 to 2024-08-31 (3 snapshots); +243
                 km² (+24%); 143 km² above the range, beyond the error and the bound
""",
    ),
    (
        figure(650.0, measure="combat_zone"),
        """
2024-08-31                  650 km²  combat zone cannot be checked
                 Oleksandr Syrskyi
                 it counts the extent of the fighting, not ground held
""",
    ),
    (
        figure(1820.0, "over", "peak", "undated"),
        """
undated              over 1,820 km²  peak        above the map
                 Oleksandr Syrskyi
                 map 1,700 to 1,800 km² ± 30 (bound 90), 2024-10-01; +120 km² (+7%); 20 km² above
                 the range, within the error
                 the figure is a lower limit ("over"), and even that exceeds controlled and
                 contested ground together
""",
    ),
]
DETAILS = """
figure              about 1,243 km², controlled, as of 2024-08
said by             Oleksandr Syrskyi; X News
address             https://example.org/1
note                Said in an interview.
verdict             above the map
why                 known to the month: the range over 2024-08; it exceeds controlled and contested
                    ground together
map                 600 to 1,100 km² ± 30 (bound 90)
snapshots           2024-08-12 to 2024-08-31 (3 snapshots)
difference          +243 km² (+24%); 143 km² above the range, beyond the error and the bound
read as 2024-08-31  above the map: 900 to 1,000 km² ± 30 (bound 90) on 2024-08-31 (same day); +343
                    km² (+38%); 243 km² above the range, beyond the error and the bound
"""
UNCHECKED = """
verdict             cannot be checked
why                 there is no snapshot in 2024-09
read as 2024-09-15  cannot be checked: no snapshot within 3 days; the nearest is 2024-08-31, 15 days
                    away
"""


@pytest.mark.parametrize(("asked", "shown"), FEW_LINES)
def test_a_figure_in_a_few_lines(asked, shown):
    assert wording.few_lines(asked, judge(asked, SERIES)) == shown.strip("\n")


@pytest.mark.parametrize(
    ("as_of", "text"),
    [
        ("2024-08-24", "2024-08-26 (2 days later)"),
        ("2024-08-25", "2024-08-26 (1 day later)"),
        ("2024-08-26", "2024-08-26 (same day)"),
        ("2024-08-27", "2024-08-26 (1 day earlier)"),
    ],
)
def test_the_age_of_a_snapshot_is_told_in_days(as_of, text):
    asked = figure(900.0, as_of=as_of)
    assert wording.snapshots_text(judge(asked, SERIES)) == text


@pytest.mark.parametrize(
    ("km2", "text"),
    [
        (0.0, "0"),
        (5.5, "5.5"),
        (1243.0, "1,243"),
        (1243.25, "1,243.25"),
        (17098246.0, "17,098,246"),
    ],
)
def test_an_area_has_no_more_digits_than_were_given(km2, text):
    assert wording.area_text(km2) == text


def test_a_publisher_stands_where_no_claimant_is_named_and_a_long_name_is_cut():
    nobody = ReportedFigure(
        as_of=dt.date(2024, 8, 31),
        precision="day",
        value_km2=900.0,
        qualifier="exact",
        measure="controlled",
        publisher=" ".join(["a long name"] * 8),
    )
    lines = wording.few_lines(nobody, judge(nobody, SERIES)).splitlines()
    assert lines[1] == " " * 17 + " ".join(["a long name"] * 6) + " a long …"


def test_one_figure_with_everything_that_it_rests_on():
    asked = figure(1243.0, "about", precision="month")
    shown = wording.details(asked, judge(asked, SERIES), judge_as_of_day(asked, SERIES))
    assert shown == DETAILS.strip("\n")


def test_of_what_could_not_be_checked_only_the_reason_is_told():
    asked = figure(1243.0, precision="month", as_of="2024-09-15")
    shown = wording.details(asked, judge(asked, SERIES), judge_as_of_day(asked, SERIES))
    assert shown.splitlines()[4:] == UNCHECKED.split("\n")[1:-1]
    assert "read as" not in wording.details(asked, judge(asked, SERIES), None)


def test_a_word_with_a_hyphen_is_not_broken_there():
    asked = replace(figure(900.0), note="x" * 70 + " ceasefire-violations")
    shown = wording.details(asked, judge(asked, SERIES), None).splitlines()
    assert shown[3:5] == ["note                " + "x" * 70, " " * 20 + "ceasefire-violations"]


@pytest.mark.parametrize(
    ("value", "error", "bound", "says"),
    [
        (1005.0, 30.0, 90.0, "+105 km² (+12%); 5 km² above the range, within the error"),
        (1050.0, 30.0, 90.0, "+150 km² (+17%); 50 km² above the range, beyond the error"),
        (1150.0, 30, 9, "+250 km² (+28%); 150 km² above the range, beyond the error and the bound"),
        (890.0, 30.0, 90.0, "-10 km² (-1%), within the error"),
        (850.0, 30.0, 90.0, "-50 km² (-6%), beyond the error"),
        (800.0, 30.0, 90.0, "-100 km² (-11%), beyond the error and the bound"),
        (950.0, 30.0, 90.0, "+50 km² (+6%)"),
    ],
)  # fmt: skip
def test_the_difference_says_what_bridges_it(value, error, bound, says):
    series = [measured("2024-08-31", 900.0, error=error, bound=bound)]
    assert wording.difference_text(judge(figure(value), series)) == says


def test_no_share_is_given_of_no_ground():
    lost = measured("2024-08-31", 0.0, 0.0, 0.0, 0.0)
    judged = judge(figure(5.0), [measured("2024-08-12", 5.0), lost])
    assert wording.difference_text(judged) == (
        "+5 km²; 5 km² above the range, beyond the error and the bound"
    )


def test_nothing_is_written_of_what_was_not_compared():
    unchecked = Judgement(reason="no_date")
    assert wording.range_text(unchecked) == ""
    assert wording.snapshots_text(unchecked) == ""
    assert wording.difference_text(unchecked) == ""
    assert wording.basis_text(figure(1.0), unchecked) == ""


def test_verdicts_are_counted_in_words():
    reasons: list[Reason] = [
        "no_date",
        "same",
        "none_in_month",
        "exceeds_both",
        "meets_limit",
        "no_snapshots",
    ]
    assert wording.counts_text(Judgement(reason=reason) for reason in reasons) == (
        "6 figures: 1 above the map; 2 agrees with controlled; 3 cannot be checked"
    )
    assert wording.counts_text([Judgement(reason="no_date")]) == "1 figure: 1 cannot be checked"
