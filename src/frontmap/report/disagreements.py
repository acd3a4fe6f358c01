"""Where reported figures disagree, and what each of them counts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from frontmap.report.text_tables import Cell, Table
from frontmap.verdicts import interval_km2
from frontmap.verdicts import wording as figure_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from frontmap.verdicts import ReportedFigure

MEASURES = {
    "controlled": "ground held on a day",
    "peak": "the most ground that was ever held",
    "combat_zone": "the extent of the fighting, held or not",
    "retaken": "ground taken back since an earlier day",
}
SAME_DAYS = 1


def disagreement_tables(figures: Sequence[ReportedFigure]) -> tuple[Table, ...]:
    """Tabulate the figures that exclude each other, and the range of each thing counted.

    >>> import datetime as dt
    >>> from frontmap.verdicts import ReportedFigure
    >>> figures = [
    ...     ReportedFigure(
    ...         as_of=dt.date(2024, 8, 31), precision="day", value_km2=value, qualifier="exact",
    ...         measure="controlled", claimant=name,
    ...     )
    ...     for name, value in (("A", 480.0), ("B", 1000.0))
    ... ]
    >>> [[cell.text for cell in row] for row in disagreement_tables(figures)[0].rows]
    [['2024-08-31', '480 (A)', '1,000 (B)', '2.1']]
    """
    return tuple(table for table in (_same_days(figures), _by_measure(figures)) if table.rows)


def _same_days(figures: Sequence[ReportedFigure]) -> Table:
    """Tabulate runs of days whose lowest and highest figure exclude each other.

    A run has no day between two figures; only ground held on a stated day is compared.
    """
    held = [
        figure for figure in figures if figure.measure == "controlled" and figure.precision == "day"
    ]
    rows = []
    for run in _runs(sorted(held, key=lambda figure: figure.as_of)):
        low = min(run, key=lambda figure: figure.value_km2)
        high = max(run, key=lambda figure: figure.value_km2)
        if excludes(low, high):
            times = high.value_km2 / low.value_km2 if low.value_km2 else math.inf
            rows.append((_days(run), _figure(low), _figure(high), Cell(f"{times:.1f}")))
    return Table(
        "Figures of ground held on the same days that exclude each other",
        ("days", "lowest, km²", "highest, km²", "highest / lowest"),
        tuple(rows),
    )


def _by_measure(figures: Sequence[ReportedFigure]) -> Table:
    rows = []
    for measure, what in MEASURES.items():
        values = [figure.value_km2 for figure in figures if figure.measure == measure]
        if values:
            least, most = map(figure_text.area_text, (min(values), max(values)))
            words = (
                figure_text.MEASURE_WORDS[measure],
                what,
                str(len(values)),
                f"{least} to {most}",
            )
            rows.append(tuple(Cell(word) for word in words))
    return Table("What the figures count", ("counts", "which is", "figures", "km²"), tuple(rows))


def excludes(low: ReportedFigure, high: ReportedFigure) -> bool:
    """Tell whether two figures can't both be right, by their own words and digits.

    >>> import datetime as dt
    >>> from frontmap.verdicts import ReportedFigure
    >>> low, high = (
    ...     ReportedFigure(
    ...         as_of=dt.date(2024, 8, 31), precision="day", value_km2=value, qualifier=qualifier,
    ...         measure="controlled",
    ...     )
    ...     for value, qualifier in ((1171.0, "exact"), (1243.0, "about"))
    ... )
    >>> excludes(low, high)
    True
    """
    _, most = interval_km2(low.value_km2, low.qualifier)
    least, _ = interval_km2(high.value_km2, high.qualifier)
    return most < least


def _runs(figures: Sequence[ReportedFigure]) -> Iterator[list[ReportedFigure]]:
    run: list[ReportedFigure] = []
    for figure in figures:
        if run and (figure.as_of - run[-1].as_of).days > SAME_DAYS:
            yield run
            run = []
        run.append(figure)
    if run:
        yield run


def _days(run: Sequence[ReportedFigure]) -> Cell:
    first, last = run[0].as_of, run[-1].as_of
    return Cell(f"{first}" if first == last else f"{first} to {last}")


def _figure(figure: ReportedFigure) -> Cell:
    note = f": {figure.note}" if figure.note else ""
    return Cell(f"{figure_text.value_text(figure)} ({figure.speaker}){note}", figure.url)
