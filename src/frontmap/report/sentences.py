"""The sentences of the report: plain, neutral, each from a number."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from frontmap.english import counted
from frontmap.verdicts import Judgement, judged_as_of_day
from frontmap.verdicts import wording as figure_text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from frontmap.archive import Archive
    from frontmap.model import Snapshot
    from frontmap.verdicts import Measured

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
PREDICATES = {
    "agrees with controlled": "agrees with the ground that the map shows as controlled",
    "agrees only if contested ground counts": "agrees with the map only if contested ground "
    "counts as held",
    "above the map": "is above the map, even if contested ground counts as held",
    "below the map": "is below the ground that the map shows as controlled",
    "cannot be checked": "cannot be checked against the map",
}
AN_ASSESSMENT = (
    "A snapshot is an assessment from what was published. Ground that nobody wrote about is drawn "
    "from what lies around it."
)
WHAT_A_STATUS_MEANS = (
    "Controlled ground is the maker's assessment: influence over the ground that prevents its use "
    "by the enemy. Contested ground is where neither side's control is established."
)
HOW_IT_IS_MEASURED = (
    "Areas are measured on the WGS 84 ellipsoid, edges straight in longitude and latitude. The "
    "error takes stretches of the line as independent beyond a stated length; the bound moves the "
    "whole line at once, the state border fixed, and is a worst case. Verdicts use the middle "
    "values of the map and the rounding of the figure."
)
WHY_NOT_ONE_NUMBER = (
    "A figure depends on the day, on what counts as held, and on how the area is measured; the "
    "sections below give each of them."
)
NEAR_DAYS = 7
LONG_GAP_DAYS = 7


def day_text(day: dt.date) -> str:
    """Write a day in words, in English whatever the locale.

    >>> import datetime as dt
    >>> day_text(dt.date(2024, 8, 31))
    '31 August 2024'
    """
    return f"{day.day} {month_text(day)}"


def month_text(day: dt.date) -> str:
    """Write a day's month in words.

    >>> import datetime as dt
    >>> month_text(dt.date(2024, 8, 31))
    'August 2024'
    """
    return f"{MONTHS[day.month - 1]} {day.year}"


def question(asked: Mapping[str, Any] | None) -> str:
    """Put the report's question."""
    if asked is None:
        return "How much ground is held?"
    return f"{figure_text.area_text(asked['value_km2'])} km²?"


def answer(
    asked: Mapping[str, Any] | None, series: Sequence[Measured], verdicts: pd.DataFrame
) -> tuple[str, ...]:
    """Answer the question: a first paragraph for a reader in a hurry, then the evidence."""
    if asked is None:
        return (_latest(series),)
    judged = next(figure_text.rows(verdicts.loc[[_index(asked, verdicts)]]))[1]
    undated = asked["as_of_precision"] == "undated"
    by_day = judged if undated else judged_as_of_day(asked, series)
    first = [_told(asked, judged), *_shown(asked, judged, by_day)]
    return (" ".join(first), _who_said(asked), _beside(asked, verdicts), WHY_NOT_ONE_NUMBER)


def limits(
    series: Sequence[Measured], snapshots: Sequence[Snapshot], verdicts: pd.DataFrame
) -> tuple[str, ...]:
    """Say what the record can't tell, from its own numbers."""
    return tuple(
        sentence
        for sentence in (
            AN_ASSESSMENT,
            _gaps(series),
            _accuracy(snapshots),
            _confidence(snapshots),
            _unchecked(verdicts),
        )
        if sentence
    )


def method(archive: Archive) -> tuple[str, ...]:
    """Say how the numbers were made and from which state of the archive."""
    state = (
        f"Maker: {archive.about.maker}. Licence: {archive.about.license}. "
        f"State of the archive: {archive.digest}."
    )
    return (WHAT_A_STATUS_MEANS, HOW_IT_IS_MEASURED, state)


def _index(asked: Mapping[str, Any], verdicts: pd.DataFrame) -> Any:  # noqa: ANN401  a row's label
    return verdicts.index[verdicts["value_km2"] == asked["value_km2"]][0]


def _latest(series: Sequence[Measured]) -> str:
    last = series[-1]
    return f"On {day_text(last.date)}, the last date of the map, {_range(last)}."


def _range(measured: Measured) -> str:
    return (
        f"{measured.controlled_km2:,.0f} km² were controlled, and {measured.held_km2:,.0f} km² if "
        f"contested ground counts (error ± {measured.error_km2:,.0f} km², worst case "
        f"± {measured.bound_km2:,.0f} km²)"
    )


def _told(asked: Mapping[str, Any], judged: Judgement) -> str:
    when = {
        "month": f"in {month_text(asked['as_of'])}",
        "undated": "on no stated day",
    }.get(asked["as_of_precision"], f"on {day_text(asked['as_of'])}")
    value = figure_text.value_text(asked)
    return (
        f"{value[0].upper()}{value[1:]} km² ({figure_text.MEASURE_WORDS[asked['measure']]}) {when} "
        f"{PREDICATES[judged.verdict]}."
    )


def _who_said(asked: Mapping[str, Any]) -> str:
    published = f", published {asked['published']}" if asked["published"] else ""
    note = f" ({asked['note']})" if asked["note"] else ""
    return (
        f"Who said so: {asked['claimant'] or 'not named'}; where: {asked['publisher']}{published}"
        f"{note}."
    )


def _shown(asked: Mapping[str, Any], judged: Judgement, by_day: Judgement) -> list[str]:
    if by_day.low_km2 is None:
        return [f"{judged.why[0].upper()}{judged.why[1:]}."]
    on_the_day = (
        f"On {day_text(by_day.snapshots[0])} the map shows {by_day.low_km2:,.0f} km² controlled, "
        f"and {by_day.high_km2:,.0f} km² with contested ground "
        f"(error ± {by_day.error_km2:,.0f} km², worst case ± {by_day.bound_km2:,.0f} km²)."
    )
    shown = [on_the_day]
    if asked["as_of_precision"] == "month" and judged.low_km2 is not None:
        shown.append(
            f"Over all of {month_text(asked['as_of'])} the most it shows is "
            f"{judged.controlled_km2:,.0f} km² controlled and {judged.high_km2:,.0f} km² with "
            f"contested ground ({counted(len(judged.snapshots), 'snapshot')})."
        )
    if judged.verdict in {"above the map", "below the map"}:
        shown.append(_bridged(judged))
    return shown


def _bridged(judged: Judgement) -> str:
    if judged.within_error:
        return "The error of the map would bridge the gap."
    if judged.within_bound:
        return "The error of the map would not bridge the gap; its worst case would."
    return "Neither the error of the map nor its worst case would bridge the gap."


def _beside(asked: Mapping[str, Any], verdicts: pd.DataFrame) -> str:
    """Name the other figures of ground held within a week of the one asked about."""
    if asked["as_of_precision"] == "undated":
        return "It names no day, so no other figure can be set beside it."
    near = verdicts[
        (verdicts["measure"] == "controlled")
        & verdicts["as_of_precision"].isin(["day", "about"])
        & verdicts["as_of"].map(lambda day: abs((day - asked["as_of"]).days) <= NEAR_DAYS)
    ]
    if near.empty:
        return f"No other figure of ground held lies within {NEAR_DAYS} days of it."
    listed = "; ".join(_listed(row, judged) for row, judged in figure_text.rows(near))
    return f"Other figures of ground held within {NEAR_DAYS} days of it, in km²: {listed}."


def _listed(row: Mapping[str, Any], judged: Judgement) -> str:
    why = figure_text.why_text(row, judged) if judged.verdict == "agrees with controlled" else ""
    said = f"{row['claimant'] or row['publisher']}, {row['as_of']}: {judged.verdict}"
    return f"{figure_text.value_text(row)} ({said}{': ' if why else ''}{why})"


def _gaps(series: Sequence[Measured]) -> str:
    gaps = [(after.date - before.date).days for before, after in pairwise(series)]
    if not gaps or max(gaps) <= LONG_GAP_DAYS:
        return ""
    place = gaps.index(max(gaps))
    first, last = series[place].date, series[place + 1].date
    return (
        f"Between its {counted(len(series), 'date')} the record says nothing. Gaps longer than "
        f"{LONG_GAP_DAYS} days: {sum(gap > LONG_GAP_DAYS for gap in gaps)}; the longest is "
        f"{max(gaps)} days, from {first} to {last}."
    )


def _accuracy(snapshots: Sequence[Snapshot]) -> str:
    metres = sorted(zone.accuracy_m for snapshot in snapshots for zone in snapshot.zones)
    if not metres:
        return ""
    return (
        f"The line of a zone may lie {metres[0]:,.0f} to {metres[-1]:,.0f} m from where it is "
        f"drawn, by the zone (median {metres[len(metres) // 2]:,.0f} m)."
    )


def _confidence(snapshots: Sequence[Snapshot]) -> str:
    zones = [zone for snapshot in snapshots for zone in snapshot.zones]
    low = sum(zone.confidence == "low" for zone in zones)
    return f"Of low confidence: {low} of {counted(len(zones), 'zone')}." if low else ""


def _unchecked(verdicts: pd.DataFrame) -> str:
    count = int((verdicts["verdict"] == "cannot be checked").sum())
    if not count:
        return ""
    return (
        f"{count} of {len(verdicts)} reported figures cannot be checked: they count something "
        "else, name no day, or lie too far from any snapshot."
    )
