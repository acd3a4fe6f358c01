"""Verbs that measure: area, change, front, held, makers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from frontmap.cli.app import app
from frontmap.cli.groups import grouped
from frontmap.cli.options import (
    ArchiveOption,
    AreaFillOption,
    DaskOption,
    FillOption,
    FormatOption,
    GeoFormatOption,
    JobsOption,
    KnownOption,
    find_archive,
)
from frontmap.cli.output import emit, say
from frontmap.dates import as_date, as_dates, as_instant
from frontmap.errors import UsageError
from frontmap.model import Basis, Edges, Errors, LineBy, Per

if TYPE_CHECKING:
    import datetime as dt
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    import pandas as pd

DECIMALS = {"share": 3, "moved_most_lon": 4, "moved_most_lat": 4}

SeriesDates = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[DATE]...", help="Valid dates, as YYYY-MM-DD; all of the series without one."
    ),
]

BasisOption = Annotated[
    Basis, typer.Option("--basis", help="Controlled ground, or with contested ground: held.")
]


@dataclass(frozen=True, slots=True)
class SeriesOptions:
    """Which snapshots are measured, as they were known when, and on how many cores."""

    per: Annotated[
        Per, typer.Option("--per", help="The last snapshot of each day, or every one.")
    ] = "date"
    jobs: JobsOption = 1
    dask: DaskOption = None
    known: KnownOption = None

    @property
    def instant(self) -> dt.datetime | None:
        """Return when it was known, or None for now.

        >>> SeriesOptions(known="2024-09-03").instant.isoformat()
        '2024-09-03T23:59:59+00:00'
        """
        return as_instant(self.known)

    def executor(self) -> AbstractContextManager[Executor | None]:
        """Return what works on the snapshots.

        >>> with SeriesOptions(jobs=1).executor() as executor:
        ...     print(executor)
        None
        """
        from frontmap.parallel import executor_for

        return executor_for(jobs=self.jobs, dask=self.dask)


@app.command("area", epilog="Example: frontmap area 2024-08-31 --by status --format csv")
@grouped
def area_verb(
    dates: SeriesDates = None,
    by: Annotated[
        Literal["party", "status", "zone", "unit"],
        typer.Option("--by", help="One row for each of these; a unit is one of reference.geojson."),
    ] = "party",
    errors: Annotated[
        Errors, typer.Option("--errors", help="Leave the errors out: faster on large archives.")
    ] = "estimate",
    edges: Annotated[
        Edges, typer.Option("--edges", help="Tell what geodesic edges would change.")
    ] = "straight",
    fill: AreaFillOption = "none",
    *,
    series: SeriesOptions,
    archive: ArchiveOption = None,
    form: FormatOption = "text",
) -> None:
    """Print the ground controlled, contested and claimed on each date, in km², with its error.

    With --fill between: what is certainly and what is possibly held on any day of the series.
    """
    from frontmap.measure.area import areas
    from frontmap.measure.area_by_zone import zone_areas

    opened = find_archive(archive)
    if by != "zone":
        measure = partial(areas, by=by, fill=fill)
    elif fill != "between":
        measure = partial(zone_areas, fill=fill)
    else:
        raise UsageError("--fill between gives one row for each day and party; leave --by out")
    with series.executor() as executor:
        table = measure(
            opened,
            dates=as_dates(dates or None),
            known=series.instant,
            per=series.per,
            errors=errors,
            edges=edges,
            executor=executor,
        )
    emit(_readable(table) if form == "text" else table, form, [opened.about])


@app.command("change", epilog="Example: frontmap change 2024-08-31 2024-10-01 --basis held")
@grouped
def change_verb(
    dates: SeriesDates = None,
    by: Annotated[
        Literal["party", "transfer"],
        typer.Option("--by", help="One row for each party, or for each from whom to whom."),
    ] = "party",
    basis: BasisOption = "controlled",
    fill: FillOption = "none",
    *,
    series: SeriesOptions,
    archive: ArchiveOption = None,
    form: GeoFormatOption = "text",
) -> None:
    """Print the ground gained and lost from each date to the next, in km² and km² a day.

    With two dates and --format geojson: the ground gained, lost and unchanged between them.
    """
    from frontmap.measure.change import changed_ground, changes
    from frontmap.measure.transferred import transfers

    opened = find_archive(archive)
    if form == "geojson":
        if by == "transfer":
            raise UsageError("the map of a change is of each party; leave out --by transfer")
        between = "a map of change lies between two dates; give both: FROM TO"
        start, end = _exactly(2, dates, between)
        emit(
            changed_ground(opened, start, end, basis=basis, known=series.instant, fill=fill),
            form,
            [opened.about],
        )
        return
    with series.executor() as executor:
        measure = transfers if by == "transfer" else changes
        table = measure(
            opened,
            dates=as_dates(dates or None),
            basis=basis,
            known=series.instant,
            fill=fill,
            per=series.per,
            executor=executor,
        )
    hidden = ("maker", "from_maker", "to_maker", "from_digest", "to_digest", "basis")
    emit(_readable(table, *hidden) if form == "text" else table, form, [opened.about])


@app.command(epilog="Example: frontmap front 2024-08-31 --scale 1 --format csv")
@grouped
def front(
    dates: SeriesDates = None,
    by: Annotated[
        LineBy,
        typer.Option("--by", help="Each party's whole line, or what lies beyond it: neighbour."),
    ] = "party",
    basis: BasisOption = "controlled",
    scale: Annotated[
        list[float] | None,
        typer.Option(
            "--scale",
            metavar="KM",
            min=0.0,
            max=1000.0,
            help="Generalisation scale, 0 as drawn; may be given several times.  [default: 0 1 5]",
        ),
    ] = None,
    fill: FillOption = "none",
    *,
    series: SeriesOptions,
    archive: ArchiveOption = None,
    form: GeoFormatOption = "text",
) -> None:
    """Print the line of contact on each date: length at each scale, depth, how far it moved.

    With one date and --format geojson: the line itself, at each scale.
    """
    from frontmap.measure import frontline

    opened = find_archive(archive)
    scales_km = tuple(scale or frontline.SCALES_KM)
    if form == "geojson":
        (day,) = _exactly(1, dates, "the line of contact is drawn for one date; give it: DATE")
        lines = frontline.front_lines(
            opened,
            day,
            by=by,
            basis=basis,
            scales_km=scales_km,
            known=series.instant,
            fill=fill,
        )
        emit(lines, form, [opened.about])
        return
    with series.executor() as executor:
        table = frontline.fronts(
            opened,
            by=by,
            dates=as_dates(dates or None),
            basis=basis,
            scales_km=scales_km,
            known=series.instant,
            fill=fill,
            per=series.per,
            executor=executor,
        )
    table = _readable(table, "maker", "basis", "since") if form == "text" else table
    emit(table, form, [opened.about])


@app.command(epilog="Example: frontmap held --longest 14 --format csv")
def held(
    dates: SeriesDates = None,
    basis: BasisOption = "controlled",
    longest: Annotated[
        int | None,
        typer.Option(
            "--longest",
            metavar="DAYS",
            min=1,
            help="A snapshot stands until the next one, but for so many days at most.",
            show_default=False,
        ),
    ] = None,
    smallest: Annotated[
        float,
        typer.Option("--smallest", metavar="KM2", min=0.0, help="Leave out less ground than this."),
    ] = 0.01,
    known: KnownOption = None,
    archive: ArchiveOption = None,
    form: GeoFormatOption = "text",
) -> None:
    """Print how much ground was held for how many days; with --format geojson, the map of it."""
    from frontmap.measure.held_days import days_held

    opened = find_archive(archive)
    spots = days_held(
        opened,
        dates=as_dates(dates or None),
        basis=basis,
        longest_days=longest,
        smallest_km2=smallest,
        known=as_instant(known),
    )
    emit(_readable(spots) if form == "text" else spots, form, [opened.about])


@app.command(
    "makers",
    epilog="Example: frontmap makers geodata/kursk geodata/kursk --date 2024-08-31 --format csv",
)
def makers_verb(
    folders: Annotated[
        list[str],
        typer.Argument(
            metavar="DIR...",
            help="The makers' archives; with one alone, this folder's own is the other.",
        ),
    ],
    dates: Annotated[
        list[str] | None,
        typer.Option(
            "--date",
            metavar="DATE",
            help="Valid date, as YYYY-MM-DD; may be given several times. Without it, every date "
            "of which all have a snapshot.",
            show_default=False,
        ),
    ] = None,
    basis: BasisOption = "controlled",
    party: Annotated[
        str | None,
        typer.Option("--party", metavar="ID", help="One party alone.", show_default=False),
    ] = None,
    fill: FillOption = "none",
    jobs: JobsOption = 1,
    known: KnownOption = None,
    archive: ArchiveOption = None,
    form: GeoFormatOption = "text",
) -> None:
    """Print what the maps of two makers or more all show as held, and what only some of them do.

    Only ground that all of them cover is compared.
    """
    from frontmap.measure.makers import compare_makers
    from frontmap.parallel import executor_for

    _refuse_dates_as_folders(folders)
    own = [find_archive(archive)] if archive is not None or len(folders) == 1 else []
    archives = [*own, *(find_archive(Path(folder)) for folder in folders)]
    with executor_for(jobs=jobs) as executor:
        table = compare_makers(
            archives,
            dates=as_dates(dates or None),
            basis=basis,
            party=party,
            known=as_instant(known),
            fill=fill,
            executor=executor,
        )
    abouts = [each.about for each in archives]
    if form != "text":
        emit(table, form, abouts)
        return
    emit(_readable(table, "basis", "makers", "by_box", "compared_km2", "digests"), form, abouts)
    if len(table):
        compared_km2, by_box = table[["compared_km2", "by_box"]].to_numpy()[0]
        by_box = f"; the theatre's box stands for what is covered by {by_box}" if by_box else ""
        say(f"compared within the {compared_km2:,.0f} km² that all of them cover{by_box}")


def _refuse_dates_as_folders(folders: list[str]) -> None:
    """Say how dates are given, where one stands in the place of a folder."""
    from frontmap.errors import FrontmapError

    for word in folders:
        try:
            day = as_date(word)
        except FrontmapError:
            continue
        if not Path(word).exists():
            raise UsageError(f"{word} is no archive; a date is given as an option: --date {day}")


def _exactly(number: int, dates: list[str] | None, otherwise: str) -> tuple[dt.date, ...]:
    days = as_dates(dates) or ()
    if len(days) != number:
        raise UsageError(otherwise)
    return days


def _readable(table: pd.DataFrame, *left_out: str) -> pd.DataFrame:
    """Leave to programs what people don't read: every digit, methods, whole digests, geometry."""
    hidden = ["method", "geometry", *left_out]
    short = table[[name for name in table.columns if name not in hidden]]
    numbers = short.select_dtypes("number").columns
    short = short.round({name: DECIMALS.get(name, 1) for name in numbers})
    digests = [name for name in short.columns if name.endswith("digest")]
    return short.assign(**{name: short[name].str[:12] for name in digests})
