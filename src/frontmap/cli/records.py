"""Verbs that record the zones of a file: add, correct."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  typer reads it
from typing import TYPE_CHECKING, Annotated

import typer

from frontmap.cli.acknowledging import acknowledge
from frontmap.cli.app import app
from frontmap.cli.bases import FromOption  # noqa: TC001  typer reads it
from frontmap.cli.candidates import correction_of, first_of
from frontmap.cli.differences import listed_ids
from frontmap.cli.file_choices import FileChoices  # noqa: TC001  typer reads it
from frontmap.cli.foresight import Foresight  # noqa: TC001  typer reads it
from frontmap.cli.groups import grouped
from frontmap.cli.makers_words import MakersWords  # noqa: TC001  typer reads it
from frontmap.cli.options import ArchiveOption, DateArgument, SnapOption, find_archive
from frontmap.cli.output import say
from frontmap.cli.statements import Said, Statement, ZoneDefaults
from frontmap.dates import as_date, as_instant
from frontmap.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt

NoGroundOption = Annotated[
    bool,
    typer.Option("--no-ground", help="No ground was held; FILE may be left out, or holds none."),
]


@app.command(
    epilog="Example: frontmap add 2024-12-03 zones.geojson --reason 'First map of this day' "
    "--source isw-2024-12-03 --party UA --status controlled --confidence medium --accuracy 2000"
)
@grouped
def add(
    date: DateArgument,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="GeoJSON, GeoPackage, Shapefile, KML or another map."),
    ] = None,
    *,
    statement: Statement,
    zone_defaults: ZoneDefaults,
    choices: FileChoices,
    words: MakersWords,
    foresight: Foresight,
    snap: SnapOption = None,
    no_ground: NoGroundOption = False,
    published: Annotated[
        str | None,
        typer.Option(
            "--published",
            metavar="INSTANT",
            help="When the maker said it, such as 2024-08-31T03:49Z: keeps maps of one day apart.",
            show_default=False,
        ),
    ] = None,
    from_: FromOption = None,
    archive: ArchiveOption = None,
) -> None:
    """Record the first snapshot of DATE from FILE, and say what it changes."""
    if file is None and not no_ground:
        raise UsageError("give FILE, or --no-ground where no ground was held")
    opened, day = find_archive(archive), as_date(date)
    said = Said(zone_defaults, choices, words, from_, snap, no_ground, _instant(published))
    candidate = first_of(opened, day, file, statement, said)
    proposed = candidate.snapshot()
    if foresight.go_ahead(opened, proposed):
        acknowledge(opened, candidate.record(proposed), proposed.zones)


@app.command(
    epilog="Example: frontmap correct 2024-08-31 zones.geojson --reason 'Korenevo is not held' "
    "--source isw-2024-09-15"
)
@grouped
def correct(
    date: DateArgument,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]", help="A map; without it, the archive's own copy, as you edited it."
        ),
    ] = None,
    *,
    statement: Statement,
    zone_defaults: ZoneDefaults,
    choices: FileChoices,
    words: MakersWords,
    foresight: Foresight,
    no_sources: Annotated[
        bool,
        typer.Option("--no-sources", help="Name no sources; without this and --source, they stay."),
    ] = False,
    snap: SnapOption = None,
    no_ground: NoGroundOption = False,
    from_: FromOption = None,
    archive: ArchiveOption = None,
) -> None:
    """Record new zones for DATE, and say what they change; the earlier revision is kept."""
    if no_sources and statement.source:
        raise UsageError("--source and --no-sources: give one of them")
    opened, day = find_archive(archive), as_date(date)
    sources = () if no_sources else statement.sources
    said = Said(zone_defaults, choices, words, from_, snap, no_ground)
    candidate = correction_of(opened, day, file, statement, said, sources)
    proposed = candidate.snapshot()
    if not foresight.go_ahead(opened, proposed):
        return
    revision = candidate.record(proposed)
    if sources is None and revision.sources:
        stay = listed_ids(revision.sources)
        say(f"its sources stay: {stay} (else: --source, or --no-sources)")
    acknowledge(opened, revision, proposed.zones)


def _instant(text: str | None) -> dt.datetime | None:
    if text is not None and len(text) == len("2024-08-31"):
        raise UsageError(f"--published {text}: give the hour too, such as {text}T03:49Z")
    return as_instant(text)
