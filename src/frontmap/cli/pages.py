"""The verb that draws: map."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from frontmap.cli.app import app
from frontmap.cli.options import ArchiveOption, ForceOption, JobsOption, KnownOption, find_archive
from frontmap.cli.output import say
from frontmap.dates import as_instant
from frontmap.plurals import counted


@app.command(
    name="map",
    epilog="Example: frontmap map --archive geodata/kursk --output build/kursk.html",
)
def map_(
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help="Where to write; without it, NAME.html here, NAME being the archive's folder.",
            show_default=False,
        ),
    ] = None,
    party: Annotated[
        str | None,
        typer.Option(
            "--party",
            metavar="ID",
            help="Whose ground the reported figures count, where several parties are mapped.",
            show_default=False,
        ),
    ] = None,
    words: Annotated[
        list[str] | None,
        typer.Option(
            "--words",
            metavar="FILE|LANG",
            help="A language of the page besides English: a file LANG.json, one that ships (uk, "
            "ru) or that the archive brings; may be given several times. Without it, all of these.",
            show_default=False,
        ),
    ] = None,
    beside: Annotated[
        list[Path] | None,
        typer.Option(
            "--with",
            metavar="DIR",
            help="Another maker's archive; for several: --with A --with B. The line of the ground "
            "that it has as held is drawn over the map.",
            show_default=False,
        ),
    ] = None,
    jobs: JobsOption = 1,
    known: KnownOption = None,
    force: ForceOption = False,
    archive: ArchiveOption = None,
) -> None:
    """Write the reader's page: one HTML file with every date, which opens without a network."""
    from frontmap import page
    from frontmap.parallel import executor_for

    opened = find_archive(archive)
    path = output if output is not None else Path(f"{opened.root.resolve().name}.html")
    instant = as_instant(known)
    others = [find_archive(folder) for folder in beside or ()]
    with executor_for(jobs=jobs) as executor:
        page.save_page(
            opened,
            path,
            known=instant,
            party=party,
            words=words,
            beside=others,
            executor=executor,
            force=force,
        )
    dates = {revision.date for revision in opened.in_force(known=instant)}
    say(f"wrote {path}: {counted(len(dates), 'date')}, {path.stat().st_size / 1000:.0f} kB")
