"""The verdict on every reported figure of an archive, as one table."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from frontmap.errors import UsageError
from frontmap.facts import read_reported, read_sources
from frontmap.measure.area import areas
from frontmap.verdicts.judge import Judgement, Measured, judge
from frontmap.verdicts.rounding import ReportedFigure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from frontmap.archive import Archive
    from frontmap.measure.timeline import Known

JUDGED = tuple(Judgement.__dataclass_fields__)


def figure_verdicts(
    archive: Archive, *, party: str | None = None, known: Known = None
) -> pd.DataFrame:
    """Set every figure of ``reported.csv`` against the map.

    Parameters
    ----------
    archive
        What ``frontmap.open`` returns.
    party
        Whose ground the figures count; by default the one party whose hold is mapped.
    known
        Use the map as it was known at this instant.

    Returns
    -------
    pandas.DataFrame
        One row a figure, in the order of ``reported.csv``: its columns, ``publisher`` and ``url``
        of its first source, then ``verdict, why, snapshots, age_days, low_km2, controlled_km2,
        high_km2, error_km2, bound_km2, difference_km2, difference_percent, within_error,
        within_bound`` as :class:`frontmap.verdicts.Judgement` explains them. Where
        ``as_of_precision`` is ``undated``, ``as_of`` is only the place in the order of dates.

    Raises
    ------
    InputError
        A table cannot be read.
    UsageError
        Several parties are mapped and none was named.

    Examples
    --------
    >>> import frontmap
    >>> table = figure_verdicts(frontmap.open("geodata/kursk"))
    >>> set(table["verdict"]) <= {
    ...     "agrees with controlled", "agrees only if contested ground counts",
    ...     "above the map", "below the map", "cannot be checked",
    ... }
    True
    """
    series = measured_series(archive, party=party, known=known)
    return judged(read_reported(archive.root), read_sources(archive.root), series)


def measured_series(
    archive: Archive, *, party: str | None = None, known: Known = None
) -> tuple[Measured, ...]:
    """Give the area of one party on each date of the archive, in order of date."""
    table = areas(archive, known=known)
    who = party or _only_party(table)
    fields = list(Measured.__dataclass_fields__)
    rows = table.loc[table["party"] == who, fields].to_dict("records")
    return tuple(Measured(**{str(name): value for name, value in row.items()}) for row in rows)


def judged(
    reported: pd.DataFrame, sources: pd.DataFrame, series: Sequence[Measured]
) -> pd.DataFrame:
    """Give the rows of ``reported`` with publisher, address and verdict beside them."""
    known = sources.set_index("id")
    rows: list[dict[str, Any]] = []
    for cells in reported.to_dict("records"):
        row = {str(name): value for name, value in cells.items()}
        first = row["source"].partition(" ")[0]
        for name in ("publisher", "url"):
            row[name] = known[name].get(first, "")
        rows.append(row | asdict(judge(_figure(row), series)))
    columns = [*reported.columns, "publisher", "url", *JUDGED]
    return pd.DataFrame(rows, columns=pd.Index(columns), index=reported.index)


def judged_as_of_day(row: Mapping[str, Any], series: Sequence[Measured]) -> Judgement:
    """Judge a figure as if its as-of date were exact: for one known to the month only."""
    return judge(replace(_figure(row), precision="day"), series)


def _figure(row: Mapping[str, Any]) -> ReportedFigure:
    return ReportedFigure(
        as_of=row["as_of"],
        precision=row["as_of_precision"],
        value_km2=row["value_km2"],
        qualifier=row["qualifier"],
        measure=row["measure"],
    )


def _only_party(table: pd.DataFrame) -> str:
    parties = sorted(set(table["party"]))
    if len(parties) > 1:
        raise UsageError(f"the map shows ground of {', '.join(parties)}; name one with --party")
    return parties[0] if parties else ""
