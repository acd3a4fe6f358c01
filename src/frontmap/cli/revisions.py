"""Verbs that recall and prove: show, log, diff, fmt, upgrade."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from frontmap.cli.app import app
from frontmap.cli.compared import pairs
from frontmap.cli.differences import difference_tables, emit_differences
from frontmap.cli.file_choices import FileChoices  # noqa: TC001  typer reads its fields
from frontmap.cli.groups import grouped
from frontmap.cli.makers_words import MakersWords  # noqa: TC001  typer reads its fields
from frontmap.cli.options import (
    ArchiveOption,
    AuthorOption,
    DateArgument,
    FillOption,
    FormatOption,
    GeoFormatOption,
    KnownOption,
    find_any_archive,
    find_archive,
)
from frontmap.cli.output import EXIT_FINDINGS, Format, emit, emit_findings, printable, say
from frontmap.cli.statements import SourceOption, ZoneDefaults  # noqa: TC001  typer reads them
from frontmap.dates import as_date, as_instant, instant_text
from frontmap.errors import UsageError
from frontmap.model import FORMAT_VERSION
from frontmap.plurals import counted

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from frontmap.archive import Archive
    from frontmap.intake.file_zones import FileZones
    from frontmap.model import Revision, Snapshot


@app.command(epilog="Example: frontmap show 2024-08-31 --known 2026-12-01 --format geojson")
def show(
    date: DateArgument,
    known: KnownOption = None,
    fill: FillOption = "none",
    form: GeoFormatOption = "text",
    archive: ArchiveOption = None,
) -> None:
    """Print the snapshot of DATE, as it was known at an instant."""
    from frontmap.formats import canonical

    day = as_date(date)
    snapshot = find_archive(archive).as_of(day, known=as_instant(known), fill=fill)
    if days := (day - snapshot.date).days:
        say(
            f"no snapshot of {day}: this is the last before it, of {snapshot.date}, "
            f"{counted(days, 'day')} older"
        )
    if form == "geojson":
        sys.stdout.write(canonical.dumps(snapshot).decode())
        return
    if form == "text":
        print(_described(snapshot.revision) + "\n")
    emit(_zone_table(snapshot), form)


@app.command(epilog="Example: frontmap log 2024-08-31")
def log(
    date: Annotated[
        str | None, typer.Argument(metavar="[DATE]", help="Valid date; without it, all.")
    ] = None,
    form: FormatOption = "text",
    archive: ArchiveOption = None,
) -> None:
    """List every revision (of DATE), oldest first: when it was recorded, by whom and why."""
    import pandas as pd

    revisions = find_archive(archive).revisions(None if date is None else as_date(date))
    emit(pd.DataFrame([_row(r, form) for r in revisions]), form)


@app.command(epilog="Example: frontmap fmt --archive geodata/kursk")
def fmt(
    date: Annotated[
        str | None, typer.Argument(metavar="[DATE]", help="Valid date; without it, all.")
    ] = None,
    archive: ArchiveOption = None,
) -> None:
    """Put back every copy (of DATE) that is not that of the revision in force.

    Unrecorded edits of a copy are dropped: to record them first, frontmap correct DATE. A file
    that no revision explains is left as it is, and named.
    """
    done = find_archive(archive).put_back(None if date is None else as_date(date))
    for finding in done:
        say(finding.located)
    if not done:
        say("every copy is that of its revision in force")


@app.command(epilog="Example: frontmap upgrade --dry-run --archive geodata/kursk")
def upgrade(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")
    ] = False,
    author: AuthorOption = "",
    form: FormatOption = "text",
    archive: ArchiveOption = None,
) -> None:
    """Bring an archive of an older format to the present one.

    Snapshots whose text changes are recorded as corrections, tables and archive.json are written
    anew. Every revision stays as it is. When it is interrupted, the same command goes on.
    """
    opened = find_any_archive(archive)
    done = opened.upgrade(author=author, dry_run=dry_run)
    if form == "text":
        for finding in done:
            print(printable(f"{finding.rule}: {finding.located}"))
    else:
        emit_findings(done, form)
    counts = Counter(finding.rule for finding in done)
    if not done:
        say(f"nothing to upgrade: of format {FORMAT_VERSION}")
        return
    recorded = counted(counts["corrected"], "correction")
    written = counted(counts["rewritten"], "file")
    if dry_run:
        say(f"would record {recorded} and write {written} anew; nothing is written yet")
    else:
        say(f"recorded {recorded} and wrote {written} anew; next: frontmap verify, frontmap check")


@app.command(epilog="Example: frontmap diff 2024-08-31")
@grouped
def diff(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[DATE] [FROM] [TO]",
            help="A valid date; digests of its revisions (or the beginning), or files. Two files "
            "need no date.",
        ),
    ] = None,
    *,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="REV",
            help="Compare what a git revision had in force, on every date or on DATE.",
            show_default=False,
        ),
    ] = None,
    source: SourceOption = None,
    zone_defaults: ZoneDefaults,
    choices: FileChoices,
    makers_words: MakersWords,
    form: GeoFormatOption = "text",
    archive: ArchiveOption = None,
) -> int:
    """Say what changed between two revisions of DATE: zones, sources, km² by party, transfers.

    Without FROM: what you edited in the copy and did not record; where nothing was edited, what
    the last revision changed; where it is the first of its date, what changed since the date
    before. A FILE in the place of FROM comes after what is in force; FILE FILE compares the two.
    With --format geojson: the ground that changed. Exit code 1 when they differ, 0 when they don't.
    """
    from frontmap.intake.file_zones import read_zones
    from frontmap.measure.difference import compare_snapshots

    if makers_words.save_profile is not None:
        raise UsageError("--save-profile: nothing is recorded here; keep it with add or correct")
    defaults, split = zone_defaults.defaults(tuple(source or ())), choices.days()

    def read(name: str, beside: Archive | None, day: dt.date | None) -> FileZones:
        if split is not None and day is None:
            raise UsageError("--split takes the features of a DATE; give it")
        return read_zones(
            name,
            date=None if split is None else day,
            defaults=defaults,
            below=None if beside is None else beside.root,
            options=choices.options(),
            profile=makers_words.made_profile(None if beside is None else beside.root),
            parties=None if beside is None else beside.about.parties,
            split=split,
            time_zone="UTC" if beside is None else beside.about.theatre.time_zone,
        )

    differences = [
        compare_snapshots(*pair) for pair in pairs(archive, words or (), since=since, read=read)
    ]
    of_archive = since is not None or not Path((words or ("",))[0]).is_file()
    if form == "text":
        emit_differences(differences)
    else:
        makers = [find_archive(archive).about] if of_archive else []
        emit(difference_tables(differences, form), form, makers)
    return 0 if all(difference.empty for difference in differences) else EXIT_FINDINGS


def _described(revision: Revision) -> str:
    lines = {
        "date": revision.date.isoformat(),
        "published": "" if revision.published is None else instant_text(revision.published),
        "kind": revision.kind,
        "maker": revision.maker,
        "author": revision.author,
        "recorded": instant_text(revision.recorded),
        "reason": revision.reason,
        "sources": " ".join(revision.sources),
        "digest": revision.digest,
    }
    return "\n".join(f"{key:<10}{printable(text)}" for key, text in lines.items() if text)


def _zone_table(snapshot: Snapshot) -> pd.DataFrame:
    import pandas as pd

    columns = ["id", "party", "status", "confidence", "accuracy_m", "sources", "note"]
    rows = [
        (z.id, z.party, z.status, z.confidence, z.accuracy_m, " ".join(z.sources), z.note)
        for z in snapshot.zones
    ]
    return pd.DataFrame(rows, columns=columns)


def _row(revision: Revision, form: Format) -> dict[str, str]:
    return {
        "date": revision.date.isoformat(),
        "published": "" if revision.published is None else instant_text(revision.published),
        "recorded": instant_text(revision.recorded),
        "kind": revision.kind,
        "digest": revision.digest[:12] if form == "text" else revision.digest,
        "author": revision.author,
        "reason": revision.reason,
    }
