"""Reported figures with their verdicts, and other reported numbers by their day."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from frontmap.facts import read_events, read_reported, read_sources
from frontmap.verdicts import (
    judge_as_of_day,
    judge_figures,
    only_party,
    reported_figures,
    series_of_party,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from frontmap.archive import Archive
    from frontmap.page.payload.claimants import Claimants
    from frontmap.page.payload.sources import CitedSources
    from frontmap.verdicts import Judgement, Measured, ReportedFigure


def packed_figures(
    archive: Archive,
    sources: CitedSources,
    claimants: Claimants,
    measured: pd.DataFrame,
    *,
    party: str | None,
) -> list[dict[str, Any]]:
    """Return one entry for each row of ``reported.csv``, in its order, with the verdict on it.

    ``measured`` is the table of :func:`frontmap.measure.area.areas`, ``party`` whose ground the
    figures count; None where only one party's ground is mapped.
    Raises ``UsageError`` when several are and none is named.
    """
    figures = reported_figures(read_reported(archive.root), read_sources(archive.root))
    if not figures:
        return []
    who = party or only_party(measured)
    series = series_of_party(measured, who)
    return [
        {
            "party": who,
            **_figure(figure, sources, claimants),
            **_judgement(judged),
            "from": _end(figure, judged, series),
            "by_day": _by_day(figure, series),
        }
        for figure, judged in judge_figures(figures, series)
    ]


def events(archive: Archive, sources: CitedSources, claimants: Claimants) -> list[dict[str, Any]]:
    """Return one entry for each row of ``events.csv``: what was said of that day, in what unit."""
    return [
        {
            "iso": row["date"].date().isoformat(),
            "what": row["what"],
            "figure": _number(row["figure"]),
            "unit": row["unit"],
            "claimant": claimants.number(row["claimant"]),
            "sources": sources.numbers(row["source"]),
        }
        for row in read_events(archive.root).to_dict("records")
    ]


def _figure(figure: ReportedFigure, sources: CitedSources, claimants: Claimants) -> dict[str, Any]:
    return {
        "iso": figure.as_of.isoformat(),
        "precision": figure.precision,
        "value": _number(figure.value_km2),
        "qualifier": figure.qualifier,
        "measure": figure.measure,
        "claimant": claimants.number(figure.claimant),
        "sources": sources.numbers(figure.source),
        "note": figure.note,
    }


def _judgement(judged: Judgement) -> dict[str, Any]:
    ages = judged.age_days or (None,) * len(judged.snapshots)
    return {
        "mark": judged.verdict,
        "basis": judged.basis,
        "reason": judged.reason,
        "nearest": judged.nearest.isoformat() if judged.nearest else None,
        "snapshots": [
            [date.isoformat(), age] for date, age in zip(judged.snapshots, ages, strict=True)
        ],
        "low": _number(judged.low_km2),
        "controlled": _number(judged.controlled_km2),
        "high": _number(judged.high_km2),
        "error": _number(judged.error_km2),
        "difference": _number(judged.difference_km2),
        "within_error": judged.within_error,
        "within_bound": judged.within_bound,
        "bound": None if judged.within_error else _number(judged.bound_km2),
    }


def _end(figure: ReportedFigure, judged: Judgement, series: Sequence[Measured]) -> str | None:
    """Name the date whose controlled area the difference is from; none within a range."""
    if judged.difference_km2 is None:
        return None
    end = figure.value_km2 - judged.difference_km2
    dates = (
        one.date.isoformat()
        for one in series
        if one.date in judged.snapshots and math.isclose(one.controlled_km2, end)
    )
    return next(dates, None)


def _by_day(figure: ReportedFigure, series: Sequence[Measured]) -> list[Any] | None:
    """Judge a figure known to the month as of the day it is filed under, where the map can."""
    if not figure.counts_a_month:
        return None
    judged = judge_as_of_day(figure, series).judgement
    if judged.basis is None:
        return None
    areas = (judged.low_km2, judged.high_km2, judged.error_km2)
    return [judged.verdict, *map(_number, areas)]


def _number(value: float | None) -> float | None:
    if value is None or math.isnan(value):
        return None
    rounded = round(float(value), 2)
    return int(rounded) if rounded == int(rounded) else rounded
