"""Reported figures against the map, by the rule that ``docs/reported.md`` states."""

from __future__ import annotations

from frontmap.verdicts.judge import DAYS_AROUND, Judgement, Measured, Verdict, judge
from frontmap.verdicts.rounding import ReportedFigure, interval_km2, rounding_km2
from frontmap.verdicts.tabulate import figure_verdicts, judged, judged_as_of_day, measured_series

__all__ = [
    "DAYS_AROUND",
    "Judgement",
    "Measured",
    "ReportedFigure",
    "Verdict",
    "figure_verdicts",
    "interval_km2",
    "judge",
    "judged",
    "judged_as_of_day",
    "measured_series",
    "rounding_km2",
]
