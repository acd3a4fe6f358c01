"""Every reported figure of an archive against its map, in one call."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING

from frontmap.facts import read_reported, read_sources, require_parties
from frontmap.facts.tables import REPORTED
from frontmap.measure.area import areas
from frontmap.verdicts.envelope import envelope_table, envelopes
from frontmap.verdicts.figures import reported_figures
from frontmap.verdicts.tabulate import (
    figure_ranges,
    figure_series,
    judge_figures,
    verdict_table,
    with_party,
)
from frontmap.verdicts.whose import whose_ground

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import pandas as pd

    from frontmap.archive import Archive
    from frontmap.measure.timeline import Known
    from frontmap.model import FigureFill
    from frontmap.verdicts.judgement import JudgedFigure, Measured
    from frontmap.verdicts.makers_range import Envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureVerdicts:
    """The figures of an archive with their verdicts, one for each of the rows ``reported``.

    ``series`` has the areas that each was set against, None where there are none of its party;
    ``whose`` the name of the party whose ground it counts, blank where that is evident or unknown;
    ``envelopes`` what several makers' maps show, and nothing where no other maker was asked.
    """

    reported: pd.DataFrame
    judged: tuple[JudgedFigure, ...]
    series: tuple[Sequence[Measured] | None, ...]
    whose: tuple[str, ...]
    envelopes: tuple[Envelope, ...]

    def without(self, parties: Collection[str]) -> FigureVerdicts:
        """Return the figures that count no ground of these parties.

        >>> import frontmap
        >>> kursk = frontmap.open("geodata/kursk")
        >>> found = judged_archive(kursk, frontmap.areas(kursk), value_km2=1243)
        >>> len(found.without({"RU"}).judged), len(found.without({"UA"}).judged)
        (1, 0)
        """
        counted = [figure.party not in parties for figure, _ in self.judged]
        return FigureVerdicts(
            reported=self.reported.loc[counted],
            judged=tuple(compress(self.judged, counted)),
            series=tuple(compress(self.series, counted)),
            whose=tuple(compress(self.whose, counted)),
            envelopes=tuple(compress(self.envelopes, counted)),
        )

    def table(self) -> pd.DataFrame:
        """Return one row a figure: what :func:`figure_verdicts` gives.

        >>> import frontmap
        >>> kursk = frontmap.open("geodata/kursk")
        >>> len(judged_archive(kursk, frontmap.areas(kursk), value_km2=1243).table())
        1
        """
        table = verdict_table(self.reported, self.judged)
        if not self.envelopes:
            return table
        return table.join(envelope_table(self.envelopes).set_index(table.index))


def judged_archive(  # noqa: PLR0913  what verdicts may be asked for
    archive: Archive,
    measured: pd.DataFrame,
    *,
    value_km2: float | None = None,
    party: str | None = None,
    known: Known = None,
    fill: FigureFill = "none",
    beside: Sequence[Archive] = (),
) -> FigureVerdicts:
    """Judge the figures of ``reported.csv``, or those of one value; nothing where there are none.

    ``measured`` is the archive's table of :func:`frontmap.measure.area.areas`; the rest is as
    :func:`figure_verdicts` takes it, which raises the same.

    >>> import frontmap
    >>> kursk = frontmap.open("geodata/kursk")
    >>> found = judged_archive(kursk, frontmap.areas(kursk), value_km2=1243)
    >>> [judgement.reason for _, judgement in found.judged], found.whose
    (['exceeds_both'], ('',))
    """
    reported = read_reported(archive.root)
    if value_km2 is not None:
        reported = reported[reported["value_km2"] == value_km2]
    require_parties(archive.root / REPORTED.name, archive.about.parties)
    given = reported_figures(reported, read_sources(archive.root))
    figures = with_party(given, measured, party)
    series = figure_series(figures, measured)
    between = figure_ranges(archive, figures, measured, known) if fill != "none" else None
    return FigureVerdicts(
        reported=reported,
        judged=judge_figures(figures, series, between),
        series=series,
        whose=whose_ground(archive.about, figures, set(measured["party"])),
        envelopes=envelopes(archive, figures, beside, measured=measured, known=known, fill=fill)
        if beside
        else (),
    )


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
    measured = areas(archive, known=known)
    found = judged_archive(archive, measured, party=party, known=known, fill=fill, beside=beside)
    return found.table()
