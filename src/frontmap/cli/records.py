"""Verbs that record and recall: init, add, correct, show, log, verify."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from frontmap.cli.app import app
from frontmap.cli.options import (
    ArchiveOption,
    DateArgument,
    Format,
    FormatOption,
    GeoFormatOption,
    KnownOption,
    open_archive,
    parse_date,
    parse_instant,
)
from frontmap.errors import UsageError
from frontmap.model import CONFIDENCES, STATUSES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    import pandas as pd

    from frontmap.formats.geojson import Reading
    from frontmap.model import Finding, Revision, Snapshot

_Word = TypeVar("_Word", bound=str)

EXIT_FINDINGS = 1
EXIT_INTEGRITY = 5

FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="GeoJSON, as QGIS or geopandas write it.")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in a sentence.")]
SourceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--source", metavar="ID", help="An id of sources.csv; may be given several times."
    ),
]
AuthorOption = Annotated[
    str,
    typer.Option(
        "--author",
        envvar="FRONTMAP_AUTHOR",
        help="Who records it; without it, the archive's maker.",
        show_default=False,
    ),
]
PartyOption = Annotated[
    str | None,
    typer.Option(
        "--party", metavar="ID", help="Party of the zones that name none.", show_default=False
    ),
]
StatusOption = Annotated[
    str | None,
    typer.Option(
        "--status",
        metavar="WORD",
        help=f"Status of the zones that name none: {', '.join(STATUSES)}.",
        show_default=False,
    ),
]
ConfidenceOption = Annotated[
    str | None,
    typer.Option(
        "--confidence",
        metavar="WORD",
        help=f"Confidence of the zones that name none: {', '.join(CONFIDENCES)}.",
        show_default=False,
    ),
]
AccuracyOption = Annotated[
    float | None,
    typer.Option(
        "--accuracy",
        metavar="METRES",
        help="Position error of the line of the zones that name none.",
        show_default=False,
    ),
]


@app.command(
    epilog="Example: frontmap init my-front --title 'My front' --maker 'Me' --bbox 34,50,38,52.5 "
    "--party UA=Ukraine --party RU=Russia --time-zone Europe/Kyiv"
)
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the new archive.")],
    title: Annotated[str, typer.Option("--title", help="What the archive is about.")],
    maker: Annotated[str, typer.Option("--maker", help="Whose assessment it holds.")],
    bbox: Annotated[
        str, typer.Option("--bbox", metavar="W,S,E,N", help="The theatre, in degrees.")
    ],
    party: Annotated[
        list[str], typer.Option("--party", metavar="ID=NAME", help="A party; give each one.")
    ],
    time_zone: Annotated[
        str, typer.Option("--time-zone", help="Where a valid date ends at midnight (IANA name).")
    ] = "UTC",
    license: Annotated[  # noqa: A002  the header's own word
        str, typer.Option("--license", help="Licence of what is recorded (SPDX id).")
    ] = "CC-BY-4.0",
) -> None:
    """Make a new archive in DIR."""
    from frontmap import archive

    parties = dict(word.partition("=")[::2] for word in party)
    made = archive.init(
        folder,
        title=title,
        maker=maker,
        license=license,
        bbox=_box(bbox),
        parties={key: {"name_en": name or key} for key, name in parties.items()},
        time_zone=time_zone,
    )
    _say(f"made {made.root / 'archive.json'}; next: frontmap add DATE FILE --archive {made.root}")


@app.command(
    epilog="Example: frontmap add 2024-09-15 zones.geojson --reason 'First map of this day' "
    "--source isw-2024-09-15 --party UA --status controlled --confidence medium --accuracy 2000"
)
def add(
    date: DateArgument,
    file: FileArgument,
    reason: ReasonOption,
    source: SourceOption = None,
    author: AuthorOption = "",
    party: PartyOption = None,
    status: StatusOption = None,
    confidence: ConfidenceOption = None,
    accuracy: AccuracyOption = None,
    archive: ArchiveOption = None,
) -> None:
    """Record the first snapshot of DATE from FILE."""
    opened, day = open_archive(archive), parse_date(date)
    sources = tuple(source or ())
    reading = _read(file, day, sources, party, status, confidence, accuracy)
    revision = opened.add(day, reading.zones, reason=reason, sources=sources, author=author)
    _acknowledge(revision, reading)


@app.command(
    epilog="Example: frontmap correct 2024-08-31 zones.geojson --reason 'Korenevo is not held' "
    "--source isw-2024-09-15"
)
def correct(
    date: DateArgument,
    reason: ReasonOption,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]", help="GeoJSON; without it, the archive's own copy, as you edited it."
        ),
    ] = None,
    source: SourceOption = None,
    author: AuthorOption = "",
    party: PartyOption = None,
    status: StatusOption = None,
    confidence: ConfidenceOption = None,
    accuracy: AccuracyOption = None,
    archive: ArchiveOption = None,
) -> None:
    """Record new zones for DATE; the earlier revision is kept."""
    opened, day = open_archive(archive), parse_date(date)
    sources = tuple(source or ())
    copy = opened.root / "snapshots" / f"{day.year:04d}" / f"{day}.geojson"
    reading = _read(file or copy, day, sources, party, status, confidence, accuracy)
    revision = opened.correct(
        day, reading.zones, reason=reason, sources=sources, author=author, base=reading.base
    )
    _acknowledge(revision, reading)


@app.command(epilog="Example: frontmap show 2024-08-31 --known 2026-12-01 --format geojson")
def show(
    date: DateArgument,
    known: KnownOption = None,
    form: GeoFormatOption = "text",
    archive: ArchiveOption = None,
) -> None:
    """Print the snapshot of DATE, as it was known at an instant."""
    from frontmap import canonical
    from frontmap.cli.output import emit

    snapshot = open_archive(archive).as_of(
        parse_date(date), known=None if known is None else parse_instant(known)
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

    from frontmap.cli.output import emit

    revisions = open_archive(archive).revisions(None if date is None else parse_date(date))
    emit(pd.DataFrame([_row(r, form) for r in revisions]), form)


@app.command(epilog="Example: frontmap verify --archive geodata/kursk")
def verify(form: FormatOption = "text", archive: ArchiveOption = None) -> int:
    """Prove every revision whole and in its chain, and every copy up to date.

    Exit code 5 when a revision is damaged, missing or not frontmap's; 1 when a copy was edited or a
    date has two revisions in force; 0 when all is well.
    """
    from frontmap.archive.inspection import DAMAGE

    opened = open_archive(archive)
    findings = opened.verify()
    _print_findings(findings, form)
    if any(finding.rule in DAMAGE for finding in findings):
        return EXIT_INTEGRITY
    if findings:
        return EXIT_FINDINGS
    _say(f"{len(opened.revisions())} revisions of {len(opened.dates)} dates: all whole")
    return 0


def _read(
    file: Path,
    date: dt.date,
    sources: tuple[str, ...],
    party: str | None,
    status: str | None,
    confidence: str | None,
    accuracy: float | None,
) -> Reading:
    from frontmap.formats.geojson import Defaults, read_zones

    defaults = Defaults(
        party=party,
        status=_one_of("--status", status, STATUSES),
        confidence=_one_of("--confidence", confidence, CONFIDENCES),
        accuracy_m=accuracy,
        sources=sources,
    )
    return read_zones(file, date=date, defaults=defaults)


def _one_of(option: str, word: str | None, words: tuple[_Word, ...]) -> _Word | None:
    found = next((known for known in words if known == word), None)
    if word is not None and found is None:
        raise UsageError(f"{option} {word!r}: choose one of {', '.join(words)}")
    return found


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(number) for number in text.split(","))
    except ValueError:
        raise UsageError(f"--bbox {text!r}: give west,south,east,north in degrees") from None
    return west, south, east, north


def _acknowledge(revision: Revision, reading: Reading) -> None:
    for repair in reading.repairs:
        _say(f"mended: {repair}")
    count = len(reading.zones)
    zones = "no zones: no ground was held" if not count else f"{count} zone{'s' * (count > 1)}"
    _say(f"recorded {revision.kind} of {revision.date}: {zones}; {revision.digest[:12]}")


def _described(revision: Revision) -> str:
    from frontmap.canonical import instant_text

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
    return "\n".join(f"{key:<10}{text}" for key, text in lines.items() if text)


def _zone_table(snapshot: Snapshot) -> pd.DataFrame:
    import pandas as pd

    columns = ["id", "party", "status", "confidence", "accuracy_m", "sources", "note"]
    rows = [
        (z.id, z.party, z.status, z.confidence, z.accuracy_m, " ".join(z.sources), z.note)
        for z in snapshot.zones
    ]
    return pd.DataFrame(rows, columns=columns)


def _row(revision: Revision, form: Format) -> dict[str, str]:
    from frontmap.canonical import instant_text

    return {
        "date": revision.date.isoformat(),
        "published": "" if revision.published is None else instant_text(revision.published),
        "recorded": instant_text(revision.recorded),
        "kind": revision.kind,
        "digest": revision.digest[:12] if form == "text" else revision.digest,
        "author": revision.author,
        "reason": revision.reason,
    }


def _print_findings(findings: Iterable[Finding], form: Format) -> None:
    import pandas as pd

    from frontmap.cli.output import emit

    several = tuple(findings)
    if form == "text":
        for finding in several:
            print(f"{finding.severity}: {finding.message}")
        return
    columns = ["rule", "severity", "date", "zone", "path", "message"]
    rows = [
        (f.rule, f.severity, str(f.date or ""), f.zone or "", str(f.path or ""), f.message)
        for f in several
    ]
    emit(pd.DataFrame(rows, columns=columns), form)


def _say(line: str) -> None:
    print(line, file=sys.stderr)
