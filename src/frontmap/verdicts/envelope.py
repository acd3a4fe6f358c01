"""The reported figures of an archive against its map and those of other makers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from frontmap.archive.side_by_side import maker_names
from frontmap.measure.area import areas
from frontmap.verdicts.makers_range import Envelope, envelope_of
from frontmap.verdicts.tabulate import figure_ranges, figure_series, judge_figures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from frontmap.archive import Archive
    from frontmap.measure.timeline import Known
    from frontmap.model import FigureFill
    from frontmap.verdicts.figures import ReportedFigure
    from frontmap.verdicts.judgement import Judgement

COLUMNS = ("makers_position", "makers_low_km2", "makers_high_km2", "makers_count", "makers")


def envelopes(  # noqa: PLR0913  what one map's verdicts take, and the other maps
    archive: Archive,
    figures: Sequence[ReportedFigure],
    others: Sequence[Archive],
    *,
    measured: pd.DataFrame,
    known: Known = None,
    fill: FigureFill = "none",
) -> tuple[Envelope, ...]:
    """Set each figure against the maps of an archive and of other makers, in the order of figures.

    ``measured`` is the archive's own table of :func:`frontmap.measure.area.areas`; ``known`` and
    ``fill`` as :func:`frontmap.verdicts.figure_verdicts`. A figure counts the ground of the same
    party on every map, and is set against none where it has no party. The others are only read.
    Raises what ``figure_verdicts`` raises.

    >>> import frontmap
    >>> from frontmap.facts import read_reported, read_sources
    >>> from frontmap.verdicts import reported_figures, with_party
    >>> kursk = frontmap.open("geodata/kursk")
    >>> figures = reported_figures(read_reported(kursk.root), read_sources(kursk.root))[:1]
    >>> measured = frontmap.areas(kursk)
    >>> found = envelopes(kursk, with_party(figures, measured), [kursk], measured=measured)
    >>> [(each.makers, each.position) for each in found]
    [(('frontmap (1)', 'frontmap (2)'), 'below')]
    """
    archives = [archive, *others]
    of_makers: list[list[Judgement]] = []
    for each in archives:
        table = measured if each is archive else areas(each, known=known)
        between = figure_ranges(each, figures, table, known) if fill == "between" else None
        judged = judge_figures(figures, figure_series(figures, table), between)
        of_makers.append([judgement for _, judgement in judged])
    names = maker_names(archives)
    return tuple(
        envelope_of(figure, judgements, names)
        if figure.party or not figure.counts_ground_held
        else Envelope((), len(names))
        for figure, judgements in zip(figures, zip(*of_makers, strict=True), strict=True)
    )


def envelope_table(found: Sequence[Envelope]) -> pd.DataFrame:
    """Return one row for each, in order: the columns that stand beside those of the verdicts.

    ``makers_position`` is ``above``, ``within`` or ``below`` the range from ``makers_low_km2`` to
    ``makers_high_km2``, blank where no maker has the date; ``makers`` names those that have it,
    between them ``"; "``, ``makers_count`` counts them.

    >>> from frontmap.verdicts import Envelope
    >>> envelope_table([Envelope(("us", "them"), 3, 900.0, 1300.0, "within")]).values.tolist()
    [['within', 900.0, 1300.0, 2, 'us; them']]
    """
    rows = [
        (each.position, each.low_km2, each.high_km2, len(each.makers), "; ".join(each.makers))
        for each in found
    ]
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS))
