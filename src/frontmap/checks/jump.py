"""Rules over neighbouring dates of a series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from frontmap.measure.area import areas
from frontmap.measure.steps import series_steps
from frontmap.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from frontmap.archive import Archive

#: A line of 100 km that is drawn anew 500 m away changes so much, and nothing has happened.
REDRAWN_KM2 = 50.0
#: An offensive is about so many times as fast as the front was before it.
TIMES_PACE = 10.0
#: And no pace explains more of a party's ground than this.
LARGEST_SHARE = 0.5
#: What is large where too few steps are known to tell a pace.
UNKNOWN_PACE_KM2 = 150.0


def jumps(archive: Archive) -> Iterator[Finding]:
    """Yield the steps from one date to the next that are large for the front's own pace.

    As :func:`large_steps`, over the dates in force.

    >>> import frontmap
    >>> [finding.located.partition(";")[0] for finding in jumps(frontmap.open("geodata/kursk"))]
    ['2024-08-07: ground of UA changes by +222 km² since 2024-08-06, at 45.5 km² a day around then']
    """
    yield from large_steps(areas(archive, errors="none"))


def large_steps(series: pd.DataFrame) -> Iterator[Finding]:
    """Yield each date on which a party's ground changes by more than the front's pace explains.

    ``series`` and pace are those of :func:`frontmap.measure.steps.series_steps`. A change of ground
    controlled, or controlled and contested, is large beyond 50 km² and what the pace of the steps
    around it explains: ten times that pace over its days, and half of the party's ground at most.
    Where too few steps tell a pace it is large beyond 150 km².

    >>> days = pd.to_datetime([f"2024-08-{day}" for day in range(11, 19)])
    >>> series = pd.DataFrame({"date": days, "party": "UA", "contested_km2": 0.0,
    ...                        "controlled_km2": [0.0, 2, 5, 9, 90, 93, 94, 96]})
    >>> [finding.located.partition(";")[0] for finding in large_steps(series)]
    ['2024-08-15: ground of UA changes by +81 km² since 2024-08-14, at 2.5 km² a day around then']
    """
    steps = series_steps(series)
    share_km2 = LARGEST_SHARE * steps[["before_km2", "after_km2"]].max(axis="columns")
    at_pace_km2 = TIMES_PACE * steps["pace_km2_per_day"] * steps["days"]
    explained_km2 = REDRAWN_KM2 + at_pace_km2.clip(upper=share_km2)
    times = steps["change_km2"].abs() / explained_km2.fillna(UNKNOWN_PACE_KM2)
    largest = steps.assign(times=times)[times > 1].sort_values("times", ascending=False)
    worst = largest.drop_duplicates(["party", "date"]).sort_values(["party", "date"])
    yield from map(_finding, worst.to_dict("records"))


def _finding(step: dict[Any, Any]) -> Finding:
    pace = step["pace_km2_per_day"]
    around = "" if pd.isna(pace) else f", at {pace:,.3g} km² a day around then"
    return Finding(
        rule="jump",
        severity="warning",
        message=f"ground of {step['party']} changes by {step['change_km2']:+,.0f} km² since "
        f"{step['from_date'].date()}{around}; correct the zones, or accept it in accepted.csv with "
        "what happened in between",
        date=step["date"].date(),
        size=step["times"],
    )
