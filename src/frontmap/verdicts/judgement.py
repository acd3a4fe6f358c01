"""One reported figure against a measured series: which snapshots, what range, which verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from frontmap.verdicts.rounding import interval_km2, rounded_km2

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from frontmap.facts.vocabulary import Measure
    from frontmap.verdicts.figures import ReportedFigure

Verdict = Literal["agrees", "contested", "above", "below", "unchecked"]
SetAgainst = Literal["day", "month", "peak", "between"]
Reason = Literal[
    "same",  # the two are the same within the figure's rounding
    "meets_limit",  # a limit, and controlled ground meets it
    "under_upper_limit",  # an upper limit, and controlled ground lies below it
    "over_lower_limit",  # a lower limit, and controlled ground lies above it
    "exceeds_controlled",  # more than controlled ground, not more than controlled and contested
    "exceeds_both",  # more than controlled and contested ground together
    "less_than_controlled",
    "counts_retaken",  # not the same quantity: ground retaken
    "counts_combat_zone",  # not the same quantity: the extent of the fighting
    "no_snapshots",
    "party_not_named",  # the map shows several parties' ground; whose it counts is not said
    "party_not_mapped",  # the map shows ground, but none of the party that it is about
    "party_only_claims",  # the map shows ground of that party, but none that it ever held
    "no_date",
    "none_in_month",  # no snapshot in its month
    "none_near",  # no snapshot within DAYS_AROUND of its day
]
VERDICTS: Final[Mapping[Reason, Verdict]] = {
    "same": "agrees",
    "meets_limit": "agrees",
    "under_upper_limit": "agrees",
    "over_lower_limit": "agrees",
    "exceeds_controlled": "contested",
    "exceeds_both": "above",
    "less_than_controlled": "below",
    "counts_retaken": "unchecked",
    "counts_combat_zone": "unchecked",
    "no_snapshots": "unchecked",
    "party_not_named": "unchecked",
    "party_not_mapped": "unchecked",
    "party_only_claims": "unchecked",
    "no_date": "unchecked",
    "none_in_month": "unchecked",
    "none_near": "unchecked",
}
_NOT_GROUND_HELD: Final[Mapping[Measure, Reason]] = {
    "retaken": "counts_retaken",
    "combat_zone": "counts_combat_zone",
}
DAYS_AROUND: Final = {"day": 3, "about": 7}


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


class MapRange(NamedTuple):
    """What of the map a figure is set against, in km²: of some ``snapshots``, by their dates.

    From ``low_km2``, the least controlled ground, over ``controlled_km2``, the most, to
    ``high_km2``, the most that is controlled and contested.
    """

    snapshots: tuple[dt.date, ...]
    low_km2: float
    controlled_km2: float
    high_km2: float
    error_km2: float
    bound_km2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict's reason with what it rests on; areas in km², ``None`` where nothing was compared.

    ``basis`` says what the figure was set against: the snapshot nearest to its ``day``, those of
    its ``month``, the ``peak`` of the series, or the two snapshots that its day lies ``between``;
    None where it cannot be checked. ``nearest`` is
    the date of the snapshot that is nearest, where the reason is ``none_near``.

    ``age_days`` is, for each snapshot used, the days from it to the figure's as-of date: negative
    where the snapshot is later, left out where the figure is undated. The map's range runs from
    ``low_km2`` (least controlled) to ``high_km2`` (most controlled and contested); between two,
    from what is certainly controlled to what is possibly held;
    ``controlled_km2`` is the most controlled: with one snapshot the same as ``low_km2``.
    ``difference_km2`` is the figure minus the controlled area nearest to it, ``difference_percent``
    that in per cent of the latter. ``within_error`` tells whether the value meets the range when
    both ends are moved out by the error, ``within_bound`` the same for the worst case; both are
    ``None`` for a limit that agrees only as a limit, its value lying beyond the error.
    """

    reason: Reason
    basis: SetAgainst | None = None
    nearest: dt.date | None = None
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

    @property
    def is_of_a_mapped_party(self) -> bool:
        """Whether it is known whose ground the figure counts, and the map ever shows it as held."""
        return not self.reason.startswith("party_")

    @property
    def verdict(self) -> Verdict:
        """What the reason amounts to."""
        return VERDICTS[self.reason]


class JudgedFigure(NamedTuple):
    """A reported figure and the judgement on it."""

    figure: ReportedFigure
    judgement: Judgement


def judge(
    figure: ReportedFigure,
    series: Sequence[Measured] | None,
    between: MapRange | None = None,
) -> Judgement:
    """Set a reported figure against a series, by the rule of ``docs/reported.md``.

    ``series`` is that of the party whose ground the figure counts; None: the map shows none of it.
    ``between`` takes the place of the nearest snapshot, for a figure known to the day: what that
    party certainly and possibly holds on it.

    The verdict uses the middle values of the map and the rounding of the figure, nothing else;
    whether the error or the worst case would bridge the gap stands beside it.

    >>> import datetime as dt
    >>> from frontmap.verdicts import ReportedFigure
    >>> day = dt.date(2024, 8, 31)
    >>> map_of_day = Measured(
    ...     date=day, controlled_km2=1000.0, contested_km2=100.0, error_km2=30.0, bound_km2=90.0
    ... )
    >>> figure = ReportedFigure(
    ...     as_of=day, precision="day", value_km2=1050.0, qualifier="exact", measure="controlled"
    ... )
    >>> judged = judge(figure, [map_of_day])
    >>> judged.verdict, judged.reason, judged.difference_km2
    ('contested', 'exceeds_controlled', 50.0)
    """
    reason = _why_unchecked(figure, series)
    if reason or not series:
        return Judgement(reason=reason or "no_snapshots")
    if figure.measure == "peak":
        highest = max(series, key=lambda measured: (measured.controlled_km2, measured.held_km2))
        return _compare(figure, _range([highest]), "peak")
    if figure.precision == "month":
        return _judge_month(figure, series)
    return _judge_day(figure, series) if between is None else _compare(figure, between, "between")


def _why_unchecked(figure: ReportedFigure, series: Sequence[Measured] | None) -> Reason | None:
    """Say why a figure can be set against nothing, whichever snapshots there are; None: it can."""
    if figure.measure in _NOT_GROUND_HELD:
        return _NOT_GROUND_HELD[figure.measure]
    if series is None:
        return "party_not_mapped" if figure.party else "party_not_named"
    if series and not any(measured.held_km2 for measured in series):
        return "party_only_claims"
    if series and figure.precision == "undated" and figure.measure != "peak":
        return "no_date"
    return None


def _judge_month(figure: ReportedFigure, series: Sequence[Measured]) -> Judgement:
    month = (figure.as_of.year, figure.as_of.month)
    used = [measured for measured in series if (measured.date.year, measured.date.month) == month]
    return _compare(figure, _range(used), "month") if used else Judgement(reason="none_in_month")


def _judge_day(figure: ReportedFigure, series: Sequence[Measured]) -> Judgement:
    nearest = min(series, key=lambda m: (abs((m.date - figure.as_of).days), m.date))
    if abs((nearest.date - figure.as_of).days) > DAYS_AROUND[figure.precision]:
        return Judgement(reason="none_near", nearest=nearest.date)
    return _compare(figure, _range([nearest]), "day")


def _range(used: Sequence[Measured]) -> MapRange:
    return MapRange(
        snapshots=tuple(measured.date for measured in used),
        low_km2=min(measured.controlled_km2 for measured in used),
        controlled_km2=max(measured.controlled_km2 for measured in used),
        high_km2=max(measured.held_km2 for measured in used),
        error_km2=max(measured.error_km2 for measured in used),
        bound_km2=max(measured.bound_km2 for measured in used),
    )


def _compare(figure: ReportedFigure, used: MapRange, basis: SetAgainst) -> Judgement:
    snapshots, low, controlled, high, error, bound = used
    reason = _reason(figure, low, controlled, high)
    within_error = _meets(figure, low - error, high + error)
    only_a_limit = VERDICTS[reason] == "agrees" and figure.is_limit and not within_error
    nearest = min(max(figure.value_km2, low), controlled)
    difference = figure.value_km2 - nearest
    return Judgement(
        reason=reason,
        basis=basis,
        snapshots=snapshots,
        age_days=_ages(figure, snapshots),
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


def _ages(figure: ReportedFigure, snapshots: Sequence[dt.date]) -> tuple[int, ...]:
    """Give no age where the as-of date is but a placeholder."""
    if figure.precision == "undated":
        return ()
    return tuple((figure.as_of - date).days for date in snapshots)


def _reason(figure: ReportedFigure, low: float, controlled: float, high: float) -> Reason:
    least, most = interval_km2(figure.value_km2, figure.qualifier)
    if least > high:
        return "exceeds_both"
    if most < low:
        return "less_than_controlled"
    if least > controlled:
        return "exceeds_controlled"
    if not figure.is_limit:
        return "same"
    if figure.qualifier == "up_to":
        return "under_upper_limit" if controlled < figure.value_km2 else "meets_limit"
    return "over_lower_limit" if low > figure.value_km2 else "meets_limit"


def _meets(figure: ReportedFigure, low: float, high: float) -> bool:
    least, most = rounded_km2(figure.value_km2, figure.qualifier)
    return least <= high and most >= low
