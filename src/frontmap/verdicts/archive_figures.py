"""Every reported figure of an archive against its map, in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontmap.facts import read_reported, read_sources, require_parties
from frontmap.facts.tables import REPORTED
from frontmap.measure.area import areas
from frontmap.verdicts.envelope import envelope_table, envelopes
from frontmap.verdicts.figures import reported_figures
from frontmap.verdicts.tabulate import figure_ranges, figure_series, judge_figures, verdict_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from frontmap.archive import Archive
    from frontmap.measure.timeline import Known
    from frontmap.model import FigureFill


def figure_verdicts(
    archive: Archive,
    *,
    party: str | None = None,
    known: Known = None,
    fill: FigureFill = "none",
    beside: Sequence[Archive] = (),
) -> pd.DataFrame:
    """Set every figure of ``reported.csv`` against the map.

    Parameters
    ----------
    archive
        What ``frontmap.open`` returns.
    party
        Whose ground those figures count that name no party themselves; by default the one party
        whose hold is mapped. Where several are, such a figure cannot be checked.
    known
        Use the map as it was known at this instant.
    fill
        ``"between"`` sets a figure of a day that lies between two snapshots against what is
        certainly and what is possibly held on it, in the place of the nearest snapshot.
    beside
        Other makers' archives, which are only read: each figure is also set against the range of
        all their maps and this one.

    Returns
    -------
    pandas.DataFrame
        One row a figure, in the order of ``reported.csv``, as
        :func:`frontmap.verdicts.verdict_table` explains it; with ``beside``, also the columns of
        :func:`frontmap.verdicts.envelope.envelope_table`.
        Where ``as_of_precision`` is ``undated``, ``as_of`` is only the place in the order of dates.

    Raises
    ------
    InputError
        A table cannot be read, or a figure is of a party that ``archive.json`` doesn't have.
    UsageError
        The map shows no ground of ``party``; or two makers' snapshots lie on either side of a
        figure's day.

    Examples
    --------
    >>> import frontmap
    >>> table = frontmap.figure_verdicts(frontmap.open("geodata/kursk"))
    >>> table.loc[table["value_km2"] == 1243, ["verdict", "basis", "reason"]].values.tolist()
    [['above the map', 'month', 'exceeds_both']]
    """
    reported = read_reported(archive.root)
    figures = reported_figures(reported, read_sources(archive.root))
    require_parties(archive.root / REPORTED.name, archive.about.parties)
    measured = areas(archive, known=known)
    series = figure_series(figures, measured, party)
    between = figure_ranges(archive, figures, measured, party, known) if fill != "none" else None
    table = verdict_table(reported, judge_figures(figures, series, between))
    if not beside:
        return table
    found = envelopes(
        archive, figures, beside, measured=measured, party=party, known=known, fill=fill
    )
    return table.join(envelope_table(found).set_index(table.index))
