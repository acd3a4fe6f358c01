"""Reported figures with their verdicts, and other reported numbers by their day."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from frontmap.facts import read_events
from frontmap.page.payload.shown_once import shortened_number
from frontmap.verdicts import judge_as_of_day, judged_archive

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from frontmap.archive import Archive
    from frontmap.page.payload.claimants import Claimants
    from frontmap.page.payload.fields import EventRow, FigureRow
    from frontmap.page.payload.sources import CitedSources
    from frontmap.verdicts import Judgement, Measured, ReportedFigure


def packed_figures(
    archive: Archive,
    sources: CitedSources,
    claimants: Claimants,
    measured: pd.DataFrame,
    *,
    party: str | None,
) -> Iterator[FigureRow]:
    """Yield one row for each of ``reported.csv``, in its order, with the judgement on it.

    ``measured`` is the table of :func:`frontmap.measure.area.areas`, ``party`` whose ground the
    figures count that name no party; None: the one party that is mapped. A row's ``party`` is blank
    where it counts nobody's, or does not say whose. Raises ``InputError`` where a figure names an
    unknown party.

    >>> from pathlib import Path
    >>> import frontmap
    >>> from frontmap.measure.area import areas
    >>> from frontmap.page.payload.claimants import Claimants
    >>> from frontmap.page.payload.sources import CitedSources
    >>> archive, root = frontmap.open("geodata/kursk"), Path("geodata/kursk")
    >>> rows = packed_figures(
    ...     archive, CitedSources(root), Claimants(root), areas(archive), party="UA"
    ... )
    >>> [row["reason"] for row in rows if row["value_km2"] == 1243]
    ['exceeds_both']
    """
    found = judged_archive(archive, measured, party=party)
    for (figure, judged), series in zip(found.judged, found.series, strict=True):
        one = len(judged.snapshots) == 1
        day = _as_of_day(figure, series)
        yield {
            "party": figure.party,
            "date": figure.as_of.isoformat(),
            "precision": figure.precision,
            "value_km2": _number(figure.value_km2),
            "qualifier": figure.qualifier,
            "measure": figure.measure,
            "claimant": claimants.number(figure.claimant),
            "sources": sources.numbers(figure.source),
            "note": figure.note,
            "verdict": judged.verdict,
            "basis": judged.basis,  # type: ignore[typeddict-item]  # nothing fills between here
            "reason": judged.reason,
            "nearest": _iso(judged.nearest),
            "snapshots": len(judged.snapshots),
            "first_snapshot": _iso(next(iter(judged.snapshots), None)),
            "last_snapshot": _iso(next(reversed(judged.snapshots), None)),
            "age_days": next(iter(judged.age_days), None) if one else None,
            "low_km2": _number(judged.low_km2),
            "high_km2": _number(judged.high_km2),
            "error_km2": _number(judged.error_km2),
            "difference_km2": _number(judged.difference_km2),
            "within_error": judged.within_error,
            "within_bound": judged.within_bound,
            "bound_km2": None if judged.within_error else _number(judged.bound_km2),
            "from_date": _iso(_end(figure, judged, series)),
            "day_verdict": day.verdict if day else None,
            "day_low_km2": _number(day.low_km2) if day else None,
            "day_high_km2": _number(day.high_km2) if day else None,
            "day_error_km2": _number(day.error_km2) if day else None,
        }


def day_events(archive: Archive, sources: CitedSources, claimants: Claimants) -> Iterator[EventRow]:
    """Yield one row for each of ``events.csv``: what was said of that day, in what unit.

    >>> from pathlib import Path
    >>> import frontmap
    >>> from frontmap.page.payload.claimants import Claimants
    >>> from frontmap.page.payload.sources import CitedSources
    >>> root = Path("geodata/kursk")
    >>> rows = list(day_events(frontmap.open(root), CitedSources(root), Claimants(root)))
    >>> rows[0]["date"]
    '2024-08-12'
    """
    for row in read_events(archive.root).to_dict("records"):
        yield {
            "date": row["date"].date().isoformat(),
            "what": row["what"],
            "figure": _number(row["figure"]),
            "unit": row["unit"],
            "claimant": claimants.number(row["claimant"]),
            "sources": sources.numbers(row["source"]),
        }


def _end(
    figure: ReportedFigure, judged: Judgement, series: Sequence[Measured] | None
) -> dt.date | None:
    """Name the date whose controlled area the difference is from; none within a range."""
    if judged.difference_km2 is None:
        return None
    end = figure.value_km2 - judged.difference_km2
    dates = (
        one.date
        for one in series or ()
        if one.date in judged.snapshots and math.isclose(one.controlled_km2, end)
    )
    return next(dates, None)


def _as_of_day(figure: ReportedFigure, series: Sequence[Measured] | None) -> Judgement | None:
    """Judge a figure known to the month as of the day it is filed under, where the map can."""
    if not figure.counts_a_month:
        return None
    judged = judge_as_of_day(figure, series).judgement
    return None if judged.basis is None else judged


def _iso(date: dt.date | None) -> str | None:
    return None if date is None else date.isoformat()


def _number(value: float | None) -> float | None:
    if value is None or math.isnan(value):
        return None
    rounded = shortened_number(float(value))
    return int(rounded) if rounded == int(rounded) else rounded
