"""Verbs that set facts and map against each other: reported, check, report."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from frontmap.cli.app import app
from frontmap.cli.options import (
    ArchiveOption,
    ForceOption,
    FormatOption,
    KnownOption,
    find_archive,
)
from frontmap.cli.output import (
    Format,
    emit,
    printable,
    say,
)
from frontmap.dates import as_instant
from frontmap.errors import NotFoundError
from frontmap.model import FigureFill  # noqa: TC001  typer reads the signatures

if TYPE_CHECKING:
    import pandas as pd

    from frontmap.verdicts import FigureVerdicts

ValueOption = Annotated[
    float | None,
    typer.Option(
        "--value", metavar="KM2", help="Only the figure of so many km², explained in full."
    ),
]
PartyOption = Annotated[
    str | None,
    typer.Option(
        "--party", metavar="ID", help="Whose ground the figures count that name no party."
    ),
]
WithOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--with",
        metavar="DIR",
        help="Another maker's archive; for several: --with A --with B. Each figure is also set "
        "against the range of all these makers' maps.",
        show_default=False,
    ),
]


@app.command("reported", epilog="Example: frontmap reported --value 1243")
def reported_verb(
    value: ValueOption = None,
    party: PartyOption = None,
    fill: Annotated[
        FigureFill,
        typer.Option(
            "--fill",
            help="Set a figure of a day between two snapshots against the nearest one, or against "
            "what is certainly and what is possibly held on it.",
        ),
    ] = "none",
    beside: WithOption = None,
    known: KnownOption = None,
    archive: ArchiveOption = None,
    form: FormatOption = "text",
) -> None:
    """Print the verdict of the map on every reported figure, with what it rests on."""
    from frontmap.facts import read_reported
    from frontmap.measure.area import areas
    from frontmap.verdicts import judged_archive

    opened = find_archive(archive)
    if read_reported(opened.root).empty:
        raise NotFoundError(f"{opened.root / 'reported.csv'}: no reported figure; add one there")
    instant = as_instant(known)
    found = judged_archive(
        opened,
        areas(opened, known=instant),
        value_km2=value,
        party=party,
        known=instant,
        fill=fill,
        beside=[find_archive(folder) for folder in beside or ()],
    )
    if value is not None and not found.judged:
        raise NotFoundError(f"no reported figure of {value:g} km²; see them: frontmap reported")
    if form != "text":
        emit(_flat(found.table(), form), form)
    elif value is None:
        _print_all(found)
    else:
        _print_one_by_one(found)


@app.command(
    "report", epilog="Example: frontmap report --value 1243 --output build/kursk-report.html"
)
def report_verb(
    value: Annotated[
        float | None,
        typer.Option("--value", metavar="KM2", help="The reported figure to answer first."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help="Where to write the HTML; .md and .svg go beside it. "
            "Without it: build/ARCHIVE-report.html.",
            show_default=False,
        ),
    ] = None,
    party: PartyOption = None,
    beside: WithOption = None,
    known: KnownOption = None,
    force: ForceOption = False,
    archive: ArchiveOption = None,
) -> None:
    """Write the report, as HTML and Markdown, and print its answer."""
    from frontmap import outputs
    from frontmap.report import compose_report, report_paths, save_report, short

    opened = find_archive(archive)
    path = output or Path("build") / f"{opened.root.resolve().name}-report.html"
    outputs.require_free(report_paths(path), force=force)
    written = compose_report(
        opened,
        value_km2=value,
        party=party,
        known=as_instant(known),
        beside=[find_archive(folder) for folder in beside or ()],
    )
    for each in save_report(written, path, force=force):
        say(f"wrote {each}")
    _print_lines(short(written))


def _print_all(found: FigureVerdicts) -> None:
    from frontmap.verdicts import wording

    for (figure, judgement), whose, envelope in zip_longest(
        found.judged, found.whose, found.envelopes
    ):
        _print_lines(wording.few_lines(figure, judgement, envelope, whose))
    say(wording.counts_text(judgement for _, judgement in found.judged))


def _print_one_by_one(found: FigureVerdicts) -> None:
    from frontmap.verdicts import judge_as_of_day, wording

    for (figure, judgement), own, whose, envelope in zip_longest(
        found.judged, found.series, found.whose, found.envelopes
    ):
        by_day = judge_as_of_day(figure, own) if figure.counts_a_month else None
        _print_lines(wording.details(figure, judgement, by_day, envelope, whose))


def _print_lines(lines: str) -> None:
    for line in lines.splitlines():
        print(printable(line))


def _flat(table: pd.DataFrame, form: Format) -> pd.DataFrame:
    """Write lists within a cell as lists in JSON, as words in CSV; no day for what is undated."""
    flat = table.copy()
    flat["as_of"] = flat["as_of"].mask(flat["as_of_precision"] == "undated")
    for name in ("snapshots", "age_days"):
        texts = [[str(each) for each in cell] for cell in table[name]]
        numbers = [list(cell) for cell in table[name]]
        lists = texts if name == "snapshots" else numbers
        flat[name] = lists if form == "json" else [" ".join(words) for words in texts]
    return flat
