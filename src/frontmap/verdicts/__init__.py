"""Reported figures against the map, by the rule that ``docs/reported.md`` states."""

from __future__ import annotations

from frontmap.verdicts.archive_figures import FigureVerdicts, figure_verdicts, judged_archive
from frontmap.verdicts.envelope import envelope_table, envelopes
from frontmap.verdicts.figures import ReportedFigure, reported_figures
from frontmap.verdicts.judgement import (
    DAYS_AROUND,
    JudgedFigure,
    Judgement,
    MapRange,
    Measured,
    Reason,
    Verdict,
    judge,
)
from frontmap.verdicts.makers_range import Envelope
from frontmap.verdicts.rounding import interval_km2, rounding_km2
from frontmap.verdicts.tabulate import (
    figure_ranges,
    figure_series,
    judge_as_of_day,
    judge_figures,
    measured_series,
    party_counted,
    series_of_party,
    verdict_table,
    with_party,
)
from frontmap.verdicts.whose import party_name, whose_ground

__all__ = [
    "DAYS_AROUND",
    "Envelope",
    "FigureVerdicts",
    "JudgedFigure",
    "Judgement",
    "MapRange",
    "Measured",
    "Reason",
    "ReportedFigure",
    "Verdict",
    "envelope_table",
    "envelopes",
    "figure_ranges",
    "figure_series",
    "figure_verdicts",
    "interval_km2",
    "judge",
    "judge_as_of_day",
    "judge_figures",
    "judged_archive",
    "measured_series",
    "party_counted",
    "party_name",
    "reported_figures",
    "rounding_km2",
    "series_of_party",
    "verdict_table",
    "whose_ground",
    "with_party",
]
