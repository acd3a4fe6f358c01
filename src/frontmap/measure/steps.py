"""From one date of a series to the next: how much ground changes, and at what pace."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from frontmap.model import Basis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

COLUMNS = (
    *("party", "basis", "from_date", "date", "days"),
    *("before_km2", "after_km2", "change_km2", "pace_km2_per_day"),
)
#: So many steps before a step and as many after it say how fast the front moves around then.
STEPS_AROUND = 5
#: From fewer other steps no pace is told.
LEAST_STEPS = 3


def series_steps(series: pd.DataFrame) -> pd.DataFrame:
    """Return each step of a series: how each party's ground changes to the next date.

    ``series`` has the columns ``date, party, controlled_km2, contested_km2`` of
    :func:`frontmap.measure.area.areas`, by date. The result has one row a party, basis
    (``controlled``; ``held``: with contested ground) and step: ``from_date, date, days,
    before_km2, after_km2, change_km2`` and ``pace_km2_per_day``: the median of what changed a day,
    either way, over the five steps before and the five after it, the step itself left out; NaN
    where those are fewer than three.

    >>> days = pd.to_datetime([f"2024-08-{day}" for day in (12, 13, 14, 16, 17)])
    >>> series = pd.DataFrame({"date": days, "party": "UA", "contested_km2": 0.0,
    ...                        "controlled_km2": [100.0, 104.0, 102.0, 302.0, 305.0]})
    >>> steps = series_steps(series)
    >>> steps.loc[steps["basis"] == "held", ["days", "change_km2", "pace_km2_per_day"]]
       days  change_km2  pace_km2_per_day
    4     1         4.0               3.0
    5     1        -2.0               4.0
    6     2       200.0               3.0
    7     1         3.0               4.0
    """
    found = [
        pd.DataFrame(
            {
                "party": party,
                "basis": basis,
                "from_date": rows["date"].to_numpy()[:-1],
                "date": rows["date"].to_numpy()[1:],
                "days": days,
                "before_km2": ground_km2[:-1],
                "after_km2": ground_km2[1:],
                "change_km2": np.diff(ground_km2),
                "pace_km2_per_day": [*_paces(np.abs(np.diff(ground_km2)) / days)],
            },
            columns=[*COLUMNS],
        )
        for party, rows in series.groupby("party")
        for days in [_days(rows["date"])]
        for basis in get_args(Basis)
        for ground_km2 in [_ground(rows, basis)]
    ]
    none = pd.DataFrame(columns=[*COLUMNS])
    return pd.concat(found, ignore_index=True) if found else none


def _days(dates: pd.Series) -> NDArray[np.int64]:
    return np.diff(dates.to_numpy().astype("datetime64[D]")).astype(np.int64)


def _ground(rows: pd.DataFrame, basis: Basis) -> Floats:
    contested_km2 = rows["contested_km2"].to_numpy() if basis == "held" else 0.0
    ground: Floats = rows["controlled_km2"].to_numpy() + contested_km2
    return ground


def _paces(km2_per_day: Floats) -> Iterator[float]:
    for step in range(len(km2_per_day)):
        before = km2_per_day[max(0, step - STEPS_AROUND) : step]
        after = km2_per_day[step + 1 : step + 1 + STEPS_AROUND]
        others = np.concatenate([before, after])
        yield float(np.median(others)) if len(others) >= LEAST_STEPS else float("nan")
