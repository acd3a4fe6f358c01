"""Verbs that measure: area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from frontmap.cli.app import app
from frontmap.cli.options import (
    ArchiveOption,
    FormatOption,
    KnownOption,
    open_archive,
    parse_date,
    parse_instant,
)
from frontmap.cli.output import emit
from frontmap.model import By, Fill, Per  # noqa: TC001  typer reads the signatures

if TYPE_CHECKING:
    import pandas as pd

SeriesDates = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[DATE]...", help="Valid dates, as YYYY-MM-DD; all of the series without one."
    ),
]


@app.command(epilog="Example: frontmap area 2024-08-31 --by status --format csv")
def area(
    dates: SeriesDates = None,
    by: Annotated[By, typer.Option("--by", help="One row for each of these.")] = "party",
    fill: Annotated[
        Fill,
        typer.Option("--fill", help="How to answer a date that has no snapshot of its own."),
    ] = "none",
    per: Annotated[
        Per, typer.Option("--per", help="The last snapshot of each day, or every one.")
    ] = "date",
    known: KnownOption = None,
    archive: ArchiveOption = None,
    form: FormatOption = "text",
) -> None:
    """Print the ground controlled, contested and claimed on each date, in km², with its error."""
    from frontmap.area import areas

    table = areas(
        open_archive(archive),
        by=by,
        dates=[parse_date(date) for date in dates] if dates else None,
        known=parse_instant(known) if known else None,
        fill=fill,
        per=per,
    )
    emit(_readable(table) if form == "text" else table, form)


def _readable(table: pd.DataFrame) -> pd.DataFrame:
    """One decimal and short digests for people; programs get every digit."""
    short = table.drop(columns="method", errors="ignore").round(1)
    if "digest" in short:
        short["digest"] = short["digest"].str[:12]
    return short
