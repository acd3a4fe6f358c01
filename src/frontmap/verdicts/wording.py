"""Figures and verdicts in words, for the terminal and the report: 100 columns at most."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

from frontmap.english import counted
from frontmap.verdicts.judge import LIMIT_WORDS, Judgement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

WIDTH = 100
MEASURE_WORDS = {
    "controlled": "controlled",
    "peak": "peak",
    "retaken": "retaken",
    "combat_zone": "combat zone",
}
QUALIFIER_WORDS = {
    "exact": "",
    "about": "about ",
    "over": "over ",
    "at_least": "at least ",
    "up_to": "up to ",
}


def rows(table: pd.DataFrame) -> Iterator[tuple[dict[str, Any], Judgement]]:
    """Take a table of verdicts apart: each figure, and the judgement on it."""
    for row in table.to_dict("records"):
        judged = {name: _none_for_nan(row[name]) for name in Judgement.__dataclass_fields__}
        yield {str(name): value for name, value in row.items()}, Judgement(**judged)


def area_text(km2: float) -> str:
    """Write an area with thousands apart and no more digits than it has.

    >>> area_text(1243.0), area_text(5.5)
    ('1,243', '5.5')
    """
    return f"{km2:,.0f}" if km2 == round(km2) else f"{km2:,g}"


def value_text(row: Mapping[str, Any]) -> str:
    """Write a figure with its qualifier.

    >>> value_text({"qualifier": "at_least", "value_km2": 1150.0})
    'at least 1,150'
    """
    return QUALIFIER_WORDS[row["qualifier"]] + area_text(row["value_km2"])


def as_of_text(row: Mapping[str, Any]) -> str:
    """Write a figure's as-of date no more exactly than it is known.

    >>> import datetime as dt
    >>> for precision in ("day", "about", "month", "undated"):
    ...     as_of_text({"as_of": dt.date(2024, 8, 31), "as_of_precision": precision})
    '2024-08-31'
    'about 2024-08-31'
    '2024-08'
    'undated'
    """
    day = str(row["as_of"])
    return {"day": day, "about": f"about {day}", "month": day[:7], "undated": "undated"}[
        row["as_of_precision"]
    ]


def range_text(judged: Judgement) -> str:
    """Write the map's range, controlled to controlled and contested, with error and bound."""
    if judged.low_km2 is None or judged.high_km2 is None:
        return ""
    return (
        f"{judged.low_km2:,.0f} to {judged.high_km2:,.0f} km² "
        f"± {judged.error_km2:,.0f} (bound {judged.bound_km2:,.0f})"
    )


def snapshots_text(judged: Judgement) -> str:
    """Name the snapshots used and how old they were on the as-of date."""
    days = judged.snapshots
    if len(days) > 1:
        return f"{days[0]} to {days[-1]} ({counted(len(days), 'snapshot')})"
    if not days:
        return ""
    if not judged.age_days:
        return f"{days[0]}"
    age = judged.age_days[0]
    when = "same day" if age == 0 else counted(abs(age), "day", "earlier" if age > 0 else "later")
    return f"{days[0]} ({when})"


def difference_text(judged: Judgement) -> str:
    """Write the figure minus controlled ground, in km² and per cent, and what bridges it.

    Of a figure above the map it is said how far, since the error is counted from that end.
    """
    difference, controlled, high = judged.difference_km2, judged.controlled_km2, judged.high_km2
    if difference is None or controlled is None or high is None:
        return ""
    share = judged.difference_percent
    text = f"{difference:+,.0f} km²" + ("" if share is None else f" ({share:+.0f}%)")
    if judged.verdict.startswith("agrees"):
        return text
    if judged.verdict == "above the map":
        text += f"; {controlled + difference - high:,.0f} km² above the range"
    text += ", within the error" if judged.within_error else ", beyond the error"
    return f"{text} and the bound" if judged.within_bound is False else text


def why_text(row: Mapping[str, Any], judged: Judgement) -> str:
    """Say why, where verdict and numbers alone would mislead: of limits and of the unchecked."""
    if not judged.snapshots:
        return judged.why
    return judged.why.partition("; ")[2] if row["qualifier"] in LIMIT_WORDS else ""


def few_lines(row: Mapping[str, Any], judged: Judgement) -> str:
    """Write one figure and its verdict in a few lines of at most 100 columns."""
    measure = MEASURE_WORDS[row["measure"]]
    first = f"{as_of_text(row):<16} {value_text(row):>14} km²  {measure:<11} {judged.verdict}"
    numbers = f"map {range_text(judged)}, {snapshots_text(judged)}; {difference_text(judged)}"
    reasons = [numbers if judged.snapshots else "", why_text(row, judged)]
    said = textwrap.shorten(row["claimant"] or row["publisher"], WIDTH - 20, placeholder=" …")
    indent = " " * 17
    wrapped = [
        textwrap.fill(
            reason, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
        )
        for reason in reasons
        if reason
    ]
    return "\n".join([first, f"{indent}{said}", *wrapped])


def details(row: Mapping[str, Any], judged: Judgement, by_day: Judgement | None) -> str:
    """Write one figure, its verdict and everything that it rests on."""
    lines = {
        "figure": f"{value_text(row)} km², {MEASURE_WORDS[row['measure']]}, "
        f"as of {as_of_text(row)}",
        "said by": f"{row['claimant']}; {row['publisher']}",
        "address": row["url"],
        "note": row["note"],
        "verdict": judged.verdict,
        "why": judged.why,
        "map": range_text(judged),
        "snapshots": snapshots_text(judged),
        "difference": difference_text(judged),
    }
    if by_day is not None:
        lines[f"read as {row['as_of']}"] = (
            f"{by_day.verdict}: {range_text(by_day)} on {snapshots_text(by_day)}; "
            f"{difference_text(by_day)}"
            if by_day.snapshots
            else f"{by_day.verdict}: {by_day.why}"
        )
    return "\n".join(
        textwrap.fill(
            f"{name:<20}{text}", WIDTH, subsequent_indent=" " * 20, break_on_hyphens=False
        )
        for name, text in lines.items()
        if text
    )


def counts_text(table: pd.DataFrame) -> str:
    """Count the verdicts of a table, in words."""
    counts = table["verdict"].value_counts(sort=False).sort_index()
    figures = counted(len(table), "figure")
    return f"{figures}: " + "; ".join(f"{n} {word}" for word, n in counts.items())


def _none_for_nan(value: Any) -> Any:  # noqa: ANN401  a cell of any column
    return None if isinstance(value, float) and math.isnan(value) else value
