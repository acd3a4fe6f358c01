"""What the written answer says, as plain text and tables of text; the same numbers as the map."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress, zip_longest
from typing import TYPE_CHECKING

from frontmap.errors import NotFoundError
from frontmap.facts import read_state_border
from frontmap.measure.area import areas
from frontmap.report import sentences
from frontmap.report.disagreements import disagreement_tables
from frontmap.report.text_tables import Cell, Table
from frontmap.verdicts import (
    judged_archive,
    party_counted,
    party_name,
    series_of_party,
    whose_ground,
)
from frontmap.verdicts import wording as figure_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from frontmap.archive import Archive
    from frontmap.measure.timeline import Known
    from frontmap.verdicts import FigureVerdicts, JudgedFigure, Measured


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
    beside: Sequence[Archive] = (),
) -> Report:
    """Write the report of an archive.

    Parameters
    ----------
    archive
        What ``frontmap.open`` returns.
    value_km2
        The reported figure that the first paragraph answers; None: the latest date does.
    party, known, beside
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
    of_others = set(measured["party"]) - {whose}
    judged_of_all = judged_archive(archive, measured, party=whose, known=known, beside=beside)
    found = judged_of_all.without(of_others)
    snapshots = tuple(archive.snapshots(known=known))
    asked = None if value_km2 is None else _asked(found.judged, value_km2)
    about, mapped = archive.about, {whose, *of_others}
    by = party_name(about, whose) if of_others or len(about.parties) > 2 else ""  # noqa: PLR2004
    counted = "" if asked is None else whose_ground(about, [asked.figure], mapped)[0]
    return Report(
        title=f"{about.title}: {by}" if of_others else about.title,
        question=sentences.question(asked, by),
        answer=sentences.answer(asked, series, found.judged, by if asked is None else counted)
        + _makers(found, asked),
        area=_area_table(series),
        figures=_figure_table(found),
        counts=figure_text.counts_text(judgement for _, judgement in found.judged),
        disagreements=disagreement_tables([figure for figure, _ in found.judged]),
        limits=(
            *sentences.limits(series, snapshots, found.judged),
            *sentences.other_parties(about, sorted(of_others)),
        ),
        method=sentences.method(
            archive, snapshots, has_border=read_state_border(archive.root) is not None
        ),
        series=series,
        verdicts=found.table(),
    )


def _makers(found: FigureVerdicts, asked: JudgedFigure | None) -> tuple[str, ...]:
    """Say where the figure that was asked about lies by several makers' maps."""
    if asked is None or not found.envelopes:
        return ()
    envelope = found.envelopes[found.judged.index(asked)]
    return (f"Against other makers' maps: {figure_text.envelope_text(envelope)}.",)


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


def _figure_table(found: FigureVerdicts) -> Table:
    """Tabulate the figures; the party and the makers' range only where there is one to tell."""
    heads = [
        "as of",
        "km²",
        "counts",
        "said by",
        "published by",
        "verdict",
        "map, km²",
        "snapshots",
        "difference from controlled",
        "party",
        "makers",
        "why",
        "note",
    ]
    rows = [
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
            Cell(whose),
            Cell("" if envelope is None else figure_text.envelope_text(envelope)),
            Cell(figure_text.brief_why_text(figure, judgement)),
            Cell(figure.note),
        )
        for (figure, judgement), whose, envelope in zip_longest(
            found.judged, found.whose, found.envelopes
        )
    ]
    extra = {"party": any(found.whose), "makers": bool(found.envelopes)}
    shown = [extra.get(head, True) for head in heads]
    return Table(
        "Reported figures and their verdicts",
        tuple(compress(heads, shown)),
        tuple(tuple(compress(row, shown)) for row in rows),
    )
