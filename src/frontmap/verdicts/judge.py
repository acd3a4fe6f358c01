"""One reported figure against a measured series: which snapshots, what range, which verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from frontmap.english import counted
from frontmap.verdicts.rounding import interval_km2, rounded_km2

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from frontmap.verdicts.rounding import ReportedFigure

Verdict = Literal[
    "agrees with controlled",
    "agrees only if contested ground counts",
    "above the map",
    "below the map",
    "cannot be checked",
]

_AGREES: Final = "agrees with controlled"
DAYS_AROUND = {"day": 3, "about": 7}
LIMIT_WORDS = {
    "up_to": 'the figure is an upper limit ("up to")',
    "over": 'the figure is a lower limit ("over")',
    "at_least": 'the figure is a lower limit ("at least")',
}
NOT_THE_SAME_QUANTITY = {
    "retaken": "it counts ground retaken, not ground held on a day",
    "combat_zone": "it counts the extent of the fighting, not ground held",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The middle values of one party on one date, in km², with their error and worst case."""

    date: dt.date
    controlled_km2: float
    contested_km2: float
    error_km2: float
    bound_km2: float

    @property
    def held_km2(self) -> float:
        """Controlled and contested ground together."""
        return self.controlled_km2 + self.contested_km2


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict with what it rests on; areas in km², ``None`` where nothing was set against it.

    ``age_days`` is, for each snapshot used, the days from it to the figure's as-of date: negative
    where the snapshot is later, left out where the figure is undated. The map's range runs from
    ``low_km2`` (least controlled) to ``high_km2`` (most controlled and contested);
    ``controlled_km2`` is the most controlled: with one snapshot the same as ``low_km2``.
    ``difference_km2`` is the figure minus the controlled area nearest to it, ``difference_percent``
    that in per cent of the latter. ``within_error`` tells whether the value meets the range when
    both ends are moved out by the error, ``within_bound`` the same for the worst case; both are
    ``None`` for a limit that agrees only as a limit, its value lying beyond the error.
    """

    verdict: Verdict
    why: str
    snapshots: tuple[dt.date, ...] = ()
    age_days: tuple[int, ...] = ()
    low_km2: float | None = None
    controlled_km2: float | None = None
    high_km2: float | None = None
    error_km2: float | None = None
    bound_km2: float | None = None
    difference_km2: float | None = None
    difference_percent: float | None = None
    within_error: bool | None = None
    within_bound: bool | None = None


def judge(figure: ReportedFigure, series: Sequence[Measured]) -> Judgement:
    """Set a reported figure against a series, by the rule of ``docs/reported.md``.

    The verdict uses the middle values of the map and the rounding of the figure, nothing else;
    whether the error or the worst case would bridge the gap stands beside it.

    >>> import datetime as dt
    >>> from frontmap.verdicts.rounding import ReportedFigure
    >>> day = dt.date(2024, 8, 31)
    >>> map_of_day = Measured(
    ...     date=day, controlled_km2=1000.0, contested_km2=100.0, error_km2=30.0, bound_km2=90.0
    ... )
    >>> figure = ReportedFigure(
    ...     as_of=day, precision="day", value_km2=1050.0, qualifier="exact", measure="controlled"
    ... )
    >>> judge(figure, [map_of_day]).verdict
    'agrees only if contested ground counts'
    """
    if figure.measure in NOT_THE_SAME_QUANTITY:
        return _unchecked(NOT_THE_SAME_QUANTITY[figure.measure])
    if not series:
        return _unchecked("there is no snapshot to set it against")
    if figure.measure == "peak":
        highest = max(series, key=lambda measured: (measured.controlled_km2, measured.held_km2))
        return _compare(figure, [highest], "a peak, against the highest snapshot of the series")
    if figure.precision == "undated":
        return _unchecked("it names no date")
    if figure.precision == "month":
        return _judge_month(figure, series)
    return _judge_day(figure, series)


def _judge_month(figure: ReportedFigure, series: Sequence[Measured]) -> Judgement:
    month = figure.as_of.strftime("%Y-%m")
    used = [measured for measured in series if measured.date.strftime("%Y-%m") == month]
    if not used:
        return _unchecked(f"there is no snapshot in {month}")
    return _compare(figure, used, f"known to the month: the range over {month}")


def _judge_day(figure: ReportedFigure, series: Sequence[Measured]) -> Judgement:
    nearest = min(series, key=lambda m: (abs((m.date - figure.as_of).days), m.date))
    days = abs((nearest.date - figure.as_of).days)
    allowed = DAYS_AROUND[figure.precision]
    if days > allowed:
        return _unchecked(
            f"no snapshot within {counted(allowed, 'day')}; the nearest is {nearest.date}, "
            f"{counted(days, 'day')} away"
        )
    away = f", {counted(days, 'day')} away" if days else ""
    return _compare(figure, [nearest], f"the snapshot of {nearest.date}{away}")


def _compare(figure: ReportedFigure, used: Sequence[Measured], basis: str) -> Judgement:
    low = min(measured.controlled_km2 for measured in used)
    controlled = max(measured.controlled_km2 for measured in used)
    high = max(measured.held_km2 for measured in used)
    error = max(measured.error_km2 for measured in used)
    bound = max(measured.bound_km2 for measured in used)
    verdict, words = _verdict(figure, low, controlled, high)
    within_error = _meets(figure, low - error, high + error)
    only_a_limit = verdict == _AGREES and figure.qualifier in LIMIT_WORDS and not within_error
    nearest = min(max(figure.value_km2, low), controlled)
    difference = figure.value_km2 - nearest
    return Judgement(
        verdict=verdict,
        why=f"{basis}; {words}",
        snapshots=tuple(measured.date for measured in used),
        age_days=_ages(figure, used),
        low_km2=low,
        controlled_km2=controlled,
        high_km2=high,
        error_km2=error,
        bound_km2=bound,
        difference_km2=difference,
        difference_percent=100 * difference / nearest if nearest else None,
        within_error=None if only_a_limit else within_error,
        within_bound=None if only_a_limit else _meets(figure, low - bound, high + bound),
    )


def _ages(figure: ReportedFigure, used: Sequence[Measured]) -> tuple[int, ...]:
    """Give no age where the as-of date is but a placeholder."""
    if figure.precision == "undated":
        return ()
    return tuple((figure.as_of - measured.date).days for measured in used)


def _verdict(
    figure: ReportedFigure, low: float, controlled: float, high: float
) -> tuple[Verdict, str]:
    least, most = interval_km2(figure.value_km2, figure.qualifier)
    limit = LIMIT_WORDS.get(figure.qualifier, "")
    even = f"{limit}, and even that" if limit else "it"
    if least > high:
        return "above the map", f"{even} exceeds controlled and contested ground together"
    if most < low:
        return "below the map", f"{even} is less than controlled ground alone"
    if least > controlled:
        return (
            "agrees only if contested ground counts",
            f"{even} exceeds controlled ground, not controlled and contested together",
        )
    return _AGREES, _agreement(figure, low, controlled)


def _agreement(figure: ReportedFigure, low: float, controlled: float) -> str:
    limit = LIMIT_WORDS.get(figure.qualifier)
    if limit is None:
        return "the two are the same within the figure's rounding"
    is_upper = figure.qualifier == "up_to"
    where = "meets it"
    if is_upper and controlled < figure.value_km2:
        where = "lies below it"
    if not is_upper and low > figure.value_km2:
        where = "lies above it"
    return f"{limit} that the map does not contradict: controlled ground {where}"


def _meets(figure: ReportedFigure, low: float, high: float) -> bool:
    least, most = rounded_km2(figure.value_km2, figure.qualifier)
    return least <= high and most >= low


def _unchecked(why: str) -> Judgement:
    return Judgement(verdict="cannot be checked", why=why)
