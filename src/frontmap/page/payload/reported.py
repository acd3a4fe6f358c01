"""Reported figures with their verdicts, and other reported numbers by their day."""

from __future__ import annotations

import math
from dataclasses import fields
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from frontmap.errors import UsageError
from frontmap.facts import read_events, read_reported, read_sources
from frontmap.verdicts import Measured, judged, judged_as_of_day

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    import pandas as pd

    from frontmap.archive import Archive
    from frontmap.page.payload.claimants import Claimants
    from frontmap.page.payload.sources import CitedSources

_MARKS = {
    "agrees with controlled": "agrees",
    "agrees only if contested ground counts": "contested",
    "above the map": "above",
    "below the map": "below",
    "cannot be checked": "unchecked",
}


def reported_figures(
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
    reported = read_reported(archive.root)
    if reported.empty:
        return []
    who = party or _only_party(measured)
    series = _series(measured, who)
    table = judged(reported, read_sources(archive.root), series)
    return [
        _figure(row, sources, claimants, who) | _ends(row, series) | _by_day(row, series)
        for row in table.to_dict("records")
    ]


def events(archive: Archive, sources: CitedSources, claimants: Claimants) -> list[dict[str, Any]]:
    """Return one entry for each row of ``events.csv``: what was said of that day, in what unit."""
    return [
        {
            "iso": row["date"].isoformat(),
            "what": row["what"],
            "figure": _number(row["figure"]),
            "unit": row["unit"],
            "claimant": claimants.number(row["claimant"]),
            "sources": sources.numbers(row["source"]),
        }
        for row in read_events(archive.root).to_dict("records")
    ]


def _only_party(measured: pd.DataFrame) -> str:
    parties = sorted(set(measured["party"]))
    if len(parties) > 1:
        raise UsageError(f"the map shows ground of {', '.join(parties)}; name one with --party")
    return parties[0] if parties else ""


def _series(measured: pd.DataFrame, party: str) -> tuple[Measured, ...]:
    """Give the area of one party on each date, the last where a date has several snapshots."""
    rows = measured[measured["party"] == party].drop_duplicates("date", keep="last")
    names = [field.name for field in fields(Measured)]
    return tuple(Measured(**row) for row in rows[names].to_dict("records"))  # type: ignore[arg-type]  # names of its fields


def _figure(
    row: Mapping[Hashable, Any], sources: CitedSources, claimants: Claimants, party: str
) -> dict[str, Any]:
    return {
        "party": party,
        "iso": row["as_of"].isoformat(),
        "precision": row["as_of_precision"],
        "value": _number(row["value_km2"]),
        "qualifier": row["qualifier"],
        "measure": row["measure"],
        "claimant": claimants.number(row["claimant"]),
        "sources": sources.numbers(row["source"]),
        "note": row["note"],
        "mark": _MARKS[row["verdict"]],
        "snapshots": [
            [date.isoformat(), age] for date, age in zip_longest(row["snapshots"], row["age_days"])
        ],
        "low": _number(row["low_km2"]),
        "controlled": _number(row["controlled_km2"]),
        "high": _number(row["high_km2"]),
        "error": _number(row["error_km2"]),
        "difference": _number(row["difference_km2"]),
        "within_error": _answer(row["within_error"]),
        "within_bound": _answer(row["within_bound"]),
        "bound": None if _answer(row["within_error"]) else _number(row["bound_km2"]),
    }


def _ends(row: Mapping[Hashable, Any], series: Sequence[Measured]) -> dict[str, Any]:
    """Name the date whose controlled area the difference is from; none within a range."""
    end = row["value_km2"] - row["difference_km2"]
    dates = (
        one.date.isoformat()
        for one in series
        if one.date in row["snapshots"] and math.isclose(one.controlled_km2, end)
    )
    return {"from": next(dates, None)}


def _by_day(row: Mapping[Hashable, Any], series: Sequence[Measured]) -> dict[str, Any]:
    """Judge a figure known to the month as of the day it is filed under, where the map can."""
    if (row["as_of_precision"], row["measure"]) != ("month", "controlled"):
        return {"by_day": None}
    day = judged_as_of_day({str(name): value for name, value in row.items()}, series)
    if not day.snapshots:
        return {"by_day": None}
    numbers = [_number(area) for area in (day.low_km2, day.high_km2, day.error_km2)]
    return {"by_day": [_MARKS[day.verdict], *numbers]}


def _number(value: float | None) -> float | None:
    if value is None or math.isnan(value):
        return None
    rounded = round(float(value), 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _answer(value: object) -> bool | None:
    return bool(value) if isinstance(value, bool) else None
