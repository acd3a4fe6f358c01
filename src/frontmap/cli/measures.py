"""Verbs that measure: area, change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from frontmap.cli.app import app
from frontmap.cli.options import (
    ArchiveOption,
    FormatOption,
    GeoFormatOption,
    KnownOption,
    open_archive,
    parse_date,
    parse_instant,
)
from frontmap.cli.output import emit
from frontmap.errors import UsageError
from frontmap.model import Basis, By, Edges, Errors, Fill, Per

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

SeriesDates = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[DATE]...", help="Valid dates, as YYYY-MM-DD; all of the series without one."
    ),
]

FillOption = Annotated[
    Fill, typer.Option("--fill", help="How to answer a date that has no snapshot of its own.")
]
PerOption = Annotated[
    Per, typer.Option("--per", help="The last snapshot of each day, or every one.")
]


@app.command(epilog="Example: frontmap area 2024-08-31 --by status --format csv")
def area(
    dates: SeriesDates = None,
    by: Annotated[By, typer.Option("--by", help="One row for each of these.")] = "party",
    fill: FillOption = "none",
    per: PerOption = "date",
    errors: Annotated[
        Errors, typer.Option("--errors", help="Leave the errors out: faster on large archives.")
    ] = "estimate",
    edges: Annotated[
        Edges, typer.Option("--edges", help="Tell what geodesic edges would change.")
    ] = "straight",
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
        errors=errors,
        edges=edges,
    )
    emit(_readable(table) if form == "text" else table, form)


@app.command(epilog="Example: frontmap change 2024-08-31 2024-10-01 --basis held")
def change(
    dates: SeriesDates = None,
    basis: Annotated[
        Basis, typer.Option("--basis", help="Controlled ground, or with contested ground: held.")
    ] = "controlled",
    fill: FillOption = "none",
    per: PerOption = "date",
    known: KnownOption = None,
    archive: ArchiveOption = None,
    form: GeoFormatOption = "text",
) -> None:
    """Print the ground gained and lost from each date to the next, in km² and km² a day.

    With two dates and --format geojson: the ground gained, lost and unchanged between them.
    """
    from frontmap import change as room

    opened = open_archive(archive)
    days = [parse_date(date) for date in dates] if dates else None
    instant = parse_instant(known) if known else None
    if form == "geojson":
        start, end = _two(days)
        emit(room.change(opened, start, end, basis=basis, known=instant, fill=fill), form)
        return
    table = room.changes(opened, dates=days, basis=basis, known=instant, fill=fill, per=per)
    shown = ["from_maker", "to_maker", "from_digest", "to_digest", "basis"]
    emit(_readable(table.drop(columns=shown, errors="ignore")) if form == "text" else table, form)


def _two(days: list[dt.date] | None) -> tuple[dt.date, dt.date]:
    match days:
        case [start, end]:
            return start, end
        case _:
            raise UsageError("a map of change lies between two dates; give both: FROM TO")


def _readable(table: pd.DataFrame) -> pd.DataFrame:
    """One decimal and short digests for people; programs get every digit."""
    short = table.drop(columns="method", errors="ignore").round(1)
    if "digest" in short:
        short["digest"] = short["digest"].str[:12]
    return short
