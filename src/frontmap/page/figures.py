"""Reported figures with their verdicts, and other reported numbers by their day."""

from __future__ import annotations

import math
from dataclasses import fields
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from frontmap.errors import UsageError
from frontmap.facts import read_events, read_reported, read_sources
from frontmap.reported import Measured, judged

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    import pandas as pd

    from frontmap.archive import Archive
    from frontmap.page.sources import Sources

_MARKS = {
    "agrees with controlled": "agrees",
    "agrees only if contested ground counts": "contested",
    "above the map": "above",
    "below the map": "below",
    "cannot be checked": "unchecked",
}


def reported_figures(
    archive: Archive, sources: Sources, measured: pd.DataFrame, *, party: str | None
) -> list[dict[str, Any]]:
    """Return one entry for each row of ``reported.csv``, in its order, with the verdict on it.

    ``measured`` is the table of :func:`frontmap.area.areas`, ``party`` whose ground the figures
    count; None where only one party's ground is mapped.
    Raises ``UsageError`` when several are and none is named.
    """
    reported = read_reported(archive.root)
    if reported.empty:
        return []
    who = party or _only_party(measured)
    table = judged(reported, read_sources(archive.root), _series(measured, who))
    return [_figure(row, sources, who) for row in table.to_dict("records")]


def events(archive: Archive, sources: Sources) -> list[dict[str, Any]]:
    """Return one entry for each row of ``events.csv``: what was said of that day, in what unit."""
    return [
        {
            "iso": row["date"].isoformat(),
            "what": row["what"],
            "figure": _number(row["figure"]),
            "unit": row["unit"],
            "claimant": row["claimant"],
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


def _figure(row: Mapping[Hashable, Any], sources: Sources, party: str) -> dict[str, Any]:
    return {
        "party": party,
        "iso": row["as_of"].isoformat(),
        "precision": row["as_of_precision"],
        "value": _number(row["value_km2"]),
        "qualifier": row["qualifier"],
        "measure": row["measure"],
        "claimant": row["claimant"],
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
    }


def _number(value: float | None) -> float | None:
    if value is None or math.isnan(value):
        return None
    rounded = round(float(value), 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _answer(value: object) -> bool | None:
    return bool(value) if isinstance(value, bool) else None
