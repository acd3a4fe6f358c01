"""Reported figures against the map, by the rule that ``docs/reported.md`` states."""

from __future__ import annotations

from frontmap.verdicts.judge import DAYS_AROUND, Judgement, Measured, Verdict, judge
from frontmap.verdicts.rounding import Figure, interval_km2, rounding_km2
from frontmap.verdicts.tabulate import by_the_day, judged, measured_series, verdicts

__all__ = [
    "DAYS_AROUND",
    "Figure",
    "Judgement",
    "Measured",
    "Verdict",
    "by_the_day",
    "interval_km2",
    "judge",
    "judged",
    "measured_series",
    "rounding_km2",
    "verdicts",
]
