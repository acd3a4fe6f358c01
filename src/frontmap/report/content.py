"""What the written answer says, as plain text and tables of text; the same numbers as the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from frontmap.errors import NotFoundError
from frontmap.facts import read_reported, read_sources, require_parties
from frontmap.facts.tables import REPORTED
from frontmap.measure.area import areas
from frontmap.report import sentences
from frontmap.report.disagreements import disagreement_tables
from frontmap.report.text_tables import Cell, Table
from frontmap.verdicts import (
    figure_series,
    judge_figures,
    party_counted,
    reported_figures,
    series_of_party,
    verdict_table,
)
from frontmap.verdicts import wording as figure_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from frontmap.archive import Archive
    from frontmap.measure.timeline import Known
    from frontmap.verdicts import JudgedFigure, Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The written answer: plain text throughout, nothing of it markup.

    ``series`` and ``verdicts`` are the numbers that the text was made from.
    """

    title: str
    question: str
    answer: tuple[str, ...]
    area: Table
    figures: Table
    counts: str
    disagreements: tuple[Table, ...]
    limits: tuple[str, ...]
    method: tuple[str, ...]
    series: tuple[Measured, ...]
    verdicts: pd.DataFrame


def compose_report(
    archive: Archive,
    *,
    value_km2: float | None = None,
    party: str | None = None,
    known: Known = None,
) -> Report:
    """Write the report of an archive.

    Parameters
    ----------
    archive
        What ``frontmap.open`` returns.
    value_km2
        The reported figure that the first paragraph answers; None: the latest date does.
    party, known
        As :func:`frontmap.verdicts.figure_verdicts`. Where several parties' ground is mapped, the
        report is on one of them: this one, or the first of ``archive.json``. Figures of the others
        are left to the report on each.

    Raises
    ------
    NotFoundError
        The archive has no snapshot, or no reported figure of that value.

    Examples
    --------
    >>> import frontmap
    >>> report = frontmap.compose_report(frontmap.open("geodata/kursk"), value_km2=1243)
    >>> report.question
    '1,243 km²?'
    >>> report.answer[0].split(" is ")[1].partition(",")[0]
    'above the map'
    >>> [cell.text for cell in report.area.rows[0]][:2]
    ['2024-08-06', '60']
    """
    measured = areas(archive, known=known)
    whose = party_counted(measured, party) or _first_mapped(archive, measured)
    series = series_of_party(measured, whose)
    if not series:
        raise NotFoundError(f"{archive.root}: no snapshot to report on; add one: frontmap add")
    reported = read_reported(archive.root)
    require_parties(archive.root / REPORTED.name, archive.about.parties)
    of_others = set(measured["party"]) - {whose}
    reported = reported[~reported["party"].isin(of_others)]
    figures = reported_figures(reported, read_sources(archive.root))
    judged = judge_figures(figures, figure_series(figures, measured, whose))
    snapshots = tuple(archive.snapshots(known=known))
    named = sentences.party_name(archive.about, whose)
    asked = None if value_km2 is None else _asked(judged, value_km2)
    return Report(
        title=f"{archive.about.title}: {named}" if of_others else archive.about.title,
        question=sentences.question(asked),
        answer=sentences.answer(asked, series, judged),
        area=_area_table(series),
        figures=_figure_table(judged),
        counts=figure_text.counts_text(judgement for _, judgement in judged),
        disagreements=disagreement_tables([figure for figure, _ in judged]),
        limits=(
            *sentences.limits(series, snapshots, judged),
            *sentences.other_parties(archive.about, sorted(of_others)),
        ),
        method=sentences.method(archive),
        series=series,
        verdicts=verdict_table(reported, judged),
    )


def _first_mapped(archive: Archive, measured: pd.DataFrame) -> str:
    mapped = set(measured["party"])
    return next((party for party in archive.about.parties if party in mapped), "")


def _asked(judged: Sequence[JudgedFigure], value_km2: float) -> JudgedFigure:
    for each in judged:
        if each.figure.value_km2 == value_km2:
            return each
    raise NotFoundError(f"no reported figure of {value_km2:g} km²; see them: frontmap reported")


def _area_table(series: Sequence[Measured]) -> Table:
    rows = [
        (
            str(measured.date),
            f"{measured.controlled_km2:,.0f}",
            f"{measured.held_km2:,.0f}",
            f"{measured.error_km2:,.0f}",
            f"{measured.bound_km2:,.0f}",
        )
        for measured in series
    ]
    return Table(
        "Area by date, in km²",
        ("date", "controlled", "controlled + contested", "error ±", "bound ±"),
        tuple(tuple(Cell(text) for text in row) for row in rows),
    )


def _figure_table(judged: Sequence[JudgedFigure]) -> Table:
    heads = (
        "as of",
        "km²",
        "counts",
        "said by",
        "published by",
        "verdict",
        "map, km²",
        "snapshots",
        "difference from controlled",
        "why",
        "note",
    )
    rows = tuple(
        (
            Cell(figure_text.as_of_text(figure)),
            Cell(figure_text.value_text(figure)),
            Cell(figure_text.MEASURE_WORDS[figure.measure]),
            Cell(figure.claimant),
            Cell(figure.publisher, figure.url),
            Cell(figure_text.VERDICT_WORDS[judgement.verdict]),
            Cell(figure_text.range_text(judgement).replace(" km²", "")),
            Cell(figure_text.snapshots_text(judgement)),
            Cell(figure_text.difference_text(judgement)),
            Cell(figure_text.brief_why_text(figure, judgement)),
            Cell(figure.note),
        )
        for figure, judgement in judged
    )
    return Table("Reported figures and their verdicts", heads, rows)
