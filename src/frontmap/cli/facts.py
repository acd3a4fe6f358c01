"""Verbs that set facts and map against each other: reported."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from frontmap.cli.app import app
from frontmap.cli.options import (
    ArchiveOption,
    Format,
    FormatOption,
    KnownOption,
    open_archive,
    parse_instant,
)
from frontmap.cli.output import emit
from frontmap.errors import NotFoundError

if TYPE_CHECKING:
    import pandas as pd

    from frontmap.reported import Measured

ValueOption = Annotated[
    float | None,
    typer.Option(
        "--value", metavar="KM2", help="Only the figure of so many km², explained in full."
    ),
]
PartyOption = Annotated[
    str | None,
    typer.Option("--party", metavar="ID", help="Whose ground the figures count."),
]


@app.command(epilog="Example: frontmap reported --value 1243")
def reported(
    value: ValueOption = None,
    party: PartyOption = None,
    known: KnownOption = None,
    archive: ArchiveOption = None,
    form: FormatOption = "text",
) -> None:
    """Print the verdict of the map on every reported figure, with what it rests on."""
    from frontmap.facts import read_reported, read_sources
    from frontmap.reported import judged, measured_series

    opened = open_archive(archive)
    figures = read_reported(opened.root)
    if figures.empty:
        raise NotFoundError(f"{opened.root / 'reported.csv'}: no reported figure; add one there")
    if value is not None:
        figures = figures[figures["value_km2"] == value]
    if figures.empty:
        raise NotFoundError(f"no reported figure of {value:g} km²; see them: frontmap reported")
    series = measured_series(
        opened, party=party, known=parse_instant(known) if known is not None else None
    )
    table = judged(figures, read_sources(opened.root), series)
    if form != "text":
        emit(_flat(table, form), form)
    elif value is None:
        _print_all(table)
    else:
        _print_one_by_one(table, series)


def _print_all(table: pd.DataFrame) -> None:
    from frontmap.reported import text

    for row, judgement in text.rows(table):
        print(text.two_lines(row, judgement))
    print(text.counts_text(table), file=sys.stderr)


def _print_one_by_one(table: pd.DataFrame, series: tuple[Measured, ...]) -> None:
    from frontmap.reported import by_the_day, text

    for row, judgement in text.rows(table):
        to_the_month = row["as_of_precision"] == "month" and row["measure"] == "controlled"
        print(text.details(row, judgement, by_the_day(row, series) if to_the_month else None))


def _flat(table: pd.DataFrame, form: Format) -> pd.DataFrame:
    """Write lists within a cell as lists in JSON, as words in CSV."""
    flat = table.copy()
    for name in ("snapshots", "age_days"):
        texts = [[str(each) for each in cell] for cell in table[name]]
        numbers = [list(cell) for cell in table[name]]
        lists = texts if name == "snapshots" else numbers
        flat[name] = lists if form == "json" else [" ".join(words) for words in texts]
    return flat
