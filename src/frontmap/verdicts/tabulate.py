"""The judgement on every reported figure of an archive, as values and as one table."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from typing import TYPE_CHECKING, Final

import pandas as pd

from frontmap.errors import UsageError
from frontmap.measure.area import areas
from frontmap.measure.area_between import areas_between
from frontmap.verdicts.judgement import (
    DAYS_AROUND,
    JudgedFigure,
    Judgement,
    MapRange,
    Measured,
    judge,
)
from frontmap.verdicts.wording import VERDICT_WORDS, why_text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from frontmap.archive import Archive
    from frontmap.measure.timeline import Known
    from frontmap.verdicts.figures import ReportedFigure

_LAST: Final = ("basis", "reason", "nearest")
_NUMBERS: Final = tuple(f.name for f in fields(Judgement) if f.name not in _LAST)


def measured_series(
    archive: Archive, *, party: str | None = None, known: Known = None
) -> tuple[Measured, ...]:
    """Give the area of one party on each date of the archive, in order of date.

    ``party`` and ``known`` are as for :func:`frontmap.figure_verdicts`; raises ``UsageError``
    likewise, and where several parties are mapped and none is named.

    >>> import frontmap
    >>> series = measured_series(frontmap.open("geodata/kursk"), known="2020-01-01")
    >>> series
    ()
    """
    measured = areas(archive, known=known)
    whose = party_counted(measured, party)
    if not whose and not measured.empty:
        several = ", ".join(sorted(set(measured["party"])))
        raise UsageError(f"the map shows ground of {several}; name one of them")
    return series_of_party(measured, whose)


def party_counted(measured: pd.DataFrame, party: str | None = None) -> str:
    """Return whose ground figures count: ``party``, or the one party of a table of areas.

    A blank text where there are several, and none is named. Nothing is mapped in an empty table: it
    holds any party. Raises ``UsageError`` when it has no ground of the one that is named.

    >>> table = pd.DataFrame({"party": ["UA", "UA"]})
    >>> party_counted(table), party_counted(table, "UA")
    ('UA', 'UA')
    >>> party_counted(table, "UK")
    Traceback (most recent call last):
    frontmap.errors.UsageError: the map shows no ground of 'UK'; it shows that of UA
    """
    parties = sorted(set(measured["party"]))
    if party and parties and party not in parties:
        raise UsageError(
            f"the map shows no ground of {party!r}; it shows that of {', '.join(parties)}"
        )
    if party:
        return party
    return parties[0] if len(parties) == 1 else ""


def series_of_party(measured: pd.DataFrame, party: str) -> tuple[Measured, ...]:
    """Give one party's areas from a table of :func:`frontmap.measure.area.areas`, by date.

    Where a date has several snapshots, the last of them counts.

    >>> day = pd.Timestamp("2024-08-31")
    >>> table = pd.DataFrame({
    ...     "date": [day, day], "party": "UA", "controlled_km2": [1.0, 2.0],
    ...     "contested_km2": 0.5, "error_km2": 0.1, "bound_km2": 0.2,
    ... })
    >>> [measured.held_km2 for measured in series_of_party(table, "UA")]
    [2.5]
    """
    rows = measured[measured["party"] == party].drop_duplicates("date", keep="last")
    return tuple(
        Measured(
            date=row["date"].date(),
            controlled_km2=row["controlled_km2"],
            contested_km2=row["contested_km2"],
            error_km2=row["error_km2"],
            bound_km2=row["bound_km2"],
        )
        for row in rows.to_dict("records")
    )


def with_party(
    figures: Iterable[ReportedFigure], measured: pd.DataFrame, party: str | None = None
) -> tuple[ReportedFigure, ...]:
    """Return figures with the party whose ground they count, where they don't name it themselves.

    That is the one of :func:`party_counted`, of figures that count ground held; blank stays blank
    where it cannot be told. Raises ``UsageError`` as :func:`party_counted`.

    >>> import datetime as dt
    >>> from frontmap.verdicts import ReportedFigure
    >>> of_nobody = ReportedFigure(
    ...     as_of=dt.date(2024, 8, 31), precision="day", value_km2=900.0, qualifier="about",
    ...     measure="controlled",
    ... )
    >>> [figure.party for figure in with_party([of_nobody], pd.DataFrame({"party": ["UA"]}))]
    ['UA']
    """
    return tuple(
        replace(figure, party=party_counted(measured, party))
        if figure.counts_ground_held and not figure.party
        else figure
        for figure in figures
    )


def figure_series(
    figures: Iterable[ReportedFigure], measured: pd.DataFrame
) -> tuple[Sequence[Measured] | None, ...]:
    """Give, for each figure in order, the areas of the party whose ground it counts.

    None where the table of areas has ground, but none of the figure's party, or the figure has
    none: :func:`with_party` gives it that of the map.

    >>> import datetime as dt
    >>> from frontmap.verdicts import ReportedFigure
    >>> ours = ReportedFigure(
    ...     as_of=dt.date(2024, 8, 31), precision="day", value_km2=900.0, qualifier="about",
    ...     measure="controlled", party="UA",
    ... )
    >>> table = pd.DataFrame({
    ...     "date": [pd.Timestamp("2024-08-31")], "party": "UA", "controlled_km2": [1.0],
    ...     "contested_km2": 0.5, "error_km2": 0.1, "bound_km2": 0.2,
    ... })
    >>> own, others = figure_series([ours, replace(ours, party="RU")], table)
    >>> len(own), others
    (1, None)
    """
    mapped = set(measured["party"])

    @cache
    def series_of(whose: str) -> Sequence[Measured] | None:
        return series_of_party(measured, whose) if whose in mapped or not mapped else None

    return tuple(series_of(figure.party) for figure in figures)


def figure_ranges(
    archive: Archive,
    figures: Sequence[ReportedFigure],
    measured: pd.DataFrame,
    known: Known = None,
) -> tuple[MapRange | None, ...]:
    """Give, for each figure of a day between two snapshots, what is certain and possible on it.

    ``measured`` as for :func:`figure_series`. None for a figure of a day that has a
    snapshot or lies beyond the ends of the series, for one of no day, and where the map shows none
    of its party's ground. Raises UsageError where two makers' snapshots lie on either side.

    >>> import frontmap
    >>> from frontmap.facts import read_reported, read_sources
    >>> from frontmap.verdicts import reported_figures
    >>> kursk = frontmap.open("geodata/kursk")
    >>> figures = reported_figures(read_reported(kursk.root), read_sources(kursk.root))
    >>> measured = areas(kursk, errors="none")
    >>> found = figure_ranges(kursk, with_party(figures[:9], measured), measured)
    >>> [len(each.snapshots) for each in found if each is not None]
    [2, 2]
    """
    dates = sorted(set(measured["date"].dt.date))
    mapped = set(measured["party"])
    asked: list[tuple[dt.date, str] | None] = []
    for figure in figures:
        within = dates and dates[0] < figure.as_of < dates[-1] and figure.as_of not in dates
        of_a_day = figure.measure == "controlled" and figure.precision in DAYS_AROUND
        asks = within and of_a_day and figure.party in mapped
        asked.append((figure.as_of, figure.party) if asks else None)
    days = {each[0] for each in asked if each}
    if not days:
        return (None,) * len(asked)
    rows = areas_between(archive, dates=sorted(days), known=known)
    ranges = {
        (row["date"].date(), row["party"]): MapRange(
            snapshots=(row["before_date"].date(), row["after_date"].date()),
            low_km2=row["certainly_controlled_km2"],
            controlled_km2=row["possibly_controlled_km2"],
            high_km2=row["possibly_held_km2"],
            error_km2=row["error_km2"],
            bound_km2=row["bound_km2"],
        )
        for row in rows.to_dict("records")
    }
    return tuple(None if each is None else ranges.get(each) for each in asked)


def judge_figures(
    figures: Sequence[ReportedFigure],
    series: Sequence[Sequence[Measured] | None],
    between: Sequence[MapRange | None] | None = None,
) -> tuple[JudgedFigure, ...]:
    """Judge each figure against its own series, as :func:`figure_series` gives them.

    ``between``: against what :func:`figure_ranges` gives, where it gives something.

    >>> import datetime as dt
    >>> from frontmap.verdicts import ReportedFigure
    >>> undated = ReportedFigure(
    ...     as_of=dt.date(2024, 8, 31), precision="undated", value_km2=900.0, qualifier="about",
    ...     measure="controlled",
    ... )
    >>> [judgement.reason for _, judgement in judge_figures([undated, undated], [(), None])]
    ['no_snapshots', 'party_not_named']
    """
    ranges = between or [None] * len(figures)
    return tuple(
        JudgedFigure(figure, judge(figure, own, range_of_day))
        for figure, own, range_of_day in zip(figures, series, ranges, strict=True)
    )


def judge_as_of_day(figure: ReportedFigure, series: Sequence[Measured] | None) -> JudgedFigure:
    """Judge a figure as if its as-of date were exact: for one known to the month only.

    ``series`` as :func:`~frontmap.verdicts.judge` takes it.

    >>> import datetime as dt
    >>> from frontmap.verdicts import ReportedFigure
    >>> day = dt.date(2024, 8, 31)
    >>> series = [
    ...     Measured(date=each, controlled_km2=area, contested_km2=0, error_km2=9, bound_km2=9)
    ...     for each, area in ((dt.date(2024, 8, 12), 600.0), (day, 900.0))
    ... ]
    >>> figure = ReportedFigure(
    ...     as_of=day, precision="month", value_km2=700.0, qualifier="exact", measure="controlled"
    ... )
    >>> judge(figure, series).verdict, judge_as_of_day(figure, series).judgement.verdict
    ('agrees', 'below')
    """
    exact = replace(figure, precision="day")
    return JudgedFigure(exact, judge(exact, series))


def verdict_table(reported: pd.DataFrame, judged: Sequence[JudgedFigure]) -> pd.DataFrame:
    """Set the judgements beside the rows of ``reported`` that they are on, one for each in order.

    The columns are those of ``reported`` (``as_of`` is datetime64[us]); ``publisher`` and ``url``
    of the first source; the verdict and why, in words; ``snapshots, age_days, low_km2,
    controlled_km2, high_km2, error_km2, bound_km2, difference_km2, difference_percent,
    within_error, within_bound``; and the codes ``basis, reason, nearest`` (datetime64[us]) from
    which the words are made: all as
    :class:`frontmap.verdicts.Judgement` explains them.

    >>> from pathlib import Path
    >>> from frontmap.facts import read_reported
    >>> of_nothing = verdict_table(read_reported(Path("no such folder")), ())
    >>> list(of_nothing.columns[-3:]), len(of_nothing)
    (['basis', 'reason', 'nearest'], 0)
    """
    columns = ["publisher", "url", "verdict", "why", *_NUMBERS, *_LAST]
    rows = [
        {
            "publisher": figure.publisher,
            "url": figure.url,
            "verdict": VERDICT_WORDS[judgement.verdict],
            "why": why_text(figure, judgement),
            **{name: getattr(judgement, name) for name in (*_NUMBERS, *_LAST)},
        }
        for figure, judgement in judged
    ]
    beside = pd.DataFrame(rows, columns=pd.Index(columns), index=reported.index)
    return pd.concat([reported, beside.astype({"nearest": "datetime64[us]"})], axis="columns")
