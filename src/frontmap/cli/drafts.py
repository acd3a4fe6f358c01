"""Verbs that turn evidence about settlements into statuses and ground: places, draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from frontmap.cli.app import app
from frontmap.cli.options import (
    ArchiveOption,
    DateArgument,
    FormatOption,
    open_archive,
    parse_date,
)
from frontmap.cli.output import emit

if TYPE_CHECKING:
    import datetime as dt


PublishedOption = Annotated[
    str | None,
    typer.Option(
        "--published-by",
        metavar="DATE",
        help="Use only events that were published by the end of this day.",
        show_default=False,
    ),
]


@app.command(epilog="Example: frontmap places 2024-08-31 --format csv")
def places(
    date: Annotated[
        str | None,
        typer.Argument(
            metavar="[DATE]",
            help="Status of each settlement on this date; without it, "
            "the first and last date on which each was controlled.",
        ),
    ] = None,
    published_by: PublishedOption = None,
    archive: ArchiveOption = None,
    form: FormatOption = "text",
) -> None:
    """Print the status of settlements, computed from the weighed events beside the archive."""
    from frontmap.places import Facts, held, statuses

    facts = Facts.read(open_archive(archive).root)
    if date is None:
        emit(held(facts, published_by=_day(published_by)), form)
    else:
        emit(statuses(facts, [parse_date(date)], published_by=_day(published_by)), form)


@app.command(epilog="Example: frontmap draft 2024-08-31 > draft.geojson")
def draft(
    date: DateArgument,
    published_by: PublishedOption = None,
    archive: ArchiveOption = None,
) -> None:
    """Print zones of DATE, drafted from the settlement events, as GeoJSON to edit and add."""
    from frontmap.draft import draft as draft_zones
    from frontmap.draft import feature_collection

    zones = draft_zones(open_archive(archive), parse_date(date), published_by=_day(published_by))
    print(feature_collection(zones), end="")


def _day(text: str | None) -> dt.date | None:
    return None if text is None else parse_date(text)
