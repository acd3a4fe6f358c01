"""Verbs from evidence about settlements to statuses and ground: places, draft, review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from frontmap.cli.app import app
from frontmap.cli.options import ArchiveOption, DateArgument, FormatOption, find_archive
from frontmap.cli.output import emit, say
from frontmap.dates import as_date
from frontmap.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt

    from frontmap.archive import Archive

PublishedOption = Annotated[
    str | None,
    typer.Option(
        "--published-by",
        metavar="DATE",
        help="Use only events that were published by the end of this day.",
        show_default=False,
    ),
]


@app.command("places", epilog="Example: frontmap places 2024-08-31 --format csv")
def places_verb(
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
    from frontmap.places import SettlementTables, dates_held, read_evidence, status_table

    opened, day = find_archive(archive), _day(published_by)
    tables = SettlementTables.read(opened)
    if len(tables.parties) == 1 and tables.border is None:
        say(
            "not told: on which side of a state border a settlement lies: reference.geojson has "
            "none that is exact to 100 m"
        )
    evidence = read_evidence(tables, published_by=day)
    emit(dates_held(evidence) if date is None else status_table(evidence, as_date(date)), form)


@app.command("draft", epilog="Example: frontmap draft 2024-08-31 > draft.geojson")
def draft_verb(
    date: DateArgument,
    published_by: PublishedOption = None,
    why: Annotated[
        bool, typer.Option("--why", help="Print the reason for the draft in place of its zones.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="DATE",
            help="With --why: the settlements that changed status since this date.",
            show_default=False,
        ),
    ] = None,
    instead_of: Annotated[
        str | None,
        typer.Option(
            "--instead-of",
            metavar="DATE",
            help="With --why: what sources changed that were published after this day.",
            show_default=False,
        ),
    ] = None,
    archive: ArchiveOption = None,
) -> None:
    """Print zones of DATE, drafted from the settlement events, as GeoJSON to edit and add."""
    from frontmap.draft import draft_snapshot, feature_collection

    opened, day, published = find_archive(archive), as_date(date), _day(published_by)
    if why:
        print(_why(opened, day, published, _day(since), _day(instead_of)))
        return
    if since or instead_of:
        raise UsageError("--since and --instead-of say what a reason compares with: add --why")
    print(feature_collection(draft_snapshot(opened, day, published_by=published)), end="")


def _why(
    archive: Archive,
    date: dt.date,
    published_by: dt.date | None,
    since: dt.date | None,
    instead_of: dt.date | None,
) -> str:
    from frontmap.draft.reasons import reason
    from frontmap.places import SettlementTables, read_evidence

    tables = SettlementTables.read(archive)
    evidence = read_evidence(tables, published_by=published_by)
    first = read_evidence(tables, published_by=instead_of) if instead_of else None
    by = instead_of or published_by or evidence.last
    return reason(tables, evidence, date, published_by=by, first=first, since=since).text


@app.command("review", epilog="Example: frontmap review 2024-08-31 --format csv")
def review_verb(
    date: DateArgument, archive: ArchiveOption = None, form: FormatOption = "text"
) -> None:
    """Print what each source of the week up to DATE says, and whether the map goes with it."""
    from datetime import timedelta

    from frontmap.draft.reviewing import WEEK_DAYS, review
    from frontmap.places import SettlementTables, read_evidence

    opened, day = find_archive(archive), as_date(date)
    tables = SettlementTables.read(opened)
    first = read_evidence(tables, published_by=day + timedelta(days=WEEK_DAYS))
    emit(review(tables, first, read_evidence(tables), day), form)


def _day(text: str | None) -> dt.date | None:
    return None if text is None else as_date(text)
