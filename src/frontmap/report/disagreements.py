"""Where reported figures disagree, and what each of them counts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from frontmap.report.cells import Cell, Table
from frontmap.verdicts import interval_km2
from frontmap.verdicts import wording as figure_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

MEASURES = {
    "controlled": "ground held on a day",
    "peak": "the most ground that was ever held",
    "combat_zone": "the extent of the fighting, held or not",
    "retaken": "ground taken back since an earlier day",
}
SAME_DAYS = 1


def disagreements(verdicts: pd.DataFrame) -> tuple[Table, ...]:
    """Tabulate the figures that exclude each other, and the spread of each thing counted."""
    return tuple(table for table in (_same_days(verdicts), _by_measure(verdicts)) if table.rows)


def _same_days(verdicts: pd.DataFrame) -> Table:
    """Tabulate runs of days whose lowest and highest figure exclude each other.

    A run has no day between two figures; only ground held on a stated day is compared.
    """
    held = verdicts[(verdicts["measure"] == "controlled") & (verdicts["as_of_precision"] == "day")]
    figures = [
        {str(name): value for name, value in row.items()}
        for row in held.sort_values("as_of", kind="stable").to_dict("records")
    ]
    rows = []
    for run in _runs(figures):
        low = min(run, key=lambda figure: figure["value_km2"])
        high = max(run, key=lambda figure: figure["value_km2"])
        if excludes(low, high):
            times = high["value_km2"] / low["value_km2"] if low["value_km2"] else math.inf
            rows.append((_days(run), _figure(low), _figure(high), Cell(f"{times:.1f}")))
    return Table(
        "Figures of ground held on the same days that exclude each other",
        ("days", "lowest, km²", "highest, km²", "highest / lowest"),
        tuple(rows),
    )


def _by_measure(verdicts: pd.DataFrame) -> Table:
    rows = []
    for measure, what in MEASURES.items():
        values = verdicts.loc[verdicts["measure"] == measure, "value_km2"]
        if not values.empty:
            spread = (
                f"{figure_text.area_text(values.min())} to {figure_text.area_text(values.max())}"
            )
            words = (figure_text.MEASURE_WORDS[measure], what, str(len(values)), spread)
            rows.append(tuple(Cell(word) for word in words))
    return Table("What the figures count", ("counts", "which is", "figures", "km²"), tuple(rows))


def excludes(low: Mapping[str, Any], high: Mapping[str, Any]) -> bool:
    """Tell whether two figures can't both be right, by their own words and digits.

    >>> excludes(
    ...     {"value_km2": 1171.0, "qualifier": "exact"}, {"value_km2": 1243.0, "qualifier": "about"}
    ... )
    True
    """
    _, most = interval_km2(low["value_km2"], low["qualifier"])
    least, _ = interval_km2(high["value_km2"], high["qualifier"])
    return most < least


def _runs(figures: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    run: list[dict[str, Any]] = []
    for figure in figures:
        if run and (figure["as_of"] - run[-1]["as_of"]).days > SAME_DAYS:
            yield run
            run = []
        run.append(figure)
    if run:
        yield run


def _days(run: Sequence[dict[str, Any]]) -> Cell:
    first, last = run[0]["as_of"], run[-1]["as_of"]
    return Cell(str(first) if first == last else f"{first} to {last}")


def _figure(figure: Mapping[str, Any]) -> Cell:
    note = f": {figure['note']}" if figure["note"] else ""
    said = figure["claimant"] or figure["publisher"]
    return Cell(f"{figure_text.value_text(figure)} ({said}){note}", figure["url"])
