"""The arguments and options that several verbs share, and how their text is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from frontmap.cli.output import Format, GeoFormat, say
from frontmap.errors import NotFoundError, UsageError
from frontmap.model import FORMAT_VERSION, AreaFill, Fill

if TYPE_CHECKING:
    from frontmap.archive import Archive


def _author(given: str) -> str:
    """Return who records: as given, else as the user's own git configuration has it."""
    from frontmap.archive.git_user import user_name

    return given or user_name()


DateArgument = Annotated[str, typer.Argument(metavar="DATE", help="Valid date, as YYYY-MM-DD.")]
AuthorOption = Annotated[
    str,
    typer.Option(
        "--author",
        envvar="FRONTMAP_AUTHOR",
        help="Who records it; without it, the user.name of your own git configuration, else the "
        "archive's maker.",
        callback=_author,
        show_default=False,
    ),
]
ArchiveOption = Annotated[
    Path | None,
    typer.Option(
        "--archive",
        metavar="DIR",
        help="The archive's folder. Without it: the nearest one above this folder, "
        "else the only one under geodata/.",
        show_default=False,
    ),
]
KnownOption = Annotated[
    str | None,
    typer.Option(
        "--known",
        metavar="INSTANT",
        help="As known at this UTC instant; a bare date means the end of that day.",
        show_default=False,
    ),
]
JobsOption = Annotated[
    int, typer.Option("--jobs", metavar="N", min=1, help="Work on so many cores.")
]
DaskOption = Annotated[
    str | None,
    typer.Option(
        "--dask",
        metavar="ADDRESS",
        help="Work on the workers of this dask scheduler, such as tcp://10.0.0.1:8786 "
        "(needs the extra frontmap[dask]).",
        show_default=False,
    ),
]
SnapOption = Annotated[
    float | None,
    typer.Option(
        "--snap",
        metavar="METRES",
        help="Close the gaps and overlaps between controlled and contested zones that are no "
        "wider, and say so.",
        show_default=False,
    ),
]
ForceOption = Annotated[
    bool,
    typer.Option("--force", help="Replace a file that is there and was not made by frontmap."),
]
FormatOption = Annotated[Format, typer.Option("--format", help="How to print.")]
GeoFormatOption = Annotated[GeoFormat, typer.Option("--format", help="How to print.")]
FillOption = Annotated[
    Fill, typer.Option("--fill", help="How to answer a date that has no snapshot of its own.")
]
AreaFillOption = Annotated[
    AreaFill,
    typer.Option(
        "--fill",
        help="How to answer a date that has no snapshot of its own; between: by what is certainly "
        "and what is possibly held, from the snapshots before and after it.",
    ),
]


def parse_bbox(text: str) -> tuple[float, float, float, float]:
    """Read west,south,east,north in degrees, west of east and south of north.

    >>> parse_bbox("34,50,38,52.5")
    (34.0, 50.0, 38.0, 52.5)
    """
    try:
        west, south, east, north = (float(number) for number in text.split(","))
    except ValueError:
        raise UsageError(f"--bbox {text!r}: give west,south,east,north in degrees") from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # noqa: PLR2004  degrees
        raise UsageError(
            f"--bbox {text!r}: give west,south,east,north in degrees, west < east and south < "
            "north; a theatre across the antimeridian goes from -180 to 180"
        )
    return west, south, east, north


def find_archive(folder: Path | None) -> Archive:
    """Open the archive in `folder`, or the one that this folder points to.

    Of one of an older format it says on standard error what to do.

    Raises ``NotFoundError`` when there is none, ``UsageError`` when there are several.

    >>> find_archive(None).about.title  # where there is one archive under geodata/
    'Kursk, August 2024 to April 2025'
    """
    opened = find_any_archive(folder)
    if opened.about.version != FORMAT_VERSION:
        say(
            f"{opened.root}: an archive of format {opened.about.version}, which is read and not "
            f"added to; bring it to format {FORMAT_VERSION}: "
            f"frontmap upgrade --archive {opened.root}"
        )
    return opened


def find_any_archive(folder: Path | None) -> Archive:
    """Open an archive as :func:`find_archive` does, and say nothing of its format.

    >>> find_any_archive(Path("geodata/kursk")).about.maker
    'frontmap'
    """
    import frontmap

    return frontmap.open(folder if folder is not None else _nearest(Path.cwd()))


def _nearest(here: Path) -> Path:
    for folder in (here, *here.parents):
        if (folder / "archive.json").is_file():
            return folder
    under = sorted(p.parent for p in (here / "geodata").glob("*/archive.json"))
    if len(under) == 1:
        return under[0]
    if under:
        names = ", ".join(str(p.relative_to(here)) for p in under)
        raise UsageError(f"several archives here: {names}; choose one with --archive DIR")
    raise NotFoundError(
        f"no archive at {here}, above it or under its geodata/; "
        "name one with --archive DIR, or make one: frontmap init DIR"
    )
