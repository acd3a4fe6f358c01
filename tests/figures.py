"""Figures that somebody reported, and the map of a day, for the tests of verdicts."""

from __future__ import annotations

import datetime as dt

from frontmap.verdicts import Measured, ReportedFigure


def measured(day, controlled, contested=100.0, error=30.0, bound=90.0):
    return Measured(
        date=dt.date.fromisoformat(day),
        controlled_km2=controlled,
        contested_km2=contested,
        error_km2=error,
        bound_km2=bound,
    )


def figure(value, qualifier="exact", measure="controlled", precision="day", as_of="2024-08-31"):
    return ReportedFigure(
        as_of=dt.date.fromisoformat(as_of),
        precision=precision,
        value_km2=value,
        qualifier=qualifier,
        measure=measure,
    )
