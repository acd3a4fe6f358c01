"""The verb import: other makers' files into an archive of that maker."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path  # noqa: TC003  typer reads the signatures
from typing import TYPE_CHECKING, Annotated

import typer

from frontmap.cli.app import app
from frontmap.cli.groups import grouped
from frontmap.cli.options import DaskOption, FormatOption, JobsOption, parse_bbox
from frontmap.cli.output import say
from frontmap.cli.streams import only_extra_follows
from frontmap.errors import FrontmapError, UsageError
from frontmap.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shapely import MultiPolygon, Polygon

    from frontmap.cli.output import Format
    from frontmap.imports.choices import Choices
    from frontmap.imports.importing import Maker, MakerFile, Outcome
    from frontmap.imports.repairs import Repair

imports = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    epilog="Example: frontmap import deepstate tests/data/deepstate --into build/deepstate",
)
app.add_typer(
    imports,
    name="import",
    help="Turn other makers' files into an archive of that maker. Importing again changes nothing; "
    "an import that was stopped goes on where it stopped.",
)


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """Which files are imported, into which archive, and how."""

    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="The maker's files, or folders of them.")
    ]
    into: Annotated[
        Path, typer.Option("--into", metavar="DIR", help="The archive's folder; made when missing.")
    ]
    bbox: Annotated[
        str | None,
        typer.Option(
            "--bbox", metavar="W,S,E,N", help="Cut all ground to this box.", show_default=False
        ),
    ] = None
    within: Annotated[
        Path | None,
        typer.Option(
            "--within",
            metavar="FILE",
            help="Cut all ground to the polygons of this GeoJSON file.",
            show_default=False,
        ),
    ] = None
    contested_party: Annotated[
        str | None,
        typer.Option(
            "--contested-party",
            metavar="ID",
            help="Whose hold is in question where the maker knows neither side's control "
            "(without it: RU).",
            show_default=False,
        ),
    ] = None
    accuracy_m: Annotated[
        float | None,
        typer.Option(
            "--accuracy-m",
            metavar="METRES",
            min=1,
            max=100_000,
            help="Position error assumed for every line; the maker states none (without it: 500).",
            show_default=False,
        ),
    ] = None
    jobs: JobsOption = 1
    dask: DaskOption = None
    form: FormatOption = "text"

    def choices(self) -> Choices | None:
        """Return what was chosen, or None where nothing was: then the archive's own hold.

        >>> options = ImportOptions([Path("files")], Path("build"), accuracy_m=250.0)
        >>> options.choices().accuracy_m
        250.0
        >>> ImportOptions([Path("files")], Path("build")).choices()
        """
        from frontmap.imports.choices import PARTIES, Choices

        region, party, accuracy_m = self.region(), self.contested_party, self.accuracy_m
        if region is None and party is None and accuracy_m is None:
            return None
        usual = Choices()
        if party is not None and party not in PARTIES:
            raise UsageError(f"--contested-party {party!r}: one of {', '.join(PARTIES)}")
        return Choices(
            region=region,
            contested_party=party or usual.contested_party,
            accuracy_m=usual.accuracy_m if accuracy_m is None else accuracy_m,
        )

    def region(self) -> Polygon | MultiPolygon | None:
        """Return the ground that all else is cut to, or None.

        >>> ImportOptions([Path("files")], Path("build"), bbox="34,50,38,52.5").region().bounds
        (34.0, 50.0, 38.0, 52.5)
        """
        if self.bbox is not None and self.within is not None:
            raise UsageError("--bbox and --within exclude each other; give one of them")
        if self.bbox is not None:
            import shapely

            return shapely.box(*parse_bbox(self.bbox), ccw=True)
        if self.within is not None:
            from frontmap.formats.region import read_region

            return read_region(self.within)
        return None


@imports.command(
    "deepstate",
    epilog="Example: frontmap import deepstate tests/data/deepstate --into build/deepstate "
    "--bbox 34,50,38,52.5",
)
@grouped
def deepstate_verb(options: ImportOptions) -> None:
    """Import GeoJSON files of the DeepState map, each named by its Unix second.

    Prints what was left out, repaired or doubtful: a count for each rule, or with --format csv or
    json every row, as it is kept in repairs/ beside the archive.
    """
    _import("deepstate", options)


@imports.command(
    "uacontrolmap",
    epilog="Example: frontmap import uacontrolmap tests/data/uacontrolmap "
    "--into build/uacontrolmap",
)
@grouped
def uacontrolmap_verb(options: ImportOptions) -> None:
    """Import KML files of the UA Control Map, each named by its date, such as 2026-02-01.kml.

    Prints what was left out, repaired or doubtful: a count for each rule, or with --format csv or
    json every row, as it is kept in repairs/ beside the archive.
    """
    _import("uacontrolmap", options)


def _import(maker: Maker, options: ImportOptions) -> None:
    from frontmap.imports.importing import import_files, sources_in
    from frontmap.parallel import executor_for

    choices, form = options.choices(), options.form
    sources = sources_in(options.paths, maker)
    steps: Counter[str] = Counter()
    repairs: list[Repair] = []
    rules: Counter[str] = Counter()
    try:
        with executor_for(jobs=options.jobs, dask=options.dask) as executor:
            outcomes = import_files(
                sources, options.into, maker=maker, choices=choices, executor=executor
            )
            for outcome in _shown(outcomes, sources):
                steps[outcome.step] += 1
                for repair in outcome.repairs:
                    rules[repair.rule] += repair.count
                if form != "text":
                    repairs += outcome.repairs
    except (KeyboardInterrupt, FrontmapError) as error:
        if steps or isinstance(error, KeyboardInterrupt):
            done = f"{steps.total()} of {counted(len(sources), 'file')}"
            say(f"stopped after {done}, which are recorded; run the same again to go on")
        raise
    only_extra_follows()
    _print(rules, repairs, form)
    counts = ", ".join(f"{steps[step]} {step}" for step in ("added", "corrected", "unchanged"))
    say(f"{options.into}: {counted(len(sources), 'file')}: {counts}")


def _shown(outcomes: Iterable[Outcome], sources: Sequence[MakerFile]) -> Iterator[Outcome]:
    """Pass outcomes on, with a progress bar where stderr is a terminal."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return iter(
        track(
            outcomes,
            description="importing",
            total=len(sources),
            console=console,
            disable=not console.is_terminal,
        )
    )


def _print(rules: Counter[str], repairs: list[Repair], form: Format) -> None:
    import pandas as pd

    from frontmap.cli.output import emit
    from frontmap.imports.repairs import REPAIR_COLUMNS

    if form == "text":
        emit(pd.DataFrame(sorted(rules.items()), columns=["rule", "count"]), form)
        return
    frame = pd.DataFrame(map(asdict, repairs), columns=list(REPAIR_COLUMNS))
    emit(frame.astype({"feature": "Int64"}), form)
